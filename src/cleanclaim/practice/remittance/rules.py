"""Planning a posting: every answer of a remittance becomes effects on one claim, or an exception with its amount. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cleanclaim.documents import Adjustment, ClaimPayment
from cleanclaim.kernel.money import Money
from cleanclaim.ledger import Account, Posting
from cleanclaim.practice.claims.balances import Balances, LineBalance, decision_legs
from cleanclaim.practice.claims.dispositions import disposition
from cleanclaim.practice.claims.effects import Effect, EffectKind
from cleanclaim.practice.remittance.days import Plausible, strange_day_of
from cleanclaim.practice.remittance.matching import LineMatch, Match, match_claim, match_lines, normal_number
from cleanclaim.practice.remittance.shapes import (
    RETRIED_PROBLEMS,
    SAYS,
    Answer,
    Decision,
    OpenClaim,
    PayerTurn,
    Posting835,
    PostingPlan,
    PostingProblem,
    Problem,
)

SEQUENCE_OF_STATUS: Final = {"1": "P", "19": "P", "2": "S", "20": "S", "3": "T", "21": "T"}
"""CLP02 tells as which payer a remittance answers: primary, secondary, tertiary; 19 to 21 were forwarded to another payer as well."""

_FORWARDED: Final = frozenset({"19", "20", "21", "23"})
_NOTHING_DECIDED: Final = frozenset({"23", "25"})
_ORDER: Final = "PSTABCDEFGH"


class _Working:
    """A claim while answers about it are planned: its balances and decisions move on with each one."""

    def __init__(self, claim: OpenClaim) -> None:
        self.claim = claim
        self.balances = Balances(
            {
                line.number: LineBalance(dict(line.held), line.patient_cents, line.patient_paid_cents)
                for line in (*claim.lines, claim.whole)
            }
        )
        self.decisions = list(claim.decisions)


class Planner:
    """Plans the answers of one remittance file, in order; later answers see what earlier ones did.

    `find` returns the claims that may be meant by some answers (by their numbers and patients). `payer_ids` are the payers whose name or
    number the remittance bears, `remitter` the one to book to when none of a claim's payers is among them. `original_legs` returns the
    legs by which an earlier decision was booked. `days` are those that an answer may speak of; an answer to a claim that a person chose is
    not asked about them.
    """

    def __init__(
        self,
        *,
        payer_ids: frozenset[str],
        remitter: str,
        original_legs: Callable[[str], Sequence[Posting]] = lambda _id: (),
        decided_claim: str = "",
        days: Plausible | None = None,
    ) -> None:
        self.decided_claim = decided_claim
        self.days = days
        self.payer_ids = payer_ids
        self.remitter = remitter
        self._original_legs = original_legs
        self._working: dict[str, _Working] = {}
        self._legs: dict[str, tuple[Posting, ...]] = {}

    def plan(
        self, answers: Iterable[Answer], claims: Sequence[OpenClaim], candidates: Callable[[Answer], Sequence[str]]
    ) -> PostingPlan:
        """Plan a run of answers against the claims that were read for them; answers that an other one may help are tried again."""
        for claim in claims:
            self._working.setdefault(claim.claim_id, _Working(claim))
        postings: list[Posting835] = []
        problems: dict[int, PostingProblem] = {}
        waiting = list(answers)
        while True:
            again, progress = [], False
            for answer in waiting:
                made = self._one(answer, [self._working[name].claim for name in candidates(answer) if name in self._working])
                if isinstance(made, Posting835):
                    postings.append(made)
                    problems.pop(answer.ordinal, None)
                    progress = True
                else:
                    problems[answer.ordinal] = made
                    if made.problem in RETRIED_PROBLEMS:
                        again.append(answer)
            waiting = again
            if not waiting or not progress:
                return PostingPlan(tuple(postings), tuple(problems[ordinal] for ordinal in sorted(problems)))

    def _one(self, answer: Answer, candidates: Sequence[OpenClaim]) -> Posting835 | PostingProblem:
        payment = answer.payment
        match = match_claim(payment, answer.identity, candidates, self.payer_ids)
        if self.decided_claim:
            match = Match(self._working[self.decided_claim].claim, by="person")
        if match.claim is None:
            problem = match.problem or Problem.CLAIM_NOT_FOUND
            return PostingProblem(answer.ordinal, problem, payment.paid_cents, SAYS[problem], match.candidates)
        working = self._working[match.claim.claim_id]
        strange = strange_day_of(payment, self.days) if self.days and not self.decided_claim else ""
        if strange:
            says = f"{strange[:1].upper()}{strange[1:]}. {SAYS[Problem.STRANGE_DAY]}"
            return self._problem(answer, working, Problem.STRANGE_DAY, says)
        if payment.is_reversal:
            return self._reversal(answer, working, match.by)
        if match.claim.is_void:
            return self._problem(answer, working, Problem.VOIDED)
        if payment.paid_cents < 0:
            return self._problem(answer, working, Problem.REVERSAL_WITHOUT_ORIGINAL, "A negative payment that is no reversal.")
        return self._decision(answer, working, match.by)

    def _problem(self, answer: Answer, working: _Working, problem: Problem, says: str = "") -> PostingProblem:
        return PostingProblem(answer.ordinal, problem, answer.payment.paid_cents, says or SAYS[problem], (working.claim.claim_id,))

    def _decision(self, answer: Answer, working: _Working, matched_by: str) -> Posting835 | PostingProblem:
        payment, claim = answer.payment, working.claim
        lines = match_lines(claim.lines, payment.lines)
        if not lines.is_complete:
            missing = next(line for line, number in zip(payment.lines, lines.numbers, strict=True) if number is None)
            says = (
                f"{SAYS[Problem.LINE_NOT_FOUND]} Code {missing.submitted_procedure or missing.procedure or missing.revenue_code}."
            )
            return self._problem(answer, working, Problem.LINE_NOT_FOUND, says)
        turn = choose_turn(claim.turns, payment.status, self.payer_ids, self.remitter)
        later = next_turn(claim.turns, turn)
        onward = later.payer_id if later else answer.crossover_payer_id
        is_undecided = payment.status in _NOTHING_DECIDED
        if is_undecided and payment.paid_cents and not self.decided_claim:
            return self._problem(answer, working, Problem.PAID_UNDECIDED)
        effects = () if is_undecided and not payment.paid_cents else effects_of(payment, claim, lines, onward, turn)
        is_first = turn.sequence == "P"
        excess = working.balances.overposted_by(effects, turn.payer_id, is_first=is_first)
        if excess:
            says = f"{SAYS[Problem.OVERPOSTED]} It is {Money(excess):$} too much."
            return self._problem(answer, working, Problem.OVERPOSTED, says)
        legs = decision_legs(
            effects,
            working.balances,
            claim_id=claim.claim_id,
            patient_id=claim.patient_id,
            payer_id=turn.payer_id,
            is_first=is_first,
        )
        posting = Posting835(
            answer.ordinal, claim.claim_id, turn.sequence, turn.payer_id, effects, payment.status, payment.charge_cents,
            payment.paid_cents, payment.payer_claim_control_number, "", matched_by, tuple(warnings(payment, claim, effects)),
            payment.status in _FORWARDED or bool(answer.crossover_payer_id), _answered(lines, claim), legs,
        )  # fmt: skip
        self._legs[f"ordinal:{answer.ordinal}"] = legs
        working.balances.apply(legs)
        working.decisions.append(
            Decision(
                f"ordinal:{answer.ordinal}",
                turn.payer_id,
                payment.status,
                payment.charge_cents,
                payment.paid_cents,
                effects,
                payment.payer_claim_control_number,
            )
        )
        return posting

    def _reversal(self, answer: Answer, working: _Working, matched_by: str) -> Posting835 | PostingProblem:
        payment = answer.payment
        original = find_original(payment, working.decisions, self.payer_ids)
        if original is None:
            return self._problem(answer, working, Problem.REVERSAL_WITHOUT_ORIGINAL)
        place = working.decisions.index(original)
        working.decisions[place] = original._replace(is_reversed=True)
        effects = tuple(effect._replace(cents=-effect.cents) for effect in original.effects)
        turn = next((turn for turn in working.claim.turns if turn.payer_id == original.payer_id), None)
        booked = self._legs.get(original.decision_id)
        if booked is None:
            booked = tuple(self._original_legs(original.decision_id))
        legs = tuple(reversed_leg(leg) for leg in booked)
        working.balances.apply(legs)
        return Posting835(
            answer.ordinal, working.claim.claim_id, turn.sequence if turn else "P", original.payer_id, effects, payment.status,
            payment.charge_cents, payment.paid_cents, payment.payer_claim_control_number, original.decision_id, matched_by, (), False,
            original.answered, legs,
        )  # fmt: skip


def reversed_leg(leg: Posting) -> Posting:
    """Turn a leg's sign. Money that was held as unapplied first leaves as cash: the payer takes cash back."""
    account = Account.CASH if leg.account is Account.UNAPPLIED_INSURANCE else leg.account
    return leg._replace(account=account, cents=-leg.cents)


