"""What keeps a draft of the guidelines from being put in force, each fault named with its place and its language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from submissions.checks import Check, all_checks

if TYPE_CHECKING:
    from submissions.guidelines.models import Guidelines
    from submissions.guidelines.rules import Chapter, Rule

LANGUAGES = [(code.replace("-", "_"), name) for code, name in settings.LANGUAGES]


def checks_serving(code: str) -> list[Check]:
    """The automatic checks that serve the rule of this reason code."""
    return [check for check in all_checks() if code and check.rule == code]


def faults_of(draft: Guidelines, before: Guidelines | None) -> list[str]:
    """Everything that is missing or wrong, in the order of the page; empty where the draft is ready.

    `before` is the last version that was put in force; the draft has to follow it.
    """
    return [*_of_the_day(draft, before), *_of_the_texts(draft), *_of_the_numbers(draft), *_of_the_codes(draft, before)]


def _of_the_day(draft: Guidelines, before: Guidelines | None) -> Iterator[str]:
    if draft.effective is None:
        yield _("Choose the day from which the version is in force.")
    elif draft.effective < timezone.localdate():
        yield _("The day from which the version is in force has passed: choose today or a later one.")
    elif before and before.effective and draft.effective < before.effective:
        day = date_format(before.effective)
        yield _("Version %(number)s begins on %(day)s: choose that day or a later one.") % {
            "number": before.number,
            "day": day,
        }


def _of_the_texts(draft: Guidelines) -> Iterator[str]:
    for suffix, language in LANGUAGES:
        if not getattr(draft, f"changelog_{suffix}").strip():
            yield _("Say what is new, in %(language)s too.") % {"language": language}
    if not draft.contents:
        yield _("There is no chapter.")
    for chapter in draft.contents:
        yield from _of_a_chapter(chapter)


def _of_a_chapter(chapter: Chapter) -> Iterator[str]:
    for suffix, language in LANGUAGES:
        if not getattr(chapter, f"title_{suffix}").strip():
            yield _("Chapter %(number)s has no title in %(language)s.") % {
                "number": chapter.number,
                "language": language,
            }
    rules = list(chapter.rules.all())
    if not rules:
        yield _("Chapter %(number)s has no rule.") % {"number": chapter.number}
    for rule in rules:
        for suffix, language in LANGUAGES:
            if not getattr(rule, f"text_{suffix}").strip():
                yield _("Rule %(number)s has no text in %(language)s.") % {"number": rule.number, "language": language}
        if rule.number.rpartition(".")[0] != str(chapter.number):
            yield _("Rule %(number)s stands in chapter %(chapter)s: its number begins with another.") % {
                "number": rule.number,
                "chapter": chapter.number,
            }


def _of_the_numbers(draft: Guidelines) -> Iterator[str]:
    for number in _twice(chapter.number for chapter in draft.contents):
        yield _("Two chapters have the number %(number)s.") % {"number": number}
    for number in _twice(rule.number for rule in draft.rules):
        yield _("Two rules have the number %(number)s.") % {"number": number}


def _of_the_codes(draft: Guidelines, before: Guidelines | None) -> Iterator[str]:
    for key in _twice(rule.key for rule in draft.rules):
        yield _("Two rules have the lasting id “%(key)s”: %(numbers)s.") % {
            "key": key,
            "numbers": _numbers(rule for rule in draft.rules if rule.key == key),
        }
    for code in _twice(rule.reason_code for rule in draft.rules if rule.reason_code):
        yield _("Two rules have the reason code “%(code)s”: %(numbers)s.") % {
            "code": code,
            "numbers": _numbers(rule for rule in draft.rules if rule.reason_code == code),
        }
    yield from _of_lost_codes(draft, before)
    codes = {rule.reason_code for rule in draft.rules}
    for check in all_checks():
        if check.rule not in codes:
            yield _("No rule has the reason code “%(code)s”, which the check “%(check)s” serves.") % {
                "code": check.rule,
                "check": check.label,
            }


def _of_lost_codes(draft: Guidelines, before: Guidelines | None) -> Iterator[str]:
    """A rule that goes on keeps its code, by which letters and figures name it across versions."""
    had = {rule.key: rule.reason_code for rule in before.rules if rule.reason_code} if before else {}
    for rule in draft.rules:
        if had.get(rule.key, rule.reason_code) != rule.reason_code:
            yield _("Rule %(number)s had the reason code “%(code)s”, which letters cite: give it back.") % {
                "number": rule.number,
                "code": had[rule.key],
            }


def _twice(values: Iterator[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def _numbers(rules: Iterator[Rule]) -> str:
    return ", ".join(rule.number for rule in rules)
