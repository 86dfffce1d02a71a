"""The import: in batches, each one transaction, in flat memory, safe to run again."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from articles.interchange import BATCH, BadLine, explain, parse_line, series_of, taken_by_others
from articles.models import Article, Author, Picture, Section, Tag
from articles.models.cover_gate import cover_faults
from cms.log import logged
from cms.models import User
from cms.page_cache import frame_changed
from cms.text import clean_line, plain_text
from cms.workflow import Conflict

FIELDS = {
    "lang": "language", "headline": "headline", "dek": "dek", "body_html": "body", "byline": "byline",
    "published_at": "published_at", "cover_alt": "cover_alt", "origin": "origin",
    "cover_caption": "cover_caption",
}  # fmt: skip


class Importer:
    """Reads JSON lines into articles.

    `folder` is where the covers' paths begin; `complain(line_number, message)` hears of each bad line. `counts` has
    the keys "new", "changed", "same" and "bad".
    """

    def __init__(self, *, by: User, folder: Path, complain: Callable[[int, str], None]) -> None:
        self.by, self.folder, self.complain = by, folder.resolve(), complain
        self.counts: Counter[str] = Counter()

    def run(self, lines: Iterable[bytes]) -> Iterator[int]:
        """Import all lines; yields the number of lines read after each batch."""
        numbered = enumerate(lines, 1)
        read = 0
        while batch := list(islice(numbered, BATCH)):
            read = batch[-1][0]
            self._batch(self._parsed(batch))
            yield read

    def _parsed(self, batch: list[tuple[int, bytes]]) -> list[dict[str, Any]]:
        """The good lines of a batch, the last one of each id, with their series found."""
        rows: dict[str, dict[str, Any]] = {}
        for number, line in batch:
            if not line.strip():
                continue
            try:
                row = parse_line(line)
            except BadLine as error:
                self._bad(number, error)
                continue
            rows[row["id"]] = row | {"number": number}
        self._find_series(list(rows.values()))
        return list(rows.values())

    def _bad(self, number: int, error: Exception) -> None:
        self.counts["bad"] += 1
        self.complain(number, explain(error))

    def _find_series(self, rows: list[dict[str, Any]]) -> None:
        """A translation joins the series of the article that it names, or the one that article will have."""
        named = {row["translation_of"] or row["id"] for row in rows}
        known = dict(Article.objects.filter(external_id__in=named).values_list("external_id", "series"))
        for row in rows:
            root = row["translation_of"] or row["id"]
            row["series"] = known.get(root) or series_of(root)

    def _batch(self, rows: list[dict[str, Any]]) -> None:
        """Write one batch in one transaction, its log lines with it."""
        whole = Article.objects.select_related("cover", "section").prefetch_related("tags")
        known = whole.in_bulk([row["id"] for row in rows], field_name="external_id")
        taken = taken_by_others(rows)
        sections = self._sections({row["section"] for row in rows})
        with logged() as log:
            fresh: list[tuple[Article, dict[str, Any]]] = []
            for row in rows:
                try:
                    self._refuse_taken(row, taken)
                    article = known.get(row["id"])
                    if article is None:
                        fresh.append((self._new(row, sections[row["section"]]), row))
                    else:
                        self._update(article, row, sections[row["section"]])
                except (BadLine, ValidationError, Conflict) as error:
                    self._bad(row["number"], error)
            articles = [article for article, _row in fresh]
            Article.objects.bulk_create(articles)
            self._tag(fresh)
            self._sign(articles)
            log += [article.decision("import", "", self.by) for article in articles]
        self.counts["new"] += len(fresh)

    def _refuse_taken(self, row: dict[str, Any], taken: dict[tuple[str, Any], str]) -> None:
        """Two articles of a language may not share an address, nor a place in a series of translations."""
        for what, key in (("slug", row["slug"]), ("translation_of", row["series"])):
            if key and taken.setdefault((row["lang"], key), row["id"]) != row["id"]:
                raise BadLine(f"{what}: the article {taken[row['lang'], key]} has that place in {row['lang']}")

    def _sections(self, slugs: set[str]) -> dict[str, Section]:
        """The sections by slug; an unknown one is made, to be named in the admin."""
        found = Section.objects.in_bulk(list(slugs), field_name="slug")
        for slug in slugs - set(found):
            name = slug.replace("-", " ").capitalize()
            found[slug] = Section.objects.create(slug=slug, name_en=name, name_zh_hans=name)
            transaction.on_commit(frame_changed)
        return found

    def _values(self, row: dict[str, Any], section: Section) -> dict[str, Any]:
        values = {field: row[key] if row[key] is not None else "" for key, field in FIELDS.items()}
        values |= {"section": section, "series": row["series"], "published_at": row["published_at"]}
        return values | ({"slug": row["slug"]} if row["slug"] else {})

    def _new(self, row: dict[str, Any], section: Section) -> Article:
        status = Article.Status.PUBLISHED if row["published_at"] else Article.Status.DRAFT
        article = Article(external_id=row["id"], status=status, **self._values(row, section))
        article.tidy()
        if row["cover"]:
            article.cover = self._cover(row, None)
        if status == Article.Status.PUBLISHED:
            if not plain_text(article.body):
                raise BadLine("body_html has no text")
            self._refuse_cover(article)
        return article

    def _refuse_cover(self, article: Article) -> None:
        """No cover appears without its origin and its description, however it comes."""
        for field, fault in cover_faults(article.cover, article.cover_alt).items():
            raise BadLine(f"{'cover_source_type' if field == 'cover' else field}: {fault}")

    def _update(self, article: Article, row: dict[str, Any], section: Section) -> None:
        """Change what differs, and nothing when nothing does. What the editors decided (status) stays theirs."""
        wanted = Article(external_id=row["id"], **self._values(row, section))
        wanted.slug = wanted.slug or article.slug
        wanted.tidy()
        names = {*FIELDS.values(), "section_id", "series", "slug"}
        names -= {"cover_caption"} if row["cover_caption"] is None else set()  # a file that knows none takes none away
        changes = {name: getattr(wanted, name) for name in names if getattr(wanted, name) != getattr(article, name)}
        if article.status == Article.Status.PUBLISHED:
            self._refuse_lost(article, changes)
        cover = self._cover(row, article.cover) if row["cover"] else article.cover
        if cover != article.cover:
            changes["cover"] = cover
        tagged = {Tag.slug_of(name) for name in row["tags"] if clean_line(name)}
        retagged = tagged != {tag.slug for tag in article.tags.all()}
        if changes or retagged:
            article.amend(by=self.by, also=["tags"] if retagged else [], **changes, related_at=None)
            article.tags.set(Tag.objects.named(row["tags"]))
            article.settle_stale(by=self.by)  # the file brings both versions; what it leaves alone goes on waiting
        self.counts["changed" if changes or retagged else "same"] += 1

    def _refuse_lost(self, article: Article, changes: dict[str, Any]) -> None:
        """What readers see may be changed, not emptied nor put off: as in the admin."""
        if "published_at" in changes:
            if not changes["published_at"]:
                raise BadLine("published_at: the article is published and keeps its time; to take it off, kill it")
            if article.has_run() and changes["published_at"] > timezone.now():
                raise BadLine("published_at: readers have seen the article, its time cannot lie ahead")
        if not plain_text(changes.get("body", article.body)):
            raise BadLine("body_html has no text")

    def _cover(self, row: dict[str, Any], present: Picture | None) -> Picture:
        """Take the cover's file in, unless it is the one we have. Its path may not leave the file's folder."""
        path = (self.folder / row["cover"][:1000]).resolve()
        if not path.is_relative_to(self.folder) or not os.path.isfile(path):  # noqa: PTH113  (never raises)
            raise BadLine(f"cover: no file {row['cover'][:100]} beside the imported file")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if present and digest in {present.sha256, present.upload_sha256}:
                if not present.source_type and row["cover_source_type"]:
                    present.declare(row["cover_source_type"])  # what was missing when it was first imported
                return present
            said = {name: row[f"cover_{name}"] or "" for name in ("source_type", "credit", "licence")}
            return Picture.objects.take_in(file, **said)

    def _sign(self, articles: list[Article]) -> None:
        """Link the new articles to the authors whose names are their bylines, with two queries for all."""
        people = Author.objects.called(article.byline for article in articles)
        signed = [article for article in articles if article.byline in people]
        through = Article.authors.through
        through.objects.bulk_create(
            through(article_id=article.pk, author_id=people[article.byline].pk) for article in signed
        )

    def _tag(self, fresh: list[tuple[Article, dict[str, Any]]]) -> None:
        """Tag the new articles with one query for all."""
        every = Tag.objects.named(name for _article, row in fresh for name in row["tags"])
        by_slug = {tag.slug: tag for tag in every}
        through = Article.tags.through
        links = [
            through(article_id=article.pk, tag_id=by_slug[slug].pk)
            for article, row in fresh
            for slug in {Tag.slug_of(name) for name in row["tags"]} & set(by_slug)
        ]
        through.objects.bulk_create(links)
