"""Random, seeded operations on the books, each proved: what it touched after it, everything after every thousand.

    python tests/practice/workflow/operations.py OPERATIONS [SEED] [LIVE CLAIMS] [OPERATIONS OF A PRACTICE]
                                                            (CLEANCLAIM_HOME and DATABASE_URL name an empty state)

An operation is one real action on one claim or account: a claim taken over or built from a visit and sent, an acknowledgement, a payer's
answer (paid, denied, reversed, corrected, one too many, about nobody), a provider-level amount, a recovery, a patient's payment, its return,
a refund, a write-off, a plan, a statement, collections and recall, another payer, a void, an exception settled or tried again, a closed month.
What comes in a file is one transaction of the database; a file speaks of no claim twice (a reversal with its correction is one operation),
so that the proof after it is the proof after each. What is refused is tried and not counted.

A practice keeps some two thousand live claims: one that is settled, or has seen forty operations, is retired and another takes its place. After
25,000 operations the next practice is founded, with its own seed, in the same database; the full proof is over all of a practice, retired claims too.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")
if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[3] / part) for part in ("src", "tests")]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from practice.workflow.operation_files import Live

A_PRACTICE = 25_000
"""Operations after which a practice is proved for the last time and another one is founded."""

_OLD = 40
"""Operations after which a claim is retired though something is still open on it."""


class Books:
    """A practice under random operations."""

    def __init__(self, by: Any, seed: int, live: int) -> None:
        self.by = by
        self.draw = random.Random(seed)
        self.wanted = live
        self.live: dict[str, Live] = {}
        self.accounts: dict[str, list[str]] = {}
        self.files = self.named = self.done = 0
        self.counts: Counter[str] = Counter()
        self.payments: list[str] = []
        self.last = b""
        self.entry = 0
        self.clinic: Any = None
        self.patients: list[Any] = []

    # --- what is done, and its proof -----------------------------------------------------------------------------------------

    def count(self, what: str, times: int = 1) -> None:
        self.counts[what] += times
        self.done += times

    def prove(self, claims: Iterable[str], *, accounts: Iterable[str] = (), remittances: Iterable[str] = ()) -> None:
        """Prove what the last operations touched: its claims, accounts, remittances, and every entry since the last proof."""
        from cleanclaim.practice.workflow.touched import touched_proof

        made = touched_proof(
            self.by.practice_id, claims=set(claims), accounts=set(accounts), remittances=set(remittances), after_entry=self.entry
        )
        assert not made.broken, (self.done, made.broken)
        self.entry = made.last_entry

    def attempt(self, what: str, account: str, work: Callable[[], Any]) -> None:
        """Do one operation on an account, or see it refused; prove all of the account's claims."""
        from cleanclaim.kernel.errors import CleanclaimError

        try:
            work()
        except CleanclaimError:
            self.counts[f"{what} refused"] += 1
        else:
            self.count(what)
        touched = self.accounts.get(account, [])
        for claim_id in touched:
            if claim_id in self.live:
                self.live[claim_id].moves += 1
        self.prove(touched, accounts=[account])

    def some(self) -> Live:
        """Draw a live claim."""
        return self.live[self.draw.choice(self._ids)]

    def step(self) -> None:
        """Do some fifty operations: a file of answers, and what people do meanwhile."""
        self.by = self.by.later(self.by.at + timedelta(minutes=self.draw.randrange(600)))
        if len(self.live) < self.wanted:
            self.take_over(min(100, self.wanted - len(self.live)))
        self._ids = list(self.live)
        self.remit(self.draw.choice((1, 20, 100, 200, 400)), "S" if self.draw.random() < 0.1 else "P")
        for _ in range(5):
            self.draw.choices(_SINGLE, _WEIGHTS)[0](self)
        self.retire()

    # --- claims --------------------------------------------------------------------------------------------------------------

    def adopt(self, made: list[Live]) -> None:
        """Note what the practice calls the claims that just came to be."""
        from cleanclaim.practice.claims.models import Claim

        rows = Claim.objects.of(self.by.practice_id).filter(sent_number__in=[row.number for row in made])
        found = {
            number: (claim_id, patient) for number, claim_id, patient in rows.values_list("sent_number", "public_id", "patient")
        }
        for row in made:
            row.claim_id, patient = found[row.number]
            row.account = patient or row.claim_id
            self.live[row.claim_id] = row
            self.accounts.setdefault(row.account, []).append(row.claim_id)

    def take_over(self, number: int) -> None:
        from cleanclaim.practice.claims.importing import import_claims
        from golden.money.writing import claims_file
        from practice.workflow.operation_files import drawn_claim

        self.named += number
        drawn = [drawn_claim(self.draw, f"R{self.named - place}") for place in range(number)]
        self.files += 1
        import_claims(content=claims_file(*(document for document, _ in drawn), number=self.files), by=self.by)
        self.adopt([live for _, live in drawn])
        self.count("claim taken over", number)
        self.prove([live.claim_id for _, live in drawn])

    def retire(self) -> None:
        """Let go of claims that are settled, and of old ones: nothing is done to them any more, the full proof still holds them."""
        from cleanclaim.practice.claims.models import Claim

        worn = [row.claim_id for row in self.live.values() if row.moves >= 8]
        settled = set(
            Claim.objects.of(self.by.practice_id).filter(public_id__in=worn, queue="done").values_list("public_id", flat=True)
        )
        for claim_id in worn:
            if claim_id in settled or self.live[claim_id].moves >= _OLD:
                del self.live[claim_id]
                self.counts["(claims retired)"] += 1

    def visit(self) -> None:
        """A visit from note to claim: charged, built, sent."""
        from cleanclaim.practice.charges.actions import price_charges
        from cleanclaim.practice.claims.actions import build_claim, release_claim
        from cleanclaim.practice.claims.queries import document_of, latest_submission
        from cleanclaim.practice.clearinghouse.actions import send_claims
        from practice.visit_cast import coded_visit
        from practice.workflow.operation_files import Live

        if self.clinic is None:
            self._open_clinic()
        who = self.draw.choice(self.patients)
        visit = coded_visit(self.by, self.clinic, who, served_on=self.by.today - timedelta(days=self.draw.randrange(2, 60)))
        price_charges(encounter_id=visit.public_id, by=self.by)
        built = build_claim(encounter_id=visit.public_id, by=self.by)
        document = document_of(latest_submission(built))
        party = document.subscriber.party
        lines = [(line.procedure, line.charge_cents, line.control_number) for line in document.lines]
        live = Live(built.sent_number, "", "", party, lines)
        self.adopt([live])
        self.count("visit charged and claim built")
        self.prove(self.accounts[live.account], accounts=[live.account])
        if built.status == "held":
            release_claim(claim_id=built.public_id, despite="Drawn", by=self.by)
            self.count("claim released")
            self.prove([live.claim_id])
        send_claims(claim_ids=[built.public_id], by=self.by)
        self.count("claim sent")
        self.prove([live.claim_id])

    def _open_clinic(self) -> None:
        from cleanclaim.practice.connections.actions import add_partner
        from practice.visit_cast import clinic, coverage, patient

        self.clinic = clinic(self.by)
        home = os.environ.get("CLEANCLAIM_HOME", "var")
        add_partner(name="Granite Exchange", location=str(Path(home) / f"exchange-{self.by.practice_id}"), sender_id="MAPLE1", receiver_id="GRANITE1", by=self.by)  # fmt: skip
        for place in range(25):
            letters = chr(65 + place) * 3
            who = patient(self.by, last_name=f"Drawn{letters}", first_name=f"Ann{letters}", phone=f"802-555-{1000 + place}")
            coverage(self.by, who, self.clinic.granite, member_id=f"GH{place:07d}")
            self.patients.append(who)

    # --- files from payers ---------------------------------------------------------------------------------------------------

    def remit(self, number: int, turn: str) -> None:
        from cleanclaim.practice.remittance.posting import post_remittance_file
        from golden.money.writing import advice, remittance_file
        from practice.workflow.operation_files import PAYERS, drawn_answers, stranger

        rows = [self.live[name] for name in self.draw.sample(self._ids, min(number, len(self._ids)))]
        if turn == "S":
            rows = [row for row in rows if row.has_second and row.standing["P"]]
        answers, spoken = [], []
        for row in rows:
            made = drawn_answers(self.draw, row, turn)
            if made:
                answers += made
                spoken.append(row)
                row.moves += 1
        strangers = sum(self.draw.random() < 0.02 for _ in rows)
        answers += [stranger(self.draw) for _ in range(strangers)]
        plb = [
            (self.draw.choice(("L6", "CS", "FB", "LE", "72", "J1", "50")), f"REF{self.draw.randrange(50)}", self.draw.randrange(-900, 900) or 1)
            for _ in range(self.draw.randrange(3))
        ]  # fmt: skip
        answered = len(spoken)
        victim = self.some()
        if victim.icn and victim not in spoken and turn == "P":
            plb.append(("WO", victim.icn, self.draw.randrange(100, 2000)))
            spoken.append(victim)
        total = sum(row.paid_cents for row in answers) - sum(item[2] for item in plb)
        if total < 0:
            plb.append(("WO", f"FWD{self.files}", total))
        if not answers and not plb:
            return
        self.files += 1
        self.last = remittance_file(advice(answers, who=PAYERS[turn], trace=f"T{self.files}", plb=plb), number=self.files)
        done = post_remittance_file(content=self.last, file_name=f"{self.files}.835", by=self.by)
        assert len(done.remittances) == 1, done
        self.count("answer", answered)
        self.count("answer about nobody", strangers)
        self.count("provider amount", len(plb))
        self.prove([row.claim_id for row in spoken], remittances=done.remittances)

    def repeat(self) -> None:
        """The last file comes again under another name."""
        from cleanclaim.practice.remittance.posting import post_remittance_file

        if self.last:
            assert not post_remittance_file(content=self.last, file_name="again.835", by=self.by).remittances
            self.count("repeated file")
            self.prove([])

    def acknowledge(self) -> None:
        from cleanclaim.practice.clearinghouse.actions import take_acknowledgements
        from cleanclaim.x12 import read_acknowledgements
        from golden.money.cases_sending import acknowledged

        rows = [row for row in (self.some() for _ in range(12)) if not row.is_accepted and not any(row.standing.values())]
        rows = list({row.number: row for row in rows}.values())
        if not rows:
            return
        for row in rows:
            row.is_accepted = True
        told = acknowledged([(row.number, "A2" if self.draw.random() < 0.9 else "A3", "20", row.icn) for row in rows])
        take_acknowledgements(answers=read_acknowledgements(told), by=self.by, source="277CA")
        self.count("acknowledgement", len(rows))
        self.prove([row.claim_id for row in rows])

    def settle(self) -> None:
        """Settle an exception by hand, try it again, or say which claim it means."""
        from cleanclaim.practice.remittance import following
        from cleanclaim.practice.remittance.models import PostingException

        waiting = PostingException.objects.of(self.by.practice_id).filter(state="open").order_by("-amount_cents", "id").first()
        if waiting is None:
            return
        claim_id = waiting.claim or self.some().claim_id
        fate = self.draw.random()
        if fate < 0.3:
            self.attempt(
                "exception tried again", claim_id, lambda: following.retry_exception(exception_id=waiting.public_id, by=self.by)
            )
        elif fate < 0.5:
            self.attempt(
                "exception matched by hand", claim_id,
                lambda: following.post_exception_to(exception_id=waiting.public_id, claim_id=claim_id, by=self.by),
            )  # fmt: skip
        else:
            how = self.draw.choice(("refund", "keep"))
            self.attempt(
                "exception settled", claim_id,
                lambda: following.settle_exception(exception_id=waiting.public_id, how=how, reason="Drawn", by=self.by),
            )  # fmt: skip

    # --- patients and people -------------------------------------------------------------------------------------------------

    def pay(self) -> None:
        from cleanclaim.practice.receivables.actions import take_payment

        account = self.some().account
        cents, method = self.draw.randrange(100, 9000), self.draw.choice(("check", "card", "cash"))
        self.attempt("payment", account,
                     lambda: self.payments.append(take_payment(patient_id=account, cents=cents, method=method, by=self.by).public_id))  # fmt: skip

    def give_back(self) -> None:
        from cleanclaim.practice.receivables import actions, queries

        account = self.draw.choice(self._paying()) if self.payments else self.some().account
        self.attempt("credit released", account, lambda: actions.release_credits(patient_id=account, by=self.by))
        credit = queries.credit_cents(self.by.practice_id, account)
        if credit > 0:
            made = actions.ask_refund(cents=self.draw.randrange(1, credit + 1), reason="Credit", patient_id=account, by=self.by)
            self.attempt("refund approved", account, lambda: actions.approve_refund(refund_id=made.public_id, by=self.by))
            self.attempt("refund paid", account, lambda: actions.pay_refund(refund_id=made.public_id, by=self.by))

    def _paying(self) -> list[str]:
        from cleanclaim.practice.receivables.models import PatientPayment

        some = self.draw.sample(self.payments, min(5, len(self.payments)))
        return list(
            PatientPayment.objects.of(self.by.practice_id)
            .filter(public_id__in=some)
            .order_by("id")
            .values_list("patient", flat=True)
        )

    def bounce(self) -> None:
        from cleanclaim.practice.receivables.actions import return_payment
        from cleanclaim.practice.receivables.models import PatientPayment

        if self.payments:
            payment = self.payments.pop(self.draw.randrange(len(self.payments)))
            account = PatientPayment.objects.of(self.by.practice_id).get(public_id=payment).patient
            fee = self.draw.choice((0, 1500))
            self.attempt(
                "returned payment", account, lambda: return_payment(payment_id=payment, reason="NSF", fee_cents=fee, by=self.by)
            )

    def credit(self) -> None:
        from cleanclaim.practice.receivables.actions import use_credit

        account = self.some().account
        self.attempt("credit used", account, lambda: use_credit(patient_id=account, by=self.by))

    def write_off(self) -> None:
        from cleanclaim.practice.receivables.actions import write_off_balance

        account, why = self._owing(), self.draw.choice(("charity", "small-balance", "bad-debt"))
        self.attempt("write-off", account, lambda: write_off_balance(patient_id=account, why=why, reason="Drawn", by=self.by))

    def _owing(self) -> str:
        """Draw an account; rather one that was answered."""
        return next((row.account for row in (self.some() for _ in range(6)) if row.standing["P"]), self.some().account)

    def collect(self) -> None:
        from cleanclaim.practice.receivables.actions import send_to_collections

        account, recall = self._owing(), self.draw.random() < 0.3
        claim_ids = list(self.accounts[account])
        self.attempt("recall" if recall else "collections", account,
                     lambda: send_to_collections(patient_id=account, claim_ids=claim_ids, recall=recall, by=self.by))  # fmt: skip

    def plan(self) -> None:
        from cleanclaim.practice.receivables.actions import agree_plan

        account = self._owing()
        self.attempt("plan", account,
                     lambda: agree_plan(patient_id=account, parts=3, first_on=self.by.today + timedelta(days=30), by=self.by))  # fmt: skip

    def bill(self) -> None:
        from cleanclaim.practice.receivables.statements import produce_statement

        account = self._owing()
        self.attempt("statement", account, lambda: produce_statement(patient_id=account, by=self.by))

    def move(self) -> None:
        from cleanclaim.practice.claims.actions import move_to_payer
        from cleanclaim.practice.claims.models import Claim
        from cleanclaim.practice.payers.models import Payer

        row = self.some()
        if any(row.standing.values()):
            return
        payer = Claim.objects.of(self.by.practice_id).get(public_id=row.claim_id).payer_id
        other = Payer.objects.of(self.by.practice_id).exclude(pk=payer).order_by("id").first()
        if other is not None:
            self.attempt(
                "other payer", row.account, lambda: move_to_payer(claim_id=row.claim_id, payer_id=other.public_id, by=self.by)
            )

    def void(self) -> None:
        from cleanclaim.practice.claims.corrections import void_claim

        row = self.some()
        self.attempt("void", row.account, lambda: void_claim(claim_id=row.claim_id, reason="Drawn", by=self.by))

    def correct(self) -> None:
        """A replacement claim: one line costs more or less; what was booked stays, the difference is booked."""
        from cleanclaim.practice.claims.corrections import correct_claim
        from cleanclaim.practice.claims.models import Claim
        from cleanclaim.practice.claims.queries import document_of, latest_submission

        row = self.some()
        if any(row.standing.values()):
            return
        document = document_of(latest_submission(Claim.objects.of(self.by.practice_id).get(public_id=row.claim_id)))
        lines = list(document.lines)
        cents = max(100, lines[0].charge_cents + self.draw.randrange(-400, 900))
        lines[0] = lines[0]._replace(charge_cents=cents)
        changed = document._replace(lines=tuple(lines), charge_cents=sum(line.charge_cents for line in lines))

        def work() -> None:
            correct_claim(claim_id=row.claim_id, document=changed, by=self.by)
            row.lines[0] = (row.lines[0][0], cents, row.lines[0][2])

        self.attempt("replacement claim", row.account, work)

    def close_month(self) -> None:
        """Close the books up to last week; a payment of an earlier day is refused from then on."""
        from cleanclaim.practice.journal.actions import close_period
        from cleanclaim.practice.receivables.actions import take_payment

        account = self.some().account
        self.attempt("period closed", account, lambda: close_period(last=self.by.today - timedelta(days=7), by=self.by))
        late = self.by.later(self.by.at - timedelta(days=30))
        self.attempt(
            "payment of a closed day", account, lambda: take_payment(patient_id=account, cents=100, method="cash", by=late)
        )


