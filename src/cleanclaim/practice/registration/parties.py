"""Patients and coverages as the parties of a document, and parties as the JSON that stands encrypted in a row."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.documents import Address, Party, Subscriber
from cleanclaim.practice.payers.queries import payer_party
from cleanclaim.practice.registration.models import Coverage, Guarantor, Patient


def address_of(facts: dict[str, str] | None) -> Address | None:
    """Return a stored address; None when nothing is known."""
    return Address(**facts) if facts else None


def patient_party(patient: Patient, entity: str = "QC") -> Party:
    """Return the patient as a claim names them (loop 2010CA, or 2010BA when the patient is the subscriber)."""
    return Party(
        entity=entity, is_person=True, last_name=patient.last_name, first_name=patient.first_name, middle_name=patient.middle_name,
        suffix=patient.suffix, address=address_of(patient.address), born_on=patient.born_on, sex=patient.sex, phone=patient.phone,
    )  # fmt: skip


def subscriber_of(coverage: Coverage) -> Subscriber:
    """Return a coverage as a claim shows it (SBR and its loop)."""
    if coverage.relationship == "18" or not coverage.subscriber:
        holder = patient_party(coverage.patient, "IL")
    else:
        holder = party_from_json(coverage.subscriber)._replace(entity="IL", is_person=True)
        if holder.address is None:
            holder = holder._replace(address=address_of(coverage.patient.address))
    holder = holder._replace(id_qualifier="MI", id=coverage.member_id, phone="")
    return Subscriber(
        party=holder, payer=payer_party(coverage.payer), sequence=coverage.sequence, relationship=coverage.relationship,
        group_number=coverage.group_number, group_name=coverage.group_name, insurance_type=coverage.insurance_type,
        claim_filing=coverage.claim_filing,
    )  # fmt: skip


def guarantor_party(guarantor: Guarantor) -> Party:
    """Return the guarantor as the statement's addressee."""
    return Party(entity="GU", is_person=True, last_name=guarantor.last_name, first_name=guarantor.first_name,
                 address=address_of(guarantor.address), phone=guarantor.phone)  # fmt: skip


def party_as_json(party: Party) -> dict[str, Any]:
    """Return what a row keeps of a person, for an encrypted field."""
    facts: dict[str, Any] = {
        name: getattr(party, name)
        for name in ("last_name", "first_name", "middle_name", "suffix", "sex", "phone")
        if getattr(party, name)
    }
    if party.born_on:
        facts["born_on"] = party.born_on.isoformat()
    if party.address:
        facts["address"] = party.address._asdict()
    return facts


def party_from_json(facts: dict[str, Any]) -> Party:
    """Read what `party_as_json` kept."""
    known = dict(facts)
    born = known.pop("born_on", None)
    address = known.pop("address", None)
    return Party(is_person=True, born_on=date.fromisoformat(born) if born else None, address=address_of(address), **known)
