"""Founding the training practice, enrolling and assigning, working an exercise, and what an instructor decides. The only writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from cleanclaim.kernel.errors import InvalidValue, NotFound, Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people import actions as people
from cleanclaim.practice.people.models import Member, User
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.people.rules import LEARNER
from cleanclaim.practice.training import exercises, materials, policy, queries, rules, works
from cleanclaim.practice.training.models import Assignment, Attempt, Course, GradeChange, Learner
from cleanclaim.practice.training.sandboxes import found_training_practice, hide_suggestions, system_of

NAME: Final = "Cleanclaim training"
"""The instructor's practice, where none was founded before."""


def start_training(*, at: datetime) -> Practice:
    """Found the training practice with its courses, once; courses of a newer version of the program are brought up to date."""
    with transaction.atomic():
        known = queries.training_practice()
        practice = known or found_training_practice(name=NAME, at=at)
        by = system_of(practice, at=at)
        for plan in exercises.course_plans():
            _keep_course(plan, by)
    return practice


def _keep_course(plan: exercises.CoursePlan, by: Actor) -> None:
    course = Course.objects.of(by.practice_id).filter(slug=plan.slug).first()
    if course is None:
        course = Course(
            practice_id=by.practice_id, slug=plan.slug, title=plan.title, exercises=list(plan.exercises), created_at=by.at
        )
        course.save()
        record(by, "add_course", course.public_id, exercises=len(plan.exercises))
    elif course.exercises != list(plan.exercises) or course.title != plan.title:
        course.exercises, course.title = list(plan.exercises), plan.title
        save_checked(course, fields=["exercises", "title"])
        record(by, "change_course", course.public_id, exercises=len(plan.exercises))


def set_grading(*, course_id: str, grade_by: str, by: Actor) -> None:
    """Let the best or the last attempt that counts give the grade of an exercise."""
    require(by, *policy.TEACHES)
    if grade_by not in Course.GradeBy.values:
        raise InvalidValue("The grade is the best attempt or the last one.")
    with transaction_for(by):
        course: Course = locked(Course.objects.of(by.practice_id), what="course", public_id=course_id)
        course.grade_by = grade_by
        save_checked(course, fields=["grade_by"])
        record(by, "set_grading", course.public_id, grade_by=grade_by)


def enrol(*, username: str, display_name: str, password: str | None, by: Actor) -> Learner:
    """Enrol a learner and give them a sandbox; one who is enrolled already stays as they are.

    Raises Refused in a practice without a course, and for a username that works in a practice.
    """
    require(by, *policy.TEACHES)
    with transaction_for(by):
        if not Course.objects.of(by.practice_id).exists():
            raise Refused("This practice holds no course: `cleanclaim training start` founds the one that does.")
        known = Learner.objects.of(by.practice_id).filter(user__username=username).first()
        if known is not None:
            learner: Learner = known
            if not learner.is_active:
                learner.is_active = True
                save_checked(learner, fields=["is_active"])
                _enter(learner, by.at)
                record(by, "enrol_again", learner.public_id)
            return learner
        name = display_name.strip() or username
        sandbox = found_training_practice(name=f"Sandbox of {name}", at=by.at)
        member = people.add_member(
            username=username,
            display_name=name[:80],
            roles=frozenset({LEARNER}),
            password=password,
            by=system_of(sandbox, at=by.at),
        )
        learner = Learner(
            practice_id=by.practice_id,
            user=User.objects.get(pk=member.user_id),
            display_name=name[:80],
            sandbox=sandbox,
            created_at=by.at,
        )
        learner.save()
        record(by, "enrol_learner", learner.public_id, sandbox=sandbox.public_id)
    return learner


def _enter(learner: Learner, at: datetime) -> None:
    """Give a learner their place in their sandbox."""
    sandbox = Practice.objects.get(pk=learner.sandbox_id)
    people.add_member(username=learner.user.username, display_name=learner.display_name, roles=frozenset({LEARNER}), password=None,
                      by=system_of(sandbox, at=at))  # fmt: skip


