"""What follows a posted remittance: the next payer's claim, exceptions tried again, deposits told from remittances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet

from cleanclaim import documents
from cleanclaim.kernel.errors import Refused
from cleanclaim.ledger import Account, Entry, Posting
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.claims.actions import build_next_claim, note_event
from cleanclaim.practice.claims.coordination import PayerDecision
from cleanclaim.practice.claims.effects import Effect
from cleanclaim.practice.claims.freezing import from_json
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.remittance.models import BankDeposit, Decision, PostingException, Remittance
from cleanclaim.practice.remittance.run import PostingRun
from cleanclaim.practice.remittance.shapes import RETRIED_PROBLEMS, PostingProblem, Problem

_CHUNK = 500
_LOST = (Problem.CLAIM_NOT_FOUND.value, Problem.CHARGE_DIFFERS.value, Problem.LINE_NOT_FOUND.value)


def payer_decisions(claim: Claim) -> list[PayerDecision]:
    """Return what payers have decided on a claim and not taken back, as the next payer's claim repeats it."""
    rows = Decision.objects.of(claim.practice_id).filter(claim=claim, is_reversed=False, reverses__isnull=True).order_by("id")
    return [
        PayerDecision(
            row.sequence,
            row.paid_cents,
            tuple(Effect(*effect) for effect in row.effects),
            tuple(row.answered),
            row.decided_on,
            row.payer_claim_control_number,
            tuple(row.remarks),
            tuple((int(line), Decimal(units[0])) for line, units in row.units.items()),
        )
        for row in rows
        if row.status not in {"22", "23", "25"}
    ]


def bill_next_payer(*, claim_id: str, by: Actor, sequence: str = "") -> Claim:
    """Build the claim to the next payer with every earlier payer's decision. Naming the turn bills it although a crossover is awaited."""
    with transaction_for(by):
        claim: Claim = locked(Claim.objects.of(by.practice_id), what="claim", public_id=claim_id)
        return build_next_claim(claim_id=claim_id, decisions=payer_decisions(claim), by=by, sequence=sequence)


def retry_exception(*, exception_id: str, by: Actor) -> bool:
    """Try an exception again: what it waited for may have come. Its money moves from unapplied to the claim. Returns whether it posted."""
    require(by, "biller", "manager")
    with transaction_for(by):
        next_number(by.practice_id, "remittance-posting")
        waiting: PostingException = locked(PostingException.objects.of(by.practice_id), what="exception", public_id=exception_id)
        if waiting.state != PostingException.State.OPEN:
            return False
        _refuse_check(waiting)
        return _retry(waiting, by)


def _refuse_check(waiting: PostingException) -> None:
    if waiting.answer is None:
        raise Refused("This is about the check itself, not about an answer to a claim: set it aside when you have looked.")


def _retry(waiting: PostingException, by: Actor) -> bool:
    return _retry_all([waiting], by) == 1


def _retry_all(waiting: Sequence[PostingException], by: Actor) -> int:
    """Try exceptions of remittances of one payer again, oldest first, together; returns how many posted."""
    run = ExceptionRun(waiting, by)
    problems = run.post([(row.pk, from_json(documents.ClaimPayment, row.answer)) for row in waiting], is_last=True)
    still = {problem.ordinal: problem for problem in problems}
    posted = [row for row in waiting if row.pk not in still]
    for row in waiting:
        if row.pk in still and row.problem != still[row.pk].problem.value:
            _say_anew(row, still[row.pk])
    if not posted:
        return 0
    run.finish()
    for row in posted:
        row.state, row.resolution, row.resolved_at = PostingException.State.POSTED, f"Posted by {by.name}.", by.at
        save_checked(row, fields=["state", "resolution", "resolved_at"])
        record(by, "post_exception", row.public_id, cents=row.amount_cents)
    return len(posted)