def _answered(lines: LineMatch, claim: OpenClaim) -> tuple[int, ...]:
    """The lines that an answer speaks of; an answer without lines speaks of the whole claim."""
    if not lines.numbers:
        return tuple(line.number for line in claim.lines)
    return tuple(sorted({number for number in lines.numbers if number is not None}))


def choose_turn(turns: Sequence[PayerTurn], status: str, payer_ids: frozenset[str], remitter: str) -> PayerTurn:
    """Decide as which of the claim's payers a remittance answers: the one it names; else the one CLP02 says; else whose turn it is."""
    sequence = SEQUENCE_OF_STATUS.get(status, "")
    named = [turn for turn in turns if turn.payer_id in payer_ids]
    if len(named) > 1:
        named = [turn for turn in named if turn.sequence == sequence] or [turn for turn in named if not turn.is_answered] or named
    if named:
        return named[0]
    said = next((turn for turn in turns if turn.sequence == sequence), None)
    if said is not None:
        return said
    if sequence in {"S", "T"}:
        return PayerTurn(sequence, remitter)
    open_turns = [turn for turn in turns if not turn.is_answered]
    return (open_turns or list(turns) or [PayerTurn(sequence or "P", remitter)])[0]


def next_turn(turns: Sequence[PayerTurn], turn: PayerTurn) -> PayerTurn | None:
    """Return the payer that is asked after this one."""
    place = _ORDER.find(turn.sequence)
    later = sorted((other for other in turns if _ORDER.find(other.sequence) > place), key=lambda other: _ORDER.find(other.sequence))
    return later[0] if later else None


