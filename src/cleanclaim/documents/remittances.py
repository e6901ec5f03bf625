"""A remittance advice: what a payer decided and paid, as one 835 transaction carries it.

It balances at three levels: a line's charge less its adjustments is its payment, a claim's likewise, and the claims' payments less
the provider-level adjustments are the check (005010X221A1 section 1.10.2).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents.parts import Adjustment, Amount, DateFact, Party, Place, Reference
from cleanclaim.kernel.money import Rate


class ServicePayment(NamedTuple):
    """A paid, reduced or denied line (loop 2110). `submitted_*` hold SVC06 where the payer changed the code.

    `line_control_number` is REF*6R, the line of our claim that this answers; `quantity` what was paid for (SVC05),
    `submitted_quantity` what was asked (SVC07).
    """

    procedure: str
    charge_cents: int
    paid_cents: int
    procedure_qualifier: str = "HC"
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    quantity: Rate | None = None
    submitted_procedure: str = ""
    submitted_modifiers: tuple[str, ...] = ()
    submitted_quantity: Rate | None = None
    served_on: date | None = None
    served_to: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    line_control_number: str = ""
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    remarks: tuple[str, ...] = ()
    place: Place | None = None


class ClaimPayment(NamedTuple):
    """What the payer decided for one claim (loop 2100). `status` is CLP02: 1-3 processed, 4 denied, 19-21 crossed over, 22 reversal.

    `unreadable` lists texts of the file that were no amount, number or day: the field they stood in holds 0 or None, and such a payment
    is not to be posted.
    """

    patient_control_number: str
    status: str
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int = 0
    claim_filing: str = ""
    payer_claim_control_number: str = ""
    facility_code: str = ""
    frequency: str = ""
    drg: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[ServicePayment, ...] = ()
    patient: Party | None = None
    subscriber: Party | None = None
    corrected_patient: Party | None = None
    rendering: Party | None = None
    crossover_payer: Party | None = None
    corrected_payer: Party | None = None
    other_subscriber: Party | None = None
    remarks: tuple[str, ...] = ()
    inpatient: tuple[tuple[str, str], ...] = ()
    outpatient: tuple[tuple[str, str], ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DateFact, ...] = ()
    amounts: tuple[Amount, ...] = ()
    contact_phone: str = ""
    provider_id: str = ""
    place: Place | None = None
    unreadable: tuple[str, ...] = ()

    @property
    def is_reversal(self) -> bool:
        """CLP02 22: this takes back an earlier decision."""
        return self.status == "22"

    def __repr__(self) -> str:
        return f"ClaimPayment(status {self.status}, {len(self.lines)} lines)"


class ProviderAdjustment(NamedTuple):
    """One pair of a PLB: money between payer and provider outside any claim. Positive lowers the payment, as in the file."""

    provider_id: str
    fiscal_year_end: date | None
    reason: str
    reference: str
    cents: int
    place: Place | None = None
    unreadable: tuple[str, ...] = ()


class RemittanceHeader(NamedTuple):
    """The check or transfer that one 835 transaction explains (BPR, TRN, loops 1000A and 1000B)."""

    control_number: str
    paid_cents: int
    payer: Party
    payee: Party
    handling: str = "I"
    credit_or_debit: str = "C"
    method: str = "CHK"
    paid_on: date | None = None
    trace_number: str = ""
    payer_identifier: str = ""
    originator_supplemental: str = ""
    produced_on: date | None = None
    receiver_id: str = ""
    version: str = ""
    references: tuple[Reference, ...] = ()
    place: Place | None = None
    account: str = ""
    unreadable: tuple[str, ...] = ()


class RemittanceAdvice(NamedTuple):
    """One 835 transaction: the check, the claims that it pays and the provider-level adjustments."""

    header: RemittanceHeader
    claims: tuple[ClaimPayment, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
