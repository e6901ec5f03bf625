"""The chart of accounts of a practice: each account with its normal side, in an accountant's words."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Account(StrEnum):
    """An account of the practice's books. Receivables carry a party, a claim and a line with every posting."""

    INSURANCE_RECEIVABLE = "receivable:insurance"
    PATIENT_RECEIVABLE = "receivable:patient"
    COLLECTIONS_RECEIVABLE = "receivable:collections"
    PAYER_RECOUPMENT_DUE = "receivable:payer-recoupment"
    CASH = "cash"
    CARD_CLEARING = "cash:card-clearing"
    UNAPPLIED_PATIENT = "liability:unapplied-patient"
    UNAPPLIED_INSURANCE = "liability:unapplied-insurance"
    REFUNDS_DUE_PATIENT = "liability:refunds-due-patient"
    REFUNDS_DUE_PAYER = "liability:refunds-due-payer"
    FORWARD_BALANCE = "liability:forward-balance"
    SERVICE_REVENUE = "revenue:services"
    CAPITATION_REVENUE = "revenue:capitation"
    INTEREST_INCOME = "revenue:interest"
    FEE_INCOME = "revenue:fees"
    CONTRACTUAL = "adjustment:contractual"
    CAPITATION_WRITE_OFF = "adjustment:capitation"
    BAD_DEBT = "adjustment:bad-debt"
    CHARITY = "adjustment:charity"
    SMALL_BALANCE = "adjustment:small-balance"
    DENIAL_WRITE_OFF = "adjustment:denial"
    TIMELY_FILING_WRITE_OFF = "adjustment:timely-filing"
    SEQUESTRATION = "adjustment:sequestration"
    OTHER_WRITE_OFF = "adjustment:other"
    PROVIDER_LEVEL_ADJUSTMENT = "expense:provider-level"
    LEVY = "expense:levy"
    TAX_WITHHELD = "receivable:tax-withheld"
    NONREIMBURSABLE = "expense:nonreimbursable"
    PENALTY = "expense:penalty"
    INCENTIVE_INCOME = "revenue:incentives"
    PASSED_ON_INCOME = "revenue:passed-on"
    SETTLEMENT = "revenue:settlement"
    OPENING_BALANCE = "equity:opening"
    CHARGEBACK_FEES = "expense:chargeback-fees"


ACCOUNTS: Final = tuple(Account)
"""Every account, receivables first; a posting to anything else is refused."""

RECEIVABLE_FROM_PATIENTS: Final = frozenset({Account.PATIENT_RECEIVABLE, Account.COLLECTIONS_RECEIVABLE})
"""What patients owe, at the practice or at its collection agency."""

CONTRACTUAL_WRITE_OFFS: Final = frozenset({Account.CONTRACTUAL, Account.SEQUESTRATION})
"""What the contract or the law takes off the charge before anybody owes it."""

OTHER_WRITE_OFFS: Final = frozenset({
    Account.CAPITATION_WRITE_OFF, Account.BAD_DEBT, Account.CHARITY, Account.SMALL_BALANCE, Account.DENIAL_WRITE_OFF,
    Account.TIMELY_FILING_WRITE_OFF, Account.OTHER_WRITE_OFF,
})  # fmt: skip
"""What the practice gives up by its own decision, or by a capitation agreement."""

INSURANCE_MONEY: Final = frozenset({
    Account.CASH, Account.UNAPPLIED_INSURANCE, Account.OPENING_BALANCE, Account.REFUNDS_DUE_PAYER, Account.PAYER_RECOUPMENT_DUE,
    Account.FORWARD_BALANCE,
})  # fmt: skip
"""Where a payer's money for a claim comes from or goes back to: a leg with a claim here is what insurance has paid on it."""

PATIENT_MONEY: Final = frozenset({Account.UNAPPLIED_PATIENT, Account.REFUNDS_DUE_PATIENT})
"""Where a patient's money for a claim comes from: every patient payment goes through the patient's unapplied credit."""