def effects_of(payment: ClaimPayment, claim: OpenClaim, lines: LineMatch, onward: str, turn: PayerTurn) -> tuple[Effect, ...]:
    """Turn an answer's payments and adjustments into effects on our lines.

    What is decided for the claim as a whole goes to its only line, or stays on the claim (line 0) when there are several.
    """
    sole = claim.lines[0].number if len(claim.lines) == 1 else 0
    is_paid = payment.paid_cents > 0 or any(line.paid_cents > 0 for line in payment.lines)
    effects: list[Effect] = []

    def add(line: int, adjustment: Adjustment) -> None:
        kind = disposition(adjustment, status=payment.status, is_claim_paid=is_paid, is_capitated=turn.is_capitated)
        to = onward if kind is EffectKind.RESPONSIBILITY else ""
        effects.append(Effect(line, kind, adjustment.cents, adjustment.group, adjustment.reason, to))

    left = payment.paid_cents
    for number, line in zip(lines.numbers, payment.lines, strict=True):
        assert number is not None
        if line.paid_cents:
            effects.append(Effect(number, EffectKind.PAID, line.paid_cents))
            left -= line.paid_cents
        for adjustment in line.adjustments:
            add(number, adjustment)
    if left:
        effects.append(Effect(sole, EffectKind.PAID, left))
    for adjustment in payment.adjustments:
        add(sole, adjustment)
    return _merged(effects)


