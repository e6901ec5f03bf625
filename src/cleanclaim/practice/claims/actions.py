"""Building, holding, correcting and voiding claims: the only writer besides the import, the clearinghouse and the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cleanclaim import documents
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.findings import Finding, Severity, stops
from cleanclaim.ledger.movements import Tag, charge, to_payer
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.charges.actions import mark_billed
from cleanclaim.practice.charges.basis import ClaimBasis
from cleanclaim.practice.charges.queries import claim_basis
from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.books import Desk, count_new_claims, held_of, post_to_claims
from cleanclaim.practice.claims.building import claim_document
from cleanclaim.practice.claims.coordination import PayerDecision, next_claim
from cleanclaim.practice.claims.identity import last_name_key, member_key, name_key
from cleanclaim.practice.claims.models import Claim, ClaimEvent, ClaimPayer, Submission
from cleanclaim.practice.claims.rules import Queue, Status, move
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
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.people.policy import require


def note_event(
    claim: Claim, what: str, *, by: Actor, says: str = "", source: str = "", cents: int = 0, on: date | None = None
) -> None:
    """Write a line of a claim's timeline."""
    ClaimEvent.objects.create(
        practice_id=by.practice_id,
        claim=claim,
        on=on or by.today,
        at=by.at,
        what=what,
        source=source[:120],
        amount_cents=cents,
        says=says[:300],
    )


def build_claim(*, encounter_id: str, by: Actor) -> Claim:
    """Build the claim of a charged visit and book its charges; a visit that has a claim returns it unchanged.

    Stop findings hold the claim; without one it is ready to send. A visit without coverage is the patient's own bill.
    """
    require(by, "biller", "coder", "manager")
    with transaction_for(by):
        known = (
            Claim.objects.of(by.practice_id)
            .exclude(encounter="")
            .filter(encounter=encounter_id)
            .exclude(status=Status.VOIDED)
            .order_by("id")
            .first()
        )
        if known is not None:
            found: Claim = known
            return found
        basis = claim_basis(by.practice_id, encounter_id)
        if not basis.lines:
            raise Refused("The visit has no charges yet.")
        number = _free_number(by)
        claim = _self_pay_claim(basis, number, by) if not basis.coverages else _insured_claim(basis, number, by)
        mark_billed(encounter_id=encounter_id, by=by)
        record(by, "build_claim", claim.public_id, encounter=encounter_id, cents=claim.charge_cents)
        emit(by, "claim-built", claim.public_id, status=claim.status)
    return claim


def _free_number(by: Actor) -> str:
    while True:
        number = str(100_000 + next_number(by.practice_id, "patient-control-number"))
        if not Claim.objects.of(by.practice_id).filter(patient_control_number=number).exists():
            return number


def _new_claim(basis: ClaimBasis, number: str, by: Actor) -> Claim:
    days = [line.served_on for line in basis.lines if line.served_on]
    member = basis.coverages[0].subscriber.party.id if basis.coverages else ""
    return Claim(
        practice_id=by.practice_id, created_at=by.at, patient_control_number=number, sent_number=number, encounter=basis.encounter_id,
        patient=basis.account_id, served_on=min(days, default=basis.served_on), served_to=max(days, default=basis.served_on),
        billed_on=by.today, name_index=name_key(basis.patient), last_name_index=last_name_key(basis.patient), member_index=member_key(member),
    )  # fmt: skip


def _book_charges(claim: Claim, lines: Sequence[documents.ServiceLine], payer: str, by: Actor) -> None:
    tags = tuple((Tag(claim.public_id, line.number, claim.patient, payer), line.charge_cents) for line in lines)
    entry = charge(source=f"claim:{claim.public_id}:charge", on=by.today, tags=tags, self_pay=not payer)
    count_new_claims(by.practice_id, [claim])
    journal.post_many([entry], by=by)
    desk = Desk(by)
    desk.hold([claim])
    desk.follow(entry.postings)
    if not payer:
        claim.patient_due_on = by.today
    desk.put_back()


