"""Whole numbers and days as addresses and hidden fields carry them: what cannot be one is nothing, never an error."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import InvalidValue

_MOST_DIGITS: Final = 15
_AS_TYPED: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)


def number_in(text: str) -> int | None:
    """Return the whole number that a text writes; None for anything else, and for one that no count here reaches."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def read_day(text: str) -> date:
    """Return the day that somebody typed as 11/22/2026, or that a field writes as 2026-11-22. Raises InvalidValue with one sentence.

    A year has four digits: of two, nobody can tell the century of a birth.
    """
    typed = _AS_TYPED.fullmatch(text.strip())
    try:
        day = date(int(typed[3]), int(typed[1]), int(typed[2])) if typed else parse_date(text)
    except (ValueError, InvalidValue):
        raise InvalidValue("Enter a valid date, such as 11/22/2026.") from None
    if not is_day_of_ours(day):
        raise InvalidValue("This year cannot be meant.")
    return day


def day_in(text: str) -> date | None:
    """Return the day that a text names; None for anything else."""
    try:
        return read_day(text)
    except InvalidValue:
        return None


def is_day_of_ours(day: date) -> bool:
    """Tell whether a day lies within the centuries that a practice works in, so that days beside it exist too."""
    return FIRST_DAY <= day <= LAST_DAY
