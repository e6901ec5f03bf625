"""Where an exercise is worked: the desk of the live program that its kind leads to."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from cleanclaim.practice.training.exercises import Exercise
from cleanclaim.practice.training.models import Attempt


class Place(NamedTuple):
    """The desk, its address and what is done there."""

    title: str
    path: str
    says: str


def desk_of(attempt: Attempt, plan: Exercise) -> Place | None:
    """Return where the attempt is worked; None for an answer sheet, which stands on the exercise's own page."""
    made = attempt.material
    if plan.kind == "coding":
        return Place("Open the chart", reverse("chart", args=[made["encounter"]]),
                     "Confirm codes, modifiers, units and pointers there; finalising is not needed.")  # fmt: skip
    if plan.kind == "registration":
        return Place(
            "Register the patient", reverse("register"), "Add the coverages on the patient's page when the patient is registered."
        )
    if plan.kind == "claim":
        number = next(iter(made["claims"].values()))
        return Place(
            f"Open claim {number}",
            reverse("claim", args=[number]),
            "The findings stand on its page; Correct (7) changes its entries.",
        )
    if plan.kind == "posting":
        return Place("Enter the EOB", reverse("eob"), f"Add the claims by their numbers: {', '.join(made['claims'].values())}.")
    return None
