"""The rules of robots.txt, the sitemaps and the feeds (reference: sitemaps.org, Google's news sitemap, RSS 2.0,
RFC 4287, JSON Feed 1.1, WebSub)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from articles.standards.site import Answer, Fault, Site, Unreadable

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
MOST_URLS, MOST_MAP_BYTES = 50_000, 50 * 1024 * 1024
MOST_NEWS, NEWS_AGE = 1000, timedelta(days=2, hours=1)  # an hour for clocks and caches
NEWS_LANGUAGES = {"en", "zh-cn", "zh-tw"}


def robots(site: Site) -> Iterator[Fault]:
    """robots.txt is plain text and names the sitemaps by absolute URL."""
    answer = site.get("/robots.txt")
    named = [line.split(":", 1)[1].strip() for line in answer.body.decode().splitlines() if line.startswith("Sitemap:")]
    if answer.headers.get_content_type() != "text/plain":
        yield Fault(answer.url, "robots.txt has to be text/plain")
    for path in ("/sitemap.xml", "/sitemap-news.xml"):
        if site.base + path not in named:
            yield Fault(answer.url, f"robots.txt does not name {site.base + path}")


def parts(site: Site) -> list[str]:
    """The addresses of the sitemap's parts."""
    return [loc.text or "" for loc in site.get("/sitemap.xml").xml().iter(f"{MAP}loc")]


def sitemap_part(site: Site, url: str) -> tuple[list[str], list[Fault]]:
    """The addresses of a part, and its faults: at most 50,000 of this site, 50 MB, none twice."""
    answer = site.get(url)
    found = [loc.text or "" for loc in answer.xml().iter(f"{MAP}loc")]
    rules = {
        f"more than {MOST_URLS} addresses": len(found) > MOST_URLS,
        "more than 50 MB": len(answer.body) > MOST_MAP_BYTES,
        "an address of another site": any(not site.holds(loc) for loc in found),
        "an address twice": len(set(found)) < len(found),
    }
    return found, [Fault(url, says) for says, broken in rules.items() if broken]


def news_sitemap(site: Site) -> Iterator[Fault]:
    """At most 1,000 articles of two days, each with its publication, date with zone, and title."""
    answer = site.get("/sitemap-news.xml")
    items = list(answer.xml().iter(f"{NEWS}news"))
    if len(items) > MOST_NEWS:
        yield Fault(answer.url, f"more than {MOST_NEWS} articles")
    for item in items:
        title = item.findtext(f"{NEWS}title") or ""
        language = item.findtext(f"{NEWS}publication/{NEWS}language")
        published = moment(item.findtext(f"{NEWS}publication_date"))
        if not title or not item.findtext(f"{NEWS}publication/{NEWS}name"):
            yield Fault(answer.url, f"an article without title or publication: {title!r}")
        if language not in NEWS_LANGUAGES:
            yield Fault(answer.url, f"language {language!r} of {title!r} is none that the news sitemap knows")
        if published is None or published < timezone.now() - NEWS_AGE:
            yield Fault(answer.url, f"{title!r} has no date with a zone, or is older than two days")


def moment(text: Any) -> datetime | None:
    """A time with its zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def feed(site: Site, url: str) -> Iterator[Fault]:
    """A feed names itself, has a media type of its own, and ids that are there and differ."""
    answer = site.get(url)
    kind = url.rsplit(".", 1)[-1]
    media_type = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[kind]
    if answer.headers.get_content_type() != media_type:
        yield Fault(url, f"the media type is {answer.headers.get_content_type()}, not {media_type}")
    named, ids, dates = {"rss": _rss, "atom": _atom, "json": _json}[kind](answer)
    if named != answer.url:
        yield Fault(url, f"the feed names {named!r} as its own address")
    if not all(ids) or len(set(ids)) < len(ids):
        yield Fault(url, "an entry has no id, or two have the same")
    if any(not date for date in dates):
        yield Fault(url, "an entry has no date")


Read = tuple[str, list[str], list[str]]


def _rss(answer: Answer) -> Read:
    tree = answer.xml()
    own = [link.get("href", "") for link in tree.iter(f"{ATOM}link") if link.get("rel") == "self"]
    items = list(tree.iter("item"))
    return (
        (own or [""])[0],
        [item.findtext("guid") or "" for item in items],
        [item.findtext("pubDate") or "" for item in items],
    )


def _atom(answer: Answer) -> Read:
    tree = answer.xml()
    own = [link.get("href", "") for link in tree.findall(f"{ATOM}link") if link.get("rel") == "self"]
    entries = tree.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
    return (own or [""])[0], ids, [entry.findtext(f"{ATOM}updated") or "" for entry in entries]


def _json(answer: Answer) -> Read:
    data = answer.json()
    items = data.get("items", [])
    if not str(data.get("version", "")).startswith("https://jsonfeed.org/version/1"):
        raise Unreadable("no JSON Feed: its version is missing")
    dates = [str(moment(item.get("date_published")) or "") for item in items]
    return data.get("feed_url", ""), [item.get("id", "") for item in items], dates