def _merged(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Add up effects of one line, kind and reason (the parts of a split line)."""
    sums: dict[tuple[int, str, str, str, str], int] = {}
    for effect in effects:
        key = (effect.line, effect.kind, effect.group, effect.reason, effect.to)
        sums[key] = sums.get(key, 0) + effect.cents
    return tuple(Effect(line, kind, cents, group, reason, to) for (line, kind, group, reason, to), cents in sums.items() if cents)


def find_original(payment: ClaimPayment, decisions: Sequence[Decision], payer_ids: frozenset[str]) -> Decision | None:
    """Find the decision that a reversal takes back: same payer, charge and payment with the sign turned, not taken back before.

    The payer's claim number and the adjustments choose among several; the latest one wins.
    """
    icn = normal_number(payment.payer_claim_control_number)
    fitting = [
        decision
        for decision in decisions
        if not decision.is_reversed
        and decision.status != "22"
        and (decision.charge_cents, decision.paid_cents) == (-payment.charge_cents, -payment.paid_cents)
    ]
    ours = [decision for decision in fitting if decision.payer_id in payer_ids]
    theirs = {(a.group, a.reason, -a.cents) for a in payment.adjustments}
    theirs |= {(a.group, a.reason, -a.cents) for line in payment.lines for a in line.adjustments}

    def rank(place: int, decision: Decision) -> tuple[bool, int, int]:
        mine = {(e.group, e.reason, e.cents) for e in decision.effects if e.group}
        same_icn = bool(icn) and normal_number(decision.payer_claim_control_number) == icn
        return same_icn, len(mine & theirs) - len(mine ^ theirs), place

    ranked = sorted(enumerate(ours or fitting), key=lambda pair: rank(*pair))
    return ranked[-1][1] if ranked else None


def warnings(payment: ClaimPayment, claim: OpenClaim, effects: Sequence[Effect]) -> list[str]:
    """Say what a person may want to look at although the answer posts."""
    found = []
    stated = sum(a.cents for a in payment.adjustments if a.group == "PR")
    stated += sum(a.cents for line in payment.lines for a in line.adjustments if a.group == "PR")
    if payment.patient_responsibility_cents != stated:
        found.append("The patient responsibility of the claim is not the sum of its PR adjustments.")
    prior = sum(effect.cents for effect in effects if effect.kind == EffectKind.PRIOR)
    known = sum(
        effect.cents
        for decision in claim.decisions
        if not decision.is_reversed
        for effect in decision.effects
        if effect.kind in {EffectKind.PAID, EffectKind.CONTRACTUAL, EffectKind.SEQUESTRATION}
    )
    if prior and known and prior != known:
        found.append("What the payer counts for earlier payers (OA 23) is not what they decided.")
    if prior and not known:
        found.append("The payer counts an earlier payer's decision (OA 23) that is not on file.")
    if any(
        line.quantity is not None and line.submitted_quantity and line.quantity < line.submitted_quantity for line in payment.lines
    ):
        found.append("Fewer units were paid than were billed.")
    return found


def denied_by_line(decisions: Sequence[tuple[str, Sequence[int], Sequence[Effect]]]) -> dict[int, int]:
    """Return what is refused on each line by the last word of each payer: (turn, answered lines, effects), in order, none taken back."""
    last: dict[tuple[str, int], int] = {}
    for turn, answered, effects in decisions:
        for line in (*answered, 0):
            last[turn, line] = 0
        for effect in effects:
            if effect.kind in {EffectKind.DENIED, EffectKind.HELD}:
                last[turn, effect.line] = last.get((turn, effect.line), 0) + effect.cents
    sums: dict[int, int] = {}
    for (_, line), cents in last.items():
        sums[line] = sums.get(line, 0) + cents
    return sums


def responsibility_by_line(decisions: Sequence[Sequence[Effect]]) -> dict[int, int]:
    """Return the PR amounts that payers have assigned on each line, paid or not, by decisions that were not taken back."""
    sums: dict[int, int] = {}
    for effects in decisions:
        for effect in effects:
            if effect.group == "PR":
                sums[effect.line] = sums.get(effect.line, 0) + effect.cents
    return sums


def recoupment_claims(reference: str) -> frozenset[str]:
    """Return the claim numbers that a recovery's reference may name: all of it, and its first word (payers append account numbers)."""
    text = reference.strip()
    words = text.replace("/", " ").split()
    return frozenset({text, *words[:1]} - {""})