_DRAWN: tuple[tuple[Callable[[Books], None], int], ...] = (
    (Books.pay, 300), (Books.give_back, 60), (Books.bounce, 80), (Books.credit, 80), (Books.write_off, 80), (Books.collect, 60), (Books.plan, 20),
    (Books.acknowledge, 100), (Books.settle, 100), (Books.repeat, 20), (Books.move, 10), (Books.void, 15), (Books.correct, 8), (Books.visit, 8),
    (Books.bill, 2), (Books.close_month, 2),
)  # fmt: skip
_SINGLE = [pair[0] for pair in _DRAWN]
_WEIGHTS = [pair[1] for pair in _DRAWN]


def broken_of(rows: Any) -> list[str]:
    return [name for name, count in rows if count]


def run(by: Any, operations: int, seed: int = 1, live: int = 2000, *, say: Any = lambda _text: None, before: int = 0) -> Books:
    """Do so many operations in a practice; raises AssertionError at the first one that breaks an invariant."""
    from cleanclaim.practice.workflow.proof import verify

    books = Books(by, seed, live)
    proved = 0
    while books.done < operations:
        books.step()
        if books.done // 1000 > proved:
            proved = books.done // 1000
            broken = broken_of(verify(by.practice_id).invariants)
            assert not broken, (seed, books.done, broken)
            say(before + books.done)
    broken = broken_of(verify(by.practice_id).invariants)
    assert not broken, (seed, books.done, broken)
    return books


