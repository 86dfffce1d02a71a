"""The rules of an article's page and of the home page (hreflang, schema.org, disclosure of generated pictures,
caching, the content security policy)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import urljoin

from PIL import Image

from articles.provenance import SOURCE_TYPE_BASE, read_declared
from articles.standards.listings import moment
from articles.standards.site import Answer, Fault, Head, Site, Unreadable, read_head

LEAST_PIXELS = 50_000  # of each picture in the structured data
REQUIRED = (
    "headline", "datePublished", "dateModified", "author", "publisher", "inLanguage", "timeRequired",
    "mainEntityOfPage", "publishingPrinciples",
)  # fmt: skip


def _read(site: Site, url: str) -> tuple[Answer, Head]:
    answer = site.get(url)
    if answer.status != 200:
        raise Unreadable(f"it answers {answer.status}")
    return answer, read_head(answer.body)


def article(site: Site, url: str) -> Iterator[Fault]:
    """Every rule of one article's page."""
    answer, head = _read(site, url)
    if head.link("canonical") != url:
        yield Fault(url, f"its canonical address is {head.link('canonical')!r}")
    if head.headings != 1:
        yield Fault(url, f"it has {head.headings} headings of the first level")
    if head.metas.get("og:url") != url or not head.metas.get("og:title"):
        yield Fault(url, "its Open Graph title or address is missing or another")
    for rule in (any_page, _mutual_versions, _structured, _pictures):
        yield from rule(site, url, answer, head)


def home(site: Site, url: str) -> Iterator[Fault]:
    """The rules of a language's home page."""
    answer, head = _read(site, url)
    said = head.of_type("NewsMediaOrganization")
    missing = [name for name in ("name", "url", "logo", "publishingPrinciples") if not said.get(name)]
    if missing:
        yield Fault(url, f"its NewsMediaOrganization lacks {', '.join(missing)}")
    for name in ("ethicsPolicy", "correctionsPolicy", "ownershipFundingInfo", "masthead"):
        if name in said and site.get(said[name]).status != 200:
            yield Fault(url, f"{name} leads to {said[name]}, which does not answer")
    for rule in (any_page, _mutual_versions):
        yield from rule(site, url, answer, head)


def any_page(site: Site, url: str, answer: Answer, head: Head) -> Iterator[Fault]:
    """No cookie, an ETag that is honoured, a strict policy, nothing from others, an alt text for each picture."""
    policy = answer.headers.get("Content-Security-Policy", "")
    etag = answer.headers.get("ETag", "")
    others = [load for load in head.loads if not site.holds(urljoin(url, load))]
    rules: dict[str, Callable[[], object]] = {
        "it sets a cookie": lambda: answer.headers.get("Set-Cookie"),
        "it has no ETag, or one that is not honoured": lambda: (
            not etag or site.get(url, **{"If-None-Match": etag}).status != 304
        ),
        "its content security policy is missing or relaxed": lambda: not policy or "unsafe" in policy,
        f"it loads from others: {', '.join(others)}": lambda: others,
        "it has no language": lambda: not head.language,
        "it has no title or no description": lambda: not head.title or not head.metas.get("description"),
        f"{head.without_alt} pictures have no alt attribute": lambda: head.without_alt,
    }
    yield from (Fault(url, says) for says, broken in rules.items() if broken())


def _mutual_versions(site: Site, url: str, answer: Answer, head: Head) -> Iterator[Fault]:
    """Each version names itself and all others, and all of them say the same."""
    versions = head.versions()
    named = {code: href for code, href in versions.items() if code != "x-default"}
    if not named:
        return
    if url not in named.values():
        yield Fault(url, "its language versions do not name the page itself")
    if "x-default" not in versions:
        yield Fault(url, "its language versions have no x-default")
    for href in set(named.values()) - {url}:
        if read_head(site.get(href).body).versions() != versions:
            yield Fault(url, f"its version {href} does not name the same versions")


def _structured(site: Site, url: str, answer: Answer, head: Head) -> Iterator[Fault]:
    """The NewsArticle is whole and its times have zones."""
    said = head.of_type("NewsArticle")
    missing = [name for name in REQUIRED if not said.get(name)]
    if missing:
        yield Fault(url, f"its NewsArticle lacks {', '.join(missing)}")
    for name in ("datePublished", "dateModified"):
        if said.get(name) and moment(said[name]) is None:
            yield Fault(url, f"{name} is no time with a zone: {said[name]!r}")
    if said.get("timeRequired") and not str(said["timeRequired"]).startswith("PT"):
        yield Fault(url, f"timeRequired is no duration: {said['timeRequired']!r}")


def _pictures(site: Site, url: str, answer: Answer, head: Head) -> Iterator[Fault]:
    """Each picture of the structured data is large enough, and its bytes say of its origin what the data say."""
    for picture in head.of_type("NewsArticle").get("image", []):
        file = site.get(picture["url"])
        try:
            with Image.open(BytesIO(file.body)) as image:
                image.load()
                pixels, declared = image.width * image.height, read_declared(image)
        except (OSError, ValueError):
            yield Fault(picture["url"], "it is no picture")
            continue
        said = picture.get("digitalSourceType", "").removeprefix(SOURCE_TYPE_BASE)
        if pixels < LEAST_PIXELS:
            yield Fault(picture["url"], f"it has {pixels} pixels, fewer than {LEAST_PIXELS}")
        if said != declared.get("source_type", ""):
            yield Fault(picture["url"], f"the page says {said!r}, its bytes say {declared.get('source_type', '')!r}")
