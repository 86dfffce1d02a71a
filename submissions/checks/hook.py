"""An outside checker, off unless CHECK_HOOK_URL names one. It is asked by the worker, and its verdict is advice only.

It gets the story's texts as JSON, without anything that tells who wrote them, and answers
{"verdicts": [{"level": "note", "message": "…", "passage": "…"}]}.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from django.conf import settings

from cms import outgoing
from cms.text import clean_line
from submissions.checks.base import Level
from submissions.models import Story

log = logging.getLogger(__name__)
MOST_VERDICTS = 20
LONGEST = 500  # characters of a message or a passage


def ask_about_waiting() -> int:
    """Ask about one waiting story that the checker has not seen; return how many answered.

    A failure is logged and kept as {"failed": …}: the story goes its way, and the next one is asked after a rest.
    """
    if not settings.CHECK_HOOK_URL:
        return 0
    story = Story.objects.waiting().filter(hook_verdict__isnull=True).due_first().first()
    if story is None:
        return 0
    try:
        verdict: dict[str, Any] = {"verdicts": _read(_answer(story))}
    except (OSError, HTTPException, ValueError) as failure:
        log.warning("the outside checker failed for story %s: %s", story.uid, failure)
        verdict = {"failed": type(failure).__name__}
    Story.objects.filter(pk=story.pk, version=story.version).update(hook_verdict=verdict, flagged=None)
    return 0 if "failed" in verdict else 1


def _answer(story: Story) -> Any:
    """Post one story and return the decoded answer; raise OSError, HTTPException or ValueError if there is none."""
    names = ("headline", "dek", "body", "language", "sources", "ai_use")
    data = json.dumps({"id": str(story.uid)} | {name: getattr(story, name) for name in names}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    return json.loads(outgoing.post(settings.CHECK_HOOK_URL, data, headers))


def _read(answer: Any) -> list[dict[str, str]]:
    """The verdicts of an answer, as plain short texts; raises ValueError for one of another shape."""
    verdicts = answer.get("verdicts") if isinstance(answer, Mapping) else None
    if not isinstance(verdicts, list) or not all(isinstance(verdict, Mapping) for verdict in verdicts):
        raise ValueError("the answer has no list of verdicts")
    return [
        {
            "level": str(level) if (level := verdict.get("level")) in set(Level) else Level.NOTE,
            "message": clean_line(str(verdict.get("message", "")))[:LONGEST],
            "passage": clean_line(str(verdict.get("passage", "")))[:LONGEST],
        }
        for verdict in verdicts[:MOST_VERDICTS]
    ]
