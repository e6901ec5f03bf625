"""Which claims an answer that waits may mean, each with what speaks for it and against it: a person decides between them."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q

from cleanclaim.documents import ClaimPayment, Party
from cleanclaim.practice.claims.freezing import from_json
from cleanclaim.practice.claims.identity import last_name_key, member_key, name_key
from cleanclaim.practice.claims.models import Claim, ClaimLine, ClaimPayer
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.remittance.matching import agreement, match_lines, normal_number
from cleanclaim.practice.remittance.models import Decision, PostingException
from cleanclaim.practice.remittance.run import open_claim
from cleanclaim.practice.remittance.shapes import Identity, OpenClaim

_MOST = 12


class Candidate(NamedTuple):
    """A claim that may be meant. `score` weighs what agrees, 100 at most; `fits` and `differs` say it in words."""

    claim: Claim
    score: int
    fits: tuple[str, ...]
    differs: tuple[str, ...]


def exception_of(practice_id: int, exception_id: str) -> PostingException:
    """Return one exception with its remittance. Raises NotFound."""
    rows = PostingException.objects.of(practice_id).select_related("remittance__payer")
    found: PostingException = get_or_refuse(rows, what="exception", public_id=exception_id)
    return found


def answer_of(waiting: PostingException) -> ClaimPayment | None:
    """Return the payer's answer as it came; None for an exception about the check itself."""
    return from_json(ClaimPayment, waiting.answer) if waiting.answer is not None else None


def identity_of(payment: ClaimPayment) -> Identity:
    """Return who the answer is about, as keys."""
    person = payment.patient or payment.subscriber or Party()
    parties = (payment.patient, payment.subscriber, payment.corrected_patient)
    members = {member_key(party.id) for party in parties if party and party.id}
    return Identity(name_key(person), last_name_key(person), frozenset(members - {""}))


def candidates_of(practice_id: int, waiting: PostingException, *, words: str = "") -> list[Candidate]:
    """Return the claims that the answer may mean, the likeliest first: by number, payer's number, patient, or charge and day.

    `words` narrows to a claim number, or to a patient as `last name, first name`.
    """
    payment = answer_of(waiting)
    if payment is None:
        return []
    identity = identity_of(payment)
    rows = Claim.objects.of(practice_id).filter(_meant(practice_id, waiting, payment, identity, words))
    claims = list(rows.select_related("payer").order_by("-id")[:200])
    keys = [claim.pk for claim in claims]
    lines: dict[int, list[ClaimLine]] = defaultdict(list)
    for line in ClaimLine.objects.of(practice_id).filter(claim__in=keys):
        lines[line.claim_id].append(line)
    turns: dict[int, list[ClaimPayer]] = defaultdict(list)
    for turn in ClaimPayer.objects.of(practice_id).filter(claim__in=keys).select_related("payer"):
        turns[turn.claim_id].append(turn)
    decisions: dict[int, list[Decision]] = defaultdict(list)
    for decision in Decision.objects.of(practice_id).filter(claim__in=keys).select_related("payer").order_by("id"):
        decisions[decision.claim_id].append(decision)
    made = [
        weigh(claim, open_claim(claim, lines[claim.pk], turns[claim.pk], decisions[claim.pk]), payment, identity,
              waiting.remittance.payer.public_id)
        for claim in claims
    ]  # fmt: skip
    return sorted(made, key=lambda row: -row.score)[:_MOST]


def _meant(practice_id: int, waiting: PostingException, payment: ClaimPayment, identity: Identity, words: str) -> Q:
    text = words.strip()
    if text:
        last, _, first = text.partition(",")
        person = Party(last_name=last.strip(), first_name=first.strip())
        named = Q(name_index=name_key(person)) if first.strip() else Q(last_name_index=last_name_key(person))
        return Q(patient_control_number__iexact=text) | Q(sent_number=text) | Q(public_id=text) | named
    meant = Q(public_id__in=[*waiting.candidates, waiting.claim])
    number = payment.patient_control_number.strip()
    if number:
        meant |= Q(sent_number=number) | Q(patient_control_number__iexact=number[:20])
    icn = payment.payer_claim_control_number.strip()
    if icn:
        by_icn = ClaimPayer.objects.of(practice_id).filter(payer_claim_control_number=icn)
        meant |= Q(pk__in=by_icn.values("claim_id"))
    if identity.name_key:
        meant |= Q(name_index=identity.name_key)
    days = [line.served_on for line in payment.lines if line.served_on]
    if days and payment.charge_cents:
        meant |= Q(charge_cents=abs(payment.charge_cents), served_on__in=days)
    return meant


def weigh(claim: Claim, seen: OpenClaim, payment: ClaimPayment, identity: Identity, remitter: str) -> Candidate:
    """Weigh what agrees: patient 40, service day 20, charge 20, payer 10, lines 10; a number of ours counts like the patient."""
    number, icn = normal_number(payment.patient_control_number), normal_number(payment.payer_claim_control_number)
    likeness = agreement(seen.identity, identity)
    is_numbered = bool(number) and number in {normal_number(claim.patient_control_number), *seen.sent_numbers}
    has_icn = bool(icn) and any(normal_number(turn.payer_claim_control_number) == icn for turn in seen.turns)
    theirs = {line.served_on for line in payment.lines if line.served_on}
    ours = {line.served_on for line in seen.lines if line.served_on} | ({claim.served_on} if claim.served_on else set())
    judged: tuple[tuple[bool | None, int, str, str], ...] = (
        (is_numbered or None, 40 if likeness < 2 else 0, "our number", ""),
        ((has_icn and not is_numbered) or None, 40 if likeness < 2 else 0, "the payer's number", ""),
        (likeness == 2 if likeness in {2, -1} else None, 40, "same patient", "another patient"),
        (likeness == 1 or None, 25, "same surname", ""),
        (bool(theirs & ours) if theirs and ours else None, 20, "same day", "another day"),
        (abs(payment.charge_cents) == claim.charge_cents, 20, "same charge", "another charge"),
        (remitter in {turn.payer_id for turn in seen.turns} if seen.turns else None, 10, "same payer", "another payer"),
        (
            match_lines(seen.lines, payment.lines).is_complete if payment.lines else None,
            10,
            "every line fits",
            "a line does not fit",
        ),
    )
    score = sum(points for agrees, points, _, _ in judged if agrees)
    fits = tuple(yes for agrees, _, yes, _ in judged if agrees)
    differs = tuple(no for agrees, _, _, no in judged if agrees is False)
    return Candidate(claim, min(score, 100), fits, differs)
