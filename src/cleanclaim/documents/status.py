"""Claim status: what a biller asks about a claim that nobody answered (276) and what the payer says (277)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents.acknowledgements import StatusCode
from cleanclaim.documents.parts import Party, Place


class ClaimStatusRequest(NamedTuple):
    """A question about one claim."""

    payer: Party
    provider: Party
    subscriber: Party
    trace_number: str
    patient_control_number: str = ""
    payer_claim_control_number: str = ""
    charge_cents: int | None = None
    served_on: date | None = None
    served_to: date | None = None
    dependent: Party | None = None
    place: Place | None = None


class ClaimStatus(NamedTuple):
    """The payer's word on one claim: category (F1 finalised/paid, F2 denied, P1 pending ...), dates, money and check."""

    trace_number: str
    statuses: tuple[StatusCode, ...]
    effective_on: date | None = None
    charge_cents: int | None = None
    paid_cents: int | None = None
    paid_on: date | None = None
    check_number: str = ""
    patient_control_number: str = ""
    payer_claim_control_number: str = ""
    served_on: date | None = None
    served_to: date | None = None
    place: Place | None = None
