"""An issue as mail: built once, then only a few fixed ASCII texts are put in for each reader.

Building a message takes ten times as long as handing it over, so the bytes are made once for an issue and the articles
that are readable, and cut where a reader's own texts stand.
"""

from __future__ import annotations

import re
import secrets
import uuid
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cms.letters import house, inlined
from newsletter.issues.plain import text_of
from newsletter.links import unsubscribe_address

if TYPE_CHECKING:
    from articles.models import Article
    from newsletter.issues.models import Issue

LARGEST = 100 * 1024  # bytes of HTML: Gmail cuts a mail off at 102 KB
_QUOTED = 70  # characters of a reader's token on one line of quoted-printable, which has 76 at most
_OWN_LINK = re.compile(r'(href=")/(?!/)')


class Edition:
    """What every reader of an issue gets alike: both texts, the headers, and the bytes of the whole message."""

    def __init__(self, issue: Issue, articles: list[Article]) -> None:
        self.issue, self.articles = issue, articles
        self.mark = f"reader{secrets.token_hex(12)}"  # stands where a reader's token will; nobody can have typed it

    @cached_property
    def html(self) -> str:
        """The HTML, its styles in the tags."""
        return inlined(self._rendered("html"))

    @cached_property
    def text(self) -> str:
        """The plain text, made from the same parts, not from the HTML."""
        return re.sub(r"\n{3,}", "\n\n", self._rendered("txt")).strip() + "\n"

    def _rendered(self, kind: str) -> str:
        intro = _OWN_LINK.sub(rf"\g<1>{settings.SITE_URL}/", self.issue.intro)
        context = {
            "issue": self.issue,
            "articles": self.articles,
            "intro": mark_safe(intro),
            "intro_text": text_of(intro),
            "unsubscribe_url": unsubscribe_address(self.mark),
        }
        with translation.override(self.issue.language):
            return render_to_string(f"newsletter/mail/body.{kind}", context | house(self.issue.language))

    @cached_property
    def list_id(self) -> str:
        """The lasting name of the list (RFC 2919), one for each language."""
        return f"<newsletter.{self.issue.language}.{urlsplit(settings.SITE_URL).hostname}>"

    @cached_property
    def sender(self) -> str:
        """The envelope's sender: the address of the From line."""
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def own_headers(self, email: str, token: str, delivery: int) -> dict[str, str]:
        """The headers of one copy, unfolded. `delivery` is its key in the ledger."""
        return {
            "To": email,
            "Message-ID": message_id(self.issue.uid, delivery),
            "Date": format_datetime(timezone.now()),
            "List-Unsubscribe": self._way_out.replace(self.mark, token),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": self.list_id,
        }

    @cached_property
    def _way_out(self) -> str:
        """The two ways to leave, as a header has them, with the mark."""
        by_mail = f"mailto:{settings.CONTACT_EMAIL}?subject=unsubscribe%20{self.mark}"
        return f"<{unsubscribe_address(self.mark)}>, <{by_mail}>"

    @cached_property
    def _pieces(self) -> list[bytes]:
        """The bytes that are alike, in SMTP's form with dots doubled, cut where the token stands in the texts."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["Subject"] = settings.DEFAULT_FROM_EMAIL, self.issue.headline
        mail.set_content(self.text, cte="quoted-printable")
        mail.add_alternative(self.html, subtype="html", cte="quoted-printable")
        raw = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
        # The mark may have been broken over two lines: it gets lines of its own, and so does what replaces it.
        spread = b"(?:=\r\n)?".join(bytes([letter]) for letter in self.mark.encode())
        return [piece + b"=\r\n" for piece in re.split(spread, raw)]

    def wire(self, email: str, token: str, delivery: int) -> bytes:
        """One copy as it goes over the wire, its last dot included."""
        own = self.own_headers(email, token, delivery)
        head = "".join(f"{name}: {value}\r\n" for name, value in own.items()).replace(">, <", ">,\r\n <")
        quoted = "=\r\n".join(token[start : start + _QUOTED] for start in range(0, len(token), _QUOTED)) + "=\r\n"
        body = quoted.encode("ascii").join(self._pieces)
        return b"%s%s\r\n.\r\n" % (head.encode("ascii"), body.removesuffix(b"=\r\n").removesuffix(b"\r\n"))

    def message(self, email: str, token: str, delivery: int) -> EmailMultiAlternatives:
        """One copy for a mail backend that is no SMTP server: the outbox, a service's interface."""
        headers = self.own_headers(email, token, delivery)
        to = headers.pop("To")
        text, html = (part.replace(self.mark, token) for part in (self.text, self.html))
        mail = EmailMultiAlternatives(self.issue.headline, text, to=[to], headers=headers)
        mail.attach_alternative(html, "text/html")
        return mail

    def shown(self, kind: str) -> str:
        """The text or the HTML for the eyes of the newsroom; the link to leave leads to the newsletter's page."""
        with translation.override(self.issue.language):
            part = self.html if kind == "html" else self.text
        return part.replace(unsubscribe_address(self.mark), f"{settings.SITE_URL}/{self.issue.language}/newsletter/")


def message_id(issue: uuid.UUID, delivery: int) -> str:
    """`<issue.copy@domain>`, the same however often a copy is tried: a mail server's log can be asked for it."""
    return f"<{issue.hex}.{delivery}@{settings.CONTACT_EMAIL.rpartition('@')[2]}>"


def test_subject(issue: Issue) -> str:
    """The subject of a copy that an editor sends to themselves."""
    with translation.override(issue.language):
        return _("[Test] %(subject)s") % {"subject": issue.headline}