def _self_pay_claim(basis: ClaimBasis, number: str, by: Actor) -> Claim:
    claim = _new_claim(basis, number, by)
    claim.kind, claim.status, claim.queue = "self", Status.PAID, Queue.PATIENT
    claim.save()
    write_lines(claim, basis.lines)
    _book_charges(claim, basis.lines, "", by)
    note_event(
        claim,
        "billed-to-patient",
        by=by,
        says="No coverage on the day of service: the patient's own bill.",
        cents=basis.charge_cents,
    )
    return claim


def _insured_claim(basis: ClaimBasis, number: str, by: Actor) -> Claim:
    document = claim_document(basis, number)
    payers = {
        payer.public_id: payer
        for payer in Payer.objects.of(by.practice_id).filter(public_id__in=[c.payer_id for c in basis.coverages])
    }
    claim = _new_claim(basis, number, by)
    claim.payer = payers[basis.coverages[0].payer_id]
    found = [*basis.findings, *findings_of(document, on=by.today, payer=claim.payer)]
    stand_by(claim, found)
    claim.save()
    ClaimPayer.objects.bulk_create(
        ClaimPayer(
            practice_id=by.practice_id,
            claim=claim,
            sequence="PSTABCDEFGH"[place],
            payer=payers[coverage.payer_id],
            coverage=coverage.coverage_id,
        )
        for place, coverage in enumerate(basis.coverages)
    )
    write_lines(claim, document.lines)
    keep_submission(claim, document, "P", found, by)
    _book_charges(claim, document.lines, claim.payer.public_id, by)
    note_event(claim, "built", by=by, says=stop_says(found), cents=claim.charge_cents)
    return claim


def hold_claim(*, claim_id: str, reason: str, by: Actor) -> Claim:
    """Keep a claim from going out, for a reason."""
    require(by, "biller", "manager")
    if not reason.strip():
        raise InvalidValue("Holding a claim needs a reason.")
    return _move(claim_id, "hold", by, reason=reason)


def _move(claim_id: str, event: str, by: Actor, *, reason: str = "") -> Claim:
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        status = move(claim.status, event)
        desk = Desk(by)
        desk.hold([claim])
        claim.status, claim.hold_reason = status, reason[:200]
        desk.put_back()
        save_reason(claim)
        note_event(claim, status, by=by, says=reason)
        record(by, f"{event}_claim", claim.public_id)
        emit(by, f"claim-{status}", claim.public_id)
    return claim


def scrub_claim(*, claim_id: str, by: Actor) -> list[Finding]:
    """Look a claim over again, by the edits in force today; what it finds is kept with its submission and holds or frees the claim."""
    require(by, "biller", "coder", "manager")
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        submission = queries.latest_submission(claim)
        found = findings_of(queries.document_of(submission), on=by.today, payer=submission.payer)
        submission.findings = [finding.as_json() for finding in found]
        if claim.status in {Status.BUILT, Status.HELD, Status.READY, Status.REJECTED}:
            desk = Desk(by)
            desk.hold([claim])
            stand_by(claim, found)
            submission.state = Submission.State.BUILT if stops(found) else Submission.State.READY
            desk.put_back()
            save_reason(claim)
        save_checked(submission, fields=["findings", "state"])
        record(by, "scrub_claim", claim.public_id, findings=len(found))
    return found


def release_claim(*, claim_id: str, by: Actor, despite: str = "") -> Claim:
    """Make a held claim ready to send. A stop finding is overridden only with a reason (`despite`), which the audit keeps."""
    require(by, "biller", "manager")
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        submission = queries.latest_submission(claim)
        blocking = [row for row in submission.findings if row["severity"] == Severity.STOP]
        never = [row for row in blocking if row["rule"] in NEVER_OVERRIDDEN]
        if never or (blocking and not despite.strip()):
            raise Refused((never or blocking)[0]["says"])
        submission.state = Submission.State.READY
        submission.touched_by_hand = True
        save_checked(submission, fields=["state", "touched_by_hand"])
        return _move(claim_id, "release", by, reason=despite)


