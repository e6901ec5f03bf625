"""An instructor, learners at work in their sandboxes, and a way to code a visit at the desk as the key has it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from cleanclaim.practice.coding import actions as coding
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from cleanclaim.practice.foundation.actor import Actor, system_actor
from cleanclaim.practice.people.queries import actor_for
from cleanclaim.practice.training import actions, exercises, marking_codes, queries

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
PASSWORD = "quiet-maple-harbour-9"


def training():
    """Found the training practice; return its instructor as an actor."""
    practice = actions.start_training(at=NOON)
    return Actor(practice.pk, "Iris", frozenset({"manager"}), NOON, None, practice.time_zone)


def learner(iris, username="lena", *, answers="after-due", due_on=None):
    """Enrol somebody with the course assigned."""
    row = actions.enrol(username=username, display_name=username.capitalize(), password=PASSWORD, by=iris)
    actions.assign(course_id=course_of(iris).public_id, learner_ids=[row.public_id], due_on=due_on, answers=answers, by=iris)
    return row


def course_of(iris):
    return queries.courses(iris.practice_id)[0]


def acting(row, at=NOON):
    """The learner as the desks know them: in the sandbox of this moment."""
    return actor_for(row.user, None, at=at)


def begin(row, slug, at=NOON):
    assignment = queries.progress_of(row)[0].assignment
    return actions.begin(assignment_id=assignment.public_id, exercise=slug, by=acting(row, at))


def sandbox_system(attempt):
    return system_actor(attempt.sandbox_id, at=NOON, zone=attempt.sandbox.time_zone)


def code_like_the_key(attempt, by, *, without=()):
    """Confirm the key's codes at the coding desk, leaving out some."""
    key = marking_codes.key_from(exercises.key(attempt.exercise))
    codes = [row.code for row in key.diagnoses if row.code not in without]
    services = tuple(
        DeskProcedure("", row.code, row.modifiers, Decimal(row.units), tuple(codes.index(code) + 1 for code in row.diagnoses if code in codes))
        for row in key.services if row.code not in without
    )  # fmt: skip
    coding.confirm_codes(
        encounter_id=attempt.material["encounter"], codes=DeskCodes(tuple(DeskDiagnosis(code) for code in codes), services), by=by
    )
