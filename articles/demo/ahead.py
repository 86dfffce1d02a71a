"""Samples of what editors set up: authors with pages, a lead that is put first, an article whose time lies ahead."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from articles.models import Article, Author, HomePlace
from cms.models import User

TEXTS = Path(__file__).parent / "ahead.json"
AUTHORS = {
    "harriet-quill": {
        "name_en": "Harriet Quill",
        "name_zh_hans": "哈丽雅特·奎尔",
        "about_en": "Harriet Quill reports on small firms and what they pay. She used to keep a cycle shop’s books.",
        "about_zh_hans": "哈丽雅特·奎尔报道小企业和它们付的工资。入行以前，她替一家自行车铺管账。",
    },
    "lu-yining": {
        "name_en": "Lu Yining",
        "name_zh_hans": "陆以宁",
        "about_en": "Lu Yining writes about warehouses, ports and everything that waits in them.",
        "about_zh_hans": "陆以宁写仓库、港口，以及在那里等待的一切。",
    },
}
SIGNED = {"demo-en-06": "harriet-quill", "demo-zh-08": "lu-yining"}
LEADS = ("demo-en-03", "demo-zh-03")
HOUR = 6  # of the newsroom's morning


def authors() -> None:
    """Make the authors that are missing. An import then finds them by the bylines."""
    for slug, said in AUTHORS.items():
        Author.objects.get_or_create(slug=slug, defaults=said)


def lines(known: Collection[str]) -> Iterator[bytes]:
    """The articles that are not `known` yet, for the import: their time is the morning of the day after tomorrow.

    Loaded again, they keep the time that they got; when it has come, they are out.
    """
    morning = (timezone.localtime() + timedelta(days=2)).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    for row in json.loads(TEXTS.read_text("utf-8")):
        if row["id"] not in known:
            yield json.dumps(row | {"published_at": morning.isoformat()}).encode()


def load() -> None:
    """Sign what the authors wrote, and put one article first on each home page where nothing is."""
    system = User.objects.system()
    for external_id, slug in SIGNED.items():
        article = Article.objects.get(external_id=external_id)
        if not article.authors.exists():
            article.amend(by=system, also=["authors"])
            article.authors.add(Author.objects.get(slug=slug))
    for external_id in LEADS:
        article = Article.objects.get(external_id=external_id)
        if not HomePlace.objects.filter(article__language=article.language).exists():
            HomePlace.objects.create(article=article)
