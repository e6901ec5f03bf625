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


ACCOUNTS: Final = tuple(Account)
"""Every account, receivables first; a posting to anything else is refused."""
