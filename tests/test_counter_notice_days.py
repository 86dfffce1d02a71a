"""The days of a counter-notice: business days, holidays, and when an article comes back."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.copyright.clocks import Window, business_day, federal_holidays, is_business_day

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@settings(max_examples=50)
@given(days, st.integers(1, 30))
def test_a_business_day_counts_exactly_the_working_days_between(received, number):
    found = business_day(number, received)
    between = [received + timedelta(days=n) for n in range(1, (found - received).days + 1)]
    assert is_business_day(found)
    assert sum(map(is_business_day, between)) == number


@settings(max_examples=50)
@given(days, st.none() | st.integers(0, 40))
def test_an_article_never_comes_back_before_the_tenth_business_day_nor_after_the_fourteenth(received, later):
    forwarded = None if later is None else received + timedelta(days=later)
    window = Window.of(received, forwarded)
    assert window.earliest < window.restores < window.alarm
    assert window.restores > (forwarded or received)
    if forwarded is None or forwarded < window.restores == business_day(11, received):
        assert window.restores <= window.latest
    assert is_business_day(window.restores)


@settings(max_examples=50)
@given(st.integers(1990, 2100))
def test_each_year_has_its_eleven_holidays_and_none_on_a_weekend(year):
    found = federal_holidays(year)
    assert len(found) == 11
    assert all(day.weekday() < 5 for day in found)


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        # https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/
        (2026, "2026-01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
        (2027, "2027-01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24"),
        (2028, "2027-12-31 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25"),
    ],
)
def test_the_holidays_are_those_that_are_observed(year, expected):
    first, *rest = expected.split()
    days = {date.fromisoformat(first)} | {date.fromisoformat(f"{year}-{day}") for day in rest}
    assert federal_holidays(year) == days


def test_the_worked_example_over_thanksgiving():
    window = Window.of(date(2026, 11, 16))
    assert (window.earliest, window.latest) == (date(2026, 12, 1), date(2026, 12, 7))
    assert (window.restores, window.alarm) == (date(2026, 12, 2), date(2026, 12, 3))


def test_one_that_was_forwarded_late_leaves_the_claimant_a_business_day():
    window = Window.of(date(2026, 11, 16), forwarded=date(2026, 12, 4))
    assert (window.restores, window.alarm) == (date(2026, 12, 7), date(2026, 12, 8))
