"""The newsroom's clocks: business hours, holidays, and the days on which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.clocks import Calendar, read_days, read_hours

ZONES = [
    ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe")
]
HOURS = timedelta(hours=1)
OFFICE = Calendar(frozenset(range(5)), 9 * 60, 18 * 60, ZoneInfo("Europe/Berlin"), frozenset({date(2026, 12, 25)}))
FIRST, LAST = datetime(2020, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001  (hypothesis adds the zone)
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(0), timedelta(hours=200))


@st.composite
def calendars(draw):
    opens = draw(st.integers(0, 23 * 60))
    closes = draw(st.integers(opens + 60, 24 * 60))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    holidays = draw(st.frozensets(st.dates(date(2020, 1, 1), date(2035, 12, 31)), max_size=20))
    return Calendar(days, opens, closes, draw(st.sampled_from(ZONES)), holidays)


@given(calendars(), moments, lengths)
def test_exactly_the_working_time_passes_until_something_is_due(calendar, start, length):
    assert calendar.between(start, calendar.after(start, length)) == length


@given(calendars(), moments, lengths)
def test_nothing_is_due_before_it_came_nor_on_a_day_off(calendar, start, length):
    due = calendar.after(start, length)
    assert due >= start
    if length:
        just_before = (due - timedelta(microseconds=1)).astimezone(calendar.zone)
        assert calendar.is_working_day(just_before.date())


@given(calendars(), moments, lengths, st.timedeltas(timedelta(0), timedelta(days=9)), lengths)
def test_what_comes_later_or_may_take_longer_is_not_due_earlier(calendar, start, length, later, longer):
    assert calendar.after(start + later, length + longer) >= calendar.after(start, length)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23T08:00", 9, "2026-11-23T17:00"),  # Monday morning: by the evening
        ("2026-11-20T16:00", 2, "2026-11-23T09:00"),  # Friday at five: an hour today, an hour on Monday
        ("2026-11-21T12:00", 1, "2026-11-23T09:00"),  # a Saturday counts for nothing
        ("2026-12-24T16:30", 1, "2026-12-28T08:30"),  # over Christmas and the weekend
        ("2026-03-27T16:30", 1, "2026-03-30T07:30"),  # the clocks went forward on Sunday: nine is an hour earlier
    ],
)
def test_a_deadline_goes_over_nights_weekends_holidays_and_changes_of_the_clock(start, hours, due):
    begun = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert OFFICE.after(begun, hours * HOURS) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_around_the_clock_is_as_long_as_it_really_is(day, hours):
    always = Calendar(frozenset(range(7)), 0, 24 * 60, ZoneInfo("Europe/Berlin"))
    opens, closes = always.hours_of(day)
    assert closes - opens == hours * HOURS


def test_a_calendar_without_working_time_is_refused_and_does_not_hang():
    with pytest.raises(ValueError, match="no working time"):
        Calendar(frozenset(), 0, 60, ZoneInfo("UTC")).after(datetime(2026, 1, 1, tzinfo=UTC), HOURS)


def test_the_settings_are_read_and_mistakes_in_them_named():
    assert read_days("mon, Sat") == [0, 5]
    assert read_hours("08:30-24:00") == (510, 1440)
    for wrong in ("", "monday"):
        with pytest.raises(ValueError, match=r"DESK_DAYS|not in list"):
            read_days(wrong)
    for wrong in ("18:00-09:00", "09:00-25:00", "09:70-12:00"):
        with pytest.raises(ValueError, match=r"DESK_HOURS|no time"):
            read_hours(wrong)
