"""What a story with a photo of 12 megapixels and about 3 MB costs: in the request, and in the worker after it.

Budget: at most 15 queries; the request does no more than it must, the renditions are made by the worker.
"""

from __future__ import annotations

import sys
import time
from io import BytesIO
from typing import Any

from tests.bench.house import Findings, House, engine, new_house, parser

WIDTH, HEIGHT = 4000, 3000
STORIES = 5


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--statements", action="store_true", help="print the request's queries")
    chosen = options.parse_args()
    with new_house(chosen.database) as house:
        house.move_in()
        sent = photo()
        findings = Findings(f"A story with a photo of {WIDTH} x {HEIGHT}, {len(sent) / 1e6:.1f} MB, {engine(house)}")
        statements = _submit(findings, house, sent)
        if chosen.statements:
            print(*statements, sep="\n")
        _tell_worker(findings, house)
        house.move_out()
    return findings.show()


def photo() -> bytes:
    """A JPEG that is neither smooth nor noise, as photographs are."""
    from PIL import Image

    grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 60).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    slope = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    target = BytesIO()
    Image.merge("RGB", (grain, Image.blend(grain, slope, 0.5), slope)).save(target, "JPEG", quality=65)
    return target.getvalue()


def _fields(photo: bytes, section: str) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from submissions.models import Guidelines

    return {
        "headline": "The ferry that waits for the last shift",
        "dek": "A crossing changed its timetable after one letter.",
        "body": "\n\n".join(["The last ferry used to leave at ten. Now it waits for the shift."] * 40),
        "language": "en",
        "section": section,
        "sources": "https://example.org/timetable",
        "byline": "Mara Lindqvist",
        "email": "reader@example.org",
        "cover": SimpleUploadedFile("ferry.jpg", photo, "image/jpeg"),
        "cover_source_type": "digitalCapture",
        "guidelines": str(Guidelines.objects.in_force().number),
    }


def _submit(findings: Findings, house: House, photo: bytes) -> list[str]:
    """Send some stories, each with the photo; return the statements of the last one."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.bench.load import sections

    client, section = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(house.port)), sections()[0].slug
    times = []
    for _story in range(STORIES):
        fields = _fields(photo, section)
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            response = client.post("/en/submit/", fields)
            times.append((time.perf_counter() - begun) * 1000)
        assert response.status_code == 302, response.content.decode()
    findings.add("request: queries", str(len(queries)), "<= 15", len(queries) <= 15)
    findings.add("request: time", f"{min(times):.0f} ms, the picture decoded and written anew")
    findings.add("of it the picture alone", f"{_picture_alone(photo):.0f} ms")
    return [query["sql"][:200] for query in queries]


def _picture_alone(photo: bytes) -> float:
    """Milliseconds of what cannot wait: no byte that was sent is kept as it came."""
    from articles import pictures

    times = []
    for _round in range(STORIES):
        begun = time.perf_counter()
        pictures.take_in(BytesIO(photo), "digitalCapture")
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def _tell_worker(findings: Findings, house: House) -> None:
    """The renditions and the letters that a worker makes of it, started for them alone."""
    from articles.models import Picture
    from cms.models import Letter

    left = Picture.objects.unrendered().count()
    findings.add("left to the worker", f"{left} pictures, {Letter.objects.filter(status='queued').count()} letters")
    run = house.manage("worker", "--once")
    done = Letter.objects.filter(status="sent").count() == STORIES and not Picture.objects.unrendered().exists()
    findings.add("worker", f"{run.seconds:.1f} s for all of it, {run.peak:.0f} MiB", "all done", done)
    copies = len(Picture.objects.latest("pk").renditions)
    findings.add("renditions of each picture", str(copies))


if __name__ == "__main__":
    sys.exit(main())
