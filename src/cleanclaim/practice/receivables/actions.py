"""Patients' money: taken in, applied, returned, refunded, planned, given up, handed to collections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cleanclaim.kernel.errors import Conflict, InvalidValue, NotFound, Refused
from cleanclaim.kernel.money import Money, Rate
from cleanclaim.ledger.movements import (
    Tag,
    apply_credit,
    chargeback,
    patient_payment,
    refund_paid,
    refund_patient,
    refund_payer,
    to_collections,
    write_off,
)
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.claims.actions import note_event
from cleanclaim.practice.claims.books import Desk, held_of, post_to_claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.receivables import queries, rules
from cleanclaim.practice.receivables.models import CreditUse, Instalment, PatientPayment, PaymentPlan, Refund

_DESK = ("front_desk", "biller", "manager")


def take_payment(
    *,
    patient_id: str,
    cents: int,
    method: str,
    by: Actor,
    reference: str = "",
    claim_ids: Sequence[str] = (),
    is_prepaid: bool = False,
) -> PatientPayment:
    """Take a patient's money in and apply it to what the patient owes: the named claims first, then the oldest.

    What is left is the patient's unapplied credit. The same method and reference again is the same payment and changes nothing.
    """
    require(by, *_DESK)
    if cents <= 0:
        raise InvalidValue("A payment is more than nothing.")
    if method not in PatientPayment.Method.values:
        raise InvalidValue(f"A payment is made by {', '.join(PatientPayment.Method.values)}.")
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        number = reference.strip() or f"receipt {next_number(by.practice_id, 'receipt')}"
        known: PatientPayment | None = PatientPayment.objects.of(by.practice_id).filter(method=method, reference=number).first()
        if known is not None:
            if (known.patient, known.cents) != (account, cents):
                raise Conflict("This reference was used for another payment.")
            return known
        payment = PatientPayment(
            practice_id=by.practice_id, created_at=by.at, patient=account, cents=cents, method=method, reference=number[:80],
            received_on=by.today, is_prepaid=is_prepaid,
        )  # fmt: skip
        payment.save()
        entry = patient_payment(
            source=f"payment:{payment.public_id}",
            on=by.today,
            patient=account,
            cents=cents,
            by_card=method == PatientPayment.Method.CARD,
        )
        journal.post(entry, by=by)
        _apply(account, by, payment=payment, first=claim_ids, most=cents)
        record(by, "take_payment", payment.public_id, cents=cents, method=method)
        emit(by, "patient-paid", payment.public_id, cents=cents)
    return payment


def use_credit(*, patient_id: str, by: Actor, claim_ids: Sequence[str] = ()) -> int:
    """Apply a patient's unapplied credit to what the patient owes; returns the cents that were applied."""
    require(by, *_DESK)
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        applied = _apply(account, by, first=claim_ids)
        if applied:
            record(by, "use_credit", account, cents=applied)
    return applied


def _apply(
    account: str, by: Actor, *, payment: PatientPayment | None = None, first: Sequence[str] = (), most: int | None = None
) -> int:
    credit = queries.credit_cents(by.practice_id, account)
    available = credit if most is None else min(credit, most)
    if available <= 0:
        return 0
    shares = rules.share_out(available, queries.owed_lines(by.practice_id, account), first=first)
    if not shares:
        return 0
    number = next_number(by.practice_id, "credit-use")
    _use(account, [(row.claim, row.line, row.cents) for row in shares], f"credit:{number}", by, payment)
    return sum(row.cents for row in shares)


def _use(account: str, parts: Sequence[tuple[str, int, int]], source: str, by: Actor, payment: PatientPayment | None) -> None:
    """Apply credit to lines (negative: take it off again): one entry, and a row for each part."""
    tags = tuple((Tag(claim, line, account), cents) for claim, line, cents in parts)
    post_to_claims([apply_credit(source=source, on=by.today, tags=tags)], by=by)
    CreditUse.objects.bulk_create(
        CreditUse(
            practice_id=by.practice_id,
            patient=account,
            claim=claim,
            line=line,
            cents=cents,
            payment=payment,
            source=source,
            on=by.today,
        )
        for claim, line, cents in parts
    )
    sums: dict[str, int] = {}
    for claim, _, cents in parts:
        sums[claim] = sums.get(claim, 0) + cents
    for row in Claim.objects.of(by.practice_id).filter(public_id__in=sums):
        cents = sums[row.public_id]
        note_event(
            row,
            "patient-paid" if cents > 0 else "patient-credit",
            by=by,
            source=payment.public_id if payment else source,
            cents=cents,
        )


