"""The desk on data: suggesting, confirming, finalising, amending, querying, the worklist."""

from datetime import date, timedelta

import pytest

from cleanclaim.kernel.errors import Conflict, NotAllowed, Refused
from cleanclaim.practice.coding import actions, queries
from cleanclaim.practice.coding.models import CodedDiagnosis, CodingDecision, SuggestionSet
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from cleanclaim.practice.coding.suggesting import context_of
from practice import visit_cast as cast


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def visit(system, place):
    ines = cast.patient(system)
    cast.coverage(system, ines, place.granite)
    return cast.signed_visit(system, place, ines)


CODES = DeskCodes((DeskDiagnosis("J20.9"),), (DeskProcedure("cpt", "99213"),))


def test_the_encoders_whole_answer_is_kept_once_and_encrypted(system, visit):
    first = actions.suggest_codes(encounter_id=visit.public_id, by=system, ask=cast.a_suggester)
    assert actions.suggest_codes(encounter_id=visit.public_id, by=system, ask=cast.a_suggester) == first
    assert SuggestionSet.objects.of(system.practice_id).count() == 1
    assert queries.chart(system.practice_id, visit.public_id).suggestions == first


def test_the_installed_encoder_answers_for_a_visit(system, visit):
    answer = actions.suggest_codes(encounter_id=visit.public_id, by=system)
    assert answer.suggestions
    text = queries.chart(system.practice_id, visit.public_id).text
    for item in answer.suggestions:
        for proof in item.evidence:
            assert text[proof.start : proof.end] == proof.text


def test_the_context_carries_age_sex_payer_and_earlier_diagnoses(system, place, visit):
    cast_visit = cast.coded_visit(system, place, visit.patient, served_on=date(2026, 3, 2))
    context = context_of(queries.encounter_for_desk(system.practice_id, visit.public_id))
    assert (context.age_years, context.sex, context.payer_kind, context.is_new_patient) == (38, "F", "commercial", False)
    assert context.history == ("J20.9", "J45.21", "last-visit:2026-03-02")
    first = context_of(queries.encounter_for_desk(system.practice_id, cast_visit.public_id))
    assert (first.is_new_patient, first.history) == (True, ())


def test_the_chart_shows_the_record_and_not_the_person(system, visit):
    shown = repr(tuple(queries.chart(system.practice_id, visit.public_id)))
    for word in ("Carvalho", "Elm Street", "5550123"):
        assert word not in shown


def test_one_key_confirms_what_is_ready_with_its_evidence(system, visit):
    actions.suggest_codes(encounter_id=visit.public_id, by=system, ask=cast.a_suggester)
    codes = actions.accept_ready(encounter_id=visit.public_id, by=system)
    assert [item.code for item in codes.diagnoses] == ["J20.9", "J45.21"]
    chart = queries.chart(system.practice_id, visit.public_id)
    assert chart.diagnoses[0].evidence[0].text == "Acute bronchitis"
    assert chart.diagnoses[0].origin == "suggested"
    assert actions.accept_ready(encounter_id=visit.public_id, by=system) == codes


def test_confirming_again_writes_only_what_changed(system, visit):
    actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system)
    before = list(CodedDiagnosis.objects.of(system.practice_id).values_list("pk", flat=True))
    actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system)
    assert list(CodedDiagnosis.objects.of(system.practice_id).values_list("pk", flat=True)) == before
    swapped = DeskCodes((DeskDiagnosis("J45.21"), DeskDiagnosis("J20.9")), CODES.procedures)
    actions.confirm_codes(encounter_id=visit.public_id, codes=swapped, by=system)
    chart = queries.chart(system.practice_id, visit.public_id)
    assert [item.code for item in chart.diagnoses] == ["J45.21", "J20.9"]
    assert CodedDiagnosis.objects.of(system.practice_id).filter(pk__in=before, voided_at__isnull=False).exists()


