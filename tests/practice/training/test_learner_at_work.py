"""A learner works in a sandbox of their own, at the live program's desks, and is marked against the key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cleanclaim.kernel.errors import InvalidValue, NotAllowed, NotFound, Refused
from cleanclaim.practice.audit import queries as audit
from cleanclaim.practice.coding import actions as coding
from cleanclaim.practice.coding import queries as desk
from cleanclaim.practice.connections.actions import add_partner
from cleanclaim.practice.connections.models import TradingPartner
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.people.actions import add_member
from cleanclaim.practice.people.queries import actor_for
from cleanclaim.practice.training import actions, exercises, queries
from cleanclaim.practice.training.sandboxes import system_of
from practice.training_cast import NOON, PASSWORD, acting, begin, code_like_the_key, course_of, learner, training

pytestmark = pytest.mark.django_db
SLUG = "code-diabetes-in-house"


def test_training_is_started_once():
    first = actions.start_training(at=NOON)
    again = actions.start_training(at=NOON + timedelta(days=1))
    assert (first.pk, first.is_training) == (again.pk, True)
    assert len(queries.courses(first.pk)) == len(exercises.course_plans())


def test_each_learner_has_a_training_practice_of_their_own():
    iris = training()
    lena, omar = learner(iris), learner(iris, "omar")
    assert len({iris.practice_id, lena.sandbox_id, omar.sandbox_id}) == 3
    assert Practice.objects.get(pk=lena.sandbox_id).is_training
    assert acting(lena).roles == {"learner", "front_desk", "coder", "biller", "provider"}


def test_work_like_the_key_earns_everything():
    iris = training()
    lena = learner(iris)
    attempt = begin(lena, SLUG)
    code_like_the_key(attempt, acting(lena))
    done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena, NOON + timedelta(minutes=7)))
    assert (done.score, done.grade, done.mistakes, queries.seconds_of(done)) == (100, 100, [], 420)
    assert (done.key_version, done.key_digest) == (1, exercises.exercise(SLUG).digest)
    assert queries.gradebook(iris.practice_id, course_of(iris).public_id)[0].average == 100


def test_what_is_left_out_costs_and_is_explained_once_answers_may_be_seen():
    iris = training()
    lena = learner(iris, due_on=NOON.date() + timedelta(days=3))
    attempt = begin(lena, SLUG)
    code_like_the_key(attempt, acting(lena), without=("Z23", "90661"))
    done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena))
    assert 0 < done.score < 100
    assert {"missing: Z23", "missing: 90661"} <= set(done.mistakes)
    row = queries.own_attempt(lena, attempt.public_id)
    hidden = queries.marks_for_learner(row, today=NOON.date())
    assert "Z23" not in repr(hidden)
    assert "90661" not in repr(hidden)
    later = queries.marks_for_learner(row, today=NOON.date() + timedelta(days=4))
    missing = next(item for item in later.items if item.what == "Z23")
    assert (missing.verdict, missing.proof) == ("missing", "Flu shot Flucelvax 0.5 mL IM")


def test_suggestions_are_hidden_while_the_exercise_is_open():
    lena = learner(training(), due_on=NOON.date() + timedelta(days=3))
    attempt = begin(lena, SLUG)
    with pytest.raises(Refused, match="hidden"):
        coding.suggest_codes(encounter_id=attempt.material["encounter"], by=acting(lena))
    with pytest.raises(Refused, match="hidden"):
        coding.accept_ready(encounter_id=attempt.material["encounter"], by=acting(lena))


def test_one_exercise_is_open_at_a_time_and_another_attempt_begins_fresh():
    lena = learner(training())
    first = begin(lena, SLUG)
    assert begin(lena, SLUG).pk == first.pk
    with pytest.raises(Refused, match="Another exercise is open"):
        begin(lena, "code-wax-curette")
    actions.give_up(attempt_id=first.public_id, by=acting(lena))
    second = begin(lena, SLUG)
    assert (second.number, second.is_counted) == (2, True)
    assert second.sandbox_id != first.sandbox_id
    assert acting(lena).practice_id == second.sandbox_id
    assert desk.worklist(second.sandbox_id, today=NOON.date())[0].encounter_id == second.material["encounter"]


def test_an_attempt_begun_after_the_answers_were_seen_does_not_count():
    iris = training()
    lena = learner(iris, answers="at-once")
    attempt = begin(lena, SLUG)
    actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena))
    second = begin(lena, SLUG)
    assert not second.is_counted
    code_like_the_key(second, acting(lena))
    actions.hand_in(attempt_id=second.public_id, sheet={}, by=acting(lena))
    assert queries.gradebook(iris.practice_id, course_of(iris).public_id)[0].average == 0


def test_hints_cost_what_was_told():
    lena = learner(training())
    attempt = begin(lena, SLUG)
    assert exercises.exercise(SLUG).hint_costs == (3, 4)
    for _ in range(2):
        actions.take_hint(attempt_id=attempt.public_id, by=acting(lena))
    with pytest.raises(Refused, match="no further hint"):
        actions.take_hint(attempt_id=attempt.public_id, by=acting(lena))
    code_like_the_key(attempt, acting(lena))
    assert actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena)).score == 93


def test_a_grade_is_changed_for_a_reason_and_the_marks_stay():
    iris = training()
    lena = learner(iris)
    attempt = begin(lena, SLUG)
    with pytest.raises(Refused, match="not handed in"):
        actions.change_grade(attempt_id=attempt.public_id, grade=50, reason="she asked kindly", by=iris)
    actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena))
    with pytest.raises(InvalidValue, match="few words"):
        actions.change_grade(attempt_id=attempt.public_id, grade=50, reason="ok", by=iris)
    actions.change_grade(attempt_id=attempt.public_id, grade=50, reason="The desk was down that hour.", by=iris)
    row = queries.attempt(iris.practice_id, attempt.public_id)
    assert (row.score, row.grade) == (0, 50)
    assert [(change.before, change.after) for change in queries.changes_of(row)] == [(0, 50)]
    assert any(entry.action == "change_grade" for entry in audit.latest(iris.practice_id, limit=20))
    with pytest.raises(NotAllowed):
        actions.change_grade(attempt_id=attempt.public_id, grade=100, reason="I think I am right.", by=acting(lena))


def test_a_reset_ends_the_old_sandbox_and_keeps_what_was_handed_in():
    iris = training()
    lena = learner(iris)
    attempt = begin(lena, SLUG)
    actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena))
    second = begin(lena, "code-wax-curette")
    old = lena.sandbox_id
    actions.reset_sandbox(learner_id=lena.public_id, by=iris)
    lena.refresh_from_db()
    assert lena.sandbox_id != old
    second.refresh_from_db()
    assert second.state == "given-up"
    assert queries.progress_of(lena)[0].done == 1
    assert acting(lena).practice_id == lena.sandbox_id


def test_learners_reach_nobody_elses_work():
    iris = training()
    lena, omar = learner(iris), learner(iris, "omar")
    attempt = begin(lena, SLUG)
    for act in (actions.take_hint, actions.give_up):
        with pytest.raises(NotFound):
            act(attempt_id=attempt.public_id, by=acting(omar))
    with pytest.raises(NotFound):
        actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(omar))
    with pytest.raises(NotFound):
        queries.own_attempt(omar, attempt.public_id)
    mine = queries.progress_of(lena)[0].assignment
    with pytest.raises(NotFound):
        actions.begin(assignment_id=mine.public_id, exercise=SLUG, by=acting(omar))
    with pytest.raises(NotFound):
        desk.chart(omar.sandbox_id, attempt.material["encounter"])


def test_a_learner_has_no_place_in_a_live_practice(system):
    iris = training()
    learner(iris)
    with pytest.raises(Refused, match="training practice alone"):
        add_member(username="new", display_name="New", roles=frozenset({"learner"}), password=PASSWORD, by=system)
    with pytest.raises(Refused, match="belongs to a learner"):
        add_member(username="lena", display_name="Lena", roles=frozenset({"coder"}), password=None, by=system)
    add_member(username="cody", display_name="Cody", roles=frozenset({"coder"}), password=PASSWORD, by=system)
    with pytest.raises(Refused, match="username of their own"):
        actions.enrol(username="cody", display_name="Cody", password=None, by=iris)
    with pytest.raises(Refused, match="no other role"):
        add_member(username="both", display_name="Both", roles=frozenset({"learner", "manager"}), password=PASSWORD, by=iris)


def test_a_learners_role_that_stands_in_a_live_practice_opens_nothing(system):
    member = add_member(username="old", display_name="Old", roles=frozenset({"coder"}), password=PASSWORD, by=system)
    member.roles = ["learner"]
    member.save()
    assert actor_for(member.user, None, at=NOON).roles == frozenset()


def test_a_live_practices_staff_have_no_dealings_with_training(system, actor):
    iris = training()
    lena = learner(iris)
    with pytest.raises(NotAllowed):
        actions.assign(
            course_id=course_of(iris).public_id, learner_ids=[lena.public_id], due_on=None, answers="at-once", by=actor("coder")
        )
    with pytest.raises(NotFound):
        actions.assign(
            course_id=course_of(iris).public_id, learner_ids=[lena.public_id], due_on=None, answers="at-once", by=actor("manager")
        )
    with pytest.raises(NotFound):
        actions.reset_sandbox(learner_id=lena.public_id, by=actor("manager"))
    with pytest.raises(Refused, match="holds no course"):
        actions.enrol(username="x", display_name="X", password=PASSWORD, by=actor("manager"))


def test_an_ended_learner_signs_in_nowhere():
    iris = training()
    lena = learner(iris)
    actions.end_enrolment(learner_id=lena.public_id, by=iris)
    with pytest.raises(NotFound):
        acting(lena)
    actions.enrol(username="lena", display_name="Lena", password=None, by=iris)
    assert acting(lena).practice_id == lena.sandbox_id


def test_nothing_of_a_sandbox_reaches_a_payer(settings):
    lena = learner(training())
    (partner,) = TradingPartner.objects.of(lena.sandbox_id)
    assert (partner.transport, partner.is_production) == ("folder", False)
    assert Path(partner.location).is_relative_to(Path(settings.HOME) / "training")
    system = system_of(lena.sandbox, at=NOON)
    with pytest.raises(Refused, match="transmits to no payer"):
        add_partner(name="Payer", location="anywhere", sender_id="MAPLE", receiver_id="PAYER", is_production=True, by=system)
    with pytest.raises(NotAllowed):
        add_partner(name="Payer", location="anywhere", sender_id="MAPLE", receiver_id="PAYER", by=acting(lena))
    with pytest.raises(NotAllowed):
        add_member(username="friend", display_name="Friend", roles=frozenset({"learner"}), password=PASSWORD, by=acting(lena))


def test_a_course_by_the_last_attempt_takes_the_last_one():
    iris = training()
    lena = learner(iris, answers="withheld")
    actions.set_grading(course_id=course_of(iris).public_id, grade_by="last", by=iris)
    first = begin(lena, SLUG)
    code_like_the_key(first, acting(lena))
    actions.hand_in(attempt_id=first.public_id, sheet={}, by=acting(lena))
    second = begin(lena, SLUG)
    actions.hand_in(attempt_id=second.public_id, sheet={}, by=acting(lena))
    assert queries.gradebook(iris.practice_id, course_of(iris).public_id)[0].average == 0
    actions.set_grading(course_id=course_of(iris).public_id, grade_by="best", by=iris)
    assert queries.gradebook(iris.practice_id, course_of(iris).public_id)[0].average == 100


def test_late_work_is_marked_as_late():
    lena = learner(training(), due_on=NOON.date() + timedelta(days=1))
    attempt = begin(lena, SLUG)
    done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena, NOON + timedelta(days=3)))
    assert (done.is_late, done.is_counted) == (True, True)


def test_a_learner_gets_a_new_password_from_the_instructor():
    iris = training()
    lena = learner(iris)
    with pytest.raises(InvalidValue):
        actions.set_password(learner_id=lena.public_id, password="short", by=iris)
    actions.set_password(learner_id=lena.public_id, password="another-maple-2611", by=iris)
    lena.user.refresh_from_db()
    assert lena.user.check_password("another-maple-2611")