def release_credits(*, patient_id: str, by: Actor) -> int:
    """Move what a patient has paid too much on claims into the patient's unapplied credit; returns the cents."""
    require(by, *_DESK)
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        parts = [(row.claim, row.line, row.cents) for row in queries.overpaid_lines(by.practice_id, account)]
        if not parts:
            return 0
        _use(account, parts, f"credit:{next_number(by.practice_id, 'credit-use')}", by, None)
        cents = -sum(part[2] for part in parts)
        record(by, "release_credits", account, cents=cents)
    return cents


def return_payment(*, payment_id: str, reason: str, by: Actor, fee_cents: int = 0) -> PatientPayment:
    """A card payment was charged back or a check bounced: what it paid is owed again, the bank's fee stands in its own account."""
    require(by, "biller", "manager")
    if not reason.strip() or fee_cents < 0:
        raise InvalidValue("A returned payment has a reason; a fee is not negative.")
    with transaction_for(by):
        payment: PatientPayment = locked(PatientPayment.objects.of(by.practice_id), what="payment", public_id=payment_id)
        if payment.returned_on is not None:
            return payment
        missing = payment.cents - queries.credit_cents(by.practice_id, payment.patient)
        parts: list[tuple[str, int, int]] = []
        for use in _uses_to_undo(payment, by):
            part = min(missing, use[2])
            if part > 0:
                parts.append((use[0], use[1], -part))
                missing -= part
        if parts:
            _use(payment.patient, parts, f"payment:{payment_id}:unapplied", by, payment)
        if missing > 0:
            raise Refused("The money was refunded already: settle it with the patient first.")
        entry = chargeback(
            source=f"payment:{payment_id}:returned", on=by.today, patient=payment.patient, cents=payment.cents, fee_cents=fee_cents,
            by_card=payment.method == PatientPayment.Method.CARD,
        )  # fmt: skip
        journal.post(entry, by=by)
        payment.returned_on, payment.return_reason, payment.fee_cents = by.today, reason[:120], fee_cents
        save_checked(payment, fields=["returned_on", "return_reason", "fee_cents"])
        record(by, "return_payment", payment.public_id, cents=payment.cents, fee_cents=fee_cents)
    return payment


def _uses_to_undo(payment: PatientPayment, by: Actor) -> list[tuple[str, int, int]]:
    """Return what a payment's money has paid, its own uses first, then the patient's latest ones."""
    sums: dict[tuple[bool, str, int], int] = {}
    for use in CreditUse.objects.of(by.practice_id).filter(patient=payment.patient).order_by("-id"):
        key = (use.payment_id != payment.pk, use.claim, use.line)
        sums[key] = sums.get(key, 0) + use.cents
    return [(claim, line, cents) for (_, claim, line), cents in sorted(sums.items()) if cents > 0]


def agree_plan(*, patient_id: str, parts: int, first_on: date, by: Actor, cents: int = 0) -> PaymentPlan:
    """Agree that a patient pays what is owed (or a part of it) in monthly parts."""
    require(by, *_DESK)
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        owed = queries.owed_cents(by.practice_id, account)
        amount = cents or owed
        if amount <= 0 or amount > owed:
            raise Refused("A plan is about what the patient owes.")
        if PaymentPlan.objects.of(by.practice_id).filter(patient=account, is_active=True).exists():
            raise Refused("The patient has a plan already: end it first.")
        plan = PaymentPlan(practice_id=by.practice_id, created_at=by.at, patient=account, cents=amount, agreed_on=by.today)
        plan.save()
        Instalment.objects.bulk_create(
            Instalment(practice_id=by.practice_id, plan=plan, number=part.number, due_on=part.due_on, cents=part.cents)
            for part in rules.plan_parts(amount, parts, first_on)
        )
        record(by, "agree_plan", plan.public_id, cents=amount, parts=parts)
    return plan


def end_plan(*, plan_id: str, reason: str, by: Actor) -> None:
    """End a plan: paid, or broken."""
    require(by, *_DESK)
    with transaction_for(by):
        plan: PaymentPlan = locked(PaymentPlan.objects.of(by.practice_id), what="plan", public_id=plan_id)
        plan.is_active, plan.ended_reason = False, reason[:120]
        save_checked(plan, fields=["is_active", "ended_reason"])
        record(by, "end_plan", plan.public_id)


