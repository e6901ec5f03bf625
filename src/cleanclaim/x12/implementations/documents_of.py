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
from cleanclaim.x12.tokens.source import Source

READERS: Final[tuple[Callable[[Source], Iterator[Any]], ...]] = (
    read_claims, read_payments, read_acknowledgements, read_eligibility_requests, read_eligibility_responses, read_status_requests,
    read_statuses, read_authorization_requests, read_authorization_decisions, read_enrollments, read_premiums,
)  # fmt: skip


def documents_of(source: Source) -> Iterator[Any]:
    """Yield the documents of a source, kind by kind, in the file's order within a kind. A file object must be able to seek."""
    for read in READERS:
        if hasattr(source, "seek") and not isinstance(source, memoryview):
            source.seek(0)
        yield from read(source)
