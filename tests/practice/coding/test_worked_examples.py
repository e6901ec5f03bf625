"""The worked examples of docs/algorithms come out as the pages say."""

from datetime import date

import pytest

from cleanclaim.documents import Suggestion, Suggestions
from cleanclaim.practice.coding import learned
from cleanclaim.practice.coding.learned import PastDecision, PastVisit
from cleanclaim.practice.registration.rules import Identity, score_duplicate


def test_bob_smith_is_likely_robert_smith_with_59_points():
    robert = Identity("Smith", "Robert", "", date(1950, 3, 4), "M", phone="802-555-0199")
    assert score_duplicate(robert, robert._replace(first_name="Bob"))[:2] == (59, "likely")


def test_twins_have_34_points():
    ines = Identity("Carvalho", "Ines", "", date(1988, 4, 2), "F", "", "8025550123", "c@example.org", "05641", "12 Elm Street")
    assert score_duplicate(ines, ines._replace(first_name="Teresa"))[:2] == (34, "unlikely")


def dropped(count, confidence, code="R05.9"):
    return [PastVisit(f"enc_{n:03d}", "", (PastDecision("icd10cm", code, "rejected", confidence),)) for n in range(count)]


def test_sixty_rejections_are_held_at_two_and_a_half_and_one_hardly_moves():
    model = learned.learn(dropped(60, 0.6))
    assert model.shifts == {"icd10cm R05.9": -2.5}
    moved = learned.apply(model, Suggestions((Suggestion("icd10cm", "R05.9", "", 0.6, "look", ()),)), lambda _: "")
    assert moved.suggestions[0].confidence == pytest.approx(0.11, abs=0.005)
    assert learned.learn(dropped(1, 0.7)).shifts["icd10cm R05.9"] == pytest.approx(-0.31, abs=0.01)
    assert learned.learn(dropped(1, 0.98)).shifts["icd10cm R05.9"] == pytest.approx(-0.48, abs=0.01)
