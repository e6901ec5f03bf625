"""Balanced entries, allocation and aging: pure accounting, no database. Amounts are whole cents; a debit is positive, a credit negative."""

from cleanclaim.ledger.accounts import ACCOUNTS, Account
from cleanclaim.ledger.aging import AgingBucket, age_balances
from cleanclaim.ledger.entries import Entry, Posting, UnbalancedEntry

__all__ = ["ACCOUNTS", "Account", "AgingBucket", "Entry", "Posting", "UnbalancedEntry", "age_balances"]
