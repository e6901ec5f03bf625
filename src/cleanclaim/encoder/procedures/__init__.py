"""Procedures and supplies of a visit: CPT and HCPCS numbers with modifiers, units and reasons."""

from __future__ import annotations

from typing import NamedTuple

from cleanclaim.documents.coding import EmLevel, NotCoded, Suggestion
from cleanclaim.encoder.candidates.codebook import CodeBook
from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.reading import Reading


class Services(NamedTuple):
    """The services that a note supports, what was not coded, and the number of its E/M visit."""

    suggestions: tuple[Suggestion, ...] = ()
    not_coded: tuple[NotCoded, ...] = ()
    em_code: str = ""


def suggest_services(reading: Reading, gathered: Gathered, level: EmLevel | None, book: CodeBook) -> Services:
    """Return the services of a note."""
    del reading, gathered, level, book
    return Services()
