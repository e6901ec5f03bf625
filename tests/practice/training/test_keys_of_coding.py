"""Every key of a visit stands at the live coding desk: codes in force, nothing that stops the visit, proof that is in the note."""

from __future__ import annotations

import re

import pytest

from cleanclaim.kernel.findings import stops
from cleanclaim.practice.coding import actions as coding
from cleanclaim.practice.coding import queries as desk
from cleanclaim.practice.training import actions, exercises, marking_codes
from practice.training_cast import NOON, acting, begin, code_like_the_key, learner, training

CODING = tuple(slug for slug in exercises.all_slugs() if exercises.exercise(slug).kind == "coding")


@pytest.mark.django_db
def test_every_key_is_coded_finalised_and_marked_100_at_the_live_desk():
    lena = learner(training())
    for slug in CODING:
        attempt = begin(lena, slug)
        code_like_the_key(attempt, acting(lena))
        encounter = attempt.material["encounter"]
        found = desk.live_findings(attempt.sandbox_id, encounter)
        assert (slug, stops(list(found))) == (slug, [])
        coding.finalise_coding(encounter_id=encounter, by=acting(lena))
        assert (slug, actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena)).score) == (slug, 100)


@pytest.mark.parametrize("slug", CODING)
def test_the_proof_stands_in_the_note(slug):
    note = " ".join(exercises.exercise(slug).material["note"].split())
    key = marking_codes.key_from(exercises.key(slug))
    for row in (*key.diagnoses, *key.services):
        for words in row.proof.split(" ... "):
            assert words in note, words
        assert row.rule


@pytest.mark.parametrize("slug", CODING)
def test_a_key_contradicts_itself_nowhere(slug):
    key = marking_codes.key_from(exercises.key(slug))
    codes = [row.code for row in key.diagnoses]
    wanted = {*codes, *(row.code for row in key.services)}
    assert len(wanted) == len(codes) + len(key.services)
    assert not wanted & ({code for code, _ in key.traps} | key.may_add)
    assert not {code for code, _ in key.traps} & key.may_add
    assert all(set(row.diagnoses) <= set(codes) for row in key.services)
    assert all(re.fullmatch(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", code) for code in codes)


def test_there_are_a_dozen_visits_and_more():
    assert len(CODING) >= 12
    assert {slug for plan in exercises.course_plans() for slug in plan.exercises} == set(exercises.all_slugs())
    assert NOON.date() > max(exercises.exercise(slug).material["served_on"] for slug in CODING)
