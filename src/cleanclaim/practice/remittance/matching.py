"""Which claim an answer is about, and which line: by control number, then payer number, then patient, date and charge.

A control number alone is not proof: two systems may have used the same one, so what the answer says of patient and charge must not
contradict it. A doubtful match is a person's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cleanclaim.documents import ClaimPayment, ServicePayment
from cleanclaim.practice.remittance.shapes import Identity, OpenClaim, OpenLine, Problem

SURE = 70
"""From this score on a match without any number of ours is sure enough to post, when no second claim comes near."""

AHEAD = 25
"""By so much the best candidate must lead the second."""


class Match(NamedTuple):
    """The claim that is meant, or why none can be named."""

    claim: OpenClaim | None
    by: str = ""
    problem: Problem | None = None
    candidates: tuple[str, ...] = ()


class LineMatch(NamedTuple):
    """For each line of the answer, the number of our line; None where there is none."""

    numbers: tuple[int | None, ...]

    @property
    def is_complete(self) -> bool:
        """Every line of the answer has its line on the claim."""
        return None not in self.numbers


def normal_number(text: str) -> str:
    """Write a control number as it is compared: no blanks at its ends, capitals."""
    return text.strip().upper()


def agreement(ours: Identity, theirs: Identity) -> int:
    """Tell how well two patients agree: 2 surely the same, 1 probably, 0 unknown, -1 another person."""
    if ours.member_keys & theirs.member_keys:
        return 2
    if ours.name_key and theirs.name_key:
        if ours.name_key == theirs.name_key:
            return 2
        return 1 if ours.last_name_key == theirs.last_name_key and not (ours.member_keys and theirs.member_keys) else -1
    return 0


def _charge_fits(claim: OpenClaim, payment: ClaimPayment) -> bool:
    """The answer's charge is the claim's, or what its matched lines add up to (a claim split by the payer).

    A reversal repeats the charge of the decision that it takes back, although the claim may have been replaced by another charge since.
    """
    if abs(payment.charge_cents) == claim.charge_cents:
        return True
    if payment.is_reversal and any(decision.charge_cents == -payment.charge_cents for decision in claim.decisions):
        return True
    if not payment.lines or not claim.lines:
        return False
    matched = match_lines(claim.lines, payment.lines)
    if not matched.is_complete:
        return False
    numbers = {number for number in matched.numbers if number is not None}
    return sum(line.charge_cents for line in claim.lines if line.number in numbers) == abs(payment.charge_cents)


def match_claim(payment: ClaimPayment, identity: Identity, candidates: Sequence[OpenClaim], payer_ids: frozenset[str]) -> Match:
    """Find the claim that an answer means among the candidates that share a number, or the patient, with it."""
    number, icn = normal_number(payment.patient_control_number), normal_number(payment.payer_claim_control_number)
    numbered = [claim for claim in candidates if number and _carries(claim, number)]
    by = "control-number"
    if not numbered and icn:
        numbered = [claim for claim in candidates if _carries_icn(claim, icn)]
        by = "payer-number"
    if numbered:
        return _among_numbered(payment, identity, numbered, icn, by)
    scored = sorted(((_score(payment, identity, claim, payer_ids), claim) for claim in candidates), key=lambda pair: -pair[0])
    likely = tuple(claim.claim_id for score, claim in scored if score >= AHEAD)
    if not scored or scored[0][0] < SURE:
        problem = Problem.DOUBTFUL_MATCH if scored and scored[0][0] >= SURE - AHEAD else Problem.CLAIM_NOT_FOUND
        return Match(None, problem=problem, candidates=likely if problem is Problem.DOUBTFUL_MATCH else ())
    if len(scored) > 1 and scored[0][0] - scored[1][0] < AHEAD:
        return Match(None, problem=Problem.DOUBTFUL_MATCH, candidates=likely)
    return Match(scored[0][1], by="patient-date-charge")


def _carries(claim: OpenClaim, number: str) -> bool:
    return number == normal_number(claim.patient_control_number) or number in claim.sent_numbers


def _carries_icn(claim: OpenClaim, icn: str) -> bool:
    return any(turn.payer_claim_control_number and normal_number(turn.payer_claim_control_number) == icn for turn in claim.turns)


def _among_numbered(payment: ClaimPayment, identity: Identity, numbered: Sequence[OpenClaim], icn: str, by: str) -> Match:
    """Choose among claims that carry the number: patient and charge must not contradict, and one must stand alone."""
    ids = tuple(claim.claim_id for claim in numbered)
    ranked = []
    for claim in numbered:
        agrees, fits = agreement(claim.identity, identity), _charge_fits(claim, payment)
        days_fit = _days_fit(claim, payment)
        is_mistaken_day = len(numbered) == 1 and agrees == 2
        if agrees >= 0 and fits and (days_fit >= 0 or is_mistaken_day):
            ranked.append(((bool(icn) and _carries_icn(claim, icn), agrees, days_fit), claim))
    if not ranked:
        strangers = all(agreement(claim.identity, identity) < 0 for claim in numbered)
        return Match(None, problem=Problem.OTHER_PATIENT if strangers else Problem.CHARGE_DIFFERS, candidates=ids)
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        return Match(None, problem=Problem.DOUBTFUL_MATCH, candidates=ids)
    return Match(ranked[0][1], by=by)


def _service_days(payment: ClaimPayment) -> set[object]:
    days: set[object] = {line.served_on for line in payment.lines if line.served_on}
    days |= {fact.first for fact in payment.dates if fact.qualifier in {"232", "472"} and fact.first}
    return days


def _days_fit(claim: OpenClaim, payment: ClaimPayment) -> int:
    """1 the service days agree, 0 unknown, -1 they contradict."""
    theirs = _service_days(payment)
    ours = {line.served_on for line in claim.lines if line.served_on} | ({claim.served_on} if claim.served_on else set())
    if not theirs or not ours:
        return 0
    return 1 if theirs & ours else -1


def _score(payment: ClaimPayment, identity: Identity, claim: OpenClaim, payer_ids: frozenset[str]) -> int:
    """Weigh what agrees when no number does: patient 40, service day 20, charge 20, payer 10, lines 10; a contradiction ends it."""
    agrees, days = agreement(claim.identity, identity), _days_fit(claim, payment)
    if agrees < 0 or days < 0:
        return 0
    score = {2: 40, 1: 25, 0: 0}[agrees] + (20 if days else 0)
    score += 20 if abs(payment.charge_cents) == claim.charge_cents else 0
    score += 10 if payer_ids & {turn.payer_id for turn in claim.turns} else 0
    score += 10 if payment.lines and match_lines(claim.lines, payment.lines).is_complete else 0
    return score


def match_lines(lines: Sequence[OpenLine], answers: Sequence[ServicePayment]) -> LineMatch:
    """Find our line for each answered line: REF*6R first, then submitted code and modifiers with charge and day.

    Several answers may tie to one line by REF*6R (a payer split it). Without REF*6R each of our lines is taken once; parts of one line
    are joined when code and day agree and their charges add up to it.
    """
    numbers: list[int | None] = [None] * len(answers)
    by_control = {
        str(line.number): line.number for line in lines if not line.control_number
    }  # payers answer LX where no REF*6R was sent
    by_control |= {normal_number(line.control_number): line.number for line in lines if line.control_number}
    left = {line.number: line for line in lines}
    for place, answer in enumerate(answers):
        found = by_control.get(normal_number(answer.line_control_number)) if answer.line_control_number else None
        if found is not None:
            numbers[place] = found
            left.pop(found, None)
    for test in (_same_all, _same_code_and_charge, _same_code, _same_charge_changed_code, _same_but_day):
        for place, answer in enumerate(answers):
            if numbers[place] is None:
                fitting = [line for line in left.values() if test(line, answer)]
                if fitting and (test not in {_same_charge_changed_code, _same_but_day} or len(fitting) == 1):
                    numbers[place] = fitting[0].number
                    left.pop(fitting[0].number)
    _join_parts(lines, answers, numbers)
    return LineMatch(tuple(numbers))


def _codes(answer: ServicePayment) -> tuple[str, tuple[str, ...]]:
    """The code that we sent: SVC06 where the payer changed it, else SVC01."""
    if answer.submitted_procedure:
        return answer.submitted_procedure.upper(), answer.submitted_modifiers
    return answer.procedure.upper(), answer.modifiers


def _same_code(line: OpenLine, answer: ServicePayment) -> bool:
    code = _codes(answer)[0] or answer.revenue_code
    same = code in {line.procedure.upper(), line.revenue_code} and bool(code)
    day_fits = not line.served_on or not answer.served_on or line.served_on == answer.served_on
    return same and day_fits and abs(answer.charge_cents) <= line.charge_cents


def _same_code_and_charge(line: OpenLine, answer: ServicePayment) -> bool:
    return abs(answer.charge_cents) == line.charge_cents and _same_code(line, answer)


def _same_all(line: OpenLine, answer: ServicePayment) -> bool:
    return sorted(_codes(answer)[1]) == sorted(line.modifiers) and _same_code_and_charge(line, answer)


def _same_charge_changed_code(line: OpenLine, answer: ServicePayment) -> bool:
    """A payer changed the code and did not say what was sent: only a line of this very charge and day can be meant."""
    same_day = line.served_on is not None and line.served_on == answer.served_on
    return same_day and answer.charge_cents != 0 and abs(answer.charge_cents) == line.charge_cents


def _same_but_day(line: OpenLine, answer: ServicePayment) -> bool:
    """Code, modifiers and charge agree and only the day is another: the payer mistook it, when no second line can be meant."""
    code = _codes(answer)[0] or answer.revenue_code
    same = (
        bool(code) and code in {line.procedure.upper(), line.revenue_code} and sorted(_codes(answer)[1]) == sorted(line.modifiers)
    )
    return same and abs(answer.charge_cents) == line.charge_cents


def _join_parts(lines: Sequence[OpenLine], answers: Sequence[ServicePayment], numbers: list[int | None]) -> None:
    """Tie answers without a line to one that a part of it was matched to, when the parts' charges add up to the line's charge."""
    for line in lines:
        mine = [place for place, number in enumerate(numbers) if number == line.number]
        if not mine:
            continue
        gap = line.charge_cents - sum(abs(answers[place].charge_cents) for place in mine)
        free = [
            place
            for place, answer in enumerate(answers)
            if numbers[place] is None and (_same_code(line, answer) or _same_day(line, answer))
        ]
        if gap >= 0 and free and sum(abs(answers[place].charge_cents) for place in free) == gap:
            for place in free:
                numbers[place] = line.number


def _same_day(line: OpenLine, answer: ServicePayment) -> bool:
    return line.served_on is not None and line.served_on == answer.served_on
