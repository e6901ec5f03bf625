"""What was sent and not answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from cleanclaim.documents import Party
from cleanclaim.practice.claims.models import Claim, Submission
from cleanclaim.practice.claims.queries import document_of
from cleanclaim.practice.claims.rules import Status, timely_filing_deadline
from cleanclaim.practice.payers.models import Payer
from cleanclaim.x12 import Envelope, write_claims


class Silent(NamedTuple):
    """A claim that nobody answers: since when, and for how long one waits with this payer."""

    claim: str
    patient_control_number: str
    payer: str
    sent_on: date
    days: int
    limit_days: int


def unacknowledged(practice_id: int, *, at: datetime, hours: int = 48) -> list[Submission]:
    """Return submissions for which no TA1, 999 or 277CA has come within some hours: look at the connection before sending again."""
    rows = Submission.objects.of(practice_id).filter(
        state=Submission.State.SENT, receipt="", sent_at__isnull=False, sent_at__lt=at - timedelta(hours=hours)
    )
    return list(rows.select_related("claim", "payer").order_by("sent_at"))


def unanswered(practice_id: int, *, on: date, limit: int = 500) -> list[Silent]:
    """Return claims that no remittance has answered within the payer's time, the longest silence first."""
    rows = Claim.objects.of(practice_id).filter(
        status__in=[Status.SENT, Status.ACCEPTED, Status.PENDED], payer__isnull=False, billed_on__isnull=False
    )
    found = []
    for claim in rows.select_related("payer").order_by("billed_on").iterator(chunk_size=1000):
        assert claim.payer is not None
        assert claim.billed_on is not None
        days = (on - claim.billed_on).days
        if days > claim.payer.no_answer_days:
            found.append(
                Silent(
                    claim.public_id,
                    claim.patient_control_number,
                    claim.payer.name,
                    claim.billed_on,
                    days,
                    claim.payer.no_answer_days,
                )
            )
            if len(found) >= limit:
                break
    return found


def unanswered_count(practice_id: int, *, on: date) -> int:
    """Return how many claims no remittance has answered within the payer's time, counted in the database."""
    clocks = Payer.objects.of(practice_id).values_list("no_answer_days", flat=True).distinct()
    waiting = Claim.objects.of(practice_id).filter(status__in=[Status.SENT, Status.ACCEPTED, Status.PENDED])
    return sum(
        waiting.filter(payer__no_answer_days=days, billed_on__lt=on - timedelta(days=days)).count() for days in sorted(set(clocks))
    )


class AtRisk(NamedTuple):
    """A claim that the payer has not taken in and whose time to file runs out: the last day and how many days are left."""

    claim: str
    patient_control_number: str
    payer: str
    status: str
    deadline: date
    days_left: int


def timely_filing_risks(practice_id: int, *, on: date, within_days: int = 15) -> list[AtRisk]:
    """Return claims that are not with their payer and whose filing limit is near or past, the most urgent first."""
    waiting = [Status.BUILT, Status.HELD, Status.READY, Status.REJECTED, Status.SENT]
    rows = (
        Claim.objects.of(practice_id)
        .filter(status__in=waiting, payer__isnull=False, served_on__isnull=False)
        .select_related("payer")
    )
    found = []
    for claim in rows.order_by("served_on").iterator(chunk_size=1000):
        assert claim.payer is not None
        assert claim.served_on is not None
        deadline = timely_filing_deadline(claim.served_on, claim.payer.timely_filing_days)
        if (deadline - on).days <= within_days:
            found.append(
                AtRisk(
                    claim.public_id, claim.patient_control_number, claim.payer.name, claim.status, deadline, (deadline - on).days
                )
            )
    return sorted(found, key=lambda row: row.deadline)


def content_of_submission(submission: Submission, *, at: datetime) -> bytes:
    """Return a submission as the 837 that carries it alone, under the control numbers that it was sent with."""
    document = document_of(submission)
    partner = submission.payer.partner
    sender, receiver = (partner.sender_id, partner.receiver_id) if partner else ("SENDER", "RECEIVER")
    billing = document.billing
    submitter = Party(
        "41", False, billing.last_name, id_qualifier="46", id=sender, contact_name=billing.contact_name or billing.last_name, phone=billing.phone,
        email=billing.email,
    )  # fmt: skip
    envelope = Envelope(
        sender_id=sender, receiver_id=receiver, instant=submission.sent_at or at,
        interchange_control_number=int(submission.interchange_control_number or 1), group_control_number=int(submission.group_control_number or 1),
        transaction_control_number=int(submission.transaction_control_number or 1), usage="P" if partner and partner.is_production else "T",
        submitter=submitter, receiver=Party("40", False, partner.name if partner else "RECEIVER", id_qualifier="46", id=receiver),
    )  # fmt: skip
    return write_claims([document], envelope)
