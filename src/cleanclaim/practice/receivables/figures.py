"""What a key figure is: two sides that each bring their records, a formula with the numbers in it, a unit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from cleanclaim.kernel.money import Rate

Row = tuple[Any, ...]


class Span(NamedTuple):
    """The days that figures are about, in a practice; balances are as of the last one."""

    practice_id: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days there are, both ends counted."""
        return (self.last - self.first).days + 1


class Part(NamedTuple):
    """One side of a figure: its sum, and the records that add up to it by their last column. Rows are read only when somebody looks."""

    says: str
    amount: int | Rate
    names: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]

    @property
    def is_money(self) -> bool:
        """Tell whether it adds up cents."""
        return self.names[-1].endswith("_cents")


class Figure(NamedTuple):
    """A figure of the trade: what stands above the line, what below it, by how much the quotient is multiplied, and the formula in words."""

    name: str
    unit: str
    formula: str
    above: Part
    below: Part
    times: int = 1

    @property
    def value(self) -> Rate | None:
        """The figure itself; None where nothing stands below the line."""
        if not self.below.amount:
            return None
        places = Rate("0.0001") if self.unit == "weight" else Rate("0.01")
        return (Rate(self.above.amount) * self.times / Rate(self.below.amount)).quantize(places)

    @property
    def slug(self) -> str:
        """The name as an address holds it."""
        return "-".join("".join(letter if letter.isalnum() else " " for letter in self.name.lower()).split())


def share(name: str, above: Part, below: Part, formula: str) -> Figure:
    """Return a figure in percent."""
    return Figure(name, "percent", formula, above, below, 100)


def days_of(name: str, above: Part, below: Part, formula: str, *, span: Span | None = None) -> Figure:
    """Return a figure in days: an amount over an average day's amount of the span, or days over a count."""
    return Figure(name, "days", formula, above, below, span.days if span else 1)
