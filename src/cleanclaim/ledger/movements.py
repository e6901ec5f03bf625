"""Every movement of money that a practice makes, as a balanced entry.

Two rules make the books provable. All legs of an entry that touches a claim's receivable carry that claim, so each claim's postings sum
to zero. A patient's money always passes through the patient's unapplied credit, so a leg of cash with a claim is a payer's money.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Entry, Posting

_A = Account


class Tag(NamedTuple):
    """Whose money moves: the claim, its line, its patient and the payer who holds the receivable."""

    claim: str = ""
    line: int = 0
    patient: str = ""
    payer: str = ""


def _leg(account: Account, cents: int, tag: Tag, group: str = "", reason: str = "") -> Posting:
    return Posting(account, cents, tag.claim, tag.line, tag.patient, tag.payer, group, reason)


def charge(*, source: str, on: date, tags: tuple[tuple[Tag, int], ...], self_pay: bool = False) -> Entry:
    """Book a claim's charges: the payer owes them (the patient, when there is no coverage) and revenue is earned."""
    receivable = _A.PATIENT_RECEIVABLE if self_pay else _A.INSURANCE_RECEIVABLE
    legs = [leg for tag, cents in tags for leg in (_leg(receivable, cents, tag), _leg(_A.SERVICE_REVENUE, -cents, tag))]
    return Entry.of(source=source, kind="charge", on=on, says="Charges of the visit.", postings=tuple(legs))


def to_patient(*, source: str, on: date, tags: tuple[tuple[Tag, int], ...], reason: str = "", says: str = "") -> Entry:
    """Move an amount from what insurance owes to what the patient owes."""
    legs = [
        leg
        for tag, cents in tags
        for leg in (
            _leg(_A.PATIENT_RECEIVABLE, cents, tag._replace(payer=""), "PR", reason),
            _leg(_A.INSURANCE_RECEIVABLE, -cents, tag, "PR", reason),
        )
    ]
    return Entry.of(
        source=source, kind="transfer-to-patient", on=on, says=says or "The patient owes this part.", postings=tuple(legs)
    )


def to_payer(*, source: str, on: date, tags: tuple[tuple[Tag, int], ...], payer: str, says: str = "") -> Entry:
    """Move an amount from one payer (or from the patient, when the tag names no payer) to another payer."""
    legs = []
    for tag, cents in tags:
        source_account = _A.INSURANCE_RECEIVABLE if tag.payer else _A.PATIENT_RECEIVABLE
        legs += [_leg(_A.INSURANCE_RECEIVABLE, cents, tag._replace(payer=payer)), _leg(source_account, -cents, tag)]
    return Entry.of(
        source=source, kind="transfer-to-payer", on=on, says=says or "The next payer is asked for this part.", postings=tuple(legs)
    )


def patient_payment(*, source: str, on: date, patient: str, cents: int, by_card: bool = False, says: str = "") -> Entry:
    """Take in a patient's money: it is the patient's credit until it is applied."""
    tag = Tag(patient=patient)
    legs = (_leg(_A.CARD_CLEARING if by_card else _A.CASH, cents, tag), _leg(_A.UNAPPLIED_PATIENT, -cents, tag))
    return Entry.of(source=source, kind="patient-payment", on=on, says=says or "The patient paid.", postings=legs)


def apply_credit(*, source: str, on: date, tags: tuple[tuple[Tag, int], ...], collections: bool = False) -> Entry:
    """Apply a patient's credit to what the patient owes on claims; a negative amount takes it back."""
    receivable = _A.COLLECTIONS_RECEIVABLE if collections else _A.PATIENT_RECEIVABLE
    legs = [leg for tag, cents in tags for leg in (_leg(_A.UNAPPLIED_PATIENT, cents, tag), _leg(receivable, -cents, tag))]
    return Entry.of(source=source, kind="credit-applied", on=on, says="The patient's credit was applied.", postings=tuple(legs))


WRITE_OFF_ACCOUNTS: Final = {
    "bad-debt": _A.BAD_DEBT,
    "charity": _A.CHARITY,
    "small-balance": _A.SMALL_BALANCE,
    "denial": _A.DENIAL_WRITE_OFF,
    "timely-filing": _A.TIMELY_FILING_WRITE_OFF,
    "contractual": _A.CONTRACTUAL,
    "capitation": _A.CAPITATION_WRITE_OFF,
    "other": _A.OTHER_WRITE_OFF,
}
"""The reasons for which a balance may be given up, and the account of each."""


def write_off(*, source: str, on: date, tags: tuple[tuple[Tag, int], ...], why: str, says: str, collections: bool = False) -> Entry:
    """Give up an amount: a tag with a payer takes it off insurance, one without a payer off the patient (or off collections)."""
    account = WRITE_OFF_ACCOUNTS.get(why)
    if account is None:
        raise InvalidValue(f"A write-off is one of {', '.join(sorted(WRITE_OFF_ACCOUNTS))}.")
    legs = []
    for tag, cents in tags:
        owed = _A.INSURANCE_RECEIVABLE if tag.payer else _A.COLLECTIONS_RECEIVABLE if collections else _A.PATIENT_RECEIVABLE
        legs += [_leg(account, cents, tag), _leg(owed, -cents, tag)]
    return Entry.of(source=source, kind="write-off", on=on, says=says, postings=tuple(legs))


def refund_patient(*, source: str, on: date, patient: str, cents: int, says: str) -> Entry:
    """Give a patient's credit back: approved, it is owed to the patient."""
    tag = Tag(patient=patient)
    legs = (_leg(_A.UNAPPLIED_PATIENT, cents, tag), _leg(_A.REFUNDS_DUE_PATIENT, -cents, tag))
    return Entry.of(source=source, kind="refund-approved", on=on, says=says, postings=legs)


