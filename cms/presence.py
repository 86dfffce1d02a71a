"""Who is looking at an item: in the cache, not in the database, for it is worth nothing a minute later."""

from __future__ import annotations

import time

from django.core.cache import cache

from cms.models import User
from cms.workflow import DeskItem

LASTS = 60  # seconds after the page was loaded, or last told us that it is open


def look(item: DeskItem, user: User) -> list[str]:
    """Note that `user` looks at the item; return the names of the others who do.

    Two who say so in the same instant may lose one of them; the open page says so again within half a minute.
    """
    key, now = f"looking:{item.uid}", time.time()
    seen: dict[str, tuple[str, float]] = cache.get(key) or {}
    present = {who: (name, since) for who, (name, since) in seen.items() if since > now - LASTS and who != str(user.pk)}
    cache.set(key, {**present, str(user.pk): (user.byline(), now)}, LASTS)
    return sorted(name for name, _since in present.values())
