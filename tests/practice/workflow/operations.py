"""Random, seeded operations on the books, proved as they go: what they touched after each step, everything after every thousand.

    python tests/practice/workflow/operations.py OPERATIONS [SEED] [LIVE CLAIMS]     (CLEANCLAIM_HOME and DATABASE_URL name an empty state)

An operation is one movement that a practice knows: a claim taken over, one answer of a remittance (paid, denied, split, reversed, corrected,
overpaid, about nobody), a provider-level amount, a patient's payment, its return, a refund, a write-off, collections and recall, a repeated file.
Answers travel in remittances of some forty, so a step is a few dozen operations; each step is followed by the proof of every claim it touched.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import UTC, datetime
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")

CODES = ("99213", "99214", "93000", "97110", "36415")


class Books:
    """A practice under random operations."""

    def __init__(self, by: Any, seed: int, live: int) -> None:
        self.by = by
        self.draw = random.Random(seed)
        self.live = live
        self.claims: dict[str, list[tuple[str, int]]] = {}
        self.standing: dict[str, list[Any]] = {}
        self.ids: dict[str, str] = {}
        self.files = 0
        self.done = 0
        self.counts: dict[str, int] = {}
        self.touched: set[str] = set()
        self.payments: list[str] = []
        self.last = b""

    def count(self, what: str, times: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + times
        self.done += times

    def step(self) -> None:
        """Do a few dozen operations."""
        self.touched = set()
        if len(self.claims) < self.live:
            self.take_over(min(40, self.live - len(self.claims)))
        self.remit(40)
        for _ in range(4):
            self.draw.choice((self.pay, self.pay, self.give_back, self.write_off, self.collect))()
        if self.draw.random() < 0.1:
            self.repeat()

    def take_over(self, number: int) -> None:
        from cleanclaim.practice.claims.importing import import_claims
        from cleanclaim.practice.claims.models import Claim
        from golden.money.writing import claim, claims_file, person

        made = []
        for _ in range(number):
            name = f"R{len(self.claims)}"
            lines = [(self.draw.choice(CODES), self.draw.randrange(500, 40000)) for _ in range(self.draw.choice((1, 2, 2, 3)))]
            made.append(claim(name, lines, insured=person(member=f"M{len(self.claims)}")))
            self.claims[name] = lines
        self.files += 1
        import_claims(content=claims_file(*made, number=self.files), by=self.by)
        self.ids.update(
            Claim.objects.of(self.by.practice_id)
            .filter(sent_number__in=[row.patient_control_number for row in made])
            .values_list("sent_number", "public_id")
        )
        self.count("claim", number)

    def remit(self, number: int) -> None:
        from cleanclaim.practice.remittance.posting import post_remittance_file
        from golden.money.writing import advice, remittance_file

        answers = [self.answer() for _ in range(number)]
        answers = [row for row in answers if row is not None]
        plb = [
            (self.draw.choice(("L6", "CS", "FB", "LE")), f"REF{self.draw.randrange(50)}", self.draw.randrange(-900, 900) or 1)
            for _ in range(self.draw.randrange(3))
        ]
        total = sum(row.paid_cents for row in answers) - sum(item[2] for item in plb)
        if total < 0:
            plb.append(("WO", f"FWD{self.files}", total))
        self.files += 1
        self.last = remittance_file(advice(answers, trace=f"T{self.files}", plb=plb), number=self.files)
        done = post_remittance_file(content=self.last, file_name=f"{self.files}.835", by=self.by)
        assert done.remittances, done
        self.count("answer", len(answers))
        self.count("provider amount", len(plb))

    def answer(self) -> Any:
        from golden.money.writing import answer, paid_line, person

        name = self.draw.choice(list(self.claims))
        self.touched.add(self.ids[name])
        who = person(member=f"M{name[1:]}")
        fate = self.draw.random()
        standing = self.standing.setdefault(name, [])
        if standing and fate < 0.35:
            back = standing.pop(self.draw.randrange(len(standing)))
            lines = [row._replace(charge_cents=-row.charge_cents, paid_cents=-row.paid_cents, adjustments=tuple(a._replace(cents=-a.cents) for a in row.adjustments))
                     for row in back.lines]  # fmt: skip
            return answer(name, lines, status="22", insured=who)
        if fate < 0.4:
            return answer(f"X{self.draw.randrange(999)}", [paid_line("99213", 9000, self.draw.randrange(9000), [])._replace(adjustments=())][:0] or
                          [paid_line("99213", 9000, 9000, [])], insured=person("NOBODY", "ANN", "ZZ"))  # fmt: skip
        lines = []
        for place, (code, cents) in enumerate(self.claims[name], 1):
            off, share = self.draw.randrange(cents // 2), self.draw.randrange(cents // 4 + 1)
            adjustments = [("CO", "45", off), ("PR", self.draw.choice("123"), share)]
            if fate > 0.93:
                adjustments, off, share = [("CO", self.draw.choice(("16", "50", "197")), cents)], cents, 0
            lines.append(paid_line(code, cents, cents - off - share, [row for row in adjustments if row[2]], f"{name}L{place}"))
        made = answer(name, lines, status="4" if fate > 0.97 and not any(row.paid_cents for row in lines) else "1", insured=who)
        if not any(row.paid_cents or any(a.group == "PR" for a in row.adjustments) for row in standing for row in row.lines):
            standing.append(made)
        return made

    def repeat(self) -> None:
        from cleanclaim.practice.remittance.posting import post_remittance_file

        assert not post_remittance_file(content=self.last, file_name="again.835", by=self.by).remittances
        self.count("repeated file")

    def _some(self) -> str:
        name = self.draw.choice(list(self.ids))
        self.touched.add(self.ids[name])
        return self.ids[name]

    def _try(self, what: str, work: Any) -> None:
        from cleanclaim.kernel.errors import CleanclaimError

        try:
            work()
        except CleanclaimError:
            what = f"{what} refused"
        self.count(what)

    def pay(self) -> None:
        from cleanclaim.practice.receivables.actions import take_payment

        def work() -> None:
            made = take_payment(
                patient_id=self._some(),
                cents=self.draw.randrange(100, 9000),
                method=self.draw.choice(("check", "card")),
                by=self.by,
            )
            self.payments.append(made.public_id)

        self._try("payment", work)

    def give_back(self) -> None:
        from cleanclaim.practice.receivables import actions, queries

        def refund() -> None:
            account = self._some()
            actions.release_credits(patient_id=account, by=self.by)
            credit = queries.credit_cents(self.by.practice_id, account)
            made = actions.ask_refund(cents=max(1, credit), reason="Credit", patient_id=account, by=self.by)
            actions.pay_refund(refund_id=actions.approve_refund(refund_id=made.public_id, by=self.by).public_id, by=self.by)

        def returned() -> None:
            payment = self.payments.pop(self.draw.randrange(len(self.payments)))
            actions.return_payment(payment_id=payment, reason="NSF", fee_cents=self.draw.choice((0, 1500)), by=self.by)

        self._try("refund", refund) if self.draw.random() < 0.5 or not self.payments else self._try("returned payment", returned)

    def write_off(self) -> None:
        from cleanclaim.practice.receivables.actions import write_off_balance

        account = self._some()
        self._try(
            "write-off",
            lambda: write_off_balance(
                patient_id=account, why=self.draw.choice(("charity", "small-balance", "bad-debt")), reason="Drawn", by=self.by
            ),
        )

    def collect(self) -> None:
        from cleanclaim.practice.receivables.actions import send_to_collections

        account = self._some()
        recall = self.draw.random() < 0.4
        self._try(
            "recall" if recall else "collections",
            lambda: send_to_collections(patient_id=account, claim_ids=[account], recall=recall, by=self.by),
        )


def broken_of(rows: Any) -> list[str]:
    return [name for name, count in rows if count]


def run(by: Any, operations: int, seed: int = 1, live: int = 2000, *, say: Any = lambda _text: None) -> Books:
    """Do so many operations; raises AssertionError at the first step that breaks an invariant."""
    from cleanclaim.practice.workflow.proof import claims_proof, verify

    books = Books(by, seed, live)
    proved, started = 0, time.perf_counter()
    while books.done < operations:
        books.step()
        broken = broken_of(claims_proof(by.practice_id, books.touched))
        assert not broken, (seed, books.done, broken)
        if books.done // 1000 > proved:
            proved = books.done // 1000
            broken = broken_of(verify(by.practice_id).invariants)
            assert not broken, (seed, books.done, broken)
            say(f"{books.done:,} operations, {books.done / (time.perf_counter() - started):,.0f}/s, all invariants hold")
    broken = broken_of(verify(by.practice_id).invariants)
    assert not broken, (seed, books.done, broken)
    return books


def main(operations: int, seed: int, live: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    by = system_actor(found_practice(name="Operations", at=now).pk, at=now)
    started, used = time.perf_counter(), time.process_time()
    books = run(by, operations, seed, live, say=lambda text: print(text, file=sys.stderr))
    print(f"{connection.vendor}: {books.done:,} operations on {len(books.claims):,} claims, seed {seed}, in {time.perf_counter() - started:,.0f} s "
          f"({time.process_time() - used:,.0f} s of CPU); no invariant broken")  # fmt: skip
    print("  " + ", ".join(f"{count:,} {what}" for what, count in sorted(books.counts.items(), key=lambda pair: -pair[1])))


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    main(words[0], words[1] if len(words) > 1 else 1, words[2] if len(words) > 2 else 2000)
