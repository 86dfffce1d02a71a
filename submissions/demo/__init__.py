"""Sample stories in every state, decided on by a sample editor."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from articles.models import Section
from cms import codes
from cms.models import User
from submissions.demo import mail
from submissions.models import Guidelines, Story

FOLDER = Path(__file__).parent
PERMISSIONS = (
    "decide_story",
    "view_story",
    "decide_mail",
    "view_receivedmail",
    "decide_report",
    "view_copyrightreport",
    "withhold_article",
    "view_article",
)


def sample_editor() -> User:
    """An editor who decides on the samples; has no password, so nobody can sign in as her."""
    editor, created = User.objects.get_or_create(
        username="chen.xu", defaults={"first_name": "Chen", "last_name": "Xu", "is_staff": True}
    )
    if created:
        editor.set_unusable_password()
        editor.save(update_fields=["password"])
    editor.user_permissions.set(Permission.objects.filter(codename__in=PERMISSIONS))
    return editor


def seed_of(sample: str) -> str:
    """The same seed for the same sample, so that loading twice makes nothing twice."""
    return hashlib.sha256(f"copydesk sample {sample}".encode()).hexdigest()[:32]


def load() -> str:
    """Load what is missing; return a line that says what there is."""
    editor = sample_editor()
    for number, sample in enumerate(json.loads((FOLDER / "stories.json").read_text(encoding="utf-8"))):
        seed = seed_of(f"story {number}")
        if not Story.objects.filter(seed=seed).exists():
            _story(sample, seed, timezone.now() - timedelta(hours=3 + 5 * number), editor)
    stories = f"{Story.objects.count()} stories, {Story.objects.waiting().count()} of them waiting"
    return f"{stories}; {mail.load()}"


def _story(sample: dict[str, Any], seed: str, came: Any, editor: User) -> None:
    """Send one sample in, and move it to its state."""
    version = Guidelines.objects.in_force()
    texts = ("headline", "dek", "body", "language", "sources", "byline", "anonymous", "email")
    story = Story(
        **{name: sample[name] for name in texts},
        section=Section.objects.get(slug=sample["section"]),
        guidelines=version,
        guidelines_language=sample["language"],
        guidelines_sha256=version.sha256(sample["language"]),
        seed=seed,
        code_hash=codes.hash_of(codes.code_of(seed, use="receipt")),
        created=came,
        waiting_since=came,
    )
    story.receive(by=User.objects.system())
    match sample["state"]:
        case "in_review":
            story.claim(by=editor)
        case "changes_asked":
            story.ask_changes(by=editor, reason=sample["reason"])
        case "sent_again":
            story.ask_changes(by=editor, reason=sample["reason"])
            story.send_again(by=User.objects.system(), body=story.body)
        case "declined":
            story.decline(by=editor, reason=sample["reason"])
        case "accepted":
            story.accept(by=editor)
        case "withdrawn":
            story.withdraw(by=User.objects.system())
