"""Patient, Coverage, Encounter."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from cleanclaim.documents import Address
from cleanclaim.fhir.elements import HL7, Element, coding, fhir_id, known, period, postal, reference

_GENDER: Final = {"F": "female", "M": "male"}
_RELATION: Final = {"18": "self", "01": "spouse", "19": "child"}
_PLACE: Final = {"P": 1, "S": 2, "T": 3}
_STATUS: Final = {"open": "in-progress", "void": "entered-in-error"}


def patient(
    *, patient_id: str, version: int, chart_number: int, last_name: str, first_name: str, middle_name: str, suffix: str, born_on: date, sex: str,
    address: Address | None, phone: str, email: str, merged_into: str, is_restricted: bool,
) -> Element:  # fmt: skip
    """Write a registration."""
    name = known(
        use="official",
        family=last_name,
        given=[part for part in (first_name, middle_name) if part],
        suffix=[suffix] if suffix else [],
    )
    telecom = [known(system=system, value=value) for system, value in (("phone", phone), ("email", email)) if value]
    return known(
        resourceType="Patient", id=fhir_id(patient_id), meta=_meta(version, is_restricted=is_restricted),
        identifier=[{"system": "urn:cleanclaim:chart-number", "value": str(chart_number)}], name=[name], telecom=telecom,
        gender=_GENDER.get(sex, "unknown"), birthDate=born_on.isoformat(), address=postal(address),
        link=[{"other": reference("Patient", merged_into), "type": "replaced-by"}] if merged_into else [],
    ) | {"active": not merged_into}  # fmt: skip


def restricted_patient(*, patient_id: str) -> Element:
    """Write a restricted chart as a list may show it: that it is there, and no more."""
    meta = _meta(0, is_restricted=True)
    meta["tag"] = [{"system": f"{HL7}v3-ObservationValue", "code": "SUBSETTED"}]
    return {"resourceType": "Patient", "id": fhir_id(patient_id), "meta": meta}


def _meta(version: int, *, is_restricted: bool = False) -> Element:
    security = [{"system": f"{HL7}v3-Confidentiality", "code": "R"}] if is_restricted else []
    return known(versionId=str(version) if version else "", security=security)


def coverage(
    *, coverage_id: str, version: int, patient_id: str, payer_name: str, payer_number: str, member_id: str, group_number: str, plan_name: str,
    relationship: str, sequence: str, valid_from: date, valid_to: date | None, is_voided: bool,
) -> Element:  # fmt: skip
    """Write a coverage."""
    classes: list[Any] = [
        {"type": coding(f"{HL7}coverage-class", kind), "value": value} for kind, value in (("group", group_number), ("plan", plan_name)) if value
    ]  # fmt: skip
    return known(
        resourceType="Coverage", id=fhir_id(coverage_id), meta=_meta(version), status="entered-in-error" if is_voided else "active",
        subscriberId=member_id, beneficiary=reference("Patient", patient_id),
        relationship=coding(f"{HL7}subscriber-relationship", _RELATION.get(relationship, "other")), period=period(valid_from, valid_to),
        payor=[known(display=payer_name, identifier=known(value=payer_number))], class_=classes, order=_PLACE.get(sequence),
    )  # fmt: skip


def encounter(
    *, encounter_id: str, patient_id: str, state: str, setting: str, served_on: date, provider_name: str, site_name: str
) -> Element:
    """Write a visit, without its record."""
    kind = "IMP" if setting == "inpatient" else "AMB"
    return known(
        resourceType="Encounter", id=fhir_id(encounter_id), status=_STATUS.get(state, "finished"), class_={"system": f"{HL7}v3-ActCode", "code": kind},
        subject=reference("Patient", patient_id), period=period(served_on, served_on if state != "open" else None),
        participant=[{"individual": {"display": provider_name}}] if provider_name else [],
        location=[{"location": {"display": site_name}}] if site_name else [],
    )  # fmt: skip
