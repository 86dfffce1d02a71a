"""What pictures cost: taking in a photo of 12 megapixels, the worker's copies of it, a cover drawn by code.

Budget: a cover is drawn in under 200 ms, and no two of a thousand look alike (64-bit difference hash). Memory is the
peak of a process that does the work once, beyond one that only starts.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.bench.house import Findings, House, new_house, parser
from tests.bench.submit import HEIGHT, WIDTH, photo

ROUNDS = 5
COVERS = 1000
ALIKE = 8  # bits of 64 by which two pictures differ that people call the same


def nothing(_photo: bytes) -> None:
    """What starting alone takes."""


def take_in(data: bytes) -> Any:
    """The part of a request that cannot wait."""
    from articles import pictures

    return pictures.take_in(BytesIO(data), "digitalCapture")


def render(data: bytes) -> None:
    """The worker's part: twelve renditions and three crops of what was taken in."""
    from articles import crops, pictures

    for _rendition in pictures.renditions(data, "digitalCapture"):
        pass
    for _crop in crops.crops(data, "digitalCapture", (20, 80)):
        pass


def cover(_photo: bytes) -> None:
    """A cover drawn by code, as a file."""
    from articles.cover_art import cover_bytes

    cover_bytes(str(time.perf_counter_ns()), "business")


WORK: dict[str, Callable[[bytes], Any]] = {"nothing": nothing, "take_in": take_in, "render": render, "cover": cover}


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--once", nargs=2, metavar=("WORK", "FILE"), help="do this once, print its memory in MiB")
    chosen = options.parse_args()
    if chosen.once:
        import django

        django.setup()
        WORK[chosen.once[0]](Path(chosen.once[1]).read_bytes())
        print(_peak())
        return 0
    with new_house(chosen.database) as house:
        house.move_in()
        sent = photo()
        findings = Findings(f"Pictures: a photo of {WIDTH} x {HEIGHT}, {len(sent) / 1e6:.1f} MB")
        kept = take_in(sent).data
        _measure(findings, house, {"take_in": sent, "render": kept, "cover": b""})
        _covers(findings)
        house.move_out()
    return findings.show()


def _measure(findings: Findings, house: House, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.jpg"
        path.write_bytes(b"")
        empty = _peak_of(house, "nothing", path)
        for name, data in files.items():
            path.write_bytes(data)
            peak = _peak_of(house, name, path) - empty
            took = min(_milliseconds(WORK[name], data) for _round in range(ROUNDS))
            budget = ("< 200 ms", took < 200) if name == "cover" else ()
            findings.add(name.replace("_", " "), f"{took:.0f} ms, {peak:.0f} MiB", *budget)


def _peak_of(house: House, name: str, path: Path) -> float:
    return float(house.run("-m", "tests.bench.pictures", "--once", name, str(path)).output)


def _peak() -> float:
    """This process' own peak in MiB: what wait4 tells of a child begins with the peak of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _milliseconds(work: Callable[[bytes], Any], data: bytes) -> float:
    begun = time.perf_counter()
    work(data)
    return (time.perf_counter() - begun) * 1000


def _covers(findings: Findings) -> None:
    """How alike the two most alike of many covers are."""
    from articles.cover_art import draw_cover

    sections = ("business", "technology", "markets")
    words = ("port", "crane", "渡轮", "night", "bank", "水价", "school", "电池", "copper", "river")
    titles = [f"{words[n % 10]} {words[n // 10 % 10]} {words[n // 100]}" for n in range(COVERS)]
    hashes = [_hash(draw_cover(title, sections[n % 3], (320, 180))) for n, title in enumerate(titles)]
    nearest = min((a ^ b).bit_count() for a, b in combinations(hashes, 2))
    findings.add(f"the two most alike of {COVERS} covers", f"{nearest} of 64 bits", f"> {ALIKE}", nearest > ALIKE)


def _hash(picture: Any) -> int:
    """The 64-bit difference hash: whether each of 8 × 8 places is darker than its neighbour."""
    small = picture.convert("L").resize((9, 8)).tobytes()
    bits = (small[at] < small[at + 1] for at in range(71) if at % 9 != 8)
    return sum(bit << place for place, bit in enumerate(bits))


if __name__ == "__main__":
    sys.exit(main())
