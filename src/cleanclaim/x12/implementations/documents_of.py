"""Every typed document of a source, whatever its sets, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cleanclaim.x12.implementations.acknowledgements_read import read_acknowledgements
from cleanclaim.x12.implementations.claims_read import read_claims
from cleanclaim.x12.implementations.remittances_read import read_payments
from cleanclaim.x12.tokens.source import Source


def documents_of(source: Source) -> Iterator[Any]:
    """Yield claims, then payments, then acknowledgements of a source."""
    for read in (read_claims, read_payments, read_acknowledgements):
        yield from read(source)