def build_next_claim(*, claim_id: str, decisions: Sequence[PayerDecision], by: Actor, sequence: str = "") -> Claim:
    """Build the claim to the next payer with what earlier payers decided. Their crossover is waited for unless the turn is named."""
    require(by, "biller", "manager")
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        turns = queries.turns_of(claim)
        wanted = next((turn for turn in turns if turn.sequence == sequence), None)
        if not sequence:
            wanted = next((turn for turn in turns if turn.payer_id == claim.next_payer_id and not turn.is_answered), None)
        if wanted is None:
            raise Refused("The claim has no next payer.")
        if not sequence and wanted.crossed_over_on is not None and claim.waits_until and by.today <= claim.waits_until:
            raise Refused(f"The payer sent it on by itself: wait until {claim.waits_until.isoformat()} before billing again.")
        document = next_claim(base_document(claim), wanted.sequence, decisions)
        found = findings_of(document, on=by.today, payer=wanted.payer)
        desk = Desk(by)
        desk.hold([claim])
        claim.payer, claim.next_payer, claim.waits_until = wanted.payer, None, None
        stand_by(claim, found)
        desk.put_back()
        save_reason(claim)
        keep_submission(claim, document, wanted.sequence, found, by)
        note_event(
            claim,
            "next-payer-claim",
            by=by,
            says=f"Claim to {wanted.payer.name}. {stop_says(found)}",
            cents=claim.insurance_balance_cents,
        )
        record(by, "build_next_claim", claim.public_id, turn=wanted.sequence)
        emit(by, "claim-built", claim.public_id, status=claim.status)
    return claim


def move_to_payer(*, claim_id: str, payer_id: str, by: Actor) -> Claim:
    """Hand what insurance and patient still owe on a claim to another payer: a coverage that was found, or back-dated, later on."""
    require(by, "biller", "manager")
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        payer: Payer = locked(Payer.objects.of(by.practice_id), what="payer", public_id=payer_id)
        desk = Desk(by)
        desk.hold([claim])
        tags: list[tuple[Tag, int]] = []
        for number, line in desk.lines[claim.public_id].items():
            for holder, cents in held_of(line).items():
                if holder != payer_id and cents:
                    tags.append((Tag(claim.public_id, number, claim.patient, holder), cents))
            if line.patient_cents > 0:
                tags.append((Tag(claim.public_id, number, claim.patient, ""), line.patient_cents))
        if not tags:
            raise Refused("Nothing is owed on the claim.")
        count = ClaimEvent.objects.of(by.practice_id).filter(claim=claim).count()
        post_to_claims(
            [to_payer(source=f"claim:{claim_id}:to-payer:{count}", on=by.today, tags=tuple(tags), payer=payer_id)], by=by
        )
        claim.refresh_from_db()
        desk = Desk(by)
        desk.hold([claim])
        claim.payer = payer
        desk.put_back()
        note_event(claim, "other-payer", by=by, says=f"The balance goes to {payer.name}.", cents=claim.insurance_balance_cents)
        record(by, "move_to_payer", claim.public_id, payer=payer_id)
    return claim


def assign_claim(*, claim_id: str, by: Actor, owner: str = "", follow_up_on: date | None = None, note: str = "") -> Claim:
    """Give a claim an owner, a day to look at it again, or a note."""
    require(by, "biller", "manager", "coder")
    with transaction_for(by):
        claim = locked_claim(claim_id, by)
        claim.owner, claim.follow_up_on = owner[:120], follow_up_on
        save_checked(claim, fields=["owner", "follow_up_on"])
        note_event(claim, "note", by=by, says=note or f"Owner {owner or 'nobody'}.")
        record(by, "assign_claim", claim.public_id)
    return claim


__all__ = [
    "assign_claim", "build_claim", "build_next_claim", "hold_claim", "move_to_payer", "note_event", "release_claim", "scrub_claim",
]  # fmt: skip
