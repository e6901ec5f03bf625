"""Learning on the practice's own decisions: judged out of fold, used only when it helps, readable, reversible."""

from datetime import date

import pytest

from cleanclaim.documents import Note, NoteContext, Suggestion, Suggestions
from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.coding import learned, learning
from cleanclaim.practice.coding.actions import confirm_codes, finalise_coding, suggest_codes
from cleanclaim.practice.coding.learned import PastDecision, PastVisit
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis
from practice import visit_cast as cast


def visits(count=60, *, words="smoke lung flare", code="J70.5"):
    """Coders here always drop R05.9, mostly keep J20.9, and add J70.5 where the provider writes of a smoke lung flare."""
    made = []
    for number in range(count):
        text = f"Visit {number}. Cough and wheeze. A/P: bronchitis"
        decisions = [
            PastDecision("icd10cm", "R05.9", "rejected", 0.6),
            PastDecision("icd10cm", "J20.9", "accepted" if number % 10 else "rejected", 0.7),
        ]
        if number % 4 == 0:
            text += f"\nAlso {words}, uses inhaler"
            decisions.append(PastDecision("icd10cm", code, "added"))
        made.append(PastVisit(f"enc_{number:03d}", text, tuple(decisions)))
    return made


def test_what_coders_drop_is_trusted_less_and_what_they_keep_more():
    model = learned.learn(visits())
    assert model.shifts["icd10cm R05.9"] < -1
    assert model.shifts["icd10cm J20.9"] > 0.5
    assert learned.learn(list(reversed(visits()))) == model
    assert learned.learned_from_json(model.as_json()) == model


def test_the_practices_words_are_learned_from_what_the_encoder_missed():
    model = learned.learn(visits())
    assert "smoke lung flare" in {item.words for item in model.words}
    assert {item.code for item in model.words} == {"J70.5"}
    speaker = learned.PracticeWords(learned=model)
    said = speaker.suggest(Note("Plan: Smoke  lung flare again."), NoteContext(date(2026, 1, 1)))
    assert said[0].code == "J70.5"
    for text in ("No smoke lung flare.", "Denies any smoke lung flare", "smoke. lung flare", "Mother has smoke lung flare"):
        assert speaker.suggest(Note(text), NoteContext(date(2026, 1, 1))) == []


def test_a_few_decisions_hardly_move_the_shipped_model():
    model = learned.learn([PastVisit("enc_1", "", (PastDecision("icd10cm", "J20.9", "rejected", 0.7),))])
    assert -0.8 < model.shifts["icd10cm J20.9"] < 0


def test_every_figure_is_out_of_fold_and_shuffled_ids_change_nothing_that_matters():
    figures = learned.evaluate(visits())
    assert figures.loss_after < figures.loss_before
    assert figures.words_right >= 10
    assert figures.words_wrong == 0
    assert figures.is_better
    coin = [
        PastVisit(f"enc_{n:03d}", "", (PastDecision("icd10cm", "J20.9", "accepted" if n % 2 else "rejected", 0.5),))
        for n in range(60)
    ]
    assert not learned.evaluate(coin).is_better


def test_confidence_and_band_move_together_and_say_why():
    answer = Suggestions(
        (Suggestion("icd10cm", "R05.9", "Cough", 0.6, "look", ()), Suggestion("icd10cm", "E11.9", "", 0.95, "ready", ()))
    )
    moved = learned.apply(learned.learn(visits()), answer, lambda sure: "ready" if sure > 0.9 else "look" if sure > 0.5 else "")
    assert moved.suggestions[0].band == "hint"
    assert "drop it more often" in moved.suggestions[0].reasons[-1]
    assert moved.suggestions[1] == answer.suggestions[1]


def test_changes_are_said_in_sentences():
    model = learned.learn(visits())
    said = learned.changes(None, model)
    assert any("R05.9 is less trusted" in line for line in said)
    assert any("“smoke lung flare” now proposes J70.5" in line for line in said)
    assert learned.changes(model, model) == ()


@pytest.fixture
def place(system):
    return cast.clinic(system)


def code_visits(by, place, count):
    for number in range(count):
        who = cast.patient(by, first_name=f"P{number}", is_somebody_new=True)
        visit = cast.signed_visit(by, place, who, note="CC: cough.\nA/P: cough, and barn lung again\nPlan: rest")
        suggest_codes(encounter_id=visit.public_id, by=by, ask=cast.a_suggester)
        confirm_codes(encounter_id=visit.public_id, codes=DeskCodes((DeskDiagnosis("J67.0"),)), by=by)
        finalise_coding(encounter_id=visit.public_id, by=by)


def test_a_practice_learns_uses_it_and_takes_it_back(system, place):
    code_visits(system, place, 5)
    with pytest.raises(Refused, match="Learning needs"):
        learning.learn_from_visits(by=system)
    code_visits(system, place, 17)
    card = learning.learn_from_visits(by=system)
    assert card.is_in_use
    assert card.figures["loss_after"] < card.figures["loss_before"]
    assert any("barn lung" in line for line in card.changes)
    assert learning.learn_from_visits(by=system).model_id == card.model_id
    visit = cast.signed_visit(
        system, place, cast.patient(system, first_name="New", is_somebody_new=True), note="A/P: 1. barn lung again, worse"
    )
    assert "J67.0" in {item.code for item in suggest_codes(encounter_id=visit.public_id, by=system).suggestions}
    learning.take_revision(revision=None, by=system)
    assert "J67.0" not in {item.code for item in suggest_codes(encounter_id=visit.public_id, by=system).suggestions}
    learning.take_revision(revision=1, by=system)
    assert [row.is_in_use for row in learning.revisions(system.practice_id)] == [True]
