"""Articles as JSON lines: the lines that `export_articles` writes are the same bytes again after `import_articles`.

The covers come along as files; being taken in like any picture, they are encoded anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from datetime import timezone as dt_timezone
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from articles.licences import LICENCES
from articles.models import Article
from articles.provenance import SOURCE_TYPES
from cms.text import clean_line

KEYS = (
    "id", "lang", "headline", "dek", "body_html", "byline", "section", "tags", "published_at", "slug",
    "translation_of", "cover", "cover_alt", "cover_source_type", "origin", "cover_caption", "cover_credit",
    "cover_licence",
)  # fmt: skip
LONGEST = {"id": 100, "headline": 255, "byline": 255, "section": 50, "dek": 1000, "cover_alt": 500, "slug": 120}
LONGEST |= {"cover_caption": 500, "cover_credit": 200}
KEPT_AS_THEY_ARE = {"id", "slug"}  # every other text is cleaned before it is kept, and measured so
COVER_TEXTS = ("cover_alt", "cover_source_type", "cover_caption", "cover_credit", "cover_licence")
BATCH = 250
MAX_LINE = 4 * 1024 * 1024  # bytes
_SERIES = uuid.UUID("6f1c7f0e-2f43-5d0b-9d2e-3a6a5f6f1c11")


class BadLine(ValueError):  # noqa: N818
    """A line of the file that cannot become an article; the message says why and what would do."""


def series_of(root: str) -> uuid.UUID:
    """The series whose original has the id `root`: the same in every database, whichever line comes first."""
    return uuid.uuid5(_SERIES, root)


def parse_line(line: bytes) -> dict[str, Any]:
    """Read one line; returns its object with every key of KEYS. Raises BadLine."""
    if len(line) > MAX_LINE:
        raise BadLine(f"the line has more than {MAX_LINE} bytes")
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadLine("a text has half a character (a lone surrogate)") from error
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadLine("not a JSON object")
    row = {key: row.get(key) for key in KEYS}
    _check_texts(row)
    if row["lang"] not in dict(settings.LANGUAGES):
        raise BadLine(f"lang must be one of {', '.join(dict(settings.LANGUAGES))}")
    if row["origin"] is None:
        row["origin"] = Article.Origin.STAFF.value
    if row["origin"] not in Article.Origin.values:
        raise BadLine("origin must be staff or reader")
    if row["cover_source_type"] not in {None, "", *SOURCE_TYPES}:
        raise BadLine(f"cover_source_type must be one of {', '.join(SOURCE_TYPES)}")
    if row["cover_licence"] not in {None, "", *LICENCES}:
        raise BadLine(f"cover_licence must be one of {', '.join(LICENCES)}")
    row["published_at"] = _moment(row["published_at"])
    return row


def _check_texts(row: dict[str, Any]) -> None:
    """Texts are texts, within their lengths; the ones that an article needs are there."""
    for key in ("id", "headline", "section", "lang"):
        if not isinstance(row[key], str) or not clean_line(row[key]):
            raise BadLine(f"{key} is missing")
    for key in ("dek", "body_html", "byline", "slug", "translation_of", "cover", *COVER_TEXTS):
        if row[key] is not None and not isinstance(row[key], str):
            raise BadLine(f"{key} must be a text")
        if "\0" in (row[key] or ""):
            raise BadLine(f"{key} has a NUL character")
    for key, most in LONGEST.items():
        kept = (row[key] or "") if key in KEPT_AS_THEY_ARE else clean_line(row[key] or "")
        if len(kept) > most or "\0" in (row[key] or ""):
            raise BadLine(f"{key} has more than {most} characters, or a NUL")
    _check_slugs(row)
    row["tags"] = row["tags"] or []
    if not isinstance(row["tags"], list) or not all(isinstance(tag, str) for tag in row["tags"]):
        raise BadLine("tags must be a list of texts")


def _check_slugs(row: dict[str, Any]) -> None:
    """What becomes part of an address can stand in one."""
    if not re.fullmatch(r"[-a-zA-Z0-9_]+", row["section"]):
        raise BadLine("section must be a slug: letters, digits and hyphens, such as business")
    if row["slug"] and not re.fullmatch(r"[-\w]+", row["slug"]):
        raise BadLine("slug must be letters, digits and hyphens")


def _moment(text: Any) -> datetime | None:
    """An ISO 8601 time with a zone, or None for a draft."""
    if text is None:
        return None
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1 < moment.year < 9999:
        raise BadLine("published_at must be an ISO 8601 time with a zone, such as 2026-11-23T08:00:00Z")
    return moment.astimezone(dt_timezone.utc)  # noqa: UP017


def explain(error: Exception) -> str:
    """One line that says what is wrong."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)


