"""Draining events, reading files by their kind, running a round of the cycle."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.practice.charges.following import follow
from cleanclaim.practice.claims.actions import build_claim
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.clearinghouse.actions import send_claims, take_acknowledgements
from cleanclaim.practice.connections import actions as connections
from cleanclaim.practice.connections.models import InboxItem
from cleanclaim.practice.connections.queries import content_of_inbox, waiting_inbox
from cleanclaim.practice.denials.actions import open_denials
from cleanclaim.practice.eligibility.asking import ask_due, take_answers
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Event
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.receivables.actions import use_credit
from cleanclaim.practice.remittance.following import bill_next_payer
from cleanclaim.practice.remittance.models import Decision
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.x12 import read_acknowledgements

_MOST_ATTEMPTS: Final = 5


class Round(NamedTuple):
    """What a round of the cycle did."""

    events: int = 0
    batches: int = 0
    delivered: int = 0
    received: int = 0


def drain(*, by: Actor, limit: int = 1000) -> int:
    """Work the events that wait, oldest first; returns how many. One that fails keeps its reason and is tried again later."""
    done = 0
    while done < limit:
        waiting = list(
            Event.objects.of(by.practice_id)
            .filter(drained_at__isnull=True, attempts__lt=_MOST_ATTEMPTS, failure="")
            .order_by("id")[:100]
        )
        if not waiting:
            return done
        for event in waiting:
            try:
                _work(event, by)
            except CleanclaimError as failed:
                Event.objects.of(by.practice_id).filter(pk=event.pk).update(attempts=event.attempts + 1, failure=str(failed)[:200])
            else:
                Event.objects.of(by.practice_id).filter(pk=event.pk).update(drained_at=by.at, attempts=event.attempts + 1)
            done += 1
    return done


def retry_failed(*, by: Actor) -> int:
    """Let events that failed be worked again; returns how many."""
    rows = Event.objects.of(by.practice_id).filter(drained_at__isnull=True, attempts__lt=_MOST_ATTEMPTS).exclude(failure="")
    return int(rows.update(failure=""))


def _work(event: Event, by: Actor) -> None:
    if event.kind == "charges-priced":
        build_claim(encounter_id=event.subject, by=by)
    elif event.kind == "remittance-posted":
        follow_remittance(remittance_id=event.subject, by=by)
    elif event.kind == "file-arrived":
        read_file(item_id=event.subject, by=by)
    else:
        follow(by, event.kind, event.subject, event.facts)


def follow_remittance(*, remittance_id: str, by: Actor) -> None:
    """Do what follows a posted remittance: denied lines become work, the next payer is billed unless it was told by crossover."""
    claim_ids = (
        Decision.objects.of(by.practice_id)
        .filter(remittance__public_id=remittance_id)
        .values_list("claim__public_id", flat=True)
        .distinct()
    )
    for claim_id in list(claim_ids):
        open_denials(claim_id=claim_id, by=by)
        claim = Claim.objects.of(by.practice_id).get(public_id=claim_id)
        crossed = claim.waits_until is not None
        if claim.next_payer_id is not None and not crossed and claim.encounter:
            bill_next_payer(claim_id=claim_id, by=by)
        if claim.patient_balance_cents > 0 and claim.patient:
            use_credit(patient_id=claim.patient, by=by, claim_ids=[claim_id])


def read_file(*, item_id: str, by: Actor) -> str:
    """Read a file that arrived, by what is in it: remittances are posted, acknowledgements move claims. Returns what became of it."""
    item = InboxItem.objects.of(by.practice_id).filter(public_id=item_id).first()
    if item is None or item.state != InboxItem.State.NEW:
        return ""
    content = content_of_inbox(by.practice_id, item_id)
    kinds = kinds_in(content)
    said: list[str] = []
    is_refused = False
    try:
        if "835" in kinds:
            posted = post_remittance_file(content=content, file_name=item.file_name, by=by)
            is_refused = bool(posted.refused)
            said += [f"{len(posted.remittances)} remittances posted.", *posted.refused]
            said += [f"Duplicate of {row.first_seen}." for row in posted.duplicates]
        if kinds & {"TA1", "999", "997", "277"}:
            outcome = take_acknowledgements(answers=read_acknowledgements(content), by=by, source=item_id)
            said.append(f"{outcome.accepted} claims accepted, {outcome.rejected} rejected, {outcome.resent} to be sent again.")
        if "271" in kinds:
            take_answers(content=content, by=by)
            said.append("Answers about coverage taken.")
    except CleanclaimError as failed:
        is_refused, said = True, [str(failed)]
    if not said:
        is_refused, said = True, ["Nothing in it that is read here."]
    kind = "835" if "835" in kinds else next(iter(sorted(kinds)), "")
    connections.settle(by, item_id, kind=kind, says=" ".join(said), is_refused=is_refused)
    return " ".join(said)


def kinds_in(content: bytes) -> set[str]:
    """Return the transaction sets of a file (835, 999 ...) and TA1 where one stands in it."""
    start = content.find(b"ISA")
    if start < 0 or len(content) < start + 106:
        return set()
    element, end = content[start + 3 : start + 4], content[start + 105 : start + 106]
    pattern = re.compile(rb"(?:^|" + re.escape(end) + rb")\s*(?:(TA1)|ST" + re.escape(element) + rb"(\d{3}))" + re.escape(element))
    return {(found.group(1) or found.group(2)).decode() for found in pattern.finditer(content, start)}


def run_cycle(*, by: Actor) -> Round:
    """Do one round: work events, send what is ready, deliver and collect files, read what came, work what follows."""
    require(by, "biller", "manager")
    events = drain(by=by)
    ask_due(by=by)
    batches = send_claims(by=by)
    delivered = connections.deliver(by)
    received = connections.collect(by)
    for item in waiting_inbox(by.practice_id):
        read_file(item_id=item.public_id, by=by)
    events += drain(by=by)
    return Round(events, len(batches), len(delivered), len(received))
