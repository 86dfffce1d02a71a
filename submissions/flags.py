"""What is flagged on the desk: stories about which an editor should know something before all else."""

from __future__ import annotations

from django.db import transaction

from cms.page_cache import site_changed
from submissions.checks import Level, examine
from submissions.checks.drafts import draft_of_story
from submissions.models import Story
from submissions.record import record_of

SERIOUS = frozenset({"duplicate", "copied", "identity", "cards", "picture-origin"})
"""Checks whose note is serious: a copy, somebody's papers or bank card, a picture that is not what it is said to be."""
BATCH = 20


def flag_waiting() -> int:
    """Look at the next waiting stories that nobody has looked at so; return how many.

    A story whose row was changed meanwhile is looked at again. `flagged` is None where it has to be.
    """
    found = list(Story.objects.waiting().filter(flagged=None).select_related("cover").due_first()[:BATCH])
    done = 0
    for story in found:
        mine = Story.objects.filter(pk=story.pk, version=story.version, flagged=None)
        done += mine.update(flagged=is_serious(story))
    if done:
        transaction.on_commit(site_changed)
    return done


def is_serious(story: Story) -> bool:
    """Whether the story is suspected, its contributor has a strike, or a check (ours or the outside one) found much."""
    if story.suspicion == Story.Suspicion.SUSPECTED or _checker_warns(story):
        return True
    if any(verdict.level != Level.PASS and verdict.check in SERIOUS for verdict in examine(draft_of_story(story))):
        return True
    record = record_of(story)
    return bool(record and record.strikes)


def _checker_warns(story: Story) -> bool:
    verdicts = (story.hook_verdict or {}).get("verdicts", [])
    return any(found["level"] == Level.STOP for found in verdicts)
