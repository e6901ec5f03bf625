"""The first look at an 835 file, before anything is written: is it whole, does it balance, was it seen before. Pure, one pass, flat memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from cleanclaim.documents import ClaimPayment, ProviderAdjustment, RemittanceHeader
from cleanclaim.practice.remittance.balancing import check_fault, claim_faults
from cleanclaim.x12 import Payment, unended

_SHOWN_FAULTS = 5
_DIGITS_OF_A_DAY = 12
_MOST_CENTS = 10**15
"""Ten trillion dollars: sums over a whole ledger of such amounts still fit into the database's numbers."""


class LookedAt(NamedTuple):
    """One 835 transaction after the first look: its header, totals, fingerprints and what is wrong with it."""

    header: RemittanceHeader
    claims: int
    claims_cents: int
    provider_cents: int
    fingerprint: str
    check_key: str
    faults: tuple[str, ...]


class _Look:
    def __init__(self, header: RemittanceHeader) -> None:
        self.header = header
        self.claims = 0
        self.claims_cents = 0
        self.adjustments: list[ProviderAdjustment] = []
        self.faults: list[str] = []
        self._mixed = 0  # the order of claims does not matter, so their digests are added up
        if _money_is_unreadable(header.unreadable):
            self.faults.append("the header holds an amount that cannot be read")

    def add(self, item: ClaimPayment | ProviderAdjustment) -> None:
        """Take in one claim or provider-level amount."""
        if _money_is_unreadable(item.unreadable):
            self._fault(f"{_name(item)}: an amount cannot be read")
        if max(map(abs, (item.charge_cents, item.paid_cents) if isinstance(item, ClaimPayment) else (item.cents,))) > _MOST_CENTS:
            self._fault(f"{_name(item)}: nobody pays an amount of that many digits")
        if isinstance(item, ClaimPayment):
            self.claims += 1
            self.claims_cents += item.paid_cents
            for fault in claim_faults(item):
                self._fault(f"{_name(item)}: {fault}")
            text = repr(
                (
                    item.patient_control_number,
                    item.status,
                    item.charge_cents,
                    item.paid_cents,
                    item.payer_claim_control_number,
                    [tuple(a) for a in item.adjustments],
                    [(s.procedure, s.charge_cents, s.paid_cents, [tuple(a) for a in s.adjustments]) for s in item.lines],
                )
            )
        else:
            self.adjustments.append(item)
            text = repr(("PLB", item.reason, item.reference, item.cents))
        self._mixed = (self._mixed + int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")) % (1 << 256)

    def _fault(self, says: str) -> None:
        if len(self.faults) < _SHOWN_FAULTS:
            self.faults.append(says)

    def done(self) -> LookedAt:
        """Close the transaction: the check level, and the fingerprints that know it again under any name or control number."""
        header = self.header
        fault = check_fault(header.paid_cents, self.claims_cents, self.adjustments)
        if fault:
            self.faults.append(fault)
        payer = header.payer_identifier or header.payer.id or header.payer.last_name
        check = f"{header.trace_number.strip().upper()}|{payer.strip().upper()}|{header.paid_cents}"
        print_of = f"{check}|{self.claims}|{self._mixed:x}"
        provider = sum(item.cents for item in self.adjustments)
        return LookedAt(
            header, self.claims, self.claims_cents, provider, hashlib.sha256(print_of.encode()).hexdigest(),
            hashlib.sha256(check.encode()).hexdigest(), tuple(self.faults),
        )  # fmt: skip


def _money_is_unreadable(texts: tuple[str, ...]) -> bool:
    """Tell whether an amount may be among the texts that could not be read.

    As many plain digits as a day with its hour has can only be a day that does not exist; more of them are an amount beyond counting.
    """
    return any(not text.isdecimal() or len(text) > _DIGITS_OF_A_DAY for text in texts)


def _name(item: ClaimPayment | ProviderAdjustment) -> str:
    return f"claim {item.patient_control_number}" if isinstance(item, ClaimPayment) else f"provider adjustment {item.reason}"


def look_at(items: Iterable[Payment]) -> list[LookedAt]:
    """Look at every 835 transaction of a file."""
    looks: list[LookedAt] = []
    current: _Look | None = None
    for item in items:
        if isinstance(item, RemittanceHeader):
            if current is not None:
                looks.append(current.done())
            current = _Look(item)
        elif current is not None:
            current.add(item)
    if current is not None:
        looks.append(current.done())
    return looks


def envelope_fault(content: bytes) -> str:
    """Say whether the file breaks off: every ISA, GS and ST needs its trailer. Empty when it is whole."""
    start = content.find(b"ISA")
    if start < 0 or len(content) < start + 106:
        return "It is no X12 interchange."
    missing = unended(content)
    return f"It breaks off: {missing[0]} has no end." if missing else ""