def _leave(learner: Learner, at: datetime) -> None:
    sandbox = Practice.objects.get(pk=learner.sandbox_id)
    member = Member.objects.of(sandbox.pk).filter(user_id=learner.user_id, is_active=True).first()
    if member is not None:
        people.end_membership(member_id=member.public_id, by=system_of(sandbox, at=at))


def set_password(*, learner_id: str, password: str, by: Actor) -> None:
    """Give a learner a new password, which ends their sessions.

    Raises InvalidValue for one that is too weak, Refused when the enrolment has ended, NotAllowed for somebody who works in a practice by
    now: an instructor opens no door there.
    """
    require(by, *policy.TEACHES)
    with transaction_for(by):
        learner: Learner = locked(
            Learner.objects.of(by.practice_id).select_related("sandbox"), what="learner", public_id=learner_id
        )
        if not learner.is_active:
            raise Refused("This learner's enrolment has ended.")
        member = get_or_refuse(Member.objects.of(learner.sandbox_id), what="learner", user_id=learner.user_id)
        # as a manager, not as the sandbox's own automation, which may give a password to anybody
        there = system_of(learner.sandbox, at=by.at)._replace(roles=frozenset({"manager"}))
        people.set_password(member_id=member.public_id, password=password, by=there)
        record(by, "set_password", learner.public_id)


def end_enrolment(*, learner_id: str, by: Actor) -> None:
    """End a learner's access; what they handed in stays."""
    require(by, *policy.TEACHES)
    with transaction_for(by):
        learner: Learner = locked(Learner.objects.of(by.practice_id), what="learner", public_id=learner_id)
        learner.is_active = False
        save_checked(learner, fields=["is_active"])
        _leave(learner, by.at)
        record(by, "end_enrolment", learner.public_id)


def reset_sandbox(*, learner_id: str, by: Actor) -> Practice:
    """Give a learner a fresh sandbox. An open attempt is given up; attempts that were handed in stay, and so do the old sandbox's records."""
    require(by, *policy.TEACHES)
    with transaction_for(by):
        learner: Learner = locked(Learner.objects.of(by.practice_id).select_related("user"), what="learner", public_id=learner_id)
        if not learner.is_active:
            raise Refused("This learner's enrolment has ended.")
        for attempt in Attempt.objects.of(by.practice_id).filter(learner=learner, state=Attempt.State.OPEN):
            _give_up(attempt, by)
        return _fresh_sandbox(learner, by)


def _fresh_sandbox(learner: Learner, by: Actor) -> Practice:
    _leave(learner, by.at)
    sandbox = found_training_practice(name=f"Sandbox of {learner.display_name}", at=by.at)
    learner.sandbox = sandbox
    save_checked(learner, fields=["sandbox"])
    _enter(learner, by.at)
    record(by, "reset_sandbox", learner.public_id, sandbox=sandbox.public_id)
    return sandbox


def assign(*, course_id: str, learner_ids: Iterable[str], due_on: date | None, answers: str, by: Actor) -> list[Assignment]:
    """Assign a course to learners, or change until when and when its answers may be seen."""
    require(by, *policy.TEACHES)
    if answers not in Assignment.Answers.values:
        raise InvalidValue(f"Answers are seen {', '.join(Assignment.Answers.labels)}.")
    if due_on is not None and due_on < by.today and answers == Assignment.Answers.AFTER_DUE:
        raise InvalidValue("The due day has passed: the answers would be seen before anybody begins.")
    made = []
    with transaction_for(by):
        course: Course = get_or_refuse(Course.objects.of(by.practice_id), what="course", public_id=course_id)
        for learner_id in learner_ids:
            learner: Learner = get_or_refuse(Learner.objects.of(by.practice_id), what="learner", public_id=learner_id)
            row = Assignment.objects.of(by.practice_id).filter(course=course, learner=learner).first()
            if row is None:
                row = Assignment(
                    practice_id=by.practice_id, course=course, learner=learner, due_on=due_on, answers=answers, created_at=by.at
                )
                row.save()
            elif (row.due_on, row.answers) != (due_on, answers):
                row.due_on, row.answers = due_on, answers
                save_checked(row, fields=["due_on", "answers"])
            record(by, "assign_course", row.public_id, due_on=due_on.isoformat() if due_on else "", answers=answers)
            made.append(row)
    if not made:
        raise InvalidValue("Choose at least one learner.")
    return made


