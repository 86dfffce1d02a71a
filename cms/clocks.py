"""The newsroom's clocks: how long something may wait, in business hours of the calendar in the settings.

Everything here is arithmetic on moments; nothing asks the database or what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

DAY = 24 * 60  # minutes
FURTHEST = 3660  # days that are looked at: holidays of ten years would be a mistake in the settings


@dataclass(frozen=True)
class Calendar:
    """When the newsroom works: weekdays (Monday is 0), from and until which minute of the day, where, and holidays."""

    days: frozenset[int]
    opens: int
    closes: int
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether somebody works on that day."""
        return day.weekday() in self.days and day not in self.holidays

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """When a day opens and closes, in UTC: on days on which the clocks change, differences stay real time."""
        return self._moment(day, self.opens), self._moment(day, self.closes)

    def _moment(self, day: date, minute: int) -> datetime:
        """The minute of a day as the clock on the wall shows it; 24:00 is the next day's midnight."""
        day, minute = (day + timedelta(days=1), 0) if minute == DAY else (day, minute)
        return datetime.combine(day, time(minute // 60, minute % 60), self.zone).astimezone(UTC)

    def after(self, start: datetime, length: timedelta) -> datetime:
        """The moment at which `length` of working time has passed since `start`.

        Raises ValueError where the calendar has no working time within ten years.
        """
        start = start.astimezone(UTC)
        day = start.astimezone(self.zone).date()
        for _day in range(FURTHEST):
            if self.is_working_day(day):
                opens, closes = self.hours_of(day)
                begins = max(opens, start)
                if begins < closes and length <= closes - begins:
                    return begins + length
                length -= max(closes - begins, timedelta())
            day += timedelta(days=1)
        raise ValueError("the desk's calendar has no working time")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; nothing where `end` is not later."""
        day, last = (moment.astimezone(self.zone).date() for moment in (start, end))
        worked = timedelta()
        while day <= last:
            if self.is_working_day(day):
                opens, closes = self.hours_of(day)
                worked += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return worked


def desk_calendar() -> Calendar:
    """The calendar of the settings."""
    return Calendar(
        days=frozenset(settings.DESK_DAYS),
        opens=settings.DESK_HOURS[0],
        closes=settings.DESK_HOURS[1],
        zone=ZoneInfo(settings.DESK_TIME_ZONE),
        holidays=frozenset(settings.DESK_HOLIDAYS),
    )


def read_days(text: str) -> list[int]:
    """Read weekdays such as "mon,tue,fri" as numbers. Raises ValueError for none, or for another word."""
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    days = [names.index(word.strip().lower()) for word in text.split(",") if word.strip()]
    if not days:
        raise ValueError("DESK_DAYS names no day of the week")
    return days


def read_hours(text: str) -> tuple[int, int]:
    """Read "09:00-18:00" as two minutes of the day. Raises ValueError where it does not close after it opens."""
    opens, closes = (_minute(part) for part in text.split("-"))
    if not 0 <= opens < closes <= DAY:
        raise ValueError(f"DESK_HOURS must close after it opens, on the same day: {text}")
    return opens, closes


def _minute(text: str) -> int:
    hours, minutes = (int(part) for part in text.strip().split(":"))
    if not 0 <= minutes < 60:
        raise ValueError(f"no time of the day: {text}")
    return hours * 60 + minutes