def _say_anew(row: PostingException, problem: PostingProblem) -> None:
    """Note what an exception waits for now: more is known than when it came."""
    row.problem, row.says = problem.problem.value, problem.says[:300]
    row.claim, row.candidates = (problem.candidates[0] if problem.candidates else ""), list(problem.candidates)
    save_checked(row, fields=["problem", "says", "claim", "candidates"])


class ExceptionRun(PostingRun):
    """Posts answers of one payer that were held: their money comes out of unapplied, and what still does not fit stays an exception.

    An answer goes by its exception's key here, since exceptions come from several remittances.
    """

    def __init__(self, waiting: Sequence[PostingException], by: Actor) -> None:
        keys = {row.remittance_id for row in waiting}
        rows = Remittance.objects.of(by.practice_id).filter(pk__in=keys).select_related("payer")
        self._remittances = {row.pk: row for row in rows}
        super().__init__(self._remittances[waiting[0].remittance_id], by, money=Account.UNAPPLIED_INSURANCE)
        self._waiting_rows = {row.pk: row for row in waiting}

    def source_of(self, ordinal: int) -> str:
        """Name what books an answer, apart from what held it."""
        return f"exception:{self._waiting_rows[ordinal].public_id}"

    def place_of(self, ordinal: int) -> tuple[Remittance, int]:
        """Return the remittance in which a held answer came, and its place there."""
        row = self._waiting_rows[ordinal]
        return self._remittances[row.remittance_id], row.ordinal

    def _hold(self, problems: object, payments: object) -> None:
        """It is held already."""


def retry_claim_exceptions(*, claim_ids: set[str], by: Actor) -> int:
    """Try the exceptions that wait for other answers about these claims; returns how many posted."""
    rows = PostingException.objects.of(by.practice_id).filter(
        claim__in=claim_ids, state=PostingException.State.OPEN, problem__in=[problem.value for problem in RETRIED_PROBLEMS]
    )
    return _retry_by_payer(rows.exclude(claim=""), by)


def retry_lost_answers(*, by: Actor) -> int:
    """Try the answers that fitted no claim again, since claims may have been taken over or replaced now; returns how many posted."""
    require(by, "biller", "manager")
    lost = PostingException.objects.of(by.practice_id).filter(
        state=PostingException.State.OPEN, problem__in=_LOST, answer__isnull=False
    )
    with transaction_for(by):
        next_number(by.practice_id, "remittance-posting")
        keys = set(lost.values_list("pk", flat=True))
        posted = _retry_by_payer(lost, by)
        found = PostingException.objects.of(by.practice_id).filter(state=PostingException.State.OPEN, pk__in=keys).exclude(claim="")
        claim_ids = set(found.values_list("claim", flat=True))
        while claim_ids and (more := retry_claim_exceptions(claim_ids=claim_ids, by=by)):
            posted += more
    return posted


def _retry_by_payer(rows: QuerySet[PostingException], by: Actor) -> int:
    by_payer: dict[tuple[int, str], list[PostingException]] = defaultdict(list)
    for waiting in rows.select_related("remittance").order_by("id"):
        by_payer[waiting.remittance.payer_id, waiting.remittance.payer_identifier].append(waiting)
    return sum(_retry_all(waiting[at : at + _CHUNK], by) for waiting in by_payer.values() for at in range(0, len(waiting), _CHUNK))


