"""What the desk costs with ten, ten thousand and a hundred thousand items waiting.

Budget: at most 12 queries and 150 KB, and with 10,000 waiting the time that it takes with few. A page shows 50 items,
so the few that the time is compared with are the first that fill one: printing ten rows takes less than printing fifty.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.bench.house import Findings, House, engine, new_house, parser

if TYPE_CHECKING:
    from django.test import Client

PAGE = 50  # items on a page of the desk
SAME = 1.5  # times a short list's milliseconds are still "the same time" on a busy machine


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--waiting", type=int, nargs="+", default=[10, 60, 10_000, 100_000], metavar="N")
    options.add_argument("--decided", type=int, default=20_000, metavar="N", help="declined stories beside them")
    options.add_argument("--articles", type=int, default=20_000, metavar="N", help="published articles beside them")
    options.add_argument("--plans", action="store_true", help="print how the database goes about each query")
    chosen = options.parse_args()
    with new_house(chosen.database) as house:
        house.move_in()
        from tests.bench import load

        beside = f"{chosen.articles} articles and {chosen.decided} declined stories beside what waits"
        findings = Findings(f"Desk, {beside}, {engine(house)}")
        load.articles(chosen.articles, words=60)
        load.decided(chosen.decided)
        client, before, few = _signed_in(house), 0, 0.0
        for waiting in chosen.waiting:
            load.waiting(before, waiting)
            took = _measure(findings, client, waiting, few)
            few, before = few or (took if waiting > PAGE else 0.0), waiting
        if chosen.plans:
            _print_plans(client)
        house.move_out()
    return findings.show()


def _signed_in(house: House) -> Client:
    from django.test import Client

    from cms.models import User

    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(house.port))
    client.force_login(User.objects.create_superuser("bench"))
    client.get("/admin/desk/")
    return client


def _measure(findings: Findings, client: Client, waiting: int, few: float) -> float:
    """The desk's first page, its filters and a page far down; return the first page's milliseconds.

    `few` is that of the shortest list that fills a page, or 0 as long as none was measured.
    """
    from tests.bench.queries import counted, milliseconds

    pages = {"": "first page", "?whose=unclaimed&language=zh-hans": "unclaimed in Chinese", _middle(): "a middle page"}
    pages |= {"?overdue=1&newcomer=1": "no such thing", "?q=ferry": "search", "?q=zeppelin": "search in vain"}
    first = 0.0
    for query, what in pages.items():
        path = f"/admin/desk/{query}"
        queries, response = counted(client, path)
        anew = milliseconds(client, path)
        took = milliseconds(client, path, kept=True)
        first = first or took
        allowed = SAME * (few or took)
        findings.add(f"{waiting} waiting, {what}", f"{len(queries)} queries", "<= 12", len(queries) <= 12)
        findings.add("", f"{len(response.content) / 1000:.0f} KB", "<= 150 KB", len(response.content) <= 150_000)
        budget = f"<= {allowed:.0f} ms" if few and waiting <= 10_000 else ""
        findings.add("", f"{took:.0f} ms", budget, took <= allowed)
        findings.add("", f"{anew:.0f} ms with the counts made anew", "", True)
    return first


def _middle() -> str:
    """The address of the page that begins at half of the waiting stories."""
    from django.utils.http import urlencode

    from cms.desk_views import address_after
    from submissions.models import Story

    stories = Story.objects.waiting().due_first()
    return "?" + urlencode({"after": address_after(stories[stories.count() // 2])})


def _print_plans(client: Client) -> None:
    from tests.bench.queries import plans

    for query in ("", _middle()):
        print(f"\n/admin/desk/{query}")
        print("\n".join(plans(client, f"/admin/desk/{query}")))


if __name__ == "__main__":
    sys.exit(main())
