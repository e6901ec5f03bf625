"""The learner's screens: assignments, an exercise, its work and its marks. No key is read here; marks come with what may be seen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError, NotAllowed, NotFound
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.training import actions, exercises, policy, queries, rubrics
from cleanclaim.practice.training.models import Attempt
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in
from cleanclaim.web.training import teaching
from cleanclaim.web.training.desks import desk_of


@for_roles(*policy.LEARNS, *policy.TEACHES)
def home(request: HttpRequest) -> HttpResponse:
    """Show a learner their assignments, and an instructor the courses."""
    by = actor_of(request)
    if not by.roles & set(policy.LEARNS):
        return teaching.overview(request)
    learner = queries.learner_of(by)
    return render(request, "training/assignments.html", {"learner": learner, "rows": queries.progress_of(learner)})


@for_roles(*policy.LEARNS)
def exercise(request: HttpRequest, assignment_id: str, slug: str) -> HttpResponse:
    """Show an exercise before it is begun: what is asked, how it is marked, what hints cost, the attempts so far."""
    by = actor_of(request)
    return render(request, "training/exercise.html", _before(by, assignment_id, slug))


@for_roles(*policy.LEARNS)
@require_POST
def begin(request: HttpRequest, assignment_id: str, slug: str) -> HttpResponse:
    """Begin an exercise and go to its page."""
    by = actor_of(request)
    try:
        made = actions.begin(assignment_id=assignment_id, exercise=slug, by=by)
    except (NotAllowed, NotFound):
        raise
    except CleanclaimError as wrong:
        return render(request, "training/exercise.html", {**_before(by, assignment_id, slug), "refused": str(wrong)}, status=422)
    return redirect("training-attempt", attempt_id=made.public_id)


def _before(by: Actor, assignment_id: str, slug: str) -> dict[str, Any]:
    row = next((row for row in queries.progress_of(queries.learner_of(by)) if row.assignment.public_id == assignment_id), None)
    cell = next((cell for cell in row.cells if cell.exercise.slug == slug), None) if row else None
    if row is None or cell is None:
        raise NotFound("There is no such exercise among your assignments.")
    return {
        "row": row,
        "cell": cell,
        "plan": cell.exercise,
        "rubric": rubrics.RUBRICS[cell.exercise.kind],
        "open": queries.open_exercise(by.practice_id),
    }


@for_roles(*policy.LEARNS)
def attempt(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """Show an attempt: the work while it is open, the marks when it is handed in."""
    by = actor_of(request)
    return _attempt(request, queries.own_attempt(queries.learner_of(by), attempt_id), {}, "")


def _attempt(request: HttpRequest, row: Attempt, typed: dict[str, str], refused: str) -> HttpResponse:
    by = actor_of(request)
    plan = exercises.exercise(row.exercise)
    facts: dict[str, Any] = {
        "row": row, "plan": plan, "refused": refused, "rubric": rubrics.RUBRICS[plan.kind], "course": row.assignment.course,
        "taken": exercises.hints(plan.slug, row.hints), "minutes": queries.seconds_of(row) // 60,
    }  # fmt: skip
    if row.state == Attempt.State.OPEN:
        left = plan.hint_costs[row.hints :]
        facts |= {
            "desk": desk_of(row, plan), "next_hint": left[0] if left else None, "hint_number": row.hints + 1, "typed": typed,
            "questions": [(item, typed.get(item.name, "")) for item in plan.questions],
        }  # fmt: skip
        return render(request, "training/work.html", facts, status=422 if refused else 200)
    facts |= {
        "marks": queries.marks_for_learner(row, today=by.today), "sees_answers": queries.answers_are_open(row, today=by.today),
        "changes": queries.changes_of(row),
    }  # fmt: skip
    return render(request, "training/marked.html", facts)


@for_roles(*policy.LEARNS)
@require_POST
def act(request: HttpRequest, attempt_id: str, how: str) -> HttpResponse:
    """Take a hint, hand in, or give up; what is refused comes back with every entry."""
    by = actor_of(request)
    if how not in {"hint", "hand-in", "give-up"}:
        raise NotFound("An exercise does not know this action.")
    plan = exercises.exercise(queries.own_attempt(queries.learner_of(by), attempt_id).exercise)
    typed = {item.name: request.POST.get(item.name, "").strip()[:400] for item in plan.questions}
    try:
        if how == "hint":
            made = actions.take_hint(attempt_id=attempt_id, number=number_in(request.POST.get("hint", "")), by=by)
            if plan.questions:  # the sheet keeps what is typed on it so far
                return _attempt(request, queries.own_attempt(queries.learner_of(by), made.public_id), typed, "")
            return redirect("training-attempt", attempt_id=attempt_id)
        if how == "hand-in":
            actions.hand_in(attempt_id=attempt_id, sheet=typed, by=by)
        else:
            actions.give_up(attempt_id=attempt_id, by=by)
    except (NotAllowed, NotFound):
        raise
    except CleanclaimError as wrong:
        return _attempt(request, queries.own_attempt(queries.learner_of(by), attempt_id), typed, str(wrong))
    return redirect("training-attempt", attempt_id=attempt_id)