def cover_name(article: Article) -> str:
    """The path of an exported cover, beside the file: of letters and digits only, whatever the id holds."""
    return f"covers/{hashlib.sha256(article.external_id.encode()).hexdigest()[:20]}.jpg"


def export_rows(covers: Path | None) -> Iterator[str]:
    """Yield a line for every readable article, oldest first. Cover files go below the folder `covers`, if given."""
    last: tuple[datetime, int] | None = None
    while True:
        rows = Article.objects.published().order_by("published_at", "pk")
        if last:
            moment, pk = last
            rows = rows.filter(published_at__gte=moment).exclude(published_at=moment, pk__lte=pk)
        batch = list(rows.select_related("section", "cover").prefetch_related("tags")[:BATCH])
        if not batch:
            return
        roots = _roots(batch)
        for article in batch:
            yield _line(article, roots[article.series], covers)
        last = batch[-1].published_at, batch[-1].pk  # type: ignore[assignment]


def _roots(batch: Iterable[Article]) -> dict[uuid.UUID, str]:
    """The id of the original of each article's series: the one that names the series, else the first published."""
    roots: dict[uuid.UUID, str] = {}
    series = {article.series for article in batch}
    versions = Article.objects.published().filter(series__in=series).order_by("published_at", "external_id")
    for key, external_id in versions.values_list("series", "external_id"):
        if key not in roots or series_of(external_id) == key:
            roots[key] = external_id
    return roots


def _line(article: Article, root: str, covers: Path | None) -> str:
    """One article as its line; its cover's original is written beside where there is a folder for it."""
    has_cover = bool(article.cover and covers)
    row = {
        "id": article.external_id,
        "lang": article.language,
        "headline": article.headline,
        "dek": article.dek,
        "body_html": article.body,
        "byline": article.byline,
        "section": article.section.slug,
        "tags": [tag.name for tag in article.tags.all()],
        "published_at": article.published_at.isoformat().replace("+00:00", "Z"),  # type: ignore[union-attr]
        "slug": article.slug,
        "translation_of": None if root == article.external_id else root,
        "cover": cover_name(article) if has_cover else None,
        "cover_alt": article.cover_alt,
        "cover_source_type": article.cover.source_type if has_cover and article.cover else None,
        "origin": article.origin,
    }
    said = {"cover_caption": article.cover_caption}
    if has_cover and article.cover:
        said |= {"cover_credit": article.cover.credit, "cover_licence": article.cover.licence}
    row |= {name: text for name, text in said.items() if text}
    if covers and article.cover:
        target = covers / cover_name(article)
        target.parent.mkdir(parents=True, exist_ok=True)
        with article.cover.file.open() as original:
            target.write_bytes(original.read())
    return json.dumps(row, ensure_ascii=False)


def taken_by_others(rows: list[dict[str, Any]]) -> dict[tuple[str, Any], str]:
    """Which slugs and places in a series, of those that `rows` want, belong to which article already."""
    slugs = {row["slug"] for row in rows if row["slug"]}
    series = {row["series"] for row in rows}
    found = Article.objects.filter(Q(slug__in=slugs) | Q(series__in=series))
    taken: dict[tuple[str, Any], str] = {}
    for language, slug, key, external_id in found.values_list("language", "slug", "series", "external_id"):
        taken[language, slug] = taken[language, key] = external_id
    return taken
