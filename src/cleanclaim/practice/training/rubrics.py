"""How each kind of exercise is marked, in the words that learner and instructor read before the work begins."""

from __future__ import annotations

from typing import Final

from cleanclaim.practice.training import marking_codes as codes

RUBRICS: Final[dict[str, tuple[str, ...]]] = {
    "coding": (
        f"Each diagnosis of the key {codes.DIAGNOSIS} points; {codes.SAME_CATEGORY} for another code of its category.",
        f"The right diagnosis listed first: {codes.FIRST_LISTED}.",
        f"Each service {codes.SERVICE}, its modifiers {codes.MODIFIERS}, its units {codes.UNITS}; a visit at another level {codes.OTHER_LEVEL}.",
        f"Which diagnosis each service is for: {codes.POINTERS} in all.",
        f"A code that the record does not support costs {codes.UNSUPPORTED}, a trap {codes.TRAP}.",
    ),
}
"""Kind -> what earns and costs points. The score is the share of all points, from 0 to 100, less what hints cost."""
