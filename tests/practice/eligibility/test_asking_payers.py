"""Asking payers: one file for each partner, answers by trace number, and what happens while a payer's service is down."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cleanclaim import x12
from cleanclaim.documents import Benefit, DateFact, EligibilityResponse, Party
from cleanclaim.kernel.errors import NotAllowed, UnreadableInput
from cleanclaim.practice.connections import actions as connections
from cleanclaim.practice.connections import queries as files
from cleanclaim.practice.eligibility import actions, asking, queries, rules
from cleanclaim.practice.eligibility.models import EligibilityCheck
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.scheduling import queries as schedule
from cleanclaim.practice.scheduling.actions import book_appointment
from cleanclaim.practice.scheduling.asking import ask_for_coming_visits
from practice import visit_cast as cast

DAY = date(2026, 11, 23)


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def partner(system, place, tmp_path):
    made = connections.add_partner(
        name="Granite Exchange", location=str(tmp_path / "x"), sender_id="MAPLE", receiver_id="GRANITE", by=system
    )
    Payer.objects.of(system.practice_id).filter(pk=place.granite.pk).update(partner=made)
    return made


@pytest.fixture
def coverage(system, place, partner):
    return cast.coverage(system, cast.patient(system), place.granite)


def ask(system, coverage):
    return asking.check_eligibility(coverage_id=coverage.public_id, asked_for=DAY, by=system)


def sent_requests(system):
    return [
        request
        for item in files.outbox(system.practice_id)
        for request in x12.read_eligibility_requests(files.content_of_outbox(system.practice_id, item.public_id))
    ]


def answer_file(check, *benefits, name=("Carvalho", "Ines"), rejections=(), number=1):
    person = Party(
        "IL",
        is_person=True,
        last_name=name[0],
        first_name=name[1],
        id_qualifier="MI",
        id="GH123456",
        born_on=date(1988, 4, 2),
        sex="F",
    )
    payer = Party("PR", last_name="Granite Health", id_qualifier="PI", id="60054")
    provider = Party("1P", last_name="Maple Hill Family Medicine", id_qualifier="XX", id="1555555556")
    answer = EligibilityResponse(payer, provider, person, check.trace_number, benefits=benefits, rejections=rejections)
    return x12.write_eligibility_responses(
        [answer], x12.Envelope("GRANITE", "MAPLE", datetime(2026, 11, 20, 18, tzinfo=UTC), number, number)
    )


ACTIVE = Benefit("1", service_types=("30",), plan="Granite Gold")


def test_a_question_carries_who_is_asked_about_whom_and_its_trace(system, coverage):
    check = ask(system, coverage)
    assert asking.ask_due(by=system) == (1, 1, 0)
    (request,) = sent_requests(system)
    assert (request.trace_number, request.asked_for, request.subscriber.id, request.subscriber.last_name) == (
        check.trace_number,
        DAY,
        "GH123456",
        "Carvalho",
    )
    assert (request.payer.id, request.service_types, request.dependent) == ("60054", ("30",), None)
    assert asking.ask_due(by=system) == (0, 0, 0)


def test_the_same_question_is_not_asked_twice(system, coverage):
    assert ask(system, coverage).pk == ask(system, coverage).pk
    asking.ask_due(by=system)
    assert ask(system, coverage).tries == 1
    assert EligibilityCheck.objects.of(system.practice_id).count() == 1


def test_an_answer_is_read_once_and_shown_on_the_schedule(system, place, coverage):
    check = ask(system, coverage)
    asking.ask_due(by=system)
    content = answer_file(check, ACTIVE, Benefit("B", "IND", ("98",), cents=25_00, in_network="Y"))
    assert asking.take_answers(content=content, by=system) == (1, 0, 0)
    assert asking.take_answers(content=content, by=system) == (0, 0, 0)
    card = queries.latest_check(system.practice_id, coverage.public_id)
    assert (card.row.verdict, card.plan, card.copay_cents) == ("active", "Granite Gold", 25_00)
    book(system, place, coverage)
    (row,) = schedule.appointments(system.practice_id, first=DAY)
    assert row.problems == ()


def book(system, place, coverage):
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)
    return book_appointment(patient_id=coverage.patient.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
                            starts_at=at, ends_at=at + timedelta(minutes=30), by=system)  # fmt: skip


def test_another_payer_and_an_ended_plan_are_alerts_until_settled(system, place, coverage):
    check = ask(system, coverage)
    asking.ask_due(by=system)
    ended = ACTIVE._replace(dates=(DateFact("291", date(2026, 1, 1), date(2026, 10, 31)),))
    other = Benefit("R", service_types=("30",), related=Party("PRP", last_name="OTHER HEALTH", id_qualifier="PI", id="99999"))
    asking.take_answers(content=answer_file(check, ended, other), by=system)
    (row,) = queries.worklist(system.practice_id)
    assert [finding.rule for finding in row.findings] == ["ELIGIBILITY_TERMED", "ELIGIBILITY_OTHER_PAYER"]
    book(system, place, coverage)
    told = [finding.rule for finding in schedule.appointments(system.practice_id, first=DAY)[0].problems]
    assert told == ["ELIGIBILITY_INACTIVE", "ELIGIBILITY_ALERT"]
    actions.settle_check(check_id=check.public_id, by=system)
    assert queries.worklist(system.practice_id) == []


def test_a_name_that_the_payer_writes_differently_is_said(system, coverage):
    check = ask(system, coverage)
    asking.ask_due(by=system)
    asking.take_answers(content=answer_file(check, ACTIVE, name=("Carvalho Moreau", "Ines")), by=system)
    assert [finding.rule for finding in queries.check(system.practice_id, check.public_id).row.findings] == ["ELIGIBILITY_NAME"]


def test_while_the_service_is_down_the_page_works_and_the_question_waits(system, place, partner, coverage):
    Path(partner.location).write_text("no folder here")
    ask(system, coverage)
    asking.ask_due(by=system)
    assert connections.deliver(system) == []
    book(system, place, coverage)
    (row,) = schedule.appointments(system.practice_id, first=DAY)
    assert [finding.rule for finding in row.problems] == ["ELIGIBILITY_OPEN"]
    later = system.later(system.at + timedelta(hours=1))
    asking.ask_due(by=later)
    (check,) = queries.checks_of(system.practice_id, coverage.patient.public_id)
    assert (check.state, len(files.outbox(system.practice_id))) == ("sent", 1)
    assert "connection is down" in check.failure
    Path(partner.location).unlink()
    assert len(connections.deliver(later)) == 1


def test_no_answer_in_time_is_asked_again_later_each_time_and_then_a_person_calls(system, coverage):
    check = ask(system, coverage)
    now = system
    for _ in range(len(rules.RETRY_AFTER) * 2 + 2):
        asking.ask_due(by=now)
        connections.deliver(now)
        now = now.later(now.at + timedelta(hours=25))
    check.refresh_from_db()
    assert (check.state, check.tries) == ("failed", len(rules.RETRY_AFTER))
    assert len(files.outbox(system.practice_id)) == len(rules.RETRY_AFTER)
    assert [row.check_id for row in queries.worklist(system.practice_id)] == [check.public_id]


def test_a_payer_that_cannot_answer_now_is_asked_again(system, coverage):
    check = ask(system, coverage)
    asking.ask_due(by=system)
    assert asking.take_answers(content=answer_file(check, rejections=("42",)), by=system) == (0, 1, 0)
    check.refresh_from_db()
    assert check.state == "waiting"
    assert asking.ask_due(by=system.later(system.at + timedelta(minutes=2))).questions == 1


def test_a_payer_without_a_connection_is_for_the_telephone(system, place):
    coverage = cast.coverage(system, cast.patient(system), place.granite)
    check = ask(system, coverage)
    assert asking.ask_due(by=system) == (0, 0, 1)
    check.refresh_from_db()
    assert (check.state, "no connection" in check.failure) == ("failed", True)


def test_an_answer_to_no_question_of_ours_changes_nothing_and_is_counted(system, coverage):
    check = ask(system, coverage)
    stranger = EligibilityCheck(trace_number="E999999999")
    assert asking.take_answers(content=answer_file(stranger, ACTIVE), by=system) == (0, 0, 1)
    check.refresh_from_db()
    assert check.state == "waiting"
    with pytest.raises(UnreadableInput):
        asking.take_answers(content=b"not an interchange", by=system)


def test_a_dependent_is_asked_about_under_the_subscriber(system, place, partner):
    holder = Party(is_person=True, last_name="Carvalho", first_name="Rui", born_on=date(1960, 2, 3), sex="M")
    child = cast.patient(system, first_name="Bea", born_on=date(2018, 5, 5))
    ask(system, cast.coverage(system, child, place.granite, relationship="19", subscriber=holder))
    asking.ask_due(by=system)
    (request,) = sent_requests(system)
    assert (request.subscriber.first_name, request.dependent.first_name, request.relationship) == ("Rui", "Bea", "19")


def test_the_coming_days_are_asked_about_in_one_go_and_once(system, place, coverage, actor):
    book(system, place, coverage)
    assert ask_for_coming_visits(by=system) == 1
    assert ask_for_coming_visits(by=system) == 0
    assert asking.ask_due(by=system) == (1, 1, 0)
    with pytest.raises(NotAllowed):
        ask_for_coming_visits(by=actor("coder"))


def test_the_simulated_payer_answers_over_the_same_folder(system, partner, coverage):
    from cleanclaim.kernel.money import Rate
    from cleanclaim.simulator import Memory, Plan, answer_eligibility

    plan = Plan("60054", "Granite Gold", copay_cents=20_00, deductible_cents=500_00, coinsurance=Rate("0.2"))
    ask(system, coverage)
    asking.ask_due(by=system)
    connections.deliver(system)
    (path,) = (Path(partner.location) / "outbox").iterdir()
    answers = [answer_eligibility(request, plan, Memory()) for request in x12.read_eligibility_requests(path.read_bytes())]
    inbox = Path(partner.location) / "inbox"
    inbox.mkdir()
    (inbox / "answer.271").write_bytes(x12.write_eligibility_responses(answers, x12.Envelope("GRANITE", "MAPLE", system.at)))
    (item,) = connections.collect(system)
    taken = asking.take_answers(content=files.content_of_inbox(system.practice_id, item.public_id), by=system)
    assert taken == (1, 0, 0)
    card = queries.latest_check(system.practice_id, coverage.public_id)
    facts = {fact.kind: (fact.cents, fact.left_cents, fact.percent) for fact in card.benefits}
    assert facts == {"deductible": (500_00, 500_00, None), "copay": (20_00, None, None), "coinsurance": (None, None, Rate("0.2"))}
    assert (card.row.verdict, card.plan_first, card.plan_last) == ("active", date(2026, 1, 1), date(2026, 12, 31))
