"""Looking a claim over before it goes out: the edits library, and what only the practice knows."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import date
from typing import Any

from cleanclaim import documents
from cleanclaim.kernel.findings import Finding, Severity


def findings_of(document: documents.Claim, *, on: date, history: tuple[Any, ...] = ()) -> list[Finding]:
    """Return everything that the edits find in a claim, stops first."""
    found = own_findings(document)
    if importlib.util.find_spec("cleanclaim.edits") is not None:
        edits = importlib.import_module("cleanclaim.edits")
        if hasattr(edits, "scrub"):
            store = importlib.import_module("cleanclaim.codesets").open_store()
            known = {finding.rule for finding in found}
            found += [finding for finding in edits.scrub(document, store, on=on, history=history) if finding.rule not in known]
    order = {Severity.STOP: 0, Severity.WARN: 1, Severity.INFO: 2}
    return sorted(found, key=lambda finding: order[finding.severity])


def own_findings(document: documents.Claim) -> list[Finding]:
    """Return what a correction cannot go out without: the payer's own number of the claim that it replaces or voids."""
    if document.frequency in {"7", "8"} and not document.payer_claim_control_number:
        word = "replacement" if document.frequency == "7" else "void"
        says = f"A {word} claim names the payer's number of the claim (REF F8), and none is known. Take it from the 277CA or the remittance."
        return [Finding("FREQUENCY_NEEDS_PAYER_NUMBER", Severity.STOP, "claim", says, "005010X222A1 loop 2300 REF F8")]
    return []
