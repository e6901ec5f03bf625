"""A visit becomes charges and what a claim is built from."""

from datetime import UTC, date, datetime

import pytest

from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.charges import queries
from cleanclaim.practice.charges.actions import (
    NotPriced,
    apply_review,
    mark_billed,
    price_charges,
)
from cleanclaim.practice.coding.actions import confirm_codes, finalise_coding
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.scheduling.actions import arrive, book_appointment, complete
from practice import visit_cast as cast


@pytest.fixture
def place(system):
    return cast.clinic(system)


def test_the_whole_way_from_registration_to_the_basis_of_a_claim(system, place):
    ines = cast.patient(system)
    first = cast.coverage(system, ines, place.granite)
    second = cast.coverage(system, ines, place.medicare, member_id="1EG4TE5MK73", sequence="S")
    appointment = book_appointment(
        patient_id=ines.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
        starts_at=datetime(2026, 11, 16, 15, tzinfo=UTC), ends_at=datetime(2026, 11, 16, 15, 30, tzinfo=UTC), by=system,
    )  # fmt: skip
    arrive(appointment_id=appointment.public_id, by=system)
    complete(appointment_id=appointment.public_id, by=system)
    visit = cast.coded_visit(system, place, ines, appointment_id=appointment.public_id)
    assert visit.state == "coded"
    charges = price_charges(encounter_id=visit.public_id, by=system)
    assert [(charge.line, charge.code, charge.modifiers, charge.cents, charge.pointers) for charge in charges] == [
        (1, "99213", ["25"], 150_00, [1, 2]), (2, "94640", [], 45_00, [2]),
    ]  # fmt: skip
    basis = queries.claim_basis(system.practice_id, visit.public_id)
    assert basis.diagnoses == ("J209", "J4521")
    assert [line.procedure for line in basis.lines] == ["99213", "94640"]
    assert basis.charge_cents == 195_00
    assert [item.coverage_id for item in basis.coverages] == [first.public_id, second.public_id]
    assert basis.coverages[0].subscriber.party.id == "GH123456"
    assert basis.coverages[0].subscriber.payer.id == "60054"
    assert (basis.billing.tax_id, basis.rendering.last_name, basis.place_of_service) == ("031234567", "Okafor", "11")
    assert basis.patient.last_name == "Carvalho"
    assert not basis.is_self_pay


def test_a_visit_without_coverage_is_the_patients_own(system, place):
    visit = cast.coded_visit(system, place, cast.patient(system))
    basis = queries.claim_basis(system.practice_id, visit.public_id)
    assert (basis.coverages, basis.is_self_pay) == ((), True)


def test_pricing_twice_changes_nothing(system, place):
    visit = cast.coded_visit(system, place, cast.patient(system))
    first = [charge.public_id for charge in price_charges(encounter_id=visit.public_id, by=system)]
    assert [charge.public_id for charge in price_charges(encounter_id=visit.public_id, by=system)] == first


def test_a_service_without_a_price_stops_the_visit_and_is_named(system, place):
    visit = cast.signed_visit(system, place, cast.patient(system))
    codes = DeskCodes((DeskDiagnosis("J20.9"),), (DeskProcedure("cpt", "99215"),))
    confirm_codes(encounter_id=visit.public_id, codes=codes, by=system)
    finalise_coding(encounter_id=visit.public_id, by=system)
    with pytest.raises(NotPriced, match="99215 has no price") as stopped:
        price_charges(encounter_id=visit.public_id, by=system)
    assert [finding.rule for finding in stopped.value.findings] == ["CHARGE_NO_PRICE"]
    assert Encounter.objects.of(system.practice_id).get().state == "coded"