def begin(*, assignment_id: str, exercise: str, by: Actor) -> Attempt:
    """Begin an exercise: its material is set up in the learner's sandbox. An attempt that is open at it already is returned.

    The second attempt at an exercise begins in a fresh sandbox, since the first one left its traces there, and with the hints that were
    taken before: what was told stays told, and costs. Raises Refused while another attempt is open.
    """
    learner, course_by = _learning(by)
    with transaction_for(course_by):
        learner = locked(Learner.objects.of(learner.practice_id).select_related("user"), what="learner", pk=learner.pk)
        rows = Assignment.objects.of(learner.practice_id).filter(learner=learner).select_related("course")
        assignment: Assignment = get_or_refuse(rows, what="assignment", public_id=assignment_id)
        if exercise not in assignment.course.exercises:
            raise NotFound("There is no such exercise in this course.")
        mine = Attempt.objects.of(learner.practice_id).filter(learner=learner)
        standing = mine.filter(state=Attempt.State.OPEN).first()
        if standing is not None:
            if (standing.assignment_id, standing.exercise) == (assignment.pk, exercise):
                found: Attempt = standing
                return found
            raise Refused("Another exercise is open: hand it in or give it up first.")
        earlier = mine.filter(exercise=exercise)
        if earlier.filter(sandbox_id=learner.sandbox_id).exists():
            _fresh_sandbox(learner, course_by)
        plan = exercises.exercise(exercise)
        sandbox = Practice.objects.get(pk=learner.sandbox_id)
        told = max(earlier.values_list("hints", flat=True), default=0)
        attempt = Attempt(
            practice_id=learner.practice_id, created_at=by.at, assignment=assignment, learner=learner, sandbox=sandbox, exercise=exercise,
            number=earlier.filter(assignment=assignment).count() + 1, is_counted=not _has_seen(earlier, by),
            hints=min(told, len(plan.hint_costs)),
            material=materials.set_up(plan, sandbox=sandbox, by=system_of(sandbox, at=by.at)),
        )  # fmt: skip
        attempt.save()
        hide_suggestions(sandbox, are_hidden=not plan.allows_suggestions)
        record(course_by, "begin_exercise", attempt.public_id, exercise=exercise, number=attempt.number, counted=attempt.is_counted)
    return attempt


def _has_seen(earlier: QuerySet[Attempt], by: Actor) -> bool:
    """Tell whether the answers of earlier attempts at an exercise may be seen today."""
    return any(queries.answers_are_open(row, today=by.today) for row in earlier.select_related("assignment"))


def take_hint(*, attempt_id: str, by: Actor, number: int | None = None) -> Attempt:
    """Take the next hint; its cost, which was told before, comes off the score. `number` says which one: one that was taken costs nothing again."""
    learner, course_by = _learning(by)
    with transaction_for(course_by):
        attempt = _open_attempt(learner, attempt_id)
        if number is not None and number <= attempt.hints:
            return attempt
        if attempt.hints >= len(exercises.exercise(attempt.exercise).hint_costs):
            raise Refused("There is no further hint.")
        attempt.hints += 1
        save_checked(attempt, fields=["hints"])
        record(course_by, "take_hint", attempt.public_id, hint=attempt.hints)
    return attempt


