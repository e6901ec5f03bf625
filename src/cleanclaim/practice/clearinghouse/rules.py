"""How a batch of claims is laid out in an 837, and what acknowledgements mean for claims. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cleanclaim.documents import ClaimAcknowledgement, FunctionalAcknowledgement

CLAIMS_PER_TRANSACTION: Final = 5000
REJECTED: Final = frozenset({"R", "W", "X", "M"})
"""AK901 and IK501 values by which a group or transaction was not taken in."""


def numbers_in_file(kinds: Sequence[str], *, group: int, transaction: int = 1) -> list[tuple[int, int]]:
    """Return for each claim of a batch the group (GS06) and transaction (ST02) it stands in.

    The codec writes one group for each kind in the order in which kinds first occur, and a transaction for every 5,000 claims of it.
    """
    order = list(dict.fromkeys(kinds))
    counts = {kind: kinds.count(kind) for kind in order}
    first: dict[str, int] = {}
    number = transaction
    for kind in order:
        first[kind] = number
        number += -(-counts[kind] // CLAIMS_PER_TRANSACTION)
    seen = dict.fromkeys(order, 0)
    places = []
    for kind in kinds:
        places.append((group + order.index(kind), first[kind] + seen[kind] // CLAIMS_PER_TRANSACTION))
        seen[kind] += 1
    return places


def rejected_transactions(answer: FunctionalAcknowledgement) -> set[str] | None:
    """Return the transactions (ST02) of a group that were rejected; None when the whole group was."""
    named = {transaction.control_number for transaction in answer.transactions if transaction.status in REJECTED}
    if answer.status in REJECTED and not named:
        return None
    if answer.status in REJECTED and all(transaction.status in REJECTED for transaction in answer.transactions):
        return None
    return named


def reason_of(answer: FunctionalAcknowledgement, number: str) -> str:
    """Say in the biller's words what was wrong with a transaction."""
    for transaction in answer.transactions:
        if transaction.control_number == number and transaction.errors:
            error = transaction.errors[0]
            element = f" element {error.element}" if error.element else ""
            return f"999: segment {error.segment_id} at position {error.position}{element}, code {error.element_code or error.segment_code}."
    return f"999: group {answer.group_control_number} was not taken in ({answer.status})."


def says_of(answer: ClaimAcknowledgement) -> str:
    """Say what a 277CA says of a claim, by its codes."""
    codes = ", ".join("/".join(part for part in (s.category, s.status, s.entity) if part) for s in answer.statuses)
    return f"277CA: {'accepted' if answer.is_accepted else 'rejected'} ({codes})." + (
        f" {answer.message}" if answer.message else ""
    )
