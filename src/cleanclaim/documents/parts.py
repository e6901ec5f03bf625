"""The parts that documents share: parties, addresses, adjustments, dated facts, and the place a value was read from."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.kernel.money import Rate


class Place(NamedTuple):
    """Where a document was read from: the ordinal of its first segment in the file (1 is the first ISA) and its byte span."""

    segment: int
    start: int
    end: int


class Address(NamedTuple):
    """A postal address (N3, N4). ZIP codes are kept without a hyphen."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


class Reference(NamedTuple):
    """A REF: its qualifier (REF01) and value (REF02)."""

    qualifier: str
    value: str


class DateFact(NamedTuple):
    """A DTP or DTM: its qualifier, first day, last day of a range (RD8), and the time of day as HHMM where one was sent."""

    qualifier: str
    first: date | None
    last: date | None = None
    time: str = ""


class Amount(NamedTuple):
    """An AMT: its qualifier and whole cents."""

    qualifier: str
    cents: int


class Party(NamedTuple):
    """A person or organisation of a claim (NM1 or N1 and what belongs to it).

    `entity` is the X12 entity code (85 billing provider, 82 rendering, IL subscriber, QC patient, PR payer ...); `is_person` tells
    NM102 1 from 2; an organisation's name stands in `last_name`.
    """

    entity: str = ""
    is_person: bool = False
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    id_qualifier: str = ""
    id: str = ""
    address: Address | None = None
    tax_id: str = ""
    tax_id_qualifier: str = ""
    taxonomy: str = ""
    born_on: date | None = None
    sex: str = ""
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    references: tuple[Reference, ...] = ()

    def __repr__(self) -> str:
        """Show the role alone: a party may be a patient."""
        return f"Party({self.entity})"


class Adjustment(NamedTuple):
    """One adjustment of a CAS: group (CO, PR, OA, PI, CR), reason (CARC number), whole cents as signed in the file, quantity."""

    group: str
    reason: str
    cents: int
    quantity: Rate | None = None
