"""Identifiers that check themselves: what cannot be, cannot be built.

Each is a `str`, so it goes into tables, JSON and X12 as it stands; its `repr` shows only the kind, since some identify a patient.
"""

from __future__ import annotations

import re
from typing import Final, Self

from cleanclaim.kernel.errors import InvalidValue


class Identifier(str):
    """A checked identifier; `check` of each kind says what is wrong, or nothing."""

    __slots__ = ()
    kind = "identifier"

    def __new__(cls, text: str) -> Self:
        """Normalise and check. Raises InvalidValue with the rule that the text breaks, never with the text itself."""
        clean = cls.normalise(text)
        wrong = cls.check(clean)
        if wrong:
            raise InvalidValue(f"This is no {cls.kind}: {wrong}.")
        return super().__new__(cls, clean)

    @classmethod
    def normalise(cls, text: str) -> str:
        """Strip what people type around the identifier (spaces, hyphens)."""
        return re.sub(r"[\s-]", "", text).upper()

    @classmethod
    def check(cls, text: str) -> str | None:
        """Say which rule the normalised text breaks; None when it is good."""
        raise NotImplementedError

    @classmethod
    def is_valid(cls, text: str) -> bool:
        """Tell whether the text could be built."""
        return cls.check(cls.normalise(text)) is None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


def luhn_check_digit(digits: str) -> int:
    """Return the Luhn (ISO/IEC 7812-1 mod 10) check digit of a string of digits."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


class Npi(Identifier):
    """A National Provider Identifier: ten digits, first 1 or 2, Luhn check over 80840 + NPI (45 CFR 162.406)."""

    __slots__ = ()
    kind = "NPI"

    @classmethod
    def check(cls, text: str) -> str | None:
        if not re.fullmatch(r"[0-9]{10}", text):
            return "it has ten digits"
        if text[0] not in "12":
            return "it starts with 1 or 2"
        if luhn_check_digit("80840" + text[:9]) != int(text[9]):
            return "its check digit does not fit"
        return None

    @classmethod
    def from_first_nine(cls, digits: str) -> Self:
        """Complete nine digits with their check digit, for invented providers in samples and tests."""
        return cls(digits + str(luhn_check_digit("80840" + digits)))


_EIN_PREFIXES_NEVER_ISSUED: Final = frozenset("00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97".split())


class Ein(Identifier):
    """An Employer Identification Number: nine digits with an issued prefix (IRS list of EIN prefixes)."""

    __slots__ = ()
    kind = "EIN"

    @classmethod
    def check(cls, text: str) -> str | None:
        if not re.fullmatch(r"[0-9]{9}", text):
            return "it has nine digits"
        if text[:2] in _EIN_PREFIXES_NEVER_ISSUED:
            return "its first two digits are no issued prefix"
        return None


_MBI: Final = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]"
    r"[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y][0-9][0-9]"
)


class Mbi(Identifier):
    """A Medicare Beneficiary Identifier: eleven characters in the CMS pattern; letters never S, L, O, I, B or Z."""

    __slots__ = ()
    kind = "Medicare beneficiary identifier"

    @classmethod
    def check(cls, text: str) -> str | None:
        if len(text) != 11:
            return "it has eleven characters"
        if not _MBI.fullmatch(text):
            return "a character stands where the CMS pattern does not allow it (letters S, L, O, I, B, Z never occur)"
        return None


class Zip(Identifier):
    """A ZIP code of five or nine digits, kept without its hyphen."""

    __slots__ = ()
    kind = "ZIP code"

    @classmethod
    def check(cls, text: str) -> str | None:
        if not re.fullmatch(r"[0-9]{5}(?:[0-9]{4})?", text):
            return "it has five or nine digits"
        if text[:5] == "00000":
            return "these digits are not in use"
        return None


class Taxonomy(Identifier):
    """A provider taxonomy code: ten characters, the last one an X (the NUCC's code set; its text is not shipped)."""

    __slots__ = ()
    kind = "taxonomy code"

    @classmethod
    def check(cls, text: str) -> str | None:
        if not re.fullmatch(r"[0-9]{3}[0-9A-Z]{6}X", text):
            return "it is three digits, six digits or letters, and an X"
        return None
