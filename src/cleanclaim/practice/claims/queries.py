"""Reading claims: one with all its money and history, lists, worklists by queue, payer, age and value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Q

from cleanclaim import documents
from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.claims.freezing import from_json
from cleanclaim.practice.claims.models import Claim, ClaimEvent, ClaimLine, ClaimPayer, QueueCount, Submission
from cleanclaim.practice.claims.rules import Queue
from cleanclaim.practice.foundation.paging import Page, Place, page_of
from cleanclaim.practice.foundation.transactions import get_or_refuse


def claim(practice_id: int, public_id: str) -> Claim:
    """Return one claim by its id. Raises NotFound."""
    found: Claim = get_or_refuse(
        Claim.objects.of(practice_id).select_related("payer", "next_payer"), what="claim", public_id=public_id
    )
    return found


def claim_numbered(practice_id: int, number: str) -> Claim:
    """Return the claim that bears a patient control number, or that was sent under it. Raises NotFound."""
    rows = Claim.objects.of(practice_id).select_related("payer", "next_payer")
    number = number.strip()
    found: Claim | None = (
        rows.filter(patient_control_number__iexact=number).first() or rows.filter(sent_number=number).order_by("id").first()
    )
    if found is None:
        raise NotFound("No claim of this practice bears this patient control number.")
    return found


def lines_of(found: Claim) -> list[ClaimLine]:
    """Return a claim's lines in order; line 0, where there is one, is what was decided for the claim as a whole."""
    return list(ClaimLine.objects.of(found.practice_id).filter(claim=found).order_by("number"))


def turns_of(found: Claim) -> list[ClaimPayer]:
    """Return a claim's payers in the order of payment."""
    rows = list(ClaimPayer.objects.of(found.practice_id).filter(claim=found).select_related("payer"))
    return sorted(rows, key=lambda turn: "PSTABCDEFGH".find(turn.sequence))


def timeline(found: Claim) -> list[ClaimEvent]:
    """Return what happened to a claim, oldest first."""
    return list(ClaimEvent.objects.of(found.practice_id).filter(claim=found).order_by("id"))


def submissions(found: Claim) -> list[Submission]:
    """Return every submission of a claim, oldest first."""
    return list(Submission.objects.of(found.practice_id).filter(claim=found).select_related("payer").order_by("number"))


def latest_submission(found: Claim) -> Submission:
    """Return the last submission of a claim. Raises NotFound."""
    row: Submission | None = (
        Submission.objects.of(found.practice_id).filter(claim=found).select_related("payer").order_by("-number").first()
    )
    if row is None:
        raise NotFound("The claim has no submission.")
    return row


def document_of(submission: Submission) -> documents.Claim:
    """Return the frozen document of a submission."""
    return from_json(documents.Claim, submission.document)


def claim_json(found: Claim) -> dict[str, Any]:
    """Return a claim as `claims show --json` prints it."""
    icn = next((turn.payer_claim_control_number for turn in turns_of(found) if turn.payer_id == found.payer_id), "")
    if not icn:
        icn = next((turn.payer_claim_control_number for turn in turns_of(found) if turn.payer_claim_control_number), "")
    twins = Claim.objects.of(found.practice_id).filter(sent_number=found.sent_number).exclude(pk=found.pk)
    return {
        "claim": found.public_id,
        "patient_control_number": found.patient_control_number,
        "sent_number": found.sent_number,
        "same_number": list(twins.order_by("id").values_list("patient_control_number", flat=True)),
        "status": found.status,
        "queue": found.queue,
        "payer_claim_control_number": icn,
        "charge_cents": found.charge_cents,
        "insurance_paid_cents": found.insurance_paid_cents,
        "contractual_cents": found.contractual_cents,
        "patient_responsibility_cents": found.patient_responsibility_cents,
        "patient_paid_cents": found.patient_paid_cents,
        "other_write_off_cents": found.other_write_off_cents,
        "insurance_balance_cents": found.insurance_balance_cents,
        "patient_balance_cents": found.patient_balance_cents,
        "denied_cents": found.denied_cents,
        "payer": found.payer.name if found.payer else None,
        "next_payer": found.next_payer.name if found.next_payer else None,
        "served_on": found.served_on.isoformat() if found.served_on else None,
        "hold_reason": found.hold_reason,
        "history": [
            {
                "on": event.on.isoformat(),
                "what": event.what,
                "source": event.source,
                "amount_cents": event.amount_cents,
                "says": event.says,
            }
            for event in timeline(found)
        ],
        "lines": [_line_json(line) for line in lines_of(found) if line.number],
        "whole_claim": next((_line_json(line) for line in lines_of(found) if not line.number), None),
    }


