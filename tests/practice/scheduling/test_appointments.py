"""Appointments: their states, who is booked twice, what the desk must mend before the visit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cleanclaim.kernel.errors import NotAllowed, Refused
from cleanclaim.practice.scheduling import actions, queries, rules
from practice import visit_cast as cast

TEN = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAY = date(2026, 11, 23)


@pytest.fixture
def place(system):
    return cast.clinic(system)


def book(by, place, who, at=TEN, **more):
    return actions.book_appointment(patient_id=who.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
                                    starts_at=at, ends_at=at + timedelta(minutes=30), by=by, **more)  # fmt: skip


@pytest.mark.parametrize(("now", "wanted", "may"), [
    ("booked", "arrived", True), ("booked", "completed", False), ("arrived", "completed", True), ("completed", "booked", False),
    ("cancelled", "arrived", False), ("no-show", "booked", True), ("nonsense", "booked", False),
])  # fmt: skip
def test_what_may_follow_what(now, wanted, may):
    if may:
        rules.check_move(now, wanted)
    else:
        with pytest.raises(Refused):
            rules.check_move(now, wanted)


def test_two_at_once_are_refused_unless_meant_and_back_to_back_is_fine(system, place):
    ines, otto = cast.patient(system), cast.patient(system, first_name="Otto", sex="M", born_on=date(1970, 1, 1))
    book(system, place, ines)
    book(system, place, otto, at=TEN + timedelta(minutes=30))
    with pytest.raises(actions.BookedTwice) as stopped:
        book(system, place, otto, at=TEN + timedelta(minutes=15))
    assert {finding.rule for finding in stopped.value.findings} == {"PROVIDER_BOOKED", "PATIENT_BOOKED"}
    assert book(system, place, otto, at=TEN + timedelta(minutes=15), overbook=True).state == "booked"


def test_a_cancelled_time_is_free_again(system, place):
    ines = cast.patient(system)
    first = book(system, place, ines)
    actions.cancel(appointment_id=first.public_id, reason="ill", by=system)
    assert book(system, place, ines).pk != first.pk


def test_the_day_of_service_is_the_practices_own(system, place):
    late = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # half past eight in the evening of the 23rd in New York
    assert book(system, place, cast.patient(system), at=late).served_on == DAY


def test_an_appointment_from_a_source_is_booked_once(system, place):
    ines = cast.patient(system)
    assert book(system, place, ines, source="x:1").pk == book(system, place, ines, source="x:1").pk


def test_a_coder_books_nothing(system, place, actor):
    with pytest.raises(NotAllowed):
        book(actor("coder"), place, cast.patient(system))


def problems(system):
    (row,) = queries.appointments(system.practice_id, first=DAY)
    return [finding.rule for finding in row.problems]


def test_the_days_list_says_what_is_wrong_with_each_coverage(system, place):
    ines = cast.patient(system)
    appointment = book(system, place, ines)
    assert problems(system) == ["NO_COVERAGE"]
    cast.coverage(system, ines, place.granite, valid_to=date(2026, 11, 22))
    assert problems(system) == ["COVERAGE_LAPSED"]
    cast.coverage(system, ines, place.granite, valid_from=date(2026, 11, 23), member_id="GH2")
    assert problems(system) == ["ELIGIBILITY_OPEN"]
    assert queries.coverage_worklist(system.practice_id, first=DAY, last=DAY) == []
    actions.mark_self_pay(appointment_id=appointment.public_id, by=system)
    assert problems(system) == []


def test_the_list_of_a_full_day_asks_the_database_a_fixed_number_of_times(system, place, django_assert_max_num_queries):
    for number in range(20):
        who = cast.patient(system, first_name=f"A{number}", is_somebody_new=True)
        cast.coverage(system, who, place.granite, member_id=f"GH{number}")
        book(system, place, who, at=TEN + timedelta(minutes=30 * number), overbook=True)
    with django_assert_max_num_queries(8):
        rows = queries.appointments(system.practice_id, first=DAY, last=date(2026, 11, 24))
    assert len(rows) == 20
    assert rows[0].payer_name == "Granite Health"


@pytest.mark.parametrize(("facts", "rule"), [
    ({"eligibility": "inactive"}, "ELIGIBILITY_INACTIVE"), ({"eligibility": "rejected"}, "ELIGIBILITY_REJECTED"),
    ({"eligibility": "failed"}, "ELIGIBILITY_FAILED"), ({"eligibility": "waiting"}, "ELIGIBILITY_OPEN"),
    ({"eligibility": "active", "is_answer_old": True}, "ELIGIBILITY_OLD"),
    ({"eligibility": "active", "alerts": ("Another insurer.",)}, "ELIGIBILITY_ALERT"),
    ({"eligibility": "active", "authorization_required": True}, "AUTHORIZATION_MISSING"),
])  # fmt: skip
def test_each_trouble_has_its_own_word(facts, rule):
    check = rules.CoverageCheck(DAY, has_coverage_on_file=True, is_in_force=True)._replace(**facts)
    assert [finding.rule for finding in rules.coverage_problems(check)] == [rule]
