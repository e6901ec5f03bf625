"""Replacement (7) and void (8) claims: they carry the payer's own number of the claim and make no new receivable."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Sum

from cleanclaim import documents
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.findings import stops
from cleanclaim.ledger import Account, Entry, Posting
from cleanclaim.ledger.movements import Tag, charge
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.charges.actions import mark_unbilled
from cleanclaim.practice.charges.queries import claim_basis
from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.actions import note_event
from cleanclaim.practice.claims.books import Desk, post_to_claims
from cleanclaim.practice.claims.building import claim_document
from cleanclaim.practice.claims.coordination import PayerDecision, corrected_claim, next_claim
from cleanclaim.practice.claims.models import Claim, ClaimLine, Submission
from cleanclaim.practice.claims.rules import Status, move
from cleanclaim.practice.claims.scrubbing import NEVER_OVERRIDDEN, findings_of
from cleanclaim.practice.claims.submitting import (
    base_document,
    keep_submission,
    locked_claim,
    save_reason,
    stand_by,
    stop_says,
    write_lines,
)
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.journal.queries import legs_of_claims
from cleanclaim.practice.people.policy import require


def correct_claim(
    *, claim_id: str, by: Actor, document: documents.Claim | None = None, decisions: Sequence[PayerDecision] = ()
) -> Claim:
    """Build the replacement (frequency 7) of a claim that the payer has: all its lines, with the payer's number; no new receivable.

    `document` is the corrected content; without it the visit is read again. Changed charges are booked as differences, line by line;
    payments stay where they are.
    """
    require(by, "biller", "manager")
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        status = move(claim.status, "correct")
        turn = next((turn for turn in queries.turns_of(claim) if turn.payer_id == claim.payer_id), None)
        content = document or _fresh_document(claim, by)
        if turn is not None and turn.sequence != (content.subscriber.sequence or "P"):
            content = next_claim(content, turn.sequence, decisions)
        made = corrected_claim(content, payer_claim_control_number=turn.payer_claim_control_number if turn else "")
        found = findings_of(made, on=by.today, payer=claim.payer)
        book_differences(claim, made, by)
        claim.refresh_from_db()
        desk = Desk(by)
        desk.hold([claim])
        claim.status = status
        stand_by(claim, found)
        desk.put_back()
        save_reason(claim)
        keep_submission(claim, made, turn.sequence if turn else "P", found, by)
        note_event(claim, "corrected", by=by, says=f"Replacement claim (frequency 7). {stop_says(found)}", cents=claim.charge_cents)
        record(by, "correct_claim", claim.public_id)
        emit(by, "claim-built", claim.public_id, status=claim.status)
    return claim


def _fresh_document(claim: Claim, by: Actor) -> documents.Claim:
    if claim.encounter:
        basis = claim_basis(by.practice_id, claim.encounter)
        if basis.coverages and basis.lines:
            return claim_document(basis, claim.sent_number)
    return base_document(claim)


def book_differences(claim: Claim, document: documents.Claim, by: Actor) -> None:
    """Book what a corrected claim charges more or less, line by line, against the payer whose turn it is."""
    desk = Desk(by)
    desk.hold([claim])
    lines = desk.lines[claim.public_id]
    wanted = {line.number: line for line in document.lines}
    write_lines(claim, [line for number, line in wanted.items() if number not in lines])
    payer = claim.payer.public_id if claim.payer else ""
    tags = []
    for number in sorted({*wanted, *lines} - {0}):
        old = lines[number].charge_cents if number in lines else 0
        new = wanted[number].charge_cents if number in wanted else 0
        if new != old:
            tags.append((Tag(claim.public_id, number, claim.patient, payer), new - old))
        if number in lines and number in wanted:
            row, line = lines[number], wanted[number]
            ClaimLine.objects.of(by.practice_id).filter(pk=row.pk).update(
                procedure=(line.procedure or line.revenue_code)[:48], modifiers=":".join(line.modifiers)[:20], units=str(line.quantity)[:16],
                served_on=line.served_on or claim.served_on, control_number=line.control_number[:50],
                revenue_code=line.revenue_code[:4],
            )  # fmt: skip
    if tags:
        count = Submission.objects.of(by.practice_id).filter(claim=claim).count()
        post_to_claims(
            [charge(source=f"claim:{claim.public_id}:charge:{count + 1}", on=by.today, tags=tuple(tags), self_pay=not payer)], by=by
        )


def void_claim(*, claim_id: str, reason: str, by: Actor) -> Claim:
    """Void a claim. The payer that has it is told by a void claim (frequency 8); one that was never sent is voided at once.

    The charges leave the books when nothing was paid; what was paid stays until the payer's reversal takes it back.
    """
    require(by, "biller", "manager")
    if not reason.strip():
        raise InvalidValue("Voiding a claim needs a reason.")
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        was_sent = claim.status not in {Status.BUILT, Status.HELD, Status.READY} or bool(
            Submission.objects.of(by.practice_id).filter(claim=claim, sent_at__isnull=False).exists()
        )
        status = move(claim.status, "void")
        if was_sent and claim.kind != "self":
            _void_submission(claim, by)
        desk = Desk(by)
        desk.hold([claim])
        claim.status, claim.hold_reason = status, reason[:200]
        desk.put_back()
        save_reason(claim)
        if claim.insurance_paid_cents == 0 and claim.patient_paid_cents == 0:
            undo_charges(claim, by=by)
        if claim.encounter:
            mark_unbilled(encounter_id=claim.encounter, by=by)
        note_event(claim, "voided", by=by, says=reason)
        record(by, "void_claim", claim.public_id, reason=reason[:100])
        emit(by, "claim-voided", claim.public_id)
    return claim


def _void_submission(claim: Claim, by: Actor) -> None:
    turn = next((turn for turn in queries.turns_of(claim) if turn.payer_id == claim.payer_id), None)
    made = corrected_claim(
        base_document(claim), payer_claim_control_number=turn.payer_claim_control_number if turn else "", is_void=True
    )
    found = findings_of(made, on=by.today, payer=claim.payer)
    if stops([finding for finding in found if finding.rule in NEVER_OVERRIDDEN]):
        raise Refused(found[0].says)
    keep_submission(claim, made, turn.sequence if turn else "P", [], by)


def undo_charges(claim: Claim, *, by: Actor) -> None:
    """Take a voided claim's charges and write-offs out of the books: every balance of it becomes zero, its entries stay as they are."""
    rows = journal_legs(claim)
    legs = tuple(
        Posting(account, -cents, claim.public_id, line, claim.patient, payer)
        for (account, line, payer), cents in rows.items()
        if cents
    )
    if legs:
        entry = Entry.of(
            source=f"claim:{claim.public_id}:void:{claim.version}",
            kind="void",
            on=by.today,
            says="The claim was voided.",
            postings=legs,
        )
        post_to_claims([entry], by=by)
        claim.refresh_from_db()


def journal_legs(claim: Claim) -> dict[tuple[Account, int, str], int]:
    """Return a claim's balance by account, line and payer."""
    rows = legs_of_claims(claim.practice_id, [claim.public_id])
    grouped = rows.values_list("account", "line", "payer").annotate(cents=Sum("cents")).order_by("account", "line", "payer")
    return {(Account(account), line, payer): int(cents) for account, line, payer, cents in grouped}
