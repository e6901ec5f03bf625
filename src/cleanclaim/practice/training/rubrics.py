"""How each kind of exercise is marked, in the words that learner and instructor read before the work begins."""

from __future__ import annotations

from typing import Final

from cleanclaim.practice.training import marking_claims as claims
from cleanclaim.practice.training import marking_codes as codes
from cleanclaim.practice.training import marking_posting as posting
from cleanclaim.practice.training import marking_sheets as sheets

RUBRICS: Final[dict[str, tuple[str, ...]]] = {
    "coding": (
        f"Each diagnosis of the key {codes.DIAGNOSIS} points; {codes.SAME_CATEGORY} for another code of its category.",
        f"The right diagnosis listed first: {codes.FIRST_LISTED}.",
        f"Each service {codes.SERVICE}, its modifiers {codes.MODIFIERS}, its units {codes.UNITS}; a visit at another level {codes.OTHER_LEVEL}.",
        f"Which diagnosis each service is for: {codes.POINTERS} in all.",
        f"A code that the record does not support costs {codes.UNSUPPORTED}, a trap {codes.TRAP}.",
    ),
    "registration": (
        "Each field of the registration and of the coverage as the papers have it: 4 points, what the claim depends on 8.",
        f"A field that the papers leave empty and that was filled costs {sheets.NOT_ON_PAPER}.",
        "The last patient that was registered since the exercise was begun is marked.",
    ),
    "claim": (
        f"Each fault {claims.FAULT} when it is mended; nothing left that stops the claim {claims.NOTHING_STOPS}.",
        f"Sent as a replacement (7) with the payer's own number: {claims.REPLACEMENT}.",
        f"An entry that was right and is changed costs {claims.HARM}.",
    ),
    "posting": (
        f"The check's number {posting.TRACE} and amount {posting.CHECK}; how each claim was decided {posting.STATUS}.",
        f"Each line's payment {posting.PAID}, each adjustment {posting.ADJUSTMENT}, to the cent; {posting.NEARLY} when half of it is right.",
        f"Each amount outside claims {posting.PROVIDER}; {posting.PROVIDER_NEARLY} when half of it is right.",
        f"An amount that the paper does not have costs {posting.NOT_ON_PAPER}.",
    ),
    "denial": ("Each answer has its points; the root cause, the next step and the last day weigh most.",),
    "balance": ("Each amount is marked to the cent; each reason has its points.",),
}
"""Kind -> what earns and costs points. The score is the share of all points, from 0 to 100, less what hints cost."""
