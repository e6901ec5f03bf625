"""Registering, finding, covering, merging and undoing it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from cleanclaim.documents import Party
from cleanclaim.kernel.errors import Conflict, InvalidValue, NotAllowed, NotFound, Refused
from cleanclaim.practice.audit.models import AuditRow
from cleanclaim.practice.encounters.queries import encounters_of
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.models import Event
from cleanclaim.practice.registration import actions, queries
from cleanclaim.practice.registration.models import Coverage, Patient
from cleanclaim.practice.registration.rules import DuplicateSuspected
from practice import visit_cast as cast


@pytest.fixture
def place(system):
    return cast.clinic(system)


def test_a_person_is_registered_once_per_source_and_named_nowhere_in_plain_text(system):
    first = cast.patient(system, source="hl7:1")
    assert cast.patient(system, source="hl7:1").pk == first.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registration_patient")
        stored = repr(cursor.fetchall())
        cursor.execute("SELECT * FROM registration_patientkey")
        stored += repr(cursor.fetchall())
    assert "Carvalho" not in stored
    assert "5550123" not in stored
    assert "1988" not in stored
    assert "Carvalho" not in repr(first) + str(list(AuditRow.objects.of(system.practice_id).values()))


def test_a_likely_duplicate_is_shown_before_it_is_registered(system):
    ines = cast.patient(system)
    with pytest.raises(DuplicateSuspected) as stopped:
        cast.patient(system, first_name="Inês", phone="")
    assert stopped.value.candidates[0][0] == ines.public_id
    assert cast.patient(system, is_somebody_new=True).chart_number == ines.chart_number + 1


@pytest.mark.parametrize(
    "words", ["ca", "carv", "Carvalho Ines", "ines", "1988-04-02", "04/02/1988", "802-555-0123", "car 1988-04-02", "1"]
)
def test_a_patient_is_found_by_what_people_say_at_the_desk(system, words):
    ines = cast.patient(system)
    cast.patient(system, last_name="Carver", first_name="Joan", born_on=date(1990, 1, 1), phone="8025550777")
    assert ines.public_id in [row.patient_id for row in queries.find_patients(system.practice_id, words)]


def test_every_word_must_fit(system):
    cast.patient(system)
    assert queries.find_patients(system.practice_id, "carvalho otto") == []
    assert queries.find_patients(system.practice_id, "carpenter") == []
    assert queries.find_patients(system.practice_id, "   ") == []


def test_a_correction_is_found_under_its_new_words_and_a_lost_race_is_a_conflict(system):
    ines = cast.patient(system)
    actions.correct_patient(patient_id=ines.public_id, changes={"last_name": "Moreau"}, by=system, expected_version=1)
    assert queries.find_patients(system.practice_id, "moreau")
    assert queries.find_patients(system.practice_id, "carvalho") == []
    with pytest.raises(Conflict):
        actions.correct_patient(patient_id=ines.public_id, changes={"phone": "802-555-0001"}, by=system, expected_version=1)
    with pytest.raises(InvalidValue):
        actions.correct_patient(patient_id=ines.public_id, changes={"ssn": "1"}, by=system)


def test_a_coder_registers_nobody_and_another_practice_sees_nobody(system, actor):
    with pytest.raises(NotAllowed):
        cast.patient(actor("coder"))
    ines = cast.patient(system)
    other = found_practice(name="Elsewhere", at=system.at)
    assert queries.find_patients(other.pk, "carvalho") == []
    with pytest.raises(NotFound):
        queries.card(other.pk, ines.public_id)


def test_a_coverage_holds_its_place_and_makes_room_when_asked(system, place):
    ines = cast.patient(system)
    first = cast.coverage(system, ines, place.granite)
    assert cast.coverage(system, ines, place.granite).pk == first.pk
    with pytest.raises(Refused, match="same days"):
        cast.coverage(system, ines, place.granite, member_id="GH999", valid_from=date(2026, 7, 1))
    second = cast.coverage(system, ines, place.granite, member_id="GH999", valid_from=date(2026, 7, 1), ends_previous=True)
    day = lambda when: [card.coverage_id for card in queries.coverages_on(system.practice_id, ines.public_id, when).cards]
    assert day(date(2026, 6, 30)) == [first.public_id]
    assert day(date(2026, 7, 1)) == [second.public_id]


def test_a_medicare_number_checks_itself_and_a_dependent_names_the_subscriber(system, place):
    ines = cast.patient(system)
    with pytest.raises(InvalidValue, match="Medicare"):
        cast.coverage(system, ines, place.medicare, member_id="123456789A")
    with pytest.raises(InvalidValue, match="subscriber"):
        cast.coverage(system, ines, place.granite, relationship="19")
    holder = Party(is_person=True, last_name="Carvalho", first_name="Rui", born_on=date(1960, 2, 3), sex="M")
    coverage = cast.coverage(system, ines, place.granite, relationship="19", subscriber=holder)
    from cleanclaim.practice.registration.parties import subscriber_of

    shown = subscriber_of(queries.coverage_row(system.practice_id, coverage.public_id))
    assert (shown.party.first_name, shown.party.born_on, shown.relationship, shown.party.address) == (
        "Rui",
        date(1960, 2, 3),
        "19",
        cast.HOME,
    )


def test_a_backdated_coverage_tells_so(system, place):
    ines = cast.patient(system)
    coverage = cast.coverage(system, ines, place.granite, valid_from=date(2026, 3, 1))
    event = Event.objects.of(system.practice_id).get(kind="coverage-added")
    assert (event.subject, event.facts["is_backdated"]) == (coverage.public_id, True)


def test_a_coverage_is_replaced_never_rewritten(system, place):
    ines = cast.patient(system)
    old = cast.coverage(system, ines, place.granite)
    new = actions.replace_coverage(coverage_id=old.public_id, changes={"member_id": "GH777"}, reason="card misread", by=system)
    old.refresh_from_db()
    assert old.voided_at is not None
    assert old.member_id == "GH123456"
    assert new.replaces_id == old.pk
    assert [card.member_id for card in queries.coverages_of(system.practice_id, ines.public_id)] == ["GH777"]


def test_the_database_itself_refuses_a_period_that_ends_before_it_begins(system, place):
    row = cast.coverage(system, cast.patient(system), place.granite)
    with pytest.raises(IntegrityError), transaction.atomic():
        Coverage.objects.of(system.practice_id).filter(pk=row.pk).update(valid_to=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.of(system.practice_id).update(merged_into_id=row.patient_id)


def test_a_merge_makes_one_account_loses_nothing_and_is_undone(system, place):
    ines = cast.patient(system)
    double = cast.patient(system, first_name="Ines M", is_somebody_new=True)
    cast.coverage(system, ines, place.granite)
    cast.coverage(system, double, place.medicare, member_id="1EG4TE5MK73", sequence="S")
    visits = [cast.signed_visit(system, place, who).public_id for who in (ines, double)]
    merge = actions.merge_patients(survivor_id=ines.public_id, absorbed_id=double.public_id, reason="typed twice", by=system,
                                   despite_warnings=True)  # fmt: skip
    assert queries.account_ids(system.practice_id, double.public_id) == (ines.public_id, double.public_id)
    assert {row.encounter_id for row in encounters_of(system.practice_id, ines.public_id)} == set(visits)
    assert len(queries.coverages_on(system.practice_id, double.public_id, cast.VISIT_DAY).cards) == 2
    assert queries.find_patients(system.practice_id, "carvalho")[0].patient_id == ines.public_id
    assert cast.signed_visit(system, place, double).patient_id == ines.pk
    with pytest.raises(Refused):
        actions.merge_patients(survivor_id=ines.public_id, absorbed_id=double.public_id, reason="again", by=system)
    actions.unmerge(merge_id=merge.public_id, reason="two sisters", by=system)
    assert queries.account_ids(system.practice_id, double.public_id) == (double.public_id,)
    assert [row.encounter_id for row in encounters_of(system.practice_id, double.public_id)] == [visits[1]]


def test_chains_of_merges_are_followed_and_undone_one_by_one(system):
    people = [cast.patient(system, is_somebody_new=True) for _ in range(3)]
    ids = [who.public_id for who in people]
    first = actions.merge_patients(survivor_id=ids[1], absorbed_id=ids[2], reason="one", by=system, despite_warnings=True)
    actions.merge_patients(survivor_id=ids[0], absorbed_id=ids[1], reason="two", by=system, despite_warnings=True)
    assert queries.account_ids(system.practice_id, ids[2]) == tuple(ids)
    actions.unmerge(merge_id=first.public_id, reason="no", by=system)
    assert queries.account_ids(system.practice_id, ids[0]) == tuple(ids[:2])


def test_the_worklist_of_duplicates_shows_a_pair_once(system):
    ines = cast.patient(system)
    double = cast.patient(system, is_somebody_new=True)
    (pair,) = queries.duplicate_pairs(system.practice_id)
    assert {pair.first.patient_id, pair.second.patient_id} == {ines.public_id, double.public_id}
    assert "the same first name" in pair.likeness.reasons


def test_a_restricted_chart_is_opened_for_a_reason_that_stands_in_the_audit(system, actor):
    ines = cast.patient(system, is_restricted=True)
    with pytest.raises(Refused):
        actions.open_restricted(patient_id=ines.public_id, reason="x", by=actor("biller"))
    actions.open_restricted(patient_id=ines.public_id, reason="claim 1017 was denied", by=actor("biller"))
    assert AuditRow.objects.of(system.practice_id).filter(action="open_restricted_chart", subject=ines.public_id).exists()


def test_the_guarantor_of_a_day_answers_for_the_bill(system):
    child = cast.patient(system, first_name="Bea", born_on=date(2018, 1, 1))
    assert queries.guarantor_on(system.practice_id, child.public_id, cast.VISIT_DAY).first_name == "Bea"

    def name(first_name, valid_from):
        return actions.name_guarantor(
            patient_id=child.public_id,
            relationship="33",
            last_name="Carvalho",
            first_name=first_name,
            valid_from=valid_from,
            by=system,
        )

    first = name("Rui", date(2026, 1, 1))
    name("Ines", date(2026, 6, 1))
    assert name("Rui", date(2026, 1, 1)).pk == first.pk, "the same again changes nothing"
    with pytest.raises(Refused, match="later guarantor"):
        name("Bo", date(2026, 3, 1))
    assert queries.guarantor_on(system.practice_id, child.public_id, date(2026, 5, 31)).first_name == "Rui"
    assert queries.guarantor_on(system.practice_id, child.public_id, cast.VISIT_DAY).first_name == "Ines"
