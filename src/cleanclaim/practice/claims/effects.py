"""What an amount that a payer decided does to a line of a claim."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Effect(NamedTuple):
    """One amount to be posted on a line. `kind` is an EffectKind; `to` names who owes it next (a payer id, or empty for the patient)."""

    line: int
    kind: str
    cents: int
    group: str = ""
    reason: str = ""
    to: str = ""


class EffectKind(StrEnum):
    """What an amount of a remittance does to a line."""

    PAID = "paid"
    CONTRACTUAL = "contractual"
    SEQUESTRATION = "sequestration"
    CAPITATION = "capitation"
    RESPONSIBILITY = "responsibility"
    DENIED = "denied"
    HELD = "held"
    PRIOR = "prior"


POSTED_KINDS = frozenset({
    EffectKind.PAID, EffectKind.CONTRACTUAL, EffectKind.SEQUESTRATION, EffectKind.CAPITATION, EffectKind.RESPONSIBILITY,
})  # fmt: skip
"""The kinds that move money; denied and held amounts stay with insurance, prior payers' amounts are known already."""
