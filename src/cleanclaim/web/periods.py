"""The days that a report is about, as its address names them: `?first=2026-11-01&last=2026-11-30`, or a named period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from django.http import HttpRequest

from cleanclaim.kernel.dates import add_months
from cleanclaim.web.numbers import day_in

_FIRST_DAY: Final = date(1990, 1, 1)


class Period(NamedTuple):
    """First and last day."""

    first: date
    last: date
    name: str = ""

    @property
    def query(self) -> str:
        """The period as it stands in an address."""
        return f"first={self.first.isoformat()}&last={self.last.isoformat()}"


NAMED: Final = (
    ("month", "This month"), ("last-month", "Last month"), ("quarter", "This quarter"), ("90", "Last 90 days"), ("year", "This year"),
    ("last-year", "Last year"),
)  # fmt: skip


def named_period(name: str, today: date) -> Period | None:
    """Return a period by its name."""
    month = today.replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    known = {
        "month": (month, today), "last-month": (add_months(month, -1), month - timedelta(days=1)), "quarter": (quarter, today),
        "90": (today - timedelta(days=89), today), "year": (date(today.year, 1, 1), today),
        "last-year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }  # fmt: skip
    return Period(*known[name], name) if name in known else None


def day_of(text: str) -> date | None:
    """Return the day that a text names, or nothing."""
    day = day_in(text)
    return day if day is not None and day >= _FIRST_DAY else None


def period_of(request: HttpRequest, today: date, *, days: int = 90) -> Period:
    """Return the period that the address names; what cannot be read falls back to the last `days` days."""
    named = named_period(request.GET.get("period", ""), today)
    if named is not None:
        return named
    last = day_of(request.GET.get("last", "")) or today
    first = day_of(request.GET.get("first", "")) or last - timedelta(days=days - 1)
    return Period(min(first, last), last)
