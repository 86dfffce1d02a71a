"""What is new between two versions of the guidelines: rules are matched by their lasting ids, not their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from cms.differences import line_differences
from submissions.guidelines.models import Guidelines
from submissions.guidelines.rules import Chapter, Rule


@dataclass(frozen=True)
class RuleChange:
    """A rule that is new, or of which the number or the words changed; `marked` is "" where the words are the same."""

    rule: Rule
    old: Rule | None
    marked: SafeString | str

    @property
    def renumbered(self) -> bool:
        """Whether it was there under another number."""
        return self.old is not None and self.old.number != self.rule.number


@dataclass(frozen=True)
class ChapterChange:
    """A chapter in which something changed: `old` is None for a new one, `marked` "" where the title is the same."""

    chapter: Chapter
    old: Chapter | None
    marked: SafeString | str
    rules: list[RuleChange]

    @property
    def renumbered(self) -> bool:
        """Whether it was there under another number."""
        return self.old is not None and self.old.number != self.chapter.number


class Changes:
    """From the version `old` to the version `new`, in the language of the page."""

    def __init__(self, old: Guidelines, new: Guidelines) -> None:
        self.old, self.new = old, new
        self._had = {rule.key: rule for rule in old.rules}
        self._chapter_of = {rule.key: chapter for chapter in old.contents for rule in chapter.rules.all()}
        has = {rule.key for rule in new.rules}
        self.removed = [rule for rule in old.rules if rule.key not in has]
        """The rules that are gone."""
        self.chapters = list(self._chapters())
        """The chapters in which something changed."""

    def __bool__(self) -> bool:
        return bool(self.chapters or self.removed)

    @property
    def summary(self) -> dict[str, int]:
        """How many rules were added, removed, renumbered and reworded."""
        rules = [change for chapter in self.chapters for change in chapter.rules]
        return {
            "added": sum(change.old is None for change in rules),
            "removed": len(self.removed),
            "renumbered": sum(change.renumbered for change in rules),
            "reworded": sum(bool(change.marked) for change in rules if change.old),
        }

    def _chapters(self) -> Iterator[ChapterChange]:
        for chapter in self.new.contents:
            old, rules = self._same_chapter(chapter), list(self._rules(chapter))
            marked = line_differences(old.title, chapter.title) if old and old.title != chapter.title else ""
            change = ChapterChange(chapter, old, marked, rules)
            if rules or marked or old is None or change.renumbered:
                yield change

    def _same_chapter(self, chapter: Chapter) -> Chapter | None:
        """The old chapter from which most of this one's rules come, or which has its title."""
        places = (self._chapter_of.get(rule.key) for rule in chapter.rules.all())
        known = Counter(place for place in places if place is not None)
        if known:
            return known.most_common(1)[0][0]
        return next((old for old in self.old.contents if old.title == chapter.title), None)

    def _rules(self, chapter: Chapter) -> Iterator[RuleChange]:
        for rule in chapter.rules.all():
            old = self._had.get(rule.key)
            marked = line_differences(old.text, rule.text) if old and old.text != rule.text else ""
            change = RuleChange(rule, old, marked)
            if marked or old is None or change.renumbered:
                yield change
