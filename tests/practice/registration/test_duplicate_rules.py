"""When two registrations are one person."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.registration.likeness import are_one_digit_apart, likeness, sound_key
from cleanclaim.practice.registration.rules import (
    Identity,
    MergeSide,
    check_identity,
    digits,
    plain,
    plan_merge,
    score_duplicate,
    search_keys,
)

INES = Identity(
    "Carvalho", "Inês", "", date(1988, 4, 2), "F", "219-09-9123", "(802) 555-0123", "ines@example.org", "05641", "12 Elm Street"
)
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(("name", "sound"), [
    ("robert", "R163"), ("rupert", "R163"), ("ashcraft", "A261"), ("tymczak", "T522"), ("pfister", "P236"), ("honeyman", "H555"), ("", ""),
])  # fmt: skip
def test_the_sound_of_a_name_is_the_archives_one(name, sound):
    assert sound_key(name) == sound


@pytest.mark.parametrize(("one", "other", "value"), [
    ("martha", "marhta", 0.961), ("dwayne", "duane", 0.84), ("dixon", "dicksonx", 0.813), ("a", "b", 0.0), ("same", "same", 1.0), ("", "x", 0.0),
])  # fmt: skip
def test_likeness_of_spelling_agrees_with_the_published_examples(one, other, value):
    assert likeness(one, other) == pytest.approx(value, abs=0.001)


@pytest.mark.parametrize(("one", "other", "near"), [
    ("19880402", "19880402", False), ("19880402", "19880412", True), ("19880402", "19804802", False), ("19880402", "19880420", True), ("12", "123", False),
])  # fmt: skip
def test_a_slip_of_the_hand_is_one_digit_or_two_neighbours(one, other, near):
    assert are_one_digit_apart(one, other) is near


def test_the_same_person_typed_twice_is_likely():
    again = INES._replace(first_name="INES", ssn="", phone="", email="")
    assert score_duplicate(INES, again).verdict == "likely"


def test_a_short_name_a_married_name_or_a_slip_in_the_birth_date_are_still_found():
    bob = Identity("Smith", "Robert", "", date(1950, 3, 4), "M", phone="802-555-0199")
    assert score_duplicate(bob, bob._replace(first_name="Bob")).verdict == "likely"
    assert score_duplicate(bob, bob._replace(born_on=date(1950, 4, 3))).verdict in {"likely", "possible"}
    assert score_duplicate(INES, INES._replace(last_name="Moreau", ssn="")).verdict in {"likely", "possible"}


def test_twins_are_not_one_person():
    twin = INES._replace(first_name="Teresa", ssn="")
    assert score_duplicate(INES._replace(ssn=""), twin).verdict == "unlikely"


def test_father_and_son_of_one_name_are_not_one_person():
    father = Identity("Reyes", "Jose", "", date(1960, 5, 6), "M", phone="8025550111", zip="05641", street="1 A St")
    assert score_duplicate(father, father._replace(born_on=date(1988, 9, 17))).verdict == "unlikely"


def test_different_social_security_numbers_speak_against():
    one, other = INES._replace(ssn="219099123"), INES._replace(ssn="318221111")
    assert score_duplicate(one, other).points < score_duplicate(one, one._replace(ssn="")).points
    assert "different social security numbers" in score_duplicate(one, other).reasons


NAMES = st.text(alphabet="abcdeéñü '-", max_size=12)


@given(NAMES, NAMES, NAMES, NAMES)
def test_the_order_of_the_two_does_not_matter(a, b, c, d):
    one, other = Identity(a, b, "", date(1980, 1, 2), "F"), Identity(c, d, "", date(1980, 2, 1), "M")
    assert score_duplicate(one, other).points == score_duplicate(other, one).points


def test_keys_tell_nothing_that_is_empty_and_fold_what_people_type():
    assert search_keys(Identity()) == frozenset()
    keys = dict(search_keys(INES))
    assert (keys["last"], keys["last3"], keys["first3"], keys["phone"], keys["ssn"]) == (
        "carvalho",
        "car",
        "ine",
        "8025550123",
        "219099123",
    )
    assert plain("O’Brien-Núñez") == "obriennunez"
    assert digits("+1 (802) 555-0123") == "8025550123"


@pytest.mark.parametrize("changes", [
    {"last_name": " "}, {"first_name": "--"}, {"born_on": None}, {"born_on": date(2026, 11, 21)}, {"born_on": date(1880, 1, 1)}, {"sex": "X"},
    {"ssn": "000-12-3456"}, {"ssn": "12345"}, {"phone": "12"}, {"email": "nobody"},
])  # fmt: skip
def test_what_cannot_be_a_person_is_refused_in_one_sentence_without_their_data(changes):
    with pytest.raises(InvalidValue) as refused:
        check_identity(INES._replace(**changes), today=TODAY)
    assert "Carvalho" not in str(refused.value)


def test_a_merge_names_what_speaks_against_it():
    side = MergeSide("pat_1", "", INES)
    other = MergeSide("pat_2", "", INES._replace(born_on=date(1990, 1, 1), sex="M", ssn="318221111", first_name="Paulo"))
    plan = plan_merge(side, other)
    assert not plan.is_refused
    assert {finding.rule for finding in plan.findings} == {"MERGE_BIRTH", "MERGE_SSN", "MERGE_SEX", "MERGE_UNLIKE"}
    assert plan_merge(side, side).is_refused
    assert plan_merge(side._replace(merged_into="pat_9"), other).is_refused
    assert plan_merge(side, other._replace(merged_into="pat_9")).is_refused
    assert plan_merge(side, MergeSide("pat_3", "", INES)).findings == ()
