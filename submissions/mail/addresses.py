"""The newsroom's own addresses, and the private ones by which a contributor answers.

An answer goes to `reply+<story>.<code>@host`: the code is derived as that of the receipt is (see `cms.codes`), for
another use, so that an address which mail servers have seen does not open the receipt.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings

from cms import codes
from cms.text import clean_line

if TYPE_CHECKING:
    from submissions.story import Story

_TOKEN = re.compile(r"([0-9]{1,18})\.([0-9a-z]{26})")


@dataclass(frozen=True)
class Destination:
    """Where a message is bound for: `kind` is "story", "report", "reply" (then with its story) or ""."""

    kind: str
    address: str
    story: Story | None = None


def reply_address(story: Story) -> str:
    """The address by which the contributor answers letters about this story; "" where none is set."""
    local, _, host = settings.MAIL_REPLIES.rpartition("@")
    return f"{local}+{story.pk}.{codes.code_of(story.seed, use='reply')}@{host}" if local else ""


def is_ours(address: str) -> bool:
    """Whether mail from this address is our own, or sent in our name: answering it would go round for ever."""
    return _bare(address)[0] in {setting.lower() for setting in _settings() if setting}


def destination(addresses: Iterable[str]) -> Destination:
    """The first of these addresses that is one of ours, and what it is for."""
    given = [clean_line(address.encode("utf-8", "replace").decode()).strip("<>") for address in addresses]
    kinds = dict(zip((setting.lower() for setting in _settings()), ("story", "report", "reply"), strict=True))
    for address in given:
        bare, extension = _bare(address)
        kind = kinds.get(bare, "") if bare else ""
        story = _story_of(extension) if kind == "reply" else None
        if kind and (kind != "reply" or story):
            return Destination(kind, bare, story)
    return Destination("", given[0][:320] if given else "")


def _settings() -> tuple[str, str, str]:
    return settings.MAIL_STORIES, settings.MAIL_COPYRIGHT, settings.MAIL_REPLIES


def _bare(address: str) -> tuple[str, str]:
    """The address without its extension, in lower case; and the extension."""
    local, _, host = address.strip().lower().rpartition("@")
    local, _, extension = local.partition("+")
    return (f"{local}@{host}" if local else ""), extension


def _story_of(token: str) -> Story | None:
    """The story whose contributor was given this token; None for a wrong one."""
    match = _TOKEN.fullmatch(token)
    story = match and apps.get_model("submissions", "Story").objects.filter(pk=int(match[1])).first()
    if match is None or story is None:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    known = [codes.hash_of(codes.code_of(story.seed, use="reply", key=key)) for key in keys]
    typed = codes.hash_of(match[2])
    return story if any(hmac.compare_digest(typed, code) for code in known) else None
