"""The search: how long each kind of query takes, how fast the index is written and how large it is.

Budgets: 200 searches a second from the production server that are made, not kept; page 500 within 1.2 of page 1.
`--articles 10000 1000000 --words 80` says what a million cost beside ten thousand; to write the index of a million
takes the better part of an hour on two slow cores.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import time
import uuid
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench.beside import beside
from tests.bench.house import Findings, House, engine, new_house, parser
from tests.bench.traffic import hammer, hammer_each, serving

WORDS, CHARACTERS = 60_000, 3_500
ROUNDS = 12  # searches of each query: the shortest counts, as other work runs beside it
COMMON, RARE = range(5, 25), range(30_000, 30_060)  # places of words by how common they are
YEARS = 10
PAGE = 10  # results of a full page
FAR = "page 500, or the last full one"


def main() -> int:
    """Measure and print."""
    chosen = options()
    if len(chosen.articles) > 1:
        return beside("tests.bench.search", chosen.articles)
    (chosen.articles,) = chosen.articles
    with new_house(chosen.database) as house:
        house.move_in()
        writer = Writer()
        findings = Findings(f"Search among {chosen.articles} articles of {chosen.words} words, {engine(house)}")
        _fill(findings, chosen, writer)
        kinds = _kinds(writer)
        times = _tell_times(findings, kinds)
        _tell_related(findings)
        if chosen.seconds:
            _tell_traffic(findings, house, chosen, kinds)
        house.move_out()
    if chosen.times:
        chosen.times.write_text(json.dumps(times))
    return findings.show()


def options() -> Namespace:
    """Read the command line."""
    made = parser(__doc__ or "")
    many = "how many; of several numbers each, beside the first"
    made.add_argument("--articles", type=int, nargs="+", default=[10_000], help=many)
    made.add_argument("--words", type=int, default=400, help="words in each body; as many pairs of Chinese characters")
    made.add_argument("--seconds", type=int, default=4, help="of requests to each page; 0: none")
    made.add_argument("--connections", type=int, default=8)
    made.add_argument("--times", type=Path, help="a file for the milliseconds of each kind of query, as JSON")
    return made.parse_args()


class Writer:
    """Writes texts whose words are as unequal as those of a language: the second is half as common as the first."""

    def __init__(self) -> None:
        dice = random.Random(4)
        syllables = ["".join(pair) for pair in itertools.product("bcdfghklmnprstvw", "aeiou")]
        made: dict[str, None] = {}
        while len(made) < WORDS:
            made["".join(dice.choices(syllables, k=dice.choice((2, 3, 3, 4))))] = None
        self.english = list(made)
        characters = [chr(0x4E00 + place) for place in dice.sample(range(20_000), CHARACTERS)]
        pairs = (
            "".join(dice.choices(characters[: 400 if place < 2000 else CHARACTERS], k=2)) for place in range(WORDS)
        )
        self.chinese = list(dict.fromkeys(pairs))
        self.weights = {
            size: list(itertools.accumulate(1 / (place + 3) for place in range(size)))
            for size in (len(self.english), len(self.chinese))
        }

    def text(self, dice: random.Random, english: bool, count: int) -> str:
        """Sentences of so many words."""
        words = self.english if english else self.chinese
        chosen = dice.choices(words, cum_weights=self.weights[len(words)], k=count)
        if english:
            return ". ".join(" ".join(chosen[place : place + 14]) for place in range(0, count, 14)) + "."
        return "，".join("".join(chosen[place : place + 7]) for place in range(0, count, 7)) + "。"


def _fill(findings: Findings, chosen: Namespace, writer: Writer) -> None:
    from articles.models import Article
    from articles.search.engine import engine as index
    from articles.search.entries import reindex
    from tests.bench import load

    template = Article(status="published", byline="Mara Lindqvist")
    from django.utils import timezone

    template.related_at = timezone.now()
    load.copy_rows(template, _articles(chosen, writer, load.sections()))
    load.refresh_statistics()
    begun, ours = time.perf_counter(), time.process_time()
    for _batch in reindex():
        pass
    took, ours = time.perf_counter() - begun, time.process_time() - ours
    load.refresh_statistics()
    rates = f"{chosen.articles / took:.0f} articles/s, {chosen.articles / ours:.0f} a second of our own processor time"
    findings.add("index written", rates)
    findings.add("index and entries on the disk", f"{index().size() / 1e6:.0f} MB")


def _articles(chosen: Namespace, writer: Writer, sections: list[Any]) -> Iterator[dict[str, Any]]:
    from django.utils import timezone

    dice, now = random.Random(chosen.articles), timezone.now()
    step = timedelta(days=365 * YEARS) / chosen.articles
    for number in range(chosen.articles):
        english = bool(number % 2)
        yield {
            "uid": uuid.UUID(int=dice.getrandbits(128)),
            "series": uuid.UUID(int=dice.getrandbits(128)),
            "external_id": f"bench-{number}",
            "slug": f"story-{number}",
            "language": "en" if english else "zh-hans",
            "section_id": sections[number % len(sections)].pk,
            "headline": writer.text(dice, english, 9),
            "dek": writer.text(dice, english, 20),
            "body": "".join(f"<p>{writer.text(dice, english, 80)}</p>" for _ in range(max(1, chosen.words // 80))),
            "published_at": now - step * (chosen.articles - number),
        }


def _kinds(writer: Writer) -> dict[str, list[str]]:
    """Queries of each kind, as the part of an address after `?q=`."""
    english, chinese = writer.english, writer.chinese
    kinds = {
        "English, common": [english[place] for place in COMMON],
        "English, rare": [english[place] for place in RARE],
        "Chinese, common, two characters": [chinese[place] for place in COMMON],
        "Chinese, rare, two characters": [chinese[place] for place in RARE],
        "Chinese, one character": [chinese[place][0] for place in COMMON],
        "Chinese, four characters": [chinese[one] + chinese[one + 1] for one in COMMON],
        "two common words": [f"{english[one]} {english[one + 1]}" for one in COMMON],
        "a common and a rare word": [
            f"{english[one]} {english[other]}" for one, other in zip(COMMON, RARE, strict=False)
        ],
        "two languages": [f"{english[one]} {chinese[one]}" for one in COMMON],
        "in vain": [f"{word[:2]}zzq{word[2:]}" for word in english[:20]],
        "mistyped": [english[place][:-1] + "x" + english[place][-1] for place in range(400, 420)],
    }
    made = {name: [quote(query) for query in queries] for name, queries in kinds.items()}
    made["common, one language, section and year"] = [
        f"{query}&language=en&section=technology&since=2021-01-01&until=2021-12-31" for query in made["English, common"]
    ]
    made[FAR] = [f"{query}&after={_far(query)}" for query in made["English, common"]]
    return made


def _far(query: str) -> str:
    """The cursor before page 500, or before the last full page where there are fewer: that page has results."""
    from articles.search import query as queries
    from articles.search import results, tokens
    from articles.search.engine import Search
    from articles.search.filters import Filters
    from tests.searching import find

    read, filters = queries.parse(query), Filters()
    top = tokens.top()
    far = Search(read.tiers, [], filters.condition(), 0, top, 0, top, most=500 * results.PAGE)
    hits = find(far)
    assert len(hits) > 2 * results.PAGE, f"{query} is no common word: what is measured would be the first page again"
    before = hits[-results.PAGE - 1]
    return f"{before.tier}-{before.number}"


def _tell_times(findings: Findings, kinds: dict[str, list[str]]) -> dict[str, float]:
    """The search alone and its statement, then its page, without a server around: of each query the shortest time.

    Returns the milliseconds of half of each kind's searches.
    """
    from django.test import Client

    from articles.search.views import KEPT

    client, middle = Client(SERVER_NAME="127.0.0.1"), {}
    for name, queries in kinds.items():
        rows = [_one(query) for query in queries]
        searches, statements, found = (sorted(column) for column in zip(*rows, strict=True))
        pages = []
        for _round in range(ROUNDS):
            KEPT.clear()
            begun = time.perf_counter()
            client.get(f"/en/search/?q={queries[0]}")
            pages.append((time.perf_counter() - begun) * 1000)
        middle[name] = searches[len(rows) // 2]
        told = f"half in {middle[name]:.1f} ms, all in {searches[-1]:.1f}; statement {statements[len(rows) // 2]:.1f}"
        told += f", all in {statements[-1]:.1f}; page {min(pages):.1f} ms; {found[0]}-{found[-1]} found"
        allowed = 1.2 * middle["English, common"]
        budget = f"<= {allowed:.1f} ms" if name == FAR else ""
        full = name != FAR or found[0] == PAGE
        findings.add(name, told, budget, middle[name] <= allowed and full)
    return middle


def _one(query: str) -> tuple[float, float, int]:
    """Milliseconds of one search, of them those of its statements, and how many results its page has."""
    from django.db import connection
    from django.http import QueryDict

    from articles.search.forms import SearchForm
    from articles.search.results import search

    sent, spent, times = QueryDict(f"q={query}"), [], []

    def clock(execute: Any, *arguments: Any) -> Any:
        begun = time.perf_counter()
        done = execute(*arguments)
        spent[-1] += (time.perf_counter() - begun) * 1000
        return done

    form = SearchForm(sent)
    assert form.is_valid(), form.errors
    with connection.execute_wrapper(clock):
        for _round in range(ROUNDS):
            spent.append(0.0)
            begun = time.perf_counter()
            found = search(form.cleaned_data["q"], form.filters(), sent.get("after", ""))
            times.append((time.perf_counter() - begun) * 1000)
    return min(times), min(spent), len(found.results)


def _tell_related(findings: Findings) -> None:
    """What choosing an article's related ones takes."""
    from articles.models import Article
    from articles.related import choose

    times = []
    for article in Article.objects.order_by("-pk")[:60]:
        begun = time.perf_counter()
        choose(article)
        times.append((time.perf_counter() - begun) * 1000)
    findings.add("related articles of one", f"half in {sorted(times)[30]:.1f} ms, the shortest in {min(times):.1f}")


def _tell_traffic(findings: Findings, house: House, chosen: Namespace, kinds: dict[str, list[str]]) -> None:
    """What the server gives: every query another one, then the same one over and over."""
    from articles.search.views import KEPT

    page, load = f"{house.site_url}/en/search/?q=", (chosen.connections, chosen.seconds)
    with serving("cms.wsgi:application", house.port, house.environment()):
        kept = hammer(page + kinds["Chinese, common, two characters"][0], *load)
        for name in ("Chinese, common, two characters", "English, common", "English, rare", "two common words"):
            # More of them than are kept: a filter that leaves everything makes each another address.
            days = [
                f"&since=20{place // 300:02}-{place // 28 % 12 + 1:02}-{place % 28 + 1:02}" for place in range(4000)
            ]
            urls = [f"{page}{query}{day}" for query, day in zip(itertools.cycle(kinds[name]), days, strict=False)]
            made = hammer_each(urls, *load)
            findings.add(f"made: {name}", str(made), ">= 200/s", made.second >= 200)
    assert len(urls) > KEPT._max_entries
    findings.add("kept", str(kept))


if __name__ == "__main__":
    sys.exit(main())
