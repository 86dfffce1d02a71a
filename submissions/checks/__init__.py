"""The checks: every module of this package may hold some, and each is found by being there.

They advise. An editor, who is a person, decides (guidelines, rule 5.1); only a stop keeps a story from being sent.
"""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from submissions.checks.base import Check, Cover, Draft, Level, Verdict

__all__ = ["Check", "Cover", "Draft", "Level", "Verdict", "all_checks", "examine"]

log = logging.getLogger(__name__)
MOST_VERDICTS = 5  # of one check: more would be a wall, not advice


@cache
def all_checks() -> tuple[Check, ...]:
    """One of every check, in the order of their modules' names and of their places there."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return tuple(thing() for module in modules for thing in vars(module).values() if _is_check(thing, module.__name__))


def _is_check(thing: object, module: str) -> bool:
    return isinstance(thing, type) and issubclass(thing, Check) and thing.__module__ == module and hasattr(thing, "id")


def examine(draft: Draft) -> list[Verdict]:
    """What all checks say of the draft; one that found nothing says "pass"."""
    return [verdict for check in all_checks() for verdict in _verdicts(check, draft)]


def _verdicts(check: Check, draft: Draft) -> Iterator[Verdict]:
    """One check's verdicts. One that fails says nothing: nobody may lose a story to a broken check."""
    try:
        found = [verdict for verdict, _number in zip(check.examine(draft), range(MOST_VERDICTS), strict=False)]
    except Exception:
        log.exception("check %s failed", check.id)
        return
    yield from found or [Verdict(check.id, Level.PASS, field=check.field)]
