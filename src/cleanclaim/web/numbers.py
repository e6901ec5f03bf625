"""Whole numbers and days as addresses and hidden fields carry them: what cannot be one is nothing, never an error."""

from __future__ import annotations

from datetime import date
from typing import Final

_MOST_DIGITS: Final = 15
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)


def number_in(text: str) -> int | None:
    """Return the whole number that a text writes; None for anything else, and for one that no count here reaches."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def is_day_of_ours(day: date) -> bool:
    """Tell whether a day lies within the centuries that a practice works in, so that days beside it exist too."""
    return FIRST_DAY <= day <= LAST_DAY
