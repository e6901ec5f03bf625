"""The site's own edits, asked after ours. One that breaks is named in a warning and never holds a claim by breaking."""

from __future__ import annotations

from datetime import date

from cleanclaim.documents import Claim
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.plugins_api.finding import plugins


def site_findings(claim: Claim, *, on: date) -> list[Finding]:
    """Return what the installed edits find in a claim."""
    found: list[Finding] = []
    for plugin in plugins("edit"):
        try:
            answer = [_checked(item) for item in plugin.fills.check(claim, on=on)]
        except Exception as broken:  # noqa: BLE001 - whatever a stranger's edit raises, the claim is judged without it
            says = f"The site's edit {plugin.name} could not judge this claim ({type(broken).__name__}): tell whoever keeps it."
            found.append(Finding("SITE_EDIT_FAILED", Severity.WARN, "claim", says))
        else:
            found += answer
    return found


def _checked(item: object) -> Finding:
    if not isinstance(item, Finding):
        raise TypeError
    return item