def settle_exception(*, exception_id: str, how: str, reason: str, by: Actor) -> None:
    """Settle an exception by hand: `refund` owes its money back to the payer, `keep` holds it against the payer's account.

    Money that stays unapplied has an owner and a reason; a zero amount is only set aside.
    """
    require(by, "biller", "manager")
    accounts = {"refund": Account.REFUNDS_DUE_PAYER, "keep": Account.PAYER_RECOUPMENT_DUE}
    if how not in accounts or not reason.strip():
        raise Refused("An exception is settled as refund or keep, with a reason.")
    with transaction_for(by):
        waiting: PostingException = locked(PostingException.objects.of(by.practice_id), what="exception", public_id=exception_id)
        if waiting.state != PostingException.State.OPEN:
            raise Refused("The exception is settled already.")
        if waiting.amount_cents:
            payer = Remittance.objects.of(by.practice_id).select_related("payer").get(pk=waiting.remittance_id).payer.public_id
            legs = (
                Posting(Account.UNAPPLIED_INSURANCE, waiting.amount_cents, payer=payer),
                Posting(accounts[how], -waiting.amount_cents, payer=payer),
            )
            entry = Entry.of(
                source=f"exception:{exception_id}", kind="exception-settled", on=by.today, says=reason[:160], postings=legs
            )
            journal.post(entry, by=by)
        waiting.state, waiting.resolution, waiting.resolved_at = PostingException.State.SETTLED, f"{how}: {reason}"[:200], by.at
        save_checked(waiting, fields=["state", "resolution", "resolved_at"])
        record(by, "settle_exception", waiting.public_id, how=how, cents=waiting.amount_cents)


def post_exception_to(*, exception_id: str, claim_id: str, by: Actor) -> bool:
    """Say which claim a doubtful answer means; it posts there when its money and lines fit."""
    require(by, "biller", "manager")
    with transaction_for(by):
        next_number(by.practice_id, "remittance-posting")
        waiting: PostingException = locked(PostingException.objects.of(by.practice_id), what="exception", public_id=exception_id)
        claim: Claim = get_or_refuse(Claim.objects.of(by.practice_id), what="claim", public_id=claim_id)
        if waiting.state != PostingException.State.OPEN:
            raise Refused("The exception is settled already.")
        _refuse_check(waiting)
        run = ExceptionRun([waiting], by)
        run.decided_claim = claim.public_id
        payment = from_json(documents.ClaimPayment, waiting.answer)
        problems = run.post([(waiting.pk, payment)], is_last=True)
        if problems:
            raise Refused(problems[0].says)
        run.finish()
        waiting.state, waiting.resolution, waiting.resolved_at = (
            PostingException.State.POSTED,
            f"Posted to a claim by {by.name}.",
            by.at,
        )
        save_checked(waiting, fields=["state", "resolution", "resolved_at"])
        note_event(claim, "matched-by-hand", by=by, source=waiting.public_id, cents=waiting.amount_cents)
        record(by, "post_exception", waiting.public_id, claim=claim_id, cents=waiting.amount_cents)
    return True


def take_deposit(*, trace_number: str, amount_cents: int, payer_identifier: str = "", by: Actor) -> BankDeposit:
    """Note money that the bank reports; the remittance with its trace number (TRN02) and payer (TRN03) explains it, now or later."""
    require(by, "biller", "manager")
    with transaction_for(by):
        deposit: BankDeposit | None = (
            BankDeposit.objects.of(by.practice_id)
            .filter(trace_number=trace_number, payer_identifier=payer_identifier, amount_cents=amount_cents)
            .first()
        )
        if deposit is None:
            deposit = BankDeposit(
                practice_id=by.practice_id, created_at=by.at, trace_number=trace_number, payer_identifier=payer_identifier,
                amount_cents=amount_cents, received_on=by.today,
            )  # fmt: skip
            deposit.save()
            record(by, "take_deposit", deposit.public_id, cents=amount_cents)
        match_deposits(by=by)
        deposit.refresh_from_db()
    return deposit


def match_deposits(*, by: Actor) -> int:
    """Tell deposits and remittances from each other by trace number, payer and amount; returns how many found each other."""
    found = 0
    for deposit in BankDeposit.objects.of(by.practice_id).filter(remittance__isnull=True).order_by("id"):
        rows = Remittance.objects.of(by.practice_id).filter(
            trace_number=deposit.trace_number, paid_cents=deposit.amount_cents, deposits__isnull=True
        )
        if deposit.payer_identifier:
            rows = rows.filter(payer_identifier=deposit.payer_identifier)
        match = list(rows.order_by("id")[:2])
        if len(match) == 1:
            deposit.remittance, deposit.matched_on = match[0], by.today
            deposit.save(update_fields=["remittance", "matched_on"])
            found += 1
    return found
