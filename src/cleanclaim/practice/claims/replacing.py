"""A replacement claim (frequency 7) in a third party's 837: it changes the claim that it replaces and makes no new receivable."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim import documents
from cleanclaim.practice.claims import intake
from cleanclaim.practice.claims.books import Desk, held_of
from cleanclaim.practice.claims.corrections import book_differences
from cleanclaim.practice.claims.identity import name_key
from cleanclaim.practice.claims.models import Claim, ClaimPayer
from cleanclaim.practice.claims.rules import Status
from cleanclaim.practice.foundation.actor import Actor

REPLACEMENT = "7"


def replaced_claim(document: documents.Claim, same_number: Sequence[Claim]) -> Claim | None:
    """Return the claim that a replacement means: same number and patient, with the payer's number that it names, else of the same day.

    None when it is no replacement, or when no one claim can be told.
    """
    if document.frequency != REPLACEMENT:
        return None
    key = name_key(intake.patient_of(document))
    mine = [known for known in same_number if known.pk and known.name_index == key and known.status != Status.VOIDED]
    icn = document.payer_claim_control_number.strip()
    named: set[int] = set()
    if icn and mine:
        turns = ClaimPayer.objects.of(mine[0].practice_id).filter(claim__in=[known.pk for known in mine])
        named = set(turns.filter(payer_claim_control_number=icn).values_list("claim_id", flat=True))
    for fitting in (
        [known for known in mine if known.pk in named],
        [known for known in mine if known.served_on == document.served_on],
    ):
        if len(fitting) == 1:
            return fitting[0]
    return None


def replace_content(known: Claim, document: documents.Claim, *, by: Actor) -> int:
    """Bring a claim's lines in line with its replacement and book what it charges more or less; returns that difference in cents.

    Payments stay where they are until the payer takes them back. A claim whose charge changed is with the payer again.
    """
    before = known.charge_cents
    book_differences(known, document, by)
    known.refresh_from_db()
    if known.charge_cents == before:
        return 0
    desk = Desk(by)
    desk.hold([known])
    known.status = Status.SENT
    for line in desk.lines[known.public_id].values():
        line.denied_cents = max(0, min(line.denied_cents, sum(held_of(line).values()))) if line.number else line.denied_cents
    known.denied_cents = max(0, min(known.denied_cents, known.insurance_balance_cents))
    desk.put_back()
    return known.charge_cents - before
