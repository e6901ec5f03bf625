"""Looking a claim over before it goes out, by the edits in force on the day."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, Final

from cleanclaim import codesets, documents
from cleanclaim.edits import PayerRules, scrub
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.plugins_api import site_findings
from cleanclaim.practice.payers.models import Payer

NEVER_OVERRIDDEN: Final = frozenset({"FREQUENCY_WITHOUT_ICN"})
"""Stop findings that no reason releases: the payer could not take such a claim at all."""


@cache
def open_tables() -> codesets.Store:
    """Return the code-set store, opened once for the process."""
    return codesets.open_store()


def findings_of(document: documents.Claim, *, on: date, payer: Payer | None = None, history: tuple[Any, ...] = ()) -> list[Finding]:
    """Return everything that our edits and the site's find in a claim, stops first.

    The payer's filing limit counts from the service only for the first payer: a later one counts from the earlier payer's answer.
    """
    order = {Severity.STOP: 0, Severity.WARN: 1, Severity.INFO: 2}
    is_first = document.subscriber.sequence in {"", "P"}
    known = PayerRules(timely_filing_days=payer.timely_filing_days) if payer is not None and is_first else None
    found = [*scrub(document, open_tables(), on=on, history=history, payer=known), *site_findings(document, on=on)]
    return sorted(found, key=lambda finding: order[finding.severity])
