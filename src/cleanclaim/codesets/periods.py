"""Days as CCYYMMDD numbers, and how a new release is laid over the periods that a code already has."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from cleanclaim.codesets.values import OPEN


@lru_cache(maxsize=4096)
def previous_day(day: int) -> int:
    """Return the day before a CCYYMMDD number."""
    return _shift(day, -1)


@lru_cache(maxsize=4096)
def next_day(day: int) -> int:
    """Return the day after a CCYYMMDD number; an open end stays open."""
    return day if day == OPEN else _shift(day, 1)


def _shift(day: int, days: int) -> int:
    moved = date(day // 10000, day // 100 % 100, day % 100) + timedelta(days=days)
    return moved.year * 10000 + moved.month * 100 + moved.day
