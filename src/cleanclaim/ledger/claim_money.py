"""The money of one claim, told from its postings: charge = paid + written off + still owed, to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cleanclaim.ledger.accounts import (
    CONTRACTUAL_WRITE_OFFS,
    INSURANCE_MONEY,
    OTHER_WRITE_OFFS,
    PATIENT_MONEY,
    RECEIVABLE_FROM_PATIENTS,
    Account,
)
from cleanclaim.ledger.entries import Posting


class ClaimMoney(NamedTuple):
    """Where a claim's charge has gone. `gap_cents` is zero while every entry tags all its legs with the claim."""

    charge_cents: int = 0
    insurance_paid_cents: int = 0
    contractual_cents: int = 0
    patient_paid_cents: int = 0
    other_write_off_cents: int = 0
    insurance_balance_cents: int = 0
    patient_balance_cents: int = 0

    @property
    def gap_cents(self) -> int:
        """Charge less everything that it has become: zero, or the books are wrong."""
        return self.charge_cents - sum(self[1:])

    def plus(self, other: ClaimMoney) -> ClaimMoney:
        """Add two movements of the same claim."""
        return ClaimMoney(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


_BUCKET: dict[Account, tuple[int, int]] = {Account.SERVICE_REVENUE: (0, -1), Account.INSURANCE_RECEIVABLE: (5, 1)}
_BUCKET.update(dict.fromkeys(INSURANCE_MONEY, (1, 1)))
_BUCKET.update(dict.fromkeys(CONTRACTUAL_WRITE_OFFS, (2, 1)))
_BUCKET.update(dict.fromkeys(PATIENT_MONEY, (3, 1)))
_BUCKET.update(dict.fromkeys(OTHER_WRITE_OFFS, (4, 1)))
_BUCKET.update(dict.fromkeys(RECEIVABLE_FROM_PATIENTS, (6, 1)))


def bucket_of(account: Account) -> tuple[int, int] | None:
    """Tell in which column of ClaimMoney a claim's posting counts, and with which sign; None for accounts outside claims."""
    return _BUCKET.get(account)


def claim_money(postings: Iterable[Posting]) -> ClaimMoney:
    """Sum the postings of one claim into its columns. Postings to accounts outside claims are left out and show as a gap."""
    sums = [0] * 7
    for posting in postings:
        place = _BUCKET.get(posting.account)
        if place is not None:
            sums[place[0]] += place[1] * posting.cents
    return ClaimMoney(*sums)


def money_by_line(postings: Iterable[Posting]) -> dict[tuple[str, int], ClaimMoney]:
    """Sum postings into (claim, line) -> money; line 0 holds what a payer decided for the claim as a whole."""
    sums: dict[tuple[str, int], list[int]] = {}
    for posting in postings:
        place = _BUCKET.get(posting.account)
        if place is not None and posting.claim:
            row = sums.setdefault((posting.claim, posting.line), [0] * 7)
            row[place[0]] += place[1] * posting.cents
    return {key: ClaimMoney(*row) for key, row in sums.items()}
