"""Good faith estimates for people who pay themselves (45 CFR 149.610, 149.620): when one is due, and when a bill may be disputed. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from cleanclaim.kernel.dates import add_business_days

DISPUTE_OVER_CENTS: Final = 400_00
"""A bill this much or more above the estimate may be taken to dispute resolution (45 CFR 149.620(a)(2)(ii))."""
DISPUTE_DAYS: Final = 120
"""Calendar days after the first bill within which the patient may dispute it (45 CFR 149.620(c)(1))."""


def business_days_between(first: date, last: date, holidays: frozenset[date] = frozenset()) -> int:
    """Count working days after `first` up to and including `last`."""
    days = 0
    while first < last:
        first += timedelta(days=1)
        days += first.weekday() < 5 and first not in holidays
    return days


def estimate_due_on(*, scheduled_on: date, served_on: date, holidays: frozenset[date] = frozenset()) -> date | None:
    """Return the day by which the estimate is given: one business day after booking for a visit 3-9 business days away, three for one
    10 or more away; None for a visit sooner than that, where none is owed unless the patient asks.
    """
    ahead = business_days_between(scheduled_on, served_on, holidays)
    if ahead >= 10:
        return add_business_days(scheduled_on, 3, holidays)
    if ahead >= 3:
        return add_business_days(scheduled_on, 1, holidays)
    return None


def estimate_on_request_due_on(*, requested_on: date, holidays: frozenset[date] = frozenset()) -> date:
    """Return the day by which a patient who asks gets the estimate: three business days after asking."""
    return add_business_days(requested_on, 3, holidays)


class Dispute(NamedTuple):
    """A bill held against its estimate: how far it is above, whether it may be disputed, and until when."""

    over_cents: int
    may_dispute: bool
    until: date | None


def compare_with_estimate(*, estimate_cents: int, billed_cents: int, billed_on: date) -> Dispute:
    """Compare a bill with the estimate given for it."""
    over = billed_cents - estimate_cents
    may = over >= DISPUTE_OVER_CENTS
    return Dispute(max(0, over), may, billed_on + timedelta(days=DISPUTE_DAYS) if may else None)
