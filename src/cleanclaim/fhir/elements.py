"""The small parts of resources: ids, references, codings, money, names, addresses. What is empty is left out: FHIR knows no empty text."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from cleanclaim.documents import Address

Element = dict[str, Any]

HL7: Final = "http://terminology.hl7.org/CodeSystem/"
SYSTEMS: Final = {
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm", "icd10pcs": "http://www.cms.gov/Medicare/Coding/ICD10", "cpt": "http://www.ama-assn.org/go/cpt",
    "hcpcs": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "carc": "https://x12.org/codes/claim-adjustment-reason-codes",
    "npi": "http://hl7.org/fhir/sid/us-npi", "modifier": "urn:cleanclaim:procedure-modifier", "revenue": "urn:cleanclaim:revenue-code",
}  # fmt: skip


def fhir_id(public_id: str) -> str:
    """Return a public id as FHIR writes ids: `pat_01J` becomes `pat-01J`."""
    return public_id.replace("_", "-", 1)


def public_id(fhir_id: str) -> str:
    """Return the public id that a FHIR id names."""
    return fhir_id.replace("-", "_", 1)


def reference(kind: str, public_id: str) -> Element:
    """Return a reference to a resource of this server."""
    return {"reference": f"{kind}/{fhir_id(public_id)}"}


def known(**parts: Any) -> Element:
    """Return the parts that hold something; `class_` and `for_` stand for words that Python keeps."""
    return {name.rstrip("_"): value for name, value in parts.items() if value not in (None, "", [], {}, ())}


def coding(system: str, code: str, display: str = "") -> Element:
    """Return a concept with one coding."""
    return {"coding": [known(system=system, code=code, display=display)]}


def money(cents: int) -> Element:
    """Return cents as FHIR's money."""
    return {"value": cents / 100, "currency": "USD"}


def period(first: date | None, last: date | None) -> Element:
    """Return a run of days."""
    return known(start=first.isoformat() if first else "", end=last.isoformat() if last else "")


def postal(address: Address | None) -> list[Element]:
    """Return an address, or nothing."""
    if address is None:
        return []
    lines = [line for line in (address.line1, address.line2) if line]
    made = known(line=lines, city=address.city, state=address.state, postalCode=address.zip)
    return [{**made, "country": "US"}] if made else []


def with_dot(code: str) -> str:
    """Return an ICD-10-CM code with its dot."""
    bare = code.replace(".", "")
    return bare if len(bare) <= 3 else f"{bare[:3]}.{bare[3:]}"


def procedure(code: str) -> Element:
    """Return a service under CPT or HCPCS, by the shape of its number."""
    system = SYSTEMS["hcpcs"] if re.fullmatch(r"[A-V][0-9]{4}", code) else SYSTEMS["cpt"]
    return coding(system, code)
