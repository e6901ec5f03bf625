"""Claim rules: a document in, findings out. An edit never raises; `scrub` reports all findings, stops first.

scrub(claim, store, on=today, history=earlier_services) -> list[Finding]
"""

from cleanclaim.edits import codes, conventions, coordination, coverage, identity, ncci, services, structure
from cleanclaim.edits.registry import RULES, Case, Hit, PastService, PayerRules, Rule
from cleanclaim.edits.scrubbing import scrub
from cleanclaim.kernel.findings import Finding

__all__ = [
    "RULES", "Case", "Finding", "Hit", "PastService", "PayerRules", "Rule", "codes", "conventions", "coordination", "coverage", "identity", "ncci",
    "scrub", "services", "structure",
]  # fmt: skip
