"""Which coverages answer for a visit, and in what order. Pure decisions, no database.

The order on file (P, S, T) is what the claim follows. `propose_order` says what the coordination-of-benefits rules would give, with a
reason for each place, so that the desk sees a wrong order before the payer does.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from cleanclaim.kernel.dates import Period, age_on
from cleanclaim.kernel.findings import Finding, Severity

SEQUENCES: Final = ("P", "S", "T")
"""Primary, secondary, tertiary, as SBR01 names them."""

MEDICARE: Final = frozenset({"MA", "MB", "16"})
MEDICAID: Final = frozenset({"MC"})
WORKERS_OR_AUTO: Final = frozenset({"WC", "AM", "LM"})


class CoverageFact(NamedTuple):
    """A coverage as the order sees it. `claim_filing` is SBR09, `relationship` the patient's to the subscriber (18 self, 19 child)."""

    coverage_id: str
    sequence: str
    valid_from: date
    valid_to: date | None = None
    claim_filing: str = ""
    relationship: str = "18"
    subscriber_born_on: date | None = None
    insurance_type: str = ""
    is_from_employment: bool = False
    employer_has_20: bool = True

    @property
    def period(self) -> Period:
        """The days on which it is in force, both ends in."""
        return Period(self.valid_from, self.valid_to)


class OrderOnDay(NamedTuple):
    """The coverages in force on a day, first payer first, and what is wrong with them."""

    coverage_ids: tuple[str, ...]
    findings: tuple[Finding, ...]


def coverages_on(coverages: tuple[CoverageFact, ...], day: date) -> OrderOnDay:
    """Order the coverages that are in force on a day by their place on file, and say what a biller would object to."""
    in_force = sorted(
        (item for item in coverages if day in item.period), key=lambda item: (SEQUENCES.index(item.sequence), item.valid_from)
    )
    found = []
    by_place: dict[str, int] = {}
    for item in in_force:
        by_place[item.sequence] = by_place.get(item.sequence, 0) + 1
    for place, count in by_place.items():
        if count > 1:
            found.append(Finding("COVERAGE_PLACE_TWICE", Severity.STOP, _place_name(place),
                                 f"{count} coverages are {_place_name(place)} on {day.isoformat()}: end one or change its place."))  # fmt: skip
    if in_force and "P" not in by_place:
        found.append(Finding("COVERAGE_NO_PRIMARY", Severity.STOP, "coverage",
                             f"No coverage is primary on {day.isoformat()}, though another is in force."))  # fmt: skip
    if "T" in by_place and "S" not in by_place:
        found.append(
            Finding("COVERAGE_NO_SECONDARY", Severity.WARN, "coverage", "A tertiary coverage stands without a secondary one.")
        )
    if not in_force and coverages:
        found.append(
            Finding("COVERAGE_LAPSED", Severity.WARN, "coverage", f"No coverage on file is in force on {day.isoformat()}.")
        )
    return OrderOnDay(tuple(item.coverage_id for item in in_force), tuple(found))


def overlapping(new: CoverageFact, others: tuple[CoverageFact, ...]) -> tuple[str, ...]:
    """Return the coverages that hold the same place on a day of the new one."""
    return tuple(item.coverage_id for item in others if item.sequence == new.sequence and _overlap(item, new))


class Placed(NamedTuple):
    """A coverage with the place that the rules would give it, and why."""

    coverage_id: str
    sequence: str
    why: str


def propose_order(coverages: tuple[CoverageFact, ...], day: date, *, patient_born_on: date | None) -> tuple[Placed, ...]:
    """Propose primary, secondary and tertiary among the coverages in force on a day.

    Workers' compensation, auto and liability come first for what they cover; Medicaid pays last (42 CFR 433.139); Medicare pays after
    an employer's plan of current work where the employer has 20 employees or more (42 CFR 411.170); the patient's own plan pays before
    one through another person; a child's plans follow the parents' birthdays in the year, the earlier first (NAIC model 120).
    """
    in_force = [item for item in coverages if day in item.period]
    is_child = patient_born_on is not None and age_on(patient_born_on, day) < 26
    ranked = sorted(
        ((*_rank(item, in_force, is_child=is_child), item) for item in in_force), key=lambda row: (row[0], row[2].valid_from)
    )
    return tuple(Placed(item.coverage_id, SEQUENCES[min(index, 2)], why) for index, (_, why, item) in enumerate(ranked))


def _rank(item: CoverageFact, in_force: list[CoverageFact], *, is_child: bool) -> tuple[tuple[int, int, int], str]:
    if item.claim_filing in WORKERS_OR_AUTO:
        return (0, 0, 0), "an accident's insurer pays first for the accident"
    if item.claim_filing in MEDICAID:
        return (9, 0, 0), "Medicaid pays last"
    if item.claim_filing in MEDICARE:
        if any(other.is_from_employment and other.employer_has_20 for other in in_force if other is not item):
            return (4, 0, 0), "Medicare pays after the plan of current employment"
        return (2, 0, 0), "no plan of current employment stands before Medicare"
    if item.relationship == "18":
        return (_work(item), 0, 0), "the patient's own plan"
    if item.relationship == "19" and is_child and item.subscriber_born_on:
        born = item.subscriber_born_on
        return (5, born.month, born.day), "a child's plans follow the parents' birthdays in the year"
    return (max(_work(item), 3) if item.is_from_employment else 6, 9, 0), "a plan through another person"


def _work(item: CoverageFact) -> int:
    """A plan of current work stands before Medicare (2) only where the employer has 20 employees or more."""
    return 1 if item.is_from_employment and item.employer_has_20 else 3


def _overlap(one: CoverageFact, other: CoverageFact) -> bool:
    far = date.max
    return one.valid_from <= (other.valid_to or far) and other.valid_from <= (one.valid_to or far)


def _place_name(sequence: str) -> str:
    return {"P": "primary", "S": "secondary", "T": "tertiary"}[sequence]
