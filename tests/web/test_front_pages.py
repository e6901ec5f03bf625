"""The front desk's changes: corrections, coverages, guarantors, duplicates, eligibility, authorisations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cleanclaim.practice.eligibility import queries as eligibility
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.scheduling.actions import book_appointment
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def who(system, place):
    return cast.patient(system)


def facts_of(system, patient_id) -> dict[str, str]:
    card = registration.card(system.practice_id, patient_id)
    return {"last_name": card.last_name, "first_name": card.first_name, "born_on": card.born_on.isoformat(), "sex": card.sex,
            "line1": card.address.line1, "city": card.address.city, "state": card.address.state, "zip": card.address.zip,
            "phone": card.phone, "email": card.email, "version": str(card.version)}  # fmt: skip


def test_a_registration_is_corrected_by_whoever_read_it_last(system, desk, who):
    front, path = desk("front_desk"), f"/patients/{who.public_id}/correct/"
    assert front.get(path).status_code == 200
    given = facts_of(system, who.public_id)
    assert front.post(path, {**given, "city": "Montpelier"}).status_code == 302
    assert registration.card(system.practice_id, who.public_id).address.city == "Montpelier"
    stale = front.post(path, {**given, "city": "Rutland"})
    assert stale.status_code == 422
    assert b"Rutland" in stale.content
    assert registration.card(system.practice_id, who.public_id).address.city == "Montpelier"
    assert front.post(path, {**facts_of(system, who.public_id), "state": "1"}).status_code == 422


def test_a_coverage_is_refused_with_everything_typed_still_there(system, desk, who, place):
    front, path = desk("front_desk"), f"/patients/{who.public_id}/coverages/new/"
    given = {
        "payer": place.medicare.public_id,
        "member_id": "NOT-AN-MBI",
        "sequence": "P",
        "valid_from": "2026-01-01",
        "relationship": "18",
    }
    answer = front.post(path, given)
    assert answer.status_code in {400, 422}
    assert b"NOT-AN-MBI" in answer.content
    assert registration.coverages_of(system.practice_id, who.public_id) == []


def test_a_coverage_is_ended_or_voided(system, desk, who, place):
    front = desk("front_desk")
    cover = cast.coverage(system, who, place.granite)
    assert front.post(f"/coverages/{cover.public_id}/end/", {"last_day": "nonsense"}).status_code == 422
    assert front.post(f"/coverages/{cover.public_id}/end/", {"last_day": "2026-06-30"}).status_code == 302
    assert registration.coverages_of(system.practice_id, who.public_id)[0].valid_to == date(2026, 6, 30)
    assert front.post(f"/coverages/{cover.public_id}/void/", {"reason": ""}).status_code == 422
    assert front.post(f"/coverages/{cover.public_id}/void/", {"reason": "another Ines"}).status_code == 302
    assert registration.coverages_of(system.practice_id, who.public_id) == []


def test_two_records_of_one_person_are_merged_and_taken_apart(system, desk, who, place):
    other = cast.patient(system, phone="", is_somebody_new=True)
    front, manager = desk("front_desk"), desk("manager", name="Mona")
    assert b"Carvalho" in front.get("/patients/duplicates/").content
    pair = {
        "first": who.public_id,
        "second": other.public_id,
        "pair": "first",
        "reason": "registered twice",
        "despite_warnings": "on",
    }
    assert front.post("/patients/merge/", {**pair, "reason": ""}).status_code == 422
    assert front.post("/patients/merge/", pair)["Location"] == f"/patients/{who.public_id}/"
    assert registration.account_of(system.practice_id, other.public_id).public_id == who.public_id
    merge = registration.merges_of(system.practice_id, who.public_id)[0]
    undo = {"merge_id": merge.merge_id, "reason": "a cousin", "back": who.public_id}
    assert front.post("/patients/merge/", undo).status_code == 403
    assert manager.post("/patients/merge/", undo).status_code == 302
    assert registration.account_of(system.practice_id, other.public_id).public_id == other.public_id


def test_times_are_shown_by_the_clock_of_the_practice(system, desk, who, place):
    practice = Practice.objects.get(pk=system.practice_id)
    practice.time_zone = "America/New_York"
    practice.save()
    start = datetime(2026, 11, 20, 14, tzinfo=UTC)
    book_appointment(patient_id=who.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id, starts_at=start,
                     ends_at=start + timedelta(minutes=20), by=system)  # fmt: skip
    assert b"11/20/2026 09:00" in desk("front_desk").get(f"/patients/{who.public_id}/").content


def test_a_guarantor_is_named(system, desk, who):
    front, path = desk("front_desk"), f"/patients/{who.public_id}/guarantor/"
    given = {"relationship": "33", "last_name": "Carvalho", "first_name": "Rosa", "valid_from": "2026-11-01"}
    assert front.post(path, {**given, "last_name": "..."}).status_code == 422
    assert front.post(path, given).status_code == 302
    assert b"Rosa" in front.get(f"/patients/{who.public_id}/").content


def test_a_minor_who_would_get_the_bill_is_shown(system, desk):
    front = desk("front_desk")
    child = cast.patient(system, first_name="Bea", born_on=date(2018, 1, 1), is_somebody_new=True)
    page = f"/patients/{child.public_id}/"
    assert b"A minor is not asked to pay" in front.get(page).content
    given = {"relationship": "33", "last_name": "Carvalho", "first_name": "Rosa", "valid_from": "2026-11-01"}
    assert front.post(f"{page}guarantor/", given).status_code == 302
    assert b"A minor is not asked to pay" not in front.get(page).content


def test_a_payer_without_a_connection_leaves_work_that_is_settled(system, desk, who, place):
    front = desk("front_desk")
    cover = cast.coverage(system, who, place.granite)
    assert front.post(f"/coverages/{cover.public_id}/ask/").status_code == 302
    row = eligibility.worklist(system.practice_id)[0]
    assert "no connection" in front.get("/eligibility/").content.decode()
    assert front.get(f"/eligibility/{row.check_id}/").status_code == 200
    assert front.post(f"/eligibility/{row.check_id}/settle/").status_code == 302
    assert eligibility.worklist(system.practice_id) == []


def test_an_authorisation_is_recorded_or_refused(system, desk, who, place):
    front = desk("front_desk")
    cover = cast.coverage(system, who, place.granite)
    path = f"/coverages/{cover.public_id}/authorizations/new/"
    given = {"number": "PA-77", "kind": "prior", "valid_from": "2026-11-01", "valid_to": "2026-10-01", "visits_allowed": "6"}
    answer = front.post(path, given)
    assert answer.status_code == 422
    assert b"PA-77" in answer.content
    assert front.post(path, {**given, "valid_to": "2027-01-31", "procedures": "97110, 97140"}).status_code == 302
    held = eligibility.authorizations_of(system.practice_id, who.public_id)[0]
    assert (held.number, held.visits_left, held.procedures) == ("PA-77", 6, ("97110", "97140"))
    assert b"PA-77" in front.get(f"/patients/{who.public_id}/").content
