"""Eligibility: what the front desk asks a payer (270) and what it answers (271)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents.parts import DateFact, Party, Place, Reference
from cleanclaim.kernel.money import Rate


class EligibilityRequest(NamedTuple):
    """A question about one person's coverage on a day. `service_types` are EB service type codes (30 health benefit plan coverage)."""

    payer: Party
    provider: Party
    subscriber: Party
    trace_number: str
    asked_for: date
    dependent: Party | None = None
    relationship: str = "18"
    service_types: tuple[str, ...] = ("30",)
    place: Place | None = None


class Benefit(NamedTuple):
    """One EB: `information` says what kind (1 active, 6 inactive, B copay, A coinsurance, C deductible, G out of pocket, R other payer)."""

    information: str
    coverage_level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    cents: int | None = None
    percent: Rate | None = None
    quantity: Rate | None = None
    authorization_required: str = ""
    in_network: str = ""
    dates: tuple[DateFact, ...] = ()
    messages: tuple[str, ...] = ()
    related: Party | None = None
    references: tuple[Reference, ...] = ()


class EligibilityResponse(NamedTuple):
    """The payer's answer about one person. `rejections` are AAA reason codes; empty when the question was answered."""

    payer: Party
    provider: Party
    subscriber: Party
    trace_number: str = ""
    dependent: Party | None = None
    benefits: tuple[Benefit, ...] = ()
    dates: tuple[DateFact, ...] = ()
    rejections: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def is_active(self) -> bool | None:
        """True when a plan is said to be active, False when inactive, None when the answer does not say."""
        kinds = {benefit.information for benefit in self.benefits}
        if kinds & {"1", "2", "3", "4", "5"}:
            return True
        return False if kinds & {"6", "7", "8"} else None