def main(operations: int, seed: int, live: int, of_a_practice: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:  # the state is thrown away: nothing waits for the disk
        cursor.execute("PRAGMA synchronous=OFF" if connection.vendor == "sqlite" else "SET synchronous_commit TO off")
    started, used = time.perf_counter(), time.process_time()
    counts: Counter[str] = Counter()
    done = practices = 0

    def say(number: int) -> None:
        seconds = time.perf_counter() - started
        print(f"{datetime.now(UTC):%H:%M:%S} {connection.vendor}: {number:,} operations in {seconds:,.0f} s, {number / seconds:,.0f}/s, "
              f"{time.process_time() - used:,.0f} s of CPU; every invariant holds", flush=True)  # fmt: skip

    while done < operations:
        now = datetime(2026, 11, 20, 17, tzinfo=UTC)
        by = system_actor(found_practice(name=f"Operations {practices + 1}", at=now).pk, at=now)
        books = run(by, min(of_a_practice, operations - done), seed + practices, live, say=say, before=done)
        done += books.done
        practices += 1
        counts += books.counts
    print(f"{connection.vendor}: {done:,} operations in {practices} practices of some {live:,} live claims, seeds {seed} to {seed + practices - 1}, "
          f"in {time.perf_counter() - started:,.0f} s ({time.process_time() - used:,.0f} s of CPU); no invariant broken")  # fmt: skip
    print("  " + ", ".join(f"{count:,} {what}" for what, count in counts.most_common()))


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    main(words[0], *(words[1:] + [1, 2000, A_PRACTICE][len(words) - 1 :]))
