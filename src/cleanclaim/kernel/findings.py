"""A finding: what is wrong with a document, where, and what to do about it. Findings are values, never exceptions."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """How a finding is worked: a stop holds the claim, a warning is shown, an info is kept."""

    STOP = "stop"
    WARN = "warn"
    INFO = "info"


class Finding(NamedTuple):
    """One thing that an edit has found.

    `rule` is a stable upper-case name (POS_MISSING); `where` says the place in the biller's words ("line 2", "diagnosis 3",
    "subscriber"); `says` is one plain sentence with what to do; `source` names the authority; `effective` is the rule's first day.
    """

    rule: str
    severity: Severity
    where: str
    says: str
    source: str = ""
    effective: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the shape that commands and the API print."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "where": self.where,
            "says": self.says,
            "source": self.source,
            "effective": self.effective.isoformat() if self.effective else None,
        }


def stops(findings: list[Finding]) -> list[Finding]:
    """Return the findings that hold a claim."""
    return [finding for finding in findings if finding.severity is Severity.STOP]
