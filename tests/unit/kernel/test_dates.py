"""Dates: both ends count, months have their last day, business days skip weekends."""

from datetime import date

import pytest

from cleanclaim.kernel.dates import Period, add_business_days, add_months, age_on, ccyymmdd, parse_date
from cleanclaim.kernel.errors import InvalidValue


def test_both_ends_of_a_period_are_in_it():
    period = Period(date(2026, 10, 1), date(2027, 9, 30))
    assert date(2026, 10, 1) in period
    assert date(2027, 9, 30) in period
    assert date(2027, 10, 1) not in period
    assert date(2099, 1, 1) in Period(date(2026, 10, 1))


def test_dates_are_read_and_written_as_the_field_does():
    assert parse_date("20260930") == parse_date("2026-09-30") == date(2026, 9, 30)
    assert ccyymmdd(date(2026, 9, 3)) == "20260903"
    for wrong in ("2026-02-30", "9/30/2026", "", "2026", "２０２６０９３０"):
        with pytest.raises(InvalidValue):
            parse_date(wrong)


def test_months_end_on_their_last_day():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)


def test_business_days_skip_weekends_and_holidays():
    friday = date(2026, 11, 20)
    assert add_business_days(friday, 1) == date(2026, 11, 23)
    assert add_business_days(friday, 4, frozenset({date(2026, 11, 26)})) == date(2026, 11, 27)
    assert add_business_days(date(2026, 11, 23), -1) == friday


def test_a_leap_day_birthday():
    assert age_on(date(2004, 2, 29), date(2026, 2, 28)) == 21
    assert age_on(date(2004, 2, 29), date(2026, 3, 1)) == 22
