"""Balanced entries, allocation and aging: pure accounting, no database. Amounts are whole cents; a debit is positive, a credit negative."""

from cleanclaim.ledger.accounts import ACCOUNTS, Account
from cleanclaim.ledger.aging import AgingBucket, age_balances
from cleanclaim.ledger.claim_money import ClaimMoney, claim_money, money_by_line
from cleanclaim.ledger.entries import Entry, Posting, UnbalancedEntry

__all__ = [
    "ACCOUNTS", "Account", "AgingBucket", "ClaimMoney", "Entry", "Posting", "UnbalancedEntry", "age_balances", "claim_money",
    "money_by_line",
]  # fmt: skip