def test_a_code_that_was_not_in_force_on_the_day_of_service_is_refused(system, place, visit):
    with pytest.raises(actions.NotReady, match="no billable code"):
        actions.confirm_codes(encounter_id=visit.public_id, codes=DeskCodes((DeskDiagnosis("J20"),)), by=system)
    with pytest.raises(actions.NotReady) as stopped:
        actions.confirm_codes(
            encounter_id=visit.public_id, codes=DeskCodes((DeskDiagnosis("X99.999"), DeskDiagnosis("Q1"))), by=system
        )
    assert len(stopped.value.findings) == 2


def test_a_visit_is_finalised_when_nothing_is_in_the_way(system, visit):
    actions.suggest_codes(encounter_id=visit.public_id, by=system, ask=cast.a_suggester)
    with pytest.raises(actions.NotReady, match="no diagnosis"):
        actions.finalise_coding(encounter_id=visit.public_id, by=system)
    actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system)
    notes = actions.finalise_coding(encounter_id=visit.public_id, by=system)
    assert "SUGGESTIONS_LEFT" in {finding.rule for finding in notes}
    assert queries.chart(system.practice_id, visit.public_id).state == "coded"
    made = set(CodingDecision.objects.of(system.practice_id).values_list("code", "decision"))
    assert made == {("J20.9", "accepted"), ("J45.21", "rejected"), ("R05.9", "rejected"), ("99213", "accepted")}


def test_an_open_question_holds_the_visit_until_it_is_answered(system, visit, actor):
    actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system)
    query = actions.query_provider(encounter_id=visit.public_id, question="Can the asthma be described further?", by=actor("coder"))
    with pytest.raises(actions.NotReady, match="still open"):
        actions.finalise_coding(encounter_id=visit.public_id, by=system)
    with pytest.raises(NotAllowed):
        actions.answer_query(query_id=query.public_id, answer="Mild.", by=actor("coder"))
    actions.answer_query(query_id=query.public_id, answer="Mild intermittent.", by=actor("provider"))
    with pytest.raises(Refused, match="answered already"):
        actions.withdraw_query(query_id=query.public_id, by=system)
    actions.finalise_coding(encounter_id=visit.public_id, by=system)
    assert queries.queries_of(system.practice_id, state="answered")[0].answer == "Mild intermittent."


def test_a_coded_visit_is_amended_for_a_reason_and_goes_back_to_the_desk(system, visit):
    actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system)
    actions.finalise_coding(encounter_id=visit.public_id, by=system)
    with pytest.raises(Refused, match="say why"):
        actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system)
    actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system, amend_reason="second look")
    assert queries.chart(system.practice_id, visit.public_id).state == "signed"


def test_the_worklist_is_oldest_first_without_names_and_pended_ones_come_back(system, place, visit, actor):
    ruth, today = actor("coder"), system.today
    rows = queries.worklist(system.practice_id, today=today)
    assert [row.encounter_id for row in rows] == [visit.public_id]
    assert "Carvalho" not in repr(rows)
    actions.pend(encounter_id=visit.public_id, reason="lab result is missing", until=today + timedelta(days=2), by=ruth)
    assert queries.worklist(system.practice_id, today=today) == []
    assert queries.worklist_counts(system.practice_id, today=today)["pended"] == 1
    assert queries.chart(system.practice_id, visit.public_id).pend_reason == "lab result is missing"
    assert queries.next_chart(system.practice_id, today=today + timedelta(days=2)) == visit.public_id
    actions.open_chart(encounter_id=visit.public_id, by=ruth)
    assert queries.next_chart(system.practice_id, today=today + timedelta(days=2)) == ""


def test_a_page_of_the_worklist_asks_the_database_a_fixed_number_of_times(system, place, django_assert_max_num_queries):
    for number in range(12):
        cast.signed_visit(system, place, cast.patient(system, first_name=f"A{number}", is_somebody_new=True))
    with django_assert_max_num_queries(4):
        assert len(queries.worklist(system.practice_id, today=system.today)) == 12


