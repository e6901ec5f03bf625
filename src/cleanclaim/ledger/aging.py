"""Aging: open balances by how old they are. The buckets always sum to the balance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

BUCKET_LIMITS_DAYS: Final = (30, 60, 90, 120)
"""The trade's buckets: 0-30, 31-60, 61-90, 91-120 and over 120 days."""


class AgingBucket(NamedTuple):
    """A run of ages in days (both ends in; `to_days` None is open) and the cents in it."""

    from_days: int
    to_days: int | None
    cents: int


def age_balances(balances: Iterable[tuple[date, int]], *, as_of: date) -> tuple[AgingBucket, ...]:
    """Sort (day, cents) balances into buckets by age on `as_of`; a day in the future counts as new."""
    sums = [0] * (len(BUCKET_LIMITS_DAYS) + 1)
    for day, cents in balances:
        age = max(0, (as_of - day).days)
        sums[next((i for i, limit in enumerate(BUCKET_LIMITS_DAYS) if age <= limit), len(BUCKET_LIMITS_DAYS))] += cents
    starts = (0, *(limit + 1 for limit in BUCKET_LIMITS_DAYS))
    ends: tuple[int | None, ...] = (*BUCKET_LIMITS_DAYS, None)
    return tuple(AgingBucket(first, last, cents) for first, last, cents in zip(starts, ends, sums, strict=True))