def refund_paid(*, source: str, on: date, patient: str = "", payer: str = "", cents: int, by_card: bool = False) -> Entry:
    """Send an approved refund out of the practice's cash."""
    tag = Tag(patient=patient, payer=payer)
    due = _A.REFUNDS_DUE_PAYER if payer else _A.REFUNDS_DUE_PATIENT
    legs = (_leg(due, cents, tag), _leg(_A.CARD_CLEARING if by_card else _A.CASH, -cents, tag))
    return Entry.of(source=source, kind="refund-paid", on=on, says="A refund was sent.", postings=legs)


def refund_payer(*, source: str, on: date, tags: tuple[tuple[Tag, int], ...], says: str) -> Entry:
    """Owe a payer's overpayment back: the claim's credit becomes a refund due."""
    legs = [
        leg for tag, cents in tags for leg in (_leg(_A.INSURANCE_RECEIVABLE, cents, tag), _leg(_A.REFUNDS_DUE_PAYER, -cents, tag))
    ]
    return Entry.of(source=source, kind="payer-refund-approved", on=on, says=says, postings=tuple(legs))


def to_collections(*, source: str, on: date, tags: tuple[tuple[Tag, int], ...], recall: bool = False) -> Entry:
    """Hand what a patient owes to the collection agency, or take it back."""
    sign = -1 if recall else 1
    legs = [
        leg
        for tag, cents in tags
        for leg in (
            _leg(_A.COLLECTIONS_RECEIVABLE, sign * cents, tag._replace(payer="")),
            _leg(_A.PATIENT_RECEIVABLE, -sign * cents, tag._replace(payer="")),
        )
    ]
    says = "Taken back from the collection agency." if recall else "Handed to the collection agency."
    return Entry.of(source=source, kind="collections-recall" if recall else "collections", on=on, says=says, postings=tuple(legs))


def chargeback(*, source: str, on: date, patient: str, cents: int, fee_cents: int = 0, by_card: bool = True) -> Entry:
    """A card payment was disputed or a check bounced: the money leaves, the patient's credit with it, and the bank's fee stands apart."""
    tag = Tag(patient=patient)
    money = _A.CARD_CLEARING if by_card else _A.CASH
    legs = (
        _leg(_A.UNAPPLIED_PATIENT, cents, tag),
        _leg(money, -cents, tag),
        _leg(_A.CHARGEBACK_FEES, fee_cents, tag),
        _leg(money, -fee_cents, tag),
    )
    return Entry.of(source=source, kind="payment-returned", on=on, says="The patient's payment was returned.", postings=legs)


PROVIDER_LEVEL_ACCOUNTS: Final = {
    **dict.fromkeys(("L6", "51", "CR"), _A.INTEREST_INCOME),
    "FB": _A.FORWARD_BALANCE,
    **dict.fromkeys(("WO", "WU", "72", "OB", "TL"), _A.PAYER_RECOUPMENT_DUE),
    "CT": _A.CAPITATION_REVENUE,
    "IR": _A.TAX_WITHHELD,
    "E3": _A.TAX_WITHHELD,
    "LE": _A.LEVY,
    "SL": _A.LEVY,
    "J1": _A.NONREIMBURSABLE,
    **dict.fromkeys(("50", "L3"), _A.PENALTY),
    **dict.fromkeys(("BN", "IP", "90", "B2"), _A.INCENTIVE_INCOME),
    **dict.fromkeys(("CV", "CW", "DM", "GO", "HM", "OA", "RE", "BD"), _A.PASSED_ON_INCOME),
    **dict.fromkeys(("IS", "PI", "PL", "LS", "RA", "AP", "C5"), _A.SETTLEMENT),
}
"""PLB03-1 (005010X221A1) -> the account; what is not listed goes to the provider-level adjustments under its own reason."""


def provider_adjustment(
    *, source: str, on: date, payer: str, reason: str, cents: int, reference: str = "", account: Account | None = None
) -> Entry:
    """Book one amount of a PLB: positive lowers the payment, so cash is credited; the reason says which account stands against it."""
    kept = account or PROVIDER_LEVEL_ACCOUNTS.get(reason, _A.PROVIDER_LEVEL_ADJUSTMENT)
    tag = Tag(payer=payer)
    legs = (_leg(kept, cents, tag, reason=reason), _leg(_A.CASH, -cents, tag, reason=reason))
    says = f"Provider-level adjustment {reason}" + (f", reference {reference}." if reference else ".")
    return Entry.of(source=source, kind="provider-adjustment", on=on, says=says, postings=legs)


def takeback(*, source: str, on: date, tag: Tag, reason: str, cents: int) -> Entry:
    """A payer recovers an overpayment of one claim out of other claims' money: the cash leaves, and this claim is unpaid by as much."""
    legs = (_leg(_A.INSURANCE_RECEIVABLE, cents, tag, reason=reason), _leg(_A.CASH, -cents, tag, reason=reason))
    return Entry.of(source=source, kind="takeback", on=on, says="The payer took an earlier payment back.", postings=legs)


def unapplied_remittance(*, source: str, on: date, payer: str, cents: int, says: str) -> Entry:
    """Hold a payer's money that no claim could be credited with: it came in, and it waits in the exceptions queue."""
    tag = Tag(payer=payer)
    legs = (_leg(_A.CASH, cents, tag), _leg(_A.UNAPPLIED_INSURANCE, -cents, tag))
    return Entry.of(source=source, kind="unapplied-remittance", on=on, says=says, postings=legs)
