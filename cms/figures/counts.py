"""What the pages of figures show, from the rows of the days: plain numbers, not yet drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.figures.follow import READER, waiting_days
from cms.figures.models import Figures
from cms.models import Bookmark

AGES = (
    (0, _("came that day")),
    (1, _("1 to 2 days")),
    (3, _("3 to 6 days")),
    (7, _("7 to 29 days")),
    (30, _("30 days and more")),
)
"""The bands of a backlog's ages: from how many days on, by the calendar, and what the band is called."""


@dataclass(frozen=True)
class Loaded:
    """What a period's page needs of the database. None of it is the log."""

    dates: list[date]
    rows: list[tuple[date, str, str, Counter[str]]]  # day, kind, language, numbers
    waits: list[tuple[str, str, date, int]]  # kind, language, since, how many
    counted: int  # the number of the last line that was counted

    def of(self, kind: str = "", language: str = "") -> Loaded:
        """The part of one kind, of one language, or of both."""
        rows = [row for row in self.rows if kind in ("", row[1]) and language in ("", row[2])]
        waits = [wait for wait in self.waits if kind in ("", wait[0]) and language in ("", wait[1])]
        return Loaded(self.dates, rows, waits, self.counted)

    def kinds(self) -> list[str]:
        """The kinds of which something was counted or waits."""
        return sorted({row[1] for row in self.rows} | {wait[0] for wait in self.waits})

    def languages(self) -> list[str]:
        """The languages of which something was counted or waits; "" is what the log does not say."""
        return sorted({row[2] for row in self.rows} | {wait[1] for wait in self.waits})

    def total(self) -> Counter[str]:
        """The sum of the period."""
        return total(row[3] for row in self.rows)

    def by_day(self) -> list[Counter[str]]:
        """The numbers of each day of the period."""
        days: dict[date, Counter[str]] = {day: Counter() for day in self.dates}
        for day, _kind, _language, numbers in self.rows:
            days[day].update(numbers)
        return list(days.values())

    def waiting(self) -> int:
        """How many wait now."""
        return sum(wait[3] for wait in self.waits)


def load(period: int) -> Loaded:
    """The last `period` days, today among them: a row a day, kind and language, and what waits now."""
    today = timezone.localdate()
    dates = [today - timedelta(days=number) for number in reversed(range(period))]
    found = Figures.objects.filter(span="day", begins__gte=dates[0], begins__lte=today).order_by("begins")
    rows = [
        (begins, kind, language, Counter(numbers))
        for begins, kind, language, numbers in found.values_list("begins", "kind", "language", "numbers")
    ]
    counted = Bookmark.objects.filter(reader=READER).values_list("number", flat=True).first() or 0
    return Loaded(dates, rows, waiting_days(), counted)


def total(rows: Iterable[Counter[str]]) -> Counter[str]:
    """The sum of some numbers."""
    whole: Counter[str] = Counter()
    for row in rows:
        whole.update(row)
    return whole


def outs(numbers: Counter[str]) -> Counter[str]:
    """How many stopped waiting, by the status in which they stand then."""
    return Counter({key[4:]: number for key, number in numbers.items() if key.startswith("out:")})


def rules(numbers: Counter[str], status: str = "") -> list[tuple[str, int]]:
    """How often each rule was cited, the most cited first; by decisions that led to `status`, where one is given."""
    cited: Counter[str] = Counter()
    for key, number in numbers.items():
        if key.startswith(f"rule:{status}"):
            cited[key.split(":", 2)[2]] += number
    return cited.most_common(20)


def backlog(loaded: Loaded) -> list[list[int]]:
    """How many waited at the end of each day, by AGES: what waits now, less what has come since, more what has left."""
    waiting: Counter[date] = Counter()
    for _kind, _language, since, number in loaded.waits:
        waiting[since] += number
    days = zip(reversed(loaded.dates), reversed(loaded.by_day()), strict=True)
    return list(_backwards(waiting, days))[::-1]


def _backwards(waiting: Counter[date], days: Iterable[tuple[date, Counter[str]]]) -> Iterator[list[int]]:
    for day, numbers in days:
        yield _banded(day, waiting)
        waiting[day] -= numbers["in"]
        for key, number in numbers.items():
            if key.startswith("since:"):
                waiting[date.fromisoformat(key[6:])] += number
        waiting = +waiting


def _banded(day: date, waiting: Counter[date]) -> list[int]:
    bands = [0] * len(AGES)
    for since, number in waiting.items():
        age = (day - since).days
        bands[max((place for place, (least, _name) in enumerate(AGES) if age >= least), default=0)] += number
    return bands


def oldest(loaded: Loaded) -> date | None:
    """Since which day the longest wait lasts; None where nothing waits."""
    return min((wait[2] for wait in loaded.waits), default=None)


def people(numbers: Counter[str]) -> dict[int, Counter[str]]:
    """The decisions of each person, by the status to which they led."""
    made: dict[int, Counter[str]] = {}
    for key, number in numbers.items():
        if key.startswith("by:"):
            _by, who, status = key.split(":", 2)
            made.setdefault(int(who), Counter())[status] += number
    return made


def columns(by_day: Sequence[Counter[str]], keys: Sequence[str]) -> list[list[int]]:
    """The values of some keys on each day, a list a key."""
    return [[numbers[key] for numbers in by_day] for key in keys]


def grouped(values: Sequence[int]) -> list[int]:
    """The values of a long period summed by a few days each, so that a small plot has at most 60 points."""
    size = -(-len(values) // 60)
    return [sum(values[start : start + size]) for start in range(0, len(values), size)]


def number(numbers: Counter[str], key: str) -> int:
    """The number of a key, or of all that begin as it does where it ends with `*`."""
    if not key.endswith("*"):
        return numbers[key]
    return sum(value for name, value in numbers.items() if name.startswith(key[:-1]))
