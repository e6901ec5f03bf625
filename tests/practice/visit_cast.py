"""A small practice and its people for the tests of the front of the cycle: one clinic, two payers, a family, a charge list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from cleanclaim.documents import Address, Evidence, Note, NoteContext, Suggestion, Suggestions
from cleanclaim.kernel.identifiers import Npi
from cleanclaim.kernel.money import Rate

if TYPE_CHECKING:
    from cleanclaim.practice.foundation.actor import Actor

HOME = Address("12 Elm Street", "", "Barre", "VT", "05641")
VISIT_DAY = date(2026, 11, 16)
NOTE = (
    "CC: cough and sore throat.\nHPI: 3 days of cough. No fever. Asthma, mild intermittent, uses albuterol.\n"
    "Exam: wheezes bilaterally.\nA/P: 1. Acute bronchitis. 2. Mild intermittent asthma with exacerbation. Albuterol neb given.\n"
)


class Clinic(NamedTuple):
    """Who is there."""

    provider: Any
    site: Any
    medicare: Any
    granite: Any
    charge_list: Any


def clinic(by: Actor) -> Clinic:
    """Set up the practice's numbers, two payers and a charge list in force since January."""
    from cleanclaim.practice.charges.actions import add_charge_list
    from cleanclaim.practice.payers.actions import add_payer
    from cleanclaim.practice.people import actions as people

    entity = people.add_legal_entity(name="Maple Hill Family Medicine PLLC", tax_id="031234567", by=by)
    people.add_billing_provider(
        entity=entity, name="Maple Hill Family Medicine", npi=Npi.from_first_nine("155555555"), taxonomy="207Q00000X", line1="12 Main St",
        city="Barre", state="VT", zip_code="056410001", phone="802-555-0100", contact_name="Ruth Dale", valid_from=date(2020, 1, 1), by=by,
    )  # fmt: skip
    return Clinic(
        people.add_provider(last_name="Okafor", first_name="Adaeze", npi=Npi.from_first_nine("123456789"), credential="MD", by=by),
        people.add_site(name="Main Street", line1="12 Main St", city="Barre", state="VT", zip_code="056410001", by=by),
        add_payer(name="Medicare Part B", payer_id="14512", claim_filing="MB", by=by),
        add_payer(name="Granite Health", payer_id="60054", claim_filing="CI", by=by),
        add_charge_list(name="2026", valid_from=date(2026, 1, 1), items=prices(), by=by),
    )


def prices(first: date = date(2026, 1, 1)) -> tuple[Any, ...]:
    """A short charge list with our own labels."""
    from cleanclaim.practice.charges.rules import PriceItem

    return (
        PriceItem("cpt", "99213", 150_00, first, label="Visit, known patient, low"),
        PriceItem("cpt", "99214", 210_00, first, label="Visit, known patient, moderate"),
        PriceItem("cpt", "94640", 45_00, first, label="Inhaled treatment"),
        PriceItem("cpt", "71046", 90_00, first, label="Chest film, two views"),
        PriceItem("cpt", "71046", 30_00, first, modifiers=("26",), label="Chest film, reading alone"),
        PriceItem(
            "hcpcs",
            "J1100",
            1_25,
            first,
            label="Dexamethasone, 1 mg",
            national_drug_code="00641036725",
            drug_unit="ML",
            drug_quantity=Rate("0.25"),
        ),
    )


def patient(by: Actor, **changes: Any) -> Any:
    """Register Ines Carvalho, or somebody else."""
    from cleanclaim.practice.registration.actions import register_patient

    facts: dict[str, Any] = {
        "last_name": "Carvalho", "first_name": "Ines", "born_on": date(1988, 4, 2), "sex": "F", "address": HOME, "phone": "802-555-0123",
    }  # fmt: skip
    return register_patient(**{**facts, **changes}, by=by)


def coverage(by: Actor, who: Any, payer: Any, **changes: Any) -> Any:
    """Give somebody a coverage since January."""
    from cleanclaim.practice.registration.actions import add_coverage

    facts: dict[str, Any] = {"member_id": "GH123456", "valid_from": date(2026, 1, 1)}
    return add_coverage(patient_id=who.public_id, payer_id=payer.public_id, by=by, **{**facts, **changes})


def signed_visit(by: Actor, place: Clinic, who: Any, *, note: str = NOTE, **changes: Any) -> Any:
    """Open a visit, write its note and sign it."""
    from cleanclaim.practice.encounters.actions import open_encounter, sign_note, write_note

    facts: dict[str, Any] = {"served_on": VISIT_DAY}
    visit = open_encounter(patient_id=who.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id, by=by,
                           **{**facts, **changes})  # fmt: skip
    write_note(encounter_id=visit.public_id, text=note, by=by)
    sign_note(encounter_id=visit.public_id, by=by)
    visit.refresh_from_db()
    return visit


def a_suggester(note: Note, context: NoteContext) -> Suggestions:
    """A suggester that knows two diagnoses and a visit by their words."""
    del context
    known = (("Acute bronchitis", "icd10cm", "J20.9", "ready"), ("asthma with exacerbation", "icd10cm", "J45.21", "ready"),
             ("cough", "icd10cm", "R05.9", "look"), ("A/P", "cpt", "99213", "ready"))  # fmt: skip
    found = []
    for words, system, code, band in known:
        start = note.text.find(words)
        if start >= 0:
            proof = Evidence(start, start + len(words), words, "assessment", "present")
            found.append(Suggestion(system, code, words, 0.9 if band == "ready" else 0.6, band, (proof,)))
    return Suggestions(tuple(found))


def coded_visit(by: Actor, place: Clinic, who: Any, **changes: Any) -> Any:
    """A visit, signed, coded with bronchitis, asthma, a visit and a breathing treatment, and finalised."""
    from cleanclaim.practice.coding.actions import confirm_codes, finalise_coding, suggest_codes
    from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure

    visit = signed_visit(by, place, who, **changes)
    suggest_codes(encounter_id=visit.public_id, by=by, ask=a_suggester)
    codes = DeskCodes(
        (DeskDiagnosis("J20.9", origin="suggested", confidence=0.9), DeskDiagnosis("J45.21", origin="suggested", confidence=0.9)),
        (DeskProcedure("cpt", "99213", ("25",)), DeskProcedure("cpt", "94640", pointers=(2,))),
    )
    confirm_codes(encounter_id=visit.public_id, codes=codes, by=by)
    finalise_coding(encounter_id=visit.public_id, by=by)
    visit.refresh_from_db()
    return visit
