"""A sample counter-notice that waits on the desk, with the story and the report that it is about."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from articles.models import Section
from cms import codes
from cms.models import User
from submissions.copyright.counter_forms import STATEMENTS
from submissions.copyright.forms import ASKED
from submissions.copyright.forms import STATEMENTS as OF_A_REPORT
from submissions.copyright.models import CopyrightReport, CounterLink, CounterNotice
from submissions.demo import seed_of
from submissions.models import Guidelines, Story

SAMPLE = Path(__file__).parent / "counter_notice.json"


def load() -> str:
    """Load it where it is missing; return what there is."""
    if not Story.objects.filter(seed=seed_of("withheld story")).exists():
        sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
        system = User.objects.system()
        story = _published(sample, system)
        report = _report(sample["report"], story)
        report.uphold(by=system, reason=sample["upheld"])
        _notice(sample["notice"], CounterLink.objects.get(report=report, story=story))
    return f"{CounterNotice.objects.count()} counter-notices"


def _published(sample: dict[str, Any], system: User) -> Story:
    """Send the story in, accept it and publish its article."""
    version, seed = Guidelines.objects.in_force(), seed_of("withheld story")
    story = Story(
        **sample["story"],
        section=Section.objects.get(slug=sample["section"]),
        guidelines=version,
        guidelines_language="en",
        guidelines_sha256=version.sha256("en"),
        seed=seed,
        code_hash=codes.hash_of(codes.code_of(seed, use="receipt")),
        created=timezone.now() - timedelta(days=9),
    )
    story.receive(by=system)
    article = story.accept(by=system)
    article.amend(by=system, published_at=timezone.now() - timedelta(days=6))
    article.publish(by=system)
    return Story.objects.get(pk=story.pk)


def _report(sample: dict[str, Any], story: Story) -> CopyrightReport:
    assert story.article  # noqa: S101  (it was accepted)
    seed = seed_of("report on the withheld story")
    report = CopyrightReport(
        **sample,
        urls=[story.article.permalink()],
        statements=[str(OF_A_REPORT[name]) for name in ASKED[sample["basis"]]],
        seed=seed,
        code_hash=codes.hash_of(codes.code_of(seed, use="case")),
        created=timezone.now() - timedelta(days=3),
    )
    return report.receive(by=User.objects.system(), articles=[story.article])


def _notice(sample: dict[str, Any], link: CounterLink) -> None:
    assert link.story.article  # noqa: S101  (it was withheld)
    came = timezone.now() - timedelta(hours=2)
    statements = [str(words) for words in STATEMENTS.values()]
    notice = CounterNotice(
        **sample,
        link=link,
        article=link.story.article,
        material=f"{link.story.article.headline}\n{link.story.article.permalink()}",
        statements=statements,
        statements_sha256=hashlib.sha256("\n".join(statements).encode()).hexdigest(),
        seed=seed_of("counter-notice"),
        created=came,
        waiting_since=came,
    )
    notice.receive(by=User.objects.system())