def hand_in(*, attempt_id: str, sheet: Mapping[str, str], by: Actor) -> Attempt:
    """Hand an attempt in: the work as it stands is read, marked and kept with its marks and the key's version.

    It does not count when the answers of an earlier attempt could be seen by now.
    """
    learner, course_by = _learning(by)
    with transaction_for(course_by):
        attempt = _open_attempt(learner, attempt_id)
        plan = exercises.exercise(attempt.exercise)
        work = works.read(attempt, sheet)
        cost = sum(plan.hint_costs[: attempt.hints])
        made = rules.marked(works.items(attempt.exercise, work), hints_cost=cost)
        due_on = attempt.assignment.due_on
        attempt.state, attempt.ended_at, attempt.is_late = Attempt.State.HANDED_IN, by.at, due_on is not None and by.today > due_on
        attempt.work, attempt.marks, attempt.score, attempt.grade = work, rules.as_json(made), made.score, made.score
        attempt.mistakes = list(made.mistakes)
        attempt.key_version, attempt.key_digest = plan.version, plan.digest
        earlier = Attempt.objects.of(learner.practice_id).filter(learner=learner, exercise=attempt.exercise).exclude(pk=attempt.pk)
        attempt.is_counted = attempt.is_counted and not _has_seen(earlier, by)
        save_checked(attempt)
        if queries.answers_are_open(attempt, today=by.today):
            hide_suggestions(attempt.sandbox, are_hidden=False)
        record(course_by, "hand_in", attempt.public_id, score=made.score, key=plan.digest[:12])
    return attempt


def give_up(*, attempt_id: str, by: Actor) -> Attempt:
    """End an attempt without handing it in; it has no grade."""
    learner, course_by = _learning(by)
    with transaction_for(course_by):
        attempt = _open_attempt(learner, attempt_id)
        _give_up(attempt, course_by)
    return attempt


def _give_up(attempt: Attempt, by: Actor) -> None:
    attempt.state, attempt.ended_at = Attempt.State.GIVEN_UP, by.at
    save_checked(attempt, fields=["state", "ended_at"])
    record(by, "give_up_exercise", attempt.public_id)


def change_grade(*, attempt_id: str, grade: int, reason: str, by: Actor) -> GradeChange:
    """Change a grade for a reason. The marks, the score and every grade before stay on record."""
    require(by, *policy.TEACHES)
    rules.check_grade(grade, reason)
    with transaction_for(by):
        attempt: Attempt = locked(Attempt.objects.of(by.practice_id), what="attempt", public_id=attempt_id)
        if attempt.grade is None:
            raise Refused("This attempt is not handed in: there is nothing to grade.")
        change = GradeChange(practice_id=by.practice_id, attempt=attempt, before=attempt.grade, after=grade, reason=reason.strip()[:300],
                             changed_by=by.name[:80], created_at=by.at)  # fmt: skip
        change.save()
        attempt.grade = grade
        save_checked(attempt, fields=["grade"])
        record(by, "change_grade", attempt.public_id, before=change.before, after=grade)
    return change


def _learning(by: Actor) -> tuple[Learner, Actor]:
    """Return the learner whose sandbox this is, and the learner as an actor in the instructor's practice, for its audit."""
    require(by, *policy.LEARNS)
    learner = queries.learner_of(by)
    return learner, Actor(learner.practice_id, learner.display_name, frozenset({LEARNER}), by.at, None, by.zone)


def _open_attempt(learner: Learner, attempt_id: str) -> Attempt:
    rows = Attempt.objects.of(learner.practice_id).filter(learner=learner).select_related("assignment", "sandbox")
    attempt: Attempt = locked(rows, what="attempt", public_id=attempt_id)
    if attempt.state != Attempt.State.OPEN:
        raise Refused("This attempt has ended.")
    return attempt


__all__ = [
    "assign", "begin", "change_grade", "end_enrolment", "enrol", "give_up", "hand_in", "reset_sandbox", "set_grading",
    "set_password",
    "start_training", "take_hint",
]  # fmt: skip
