"""The instructor's screens: courses, the gradebook, learners, an attempt with its answers, what may be changed."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.training import actions, exercises, policy, queries, rubrics
from cleanclaim.practice.training.models import Assignment, Attempt, Course, Learner
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField, DeskForm, NoEntries
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.work import Asked, Given, Work, shown
from cleanclaim.web.work import attempt as do_work


class AssignForm(DeskForm):
    """Whom, until when, and when the answers may be seen."""

    learners = forms.MultipleChoiceField(label="Learners", widget=forms.CheckboxSelectMultiple)
    due_on = DayField(label="Due on", required=False, help_text="Work that comes later is marked all the same, as late.")
    answers = forms.ChoiceField(label="Answers are seen", choices=Assignment.Answers.choices, initial=Assignment.Answers.AFTER_DUE)

    def prepare(self) -> None:
        """Offer who is enrolled."""
        rows = [row for row in queries.learners(self.by.practice_id) if row.is_active]
        self.offer("learners", [(row.public_id, row.display_name) for row in rows])


class GradingForm(DeskForm):
    """Which attempt gives the grade."""

    grade_by = forms.ChoiceField(
        label="The grade of an exercise is", choices=[("best", "the best attempt"), ("last", "the last attempt")]
    )

    def prepare(self) -> None:
        """Begin with what stands there."""
        self.fields["grade_by"].initial = self.subject.grade_by


class EnrolForm(DeskForm):
    """A learner's name and how they sign in."""

    display_name = forms.CharField(label="Name", max_length=80)
    username = forms.CharField(label="Username", max_length=150, help_text="Of their own: no username that works in a practice.")
    password = forms.CharField(label="Password", max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
                               help_text="12 characters or more. They may change it after signing in.")  # fmt: skip


class PasswordForm(DeskForm):
    """A learner's new password."""

    password = forms.CharField(label="Password", max_length=200)


