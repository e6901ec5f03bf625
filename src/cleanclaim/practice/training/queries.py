"""Reading training: what a learner has to do and has done, the gradebook, common mistakes."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.training import exercises, rules
from cleanclaim.practice.training.models import Assignment, Attempt, Course, GradeChange, Learner


class Cell(NamedTuple):
    """An exercise of an assignment: the grade so far, the attempts, whether one is open."""

    exercise: exercises.Exercise
    grade: int | None
    attempts: tuple[Attempt, ...]
    open_attempt: str

    @property
    def minutes_spent(self) -> int:
        """Whole minutes over all ended attempts."""
        return sum(seconds_of(row) for row in self.attempts) // 60


class Progress(NamedTuple):
    """A learner's way through a course."""

    assignment: Assignment
    cells: tuple[Cell, ...]

    @property
    def done(self) -> int:
        """How many exercises have a grade."""
        return sum(cell.grade is not None for cell in self.cells)

    @property
    def average(self) -> int | None:
        """The average grade of the exercises that have one, in whole points."""
        grades = [cell.grade for cell in self.cells if cell.grade is not None]
        return sum(grades) // len(grades) if grades else None


class Mistake(NamedTuple):
    """A mistake and how many learners made it, in how many attempts."""

    exercise: exercises.Exercise
    what: str
    learners: int
    attempts: int


class OpenExercise(NamedTuple):
    """What the frame of every page shows while an exercise is open."""

    attempt_id: str
    title: str
    kind: str


def training_practice() -> Practice | None:
    """Return the practice that holds the courses, or None before training was started here."""
    course = Course.objects.across_practices().select_related("practice").order_by("id").first()
    return course.practice if course else None


def holds_courses(practice_id: int) -> bool:
    """Tell whether a practice is an instructor's."""
    return bool(Course.objects.of(practice_id).exists())


def learner_of(by: Actor) -> Learner:
    """Return the learner whose sandbox the actor is in. Raises NotFound where nobody is enrolled with it."""
    rows = Learner.objects.across_practices().filter(sandbox_id=by.practice_id, user__memberships__id=by.member_id, is_active=True)
    found: Learner | None = rows.select_related("user").first()
    if found is None:
        raise NotFound("Nobody is enrolled in a course here: ask the instructor.")
    return found


def open_exercise(practice_id: int) -> OpenExercise | None:
    """Return the exercise that is open in a sandbox."""
    row = Attempt.objects.across_practices().filter(sandbox_id=practice_id, state=Attempt.State.OPEN).first()
    if row is None:
        return None
    plan = exercises.exercise(row.exercise)
    return OpenExercise(row.public_id, plan.title, plan.kind_title)


def courses(practice_id: int) -> list[Course]:
    """Return the courses of an instructor's practice."""
    return list(Course.objects.of(practice_id).order_by("id"))


def course(practice_id: int, course_id: str) -> Course:
    """Return one course. Raises NotFound."""
    found: Course = get_or_refuse(Course.objects.of(practice_id), what="course", public_id=course_id)
    return found


def learners(practice_id: int) -> list[Learner]:
    """Return everybody who is or was enrolled, by name."""
    return list(Learner.objects.of(practice_id).select_related("user", "sandbox").order_by("display_name", "id"))


def learner(practice_id: int, learner_id: str) -> Learner:
    """Return one learner. Raises NotFound."""
    found: Learner = get_or_refuse(Learner.objects.of(practice_id).select_related("user"), what="learner", public_id=learner_id)
    return found


def learner_named(practice_id: int, username: str) -> Learner:
    """Return the learner with a username. Raises NotFound."""
    found: Learner | None = Learner.objects.of(practice_id).select_related("user").filter(user__username=username).first()
    if found is None:
        raise NotFound("No learner signs in with that name.")
    return found


def gradebook(practice_id: int, course_id: str) -> list[Progress]:
    """Return how far every learner of a course is, by name."""
    rows = (
        Assignment.objects.of(practice_id).filter(course__public_id=course_id).select_related("course", "learner", "learner__user")
    )
    return _progress(practice_id, list(rows.order_by("learner__display_name", "id")))


def progress_of(learner: Learner) -> list[Progress]:
    """Return a learner's own assignments, the first due first."""
    rows = Assignment.objects.of(learner.practice_id).filter(learner=learner).select_related("course", "learner", "learner__user")
    return _progress(learner.practice_id, sorted(rows, key=lambda row: (row.due_on or date.max, row.pk)))


def _progress(practice_id: int, assignments: list[Assignment]) -> list[Progress]:
    rows = Attempt.objects.of(practice_id).filter(assignment__in=assignments).defer("work", "marks").order_by("exercise", "number")
    by_place: dict[tuple[int, str], list[Attempt]] = {}
    for row in rows:
        by_place.setdefault((row.assignment_id, row.exercise), []).append(row)
    return [
        Progress(
            item, tuple(_cell(slug, by_place.get((item.pk, slug), []), item.course.grade_by) for slug in item.course.exercises)
        )
        for item in assignments
    ]


