"""What is known of payers without a table: default clocks and filing codes by kind."""

from __future__ import annotations

from typing import Final

APPEAL_DAYS: Final[dict[str, tuple[int, ...]]] = {
    "medicare": (120, 180, 60, 60),
    "medicaid": (60, 120),
    "commercial": (180, 60),
    "tricare": (90, 60),
    "workers-compensation": (30,),
    "auto": (60,),
    "other": (180,),
}
"""Days to appeal, level by level. Medicare: redetermination, reconsideration, hearing, council (42 CFR 405.942, .962, .1014, .1102);
the others are the practice's starting point until a contract or manual says otherwise."""

TIMELY_FILING_DAYS: Final = {"medicare": 365, "medicaid": 365, "tricare": 365, "commercial": 180}
"""Days from service to the last day of filing. Medicare: one calendar year (42 CFR 424.44)."""

_FILING_KINDS: Final = {
    "MA": "medicare", "MB": "medicare", "16": "medicare", "MC": "medicaid", "CH": "tricare", "WC": "workers-compensation", "AM": "auto",
}  # fmt: skip


def kind_of_filing(claim_filing: str) -> str:
    """Return the kind of payer that a claim filing code (SBR09) names."""
    return _FILING_KINDS.get(claim_filing, "commercial")


def folded_name(name: str) -> str:
    """Write a payer's name or number as it is compared: capitals, no punctuation, single blanks."""
    kept = "".join(character if character.isalnum() else " " for character in name.upper())
    return " ".join(kept.split())[:120]
