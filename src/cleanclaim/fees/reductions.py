"""Several procedures in one session: the dearest in full, the others at half (Claims Processing Manual, ch. 12, 40.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cleanclaim.kernel.money import Money, Rate

STANDARD_REDUCTION: Final = "2"
"""The multiple procedure indicator whose rule is 100%, 50%, 50%, 50%, 50%. Endoscopies (3), imaging (4) and therapy (5) have rules of their own."""
HALF: Final = Rate("0.5")
FULLY_RANKED: Final = 5


def ranked_reductions(amounts: Sequence[tuple[str, int]]) -> tuple[tuple[int, str], ...]:
    """Reduce (multiple procedure indicator, cents) pairs of one session; each answer is the cents and the reason, in the order given.

    Ties keep their order. From the sixth procedure on Medicare decides by report, so these stay whole and say so.
    """
    subject = [place for place, (indicator, cents) in enumerate(amounts) if indicator == STANDARD_REDUCTION and cents > 0]
    ranks = {place: rank for rank, place in enumerate(sorted(subject, key=lambda place: (-amounts[place][1], place)), start=1)}
    answer: list[tuple[int, str]] = []
    for place, (_, cents) in enumerate(amounts):
        rank = ranks.get(place, 1)
        if len(subject) < 2 or rank == 1:
            answer.append((cents, ""))
        elif rank <= FULLY_RANKED:
            answer.append((int(Money(cents).times(HALF)), f"procedure {rank} of the session: 50%"))
        else:
            answer.append((cents, f"procedure {rank} of the session: Medicare decides by report"))
    return tuple(answer)
