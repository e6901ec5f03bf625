"""Which rules follow which transaction set."""

from __future__ import annotations

from cleanclaim.x12.grammar.walker import Report
from cleanclaim.x12.implementations.claim_rules import ClaimRules
from cleanclaim.x12.implementations.dental_rules import DentalRules
from cleanclaim.x12.implementations.inquiry_rules import EligibilityRules, StatusRules
from cleanclaim.x12.implementations.remittance_rules import RemittanceRules
from cleanclaim.x12.implementations.rules import CountingRules, PremiumRules, Rules
from cleanclaim.x12.tokens.delimiters import Delimiters


def rules_for(name: str, delimiters: Delimiters, report: Report) -> Rules:
    """Return the rules of a set (837P, 835, 277CA ...)."""
    if name == "837D":
        return DentalRules(delimiters, report, name)
    if name == "270":
        return EligibilityRules(delimiters, report)
    if name == "276":
        return StatusRules(delimiters, report)
    if name in {"837P", "837I", "837"}:
        return ClaimRules(delimiters, report, name)
    if name == "835":
        return RemittanceRules(delimiters, report)
    if name == "820":
        return PremiumRules(delimiters, report)
    if name in {"277", "277CA"}:
        return CountingRules(delimiters, report, ("2200D/TRN", "2200E/TRN"), ("SVC",))
    return CountingRules(delimiters, report, (), ("SV1", "SV2", "SV3") if name == "278" else ())
