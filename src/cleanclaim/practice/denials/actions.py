"""Opening denials from decisions, appealing them, writing them off, handing them to the patient."""

from __future__ import annotations

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.money import Money
from cleanclaim.ledger.movements import Tag, to_patient, write_off
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.claims.actions import note_event
from cleanclaim.practice.claims.books import Desk, held_of, post_to_claims
from cleanclaim.practice.claims.effects import EffectKind
from cleanclaim.practice.claims.models import Claim, Submission
from cleanclaim.practice.claims.rules import can, move
from cleanclaim.practice.denials import rules
from cleanclaim.practice.denials.models import Appeal, Denial
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.remittance.models import Decision


def open_denials(*, claim_id: str, by: Actor) -> list[Denial]:
    """Make each refused amount of a claim's standing decisions a piece of work, once; close those that a later answer has settled."""
    require(by, "biller", "manager")
    with transaction_for(by):
        claim = Claim.objects.of(by.practice_id).select_for_update().get(public_id=claim_id)
        desk = Desk(by)
        desk.hold([claim])
        standing = Decision.objects.of(by.practice_id).filter(claim=claim, is_reversed=False, reverses__isnull=True)
        last: dict[tuple[str, int], int] = {}
        rows = list(standing.select_related("payer").order_by("id"))
        for row in rows:
            for line in (*row.answered, 0):
                last[row.sequence, line] = row.pk
        made = []
        for row in rows:
            for line, kind, cents, group, reason, _ in row.effects:
                stands = kind in {EffectKind.DENIED, EffectKind.HELD} and last.get((row.sequence, line)) == row.pk and cents > 0
                if stands and desk.lines[claim_id][line].denied_cents:
                    made += _open(claim, row, line, (group, reason, cents), by)
        _close_settled(claim, desk, by)
    return made


def _open(claim: Claim, row: Decision, line: int, refused: tuple[str, str, int], by: Actor) -> list[Denial]:
    group, reason, cents = refused[0][:2], refused[1][:5], refused[2]
    known = Denial.objects.of(by.practice_id).filter(claim=claim, line=line, decision=row.source, group=group, reason=reason)
    if known.exists():
        return []
    cause = rules.cause_of(reason, row.remarks)
    decided_on = row.decided_on or by.today
    denial = Denial(
        practice_id=by.practice_id, created_at=by.at, claim=claim, line=line, payer=row.payer, group=group, reason=reason,
        remarks=row.remarks, amount_cents=cents, cause=cause.name,
        action=rules.suggestion(reason, row.remarks, payer_number=row.payer_claim_control_number), decision=row.source, decided_on=decided_on,
        due_on=rules.appeal_deadline(decided_on, 1, row.payer.appeal_days),
    )  # fmt: skip
    denial.save()
    record(by, "open_denial", denial.public_id, claim=claim.public_id, cents=cents)
    emit(by, "denial-opened", denial.public_id, cause=cause.name)
    return [denial]


def _close_settled(claim: Claim, desk: Desk, by: Actor) -> None:
    for denial in Denial.objects.of(by.practice_id).filter(claim=claim, state__in=["open", "corrected", "appealed"]):
        line = desk.lines[claim.public_id].get(denial.line)
        if line is None or line.denied_cents == 0:
            denial.state, denial.closed_on, denial.outcome = "overturned", by.today, "A later answer settled the line."
            denial.recovered_cents = min(denial.amount_cents, line.paid_cents if line else 0)
            save_checked(denial, fields=["state", "closed_on", "outcome", "recovered_cents"])
            record(by, "close_denial", denial.public_id)


def _working(denial_id: str, by: Actor) -> Denial:
    denial: Denial = locked(Denial.objects.of(by.practice_id).select_related("claim", "payer"), what="denial", public_id=denial_id)
    if denial.state in {"overturned", "written-off", "patient", "closed"}:
        raise Refused(f"This denial is {denial.state} already.")
    return denial


def proof_of_filing(claim: Claim) -> str:
    """Return the proof that the payer had the claim in time: its acceptance in a 277CA. A 999 or TA1 proves only that a file arrived."""
    row = (
        Submission.objects.of(claim.practice_id)
        .filter(claim=claim, receipt="277CA", accepted_on__isnull=False)
        .order_by("accepted_on")
        .first()
    )
    return f"277CA accepted on {row.accepted_on.isoformat()}, submission {row.public_id}" if row and row.accepted_on else ""


def appeal_denial(*, denial_id: str, argument: str, by: Actor) -> Appeal:
    """Appeal a denial at its next level. A timely-filing denial is appealed only with the payer's own acceptance of the claim."""
    require(by, "biller", "manager")
    if not argument.strip():
        raise InvalidValue("An appeal says why the decision is wrong.")
    with transaction_for(by):
        denial = _working(denial_id, by)
        level = Appeal.objects.of(by.practice_id).filter(denial=denial).count() + 1
        due_on = rules.appeal_deadline(denial.decided_on, level, denial.payer.appeal_days)
        if due_on is None:
            raise Refused("The payer has no further level of appeal.")
        if level == 1 and by.today > due_on:
            raise Refused(f"The time to appeal ended on {due_on.isoformat()}.")
        proof = proof_of_filing(denial.claim)
        if denial.cause == "timely-filing" and not proof:
            raise Refused("No 277CA shows that the payer accepted the claim in time; a 999 or TA1 is no proof.")
        appeal = Appeal(
            practice_id=by.practice_id, created_at=by.at, denial=denial, level=level, sent_on=by.today, due_on=due_on,
            argument=argument[:1000], proof_of_filing=proof,
        )  # fmt: skip
        appeal.save()
        denial.state = "appealed"
        save_checked(denial, fields=["state"])
        claim = Claim.objects.of(by.practice_id).select_for_update().get(pk=denial.claim_id)
        if can(claim.status, "appeal"):
            desk = Desk(by)
            desk.hold([claim])
            claim.status = move(claim.status, "appeal")
            desk.put_back()
        note_event(claim, "appealed", by=by, source=appeal.public_id, says=f"Appeal, level {level}.", cents=denial.amount_cents)
        record(by, "appeal_denial", denial.public_id, level=level)
    return appeal