def ask_refund(*, cents: int, reason: str, by: Actor, patient_id: str = "", claim_id: str = "", method: str = "check") -> Refund:
    """Ask for money to be given back: a patient's credit, or (with a claim) what a payer has paid too much on it."""
    require(by, "biller", "manager")
    if not reason.strip() or cents <= 0:
        raise InvalidValue("A refund has an amount and a reason.")
    with transaction_for(by):
        refund = Refund(
            practice_id=by.practice_id, created_at=by.at, cents=cents, reason=reason[:200], method=method[:10], asked_by=by.name,
            identified_on=by.today,
        )  # fmt: skip
        if claim_id:
            claim: Claim = locked(Claim.objects.of(by.practice_id), what="claim", public_id=claim_id)
            if cents > -claim.insurance_balance_cents:
                raise Refused("The payer has not paid as much too much on this claim.")
            refund.claim, refund.payer = claim_id, claim.payer.public_id if claim.payer else ""
            if claim.payer is not None and claim.payer.kind in {"medicare", "medicaid"}:
                refund.due_on = rules.overpayment_due_on(by.today)
        else:
            account = queries.account_id(by.practice_id, patient_id)
            waiting = queries.refunds_asked_cents(by.practice_id, account)
            if cents > queries.credit_cents(by.practice_id, account) - waiting:
                raise Refused("The patient's credit is smaller than that.")
            refund.patient = account
        refund.save()
        record(by, "ask_refund", refund.public_id, cents=cents)
    return refund


def approve_refund(*, refund_id: str, by: Actor) -> Refund:
    """Approve a refund; whoever asked for it does not approve it. It is owed from now on."""
    require(by, "manager")
    with transaction_for(by):
        refund: Refund = locked(Refund.objects.of(by.practice_id), what="refund", public_id=refund_id)
        if refund.state != Refund.State.ASKED:
            raise Refused(f"The refund is {refund.state} already.")
        if refund.asked_by == by.name and "system" not in by.roles:
            raise Refused("Somebody else approves a refund than asked for it.")
        source = f"refund:{refund_id}"
        if refund.claim:
            entry = refund_payer(source=source, on=by.today, tags=_credit_tags(refund, by), says=refund.reason[:160])
            post_to_claims([entry], by=by)
        else:
            journal.post(
                refund_patient(source=source, on=by.today, patient=refund.patient, cents=refund.cents, says=refund.reason[:160]),
                by=by,
            )
        refund.state, refund.approved_by = Refund.State.APPROVED, by.name
        save_checked(refund, fields=["state", "approved_by"])
        record(by, "approve_refund", refund.public_id, cents=refund.cents)
    return refund


def _credit_tags(refund: Refund, by: Actor) -> tuple[tuple[Tag, int], ...]:
    claim = Claim.objects.of(by.practice_id).select_for_update().get(public_id=refund.claim)
    desk = Desk(by)
    desk.hold([claim])
    left, tags = refund.cents, []
    for number, line in sorted(desk.lines[refund.claim].items()):
        for holder, cents in held_of(line).items():
            part = min(left, max(0, -cents))
            if part:
                tags.append((Tag(refund.claim, number, claim.patient, holder), part))
                left -= part
    if left:
        raise Refused("The payer has not paid as much too much on this claim.")
    return tuple(tags)


def refuse_refund(*, refund_id: str, reason: str, by: Actor) -> Refund:
    """Turn a refund down before it is approved; the credit stays where it is."""
    require(by, "manager")
    if not reason.strip():
        raise InvalidValue("Say why the refund is turned down.")
    with transaction_for(by):
        refund: Refund = locked(Refund.objects.of(by.practice_id), what="refund", public_id=refund_id)
        if refund.state != Refund.State.ASKED:
            raise Refused(f"The refund is {refund.state} already.")
        refund.state, refund.reference = Refund.State.REFUSED, reason[:80]
        save_checked(refund, fields=["state", "reference"])
        record(by, "refuse_refund", refund.public_id)
    return refund


