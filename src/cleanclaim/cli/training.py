"""`cleanclaim training start | learners | reset | password | grades`: the practice on which learners train, and their graded work.

A password is asked for twice at the keyboard, or read as one line of standard input; it is never a word of the command.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from cleanclaim.cli import program
from cleanclaim.cli.passwords import new_password
from cleanclaim.kernel.errors import NotFound

if TYPE_CHECKING:
    from cleanclaim.practice.foundation.actor import Actor
    from cleanclaim.practice.foundation.models import Practice


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    start = verbs.add_parser("start", help="found the training practice with its course; again: nothing changes")
    start.add_argument("--instructor", metavar="USERNAME", help="who teaches: a new username, or one that the practice has")
    start.add_argument("--name", default="", help="the instructor's name; the username unless it is said")
    learners = verbs.add_parser("learners", help="who is enrolled; --add enrols somebody and assigns every course")
    learners.add_argument("--add", metavar="USERNAME", help="enrol somebody under a username of their own")
    learners.add_argument("--end", metavar="USERNAME", help="end somebody's enrolment; what was handed in stays")
    learners.add_argument("--name", default="", help="the name that the instructor sees; the username unless it is said")
    learners.add_argument("--due", metavar="YYYY-MM-DD", help="the due day of what is assigned; none unless it is said")
    reset = verbs.add_parser("reset", help="give a learner a fresh sandbox; what was handed in stays")
    reset.add_argument("username")
    password = verbs.add_parser("password", help="give a learner a new password")
    password.add_argument("username")
    grades = verbs.add_parser("grades", help="the gradebook: a line for each learner and exercise")
    grades.add_argument("--csv", action="store_true", help="as CSV, for a spreadsheet")
    for verb in (start, learners, reset, password, grades):
        verb.add_argument("--json", action="store_true", help="print JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Exit 0 when it is done; 1 where there is no training practice; 2 for a name or password that cannot be."""
    program.start()
    at = datetime.now(UTC)
    if args.verb == "start":
        return _start(args, at)
    practice, by = _opened(at)
    if args.verb == "learners":
        return _learners(args, practice, by)
    if args.verb == "reset":
        return _reset(args, practice, by)
    if args.verb == "password":
        return _password(args, practice, by)
    return _grades(args, practice)


def _opened(at: datetime) -> tuple[Practice, Actor]:
    from cleanclaim.practice.training.queries import training_practice
    from cleanclaim.practice.training.sandboxes import system_of

    practice = training_practice()
    if practice is None:
        raise NotFound("There is no training practice yet: `cleanclaim training start` founds it.")
    return practice, system_of(practice, at=at)._replace(name="local operator")


def _start(args: argparse.Namespace, at: datetime) -> int:
    from cleanclaim.practice.people import actions as people
    from cleanclaim.practice.people import queries as members
    from cleanclaim.practice.training import actions, queries

    practice = actions.start_training(at=at)
    _, by = _opened(at)
    if args.instructor:
        password = None if members.is_user(args.instructor) else new_password(args.instructor)
        people.add_member(
            username=args.instructor,
            display_name=args.name or args.instructor,
            roles=frozenset({"manager"}),
            password=password,
            by=by,
        )
    courses = queries.courses(practice.pk)
    teachers = [card.username for card in members.members(practice.pk) if card.is_active and "manager" in card.roles]
    if args.json:
        program.print_json({"practice": practice.public_id, "name": practice.name, "instructors": teachers, "courses": [
            {"course": row.public_id, "title": row.title, "exercises": row.exercises} for row in courses
        ]})  # fmt: skip
        return 0
    print(f"{practice.name} ({practice.public_id}) is there; nothing of it reaches a payer.")
    for row in courses:
        print(f"  {row.title}: {len(row.exercises)} exercises")
    print(f"Instructors: {', '.join(teachers) or 'none yet: `cleanclaim training start --instructor USERNAME` names one'}.")
    return 0


def _learners(args: argparse.Namespace, practice: Practice, by: Actor) -> int:
    from cleanclaim.practice.people.queries import is_user
    from cleanclaim.practice.training import actions, queries

    if args.add:
        due_on = _day(args.due)
        password = None if is_user(args.add) else new_password(args.add)
        made = actions.enrol(username=args.add, display_name=args.name or args.add, password=password, by=by)
        for course in queries.courses(practice.pk):
            actions.assign(course_id=course.public_id, learner_ids=[made.public_id], due_on=due_on, answers="after-due", by=by)
    if args.end:
        actions.end_enrolment(learner_id=queries.learner_named(practice.pk, args.end).public_id, by=by)
    rows = [_learner(row, queries.progress_of(row)) for row in queries.learners(practice.pk)]
    if args.json:
        program.print_json(rows)
        return 0
    for row in rows:
        print(f"{row['username']:20} {row['name']:28} {row['done']:>3} of {row['exercises']} done, average {row['average'] if row['average'] is not None else '-'}"
              f"{'' if row['is_active'] else '  (ended)'}")  # fmt: skip
    if not rows:
        print("Nobody is enrolled yet: `cleanclaim training learners --add USERNAME`.", file=sys.stderr)
    return 0


def _learner(row: Any, progress: list[Any]) -> dict[str, Any]:
    grades = [cell.grade for item in progress for cell in item.cells if cell.grade is not None]
    return {
        "learner": row.public_id, "username": row.user.username, "name": row.display_name, "is_active": row.is_active,
        "sandbox": row.sandbox.public_id, "exercises": sum(len(item.cells) for item in progress), "done": len(grades),
        "average": sum(grades) // len(grades) if grades else None,
    }  # fmt: skip


def _reset(args: argparse.Namespace, practice: Practice, by: Actor) -> int:
    from cleanclaim.practice.training import actions, queries

    made = actions.reset_sandbox(learner_id=queries.learner_named(practice.pk, args.username).public_id, by=by)
    if args.json:
        program.print_json({"username": args.username, "sandbox": made.public_id})
    else:
        print(f"{args.username} begins in a fresh sandbox; what was handed in stays.")
    return 0


def _password(args: argparse.Namespace, practice: Practice, by: Actor) -> int:
    from cleanclaim.practice.training import actions, queries

    learner = queries.learner_named(practice.pk, args.username)
    actions.set_password(learner_id=learner.public_id, password=new_password(args.username), by=by)
    if args.json:
        program.print_json({"username": args.username, "learner": learner.public_id})
    else:
        print(f"{args.username} has a new password and is signed out everywhere.")
    return 0


def _grades(args: argparse.Namespace, practice: Practice) -> int:
    from cleanclaim.practice.receivables.exports import csv_of
    from cleanclaim.practice.training import queries

    rows = [row for course in queries.courses(practice.pk) for row in queries.grade_rows(practice.pk, course.public_id)]
    if args.json:
        program.print_json([row._asdict() for row in rows])
    elif args.csv:
        print(csv_of(queries.GradeRow._fields, rows), end="")
    else:
        for row in rows:
            if row.attempts:
                grade = "-" if row.grade is None else row.grade
                print(
                    f"{row.learner:24} {row.exercise:48} {grade:>4}  {row.attempts} attempts, {row.minutes} min{', late' if row.is_late else ''}"
                )
        if not any(row.attempts for row in rows):
            print("Nothing is begun yet.", file=sys.stderr)
    return 0


def _day(text: str | None) -> date | None:
    from cleanclaim.kernel.dates import parse_date

    return parse_date(text) if text else None