class GradeForm(DeskForm):
    """Another grade, and why."""

    grade = forms.IntegerField(label="Grade", min_value=0, max_value=100)
    reason = forms.CharField(label="Why", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _assign(by: Actor, course: Course, given: Given) -> str:
    made = actions.assign(
        course_id=course.public_id, learner_ids=given["learners"], due_on=given["due_on"], answers=given["answers"], by=by
    )
    return f"The course is assigned to {len(made)} learner{'s' if len(made) != 1 else ''}."


def _grading(by: Actor, course: Course, given: Given) -> str:
    actions.set_grading(course_id=course.public_id, grade_by=given["grade_by"], by=by)
    return f"The grade is the {given['grade_by']} attempt."


def _enrol(by: Actor, _subject: object, given: Given) -> str:
    made = actions.enrol(username=given["username"].strip(), display_name=given["display_name"], password=given["password"], by=by)
    return f"{made.display_name} is enrolled and has a sandbox. Assign a course next."


def _reset(by: Actor, learner: Learner, _given: Given) -> str:
    actions.reset_sandbox(learner_id=learner.public_id, by=by)
    return f"{learner.display_name} begins in a fresh sandbox; what was handed in stays."


def _password(by: Actor, learner: Learner, given: Given) -> str:
    actions.set_password(learner_id=learner.public_id, password=given["password"], by=by)
    return f"{learner.display_name} has a new password and is signed out everywhere."


def _end(by: Actor, learner: Learner, _given: Given) -> str:
    actions.end_enrolment(learner_id=learner.public_id, by=by)
    return f"{learner.display_name} may no longer sign in; what was handed in stays."


def _grade(by: Actor, row: Attempt, given: Given) -> str:
    actions.change_grade(attempt_id=row.public_id, grade=given["grade"], reason=given["reason"], by=by)
    return "The grade is changed; the marks stay as they were given."


COURSE_WORKS: Final = {
    "assign": Work("Assign, or change due day and answers", _assign, AssignForm, policy.TEACHES, "Assign"),
    "grading": Work("Which attempt counts", _grading, GradingForm, policy.TEACHES, "Keep"),
}
ENROL_WORKS: Final = {"enrol": Work("Enrol a learner", _enrol, EnrolForm, policy.TEACHES, "Enrol")}
LEARNER_WORKS: Final = {
    "reset": Work(
        "Give a fresh sandbox", _reset, NoEntries, policy.TEACHES, "Reset", ask="Give a fresh sandbox? An open attempt is given up."
    ),
    "password": Work("Give a new password", _password, PasswordForm, policy.TEACHES, "Keep"),
    "end": Work("End the enrolment", _end, NoEntries, policy.TEACHES, "End", ask="End this learner's access?"),
}
ATTEMPT_WORKS: Final = {
    "grade": Work("Change the grade", _grade, GradeForm, policy.TEACHES, "Change", when=lambda row: row.grade is not None),
}


def _own_courses(by: Actor) -> list[Course]:
    rows = queries.courses(by.practice_id)
    if not rows:
        raise NotFound("This practice holds no course. `cleanclaim training start` founds the training practice.")
    return rows


def overview(request: HttpRequest) -> HttpResponse:
    """Go to the gradebook of the only course, or list the courses."""
    rows = _own_courses(actor_of(request))
    if len(rows) == 1:
        return redirect("training-gradebook", course_id=rows[0].public_id)
    return render(request, "training/courses.html", {"courses": rows})


@for_roles(*policy.TEACHES)
def gradebook(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show how far every learner is; `?as=csv` hands it out as a table."""
    return _gradebook(request, course_id, None)


def _gradebook(request: HttpRequest, course_id: str, asked: Asked | None) -> HttpResponse:
    by = actor_of(request)
    course = queries.course(by.practice_id, course_id)
    wanted = wanted_table(request)
    if wanted:
        rows = queries.grade_rows(by.practice_id, course_id)
        table = [
            (row.learner, row.username, row.course, row.exercise, row.kind, row.due_on.isoformat() if row.due_on else "", row.grade, row.attempts,
             row.hints, row.minutes, row.last_handed_in.date().isoformat() if row.last_handed_in else "", "late" if row.is_late else "")
            for row in rows
        ]  # fmt: skip
        return table_answer(wanted, queries.GradeRow._fields, table, name=f"grades-{course.slug}", title="Grades")
    progress = queries.gradebook(by.practice_id, course_id)
    facts: dict[str, Any] = {
        "course": course, "rows": progress, "plans": [exercises.exercise(slug) for slug in course.exercises],
        "mistakes": queries.common_mistakes(by.practice_id, course_id), "has_learners": bool(queries.learners(by.practice_id)),
        "works": shown(by, COURSE_WORKS, course, lambda how: reverse("training-course-act", args=[course_id, how]), asked),
    }  # fmt: skip
    return render(request, "training/gradebook.html", facts)


@for_roles(*policy.TEACHES)
@require_POST
def course_act(request: HttpRequest, course_id: str, how: str) -> HttpResponse:
    """Assign the course, or say which attempt counts."""
    course = queries.course(actor_of(request).practice_id, course_id)
    return do_work(request, how, COURSE_WORKS, course, show=lambda asked: _gradebook(request, course_id, asked),
                   back=reverse("training-gradebook", args=[course_id]))  # fmt: skip


@for_roles(*policy.TEACHES)
def learners(request: HttpRequest) -> HttpResponse:
    """List who is enrolled, with their sandboxes."""
    return _learners(request, None)


def _learners(request: HttpRequest, asked: Asked | None, refused: str = "") -> HttpResponse:
    by = actor_of(request)
    _own_courses(by)
    works = shown(by, ENROL_WORKS, None, lambda how: reverse("training-enrol", args=[how]), asked)
    return render(request, "training/learners.html", {"rows": queries.learners(by.practice_id), "works": works, "refused": refused})


@for_roles(*policy.TEACHES)
@require_POST
def enrol(request: HttpRequest, how: str) -> HttpResponse:
    """Enrol somebody."""
    return do_work(request, how, ENROL_WORKS, None, show=lambda asked: _learners(request, asked), back=reverse("training-learners"))


@for_roles(*policy.TEACHES)
@require_POST
def learner_act(request: HttpRequest, learner_id: str, how: str) -> HttpResponse:
    """Reset a sandbox, give a new password, or end an enrolment."""
    by = actor_of(request)
    row = queries.learner(by.practice_id, learner_id)
    return do_work(
        request,
        how,
        LEARNER_WORKS,
        row,
        show=lambda asked: _learners(request, None, f"{row.display_name}: {asked.refused}"),
        back=reverse("training-learners"),
    )


@for_roles(*policy.TEACHES)
def attempt(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """Show an attempt with everything: work, marks, answers, how the grade was changed."""
    return _attempt(request, attempt_id, None)


def _attempt(request: HttpRequest, attempt_id: str, asked: Asked | None) -> HttpResponse:
    by = actor_of(request)
    row = queries.attempt(by.practice_id, attempt_id)
    plan = exercises.exercise(row.exercise)
    facts: dict[str, Any] = {
        "row": row, "plan": plan, "course": row.assignment.course, "marks": queries.marks_for_instructor(row), "sees_answers": True,
        "changes": queries.changes_of(row), "minutes": queries.seconds_of(row) // 60, "rubric": rubrics.RUBRICS[plan.kind],
        "taken": exercises.hints(plan.slug, row.hints), "is_instructor": True, "tries": queries.tries_of(row),
        "works": shown(by, ATTEMPT_WORKS, row, lambda how: reverse("training-marked-act", args=[attempt_id, how]), asked),
    }  # fmt: skip
    return render(request, "training/marked.html", facts)


@for_roles(*policy.TEACHES)
@require_POST
def attempt_act(request: HttpRequest, attempt_id: str, how: str) -> HttpResponse:
    """Change a grade."""
    row = queries.attempt(actor_of(request).practice_id, attempt_id)
    return do_work(request, how, ATTEMPT_WORKS, row, show=lambda asked: _attempt(request, attempt_id, asked),
                   back=reverse("training-marked", args=[attempt_id]))  # fmt: skip
