"""Premium payments: what a payer of premiums explains to a plan (820)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents.parts import Adjustment, Party, Place, Reference


class PremiumItem(NamedTuple):
    """One remittance line (RMR) of an organisation or member, with its adjustments (ADX)."""

    qualifier: str
    reference: str
    paid_cents: int
    billed_cents: int | None = None
    entity: Party | None = None
    adjustments: tuple[Adjustment, ...] = ()
    references: tuple[Reference, ...] = ()


class PremiumPayment(NamedTuple):
    """One 820 transaction: the payment and what it is for."""

    control_number: str
    paid_cents: int
    receiver: Party
    payer: Party
    handling: str = ""
    method: str = ""
    paid_on: date | None = None
    trace_number: str = ""
    items: tuple[PremiumItem, ...] = ()
    references: tuple[Reference, ...] = ()
    place: Place | None = None
    unreadable: tuple[str, ...] = ()