def _line_json(line: ClaimLine) -> dict[str, Any]:
    return {
        "line": line.number,
        "procedure": line.procedure,
        "modifiers": line.modifiers.split(":") if line.modifiers else [],
        "units": line.units,
        "charge_cents": line.charge_cents,
        "paid_cents": line.paid_cents,
        "contractual_cents": line.contractual_cents,
        "patient_responsibility_cents": line.responsibility_cents,
        "denied_cents": line.denied_cents,
        "patient_paid_cents": line.patient_paid_cents,
        "patient_balance_cents": line.patient_cents,
    }


_SHORT: Final = (
    "patient_control_number", "status", "queue", "charge_cents", "insurance_paid_cents", "contractual_cents",
    "patient_paid_cents", "other_write_off_cents", "insurance_balance_cents", "patient_balance_cents", "denied_cents",
)  # fmt: skip


def claim_rows(practice_id: int, *, status: str = "") -> list[dict[str, Any]]:
    """Return every claim in short, as `claims list --json` prints it."""
    rows = Claim.objects.of(practice_id).order_by("id")
    if status:
        rows = rows.filter(status=status)
    listed = rows.values(*_SHORT, "payer__name", "next_payer__name", "served_on", "public_id")
    return [
        {
            **{name: row[name] for name in _SHORT},
            "claim": row["public_id"],
            "payer": row["payer__name"],
            "next_payer": row["next_payer__name"],
            "served_on": row["served_on"].isoformat() if row["served_on"] else None,
        }
        for row in listed.iterator(chunk_size=2000)
    ]


class PageKey(NamedTuple):
    """Where a page of a worklist ended: the value and id of its last claim."""

    cents: int
    claim: int


class WorklistRow(NamedTuple):
    """A claim as a worklist shows it."""

    claim: str
    patient_control_number: str
    status: str
    payer: str
    served_on: date | None
    insurance_balance_cents: int
    patient_balance_cents: int
    denied_cents: int
    owner: str
    follow_up_on: date | None


class WorklistPage(NamedTuple):
    """A page of a worklist, most valuable first, and the key of the next one; None on the last."""

    rows: tuple[WorklistRow, ...]
    following: PageKey | None


def worklist(
    practice_id: int, queue: str, *, on: date, payer_id: int | None = None, older_than_days: int = 0, after: PageKey | None = None,
    size: int = 50,
) -> WorklistPage:  # fmt: skip
    """Return a page of the claims that wait in a queue, the most money first; two queries, whatever the number of claims."""
    rows = Claim.objects.of(practice_id).filter(queue=Queue(queue))
    if payer_id is not None:
        rows = rows.filter(payer_id=payer_id)
    if older_than_days:
        rows = rows.filter(served_on__lt=on - timedelta(days=older_than_days))
    if after is not None:
        rows = rows.filter(
            Q(insurance_balance_cents__lt=after.cents) | Q(insurance_balance_cents=after.cents, id__gt=after.claim),
            insurance_balance_cents__lte=after.cents,
        )
    names = (
        "public_id", "patient_control_number", "status", "payer__name", "served_on", "insurance_balance_cents",
        "patient_balance_cents", "denied_cents", "owner", "follow_up_on",
    )  # fmt: skip
    found = list(rows.order_by("-insurance_balance_cents", "id").values_list(*names, "id")[: size + 1])
    page = tuple(WorklistRow._make((*row[:3], row[3] or "", *row[4:-1])) for row in found[:size])
    following = PageKey(found[size - 1][5], found[size - 1][-1]) if len(found) > size else None
    return WorklistPage(page, following)


