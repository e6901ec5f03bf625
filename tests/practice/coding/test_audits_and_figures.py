"""Audits with two blind readers, the desk's figures, favourites and local terms."""

import pytest

from cleanclaim.kernel.errors import NotAllowed, Refused
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.coding import audits, figures, terms
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from practice import visit_cast as cast

FIRST, LAST = cast.VISIT_DAY.replace(day=1), cast.VISIT_DAY


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def coded(system, place, actor):
    ruth = actor("coder", "provider", "manager", "front_desk", name="Ruth")
    return [
        cast.coded_visit(ruth, place, cast.patient(ruth, first_name=name, is_somebody_new=True)) for name in ("Ana", "Bea", "Cleo")
    ]


AS_CODED = DeskCodes(
    (DeskDiagnosis("J20.9"), DeskDiagnosis("J45.21")),
    (DeskProcedure("cpt", "99213", ("25",)), DeskProcedure("cpt", "94640", pointers=(2,))),
)


def draw(by, **more):
    facts = {"name": "November", "first_day": FIRST, "last_day": LAST, "size": 2, "readers": ("Ida", "Joe")}
    return audits.draw_audit_sample(**{**facts, **more}, by=by)


def test_two_readers_who_agree_settle_a_case_by_themselves(system, coded, actor):
    sample = draw(actor("auditor", name="Ada"))
    ida, joe = actor("auditor", name="Ida"), actor("auditor", name="Joe")
    card = audits.sample(system.practice_id, sample.public_id, viewer="Ida")
    assert [case.state for case in card.cases] == ["to read", "to read"]
    first = card.cases[0].case_id
    audits.read_case(case_id=first, codes=AS_CODED, by=ida)
    seen_by_joe = audits.sample(system.practice_id, sample.public_id, viewer="Joe").cases[0]
    assert (seen_by_joe.own_codes, seen_by_joe.reported, seen_by_joe.comparison) == (None, None, None)
    audits.read_case(case_id=first, codes=AS_CODED, by=joe)
    card = audits.sample(system.practice_id, sample.public_id, viewer="Joe")
    assert (card.cases[0].state, card.reader_agreement) == ("settled", Rate(1))
    assert [(score.coder, score.accuracy, score.has_passed) for score in card.scores] == [("Ruth", Rate(1), True)]
    with pytest.raises(Refused, match="already"):
        audits.read_case(case_id=first, codes=AS_CODED, by=joe)


def test_a_dispute_is_settled_by_a_third_and_errors_have_their_reasons(system, coded, actor):
    sample = draw(actor("auditor", name="Ada"), size=1)
    (case,) = audits.sample(system.practice_id, sample.public_id, viewer="Ada").cases
    other = AS_CODED._replace(procedures=(DeskProcedure("cpt", "99214", ("25",)), AS_CODED.procedures[1]))
    audits.read_case(case_id=case.case_id, codes=AS_CODED, by=actor("auditor", name="Ida"))
    with pytest.raises(Refused, match="Both readers"):
        audits.settle_case(case_id=case.case_id, codes=other, by=actor("auditor", name="Ada"))
    audits.read_case(case_id=case.case_id, codes=other, by=actor("auditor", name="Joe"))
    assert audits.sample(system.practice_id, sample.public_id, viewer="Ada").cases[0].state == "disputed"
    with pytest.raises(Refused, match="not settled"):
        audits.close_sample(sample_id=sample.public_id, by=actor("auditor", name="Ada"))
    with pytest.raises(Refused, match="neither read nor coded"):
        audits.settle_case(case_id=case.case_id, codes=other, by=actor("auditor", name="Joe"))
    audits.settle_case(case_id=case.case_id, codes=other, by=actor("auditor", name="Ada"))
    (score,) = audits.sample(system.practice_id, sample.public_id, viewer="Ada").scores
    assert (score.audited, score.correct, score.errors) == (4, 3, {"wrong-code": 1})
    assert not score.has_passed
    assert audits.close_sample(sample_id=sample.public_id, by=actor("auditor", name="Ada")).closed_at


def test_nobody_audits_their_own_visits_and_a_coder_draws_no_sample(system, coded, actor):
    with pytest.raises(Refused, match="nobody reads their own"):
        draw(actor("auditor", name="Ada"), readers=("Ruth", "Joe"))
    with pytest.raises(NotAllowed):
        draw(actor("coder"))
    draw(actor("auditor", name="Ada"))
    with pytest.raises(Refused, match="drawn already"):
        draw(actor("auditor", name="Ada"))


