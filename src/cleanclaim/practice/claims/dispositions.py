"""What each adjustment of a payer does: written off, owed by the patient or the next payer, denied and worked, or known already.

Numbers of the claim adjustment reason codes with our own reading; the code text belongs to X12.
"""

from __future__ import annotations

from typing import Final

from cleanclaim.documents import Adjustment
from cleanclaim.practice.claims.effects import EffectKind

_K = EffectKind

CONTRACTUAL_REASONS: Final = frozenset(
    "42 44 45 59 61 64 70 76 78 85 90 91 94 101 102 103 104 105 118 121 122 130 131 132 137 139 143 144 152 161 169 172 192 194 "
    "195 202 203 209 210 218 223 225 232 237 241 245 246 247 248 249 260 261 P2 P5 P12 P13 P14 P15 P24 P25".split()
)
"""Reasons that, under CO, OA, PI or CR, lower what is owed at all: fee schedule, multiple procedures, incentives, surcharges,
withholds, interest. Every other reason is a refusal that somebody may work."""

SEQUESTRATION: Final = "253"
CAPITATION: Final = "24"
BUNDLED: Final = "97"
PRIOR_PAYER: Final = "23"


def disposition(adjustment: Adjustment, *, status: str, is_claim_paid: bool, is_capitated: bool = False) -> EffectKind:
    """Decide what one adjustment does.

    A whole denial (CLP02 4) writes nothing off and bills nobody: even its PR amounts wait for a policy check. OA 23 repeats what
    earlier payers did and is never posted again. A bundled line (97) of a claim that is paid is part of the paid line.
    """
    group, reason = adjustment.group, adjustment.reason
    if reason == PRIOR_PAYER and group != "PR":
        return _K.PRIOR
    if reason == CAPITATION and group == "CO" and (is_capitated or status != "4"):
        return _K.CAPITATION
    if status == "4":
        return _K.HELD if group == "PR" else _K.DENIED
    if group == "PR":
        return _K.RESPONSIBILITY
    if reason == SEQUESTRATION:
        return _K.SEQUESTRATION
    if reason in CONTRACTUAL_REASONS or (reason == BUNDLED and is_claim_paid):
        return _K.CONTRACTUAL
    if adjustment.cents < 0:
        return _K.CONTRACTUAL  # a payer adds to the charge (OA 94, negative CO): kept signed, or the line would never settle
    return _K.DENIED
