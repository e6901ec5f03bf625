"""Element texts to values and back: money in whole cents, dates, exact quantities.

Files repeat the same texts (dates, prices, codes) again and again, so each reader keeps what it has converted. A text that is no value is
listed in `unreadable`; nothing is guessed. Blanks around a value (writers that pad every element) are no part of it.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from cleanclaim.kernel.money import Rate

_LIMIT: Final = 1 << 13  # texts kept per kind: what repeats stays near the processor, whatever the file's size
_MONEY: Final = re.compile(r"([+-]?)(\d{0,15})(?:\.(\d*))?", re.ASCII)
_RATE: Final = re.compile(r"[+-]?(?:\d{1,24}(?:\.\d{0,24})?|\.\d{1,24})", re.ASCII)


_day_from_iso = date.fromisoformat


def is_digits(text: str) -> bool:
    """Tell whether a text is plain digits, at least one; digits of other scripts are none."""
    return text.isascii() and text.isdecimal()


def cents_of(text: str) -> int | None:
    """Read dollars as whole cents (`125.5` is 12550); None when the text is no amount or has more than two significant decimals."""
    found = _MONEY.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction = found.groups()
    if not whole and not fraction:
        return None
    fraction = (fraction or "").rstrip("0")
    if len(fraction) > 2:
        return None
    cents = int(whole or "0") * 100 + int(fraction.ljust(2, "0"))
    return -cents if sign == "-" else cents


def day_of(text: str) -> date | None:
    """Read CCYYMMDD (or the YYMMDD of an interchange); None for anything that is no day of the calendar."""
    if not (text.isdigit() and text.isascii()):
        return None
    if len(text) != 8:
        if len(text) != 6:
            return None
        text = ("20" if text[:2] < "70" else "19") + text
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def rate_of(text: str) -> Rate | None:
    """Read an exact quantity or rate; None when the text is no decimal number."""
    return Decimal(text) if _RATE.fullmatch(text) else None


class Cents(dict[str, int]):
    """Texts of money already read. An unreadable text counts 0 and is listed, so that its document can say so."""

    def __init__(self, unreadable: list[str]) -> None:
        super().__init__({"": 0})
        self.unreadable = unreadable

    def __missing__(self, text: str) -> int:
        whole, _, fraction = text.partition(".")
        size = len(fraction)
        digits = whole + fraction
        cents: int | None
        if size < 3 and len(digits) < 16 and digits.isdecimal() and digits.isascii():
            cents = int(digits) if size == 2 else int(digits) * (10 if size else 100)
        else:
            cents = cents_of(text.strip())
            if cents is None:
                self.unreadable.append(text)
                return 0
        if len(self) > _LIMIT:
            self.clear()
            self[""] = 0
        self[text] = cents
        return cents


class Days(dict[str, "date | None"]):
    """Texts of days already read; an unreadable one is None and listed."""

    def __init__(self, unreadable: list[str]) -> None:
        super().__init__({"": None})
        self.unreadable = unreadable

    def once(self, text: str) -> date | None:
        """Read a day that hardly comes twice (a birth date) without keeping it."""
        if len(text) == 8 and text.isdecimal() and text.isascii():
            try:
                return _day_from_iso(text)
            except ValueError:
                self.unreadable.append(text)
                return None
        day = day_of(text)
        if day is None and text:
            self.unreadable.append(text)
        return day

    def __missing__(self, text: str) -> date | None:
        day = day_of(text.strip())
        if day is None:
            self.unreadable.append(text)
            return None
        if len(self) > _LIMIT:
            self.clear()
            self[""] = None
        self[text] = day
        return day


class Rates(dict[str, "Rate | None"]):
    """Texts of quantities already read; an unreadable one is None and listed."""

    def __init__(self, unreadable: list[str]) -> None:
        super().__init__({"": None})
        self.unreadable = unreadable

    def __missing__(self, text: str) -> Rate | None:
        rate = rate_of(text.strip())
        if rate is None:
            self.unreadable.append(text)
            return None
        if len(self) > _LIMIT:
            self.clear()
            self[""] = None
        self[text] = rate
        return rate


def money_text(cents: int) -> str:
    """Write whole cents as X12 does: no needless zeros (`12550` is 125.5, `12500` is 125)."""
    sign = "-" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    if not rest:
        return f"{sign}{dollars}"
    return f"{sign}{dollars}.{rest:02d}".rstrip("0")


def rate_text(rate: Rate) -> str:
    """Write an exact quantity without exponent or needless zeros."""
    text = format(rate, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"", "-0", "-"} else text


def day_text(day: date) -> str:
    """Write a day as CCYYMMDD."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"