def test_excludes_are_shown_while_the_codes_are_still_on_the_desk(system, visit):
    both = DeskCodes((DeskDiagnosis("E10.9"), DeskDiagnosis("E11.9")))
    assert "EXCLUDES1" in {finding.rule for finding in queries.live_findings(system.practice_id, visit.public_id, both)}


def test_what_would_hold_the_claim_is_shown_on_the_desk(system, visit):
    men_only = DeskCodes((DeskDiagnosis("N40.1"),), (DeskProcedure("cpt", "99213"), DeskProcedure("cpt", "94640")))
    told = {finding.rule for finding in queries.live_findings(system.practice_id, visit.public_id, men_only)}
    assert "DIAGNOSIS_SEX" in told
    assert not told & {"NPI_MISSING", "MEMBER_ID_MISSING", "TOTAL_MISMATCH", "TIMELY_FILING"}


def test_earlier_services_of_the_account_count_as_history(system, place, visit):
    from cleanclaim.practice.coding.desk_edits import past_services

    cast.coded_visit(system, place, visit.patient, served_on=date(2026, 3, 2))
    past = past_services(queries.encounter_for_desk(system.practice_id, visit.public_id))
    assert [(item.procedure, item.served_on) for item in past] == [("99213", date(2026, 3, 2)), ("94640", date(2026, 3, 2))]


def test_a_question_is_drafted_from_what_a_code_leaves_open(system, visit):
    draft = queries.drafted_query(system.practice_id, visit.public_id, "H66.90")
    assert {"Right side", "Left side"} <= set(draft.choices)
    actions.query_provider(encounter_id=visit.public_id, question=draft.question, choices=draft.choices, by=system)
    assert queries.drafted_query(system.practice_id, visit.public_id, "E11.9") is None


def test_visits_that_wait_too_long_are_counted(system, place, visit):
    assert queries.worklist_counts(system.practice_id, today=system.today)["over_three_days"] == 0
    assert queries.worklist_counts(system.practice_id, today=system.today + timedelta(days=4))["over_three_days"] == 1


def test_a_list_that_somebody_else_changed_meanwhile_is_a_conflict_and_nothing_is_lost(system, visit):
    read = queries.chart(system.practice_id, visit.public_id).version
    actions.confirm_codes(encounter_id=visit.public_id, codes=CODES, by=system, expected_version=read)
    with pytest.raises(Conflict):
        other = DeskCodes((DeskDiagnosis("E11.9"),), CODES.procedures)
        actions.confirm_codes(encounter_id=visit.public_id, codes=other, by=system, expected_version=read)
    assert [item.code for item in queries.chart(system.practice_id, visit.public_id).diagnoses] == ["J20.9"]


def test_a_code_is_judged_by_the_day_of_service_across_the_first_of_october(system, place):
    from cleanclaim.codesets import open_store

    rows = open_store().query(
        "SELECT code FROM code WHERE system = 'icd10cm' AND billable = 1 AND valid_to = 20260930 ORDER BY code LIMIT 200"
    )
    store, last, next_day = open_store(), date(2026, 9, 30), date(2026, 10, 1)
    gone = next(code for (code,) in rows if store.get("icd10cm", code, last) and not store.get("icd10cm", code, next_day))
    codes = DeskCodes((DeskDiagnosis(gone),), (DeskProcedure("cpt", "99213"),))
    ines = cast.patient(system)
    before = cast.signed_visit(system, place, ines, served_on=last)
    after = cast.signed_visit(system, place, ines, served_on=next_day)
    actions.confirm_codes(encounter_id=before.public_id, codes=codes, by=system)
    with pytest.raises(actions.NotReady, match="no billable code"):
        actions.confirm_codes(encounter_id=after.public_id, codes=codes, by=system)
