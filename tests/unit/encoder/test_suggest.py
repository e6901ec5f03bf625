"""The encoder's answers to small notes written for these tests."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim import encoder
from cleanclaim.documents.coding import Note, NoteContext, Suggestions

CONTEXT = NoteContext(date(2026, 11, 2))


def ask(text: str, **changes: object) -> Suggestions:
    return encoder.suggest(Note(text), CONTEXT._replace(**changes))  # type: ignore[arg-type]


def codes(answer: Suggestions) -> list[str]:
    return [item.code for item in answer.suggestions if item.system == "icd10cm" and item.band != "hint"]


def test_problems_of_the_assessment_become_codes_with_their_words() -> None:
    text = "HPI\nHere for follow up.\n\nASSESSMENT AND PLAN\n1. Hypertension. Stable, continue lisinopril 10 mg.\n2. GERD. Continue omeprazole.\n"
    answer = ask(text)
    assert codes(answer) == ["I10", "K21.9"]
    for item in answer.suggestions:
        assert item.evidence
        for span in item.evidence:
            assert text[span.start : span.end] == span.text


def test_an_uncertain_diagnosis_is_coded_as_its_symptom_in_an_outpatient() -> None:
    answer = ask("ASSESSMENT\nRight knee pain, possible meniscal tear.\n\nPLAN\nMRI of the knee.\n")
    assert codes(answer) == ["M25.561"]
    assert any("IV.H" in item.why for item in answer.not_coded)


def test_an_uncertain_diagnosis_is_coded_in_an_inpatient() -> None:
    assert "J18.9" in codes(ask("DISCHARGE DIAGNOSIS\nProbable pneumonia.\n", setting="inpatient"))


@pytest.mark.parametrize("line", ["No evidence of pneumonia.", "Patient denies depression.", "Mother has diabetes."])
def test_what_is_denied_or_said_of_a_relative_is_not_coded(line: str) -> None:
    answer = ask(f"HPI\n{line}\n\nASSESSMENT\n1. Ankle sprain, left.\n")
    assert codes(answer) == ["S93.402A"]


def test_hypertension_with_heart_failure_takes_the_combination_code() -> None:
    answer = ask("ASSESSMENT\n1. Congestive heart failure\n2. Hypertension\n")
    assert codes(answer) == ["I11.0", "I50.9"]
    assert any(item.code == "I10" and "I.C.9.a" in item.why for item in answer.not_coded)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "\x00\x01\x02" * 200,
        "El paciente de la casa no es el que con los dolores " * 9,
        "患者は頭痛を訴える。" * 40,
        "a" * 200_000,
        "(" * 5000,
        "1. " * 9000,
    ],
)
def test_any_text_gets_a_plain_answer(text: str) -> None:
    answer = ask(text)
    assert isinstance(answer, Suggestions)


def test_the_same_note_gives_the_same_answer() -> None:
    text = "A/P: 1. T2DM with hyperglycemia - start insulin. 2. HTN stable."
    assert ask(text) == ask(text)