def pay_refund(*, refund_id: str, by: Actor, reference: str = "") -> Refund:
    """Send an approved refund."""
    require(by, "biller", "manager")
    with transaction_for(by):
        refund: Refund = locked(Refund.objects.of(by.practice_id), what="refund", public_id=refund_id)
        if refund.state == Refund.State.PAID:
            return refund
        if refund.state != Refund.State.APPROVED:
            raise Refused("A refund is approved before it is paid.")
        entry = refund_paid(
            source=f"refund:{refund_id}:paid", on=by.today, patient=refund.patient, payer=refund.payer, cents=refund.cents,
            by_card=refund.method == "card",
        )  # fmt: skip
        journal.post(entry, by=by)
        refund.state, refund.paid_on, refund.reference = Refund.State.PAID, by.today, reference[:80]
        save_checked(refund, fields=["state", "paid_on", "reference"])
        record(by, "pay_refund", refund.public_id, cents=refund.cents)
    return refund


def write_off_balance(*, patient_id: str, why: str, reason: str, by: Actor, cents: int = 0, claim_ids: Sequence[str] = ()) -> int:
    """Give up what a patient owes, all or a part: charity, small-balance, bad-debt or other, with a reason. Returns the cents."""
    require(by, "manager")
    if not reason.strip() or why not in {"charity", "small-balance", "bad-debt", "other"}:
        raise InvalidValue("A write-off is charity, small-balance, bad-debt or other, with a reason.")
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        owed = [row for row in queries.owed_lines(by.practice_id, account) if not claim_ids or row.claim in claim_ids]
        shares = rules.share_out(cents or sum(row.cents for row in owed), owed)
        given = sum(row.cents for row in shares)
        if not shares or (cents and given != cents):
            raise Refused("The patient does not owe as much.")
        number = next_number(by.practice_id, "write-off")
        tags = tuple((Tag(row.claim, row.line, account), row.cents) for row in shares)
        post_to_claims([write_off(source=f"write-off:{number}", on=by.today, tags=tags, why=why, says=reason[:160])], by=by)
        for claim in Claim.objects.of(by.practice_id).filter(public_id__in={row.claim for row in shares}):
            note_event(claim, why, by=by, says=reason, cents=sum(row.cents for row in shares if row.claim == claim.public_id))
        record(by, "write_off_balance", account, why=why, cents=given)
    return given


def give_sliding_fee(
    *, patient_id: str, income_cents: int, poverty_level_cents: int, scale: Sequence[rules.SlidingFee], by: Actor
) -> int:
    """Give a patient the discount of the practice's sliding fee scale on everything owed; returns the cents."""
    discount = rules.sliding_discount(income_cents, poverty_level_cents, scale)
    owed = queries.owed_cents(by.practice_id, queries.account_id(by.practice_id, patient_id))
    cents = int(Money(owed).times(Rate(discount)))
    if not cents:
        return 0
    return write_off_balance(patient_id=patient_id, why="charity", reason=f"Sliding fee, {discount:%} off.", by=by, cents=cents)


def send_to_collections(*, patient_id: str, claim_ids: Sequence[str], by: Actor, recall: bool = False) -> int:
    """Hand what a patient owes on some claims to the collection agency, or take it back; returns the cents."""
    require(by, "manager")
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        rows = queries.collections_lines(by.practice_id, account) if recall else queries.owed_lines(by.practice_id, account)
        rows = [row for row in rows if row.claim in set(claim_ids)]
        if not rows:
            raise Refused("Nothing is owed on these claims.")
        tags = tuple((Tag(row.claim, row.line, account), row.cents) for row in rows)
        number = next_number(by.practice_id, "collections")
        post_to_claims([to_collections(source=f"collections:{number}", on=by.today, tags=tags, recall=recall)], by=by)
        cents = sum(row.cents for row in rows)
        for claim in Claim.objects.of(by.practice_id).filter(public_id__in=set(claim_ids)):
            note_event(
                claim,
                "recalled" if recall else "collections",
                by=by,
                cents=sum(r.cents for r in rows if r.claim == claim.public_id),
            )
        record(by, "recall_collections" if recall else "send_to_collections", account, cents=cents)
    return cents


def release_statement(*, claim_id: str, by: Actor) -> None:
    """Say that a held claim's balance was looked at and may stand on a statement."""
    require(by, "biller", "manager")
    with transaction_for(by):
        claim: Claim | None = Claim.objects.of(by.practice_id).select_for_update().filter(public_id=claim_id).first()
        if claim is None:
            raise NotFound("There is no such claim in this practice.")
        Claim.objects.of(by.practice_id).filter(pk=claim.pk).update(holds_statement=False, hold_reason="")
        note_event(claim, "statement-released", by=by)
        record(by, "release_statement", claim.public_id)
