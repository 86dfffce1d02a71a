"""How fast `import_articles` takes a file in, in how much memory, and whether it comes out as it went in.

Budget: at least 500 articles a second, flat memory.
"""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack

from tests.bench import corpus
from tests.bench.house import Findings, Finished, House, engine, new_house, parser

FASTEST_GROWTH = 1.25  # of the peak memory when there is ten times as much to do


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--articles", type=int, default=10_000)
    options.add_argument("--words", type=int, default=600, help="words in each body")
    chosen = options.parse_args()
    with ExitStack() as stack:
        house, other, empty = (stack.enter_context(new_house(chosen.database)) for _ in range(3))
        findings = Findings(f"Import of {chosen.articles} articles of {chosen.words} words, {engine(house)}")
        small = corpus.write(house.folder / "small.jsonl", chosen.articles // 10, chosen.words)
        whole = corpus.write(house.folder / "whole.jsonl", chosen.articles, chosen.words)
        few = other.manage("import_articles", str(small))
        first = house.manage("import_articles", str(whole))
        again = house.manage("import_articles", str(whole))
        _tell_import(findings, chosen.articles, few, first, again)
        _tell_export(findings, chosen.articles, house, empty)
    return findings.show()


def _tell_import(findings: Findings, count: int, few: Finished, first: Finished, again: Finished) -> None:
    """The rates, start of the process included, and the memory."""
    rate = count / first.seconds
    findings.add("first run", f"{rate:.0f} articles/s", ">= 500", rate >= 500)
    findings.add("of our processor time alone", f"{count / first.processor:.0f} articles/s")
    findings.add("run again, nothing new", f"{count / again.seconds:.0f} articles/s")
    twice = _count(again, "new") + _count(again, "changed")
    findings.add("of it new or changed", str(twice), "0", not twice)
    findings.add(f"peak memory, {count // 10} articles", f"{few.peak:.0f} MiB")
    flat = first.peak <= few.peak * FASTEST_GROWTH
    findings.add(f"peak memory, {count} articles", f"{first.peak:.0f} MiB", f"<= {FASTEST_GROWTH} x", flat)


def _tell_export(findings: Findings, count: int, house: House, empty: House) -> None:
    """The rate, the memory, and whether a round trip through an empty database gives the same bytes."""
    out, back = house.folder / "out.jsonl", empty.folder / "back.jsonl"
    first = house.manage("export_articles", str(out))
    findings.add("export", f"{count / first.seconds:.0f} articles/s, {first.peak:.0f} MiB")
    house.manage("export_articles", str(house.folder / "second.jsonl"))
    same = out.read_bytes() == (house.folder / "second.jsonl").read_bytes()
    findings.add("exported twice", "same bytes" if same else "different", "same bytes", same)
    empty.manage("import_articles", str(out))
    empty.manage("export_articles", str(back))
    same = out.read_bytes() == back.read_bytes()
    findings.add("exported, imported elsewhere, exported", "same bytes" if same else "different", "same bytes", same)


def _count(run: Finished, what: str) -> int:
    found = re.search(rf"(\d+) {what}", run.output)
    assert found, run.output
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main())
