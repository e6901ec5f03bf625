"""What payers' numbers mean in plain words of our own: who owes an amount and why it was taken off."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from cleanclaim.practice.claims.scrubbing import open_tables

GROUPS: Final = {
    "CO": "by contract", "PR": "patient's share", "OA": "other", "PI": "payer's own reduction", "CR": "correction",
}  # fmt: skip
"""CAS group codes: who bears the amount."""

ANSWERS: Final = {
    "1": "processed as primary", "2": "processed as secondary", "3": "processed as tertiary", "4": "denied", "19": "primary, sent on",
    "20": "secondary, sent on", "21": "tertiary, sent on", "22": "reversal", "23": "not ours, sent on", "25": "predetermination",
}  # fmt: skip
"""CLP02 in our own words."""

PROVIDER_LEVEL: Final = {
    "WO": "takes back an overpayment", "WU": "takes back for another office", "72": "our refund check, acknowledged", "FB": "balance carried forward",
    "L6": "interest for late payment", "IR": "tax withheld", "J1": "not reimbursable", "LE": "levy of a court or tax office", "CS": "adjustment",
    "AP": "advance payment taken back", "B2": "rebate", "B3": "recovery allowance", "BD": "bad debt adjustment", "BN": "bonus", "C5": "temporary allowance",
    "CR": "capitation interest", "CT": "capitation payment", "CV": "capital passed on", "CW": "certified anaesthetist passed on", "DM": "direct medical education",
    "E3": "withholding", "FC": "fund allocation", "GO": "graduate medical education", "HM": "hemophilia supplement", "IP": "incentive payment",
    "IS": "interim settlement", "LS": "lump sum", "OA": "organ acquisition passed on", "OB": "offset for affiliated providers", "PI": "periodic interim payment",
    "PL": "final payment", "RA": "retroactive adjustment", "RE": "return on equity", "SL": "student loan repayment", "TL": "third-party liability",
    "50": "late charge", "51": "interest penalty", "90": "early payment allowance", "AH": "origination fee", "AM": "applied to borrower's account",
}  # fmt: skip
"""PLB reasons in our own words."""

METHODS: Final = {"ACH": "electronic transfer", "CHK": "check", "NON": "no payment", "FWT": "wire", "BOP": "payer's choice"}
"""BPR04 in our own words."""

_DAY: Final = date(2026, 1, 1)
"""Our glosses do not change from day to day."""


@lru_cache(maxsize=2048)
def reason_words(reason: str) -> str:
    """Return what an adjustment reason (CARC) means, in our own words."""
    found = open_tables().get("carc", reason, _DAY) if reason else None
    return found.title if found else f"reason {reason}"


@lru_cache(maxsize=4096)
def remark_words(remark: str) -> str:
    """Return what a remark code (RARC) means, in our own words; the number itself where it is not known."""
    found = open_tables().get("rarc", remark, _DAY) if remark else None
    return found.title if found else f"remark {remark}"
