"""Sending claims and reading acknowledgements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cleanclaim.documents import ClaimAcknowledgement, ClaimStatus, FunctionalAcknowledgement, InterchangeAcknowledgement, Party
from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.actions import note_event
from cleanclaim.practice.claims.books import Desk
from cleanclaim.practice.claims.models import Claim, ClaimPayer, Submission
from cleanclaim.practice.claims.rules import Status, can, move
from cleanclaim.practice.clearinghouse import rules
from cleanclaim.practice.connections.actions import enqueue, next_control_numbers
from cleanclaim.practice.connections.models import OutboxItem, TradingPartner
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.x12 import Acknowledgement, Envelope, write_claims


class SentBatch(NamedTuple):
    """One 837 that was queued: its outbox item and the claims in it."""

    outbox: str
    claims: tuple[str, ...]


def send_claims(*, by: Actor, claim_ids: Sequence[str] | None = None) -> list[SentBatch]:
    """Write every ready claim (or the named ones) into an 837 for its payer's trading partner and queue it; returns the batches.

    Each claim goes out once: what is not ready is left. Raises Refused when a payer has no trading partner.
    """
    require(by, "biller", "manager")
    with transaction_for(by):
        rows = Claim.objects.of(by.practice_id).filter(status=Status.READY).exclude(kind="self")
        if claim_ids is not None:
            rows = rows.filter(public_id__in=list(claim_ids))
        ready = list(rows.select_related("payer__partner").order_by("id").select_for_update(of=("self",)))
        by_partner: dict[int, list[Claim]] = defaultdict(list)
        partners: dict[int, TradingPartner] = {}
        for claim in ready:
            partner = _partner_of(claim, by)
            partners[partner.pk] = partner
            by_partner[partner.pk].append(claim)
        return [_send_batch(partners[key], batch, by) for key, batch in sorted(by_partner.items())]


def _partner_of(claim: Claim, by: Actor) -> TradingPartner:
    if claim.payer is not None and claim.payer.partner is not None:
        partner: TradingPartner = claim.payer.partner
        return partner
    active: list[TradingPartner] = list(TradingPartner.objects.of(by.practice_id).filter(is_active=True)[:2])
    if len(active) == 1:
        return active[0]
    raise Refused(f"The payer {claim.payer.name if claim.payer else ''} has no trading partner: name one with the payer.")


def _send_batch(partner: TradingPartner, batch: Sequence[Claim], by: Actor) -> SentBatch:
    submissions = {claim.pk: claims.latest_submission(claim) for claim in batch}
    documents = [claims.document_of(submissions[claim.pk]) for claim in batch]
    interchange, group = next_control_numbers(by, partner)
    kinds = [document.kind for document in documents]
    places = rules.numbers_in_file(kinds, group=group)
    for _ in range(len(set(kinds)) - 1):
        next_control_numbers(by, partner)  # each further group of the file takes a number of its own
    billing = documents[0].billing
    submitter = Party(
        "41", False, billing.last_name, id_qualifier="46", id=partner.sender_id, contact_name=billing.contact_name or billing.last_name,
        phone=billing.phone, email=billing.email,
    )  # fmt: skip
    envelope = Envelope(
        sender_id=partner.sender_id, receiver_id=partner.receiver_id, instant=by.at, interchange_control_number=interchange,
        group_control_number=group, usage="P" if partner.is_production else "T", sender_qualifier=partner.sender_qualifier,
        receiver_qualifier=partner.receiver_qualifier, submitter=submitter,
        receiver=Party("40", False, partner.name, id_qualifier="46", id=partner.receiver_id),
    )  # fmt: skip
    content = write_claims(documents, envelope)
    kind = kinds[0] if len(set(kinds)) == 1 else "837"
    item = enqueue(by, partner, kind, content, interchange=interchange, group=group)
    desk = Desk(by)
    desk.hold(list(batch))
    for claim, (group_number, transaction) in zip(batch, places, strict=True):
        submission = submissions[claim.pk]
        submission.state, submission.sent_at, submission.outbox = Submission.State.SENT, by.at, item.public_id
        submission.interchange_control_number = f"{interchange:09d}"
        submission.group_control_number, submission.transaction_control_number = str(group_number), f"{transaction:04d}"
        submission.save()
        claim.status = move(claim.status, "send")
        claim.billed_on = by.today
        note_event(claim, "sent", by=by, source=item.public_id, says=f"Submission {submission.number} to {submission.payer.name}.")
    desk.put_back()
    Claim.objects.of(by.practice_id).filter(pk__in=[claim.pk for claim in batch]).update(billed_on=by.today)
    record(by, "send_claims", item.public_id, claims=len(batch))
    emit(by, "claims-sent", item.public_id, claims=len(batch))
    return SentBatch(item.public_id, tuple(claim.public_id for claim in batch))


class AckOutcome(NamedTuple):
    """What acknowledgements did: claims accepted, rejected, and put back to be sent again; answers that match nothing of ours."""

    accepted: int = 0
    rejected: int = 0
    resent: int = 0
    unmatched: int = 0


def take_acknowledgements(*, answers: Iterable[Acknowledgement], by: Actor, source: str = "") -> AckOutcome:
    """Let acknowledgements move the claims that they speak of, in one transaction."""
    require(by, "biller", "manager")
    total = [0, 0, 0, 0]
    with transaction_for(by):
        for answer in answers:
            if isinstance(answer, InterchangeAcknowledgement):
                outcome = _interchange(answer, by, source)
            elif isinstance(answer, FunctionalAcknowledgement):
                outcome = _functional(answer, by, source)
            else:
                outcome = _claim(answer, by, source)
            total = [mine + theirs for mine, theirs in zip(total, outcome, strict=True)]
        made = AckOutcome(*total)
        record(by, "take_acknowledgements", source[:60] or "acknowledgements", **made._asdict())
        if made.rejected or made.resent:
            emit(by, "claims-rejected", source[:40], **made._asdict())
    return made


def _submissions(by: Actor, **where: str) -> list[Submission]:
    rows = Submission.objects.of(by.practice_id).filter(state__in=[Submission.State.SENT, Submission.State.ACCEPTED], **where)
    return list(rows.select_related("claim").order_by("id"))


def _interchange(answer: InterchangeAcknowledgement, by: Actor, source: str) -> AckOutcome:
    found = _submissions(by, interchange_control_number=answer.control_number.zfill(9))
    if not found:
        return AckOutcome(unmatched=1)
    if answer.status != "R":
        return AckOutcome()
    for submission in found:
        _put_back(
            submission,
            by,
            source,
            f"TA1 {answer.note}: the whole interchange was rejected; it goes out again under new control numbers.",
        )
    return AckOutcome(resent=len(found))


def _put_back(submission: Submission, by: Actor, source: str, says: str) -> None:
    claim = Claim.objects.of(by.practice_id).select_for_update().get(pk=submission.claim_id)
    submission.state = Submission.State.READY
    submission.interchange_control_number = submission.group_control_number = submission.transaction_control_number = ""
    submission.save()
    if can(claim.status, "resend"):
        _set_status(claim, Status.READY, by)
    note_event(claim, "not-taken-in", by=by, source=source, says=says)


def _set_status(claim: Claim, status: Status, by: Actor, reason: str = "") -> None:
    desk = Desk(by)
    desk.hold([claim])
    claim.status = status
    desk.put_back()
    Claim.objects.of(by.practice_id).filter(pk=claim.pk).update(hold_reason=reason[:200])


def _functional(answer: FunctionalAcknowledgement, by: Actor, source: str) -> AckOutcome:
    found = _submissions(
        by,
        group_control_number=str(int(answer.group_control_number))
        if answer.group_control_number.isdecimal()
        else answer.group_control_number,
    )
    if not found:
        return AckOutcome(unmatched=1)
    rejected = rules.rejected_transactions(answer)
    count = 0
    for submission in found:
        if rejected is None or submission.transaction_control_number in rejected:
            _reject(submission, by, source, rules.reason_of(answer, submission.transaction_control_number))
            count += 1
        else:
            if submission.receipt != "277CA":  # the claim's own acceptance may have been read first, and says more
                submission.receipt = "999"
                submission.save(update_fields=["receipt"])
            note_event(submission.claim, "received", by=by, source=source, says="999: the transaction was taken in.")
    return AckOutcome(rejected=count)


def _reject(submission: Submission, by: Actor, source: str, says: str) -> None:
    claim = Claim.objects.of(by.practice_id).select_for_update().get(pk=submission.claim_id)
    submission.state = Submission.State.REJECTED
    submission.save(update_fields=["state"])
    if can(claim.status, "reject"):
        _set_status(claim, Status.REJECTED, by, says)
    note_event(claim, "rejected", by=by, source=source, says=says)


def _claim(answer: ClaimAcknowledgement, by: Actor, source: str) -> AckOutcome:
    number = answer.patient_control_number.strip()
    numbered = {claim.pk: claim for claim in Claim.objects.of(by.practice_id).filter(sent_number=number)}
    rows = Submission.objects.of(by.practice_id).filter(claim__in=list(numbered)).order_by("-id")
    found = [
        row
        for row in rows
        if row.state in {Submission.State.SENT, Submission.State.ACCEPTED}
        and answer.charge_cents in {None, 0, numbered[row.claim_id].charge_cents}
    ]
    if len({row.claim_id for row in found}) != 1:
        return AckOutcome(unmatched=1)
    submission = found[0]
    says = rules.says_of(answer)
    if not answer.is_accepted:
        _reject(submission, by, source, says)
        return AckOutcome(rejected=1)
    claim = Claim.objects.of(by.practice_id).select_for_update().get(pk=submission.claim_id)
    submission.state, submission.receipt = Submission.State.ACCEPTED, "277CA"
    submission.accepted_on = answer.effective_on or by.today
    submission.save(update_fields=["state", "receipt", "accepted_on"])
    if answer.payer_claim_control_number:
        ClaimPayer.objects.of(by.practice_id).filter(claim=claim, sequence=submission.sequence).update(
            payer_claim_control_number=answer.payer_claim_control_number[:50]
        )
    if can(claim.status, "accept"):
        _set_status(claim, Status.ACCEPTED, by)
    note_event(claim, "accepted", by=by, source=source, says=says, on=answer.effective_on)
    return AckOutcome(accepted=1)


def take_status(*, answer: ClaimStatus, by: Actor, source: str = "") -> bool:
    """Note what a payer answers to a status question (277): on the timeline; a claim that is pending there is pended. No claim is made."""
    require(by, "biller", "manager")
    with transaction_for(by):
        number = answer.patient_control_number.strip()
        claim = Claim.objects.of(by.practice_id).filter(sent_number=number).order_by("id").first() if number else None
        if claim is None and answer.payer_claim_control_number:
            turn = (
                ClaimPayer.objects.of(by.practice_id).filter(payer_claim_control_number=answer.payer_claim_control_number).first()
            )
            claim = turn.claim if turn else None
        if claim is None:
            return False
        categories = {status.category for status in answer.statuses}
        codes = ", ".join(f"{status.category}/{status.status}" for status in answer.statuses)
        if categories and all(category.startswith("P") for category in categories) and can(claim.status, "pend"):
            _set_status(claim, Status.PENDED, by)
        note_event(
            claim, "status", by=by, source=source, says=f"277: {codes}.", cents=answer.paid_cents or 0, on=answer.effective_on
        )
        record(by, "take_status", claim.public_id)
    return True


def resend_claim(*, claim_id: str, reason: str, by: Actor) -> Claim:
    """Make a claim that nobody acknowledged ready to go out again; one that was accepted or answered is refused: it would be a duplicate."""
    require(by, "biller", "manager")
    with transaction_for(by):
        claim = Claim.objects.of(by.practice_id).select_for_update().filter(public_id=claim_id).first()
        if claim is None or not reason.strip():
            raise Refused("Sending a claim again names a claim and needs a reason.")
        submission = claims.latest_submission(claim)
        if submission.accepted_on is not None or claim.status not in {Status.SENT, Status.REJECTED}:
            raise Refused("The payer has this claim: a second one would be a duplicate. Correct it (7) or void it (8) instead.")
        submission.state = Submission.State.READY
        submission.interchange_control_number = submission.group_control_number = submission.transaction_control_number = ""
        submission.save()
        _set_status(claim, Status.READY, by)
        note_event(claim, "resend", by=by, says=reason)
        record(by, "resend_claim", claim.public_id)
    found: Claim = claim
    return found


def outbox_of(submission: Submission) -> OutboxItem | None:
    """Return the file in which a submission went out."""
    return OutboxItem.objects.of(submission.practice_id).filter(public_id=submission.outbox).first() if submission.outbox else None