def test_the_desks_figures_come_from_finalised_visits(system, coded):
    today = system.today
    (pace,) = figures.pace(system.practice_id, first=today, last=today, zone="America/New_York")
    assert (pace.coder, pace.visits, pace.codes) == ("Ruth", 3, 12)
    by_code = {
        row.key: (row.accepted, row.rejected, row.added)
        for row in figures.agreement_by_code(system.practice_id, first=FIRST, last=LAST)
    }
    assert by_code == {
        "icd10cm J20.9": (3, 0, 0),
        "icd10cm J45.21": (3, 0, 0),
        "cpt 99213": (3, 0, 0),
        "cpt 94640": (0, 0, 3),
        "icd10cm R05.9": (0, 3, 0),
    }
    (provider,) = figures.agreement_by_provider(system.practice_id, first=FIRST, last=LAST)
    assert (provider.key, provider.accepted) == ("Adaeze Okafor, MD", 9)
    bands = {row.key: row.precision for row in figures.agreement_of_bands(system.practice_id, first=FIRST, last=LAST)}
    assert bands == {"ready": Rate("1.000"), "look": Rate("0.000")}


def test_favourites_are_ones_own_or_shared_and_the_used_ones_come_first(system, place, actor):
    ruth, ida = actor("coder", "provider", "front_desk", name="Ruth"), actor("coder", name="Ida")
    terms.add_favourite(system="icd10cm", code="e119", by=ruth)
    terms.add_favourite(system="icd10cm", code="J20.9", by=ruth, is_shared=True)
    terms.add_favourite(system="icd10cm", code="J209", by=ruth, is_shared=True)
    assert [row.code for row in terms.favourites(system.practice_id, "Ida")] == ["J20.9"]
    cast.coded_visit(ruth, place, cast.patient(ruth))
    assert [(row.code, row.uses) for row in terms.favourites(system.practice_id, "Ruth")] == [("J20.9", 1), ("E11.9", 0)]
    own = terms.favourites(system.practice_id, "Ruth")[1]
    terms.drop_favourite(favourite_id=own.favourite_id, by=ida)
    assert len(terms.favourites(system.practice_id, "Ruth")) == 2
    terms.drop_favourite(favourite_id=own.favourite_id, by=ruth)
    assert len(terms.favourites(system.practice_id, "Ruth")) == 1


def test_a_local_term_has_revisions_and_one_in_force(system, actor):
    ruth = actor("coder")
    first = terms.set_local_term(term="Barn  lung", code="j67.0", by=ruth)
    assert terms.set_local_term(term="barn lung", code="J670", by=ruth).pk == first.pk
    terms.set_local_term(term="barn lung", code="J67.9", by=ruth)
    assert terms.in_force(system.practice_id) == (("barn lung", "icd10cm", "J67.9"),)
    assert [(row.code, row.revision, row.ended_at is None) for row in terms.local_terms(system.practice_id, with_ended=True)] == [
        ("J67.9", 2, True), ("J67.0", 1, False),
    ]  # fmt: skip
    terms.end_local_term(term_id=terms.local_terms(system.practice_id)[0].term_id, by=ruth)
    assert terms.in_force(system.practice_id) == ()
    assert terms.set_local_term(term="barn lung", code="J67.0", by=ruth).revision == 3


def test_a_local_term_reaches_the_encoder(system, place, actor):
    from cleanclaim.practice.coding.actions import suggest_codes

    terms.set_local_term(term="smoke lung flare", code="J70.5", by=actor("coder"))
    note = "CC: wheeze.\nAssessment: 1. smoke lung flare, give albuterol.\nPlan: albuterol HFA 2 puffs q4h."
    visit = cast.signed_visit(system, place, cast.patient(system), note=note)
    answer = suggest_codes(encounter_id=visit.public_id, by=system)
    (found,) = [item for item in answer.suggestions if item.code == "J70.5"]
    assert found.evidence[0].text == "smoke lung flare"
    denied = cast.signed_visit(
        system, place, cast.patient(system, first_name="Otto", is_somebody_new=True), note=note.replace("1. smoke", "1. no smoke")
    )
    assert "J70.5" not in {item.code for item in suggest_codes(encounter_id=denied.public_id, by=system).suggestions}
