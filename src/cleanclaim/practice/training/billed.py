"""Claims that an exercise finds already sent: built from its own data and taken over from an 837, as from another system."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cleanclaim.documents import Address, Claim, Diagnosis, Party, ServiceLine, Subscriber
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.people.queries import billing_party, billing_provider_on, rendering_party
from cleanclaim.practice.sample import cast
from cleanclaim.x12 import Envelope, write_claims


def take_over(told: list[dict[str, Any]], staff: cast.Staff, *, by: Actor) -> dict[str, str]:
    """Take the claims of an exercise over as open ones; return each one's public number by the number that the exercise gives it."""
    written = [_claim(row, staff, by) for row in told]
    contact = Party("41", False, "MAPLE HILL", id_qualifier="46", id="MAPLEHILL", contact_name="RUTH", phone="8025550100")
    receiver = Party("40", False, "GRANITE EXCHANGE", id_qualifier="46", id="GRANITEX")
    content = write_claims(written, Envelope("MAPLEHILL", "GRANITEX", by.at, submitter=contact, receiver=receiver))
    made = import_claims(content=content, by=by, source="exercise")
    return {row["number"]: number for row, number in zip(told, made.claims, strict=True)}


def _claim(told: dict[str, Any], staff: cast.Staff, by: Actor) -> Claim:
    own = cast.facts()["practice"]
    home = Address(told.get("line1", "1 Training Lane"), "", own["city"], own["state"], own["zip"][:5])
    patient = Party("IL", True, told["last_name"], told["first_name"], id_qualifier="MI", id=told["member"], born_on=told["born_on"],
                    sex=told["sex"], address=home)  # fmt: skip
    payer = staff.payers[told["payer"]]
    lines = tuple(
        ServiceLine(place, row["code"], row["cents"], Decimal(str(row.get("units", 1))), tuple(row.get("modifiers", ())), tuple(row["pointers"]),
                    told["served_on"], place_of_service="", control_number=f"{told['number']}L{place}")
        for place, row in enumerate(told["lines"], 1)
    )  # fmt: skip
    return Claim(
        told["number"], sum(line.charge_cents for line in lines), billing_party(billing_provider_on(by.practice_id, told["served_on"])),
        Subscriber(patient, Party("PR", False, payer.name, id_qualifier="PI", id=payer.payer_id), "P", "18", claim_filing=payer.claim_filing),
        lines, tuple(Diagnosis(code.replace(".", ""), "ABF" if place else "ABK") for place, code in enumerate(told["diagnoses"])),
        facility_code="11", providers=(rendering_party(staff.providers["okafor"]),),
        payer_claim_control_number=told.get("payer_number", ""), prior_authorization=told.get("prior_authorization", ""),
        benefits_assigned="Y", release_of_information="Y",
    )  # fmt: skip
