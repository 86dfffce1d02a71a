"""Feeds of the site, a section, a tag or an author: RSS 2.0, Atom 1.0 and JSON Feed 1.1.

An entry's id is the article's own and never changes; its content is the whole text, with the cover and what has to be
said of it. A withheld or killed article leaves a tombstone in the Atom feed (RFC 6721), so that readers forget it too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import feedgenerator
from django.utils.xmlutils import SimplerXMLGenerator

from articles.discovery.hreflang import HREFLANG
from articles.models import Article
from articles.models.withholding import Withholding

ENTRIES = 30
TOMBSTONES = 50

Tombstones = list[tuple[str, datetime]]


@dataclass(frozen=True)
class Channel:
    """What a feed is of: its title, a sentence, its language, and its page and its own address (absolute URLs)."""

    title: str
    description: str
    language: str
    page_url: str
    feed_url: str


def entry_id(article: Article) -> str:
    """The id of an article in every feed, whatever becomes of its address."""
    return article.uid.urn


def tombstones(language: str, **lookups: Any) -> Tombstones:
    """Of the articles of one feed, those that readers have to forget: (id, since when), the latest first.

    `lookups` are the feed's own (its section, its tag), as a filter of articles names them.
    """
    here = {"language": language, "published_at__isnull": False, **lookups}
    active = Withholding.objects.active().filter(**{f"article__{name}": value for name, value in here.items()})
    rows = list(active.order_by("-since").values_list("article__uid", "since")[:TOMBSTONES])
    killed = Article.objects.filter(status=Article.Status.KILLED, **here).order_by("-published_at")
    rows += list(killed.values_list("uid", "updated")[:TOMBSTONES])
    return sorted(((uid.urn, when) for uid, when in rows), key=lambda row: row[1], reverse=True)


class _Rss(feedgenerator.Rss201rev2Feed):
    """RSS with the whole text, and the hub that tells of news."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        _add_hub(handler, "atom:link")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class _Atom(feedgenerator.Atom1Feed):
    """Atom with the whole text, tombstones and the hub."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:at": "http://purl.org/atompub/tombstones/1.0"}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        _add_hub(handler, "link")
        handler.startElement("author", AttributesImpl({}))  # of entries without a byline (RFC 4287, 4.1.1)
        handler.addQuickElement("name", settings.SITE_NAME)
        handler.endElement("author")
        for ref, when in self.feed["tombstones"]:
            handler.addQuickElement("at:deleted-entry", "", {"ref": ref, "when": feedgenerator.rfc3339_date(when)})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def _add_hub(handler: SimplerXMLGenerator, element: str) -> None:
    if settings.WEBSUB_HUB:
        handler.addQuickElement(element, None, {"rel": "hub", "href": settings.WEBSUB_HUB})


def _content(article: Article) -> str:
    """The article as a feed reader prints it: cover, its disclosure, text."""
    return render_to_string("articles/feed_entry.html", {"article": article, "site_url": settings.SITE_URL})


def _xml(kind: type[feedgenerator.SyndicationFeed]) -> Callable[[Channel, Iterable[Article], Tombstones], bytes]:
    def write(channel: Channel, articles: Iterable[Article], gone: Tombstones) -> bytes:
        feed = kind(
            title=channel.title,
            link=channel.page_url,
            description=channel.description,
            language=HREFLANG[channel.language],
            feed_url=channel.feed_url,
            feed_guid=channel.feed_url,
            tombstones=gone,
        )
        for article in articles:
            _add(feed, article)
        return feed.writeString("utf-8").encode()

    return write


def _add(feed: feedgenerator.SyndicationFeed, article: Article) -> None:
    feed.add_item(
        title=article.headline,
        link=article.permalink(),
        description=article.dek or article.headline,
        author_name=article.byline or None,
        pubdate=article.published_at,
        updateddate=article.modified(),
        unique_id=entry_id(article),
        unique_id_is_permalink=False,
        categories=[article.section.name, *(tag.name for tag in article.tags.all())],
        content=_content(article),
    )


def _json(channel: Channel, articles: Iterable[Article], gone: Tombstones) -> bytes:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.page_url,
        "feed_url": channel.feed_url,
        "language": HREFLANG[channel.language],
        "items": [_json_item(article) for article in articles],
    }
    if settings.WEBSUB_HUB:
        feed["hubs"] = [{"type": "WebSub", "url": settings.WEBSUB_HUB}]
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


def _json_item(article: Article) -> dict[str, Any]:
    assert article.published_at  # a published article has its time  # noqa: S101
    item: dict[str, Any] = {
        "id": entry_id(article),
        "url": article.permalink(),
        "title": article.headline,
        "content_html": _content(article),
        "date_published": article.published_at.isoformat(),
        "date_modified": article.modified().isoformat(),
        "tags": [article.section.name, *(tag.name for tag in article.tags.all())],
        "language": HREFLANG[article.language],
    }
    if article.dek:
        item["summary"] = article.dek
    if article.byline:
        item["authors"] = [{"name": article.byline}]
    if article.cover:
        item["image"] = article.cover.machine_urls()[0]
    return item


FORMATS: dict[str, tuple[str, Callable[[Channel, Iterable[Article], Tombstones], bytes]]] = {
    "rss": ("application/rss+xml; charset=utf-8", _xml(_Rss)),
    "atom": ("application/atom+xml; charset=utf-8", _xml(_Atom)),
    "json": ("application/feed+json; charset=utf-8", _json),
}
"""The end of a feed's address -> its media type, and what writes it."""
