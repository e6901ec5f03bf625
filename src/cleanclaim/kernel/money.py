"""Money in whole cents, and exact rates.

Fields that hold money are plain ints named `*_cents`, in documents, entries, tables and JSON alike; `Money` parses, prints, divides
and rounds them. A float cannot get in. Rates (RVU, GPCI, percentages, unit prices) are exact `Rate` values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Self

from cleanclaim.kernel.errors import InvalidValue

Rate = Decimal
"""An exact rate or quantity; never a float."""

_AMOUNT: Final = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")


class Money(int):
    """An amount in whole cents: an int that prints as dollars and refuses floats.

    >>> Money.parse("125.5")
    Money('125.50')
    >>> Money(10000).split(3)
    (Money('33.34'), Money('33.33'), Money('33.33'))
    """

    __slots__ = ()

    def __new__(cls, cents: int = 0) -> Self:
        """Take whole cents. Raises InvalidValue for anything but an int."""
        if not isinstance(cents, int) or isinstance(cents, bool):
            raise InvalidValue(f"Money takes whole cents, not {type(cents).__name__}.")
        return super().__new__(cls, cents)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a decimal amount of dollars: `125`, `125.5`, `-0.05`. More than two significant decimals are refused.

        Trailing zeros past the cents are forgiven (`12.500`), since payers pad amounts; `0.005` is InvalidValue.
        """
        found = _AMOUNT.fullmatch(text.strip())
        if found is None:
            raise InvalidValue("An amount of money is digits with at most one decimal point.")
        sign, whole, fraction = found.group(1), found.group(2), (found.group(3) or "").rstrip("0")
        if not whole and not found.group(3):
            raise InvalidValue("An amount of money needs at least one digit.")
        if len(fraction) > 2:
            raise InvalidValue("An amount of money has at most two decimals.")
        if len(whole) > 16:
            raise InvalidValue("An amount of money has at most 16 digits before the point.")
        cents = int(whole or "0") * 100 + int(fraction.ljust(2, "0") if fraction else 0)
        return cls(-cents if sign == "-" else cents)

    @classmethod
    def rounded(cls, dollars: Rate) -> Self:
        """Round an exact amount of dollars to the cent, half up (away from zero): the one rounding rule, applied per line."""
        if not isinstance(dollars, Decimal):
            raise InvalidValue(f"Only an exact rate is rounded to money, not {type(dollars).__name__}.")
        return cls(int((dollars * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    @property
    def cents(self) -> int:
        """The whole cents as a bare int."""
        return int(self)

    def times(self, rate: Rate) -> Money:
        """Multiply by an exact rate (a percentage as 0.2, units as 3) and round half up to the cent."""
        return Money.rounded(Decimal(int(self)) / 100 * rate)

    def split(self, parts: int) -> tuple[Money, ...]:
        """Divide into `parts` amounts that add up exactly; the first ones carry the odd cents."""
        return self.allocate([1] * parts)

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Divide by weights so that the parts add up exactly; largest remainders first, earlier parts win ties."""
        total = sum(weights)
        if not weights or total <= 0 or min(weights) < 0:
            raise InvalidValue("Money is divided by non-negative weights with a positive sum.")
        sign, magnitude = (-1, -int(self)) if self < 0 else (1, int(self))
        shares = [magnitude * weight // total for weight in weights]
        left = magnitude - sum(shares)
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(magnitude * weights[i] % total), i))
        for index in by_remainder[:left]:
            shares[index] += 1
        return tuple(Money(sign * share) for share in shares)

    def __add__(self, other: int) -> Money:
        return Money(_whole(other) + int(self))

    __radd__ = __add__

    def __sub__(self, other: int) -> Money:
        return Money(int(self) - _whole(other))

    def __rsub__(self, other: int) -> Money:
        return Money(_whole(other) - int(self))

    def __neg__(self) -> Money:
        return Money(-int(self))

    def __abs__(self) -> Money:
        return Money(abs(int(self)))

    def __mul__(self, times: int) -> Money:
        return Money(int(self) * _whole(times))

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> float:
        raise InvalidValue("Money is divided with split() or allocate(), which lose no cent.")

    def __str__(self) -> str:
        sign = "-" if self < 0 else ""
        dollars, cents = divmod(abs(int(self)), 100)
        return f"{sign}{dollars}.{cents:02d}"

    def __repr__(self) -> str:
        return f"Money('{self}')"

    def __format__(self, spec: str) -> str:
        """A closing `$` groups thousands and shows the currency: `-$1,234.50`; what stands before it pads the text, as in `>14$`."""
        if spec.endswith("$"):
            sign = "-" if self < 0 else ""
            dollars, cents = divmod(abs(int(self)), 100)
            return format(f"{sign}${dollars:,}.{cents:02d}", spec[:-1])
        return format(str(self), spec)


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise InvalidValue(f"Money is not mixed with {type(number).__name__}.")
    return int(number)
