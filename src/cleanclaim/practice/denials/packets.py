"""The packet of an appeal: letter, what was claimed, what the payer answered, the proof of timely filing, the note; one PDF."""

from __future__ import annotations

import io

from pypdf import PdfReader, PdfWriter

from cleanclaim.documents import Address
from cleanclaim.forms import LetterData, letter_pdf
from cleanclaim.kernel.errors import Refused
from cleanclaim.kernel.money import Money
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.denials.actions import appeal_denial
from cleanclaim.practice.denials.models import Appeal, Denial
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.people.queries import billing_provider_on
from cleanclaim.practice.remittance.models import Decision


def build_packet(*, appeal_id: str, by: Actor, note: str = "") -> bytes:
    """Build and keep the PDF of an appeal. `note` is the visit's note where the argument rests on it."""
    require(by, "biller", "manager")
    with transaction_for(by):
        appeal: Appeal = locked(Appeal.objects.of(by.practice_id), what="appeal", public_id=appeal_id)
        denial = Denial.objects.of(by.practice_id).select_related("claim", "payer").get(pk=appeal.denial_id)
        pages = [_letter(appeal, denial, by), _claim_page(denial, by), _answer_page(denial, by)]
        if note.strip():
            pages.append(_sheet(denial, by, "The note of the visit", tuple(note.strip().splitlines())))
        content = _joined(pages)
        appeal.packet = blobs.put(content)
        save_checked(appeal, fields=["packet"])
        record(by, "build_packet", appeal.public_id)
    return content


def appeal_with_packet(*, denial_id: str, argument: str, by: Actor, with_note: bool = False) -> Appeal:
    """Appeal a denial and build its packet in one go, so that no appeal stands without the paper that goes out."""
    with transaction_for(by):
        appeal = appeal_denial(denial_id=denial_id, argument=argument, by=by)
        build_packet(appeal_id=appeal.public_id, by=by, note=_note_of(appeal) if with_note else "")
        appeal.refresh_from_db()
    return appeal


def rebuild_packet(*, appeal_id: str, by: Actor, with_note: bool = False) -> bytes:
    """Build the packet of an appeal anew, with the visit's note when it is wanted."""
    with transaction_for(by):
        appeal: Appeal = locked(
            Appeal.objects.of(by.practice_id).select_related("denial__claim"), what="appeal", public_id=appeal_id
        )
        return build_packet(appeal_id=appeal_id, by=by, note=_note_of(appeal) if with_note else "")


def _note_of(appeal: Appeal) -> str:
    encounter_id = appeal.denial.claim.encounter
    if not encounter_id:
        raise Refused("The claim was taken over from another system: its note is not here. Send the packet without it.")
    return encounters.text_of(encounters.encounter_row(appeal.practice_id, encounter_id))


def _sheet(
    denial: Denial,
    by: Actor,
    subject: str,
    paragraphs: tuple[str, ...],
    facts: tuple[tuple[str, str], ...] = (),
    enclosures: tuple[str, ...] = (),
) -> bytes:
    billing = billing_provider_on(by.practice_id, denial.claim.served_on or by.today)
    payer = denial.payer
    return letter_pdf(
        LetterData(
            practice_name=billing.name,
            practice_address=Address(billing.line1, "", billing.city, billing.state, billing.zip),
            practice_phone=billing.phone,
            written_on=by.today,
            recipient_name=payer.name,
            recipient_address=Address(payer.line1, "", payer.city, payer.state, payer.zip),
            subject=subject,
            paragraphs=paragraphs,
            facts=facts,
            signed_by=by.name,
            enclosures=enclosures,
        )
    )


def _facts(denial: Denial) -> tuple[tuple[str, str], ...]:
    turn = next((turn for turn in claims.turns_of(denial.claim) if turn.payer_id == denial.payer_id), None)
    rows = [
        ("Claim", denial.claim.patient_control_number),
        ("Your claim number", turn.payer_claim_control_number if turn else ""),
        ("Day of service", denial.claim.served_on.isoformat() if denial.claim.served_on else ""),
        ("Refused", f"{Money(denial.amount_cents):$}"),
        ("Your reason", f"{denial.group}-{denial.reason}" + (f" ({', '.join(denial.remarks)})" if denial.remarks else "")),
        ("Decided on", denial.decided_on.isoformat()),
    ]
    return tuple(row for row in rows if row[1])


def _letter(appeal: Appeal, denial: Denial, by: Actor) -> bytes:
    paragraphs = [f"We appeal your decision on the claim named above (level {appeal.level}).", appeal.argument]
    if appeal.proof_of_filing:
        paragraphs.append(f"You accepted the claim in time: {appeal.proof_of_filing}.")
    paragraphs.append("Please reprocess the claim and send a corrected remittance.")
    enclosures = ("the claim as it was sent", "your decision", *(("proof of timely filing",) if appeal.proof_of_filing else ()))
    return _sheet(
        denial, by, f"Appeal of claim {denial.claim.patient_control_number}", tuple(paragraphs), _facts(denial), enclosures
    )


def _claim_page(denial: Denial, by: Actor) -> bytes:
    document = claims.document_of(claims.latest_submission(denial.claim))
    lines = tuple(
        f"Line {line.number}: {line.procedure} {' '.join(line.modifiers)}, {line.quantity} units, {Money(line.charge_cents):$}"
        + (f", on {line.served_on.isoformat()}" if line.served_on else "")
        for line in document.lines
    )
    codes = "Diagnoses: " + ", ".join(diagnosis.code for diagnosis in document.diagnoses)
    return _sheet(denial, by, "The claim as it was sent", (codes, *lines), _facts(denial)[:3])


def _answer_page(denial: Denial, by: Actor) -> bytes:
    rows = Decision.objects.of(by.practice_id).filter(claim=denial.claim).select_related("remittance").order_by("id")
    said = []
    for row in rows:
        said.append(
            f"{row.remittance.trace_number}, {row.decided_on or row.remittance.posted_on}: paid {Money(row.paid_cents):$}, status {row.status}"
        )
        said += [
            f"   line {line or 'claim'}: {group}-{reason} {Money(cents):$}"
            for line, _, cents, group, reason, _ in row.effects
            if group
        ]
    return _sheet(denial, by, "What was decided", tuple(said), _facts(denial)[:3])


def _joined(pages: list[bytes]) -> bytes:
    writer = PdfWriter()
    for page in pages:
        writer.append(PdfReader(io.BytesIO(page)))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
