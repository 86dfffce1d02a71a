"""The plain text of an introduction, made from its structure: what a reader without HTML gets."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "h2", "h3", "h4", "li", "blockquote", "pre", "ul", "ol", "table", "tr", "hr", "br"})


def text_of(html: str) -> str:
    """Sanitised HTML as text: blocks parted by empty lines, lists with marks, quotes with >, links written out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(reader.lines)).strip()


class _Reader(HTMLParser):
    """Collects lines; what stands before each follows from the elements that are open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.words: list[str] = []
        self.lists: list[int | None] = []  # the number of the last item; None where items have none
        self.mark = ""
        self.quotes = 0
        self.kept = 0  # open <pre>
        self.link = ("", 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.end_line(part=tag in {"p", "h2", "h3", "h4", "blockquote", "table", "pre"} and not self.mark)
        given = dict(attrs)
        match tag:
            case "ul":
                self.lists.append(None)
            case "ol":
                self.lists.append(int(given.get("start") or 1) - 1)
            case "li":
                self._begin_item()
            case "blockquote":
                self.quotes += 1
            case "pre":
                self.kept += 1
            case "hr":
                self.lines += ["", "———", ""]
            case "td" | "th" if self.words:
                self.words.append(" | ")
            case "a":
                self.link = (given.get("href") or "", len(self.words))

    def _begin_item(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        self.mark = "  " * (len(self.lists) - 1) + ("- " if number is None else f"{number + 1}. ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            url, place = self.link
            if url and url.removeprefix("mailto:") != "".join(self.words[place:]).strip():
                self.words.append(f" <{url}>")
            return
        if tag in _BLOCKS:
            self.end_line(part=tag in {"p", "h2", "h3", "h4", "blockquote", "ul", "ol", "table", "pre"})
        if tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        elif tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)
        elif tag == "pre":
            self.kept = max(0, self.kept - 1)

    def handle_data(self, data: str) -> None:
        self.words.append(data if self.kept else re.sub(r"\s+", " ", data))

    def end_line(self, *, part: bool = False) -> None:
        """Put the collected words down as a line (of <pre>, as its lines); `part` leaves an empty line after it."""
        text = "".join(self.words).strip("\n" if self.kept else None)
        self.words = []
        if text:
            before = "> " * self.quotes + self.mark
            self.mark = ""
            self.lines += [before + line for line in text.split("\n")]
        if part and self.lines and self.lines[-1]:
            self.lines.append("")
