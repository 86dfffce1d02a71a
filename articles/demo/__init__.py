"""Sample sections, pages about the newsroom, and articles with covers drawn by code."""

import json
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from articles.demo import ahead, corrections
from articles.importer import Importer
from articles.models import Article, Page, Picture, Section
from cms.models import User
from cms.page_cache import frame_changed

FOLDER = Path(__file__).parent
SECTIONS = [
    ("business", "Business", "商业"),
    ("technology", "Technology", "科技"),
    ("markets", "Markets", "市场"),
]
EDITORS = {"en": "Chen Xu", "zh-hans": "陈序"}


def load() -> str:
    """Load what is missing; return a line that says what there is."""
    system = User.objects.system()
    for position, (slug, english, chinese) in enumerate(SECTIONS, 1):
        names = {"name_en": english, "name_zh_hans": chinese, "position": position}
        Section.objects.get_or_create(slug=slug, defaults=names)
    for page in json.loads((FOLDER / "pages.json").read_text("utf-8")):
        Page.objects.get_or_create(key=page.pop("key"), language=page.pop("language"), defaults=page)
    ahead.authors()
    known = set(Article.objects.values_list("external_id", flat=True))
    complaints: list[str] = []
    importer = Importer(by=system, folder=FOLDER, complain=lambda number, text: complaints.append(f"{number}: {text}"))
    with (FOLDER / "articles.jsonl").open("rb") as lines:
        for _read in importer.run(chain(lines, ahead.lines(known))):
            pass
    if complaints:
        raise ValueError("; ".join(complaints))
    for article in (
        Article.objects.filter(external_id__startswith="demo-").exclude(external_id__in=known).order_by("pk")
    ):
        _finish(article, system)
    corrections.load()
    ahead.load()
    frame_changed()
    return f"{Article.objects.count()} articles in {Section.objects.count()} sections"


def _finish(article: Article, system: User) -> None:
    """Give an article its cover (translations share one) and, where a reader sent it, the way that it came."""
    original = Article.objects.filter(series=article.series).exclude(cover=None).select_related("cover").first()
    alt = article.cover_alt
    if original:
        article.cover = original.cover
    else:
        Picture.objects.draw_cover(article)
    fields: dict[str, Any] = {
        "cover": article.cover,
        "cover_alt": alt or article.cover_alt,
        "editor_name": EDITORS[article.language],
    }
    if article.origin == Article.Origin.READER and article.published_at:
        fields |= {"guidelines_number": 1, "submitted_at": article.published_at - timedelta(days=2, hours=5)}
    article.tidy()
    article.amend(by=system, signed_sha256=article.content_hash(), **fields)
