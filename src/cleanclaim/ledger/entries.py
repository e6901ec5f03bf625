"""An entry: postings that sum to zero. One that is out by a cent does not exist."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.ledger.accounts import Account


class UnbalancedEntry(InvalidValue):
    """Debits and credits differ; the message says by how many cents."""


class Posting(NamedTuple):
    """One leg of an entry: an account, signed whole cents (debit positive), and whose money it is.

    `claim`, `line`, `patient` and `payer` are public ids (or a line's number) below which balances are kept; `group` and `reason` keep
    the CAS codes that a payer gave.
    """

    account: Account
    cents: int
    claim: str = ""
    line: int = 0
    patient: str = ""
    payer: str = ""
    group: str = ""
    reason: str = ""


class Entry(NamedTuple):
    """A balanced movement of money, with the source that makes it happen only once."""

    source: str
    kind: str
    on: date
    says: str
    postings: tuple[Posting, ...]

    @classmethod
    def of(cls, *, source: str, kind: str, on: date, says: str, postings: tuple[Posting, ...]) -> Entry:
        """Make an entry. Raises UnbalancedEntry when the postings do not sum to zero, InvalidValue for what is no posting of whole cents.

        `source` names what caused it, uniquely in a practice (`remittance:rem_01…:claim:3`); `kind` is a word of the glossary (charge,
        insurance-payment, contractual, patient-payment ...). Zero postings are dropped; an entry of none is refused.
        """
        kept = tuple(posting for posting in postings if posting.cents)
        for posting in kept:
            if type(posting.cents) is not int:
                raise InvalidValue("A posting takes whole cents as an int.")
            if not isinstance(posting.account, Account):
                raise InvalidValue("A posting goes to an account of the chart.")
        if not kept:
            raise InvalidValue("An entry moves some money.")
        if not source:
            raise InvalidValue("An entry names its source.")
        out_by = sum(posting.cents for posting in kept)
        if out_by:
            raise UnbalancedEntry(f"The entry is out by {out_by} cents.")
        return cls(source, kind, on, says, kept)

    def reversed(self, *, source: str, on: date, says: str) -> Entry:
        """Return the entry that undoes this one: every leg with its sign turned."""
        legs = tuple(posting._replace(cents=-posting.cents) for posting in self.postings)
        return Entry.of(source=source, kind=f"{self.kind}-reversed", on=on, says=says, postings=legs)
