"""The values that posting speaks: an open claim as the plan sees it, what is to be posted, and what a person must decide."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from cleanclaim.documents import ClaimPayment
from cleanclaim.kernel.money import Rate
from cleanclaim.ledger import Posting
from cleanclaim.practice.claims.effects import Effect


class OpenLine(NamedTuple):
    """A line of an open claim with what is still owed on it: by each payer (`held`: payer id, cents) and by the patient."""

    number: int
    procedure: str
    charge_cents: int
    modifiers: tuple[str, ...] = ()
    quantity: Rate | None = None
    served_on: date | None = None
    control_number: str = ""
    revenue_code: str = ""
    held: tuple[tuple[str, int], ...] = ()
    patient_cents: int = 0
    patient_paid_cents: int = 0


class PayerTurn(NamedTuple):
    """One payer of a claim in the order of payment: P, S or T; `names` are its ids and names as a remittance may write them."""

    sequence: str
    payer_id: str
    payer_claim_control_number: str = ""
    is_answered: bool = False
    names: frozenset[str] = frozenset()
    is_capitated: bool = False


class Decision(NamedTuple):
    """What a payer has decided for a claim earlier on, with its effects as they were posted; a reversal looks for it."""

    decision_id: str
    payer_id: str
    status: str
    charge_cents: int
    paid_cents: int
    effects: tuple[Effect, ...] = ()
    payer_claim_control_number: str = ""
    is_reversed: bool = False
    answered: tuple[int, ...] = ()


class Identity(NamedTuple):
    """Who the patient is, as opaque keys (blind indexes): names and member ids never reach the rules. An empty key is unknown."""

    name_key: str = ""
    last_name_key: str = ""
    member_keys: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """One CLP of a remittance with what the database knows of it: the patient's keys and the payer that it crossed over to."""

    ordinal: int
    payment: ClaimPayment
    identity: Identity = Identity()
    crossover_payer_id: str = ""


class OpenClaim(NamedTuple):
    """A claim as posting sees it; `whole` is what was decided on the claim as such and stands on no line. `sent_numbers` are the control numbers it was sent under (CLM01, and REF*D9 where known)."""

    claim_id: str
    patient_control_number: str
    charge_cents: int
    lines: tuple[OpenLine, ...]
    turns: tuple[PayerTurn, ...] = ()
    sent_numbers: frozenset[str] = frozenset()
    patient_id: str = ""
    identity: Identity = Identity()
    served_on: date | None = None
    served_to: date | None = None
    decisions: tuple[Decision, ...] = ()
    whole: OpenLine = OpenLine(0, "", 0)
    is_void: bool = False


class Problem(StrEnum):
    """Why an amount waits for a person."""

    CLAIM_NOT_FOUND = "claim-not-found"
    OTHER_PATIENT = "control-number-belongs-to-another-patient"
    DOUBTFUL_MATCH = "doubtful-match"
    CHARGE_DIFFERS = "charge-differs"
    LINE_NOT_FOUND = "line-not-found"
    REVERSAL_WITHOUT_ORIGINAL = "reversal-without-original"
    OVERPOSTED = "overposted"
    VOIDED = "claim-voided"
    FORWARDED_ONLY = "not-our-claim"
    STRANGE_DAY = "implausible-date"
    PAID_UNDECIDED = "paid-without-decision"


RETRIED_PROBLEMS = frozenset({Problem.REVERSAL_WITHOUT_ORIGINAL, Problem.OVERPOSTED})
"""Problems that a later answer about the same claim may solve: a correction that came before its reversal, for one."""

SAYS: dict[str, str] = {
    Problem.CLAIM_NOT_FOUND: "No claim of this practice carries this control number, this payer number, or this patient, date and charge.",
    Problem.OTHER_PATIENT: "The control number is ours, but the patient's name and member number are another person's.",
    Problem.DOUBTFUL_MATCH: "More than one claim may be meant, or too little agrees: a person decides.",
    Problem.CHARGE_DIFFERS: "The control number is ours, but the charge is not the claim's and its lines do not explain it.",
    Problem.LINE_NOT_FOUND: "A line of the answer is not on the claim.",
    Problem.REVERSAL_WITHOUT_ORIGINAL: "The payer takes back a decision that is not on file.",
    Problem.OVERPOSTED: "More is paid and taken off than is still open on the line.",
    Problem.VOIDED: "The claim was voided.",
    Problem.FORWARDED_ONLY: "The answer is about a claim that this practice did not send.",
    Problem.PAID_UNDECIDED: "The answer says that the payer has decided nothing (claim status 23 or 25), and yet it pays. Ask the payer what the money is for; if it is for this claim, post it there.",
    Problem.STRANGE_DAY: "A day cannot be meant. Compare the answer with the visit: post it to its claim if all else is right, or ask the payer for a corrected 835.",
}
"""One plain sentence for each problem."""


class Posting835(NamedTuple):
    """One answer that can be posted: the claim, the payer's turn, the effects, and the decision that it takes back."""

    ordinal: int
    claim_id: str
    turn: str
    payer_id: str
    effects: tuple[Effect, ...]
    status: str
    charge_cents: int
    paid_cents: int
    payer_claim_control_number: str = ""
    reverses: str = ""
    matched_by: str = "control-number"
    warnings: tuple[str, ...] = ()
    crosses_over: bool = False
    answered_lines: tuple[int, ...] = ()
    legs: tuple[Posting, ...] = ()


class PostingProblem(NamedTuple):
    """One answer that waits for a person, with its amount; `candidates` are the claims that may be meant."""

    ordinal: int
    problem: Problem
    cents: int
    says: str
    candidates: tuple[str, ...] = ()


class PostingPlan(NamedTuple):
    """What posting a run of answers does: every answer is in one of the two."""

    postings: tuple[Posting835, ...]
    problems: tuple[PostingProblem, ...]
