"""Rows put straight into the tables, past the workflow: many of them, to measure what reads them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from articles.models import Article, Picture, Section, Tag
from cms.workflow import DeskItem
from submissions.copyright.models import CopyrightReport
from submissions.models import Guidelines, Story
from tests.bench import corpus

BATCH = 5000
BODIES = 40  # different bodies: a page shows one of them
TAGS = 20


def copy_rows(template: Model, rows: Iterable[dict[str, Any]]) -> None:
    """Insert one row like `template` for each of `rows`, which name the columns in which it differs."""
    fields = {field.attname: field for field in template._meta.concrete_fields if not field.primary_key}
    same = {
        name: field.get_db_prep_save(field.pre_save(template, add=True), connection) for name, field in fields.items()
    }
    columns = [str(field.column) for field in fields.values()]
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        differs = ({k: fields[k].get_db_prep_save(v, connection) for k, v in row.items()} for row in batch)
        _insert(template._meta.db_table, columns, [tuple((same | values).values()) for values in differs])


def _insert(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def refresh_statistics() -> None:
    """Let PostgreSQL tidy and know the tables, as its autovacuum does; nobody does that for SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def sections() -> list[Section]:
    """The corpus' sections."""
    names = {"name_zh_hans": "版面"}
    return [
        Section.objects.get_or_create(slug=slug, defaults=names | {"name_en": slug.capitalize()})[0]
        for slug in corpus.SECTIONS
    ]


def picture() -> Picture:
    """A cover with all its renditions in the row; its files are not there."""
    sizes = [[width, width * 9 // 16, kind] for width in (480, 800, 1200, 1600) for kind in ("avif", "webp", "jpeg")]
    name = f"pictures/{uuid.uuid4().hex}/original-0a1b2c3d.jpg"
    row = Picture(file=name, width=3200, height=1800, source_type="digitalCapture", renditions=sizes)
    row.rendered = timezone.now()
    row.save()
    return row


def articles(count: int, words: int) -> None:
    """`count` published English articles of one section, and a tenth as many of all kinds among them."""
    every = sections()
    template = Article(status="published", dek="What the article says, in one sentence or two.", origin="reader")
    template.cover, template.cover_alt = picture(), "A harbour at night"
    template.byline, template.editor_name, template.related_at = "Mara Lindqvist", "A. Editor", timezone.now()
    copy_rows(template, _articles(count, words, every))
    tags = [Tag.objects.get_or_create(slug=f"subject-{n}", defaults={"name": f"Subject {n}"})[0] for n in range(TAGS)]
    through = Article.tags.through
    keys = Article.objects.order_by("pk").values_list("pk", flat=True)
    copy_rows(through(), ({"article_id": pk, "tag_id": tags[pk % TAGS].pk} for pk in keys.iterator(chunk_size=BATCH)))
    refresh_statistics()


def _articles(count: int, words: int, every: list[Section]) -> Iterator[dict[str, Any]]:
    dice = random.Random(count)
    bodies = {english: [corpus.body(dice, english, words) for _ in range(BODIES)] for english in (True, False)}
    newest = timezone.now() - timedelta(minutes=1)
    total = count + count // 10
    for number in range(total):
        plain = number % 11 != 10
        english = plain or bool(number % 2)
        yield {
            "uid": uuid.UUID(int=dice.getrandbits(128)),
            "series": uuid.UUID(int=dice.getrandbits(128)),
            "external_id": f"bench-{number}",
            "slug": f"story-{number}",
            "language": "en" if english else "zh-hans",
            "section_id": every[0 if plain else number % len(every)].pk,
            "headline": f"Harbour plans for winter {number}: what the port will build and who pays",
            "body": bodies[english][number % BODIES],
            "published_at": newest - timedelta(minutes=total - number),
            "reading_minutes": 3,
            "related": [pk for pk in range(number - 3, number + 1) if pk > 0],  # the four rows before it
        }


def waiting(first: int, last: int) -> None:
    """Items number `first` to `last` that wait at the desk: of ten, six stories, three drafts and a report."""
    section, rules = sections()[0], Guidelines.objects.in_force()
    story = Story(status="received", section=section, guidelines=rules, headline="A ferry that waits", body="<p>.</p>")
    draft = Article(status="draft", section=section, headline="A draft of a ferry", body="<p>It waits.</p>")
    report = CopyrightReport(status="received", basis="dsa", name="Ilse Brandt", email="ilse@example.net", work="Buses")
    for template, places in ((story, range(6)), (draft, range(6, 9)), (report, range(9, 10))):
        copy_rows(template, _items(template, (number for number in range(first, last) if number % 10 in places)))
    refresh_statistics()


def decided(count: int) -> None:
    """Stories that were declined long ago: the desk must not read them."""
    story = Story(status="declined", section=sections()[0], guidelines=Guidelines.objects.in_force(), headline="No")
    copy_rows(story, _items(story, range(-count, 0)))


def _items(template: DeskItem, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    """What no two items have in common, and the moment since which each waits."""
    own = {"external_id", "slug"} if isinstance(template, Article) else {"seed", "code_hash"}
    now = timezone.now()
    for number in numbers:
        common = {"uid": uuid.uuid4(), "language": ("en", "zh-hans")[number % 2]}
        unique = dict.fromkeys(own, f"desk-{number}") | ({"series": uuid.uuid4()} if "slug" in own else {})
        since = now - timedelta(seconds=abs(number))
        due = since + timedelta(hours=9) if template.status in template.WAITING else None
        yield common | unique | {"waiting_since": since, "due": due}
