"""One posting run: answers in chunks against the claims that they mean, so that a file of any size takes the same memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.db.models.functions import Upper

from cleanclaim.documents import ClaimPayment, Party
from cleanclaim.kernel.dates import add_business_days
from cleanclaim.ledger import Account, Entry, Posting
from cleanclaim.ledger.movements import unapplied_remittance
from cleanclaim.practice.claims.books import Desk, QueueChanges, held_of
from cleanclaim.practice.claims.corrections import undo_charges
from cleanclaim.practice.claims.effects import Effect
from cleanclaim.practice.claims.freezing import to_json
from cleanclaim.practice.claims.identity import last_name_key, member_key, name_key
from cleanclaim.practice.claims.models import Claim, ClaimEvent, ClaimPayer
from cleanclaim.practice.claims.rules import Status
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.bulk import insert_rows, write_columns
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.journal.queries import legs_by_source
from cleanclaim.practice.payers.actions import payer_from_party
from cleanclaim.practice.payers.models import Payer, PayerAlias
from cleanclaim.practice.payers.queries import payers_named
from cleanclaim.practice.remittance import shapes
from cleanclaim.practice.remittance.days import plausible_on
from cleanclaim.practice.remittance.matching import normal_number
from cleanclaim.practice.remittance.models import Decision, PostingException, Remittance
from cleanclaim.practice.remittance.outcome import settle_claim
from cleanclaim.practice.remittance.rules import Planner
from cleanclaim.practice.remittance.shapes import (
    RETRIED_PROBLEMS,
    Answer,
    Identity,
    OpenClaim,
    OpenLine,
    PayerTurn,
    Posting835,
    PostingProblem,
    Problem,
)

_MOST_RETRIED = 5000
"""Answers that wait for the end of the file in memory; what comes after goes to the exceptions queue at once."""


class PostingRun:
    """Posts the answers of one remittance. `money` is where paid amounts come from: cash, or what an exception has held."""

    def __init__(self, remittance: Remittance, by: Actor, *, money: Account = Account.CASH) -> None:
        self.remittance = remittance
        self.by = by
        self.money = money
        self.posted = 0
        self.excepted = 0
        self.reversed_claims: set[str] = set()
        self.awaited_claims: set[str] = set()
        self.decided_claim = ""
        self._waiting: list[tuple[int, ClaimPayment]] = []
        self._crossover_wait = add_business_days(by.today, 15)
        self._queues = QueueChanges()
        self._reversing: set[int] = set()
        self._legs: dict[str, list[Posting]] | None = None
        aliases = PayerAlias.objects.of(by.practice_id).filter(payer_id=remittance.payer_id).values_list("value", flat=True)
        keys = payers_named(
            by.practice_id, [remittance.payer.name, remittance.payer.payer_id, remittance.payer_identifier, *aliases]
        )
        self._payers = {
            payer.public_id: payer for payer in Payer.objects.of(by.practice_id).filter(id__in={*keys, remittance.payer_id})
        }
        self._payer_ids = frozenset(self._payers)

    def post(self, chunk: Sequence[tuple[int, ClaimPayment]], *, is_last: bool = False) -> list[PostingProblem]:
        """Post a run of answers; those that a later answer may help wait until `finish`."""
        answers = [self._answer(ordinal, payment) for ordinal, payment in chunk]
        desk = Desk(self.by, self._queues)
        found = self._candidates(answers, desk)
        claims = self._open_claims(desk)
        self._reversing = {
            desk.claims[name].pk
            for answer in answers
            if answer.payment.is_reversal
            for name in found[answer.ordinal]
            if name in desk.claims
        }
        planner = Planner(
            payer_ids=self._payer_ids, remitter=self.remittance.payer.public_id, original_legs=self._original_legs,
            decided_claim=self.decided_claim, days=plausible_on(self.by.today),
        )  # fmt: skip
        plan = planner.plan(answers, claims, lambda answer: found[answer.ordinal])
        payments = dict(chunk)
        self._book(plan.postings, payments, desk)
        lasting = []
        for problem in plan.problems:
            if not is_last and problem.problem in RETRIED_PROBLEMS and len(self._waiting) < _MOST_RETRIED:
                self._waiting.append((problem.ordinal, payments[problem.ordinal]))
            else:
                lasting.append(problem)
        self._hold(lasting, payments)
        self.posted += len(plan.postings)
        self.excepted += len(lasting)
        return lasting

    def finish(self) -> None:
        """Try what waited once more, now that the whole file was seen; then write the queues' counts."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.post(waiting, is_last=True)
        self._queues.write(self.by.practice_id)
        for claim in Claim.objects.of(self.by.practice_id).filter(
            public_id__in=self.reversed_claims, status=Status.VOIDED, insurance_paid_cents=0
        ):
            undo_charges(claim, by=self.by)

    # --- reading -------------------------------------------------------------------------------------------------------------

    def _answer(self, ordinal: int, payment: ClaimPayment) -> Answer:
        person = payment.patient or payment.subscriber or Party()
        members = {
            member_key(party.id) for party in (payment.patient, payment.subscriber, payment.corrected_patient) if party and party.id
        }
        crossover = ""
        if payment.crossover_payer is not None:
            crossover = payer_from_party(party=payment.crossover_payer, claim_filing="", by=self.by).public_id
        return Answer(ordinal, payment, Identity(name_key(person), last_name_key(person), frozenset(members - {""})), crossover)

    def _candidates(self, answers: Sequence[Answer], desk: Desk) -> dict[int, list[str]]:
        """Find the claims that each answer may mean: by its control number, by the payer's number, else by its patient's name."""
        rows = Claim.objects.of(self.by.practice_id)
        numbers = {answer.payment.patient_control_number.strip() for answer in answers} - {""}
        if self.decided_claim:
            desk.take([self.decided_claim])
            return {answer.ordinal: [self.decided_claim] for answer in answers}
        by_number: dict[str, set[str]] = defaultdict(set)
        upper = {number.upper()[:20] for number in numbers}
        named = rows.alias(upper_number=Upper("patient_control_number")).filter(
            Q(sent_number__in=numbers) | Q(upper_number__in=upper)
        )
        for public_id, sent, own in named.values_list("public_id", "sent_number", "patient_control_number"):
            by_number[normal_number(sent)].add(public_id)
            by_number[normal_number(own)].add(public_id)
        found = {answer.ordinal: sorted(by_number[normal_number(answer.payment.patient_control_number)]) for answer in answers}
        lost = [answer for answer in answers if not found[answer.ordinal]]
        if lost:
            self._by_payer_number(lost, found)
            self._by_name([answer for answer in lost if not found[answer.ordinal]], found)
        desk.take({claim_id for ids in found.values() for claim_id in ids})
        return found

    def _by_payer_number(self, answers: Sequence[Answer], found: dict[int, list[str]]) -> None:
        icns = {answer.payment.payer_claim_control_number.strip() for answer in answers} - {""}
        if not icns:
            return
        rows = ClaimPayer.objects.of(self.by.practice_id).filter(payer_claim_control_number__in=icns)
        by_icn: dict[str, set[str]] = defaultdict(set)
        for icn, claim_id in rows.values_list("payer_claim_control_number", "claim__public_id"):
            by_icn[icn].add(claim_id)
        for answer in answers:
            found[answer.ordinal] = sorted(by_icn[answer.payment.payer_claim_control_number.strip()])

    def _by_name(self, answers: Sequence[Answer], found: dict[int, list[str]]) -> None:
        keys = {answer.identity.name_key for answer in answers} - {""}
        if not keys:
            return
        by_name: dict[str, set[str]] = defaultdict(set)
        rows = Claim.objects.of(self.by.practice_id).filter(name_index__in=keys)
        for key, claim_id in rows.values_list("name_index", "public_id")[:20_000]:
            by_name[key].add(claim_id)
        for answer in answers:
            found[answer.ordinal] = sorted(by_name[answer.identity.name_key])

    def _open_claims(self, desk: Desk) -> list[OpenClaim]:
        keys = [claim.pk for claim in desk.claims.values()]
        turns: dict[int, list[ClaimPayer]] = defaultdict(list)
        for turn in ClaimPayer.objects.of(self.by.practice_id).filter(claim__in=keys):
            turns[turn.claim_id].append(turn)
        decisions: dict[int, list[Decision]] = defaultdict(list)
        decided = Decision.objects.of(self.by.practice_id).filter(claim__in=keys).defer("remarks", "units", "warnings")
        for decision in decided.order_by("id"):
            decisions[decision.claim_id].append(decision)
        self._name_payers([row for rows in turns.values() for row in rows])
        self._name_payers([row for rows in decisions.values() for row in rows])
        self._turns, self._decisions, self._legs = turns, decisions, None
        self._opened = self._assigned_before(desk)
        return [
            open_claim(claim, list(desk.lines[claim.public_id].values()), turns[claim.pk], decisions[claim.pk])
            for claim in desk.claims.values()
        ]

    def _assigned_before(self, desk: Desk) -> dict[str, dict[int, int]]:
        """Return, by claim and line, what earlier payers assigned to the patient before the claim was taken over."""
        decided = {(key, row.sequence) for key, rows in self._decisions.items() for row in rows}
        sources = [
            f"claim:{claim.public_id}:opening:{turn.sequence}"
            for claim in desk.claims.values()
            for turn in self._turns[claim.pk]
            if turn.is_answered and (claim.pk, turn.sequence) not in decided
        ]
        sums: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for legs in legs_by_source(self.by.practice_id, sources).values() if sources else ():
            for leg in legs:
                if leg.group == "PR":
                    sums[leg.claim][leg.line] += leg.cents
        return sums

    def _name_payers(self, rows: Sequence[Any]) -> None:
        """Give each row its payer: there are few of them, so each is read once for the whole run."""
        known = {payer.pk: payer for payer in self._payers.values()}
        missing = {row.payer_id for row in rows} - known.keys()
        if missing:
            for payer in Payer.objects.of(self.by.practice_id).filter(id__in=missing):
                known[payer.pk] = self._payers[payer.public_id] = payer
        for row in rows:
            row.payer = known[row.payer_id]

    def _original_legs(self, decision_id: str) -> list[Posting]:
        """Return the legs by which a decision of an earlier file (or chunk) was booked; those of every claim that this chunk reverses are read at once."""
        if self._legs is None:
            rows = [row for made in self._decisions.values() for row in made if row.claim_id in self._reversing]
            by_source = legs_by_source(self.by.practice_id, [row.source for row in rows])
            self._legs = {str(row.pk): by_source.get(row.source, []) for row in rows}
        return self._legs[decision_id]

    # --- writing -------------------------------------------------------------------------------------------------------------

    def source_of(self, ordinal: int) -> str:
        """Name what books an answer, once."""
        return f"remittance:{self.remittance.public_id}:{ordinal}"

    def place_of(self, ordinal: int) -> tuple[Remittance, int]:
        """Return the remittance in which an answer stands, and its place there."""
        return self.remittance, ordinal

    def _book(self, postings: Sequence[Posting835], payments: dict[int, ClaimPayment], desk: Desk) -> None:
        entries: list[Entry] = []
        for posting in postings:
            legs = tuple(leg._replace(account=self.money) if leg.account is Account.CASH else leg for leg in posting.legs)
            if legs:
                kind = "insurance-reversal" if posting.reverses else "insurance-decision"
                entries.append(
                    Entry.of(
                        source=self.source_of(posting.ordinal), kind=kind, on=self.by.today, says=_says(posting), postings=legs
                    )
                )
        journal.post_many(entries, by=self.by)
        for entry in entries:
            desk.follow(entry.postings)
        self._write_decisions(postings, payments, desk)
        self._note_awaited({posting.claim_id for posting in postings})
        desk.put_back()

    def _note_awaited(self, claim_ids: set[str]) -> None:
        """Note the claims of which a reversal came before what it takes back: that may have been posted now."""
        if claim_ids:
            rows = PostingException.objects.of(self.by.practice_id).filter(
                claim__in=claim_ids, state=PostingException.State.OPEN, problem=Problem.REVERSAL_WITHOUT_ORIGINAL.value
            )
            self.awaited_claims.update(rows.values_list("claim", flat=True))

    def _write_decisions(self, postings: Sequence[Posting835], payments: dict[int, ClaimPayment], desk: Desk) -> None:
        made: dict[int, Decision] = {}
        events: list[ClaimEvent] = []
        for posting in postings:
            claim = desk.claims[posting.claim_id]
            payment = payments[posting.ordinal]
            made[posting.ordinal] = self._decision(posting, payment, claim)
            events.append(self._event(posting, claim))
        pairs = [(posting, made[posting.ordinal]) for posting in postings]
        named = {int(posting.reverses[8:]) for posting in postings if posting.reverses.startswith("ordinal:")}
        insert_rows(Decision, [decision for posting, decision in pairs if not posting.reverses and posting.ordinal not in named])
        Decision.objects.bulk_create([made[ordinal] for ordinal in sorted(named)])  # their keys are wanted by what takes them back
        reversals, taken_back = [], []
        by_key = {str(row.pk): row for rows in self._decisions.values() for row in rows}
        for posting, decision in pairs:
            if posting.reverses:
                original = made[int(posting.reverses[8:])] if posting.reverses.startswith("ordinal:") else by_key[posting.reverses]
                original.is_reversed = True
                decision.reverses = original
                reversals.append(decision)
                taken_back.append(original.pk)
                self.reversed_claims.add(posting.claim_id)
        insert_rows(Decision, reversals)
        if taken_back:
            Decision.objects.of(self.by.practice_id).filter(pk__in=taken_back).update(is_reversed=True)
        insert_rows(ClaimEvent, events)
        touched: dict[str, list[Posting835]] = defaultdict(list)
        for posting, decision in pairs:
            touched[posting.claim_id].append(posting)
            self._decisions[decision.claim_id].append(decision)
        turns: list[ClaimPayer] = []
        for claim_id, answers in touched.items():
            claim = desk.claims[claim_id]
            turns += settle_claim(
                desk, claim, answers, turns=self._turns[claim.pk], decisions=self._decisions[claim.pk], by=self.by,
                crossover_wait=self._crossover_wait, assigned_before=self._opened.get(claim_id, {}),
            )  # fmt: skip
        old = {turn.pk for turn in turns if turn.pk is not None}
        ClaimPayer.objects.bulk_create([turn for turn in turns if turn.pk is None])
        write_columns(
            ClaimPayer, [turn for turn in turns if turn.pk in old], ["is_answered", "payer_claim_control_number", "crossed_over_on"]
        )

    def _decision(self, posting: Posting835, payment: ClaimPayment, claim: Claim) -> Decision:
        units: dict[str, list[str]] = {}
        for number, line in enumerate(payment.lines, 1):
            if line.submitted_quantity is not None and line.quantity is not None and line.quantity != line.submitted_quantity:
                units[str(number)] = [str(line.quantity), str(line.submitted_quantity)]
        remarks = list(dict.fromkeys((*payment.remarks, *(remark for line in payment.lines for remark in line.remarks))))
        remittance, ordinal = self.place_of(posting.ordinal)
        return Decision(
            practice_id=self.by.practice_id, claim=claim, remittance=remittance, ordinal=ordinal,
            source=self.source_of(posting.ordinal), sequence=posting.turn, payer=self._payer(posting.payer_id), status=posting.status[:2],
            charge_cents=posting.charge_cents, paid_cents=posting.paid_cents,
            payer_claim_control_number=posting.payer_claim_control_number[:50], effects=[list(effect) for effect in posting.effects],
            answered=list(posting.answered_lines), remarks=remarks, units=units, matched_by=posting.matched_by,
            warnings=list(posting.warnings), decided_on=remittance.paid_on,
        )  # fmt: skip

    def _payer(self, payer_id: str) -> Payer:
        if payer_id not in self._payers:
            self._payers[payer_id] = Payer.objects.of(self.by.practice_id).get(public_id=payer_id)
        found: Payer = self._payers[payer_id]
        return found

    def _event(self, posting: Posting835, claim: Claim) -> ClaimEvent:
        what = "reversal" if posting.reverses else "denied" if posting.status == "4" else "payer-answer"
        remittance, ordinal = self.place_of(posting.ordinal)
        return ClaimEvent(
            practice_id=self.by.practice_id, claim=claim, on=self.by.today, at=self.by.at, what=what,
            source=f"{remittance.public_id}:{ordinal}", amount_cents=posting.paid_cents, says=_says(posting)[:300],
        )  # fmt: skip

    def _hold(self, problems: Sequence[PostingProblem], payments: dict[int, ClaimPayment]) -> None:
        """Keep what could not be posted, its money booked as unapplied."""
        rows, entries = [], []
        for problem in problems:
            payment = payments[problem.ordinal]
            row = PostingException(
                practice_id=self.by.practice_id, created_at=self.by.at, remittance=self.remittance, ordinal=problem.ordinal,
                problem=problem.problem.value, amount_cents=problem.cents, says=problem.says[:300],
                patient_control_number=payment.patient_control_number[:50], claim=problem.candidates[0] if problem.candidates else "",
                candidates=list(problem.candidates), answer=to_json(payment),
            )  # fmt: skip
            rows.append(row)
            if problem.cents:
                entries.append(
                    unapplied_remittance(
                        source=self.source_of(problem.ordinal),
                        on=self.by.today,
                        payer=self.remittance.payer.public_id,
                        cents=problem.cents,
                        says="Held until a person decides where it belongs.",
                    )
                )
        journal.post_many(entries, by=self.by)
        PostingException.objects.bulk_create(rows)


