"""Structured data of a page (schema.org, JSON-LD): what search engines and other readers' programs take from it.

The words are those that a reader sees (headline, byline, caption, corrections); nothing is said to machines only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles.discovery.hreflang import HREFLANG
from articles.models.article import Article
from articles.models.author import Author
from articles.models.page import Page
from articles.picture_data import image_objects
from cms.generations import FRAME
from cms.page_cache import kept

Data = dict[str, Any]
# A closed script element, or an HTML comment, would end the data: escaped, as Django's json_script does.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
_POLICIES = {
    "masthead": Page.Key.MASTHEAD,
    "ethicsPolicy": Page.Key.ETHICS,
    "correctionsPolicy": Page.Key.CORRECTIONS,
    "verificationFactCheckingPolicy": Page.Key.FACT_CHECKING,
    "ownershipFundingInfo": Page.Key.OWNERSHIP,
    "actionableFeedbackPolicy": Page.Key.CONTACT,
}


def pages_about(language: str) -> dict[str, Page]:
    """The pages about the newsroom that are written in a language, by their keys; read once a generation."""
    rows = kept(f"pages:{language}", lambda: list(Page.objects.in_language(language).defer("body")), FRAME)
    return {page.key: page for page in rows}


def as_script(data: Data) -> SafeString:
    """The data as it may stand in a script element of type application/ld+json."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(text)  # nothing in it can end the element


def _publisher() -> Data:
    return {
        "@type": "NewsMediaOrganization",
        "@id": f"{settings.SITE_URL}/#organization",
        "name": settings.SITE_NAME,
        "url": f"{settings.SITE_URL}/",
        "logo": {"@type": "ImageObject", "url": settings.SITE_URL + static("icon.svg")},
    }


def organisation_data(language: str) -> Data:
    """Who publishes (NewsMediaOrganization), with the policies that are written."""
    pages = pages_about(language)
    urls = {key: settings.SITE_URL + page.get_absolute_url() for key, page in pages.items()}
    policies = {name: urls[key] for name, key in _POLICIES.items() if key in urls}
    principles = urls.get(Page.Key.ETHICS) or settings.SITE_URL + reverse("submissions:guidelines")
    contact = {"@type": "ContactPoint", "contactType": "newsroom", "email": settings.CONTACT_EMAIL}
    place = {"address": settings.POSTAL_ADDRESS} if settings.POSTAL_ADDRESS else {}
    about = {"publishingPrinciples": principles, **policies, "contactPoint": contact, **place}
    return {"@context": "https://schema.org", **_publisher(), **about}


def article_data(article: Article, authors: Sequence[Author]) -> Data:
    """A NewsArticle, of an article read with its section and cover, in the page's language; `authors` signed it."""
    assert article.published_at  # a published article has its time  # noqa: S101
    url = article.permalink()
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{url}#article",
        "mainEntityOfPage": url,
        "headline": article.headline,
        "description": article.dek or article.headline,
        "datePublished": article.published_at.isoformat(),
        "dateModified": article.modified().isoformat(),
        "inLanguage": HREFLANG[article.language],
        "articleSection": article.section.name,
        "timeRequired": f"PT{article.reading_minutes}M",
        "isAccessibleForFree": True,
        "author": _author(article, authors),
        "publisher": _publisher(),
        "publishingPrinciples": settings.SITE_URL + reverse("submissions:guidelines"),
    }
    optional = {
        "image": image_objects(article.cover, article.cover_caption, article.cover_alt) if article.cover else None,
        "correction": [
            {"@type": "CorrectionComment", "text": text, "datePublished": made.isoformat()}
            for text, made in article.corrections()
        ],
        "isBasedOn": [source for source in article.sources if source.startswith(("http://", "https://"))],
    }
    return data | {name: value for name, value in optional.items() if value}


def _author(article: Article, authors: Sequence[Author]) -> Data | list[Data]:
    """Who signed it; the newsroom where nobody did (a contributor may stay anonymous)."""
    if authors:
        return [
            {"@type": "Person", "name": person.name, "url": settings.SITE_URL + person.get_absolute_url()}
            for person in authors
        ]
    if article.byline:
        return {"@type": "Person", "name": article.byline}
    return {"@type": "Organization", "name": settings.SITE_NAME, "url": f"{settings.SITE_URL}/"}
