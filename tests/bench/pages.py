"""What readers' pages cost: queries, bytes, and requests a second from the production server.

Budgets: an article takes at most 3 queries, none when kept, and 30 KB of HTML for 1,000 words; its style sheets 20 KB
and its scripts 10 KB compressed; no cookie; ETag and 304. A list takes at most 4 queries, and page 500 the time of
page 1. `--articles 1000000` shows whether that holds at a million.
"""

from __future__ import annotations

import os
import random
import re
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from tests.bench import corpus
from tests.bench.house import Findings, House, engine, new_house, parser
from tests.bench.traffic import fetch, hammer, serving

if TYPE_CHECKING:
    from django.test import Client

WORDS = 1000
ARTICLE, SECTION, TAG = "/en/news/story-7/", "/en/section/business/", "/en/tag/subject-3/"
SAME = 1.5  # times page 1's milliseconds are still "the same time" on a busy machine


def main() -> int:
    """Measure and print."""
    chosen = options()
    with new_house(chosen.database) as house:
        house.move_in()
        from tests.bench import load

        load.articles(chosen.articles, chosen.words)
        _make_long()
        findings = Findings(f"Pages among {chosen.articles} articles of {chosen.words} words, {engine(house)}")
        pages = {"home": "/en/", "article": ARTICLE, "section, page 1": SECTION, "tag of a 20th": TAG} | _far_pages()
        client = _client(house)
        _tell_queries(findings, client, pages)
        _tell_times(findings, client, pages)
        if chosen.plans:
            _print_plans(client, pages)
        house.move_out()
        _tell_traffic(findings, house, chosen, pages)
    return findings.show()


def options() -> Namespace:
    """Read the command line."""
    made = parser(__doc__ or "")
    made.add_argument("--articles", type=int, default=10_000, help="published ones in the measured section")
    made.add_argument("--words", type=int, default=600, help="words in each body, but for the measured article's")
    made.add_argument("--seconds", type=int, default=4, help="of requests to each page")
    made.add_argument("--connections", type=int, default=16)
    made.add_argument("--threads", type=int, default=min(8, 2 * (os.cpu_count() or 1) + 1), help="of the server")
    made.add_argument("--plans", action="store_true", help="print how the database goes about each query")
    return made.parse_args()


def _make_long() -> None:
    """Give the measured article the words of the budget, and sources."""
    from articles.models import Article

    body = corpus.body(random.Random(1), english=True, words=WORDS)
    sources = ["https://example.org/report", "https://example.org/figures"]
    Article.objects.filter(slug="story-7").update(body=body, sources=sources)


def _far_pages() -> dict[str, str]:
    """The addresses of page 500 and of the last full page: what a reader gets who pages on and on."""
    from articles import pages
    from articles.models import Article

    rows = Article.objects.published().in_language("en").filter(section__slug="business").newest_first()
    places = {"section, page 500": 499 * pages.PAGE - 1, "section, last page": rows.count() - pages.PAGE - 1}
    return {name: f"{SECTION}?before={pages._cursor(rows[place])}" for name, place in places.items()}


def _client(house: House) -> Client:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(house.port))
    client.get(ARTICLE)
    return client


def _tell_queries(findings: Findings, client: Client, pages: dict[str, str]) -> None:
    """Queries of the first request after everything kept was dropped, and of the second."""
    from django.core.cache import cache

    from tests.bench.queries import counted

    for name, path in pages.items():
        cache.clear()
        most = 3 if name == "article" else 4
        first, page = counted(client, path)
        second, _page = counted(client, path)
        fits = len(first) <= most and not second
        findings.add(f"{name}: queries", f"{len(first)}, kept {len(second)}", f"<= {most}, kept 0", fits)
        findings.add(f"{name}: HTML", f"{len(page.content) / 1000:.1f} KB", *_bytes_budget(name, len(page.content)))


def _bytes_budget(name: str, size: int) -> tuple[str, bool]:
    return ("<= 30 KB", size <= 30_000) if name == "article" else ("", True)


def _tell_times(findings: Findings, client: Client, pages: dict[str, str]) -> None:
    """How long each page takes to make."""
    from tests.bench.queries import milliseconds

    times = {name: milliseconds(client, path) for name, path in pages.items()}
    allowed = SAME * times["section, page 1"]
    for name, took in times.items():
        budget = f"<= {allowed:.0f} ms" if name in {"section, page 500", "section, last page"} else ""
        findings.add(f"{name}: made in", f"{took:.1f} ms", budget, took <= allowed)


def _print_plans(client: Client, pages: dict[str, str]) -> None:
    from tests.bench.queries import plans

    for path in pages.values():
        print(f"\n{path}", *plans(client, path), sep="\n")


def _tell_traffic(findings: Findings, house: House, chosen: Namespace, pages: dict[str, str]) -> None:
    """What the server gives, and what it gives where one view returns the same bytes."""
    load = chosen.connections, chosen.seconds
    with serving("cms.wsgi:application", house.port, house.environment(), chosen.threads):
        _tell_headers(findings, house)
        (house.folder / "page.html").write_bytes(fetch(house.site_url + ARTICLE)[1])
        kept = hammer(house.site_url + ARTICLE, *load)
    keeping_nothing = house.environment() | {"CACHE_URL": "dummy://"}
    with serving("cms.wsgi:application", house.port, keeping_nothing, chosen.threads):
        made = {f"{name}, made": hammer(house.site_url + path, *load) for name, path in pages.items()}
    environment = house.environment() | {"BENCH_PAGE": str(house.folder / "page.html")}
    environment.pop("DJANGO_SETTINGS_MODULE")
    with serving("tests.bench.bare:application", house.port, environment, chosen.threads):
        bare = hammer(house.site_url + ARTICLE, *load)
    for name, rate in ({"article, kept": kept} | made).items():
        findings.add(name, str(rate))
    findings.add("a bare view with the article's bytes", str(bare))
    findings.add("article, kept, beside the bare view", f"{kept.second / bare.second:.2f} of its rate")


def _tell_headers(findings: Findings, house: House) -> None:
    """What comes with the article: its files' sizes over the line, its ETag, and no cookie."""
    response, page = fetch(house.site_url + ARTICLE)
    for kind, pattern, most in (
        ("CSS", rb'<link rel="stylesheet" href="([^"]+)"', 20_000),
        ("JavaScript", rb'<script[^>]* src="([^"]+)"', 10_000),
    ):
        paths = [path.decode() for path in re.findall(pattern, page)]
        size = sum(len(fetch(house.site_url + path, Accept_Encoding="gzip")[1]) for path in paths)
        findings.add(f"article: {kind}, gzip", f"{size / 1000:.1f} KB", f"<= {most // 1000} KB", size <= most)
    again, nothing = fetch(house.site_url + ARTICLE, If_None_Match=response.headers["ETag"] or "")
    unchanged = again.status == 304 and not nothing
    findings.add("article: asked again with its ETag", str(again.status), "304", unchanged)
    cookies = len(response.headers.get_all("Set-Cookie") or [])
    findings.add("article: cookies", str(cookies), "0", not cookies)


if __name__ == "__main__":
    sys.exit(main())
