"""A shared cache before the site is told to drop its pages when they have changed.

Not an event but a comparison, as with the hub: the site's generation against the one that the cache was last told of. A
crash between a change and the word of it is made good by the worker's next look.
"""

from __future__ import annotations

import hashlib

from django.conf import settings

from cms import outgoing
from cms.generations import generation
from cms.models import Bookmark
from cms.page_cache import SURROGATE_KEY


def purge() -> int:
    """Tell the shared cache of a new generation; return 1 if there was one. A failure is raised, and tried again.

    The request is a POST to PURGE_URL with the header `Surrogate-Key: site` and the header of PURGE_HEADER, which says
    who asks.
    """
    if not settings.PURGE_URL:
        return 0
    present = int.from_bytes(hashlib.sha256(generation().encode()).digest()[:7])
    mark, _ = Bookmark.objects.get_or_create(reader="purge")
    if mark.number == present:
        return 0
    name, _colon, value = settings.PURGE_HEADER.partition(":")
    headers = {"Surrogate-Key": SURROGATE_KEY} | ({name.strip(): value.strip()} if value else {})
    outgoing.post(settings.PURGE_URL, b"", headers)
    Bookmark.objects.filter(pk=mark.pk).update(number=present)
    return 1