def decide_appeal(*, appeal_id: str, outcome: str, by: Actor) -> Appeal:
    """Note what came of an appeal: overturned (the corrected remittance pays it) or upheld."""
    require(by, "biller", "manager")
    if outcome not in {"overturned", "upheld"}:
        raise InvalidValue("An appeal is overturned or upheld.")
    with transaction_for(by):
        appeal: Appeal = locked(Appeal.objects.of(by.practice_id), what="appeal", public_id=appeal_id)
        appeal.outcome, appeal.decided_on = outcome, by.today
        save_checked(appeal, fields=["outcome", "decided_on"])
        denial = Denial.objects.of(by.practice_id).get(pk=appeal.denial_id)
        denial.state, denial.decided_on = ("open", by.today) if outcome == "upheld" else ("corrected", denial.decided_on)
        denial.outcome = f"Appeal level {appeal.level} {outcome}."
        denial.due_on = rules.appeal_deadline(by.today, appeal.level + 1, denial.payer.appeal_days)
        save_checked(denial, fields=["state", "decided_on", "outcome", "due_on"])
        record(by, "decide_appeal", appeal.public_id, outcome=outcome)
    return appeal


def write_off_denial(*, denial_id: str, reason: str, by: Actor) -> None:
    """Give a refused amount up. That is a manager's decision, with a reason."""
    require(by, "manager")
    if not reason.strip():
        raise InvalidValue("A write-off needs a reason.")
    with transaction_for(by):
        denial = _working(denial_id, by)
        why = "timely-filing" if denial.cause == "timely-filing" else "denial"
        tags = _owed(denial, by)
        entry = write_off(source=f"denial:{denial_id}:write-off", on=by.today, tags=tags, why=why, says=reason[:160])
        _finish(denial, "written-off", reason, by, entry_cents=sum(cents for _, cents in tags))
        post_to_claims([entry], by=by)


def bill_denial_to_patient(*, denial_id: str, policy: str, by: Actor) -> None:
    """Move a refused PR amount to the patient, after somebody checked the plan's policy and the notice that the patient signed."""
    require(by, "biller", "manager")
    if not policy.strip():
        raise InvalidValue("Say which policy or notice makes the patient owe it.")
    with transaction_for(by):
        denial = _working(denial_id, by)
        if denial.group != "PR":
            raise Refused("The payer did not make this the patient's responsibility.")
        tags = _owed(denial, by)
        entry = to_patient(source=f"denial:{denial_id}:patient", on=by.today, tags=tags, reason=denial.reason, says=policy[:160])
        _finish(denial, "patient", policy, by, entry_cents=sum(cents for _, cents in tags))
        post_to_claims([entry], by=by)


def _owed(denial: Denial, by: Actor) -> tuple[tuple[Tag, int], ...]:
    """Return what the payer still owes on the refused line, at most the refused amount."""
    claim = Claim.objects.of(by.practice_id).select_for_update().get(pk=denial.claim_id)
    desk = Desk(by)
    desk.hold([claim])
    left = denial.amount_cents
    tags = []
    numbers = [denial.line] if denial.line else [0, *sorted(number for number in desk.lines[claim.public_id] if number)]
    for number in numbers:
        line = desk.lines[claim.public_id].get(number)
        for holder, cents in (held_of(line) if line else {}).items():
            part = min(left, max(0, cents))
            if part:
                tags.append((Tag(claim.public_id, number, claim.patient, holder), part))
                left -= part
    if not tags:
        raise Refused("Nothing is owed on the line any more.")
    return tuple(tags)


def _finish(denial: Denial, state: str, reason: str, by: Actor, *, entry_cents: int) -> None:
    denial.state, denial.outcome, denial.closed_on = state, reason[:200], by.today
    save_checked(denial, fields=["state", "outcome", "closed_on"])
    note_event(denial.claim, state, by=by, source=denial.public_id, says=f"{Money(entry_cents):$}: {reason}", cents=entry_cents)
    record(by, "finish_denial", denial.public_id, state=state, cents=entry_cents)


def assign_denial(*, denial_id: str, owner: str, by: Actor) -> None:
    """Give a denial an owner."""
    require(by, "biller", "manager")
    with transaction_for(by):
        denial = _working(denial_id, by)
        denial.owner = owner[:120]
        save_checked(denial, fields=["owner"])
        record(by, "assign_denial", denial.public_id)


__all__ = [
    "appeal_denial", "assign_denial", "bill_denial_to_patient", "decide_appeal", "open_denials", "proof_of_filing",
    "write_off_denial",
]  # fmt: skip
