"""Reading a running site over HTTP, and what a page says in its head."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

MOST_BYTES = 51 * 1024 * 1024  # one more than a sitemap may have
SECONDS = 30


@dataclass(frozen=True)
class Fault:
    """One rule that one address breaks."""

    url: str
    says: str

    def __str__(self) -> str:
        return f"{self.url}\n    {self.says}"


class Unreadable(Exception):  # noqa: N818
    """An address that gave no answer which the rules could be asked of."""


@dataclass
class Answer:
    """What an address answered."""

    url: str
    status: int
    headers: Message
    body: bytes

    def xml(self) -> ElementTree.Element:
        """The body as XML, without entities of its own. Raises Unreadable."""
        if b"<!DOCTYPE" in self.body[:1000] or b"<!ENTITY" in self.body:
            raise Unreadable("it declares entities")
        try:
            return ElementTree.fromstring(self.body)  # noqa: S314  (no entities: refused above)
        except ElementTree.ParseError as error:
            raise Unreadable(f"no well-formed XML: {error}") from error

    def json(self) -> Any:
        """The body as JSON. Raises Unreadable."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Unreadable(f"no JSON: {error}") from error


class Site:
    """A site that runs at `base`; only its own addresses are ever opened, whatever its pages name."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.asked = 0

    def holds(self, url: str) -> bool:
        """Whether an absolute URL is one of this site's."""
        return urlsplit(url)[:2] == urlsplit(self.base)[:2]

    def get(self, url: str, **headers: str) -> Answer:
        """Open an address (absolute, or a path). Redirects are followed. Raises Unreadable."""
        url = urljoin(f"{self.base}/", url)
        if not self.holds(url):
            raise Unreadable("it leads to another site")
        self.asked += 1
        request = urllib.request.Request(url, headers={"User-Agent": "check_standards", **headers})  # noqa: S310  (this site's)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return Answer(answer.url, answer.status, answer.headers, answer.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            return Answer(url, error.code, error.headers, error.read(MOST_BYTES))
        except OSError as error:
            raise Unreadable(f"no answer: {error}") from error


@dataclass
class Head:
    """What a page says of itself: its links by `rel`, its metas by name, its structured data, what it loads."""

    language: str = ""
    title: str = ""
    links: list[dict[str, str]] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    data: list[Any] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    headings: int = 0
    without_alt: int = 0

    def link(self, rel: str) -> str:
        """The address of the first link of this kind; "" where there is none."""
        return next((link.get("href", "") for link in self.links if rel in link.get("rel", "").split()), "")

    def versions(self) -> dict[str, str]:
        """hreflang -> address."""
        return {link["hreflang"]: link.get("href", "") for link in self.links if "hreflang" in link}

    def of_type(self, kind: str) -> dict[str, Any]:
        """The structured data of a schema.org type; empty where there is none."""
        return next((data for data in self.data if isinstance(data, dict) and data.get("@type") == kind), {})


class _Reader(HTMLParser):
    """Fills a Head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head = Head()
        self._inside = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.head.language = said.get("lang", "")
        elif tag == "link":
            self.head.links.append(said)
        elif tag == "meta":
            self.head.metas[said.get("property") or said.get("name", "")] = said.get("content", "")
        elif tag == "h1":
            self.head.headings += 1
        elif tag == "img" and "alt" not in said:
            self.head.without_alt += 1
        self._loads(tag, said)
        if tag == "title" or (tag == "script" and said.get("type") == "application/ld+json"):
            self._inside, self._text = tag, ""

    def _loads(self, tag: str, said: dict[str, str]) -> None:
        """Note what a browser fetches by itself."""
        loading = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
        if tag in {"script", "img", "iframe", "source", "video", "audio"} and said.get("src"):
            self.head.loads.append(said["src"])
        if tag in {"img", "source"}:
            rows = filter(None, said.get("srcset", "").split(","))
            self.head.loads += [row.split()[0] for row in rows]
        if tag == "link" and loading & set(said.get("rel", "").split()):
            self.head.loads.append(said.get("href", ""))

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag != self._inside:
            return
        if tag == "title":
            self.head.title = self._text.strip()
        else:
            try:
                self.head.data.append(json.loads(self._text))
            except ValueError:
                self.head.data.append({"@type": "unreadable"})
        self._inside = ""


def read_head(html: bytes) -> Head:
    """Read what a page says of itself; never raises for what a page contains."""
    reader = _Reader()
    reader.feed(html.decode("utf-8", "replace"))
    reader.close()
    return reader.head
