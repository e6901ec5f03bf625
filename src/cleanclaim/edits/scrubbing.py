"""Runs every edit over a claim and lists what they find, stops first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from cleanclaim.documents import Claim
from cleanclaim.edits.registry import RULES, Case, PastService, PayerRules, Rule
from cleanclaim.kernel.findings import Finding, Severity

if TYPE_CHECKING:
    from cleanclaim.codesets import Store

_ORDER: Final = {Severity.STOP: 0, Severity.WARN: 1, Severity.INFO: 2}


def scrub(
    claim: Claim, store: Store | None, *, on: date, history: tuple[PastService, ...] = (), payer: PayerRules | None = None,
    without: frozenset[str] = frozenset(),
) -> list[Finding]:  # fmt: skip
    """Run every edit that reads this kind of claim and was in force, and return what they found, stops first.

    `on` is the day of the check. Edits of codes are judged by the day of service, edits of the claim itself by the day on which it is
    sent. `without` names edits that are switched off. An edit that breaks (a site's own, above all) holds the claim as EDIT_FAILED: no
    claim goes out unchecked, and no batch is lost.
    """
    case = Case(claim, store, on, history, payer or PayerRules())
    found: list[Finding] = []
    for rule in RULES.values():
        if rule.name in without or not _applies(rule, case):
            continue
        try:
            hits = list(rule.check(case))
        except Exception as broken:  # noqa: BLE001 - see above
            says = f"The edit {rule.name} could not be run ({type(broken).__name__}). Report it; the claim waits."
            found.append(Finding("EDIT_FAILED", Severity.STOP, "claim", says, "Cleanclaim", rule.effective))
            continue
        found += [
            Finding(rule.name, hit.severity or rule.severity, hit.where, hit.says, rule.source, rule.effective) for hit in hits
        ]
    return sorted(found, key=lambda finding: _ORDER[finding.severity])


def _applies(rule: Rule, case: Case) -> bool:
    if case.claim.kind not in rule.kinds or (rule.needs_codes and case.store is None):
        return False
    return (case.served_on if rule.needs_codes else case.on) >= rule.effective
