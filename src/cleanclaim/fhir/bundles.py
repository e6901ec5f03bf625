"""What the server says of itself, pages of a search, and refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cleanclaim.fhir.elements import Element

TYPES: Final[dict[str, tuple[str, ...]]] = {
    # resource: what it is searched by, beside _count
    "Patient": ("_id",),
    "Coverage": ("_id", "patient"),
    "Encounter": ("_id", "patient"),
    "Claim": ("_id", "patient"),
    "ClaimResponse": ("_id", "patient"),
    "ExplanationOfBenefit": ("_id", "patient"),
    "PaymentReconciliation": ("_id",),
}
_KIND: Final = {"_id": "token", "patient": "reference"}
_ISSUES: Final = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 409: "conflict", 413: "too-long", 422: "processing", 429: "throttled",
    500: "exception", 503: "transient",
}  # fmt: skip


def capability_statement(*, version: str, released_on: str) -> Element:
    """Say what is read and searched here."""
    resources = [
        {
            "type": kind, "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [{"name": name, "type": _KIND[name]} for name in names],
        }
        for kind, names in TYPES.items()
    ]  # fmt: skip
    security = {"description": "A key of the practice (cleanclaim keys add) as bearer token; its roles decide what is read."}
    return {
        "resourceType": "CapabilityStatement", "status": "active", "date": released_on, "kind": "instance", "fhirVersion": "4.0.1", "format": ["json"],
        "software": {"name": "Cleanclaim", "version": version}, "implementation": {"description": "Billing resources of a practice, for reading"},
        "rest": [{"mode": "server", "security": security, "resource": resources}],
    }  # fmt: skip


def search_set(rows: Sequence[Element], *, address: str, following: str = "") -> Element:
    """Return a page of a search; `following` is the address of the next one. No total is told: it would be counted anew for each page."""
    links = [{"relation": "self", "url": address}]
    if following:
        links.append({"relation": "next", "url": following})
    base = address.partition("?")[0].rpartition("/")[0]
    entries = [
        {"fullUrl": f"{base}/{row['resourceType']}/{row['id']}", "resource": row, "search": {"mode": "match"}} for row in rows
    ]
    return {"resourceType": "Bundle", "type": "searchset", "link": links, **({"entry": entries} if entries else {})}


def operation_outcome(*, status: int, says: str) -> Element:
    """Return a refusal in one plain sentence."""
    issue = {"severity": "error", "code": _ISSUES.get(status, "processing"), "diagnostics": says}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
