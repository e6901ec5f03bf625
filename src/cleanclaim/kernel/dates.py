"""Service dates as plain dates, and periods that include both their ends.

Nothing below the outermost caller asks what day it is: the date is handed in.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from cleanclaim.kernel.errors import InvalidValue


class Period(NamedTuple):
    """A run of days with both ends in it; `last` is None while it is open."""

    first: date
    last: date | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day and (self.last is None or day <= self.last)


def parse_date(text: str) -> date:
    """Read an ISO date (2026-11-22) or the field's CCYYMMDD. Raises InvalidValue for anything else."""
    text = text.strip()
    try:
        if len(text) == 8 and text.isascii() and text.isdigit():
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("A date is written 2026-11-22.") from None


def ccyymmdd(day: date) -> str:
    """Write a date as X12 does: CCYYMMDD."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def age_on(born: date, day: date) -> int:
    """Return a person's age in whole years on a day; negative before birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """Return the same day of a later (or earlier) month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def add_business_days(day: date, days: int, holidays: frozenset[date] = frozenset()) -> date:
    """Return the day that is `days` working days later: weekends and the given holidays do not count."""
    step = 1 if days >= 0 else -1
    left = abs(days)
    while left:
        day += timedelta(days=step)
        if day.weekday() < 5 and day not in holidays:
            left -= 1
    return day
