"""What a check returns: the envelopes, the transactions with their totals, and every finding."""

from __future__ import annotations

from typing import Any, NamedTuple

from cleanclaim.x12.tokens.findings import ERROR, X12Finding


class CheckedTransaction(NamedTuple):
    """One ST: its set as billers say it (837P), guide, totals in cents, and whether no error stands against it.

    `claims` counts CLM or CLP (or the claims of a 276, 277 or 277CA), `lines` their services. For an 835 `paid_cents` adds up CLP04 and
    `adjustment_cents` every CAS; `payment_cents` is BPR02 and `provider_adjustment_cents` the PLBs.
    """

    set: str
    version: str
    control_number: str
    valid: bool
    claims: int = 0
    lines: int = 0
    charge_cents: int = 0
    paid_cents: int = 0
    adjustment_cents: int = 0
    payment_cents: int = 0
    provider_adjustment_cents: int = 0
    set_id: str = ""
    stated_version: str = ""
    number: int = 0
    group: int = 0


class CheckedGroup(NamedTuple):
    """One GS: what its acknowledgement has to name."""

    functional_id: str
    control_number: str
    version: str
    sender: str
    receiver: str
    declared: int
    number: int
    interchange: int


class CheckedInterchange(NamedTuple):
    """One ISA: who sent it to whom."""

    control_number: str
    sender: str
    receiver: str
    sender_qualifier: str = ""
    receiver_qualifier: str = ""
    date: str = ""
    time: str = ""
    acknowledgement_requested: bool = False
    usage: str = ""
    number: int = 0


class CheckedFile(NamedTuple):
    """A whole file: `well_formed` tells that its envelopes and segments can be read without a doubt."""

    well_formed: bool
    interchanges: tuple[CheckedInterchange, ...]
    groups: tuple[CheckedGroup, ...]
    transactions: tuple[CheckedTransaction, ...]
    findings: tuple[X12Finding, ...]
    findings_left_out: int = 0

    @property
    def is_valid(self) -> bool:
        """No error stands against the file."""
        return all(finding.severity != ERROR for finding in self.findings)

    def as_json(self, file: str = "") -> dict[str, Any]:
        """Return the shape that `cleanclaim x12 check` prints."""
        return {
            "file": file,
            "well_formed": self.well_formed,
            "interchanges": [interchange._asdict() for interchange in self.interchanges],
            "groups": [group._asdict() for group in self.groups],
            "transactions": [transaction._asdict() for transaction in self.transactions],
            "findings": [finding.as_json() for finding in self.findings],
            "findings_left_out": self.findings_left_out,
        }
