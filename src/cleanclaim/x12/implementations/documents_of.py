"""Every typed document of a source, whatever its sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from cleanclaim.x12.implementations.acknowledgements_read import read_acknowledgements
from cleanclaim.x12.implementations.authorizations import read_authorization_decisions, read_authorization_requests
from cleanclaim.x12.implementations.claims_read import read_claims
from cleanclaim.x12.implementations.eligibility import read_eligibility_requests, read_eligibility_responses
from cleanclaim.x12.implementations.enrollments import read_enrollments
from cleanclaim.x12.implementations.premiums import read_premiums
from cleanclaim.x12.implementations.remittances_read import read_payments
from cleanclaim.x12.implementations.status import read_status_requests, read_statuses
from cleanclaim.x12.tokens.lexer import lex
from cleanclaim.x12.tokens.source import Source

READERS: Final[tuple[tuple[str, Callable[[Source], Iterator[Any]]], ...]] = (
    ("837", read_claims), ("835", read_payments), ("TA1 999 997 277", read_acknowledgements), ("270", read_eligibility_requests),
    ("271", read_eligibility_responses), ("276", read_status_requests), ("277", read_statuses), ("278", read_authorization_requests),
    ("278", read_authorization_decisions), ("834", read_enrollments), ("820", read_premiums),
)  # fmt: skip
"""The sets that a reader looks for, and the reader."""


def documents_of(source: Source) -> Iterator[Any]:
    """Yield the documents of a source, kind by kind, in the file's order within a kind. A file object must be able to seek."""
    found = _sets(source)
    for sets, read in READERS:
        if found is not None and found.isdisjoint(sets.split()):
            continue
        _rewind(source)
        yield from read(source)


def _rewind(source: Source) -> None:
    if hasattr(source, "seek") and not isinstance(source, memoryview):
        source.seek(0)


def _sets(source: Source) -> set[str] | None:
    """Return the sets that a source names, so that no reader runs for nothing; None for a fragment that may be of any set."""
    _rewind(source)
    found: set[str] = set()
    is_fragment = False
    for batch in lex(source):
        element = batch.delimiters.element
        if batch.opens and not batch.text.startswith("ISA"):
            is_fragment = True
        for piece in f"{batch.separator}{batch.text}".split(f"{batch.separator}ST{element}")[1:]:
            found.add(piece[:3])
        if f"TA1{element}" in batch.text:
            found.add("TA1")
    return None if is_fragment else found