def test_codes_changed_after_billing_wait_for_a_biller_and_charges_stay(system, place):
    visit = cast.coded_visit(system, place, cast.patient(system))
    before = [charge.public_id for charge in price_charges(encounter_id=visit.public_id, by=system)]
    mark_billed(encounter_id=visit.public_id, by=system)
    codes = DeskCodes((DeskDiagnosis("J20.9"), DeskDiagnosis("J45.21")),
                      (DeskProcedure("cpt", "99213", ("25",)), DeskProcedure("cpt", "94640", pointers=(2,)), DeskProcedure("cpt", "71046")))  # fmt: skip
    with pytest.raises(Refused, match="say why"):
        confirm_codes(encounter_id=visit.public_id, codes=codes, by=system)
    confirm_codes(encounter_id=visit.public_id, codes=codes, by=system, amend_reason="The film was missed.")
    finalise_coding(encounter_id=visit.public_id, by=system)
    price_charges(encounter_id=visit.public_id, by=system)
    assert [row.charge_id for row in queries.charges_of(system.practice_id, visit.public_id)] == before
    (review,) = queries.reviews(system.practice_id)
    assert "71046" in review.says
    after = apply_review(review_id=review.review_id, by=system)
    assert [(charge.code, charge.is_late) for charge in after] == [("99213", False), ("94640", False), ("71046", True)]
    assert [charge.public_id for charge in after][:2] == before
    assert queries.reviews(system.practice_id) == []


def test_what_nobody_charged_is_listed_with_its_age(system, place):
    ines = cast.patient(system)
    appointment = book_appointment(
        patient_id=ines.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
        starts_at=datetime(2026, 11, 10, 15, tzinfo=UTC), ends_at=datetime(2026, 11, 10, 15, 30, tzinfo=UTC), by=system,
    )  # fmt: skip
    arrive(appointment_id=appointment.public_id, by=system)
    cast.signed_visit(system, place, ines)
    rows = queries.missing_charges(system.practice_id, today=date(2026, 11, 20))
    assert [(row.what, row.days) for row in rows] == [("no-visit", 10), ("no-codes", 4)]


def test_an_authorisation_counts_visits_and_speaks_up_on_the_claim(system, place):
    from cleanclaim.practice.eligibility.actions import add_authorization
    from cleanclaim.practice.eligibility.queries import authorizations_of

    ines = cast.patient(system)
    coverage = cast.coverage(system, ines, place.granite)
    permission = add_authorization(
        coverage_id=coverage.public_id, number="PA-77", valid_from=date(2026, 11, 1), visits_allowed=1, by=system
    )
    assert (
        add_authorization(coverage_id=coverage.public_id, number="PA-77", valid_from=date(2026, 11, 1), by=system).pk
        == permission.pk
    )
    visits = [cast.coded_visit(system, place, ines, authorization_id=permission.public_id, served_on=day)
              for day in (date(2026, 11, 10), date(2026, 11, 12))]  # fmt: skip
    (card,) = authorizations_of(system.practice_id, ines.public_id)
    assert (card.visits_used, card.visits_left) == (2, 0)
    for visit in visits:
        price_charges(encounter_id=visit.public_id, by=system)
    basis = queries.claim_basis(system.practice_id, visits[1].public_id)
    assert basis.prior_authorization == "PA-77"
    assert [finding.rule for finding in basis.findings] == ["AUTHORIZATION_USED"]


def test_the_figures_of_a_period_tell_lag_late_charges_and_what_is_not_billed(system, place):
    billed = cast.coded_visit(system, place, cast.patient(system))
    waiting = cast.coded_visit(system, place, cast.patient(system, first_name="Otto", is_somebody_new=True))
    for visit in (billed, waiting):
        price_charges(encounter_id=visit.public_id, by=system)
    mark_billed(encounter_id=billed.public_id, by=system)
    told = queries.figures(system.practice_id, first=date(2026, 11, 1), last=date(2026, 11, 30))
    assert (told.cents, told.late_cents, told.unbilled_cents, told.unbilled_visits) == (390_00, 0, 195_00, 1)
    assert str(told.mean_lag_days) == "4.0"
    assert queries.figures(system.practice_id, first=date(2025, 1, 1), last=date(2025, 1, 31)).mean_lag_days is None


def test_present_on_admission_and_inpatient_procedures_reach_the_basis(system, place):
    visit = cast.signed_visit(system, place, cast.patient(system), setting="inpatient", place_of_service="21")
    codes = DeskCodes((DeskDiagnosis("J20.9", "Y"), DeskDiagnosis("E11.9", "N")), (DeskProcedure("icd10pcs", "0DTJ4ZZ"),))
    confirm_codes(encounter_id=visit.public_id, codes=codes, by=system)
    basis = queries.claim_basis(system.practice_id, visit.public_id)
    assert basis.present_on_admission == ("Y", "N")
    assert basis.inpatient_procedures == (("0DTJ4ZZ", cast.VISIT_DAY),)
