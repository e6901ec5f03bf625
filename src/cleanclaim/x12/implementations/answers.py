"""What came back about what was sent: acknowledgements matched to a batch and its claims by control numbers, and who was never answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cleanclaim.documents import ClaimAcknowledgement, FunctionalAcknowledgement, InterchangeAcknowledgement
from cleanclaim.x12.implementations.acknowledgements_read import Acknowledgement
from cleanclaim.x12.implementations.check import check
from cleanclaim.x12.implementations.claims_read import read_claims
from cleanclaim.x12.tokens.source import Source


class SentClaim(NamedTuple):
    """A claim of a file that went out, under the control numbers that answers name: ISA13, GS06, ST02, CLM01."""

    interchange: str
    group: str
    transaction: str
    patient_control_number: str


class ClaimAnswer(NamedTuple):
    """What is known of a sent claim: refused with its interchange, group or transaction, answered by a 277CA, or nothing.

    `state` is unanswered, received (999 accepted, no word on the claim yet), rejected (by TA1 or 999), accepted or refused (by 277CA).
    """

    claim: SentClaim
    state: str
    interchange: InterchangeAcknowledgement | None = None
    functional: FunctionalAcknowledgement | None = None
    word: ClaimAcknowledgement | None = None


def sent_claims(source: Source) -> list[SentClaim]:
    """List the claims of a file that went out, with the numbers by which answers find them."""
    checked = check(source)
    groups = {group.number: group for group in checked.groups}
    interchanges = {interchange.number: interchange for interchange in checked.interchanges}
    claims = read_claims(source)
    listed: list[SentClaim] = []
    for transaction in checked.transactions:
        if transaction.set_id != "837":
            continue
        group = groups.get(transaction.group)
        interchange = interchanges.get(group.interchange) if group else None
        for _ in range(transaction.claims):
            claim = next(claims, None)
            if claim is None:
                break
            listed.append(SentClaim(
                interchange.control_number if interchange else "", group.control_number if group else "", transaction.control_number,
                claim.patient_control_number,
            ))  # fmt: skip
    return listed


def match_answers(sent: Iterable[SentClaim], answers: Iterable[Acknowledgement]) -> list[ClaimAnswer]:
    """Tell of every sent claim what the answers say. A claim that nobody answered is named as such, never guessed.

    Two claims of the same number are told apart by the batch that a 277CA names, where it names ours.
    """
    interchanges: dict[str, InterchangeAcknowledgement] = {}
    groups: dict[str, FunctionalAcknowledgement] = {}
    words: dict[str, list[ClaimAcknowledgement]] = {}
    for answer in answers:
        if isinstance(answer, InterchangeAcknowledgement):
            interchanges[answer.control_number.lstrip("0")] = answer
        elif isinstance(answer, FunctionalAcknowledgement):
            groups[answer.group_control_number.lstrip("0")] = answer
        else:
            words.setdefault(answer.patient_control_number, []).append(answer)
    return [_matched(claim, interchanges, groups, words) for claim in sent]


def _matched(
    claim: SentClaim, interchanges: dict[str, InterchangeAcknowledgement], groups: dict[str, FunctionalAcknowledgement],
    words: dict[str, list[ClaimAcknowledgement]],
) -> ClaimAnswer:  # fmt: skip
    interchange = interchanges.get(claim.interchange.lstrip("0"))
    functional = groups.get(claim.group.lstrip("0"))
    word = _word(claim, words.get(claim.patient_control_number, []))
    state = "unanswered"
    if interchange is not None and interchange.status == "R":
        state = "rejected"
    elif functional is not None:
        own = next((item for item in functional.transactions if item.control_number == claim.transaction), None)
        verdict = own.status if own is not None else functional.status
        state = "received" if verdict in {"A", "E"} else "rejected"
    if word is not None:
        state = "accepted" if word.is_accepted else "refused"
    return ClaimAnswer(claim, state, interchange, functional, word)


def _word(claim: SentClaim, found: list[ClaimAcknowledgement]) -> ClaimAcknowledgement | None:
    """Return the last word on a claim, of its own batch when batches tell apart."""
    own = [word for word in found if claim.transaction in word.batch_reference]
    return own[-1] if own else found[-1] if len({word.batch_reference for word in found}) == 1 else None
