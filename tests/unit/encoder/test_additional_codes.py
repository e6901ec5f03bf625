"""Codes that the book adds: drugs, body mass, weeks, causes, poisons, present on admission."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim import encoder
from cleanclaim.documents.coding import Note, NoteContext, Suggestion


def _codes(text: str, **context: object) -> dict[str, Suggestion]:
    answer = encoder.suggest(Note(text), NoteContext(date(2026, 11, 2))._replace(**context))
    return {one.code: one for one in answer.suggestions if one.band != "hint"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Continue metformin 1000 mg twice daily.", "Z79.84"),
        ("Continue Lantus 20 units nightly.", "Z79.4"),
        ("Continue Ozempic 1 mg weekly.", "Z79.85"),
    ],
)
def test_a_drug_taken_for_a_disease_of_the_visit_is_an_additional_code(said: str, code: str) -> None:
    assert code in _codes(f"ASSESSMENT AND PLAN\n1. Type 2 diabetes, stable.\n- {said}\n")


@pytest.mark.parametrize("said", ["Stop metformin.", "Discussed metformin, she declined.", "He used to be on insulin."])
def test_a_drug_not_taken_is_no_additional_code(said: str) -> None:
    assert not {"Z79.84", "Z79.4"} & set(_codes(f"ASSESSMENT AND PLAN\n1. Type 2 diabetes, stable.\n- {said}\n"))


def test_body_mass_is_coded_only_beside_a_weight_diagnosis() -> None:
    vitals = "58-year-old man.\nVITALS: BMI 41.2\n"
    assert "Z68.41" in _codes(vitals + "ASSESSMENT\n1. Morbid obesity. Diet discussed.\n")
    assert "Z68.41" not in _codes(vitals + "ASSESSMENT\n1. Hypertension. Continue lisinopril 10 mg.\n")


@pytest.mark.parametrize(("weeks", "code"), [(10, "O24.410"), (30, "O24.410")])
def test_weeks_of_gestation_stand_beside_a_code_of_the_pregnancy(weeks: int, code: str) -> None:
    found = _codes(f"ASSESSMENT\n1. Gestational diabetes, diet controlled, pregnancy at {weeks} weeks. Glucose log reviewed.\n")
    assert code in found
    assert f"Z3A.{weeks}" in found


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("She slipped on ice and fell.", "W00.0XXA"),
        ("He was rear-ended at a light.", "V89.2XXA"),
        ("She fell down the stairs.", "W10.9XXA"),
        ("He was bitten by a dog.", "W54.0XXA"),
    ],
)
def test_the_cause_of_an_injury_is_never_first(said: str, cause: str) -> None:
    found = list(_codes(f"HPI\n{said} Right wrist hurts.\nASSESSMENT\n1. Contusion of the right wrist. Ice and rest.\n"))
    assert cause in found
    assert found.index(cause) > 0


def test_no_cause_is_coded_without_an_injury() -> None:
    assert not [
        code
        for code in _codes("HPI\nShe fell last year.\nASSESSMENT\n1. Hypertension. Continue lisinopril.\n")
        if code[0] in "VWXY"
    ]


@pytest.mark.parametrize(("said", "code"), [("intentional, wanted to die", "T39.1X2A"), ("accidental, by mistake", "T39.1X1A")])
def test_an_overdose_is_a_poisoning_by_its_intent(said: str, code: str) -> None:
    assert code in _codes(f"ASSESSMENT\n1. Acetaminophen overdose, {said}. Observe.\n")


def test_a_drug_that_did_harm_is_an_adverse_effect() -> None:
    assert "T46.4X5A" in _codes("ASSESSMENT\n1. Cough due to lisinopril. Stop lisinopril, start losartan 25 mg.\n")


def test_present_on_admission_is_told_of_inpatients_alone() -> None:
    text = (
        "DISCHARGE DIAGNOSES\n1. Pneumonia, present on admission\n2. C diff colitis, developed on hospital day 4\n3. Hypertension\n"
    )
    found = _codes(text, setting="inpatient")
    assert found["A04.72"].poa == "N"
    assert found["I10"].poa == "Y"
    assert not {one.poa for one in _codes(text).values()} - {""}
