"""How much coders code and how well the encoder agrees with them. Pure sums over sessions and decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from cleanclaim.kernel.money import Rate

IDLE_AFTER: Final = timedelta(minutes=20)
"""An open chart without a sign of work for longer than this does not count as work beyond it."""


class SessionFact(NamedTuple):
    """One sitting of a coder over one visit: when it was opened, the last sign of work, and whether the visit was finalised in it."""

    coder: str
    opened_at: datetime
    last_seen_at: datetime
    is_finalised: bool = False
    setting: str = "outpatient"
    signed_on: date | None = None
    codes: int = 0


class Productivity(NamedTuple):
    """A coder's period: visits finalised, time over charts, visits an hour (none without time), codes, mean days from signature."""

    coder: str
    visits: int
    minutes: int
    visits_per_hour: Rate | None
    codes: int
    mean_lag_days: Rate | None


def productivity(sessions: Iterable[SessionFact]) -> tuple[Productivity, ...]:
    """Sum the sittings by coder, the busiest first."""
    rows: dict[str, list[SessionFact]] = {}
    for session in sessions:
        rows.setdefault(session.coder, []).append(session)
    sums = [_sum(coder, sittings) for coder, sittings in rows.items()]
    return tuple(sorted(sums, key=lambda row: (-row.visits, row.coder)))


def _sum(coder: str, sittings: list[SessionFact]) -> Productivity:
    seconds = sum(int(worked(item).total_seconds()) for item in sittings)
    done = [item for item in sittings if item.is_finalised]
    lags = [(item.last_seen_at.date() - item.signed_on).days for item in done if item.signed_on is not None]
    pace = (Rate(len(done)) * 3600 / Rate(seconds)).quantize(Rate("0.1")) if seconds else None
    lag = (Rate(sum(lags)) / Rate(len(lags))).quantize(Rate("0.1")) if lags else None
    return Productivity(coder, len(done), seconds // 60, pace, sum(item.codes for item in done), lag)


def worked(session: SessionFact) -> timedelta:
    """Return the time that a sitting counts for: never negative, and a chart left open over lunch is not work."""
    return max(timedelta(0), min(session.last_seen_at - session.opened_at, IDLE_AFTER * 3))


class Agreement(NamedTuple):
    """How the encoder and this practice's coders agree on one code (or under one provider)."""

    key: str
    accepted: int
    rejected: int
    added: int

    @property
    def precision(self) -> Rate | None:
        """The share of suggestions that coders kept."""
        suggested = self.accepted + self.rejected
        return (Rate(self.accepted) / Rate(suggested)).quantize(Rate("0.001")) if suggested else None

    @property
    def recall(self) -> Rate | None:
        """The share of the coders' codes that had been suggested."""
        kept = self.accepted + self.added
        return (Rate(self.accepted) / Rate(kept)).quantize(Rate("0.001")) if kept else None


def agreement(decided: Iterable[tuple[str, str]]) -> tuple[Agreement, ...]:
    """Count (key, decision) pairs by key; the keys with most decisions first."""
    counts: dict[str, Counter[str]] = {}
    for key, decision in decided:
        counts.setdefault(key, Counter())[decision] += 1
    rows = [Agreement(key, count["accepted"], count["rejected"], count["added"]) for key, count in counts.items()]
    return tuple(sorted(rows, key=lambda row: (-(row.accepted + row.rejected + row.added), row.key)))
