"""Appointments: what may follow what, who is booked twice, and what the front desk must mend before the visit. Pure decisions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import Refused
from cleanclaim.kernel.findings import Finding, Severity

FOLLOWS: Final = {
    "booked": frozenset({"arrived", "no-show", "cancelled", "booked"}),
    "arrived": frozenset({"completed", "cancelled", "booked"}),
    "completed": frozenset[str](),
    "no-show": frozenset({"booked", "arrived"}),
    "cancelled": frozenset({"booked"}),
}
"""Which state may follow which; back to booked undoes a slip of the hand."""

HOLDS_TIME: Final = frozenset({"booked", "arrived", "completed"})
"""The states in which an appointment takes up the provider's time."""


class Slot(NamedTuple):
    """A stretch of a provider's and a patient's time: its last instant is not in it."""

    appointment_id: str
    provider_id: str
    patient_id: str
    starts_at: datetime
    ends_at: datetime
    state: str = "booked"


def check_move(now: str, wanted: str) -> None:
    """Raises Refused when an appointment in state `now` cannot become `wanted`."""
    if wanted not in FOLLOWS.get(now, frozenset()):
        raise Refused(f"An appointment that is {now} cannot become {wanted}.")


def find_conflicts(new: Slot, others: tuple[Slot, ...]) -> tuple[Finding, ...]:
    """Say who would be in two places at once. A provider booked twice is a warning that the desk may override; a patient too."""
    found = []
    for other in others:
        if other.appointment_id == new.appointment_id or other.state not in HOLDS_TIME:
            continue
        if new.starts_at < other.ends_at and other.starts_at < new.ends_at:
            if other.provider_id == new.provider_id:
                found.append(
                    Finding("PROVIDER_BOOKED", Severity.WARN, "provider", "The provider has another appointment at that time.")
                )
            if other.patient_id == new.patient_id:
                found.append(
                    Finding("PATIENT_BOOKED", Severity.WARN, "patient", "The patient has another appointment at that time.")
                )
    return tuple(dict.fromkeys(found))


class CoverageCheck(NamedTuple):
    """What is known about a visit's coverage when the list of appointments is drawn.

    `has_coverage_on_file` counts any, `is_in_force` one on the day; `eligibility` is the last answer (active, inactive, rejected,
    unclear, waiting, failed; empty when nobody asked) and `is_answer_old` whether it was given in an earlier month.
    """

    served_on: date
    is_self_pay: bool = False
    has_coverage_on_file: bool = False
    is_in_force: bool = False
    eligibility: str = ""
    is_answer_old: bool = False
    alerts: tuple[str, ...] = ()
    authorization_required: bool = False
    has_authorization: bool = False


def coverage_problems(check: CoverageCheck) -> tuple[Finding, ...]:
    """Say what the desk should mend before the patient comes; an empty answer means that the coverage is in order."""
    if check.is_self_pay:
        return ()
    if not check.has_coverage_on_file:
        return (
            Finding(
                "NO_COVERAGE", Severity.WARN, "coverage", "No coverage is on file: ask for the card or mark the visit self-pay."
            ),
        )
    found = []
    if not check.is_in_force:
        found.append(
            Finding("COVERAGE_LAPSED", Severity.STOP, "coverage", f"No coverage is in force on {check.served_on.isoformat()}.")
        )
    elif check.eligibility == "inactive":
        found.append(Finding("ELIGIBILITY_INACTIVE", Severity.STOP, "coverage", "The payer says that the plan is not active."))
    elif check.eligibility == "rejected":
        found.append(
            Finding(
                "ELIGIBILITY_REJECTED",
                Severity.STOP,
                "coverage",
                "The payer refused the question: correct name, birth date or number.",
            )
        )
    elif check.eligibility == "failed":
        found.append(Finding("ELIGIBILITY_FAILED", Severity.WARN, "coverage", "The payer did not answer: call, or ask again."))
    elif check.eligibility in {"", "waiting"}:
        says = "The payer has not answered yet." if check.eligibility else "Nobody has asked the payer yet."
        found.append(Finding("ELIGIBILITY_OPEN", Severity.INFO, "coverage", says))
    elif check.is_answer_old:
        found.append(
            Finding("ELIGIBILITY_OLD", Severity.INFO, "coverage", "The payer's answer is from an earlier month: ask again.")
        )
    found += [Finding("ELIGIBILITY_ALERT", Severity.STOP, "coverage", says) for says in check.alerts]
    if check.authorization_required and not check.has_authorization:
        found.append(
            Finding(
                "AUTHORIZATION_MISSING", Severity.STOP, "authorisation", "The payer asks for an authorisation, and none is on file."
            )
        )
    return tuple(found)
