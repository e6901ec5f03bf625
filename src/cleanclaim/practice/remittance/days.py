"""Days in a remittance that nobody can mean: a payer's slip of the keyboard neither posts silently nor holds a check up. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from cleanclaim.documents import ClaimPayment, RemittanceHeader

FIRST_DAY: Final = date(1990, 1, 1)
"""No claim of today's formats is older: the first HCFA-1500 of the present kind is of that year."""
_AHEAD: Final = timedelta(days=366)
_SERVED: Final = {"232": "its first day (DTM 232)", "233": "its last day (DTM 233)", "472": "its day (DTM 472)"}


class Plausible(NamedTuple):
    """The days that a remittance may speak of when it is posted: from 1990 to a year ahead."""

    last: date
    first: date = FIRST_DAY

    def holds(self, day: date | None) -> bool:
        """Tell whether a day may be meant; a day that is not told is no fault."""
        return day is None or self.first <= day <= self.last


def plausible_on(posted_on: date) -> Plausible:
    """Return the days that may be meant in a remittance posted on this day."""
    return Plausible(posted_on + _AHEAD)


def _strange(payment: ClaimPayment, days: Plausible) -> Iterator[str]:
    for number, line in enumerate(payment.lines, 1):
        for day in (line.served_on, line.served_to):
            if not days.holds(day):
                yield f"line {number} ({line.submitted_procedure or line.procedure or line.revenue_code}) was served on {_told(day)}"
                break
    for fact in payment.dates:
        if fact.qualifier in _SERVED and not days.holds(fact.first):
            yield f"{_SERVED[fact.qualifier]} is {_told(fact.first)}"


def strange_day_of(payment: ClaimPayment, days: Plausible) -> str:
    """Say which service day of a claim's answer cannot be meant; empty when all can. The days of coverage are not judged: 9999 is usual there."""
    return next(_strange(payment, days), "")


def strange_days_of_check(header: RemittanceHeader, days: Plausible) -> str:
    """Say which day of a check cannot be meant: its payment (BPR16) or its production (DTM 405); empty when both can."""
    named = (("BPR16, the day of payment,", header.paid_on), ("DTM 405, the day of production,", header.produced_on))
    said = [f"{name} says {_told(day)}" for name, day in named if not days.holds(day)]
    said += [f"a day reads {text[:12]}, which no calendar has" for text in header.unreadable if text.isdecimal()]
    return "; ".join(said)


def _told(day: date | None) -> str:
    return f"{day.month:02}/{day.day:02}/{day.year:04}" if day else ""
