"""Paid lines against what the contract promised: under- and overpayments, each with its exact line. Nothing is written off by itself."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from cleanclaim.fees import Terms, expected
from cleanclaim.practice.claims.effects import EffectKind
from cleanclaim.practice.claims.models import Claim, Submission
from cleanclaim.practice.claims.queries import document_of
from cleanclaim.practice.claims.scrubbing import open_tables
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


_CHUNK: Final = 500


def variances(
    practice_id: int, *, limit: int = 500, first: date | None = None, last: date | None = None, payer: str = ""
) -> list[Variance]:
    """Return the lines that were paid otherwise than agreed, the largest underpayments first; of a payer, posted in a period.

    Allowed is what the payer paid plus what it left to the patient (PR). What a contract says nothing about is not judged.
    """
    contracts = _contracts(practice_id, payer)
    rows = (
        Decision.objects.of(practice_id)
        .filter(
            is_reversed=False,
            reverses__isnull=True,
            sequence="P",
            payer__public_id__in=list(contracts),
            claim__served_on__isnull=False,
        )
        .exclude(status="4")
    )
    if first is not None:
        rows = rows.filter(remittance__posted_on__gte=first)
    if last is not None:
        rows = rows.filter(remittance__posted_on__lte=last)
    found: list[Variance] = []
    batch: list[tuple[Decision, Terms]] = []
    for row in rows.select_related("claim", "payer").order_by("id").iterator(chunk_size=_CHUNK):
        terms = next(
            (
                terms
                for begins, ends, terms in contracts[row.payer.public_id]
                if begins <= row.claim.served_on and (ends is None or row.claim.served_on <= ends)
            ),
            None,
        )
        if terms is not None:
            batch.append((row, terms))
        if len(batch) >= _CHUNK:
            found += _of_batch(practice_id, batch)
            batch = []
    found += _of_batch(practice_id, batch)
    return sorted(found, key=lambda row: -row.variance_cents)[:limit]


def _contracts(practice_id: int, payer: str) -> dict[str, list[tuple[date, date | None, Terms]]]:
    """Return each payer's contracts, the latest first, read once."""
    rows = Contract.objects.of(practice_id).select_related("payer").order_by("-valid_from")
    made: dict[str, list[tuple[date, date | None, Terms]]] = {}
    for row in rows.filter(payer__public_id=payer) if payer else rows:
        made.setdefault(row.payer.public_id, []).append((row.valid_from, row.valid_to, Terms.from_json(row.terms)))
    return made


def _of_batch(practice_id: int, batch: list[tuple[Decision, Terms]]) -> list[Variance]:
    sent = Submission.objects.of(practice_id).filter(claim__in=[row.claim_id for row, _ in batch], sequence="P").order_by("number")
    latest = {submission.claim_id: submission for submission in sent}
    found: list[Variance] = []
    for row, terms in batch:
        if row.claim_id in latest and row.claim.served_on is not None:
            found += _of_decision(row, terms, row.claim.served_on, latest[row.claim_id])
    return found


class ExpectedMoney(NamedTuple):
    """What the first payer's contract promises for a line, what the payer allowed where it has answered, and how the promise was made."""

    line: int
    expected_cents: int | None
    allowed_cents: int | None
    method: str
    why: tuple[str, ...]


def expected_of_claim(claim: Claim) -> list[ExpectedMoney]:
    """Return line by line what the first payer's contract promises on a claim; empty without a contract or a day of service."""
    submission = (
        Submission.objects.of(claim.practice_id)
        .filter(claim=claim, sequence="P")
        .select_related("payer")
        .order_by("-number")
        .first()
    )
    day = claim.served_on
    contract = contract_on(claim.practice_id, submission.payer.public_id, day) if submission is not None and day else None
    if submission is None or contract is None or day is None:
        return []
    document = document_of(submission)
    promised = expected(
        document.lines, Terms.from_json(contract.terms), open_tables(), on=day, place_of_service=document.facility_code
    )
    rows = (
        Decision.objects.of(claim.practice_id)
        .filter(claim=claim, is_reversed=False, reverses__isnull=True, sequence="P")
        .exclude(status="4")
    )
    allowed: dict[int, int] = {}
    for row in rows.order_by("id"):
        allowed |= _allowed(row)
    return [ExpectedMoney(item.line, item.allowed_cents, allowed.get(item.line), item.method, item.why) for item in promised]


def _allowed(row: Decision) -> dict[int, int]:
    """Return what a decision allowed on each line: paid, sequestered, and left to the patient."""
    allowed: dict[int, int] = {}
    for line, kind, cents, *_ in row.effects:
        if kind in {EffectKind.PAID, EffectKind.RESPONSIBILITY, EffectKind.SEQUESTRATION}:
            allowed[line] = allowed.get(line, 0) + cents
    return allowed


def _of_decision(row: Decision, terms: Terms, day: date, submission: Submission) -> list[Variance]:
    allowed = _allowed(row)
    document = document_of(submission)
    promised = expected(document.lines, terms, open_tables(), on=day, place_of_service=document.facility_code)
    return [
        Variance(
            row.claim.public_id,
            row.claim.patient_control_number,
            item.line,
            item.procedure,
            row.payer.name,
            item.allowed_cents,
            allowed[item.line],
            item.allowed_cents - allowed[item.line],
            item.why,
        )
        for item in promised
        if item.allowed_cents is not None and item.line in allowed and item.allowed_cents != allowed[item.line]
    ]