class QueueSize(NamedTuple):
    """How many claims wait in a queue and what insurance owes on them."""

    queue: str
    claims: int
    cents: int


def queue_sizes(practice_id: int, *, payer_id: int | None = None) -> list[QueueSize]:
    """Return the size of each queue from the kept counts."""
    rows = QueueCount.objects.of(practice_id)
    if payer_id is not None:
        rows = rows.filter(payer_key=payer_id)
    sums: dict[str, list[int]] = {queue.value: [0, 0] for queue in Queue}
    for row in rows:
        sums[row.queue][0] += row.claims
        sums[row.queue][1] += row.cents
    return [QueueSize(queue, claims, cents) for queue, (claims, cents) in sums.items()]


def numbers_of(practice_id: int, claim_ids: Sequence[str]) -> dict[str, str]:
    """Return the patient control numbers of claims by their ids."""
    rows = Claim.objects.of(practice_id).filter(public_id__in=list(claim_ids))
    return dict(rows.values_list("public_id", "patient_control_number"))


def numbers_of_encounters(practice_id: int, encounter_ids: Sequence[str]) -> dict[str, str]:
    """Return the number of the latest claim of each encounter that has one."""
    rows = Claim.objects.of(practice_id).filter(encounter__in=list(encounter_ids)).order_by("id")
    return dict(rows.values_list("encounter", "patient_control_number"))


def claims_of_patient(practice_id: int, patient: str) -> Sequence[Claim]:
    """Return a patient's claims, newest service first."""
    return list(
        Claim.objects.of(practice_id)
        .exclude(patient="")
        .filter(patient=patient)
        .select_related("payer")
        .order_by("-served_on", "-id")
    )


def claims_of_encounter(practice_id: int, encounter: str) -> Sequence[Claim]:
    """Return the claims of an encounter."""
    return list(Claim.objects.of(practice_id).exclude(encounter="").filter(encounter=encounter).order_by("id"))


SORTS: Final = {
    "created": ("id",), "-created": ("-id",), "charge": ("charge_cents", "id"), "-charge": ("-charge_cents", "id"),
    "insurance_balance": ("insurance_balance_cents", "id"), "-insurance_balance": ("-insurance_balance_cents", "id"),
    "patient_balance": ("patient_balance_cents", "id"), "-patient_balance": ("-patient_balance_cents", "id"),
}  # fmt: skip
"""The orders in which claims are read page by page."""


def claim_page(practice_id: int, *, after: Place | None, size: int, sort: str = "created", **where: Any) -> Page:
    """Return a page of claims in short, as `claims list --json` prints them. `where` names status, queue, payer (pay_), encounter, patients,
    served_from, served_to; what is empty is not asked.
    """
    names = {"payer": "payer__public_id", "patients": "patient__in", "served_from": "served_on__gte", "served_to": "served_on__lte"}
    wanted = {names.get(name, name): value for name, value in where.items() if value not in (None, "")}
    rows = Claim.objects.of(practice_id).filter(**wanted).select_related("payer", "next_payer")
    page = page_of(rows, order=SORTS[sort], after=after, size=size)
    return page._replace(rows=tuple(_short_json(row) for row in page.rows))


def insured_claim_page(practice_id: int, *, patients: Sequence[str], after: Place | None, size: int) -> Page:
    """Return a page of the claims of an account that went (or will go) to a payer, oldest first: the patient's own bills are left out."""
    rows = Claim.objects.of(practice_id).exclude(patient="").exclude(kind="self").filter(patient__in=list(patients))
    return page_of(rows.select_related("payer"), order=("id",), after=after, size=size)


def _short_json(row: Claim) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _SHORT},
        "claim": row.public_id,
        "payer": row.payer.name if row.payer else None,
        "next_payer": row.next_payer.name if row.next_payer else None,
        "served_on": row.served_on.isoformat() if row.served_on else None,
    }
