"""What the admin's lists cost beside ten thousand and two hundred thousand articles and letters.

Budget: the same queries and the same time, times 1.5, at any length. The rows are multiplied by the database itself.
"""

from __future__ import annotations

import sys
from typing import Any

from tests.bench.house import Findings, engine, new_house, parser
from tests.bench.lengths import compare

PAGES = {
    "articles, first page": "/admin/articles/article/",
    "articles, in the middle": "/admin/articles/article/?before={middle}",
    "articles, of a status that none has": "/admin/articles/article/?status=killed",
    "articles, words that stand nowhere": "/admin/articles/article/?q=zebra",
    "articles, a whole slug": "/admin/articles/article/?q=slug-1",
    "article, its form": "/admin/articles/article/1/change/",
    "letters, first page": "/admin/cms/letter/",
    "letters, words that stand nowhere": "/admin/cms/letter/?q=zebra",
    "letters, a whole address": "/admin/cms/letter/?q=Reader-1@example.org",
    "letters, given up": "/admin/cms/letter/?status=failed",
}


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--rows", type=int, nargs="+", default=[10_000, 200_000], metavar="N")
    options.add_argument("--plans", action="store_true", help="print how the database goes about each query")
    chosen = options.parse_args()
    with new_house(chosen.database) as house:
        house.move_in()
        findings, few = Findings(f"The admin's lists, {engine(house)}"), {}
        for number in chosen.rows:
            _fill(number)
            few = compare(
                house, findings, PAGES, f"{number} rows", number // 2, few, chosen.plans and number == chosen.rows[-1]
            )
        house.move_out()
    return findings.show()


def _fill(number: int) -> None:
    from django.utils import timezone

    from articles.models import Article, Section
    from cms.models import Letter, User

    User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    section = Section.objects.get_or_create(slug="business", defaults={"name_en": "Business", "name_zh_hans": "商业"})[
        0
    ]
    if not Article.objects.exists():
        common = {
            "section": section,
            "status": "published",
            "published_at": timezone.now(),
            "body": "<p>Words.</p>" * 90,
        }
        Article.objects.bulk_create(
            [Article(headline="A line", language="en", slug="slug-1", external_id="x-1", byline="Mara", **common)]
        )
        Letter.objects.create(name="story_received", to="reader-1@example.org", language="en", subject="We have it")
    own = {"slug": "'slug-' || {id}", "external_id": "'x-' || {id}", "uid": "{uuid}", "series": "{uuid}"}
    _multiply(Article, number, own)
    _multiply(Letter, number, {"to": "'reader-' || {id} || '@example.org'", "uid": "{uuid}", "status": "'sent'"})


def _multiply(model: Any, number: int, own: dict[str, str]) -> None:
    """Copy the first row until there are `number`; `own` are the columns that each copy has for itself, as SQL."""
    from django.db import connection

    sqlite = connection.vendor == "sqlite"
    random = "lower(hex(randomblob(16)))" if sqlite else "gen_random_uuid()"
    with connection.cursor() as cursor:
        table, have = connection.ops.quote_name(model._meta.db_table), model.objects.order_by("-pk").first().pk
        names = [field.column for field in model._meta.concrete_fields if field.column != "id"]
        values = [own.get(name, connection.ops.quote_name(name)).format(id="n.id", uuid=random) for name in names]
        quoted = ", ".join(map(connection.ops.quote_name, names))
        numbers = "WITH RECURSIVE n(id) AS (SELECT %s UNION ALL SELECT id + 1 FROM n WHERE id < %s)"
        insert = f"INSERT INTO {table} (id, {quoted})"
        select = f"SELECT n.id, {', '.join(values)} FROM n JOIN {table} AS first ON first.id = 1"
        cursor.execute(f"{insert} {numbers} {select}", [have + 1, number])
        if not sqlite:
            cursor.execute(f"ANALYZE {table}")


if __name__ == "__main__":
    sys.exit(main())
