"""The clock of a counter-notice: business days after it was received, without the United States' federal holidays.

17 USC 512(g)(2)(C) asks to restore "not less than 10, nor more than 14, business days following receipt". The holidays
are those of 5 USC 6103, computed for any year, each on the day on which it is observed. Everything here is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

EARLIEST, USUAL, ALARM, LATEST = 10, 11, 12, 14  # business days after receipt
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
_DAY = timedelta(days=1)


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    """The `number`th such weekday of a month, counted from its first day."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _observed(day: date) -> date:
    """A holiday on a Saturday is observed on the Friday before, one on a Sunday on the Monday after (E.O. 11582)."""
    return day + {SATURDAY: -_DAY, SUNDAY: _DAY}.get(day.weekday(), timedelta())


@lru_cache(maxsize=64)
def federal_holidays(year: int) -> frozenset[date]:
    """The holidays of one year as they are observed; New Year's Day may fall on the last day of the year before.

    Inauguration Day is one for the capital's offices alone (5 USC 6103(c)) and is left out.
    """
    fixed = [date(year, month, day) for month, day in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))]
    floating = [
        _nth(year, 1, MONDAY, 3),  # Birthday of Martin Luther King, Jr.
        _nth(year, 2, MONDAY, 3),  # Washington's Birthday
        _nth(year, 6, MONDAY, 1) - timedelta(days=7),  # Memorial Day, the last Monday of May
        _nth(year, 9, MONDAY, 1),  # Labor Day
        _nth(year, 10, MONDAY, 2),  # Columbus Day
        _nth(year, 11, THURSDAY, 4),  # Thanksgiving Day
    ]
    return frozenset([*map(_observed, fixed), *floating])


def is_business_day(day: date) -> bool:
    """Whether a day counts: no Saturday, no Sunday, no holiday."""
    # The first of January may be observed on the thirty-first of December.
    return day.weekday() < SATURDAY and not any(day in federal_holidays(year) for year in (day.year, day.year + 1))


def _business_days_after(day: date) -> Iterator[date]:
    while True:
        day += _DAY
        if is_business_day(day):
            yield day


def business_day(number: int, after: date) -> date:
    """The `number`th business day after a day, which itself does not count; `number` is 1 or more."""
    return next(islice(_business_days_after(after), number - 1, None))


@dataclass(frozen=True)
class Window:
    """When an article comes back after a counter-notice: the law's first and last day, and when the worker does it."""

    earliest: date
    latest: date
    restores: date
    alarm: date

    @classmethod
    def of(cls, received: date, forwarded: date | None = None) -> Window:
        """The window of a counter-notice received on a day, and forwarded on a day (by default that one).

        It is restored on business day 11. One that was forwarded so late that the claimant would have heard only on
        that day or after is restored on the business day after it was forwarded, and the alarm follows that.
        """
        usual = business_day(USUAL, received)
        restores = max(usual, business_day(1, forwarded)) if forwarded else usual
        alarm = max(business_day(ALARM, received), business_day(1, restores))
        return cls(business_day(EARLIEST, received), business_day(LATEST, received), restores, alarm)
