"""Claim rules: a document in, findings out. An edit never raises; `scrub` reports all findings, stops first.

scrub(claim, store, on=today, history=earlier_services) -> list[Finding]
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cleanclaim.documents import Claim
from cleanclaim.edits import codes, coordination, identity, services, structure
from cleanclaim.edits.registry import RULES, Case, PastService, PayerRules, Rule
from cleanclaim.kernel.findings import Finding, Severity

if TYPE_CHECKING:
    from cleanclaim.codesets import Store

__all__ = [
    "RULES",
    "Case",
    "Finding",
    "PastService",
    "PayerRules",
    "Rule",
    "codes",
    "coordination",
    "identity",
    "scrub",
    "services",
    "structure",
]

_ORDER = {Severity.STOP: 0, Severity.WARN: 1, Severity.INFO: 2}


def scrub(
    claim: Claim, store: Store | None, *, on: date, history: tuple[PastService, ...] = (), payer: PayerRules | None = None,
    without: frozenset[str] = frozenset(),
) -> list[Finding]:  # fmt: skip
    """Run every edit that reads this kind of claim and was in force, and return what they found, stops first.

    `on` is the day of the check; each rule judges services by their own dates. `without` names edits that are switched off.
    """
    case = Case(claim, store, on, history, payer or PayerRules())
    found = []
    for rule in RULES.values():
        if (
            rule.name in without
            or claim.kind not in rule.kinds
            or (rule.needs_codes and store is None)
            or case.served_on < rule.effective
        ):
            continue
        found += [
            Finding(rule.name, hit.severity or rule.severity, hit.where, hit.says, rule.source, rule.effective)
            for hit in rule.check(case)
        ]
    return sorted(found, key=lambda finding: _ORDER[finding.severity])
