"""Lighthouse's four figures of an article, the front page and the form of a story, in both languages, on a telephone.

Needs Chromium and Lighthouse (`npm install lighthouse` in any folder, and its path as `--lighthouse`). The budget is
100 everywhere; the middle one of an odd number of rounds counts, as a busy machine takes points from the speed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median_low
from typing import Any

from tests.bench.house import Findings, House, new_house, parser
from tests.bench.traffic import serving

LANGUAGES = ("en", "zh-hans")
KINDS = ("performance", "accessibility", "best-practices", "seo")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = "--headless=new --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
NEEDED = 100


def main() -> int:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--lighthouse", default="lighthouse", help="the command, or node_modules/.bin/lighthouse")
    options.add_argument("--rounds", type=int, default=3, help="how often each page is looked at")
    chosen = options.parse_args()
    with new_house(chosen.database) as house:
        for command in (("setup",), ("load_demo",), ("worker", "--once")):
            house.manage(*command)
        house.move_in()
        findings = Findings("Lighthouse, on a telephone: " + ", ".join(KINDS))
        with serving("cms.wsgi:application", house.port, house.environment()):
            for path in _paths():
                _look(findings, house, path, chosen.lighthouse, chosen.rounds)
        house.move_out()
    return findings.show()


def _paths() -> list[str]:
    from articles.models import Article

    pages = []
    for language in LANGUAGES:
        newest = Article.objects.published().in_language(language).newest_first()[0]
        pages += [newest.get_absolute_url(), f"/{language}/", f"/{language}/submit/"]
    return pages


def _look(findings: Findings, house: House, path: str, command: str, rounds: int) -> None:
    reports = [_report(house, path, command) for _round in range(rounds)]
    figures = [median_low(round(100 * report["categories"][kind]["score"]) for report in reports) for kind in KINDS]
    paint = median_low(round(report["audits"]["largest-contentful-paint"]["numericValue"]) for report in reports)
    shown = ", ".join(map(str, figures))
    findings.add(path, f"{shown}; largest paint {paint} ms", f"{NEEDED} each", min(figures) >= NEEDED)


def _report(house: House, path: str, command: str) -> dict[str, Any]:
    file = house.folder / "lighthouse.json"
    flags = FLAGS + (" --no-sandbox" if os.getuid() == 0 else "")
    words = [command, house.site_url + path, "--quiet", "--output=json", f"--output-path={file}"]
    browser = next(filter(None, map(shutil.which, BROWSERS)), "")
    environment = os.environ | ({"CHROME_PATH": browser} if browser else {})
    subprocess.run([*words, f"--chrome-flags={flags}"], env=environment, check=True)
    report: dict[str, Any] = json.loads(Path(file).read_text(encoding="utf-8"))
    return report


if __name__ == "__main__":
    sys.exit(main())
