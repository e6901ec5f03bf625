"""What a claim is built from: everything a claim needs to know of a visit, as values, read once."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents import Party, ServiceLine, Subscriber
from cleanclaim.kernel.findings import Finding


class CoverageBasis(NamedTuple):
    """One coverage in force on the day of service: its public ids and how a claim shows it."""

    coverage_id: str
    payer_id: str
    subscriber: Subscriber


class AccidentBasis(NamedTuple):
    """What a claim says of an accident: cause (AA auto, EM employment, OA other), state, day."""

    cause: str
    state: str = ""
    on: date | None = None


class ClaimBasis(NamedTuple):
    """A visit as the claim is built from it.

    `coverages` are in order, the first payer first; empty means that the patient pays. `diagnoses` stand without dots, at most twelve, in
    order, and `present_on_admission` one by one beside them; `lines` carry prices, pointers and drugs. `findings` are what keeps a claim from being right (a coverage in doubt, say).
    """

    encounter_id: str
    patient_id: str
    account_id: str
    patient: Party
    coverages: tuple[CoverageBasis, ...]
    billing: Party
    rendering: Party | None
    referring: Party | None
    facility: Party | None
    place_of_service: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    prior_authorization: str = ""
    note: str = ""
    supervising: Party | None = None
    referral_number: str = ""
    accident: AccidentBasis | None = None
    served_on: date | None = None
    setting: str = "outpatient"
    is_self_pay: bool = False
    releases_information: bool = True
    assigns_benefits: bool = True
    findings: tuple[Finding, ...] = ()
    charge_ids: tuple[str, ...] = ()
    present_on_admission: tuple[str, ...] = ()
    inpatient_procedures: tuple[tuple[str, date | None], ...] = ()

    @property
    def charge_cents(self) -> int:
        """The charge of all lines."""
        return sum(line.charge_cents for line in self.lines)

    def __repr__(self) -> str:
        return f"ClaimBasis({self.encounter_id})"