def _says(posting: Posting835) -> str:
    if posting.reverses:
        return "The payer took its earlier decision back."
    return "A payer denied the claim." if posting.status == "4" else "A payer decided on the claim."


def open_claim(claim: Claim, lines: Sequence[Any], turns: Sequence[ClaimPayer], decisions: Sequence[Decision]) -> OpenClaim:
    """Return a claim as the rules see it."""
    made = [_open_line(line) for line in sorted(lines, key=lambda line: line.number)]
    whole = next((line for line in made if line.number == 0), OpenLine(0, "", 0))
    members = frozenset({claim.member_index} - {""})
    return OpenClaim(
        claim.public_id,
        claim.patient_control_number,
        claim.charge_cents,
        tuple(line for line in made if line.number),
        tuple(
            PayerTurn(
                turn.sequence,
                turn.payer.public_id,
                turn.payer_claim_control_number,
                turn.is_answered,
                frozenset(),
                turn.payer.is_capitated,
            )
            for turn in sorted(turns, key=lambda turn: "PSTABCDEFGH".find(turn.sequence))
        ),
        frozenset({normal_number(claim.sent_number)}),
        claim.patient,
        Identity(claim.name_index, claim.last_name_index, members),
        claim.served_on,
        claim.served_to,
        tuple(
            shapes.Decision(
                str(row.pk),
                row.payer.public_id,
                row.status,
                row.charge_cents,
                row.paid_cents,
                tuple(Effect(*effect) for effect in row.effects),
                row.payer_claim_control_number,
                row.is_reversed,
                tuple(row.answered),
            )
            for row in decisions
            if row.reverses_id is None
        ),
        whole,
        claim.status == "voided",
    )


def _open_line(line: Any) -> OpenLine:
    try:
        quantity = Decimal(line.units) if line.units else None
    except InvalidOperation:
        quantity = None
    return OpenLine(
        line.number, line.procedure, line.charge_cents, tuple(line.modifiers.split(":")) if line.modifiers else (), quantity,
        line.served_on, line.control_number, line.revenue_code, tuple(held_of(line).items()), line.patient_cents, line.patient_paid_cents,
    )  # fmt: skip
