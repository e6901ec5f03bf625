"""Ways to a better grade than the work is worth: none of them pays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cleanclaim.kernel.errors import NotAllowed, Refused
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.corrections import void_claim
from cleanclaim.practice.people.actions import add_member
from cleanclaim.practice.people.models import Member
from cleanclaim.practice.training import actions, exercises, queries
from practice.training_cast import NOON, PASSWORD, acting, begin, code_like_the_key, course_of, learner, training

pytestmark = pytest.mark.django_db
SLUG = "code-diabetes-in-house"
DUE = NOON.date() + timedelta(days=3)


def hand_in(attempt, row, at=NOON):
    return actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(row, at))


def both_hints(attempt, row):
    for number in (1, 2):
        actions.take_hint(attempt_id=attempt.public_id, number=number, by=acting(row))


@pytest.mark.parametrize("end", ["give-up", "hand-in"])
def test_a_hint_that_was_taken_costs_in_the_next_attempt_too(end):
    iris = training()
    lena = learner(iris, due_on=DUE)
    first = begin(lena, SLUG)
    both_hints(first, lena)
    if end == "give-up":
        actions.give_up(attempt_id=first.public_id, by=acting(lena))
    else:
        hand_in(first, lena)
    second = begin(lena, SLUG)
    assert second.hints == 2
    with pytest.raises(Refused, match="no further hint"):
        actions.take_hint(attempt_id=second.public_id, by=acting(lena))
    code_like_the_key(second, acting(lena))
    assert hand_in(second, lena).score == 93
    row = next(row for row in queries.grade_rows(iris.practice_id, course_of(iris).public_id) if row.attempts)
    assert (row.attempts, row.hints, row.grade) == (2, 2, 93)


@pytest.mark.parametrize("how", ["due", "released"])
def test_an_attempt_that_waited_until_the_answers_could_be_seen_does_not_count(how):
    iris = training()
    lena = learner(iris, answers="after-due" if how == "due" else "withheld", due_on=DUE)
    hand_in(begin(lena, SLUG), lena)
    second = begin(lena, SLUG)
    assert second.is_counted
    later = NOON + timedelta(days=4) if how == "due" else NOON
    if how == "released":
        actions.assign(course_id=course_of(iris).public_id, learner_ids=[lena.public_id], due_on=DUE, answers="released", by=iris)
    code_like_the_key(second, acting(lena))
    done = hand_in(second, lena, later)
    assert (done.score, done.is_counted) == (100, False)
    assert queries.gradebook(iris.practice_id, course_of(iris).public_id)[0].average == 0


@pytest.mark.parametrize("slug", [slug for slug in exercises.all_slugs() if exercises.exercise(slug).kind == "claim"])
def test_a_claim_that_was_left_or_voided_earns_nothing(slug):
    lena = learner(training(), due_on=DUE)
    first = begin(lena, slug)
    assert hand_in(first, lena).score == 0
    second = begin(lena, slug)
    found = claims.claim_numbered(second.sandbox_id, next(iter(second.material["claims"].values())))
    try:
        void_claim(claim_id=found.public_id, reason="I would rather not do it.", by=acting(lena))
    except Refused:
        return
    assert hand_in(second, lena).score == 0


def test_an_instructor_gives_no_password_to_somebody_who_works_in_a_practice_by_now(system):
    iris = training()
    lena = learner(iris)
    actions.end_enrolment(learner_id=lena.public_id, by=iris)
    add_member(username="lena", display_name="Lena", roles=frozenset({"biller"}), password=None, by=system)
    with pytest.raises(Refused, match="has ended"):
        actions.set_password(learner_id=lena.public_id, password="known-to-iris-2611", by=iris)
    lena.refresh_from_db()
    lena.is_active = True  # as if something else had gone wrong
    lena.save()
    with pytest.raises(NotAllowed, match="another practice"):
        actions.set_password(learner_id=lena.public_id, password="known-to-iris-2611", by=iris)
    lena.user.refresh_from_db()
    assert lena.user.check_password(PASSWORD)
    assert Member.objects.of(system.practice_id).get(user=lena.user).roles == ["biller"]
