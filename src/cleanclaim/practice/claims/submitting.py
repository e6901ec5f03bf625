"""What every action on a claim's submissions shares: the locked claim, its lines, its standing after the edits, the frozen document."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim import documents
from cleanclaim.kernel.findings import Finding, stops
from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.freezing import to_json
from cleanclaim.practice.claims.models import Claim, ClaimLine, Submission
from cleanclaim.practice.claims.rules import Queue, Status
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import locked


def locked_claim(claim_id: str, by: Actor) -> Claim:
    """Return a claim, locked until the transaction ends. Raises NotFound."""
    found: Claim = locked(Claim.objects.of(by.practice_id), what="claim", public_id=claim_id)
    return found


def write_lines(claim: Claim, lines: Sequence[documents.ServiceLine]) -> None:
    """Write a claim's lines; their amounts follow from the entries."""
    ClaimLine.objects.bulk_create(
        ClaimLine(
            practice_id=claim.practice_id,
            claim=claim,
            number=line.number,
            procedure=line.procedure[:48],
            modifiers=":".join(line.modifiers)[:20],
            units=str(line.quantity)[:16],
            revenue_code=line.revenue_code[:4],
            served_on=line.served_on or claim.served_on,
            control_number=line.control_number[:50],
        )
        for line in lines
    )


def stop_says(found: Sequence[Finding]) -> str:
    """Say what stops a claim, or that nothing does."""
    held = stops(list(found))
    return held[0].says if held else "No edit stops it."


def stand_by(claim: Claim, found: Sequence[Finding]) -> None:
    """Hold a claim with a stop finding; without one it is ready."""
    held = stops(list(found))
    claim.status = Status.HELD if held else Status.READY
    claim.queue = Queue.HOLD if held else Queue.READY
    claim.hold_reason = held[0].says[:200] if held else ""


def keep_submission(claim: Claim, document: documents.Claim, sequence: str, found: Sequence[Finding], by: Actor) -> Submission:
    """Freeze a document as the claim's next submission; one that was not sent yet is superseded."""
    assert claim.payer is not None
    earlier = Submission.objects.of(by.practice_id).filter(claim=claim)
    last = earlier.order_by("-number").first()
    earlier.filter(state__in=[Submission.State.BUILT, Submission.State.READY]).update(state=Submission.State.SUPERSEDED)
    submission = Submission(
        practice_id=by.practice_id, created_at=by.at, claim=claim, number=last.number + 1 if last else 1, sequence=sequence,
        payer=claim.payer, frequency=document.frequency, document=to_json(document), findings=[finding.as_json() for finding in found],
        state=Submission.State.BUILT if stops(list(found)) else Submission.State.READY,
    )  # fmt: skip
    submission.save()
    return submission


def save_reason(claim: Claim) -> None:
    """Write why a claim is held."""
    Claim.objects.of(claim.practice_id).filter(pk=claim.pk).update(hold_reason=claim.hold_reason)


def base_document(claim: Claim) -> documents.Claim:
    """Return the latest document that names every payer of the claim."""
    return queries.document_of(queries.latest_submission(claim))
