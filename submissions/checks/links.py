"""Are there many links, and do they say where they lead?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from submissions.checks.base import Check, Draft, Verdict

MOST_LINKS = 10
SHORTENERS = {
    "bit.ly", "t.co", "tinyurl.com", "goo.gl", "ow.ly", "is.gd", "buff.ly", "rb.gy", "cutt.ly", "lnkd.in",
    "shorturl.at", "s.id", "v.gd", "rebrand.ly", "tiny.cc", "t.cn", "url.cn", "dwz.cn", "suo.im", "0rz.tw",
    "mrw.so", "w.url.cn", "dwz.win", "reurl.cc", "t.ly",
}  # fmt: skip


class Links(Check):
    """How many addresses the text has: a list of links is no story."""

    id = "links"
    rule = "promotion"
    label = _("Links")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Count those in the body; sources have a place of their own."""
        if len(draft.links) > MOST_LINKS:
            yield self.note(
                _("The text has %(count)s links. Keep the few that readers need, and move the others to the sources."),
                count=len(draft.links),
            )


class ShortLinks(Check):
    """Shortened addresses hide where they lead, and break when the shortener ends."""

    id = "short-links"
    rule = "sources"
    label = _("Shortened links")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Point at each, in the text and among the sources."""
        for field, links in (("body", draft.links), ("sources", draft.sources)):
            for link in links:
                if _host(link) in SHORTENERS:
                    yield self.note(
                        _("A shortened link hides where it leads. Open it, and give the address that you arrive at."),
                        passage=link, field=field,
                    )  # fmt: skip


def _host(link: str) -> str:
    """The host without "www."; "" for what is no address."""
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
