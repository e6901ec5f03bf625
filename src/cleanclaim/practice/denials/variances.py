"""Paid lines against what the contract promised: under- and overpayments, each with its exact line. Nothing is written off by itself."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim import codesets, documents
from cleanclaim.fees import ExpectedLine, Terms, expected
from cleanclaim.kernel.errors import InvalidValue, NotFound
from cleanclaim.practice.claims.effects import EffectKind
from cleanclaim.practice.claims.queries import document_of, latest_submission
from cleanclaim.practice.payers.models import Contract
from cleanclaim.practice.payers.queries import contract_on
from cleanclaim.practice.remittance.models import Decision


class Variance(NamedTuple):
    """A line on which the payer allowed something else than the contract says; negative when it allowed more. `why` has the steps."""

    claim: str
    patient_control_number: str
    line: int
    procedure: str
    payer: str
    expected_cents: int
    allowed_cents: int
    variance_cents: int
    why: tuple[str, ...] = ()


def variances(practice_id: int, *, limit: int = 500) -> list[Variance]:
    """Return the lines that were paid otherwise than agreed, the largest underpayments first.

    Allowed is what the payer paid plus what it left to the patient (PR) and held back (sequestration). Lines for which the contract
    agrees nothing, and lines that the payer refused, are not judged: the latter are denials.
    """
    rows = Decision.objects.of(practice_id).filter(is_reversed=False, reverses__isnull=True, sequence="P").exclude(status="4")
    found = []
    for row in rows.select_related("claim", "payer").order_by("id").iterator(chunk_size=1000):
        day = row.claim.served_on
        contract = contract_on(practice_id, row.payer.public_id, day) if day else None
        terms = terms_of(contract)
        if terms is None or day is None:
            continue
        allowed: dict[int, int] = {}
        for line, kind, cents, *_ in row.effects:
            if kind in {EffectKind.PAID, EffectKind.RESPONSIBILITY, EffectKind.SEQUESTRATION}:
                allowed[line] = allowed.get(line, 0) + cents
        try:
            document = document_of(latest_submission(row.claim))
        except NotFound:
            continue
        for agreed in agreed_lines(document, terms, on=day):
            got = allowed.get(agreed.line)
            if agreed.allowed_cents is None or got is None or got == agreed.allowed_cents:
                continue
            found.append(
                Variance(
                    row.claim.public_id, row.claim.patient_control_number, agreed.line, agreed.procedure, row.payer.name,
                    agreed.allowed_cents, got, agreed.allowed_cents - got, agreed.why,
                )
            )  # fmt: skip
    return sorted(found, key=lambda row: -row.variance_cents)[:limit]


def terms_of(contract: Contract | None) -> Terms | None:
    """Return the terms of a contract; None without one, or where its terms price nothing that can be read."""
    if contract is None:
        return None
    try:
        return Terms.from_json(contract.terms)
    except InvalidValue:
        return None


def agreed_lines(document: documents.Claim, terms: Terms, *, on: date) -> tuple[ExpectedLine, ...]:
    """Return what a contract makes of the lines of a claim as it was sent."""
    store = codesets.open_store() if terms.carrier or terms.multiple_procedures else None
    return expected(document.lines, terms, store, on=on, place_of_service=document.facility_code)
