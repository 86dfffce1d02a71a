"""What readers' pages cost: queries, bytes, and requests a second from the production server.

Budgets: an article takes at most 3 queries, none when kept, and 30 KB of HTML for 1,000 words; its style sheets 20 KB
and its scripts 10 KB compressed; no cookie; ETag and 304. A list takes at most 4 queries, and page 500 at most 1.2
times what page 1 takes. A kept article is answered at 0.7 of the rate of a bare view with the same bytes, one that has
to be made at 0.12 of it; 200 searches a second. `--articles 10000 1000000` says what a million cost beside ten
thousand.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cms.management.commands.serve import PROCESSES
from tests.bench import beside_bare, corpus
from tests.bench.beside import beside
from tests.bench.house import Findings, House, engine, new_house, parser
from tests.bench.traffic import fetch, hammer, hammer_each, serving

if TYPE_CHECKING:
    from django.test import Client

WORDS = 1000
ARTICLE, SECTION, TAG = "/en/news/story-7/", "/en/section/business/", "/en/tag/subject-3/"
FAR, LAST = "section, page 500", "section, last page"
SAME = 1.2  # times what page 1 takes
SEARCHES = 200  # a second
Times = dict[str, float]  # page -> milliseconds


def main() -> int:
    """Measure and print."""
    chosen = options()
    if len(chosen.articles) > 1:
        return beside("tests.bench.pages", chosen.articles)
    (count,) = chosen.articles
    with new_house(chosen.database) as house:
        house.move_in()
        findings = Findings(f"Pages among {count} articles of {chosen.words} words, {engine(house)}")
        times = _measure(findings, house, chosen, count)
    if chosen.times:
        chosen.times.write_text(json.dumps(times))
    return findings.show()


def _measure(findings: Findings, house: House, chosen: Namespace, count: int) -> Times:
    from tests.bench import load

    load.articles(count, chosen.words)
    _make_long()
    if count <= chosen.index:
        _index(findings)
    pages = {"home": "/en/", "article": ARTICLE, "section, page 1": SECTION, "tag of a 20th": TAG}
    pages |= _far_pages() | {"feed": "/en/feed.atom"}
    client = _client(house)
    _tell_queries(findings, client, pages)
    times = _tell_times(findings, client, pages)
    if chosen.plans:
        _print_plans(client, pages)
    house.move_out()
    if chosen.seconds:
        _tell_traffic(findings, house, chosen, pages, count)
    return times


def options() -> Namespace:
    """Read the command line."""
    made = parser(__doc__ or "")
    many = "published ones in the measured section; of several numbers each, beside the first"
    made.add_argument("--articles", type=int, nargs="+", default=[10_000], help=many)
    made.add_argument("--words", type=int, default=600, help="words in each body, but for the measured article's")
    made.add_argument("--index", type=int, default=20_000, help="search too where there are at most so many articles")
    made.add_argument("--seconds", type=int, default=4, help="of requests to each page; 0: none")
    made.add_argument("--connections", type=int, default=8)
    made.add_argument("--processes", type=int, default=PROCESSES, help="of the server")
    made.add_argument("--times", type=Path, help="a file for the milliseconds of each page, as JSON")
    made.add_argument("--plans", action="store_true", help="print how the database goes about each query")
    return made.parse_args()


def _index(findings: Findings) -> None:
    from articles.search.entries import reindex
    from tests.bench.load import refresh_statistics

    for _batch in reindex():
        pass
    refresh_statistics()


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
    places = {FAR: 499 * pages.PAGE - 1, LAST: rows.count() - pages.PAGE - 1}
    there = {name: place for name, place in places.items() if 0 < place < rows.count()}
    return {name: f"{SECTION}?before={pages._cursor(rows[place])}" for name, place in there.items()}


def _client(house: House) -> Client:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(house.port))
    client.get(ARTICLE)
    return client


def _tell_queries(findings: Findings, client: Client, pages: dict[str, str]) -> None:
    """Queries of the first request after a move, which drops what is kept, and of the second.

    A process' very first page asks for what stands around every page as well.
    """
    from cms.page_cache import site_changed
    from tests.bench.queries import counted

    for name, path in pages.items():
        client.get(path)
        site_changed()
        most = {"article": 3, "feed": 5}.get(name, 4)  # a feed prints everybody's names, and tombstones
        first, page = counted(client, path)
        second, _page = counted(client, path)
        fits = len(first) <= most and not second
        findings.add(f"{name}: queries", f"{len(first)}, kept {len(second)}", f"<= {most}, kept 0", fits)
        findings.add(f"{name}: HTML", f"{len(page.content) / 1000:.1f} KB", *_bytes_budget(name, len(page.content)))


def _bytes_budget(name: str, size: int) -> tuple[str, bool]:
    return ("<= 30 KB", size <= 30_000) if name == "article" else ("", True)


def _tell_times(findings: Findings, client: Client, pages: dict[str, str]) -> Times:
    """How long each page takes to make."""
    from tests.bench.queries import milliseconds

    times = {name: milliseconds(client, path) for name, path in pages.items()}
    allowed = SAME * times["section, page 1"]
    for name, took in times.items():
        budget = f"<= {allowed:.1f} ms" if name in {FAR, LAST} else ""
        findings.add(f"{name}: made in", f"{took:.1f} ms", budget, took <= allowed)
    return times


def _print_plans(client: Client, pages: dict[str, str]) -> None:
    from tests.bench.queries import plans

    for path in pages.values():
        print(f"\n{path}", *plans(client, path), sep="\n")


def _tell_traffic(findings: Findings, house: House, chosen: Namespace, pages: dict[str, str], count: int) -> None:
    """What the server gives, and what it gives where one view returns the same bytes."""
    load = chosen.connections, chosen.seconds
    each = _each_once(count)
    queries = _searches() if count <= chosen.index else {}
    with serving("cms.wsgi:application", house.port, house.environment(), processes=chosen.processes):
        _tell_headers(findings, house)
        beside_bare.tell(findings, house, chosen, ARTICLE, each.pop("article"))
        for name, path in pages.items():
            findings.add(f"{name}, kept", str(hammer(house.site_url + path, *load)))
        for name, paths in each.items():
            findings.add(f"{name}, made", str(hammer_each([house.site_url + path for path in paths], *load)))
        for name, paths in queries.items():
            rate = hammer_each([house.site_url + path for path in paths], *load)
            findings.add(f"search, made: {name}", str(rate), f">= {SEARCHES}/s", rate.second >= SEARCHES)


def _each_once(count: int) -> dict[str, list[str]]:
    """Addresses of pages that are each asked for once, so that none of them is a kept one."""
    from articles import pages
    from articles.models import Article

    # Every eleventh row is of another kind, see `load.articles`.
    numbers = [number for number in range(count + count // 10) if number % 11 != 10][:20_000]
    random.Random(1).shuffle(numbers)
    rows = Article.objects.published().in_language("en").filter(section__slug="business").newest_first()
    keys = rows.values_list("published_at", "pk")[: 20_000 * 3 : 3]
    cursors = [pages.cursor_of(moment, pk) for moment, pk in keys]
    return {
        "article": [f"/en/news/story-{number}/" for number in numbers],
        "section, any page": [f"{SECTION}?before={cursor}" for cursor in cursors[1:]],
    }


def _searches() -> dict[str, list[str]]:
    """Searches of each kind; a filter by date that leaves everything makes each another address."""
    kinds = {
        "English, common": ["harbours", "investors", "grain", "salt"],
        "English, rare": [str(number) for number in range(2000, 2060)],
        "Chinese, common, two characters": [word for word in corpus._CHINESE if len(word) == 2][:20],
    }
    days = [f"20{place // 300:02}-{place // 28 % 12 + 1:02}-{place % 28 + 1:02}" for place in range(6000)]
    return {
        name: [f"/en/search/?q={quote(word)}&since={day}" for word, day in zip(itertools.cycle(words), days)]
        for name, words in kinds.items()
    }


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