def _cell(slug: str, tries: list[Attempt], grade_by: str) -> Cell:
    graded = [rules.Try(row.number, row.grade, row.is_counted) for row in tries if row.grade is not None]
    standing = next((row.public_id for row in tries if row.state == Attempt.State.OPEN), "")
    return Cell(exercises.exercise(slug), rules.grade_of(graded, grade_by=grade_by), tuple(tries), standing)


def seconds_of(attempt: Attempt) -> int:
    """Return how long an attempt took; 0 while it is open."""
    return int((attempt.ended_at - attempt.created_at).total_seconds()) if attempt.ended_at else 0


def own_attempt(learner: Learner, attempt_id: str) -> Attempt:
    """Return one of a learner's own attempts. Raises NotFound for anybody else's."""
    rows = (
        Attempt.objects.of(learner.practice_id).filter(learner=learner).select_related("assignment__course", "sandbox", "learner")
    )
    found: Attempt = get_or_refuse(rows, what="attempt", public_id=attempt_id)
    return found


def attempt(practice_id: int, attempt_id: str) -> Attempt:
    """Return an attempt as its instructor opens it. Raises NotFound."""
    rows = Attempt.objects.of(practice_id).select_related("assignment__course", "sandbox", "learner")
    found: Attempt = get_or_refuse(rows, what="attempt", public_id=attempt_id)
    return found


def tries_of(item: Attempt) -> list[Attempt]:
    """Return every attempt of the same learner at the same exercise of the assignment, in order."""
    rows = Attempt.objects.of(item.practice_id).filter(assignment_id=item.assignment_id, exercise=item.exercise)
    return list(rows.defer("work", "marks").order_by("number"))


def changes_of(item: Attempt) -> list[GradeChange]:
    """Return how the grade of an attempt was changed, in order."""
    return list(GradeChange.objects.of(item.practice_id).filter(attempt=item).order_by("id"))


def answers_are_open(item: Attempt, *, today: date) -> bool:
    """Tell whether the learner of an attempt may see its answers on a day."""
    given = item.assignment
    return item.state == Attempt.State.HANDED_IN and rules.answers_may_be_seen(given.answers, due_on=given.due_on, today=today)


def marks_for_learner(item: Attempt, *, today: date) -> rules.Marked | None:
    """Return the marks of a learner's own attempt: with the answers where they may be seen, else without."""
    if item.marks is None:
        return None
    made = rules.from_json(item.marks)
    return made if answers_are_open(item, today=today) else rules.without_answers(made)


def marks_for_instructor(item: Attempt) -> rules.Marked | None:
    """Return the marks of an attempt with everything in them."""
    return rules.from_json(item.marks) if item.marks is not None else None


def common_mistakes(practice_id: int, course_id: str, *, limit: int = 20) -> list[Mistake]:
    """Return what went wrong most, by exercise: how many learners, in how many attempts."""
    rows = Attempt.objects.of(practice_id).filter(assignment__course__public_id=course_id, state=Attempt.State.HANDED_IN)
    attempts: Counter[tuple[str, str]] = Counter()
    people: dict[tuple[str, str], set[int]] = {}
    for slug, learner, found in rows.values_list("exercise", "learner_id", "mistakes"):
        for what in found:
            attempts[slug, what] += 1
            people.setdefault((slug, what), set()).add(learner)
    ranked = sorted(attempts, key=lambda place: (-len(people[place]), -attempts[place], place))
    return [Mistake(exercises.exercise(slug), what, len(people[slug, what]), attempts[slug, what]) for slug, what in ranked[:limit]]


class GradeRow(NamedTuple):
    """A line of the exported gradebook."""

    learner: str
    username: str
    course: str
    exercise: str
    kind: str
    due_on: date | None
    grade: int | None
    attempts: int
    hints: int
    minutes: int
    last_handed_in: datetime | None
    is_late: bool


def grade_rows(practice_id: int, course_id: str) -> list[GradeRow]:
    """Return the gradebook as a table: a line for each learner and exercise."""
    made = []
    for row in gradebook(practice_id, course_id):
        learner = row.assignment.learner
        for cell in row.cells:
            ended = [item for item in cell.attempts if item.state == Attempt.State.HANDED_IN]
            made.append(
                GradeRow(learner.display_name, learner.user.username, row.assignment.course.title, cell.exercise.title, cell.exercise.kind_title,
                         row.assignment.due_on, cell.grade, len(cell.attempts), max((item.hints for item in cell.attempts), default=0), cell.minutes_spent,
                         ended[-1].ended_at if ended else None, any(item.is_late for item in ended))
            )  # fmt: skip
    return made
