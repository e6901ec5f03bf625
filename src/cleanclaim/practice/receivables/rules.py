"""How a patient's money is shared out, what a plan asks for, when small balances and discounts apply. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from cleanclaim.kernel.dates import add_months
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money, Rate

OVERPAYMENT_DAYS: Final = 60
"""Days after an overpayment of Medicare or Medicaid was identified within which it is returned (Social Security Act 1128J(d))."""


class Owed(NamedTuple):
    """What a patient owes on one line of a claim, and since when."""

    claim: str
    line: int
    cents: int
    since: date


def share_out(cents: int, owed: Sequence[Owed], *, first: Sequence[str] = ()) -> list[Owed]:
    """Share an amount out over what is owed: the named claims first, then the oldest; returns what each line gets."""
    order = sorted(owed, key=lambda row: (row.claim not in first, row.since, row.claim, row.line))
    shares = []
    for row in order:
        part = min(cents, row.cents)
        if part > 0:
            shares.append(row._replace(cents=part))
            cents -= part
    return shares


class Part(NamedTuple):
    """One part of a plan."""

    number: int
    due_on: date
    cents: int


def plan_parts(cents: int, count: int, first_on: date) -> tuple[Part, ...]:
    """Split a balance into monthly parts that add up exactly; the first ones carry the odd cents."""
    if not 2 <= count <= 60:
        raise InvalidValue("A plan has 2 to 60 parts.")
    if cents < count:
        raise InvalidValue("There is too little to split.")
    return tuple(Part(place + 1, add_months(first_on, place), int(part)) for place, part in enumerate(Money(cents).split(count)))


def due_under_plan(parts: Sequence[Part], paid_cents: int, on: date) -> int:
    """Return what a plan asks for on a day: the parts that are due, less what was paid since it was agreed."""
    return max(0, sum(part.cents for part in parts if part.due_on <= on) - paid_cents)


class SlidingFee(NamedTuple):
    """A step of a sliding fee scale: up to this income, in percent of the poverty level, this part of a bill is given."""

    up_to_percent: int
    discount: Rate


def sliding_discount(income_cents: int, poverty_level_cents: int, scale: Sequence[SlidingFee]) -> Rate:
    """Return the discount for a yearly income; the poverty level of the household is handed in (HHS guidelines change each year)."""
    percent = income_cents * 100 / poverty_level_cents if poverty_level_cents else 0
    for step in sorted(scale):
        if percent <= step.up_to_percent:
            return step.discount
    return Rate(0)


def is_small(cents: int, limit_cents: int) -> bool:
    """Tell whether a balance is too small to bill, in either direction."""
    return 0 < abs(cents) <= limit_cents


def overpayment_due_on(identified_on: date) -> date:
    """Return the last day for giving a federal payer's overpayment back."""
    return identified_on + timedelta(days=OVERPAYMENT_DAYS)
