"""`cleanclaim demo`: runs the whole revenue cycle on the invented practice, prints every visit and the proof, opens the desks."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.cli import program

if TYPE_CHECKING:
    from cleanclaim.practice.foundation.models import Practice
    from cleanclaim.practice.sample import DemoResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-serve", action="store_true", help="stop after the proof; exit 0 only if every figure ties")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output (with --no-serve)")


def run(args: argparse.Namespace) -> int:
    """Exit 0 only when every figure ties."""
    started = time.monotonic()
    print("Cleanclaim: one invented practice, thirty visits, from the note to the last cent.", file=sys.stderr, flush=True)
    program.start()
    from django.conf import settings

    from cleanclaim import codesets
    from cleanclaim.practice.sample import run as run_sample

    codesets.open_store()
    home = Path(settings.HOME)
    practice = _practice()
    result = run_sample(practice, home=home, password=_password(home), progress=_bar)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if args.json:
        program.print_json({**result._asdict(), "rows": [row._asdict() for row in result.rows], "ties": result.ties})
    else:
        _print(result, time.monotonic() - started)
    _training(_password(home))
    if args.no_serve or not result.ties:
        return 0 if result.ties else 1
    print(f"\nSign in with the password {_password(home)} as ruth (biller), cody (coder), fran (front desk), okafor (provider), "
          "mina (manager) or audrey (auditor); for training as leaf (learner) or iris (instructor).", file=sys.stderr)  # fmt: skip
    from cleanclaim.cli import serve

    return serve.run(argparse.Namespace(host="127.0.0.1", port=args.port, threads=8))


def _practice() -> Practice:
    from datetime import UTC, datetime

    from cleanclaim.practice.foundation import models as foundation
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.sample.cast import facts

    own = facts()["practice"]
    known = foundation.Practice.objects.filter(name=own["name"]).first()
    return known or found_practice(name=own["name"], at=datetime(2026, 8, 20, 13, tzinfo=UTC), time_zone=own["time_zone"])


def _training(password: str) -> None:
    """Found the training practice beside the sample, with an instructor and a learner; what is there already stays as it is."""
    from datetime import UTC, datetime

    from cleanclaim.practice.people import actions as people
    from cleanclaim.practice.people.queries import is_user
    from cleanclaim.practice.training import actions, queries
    from cleanclaim.practice.training.sandboxes import system_of

    at = datetime.now(UTC)
    by = system_of(actions.start_training(at=at), at=at)
    if not is_user("iris"):
        people.add_member(username="iris", display_name="Iris Bell", roles=frozenset({"manager"}), password=password, by=by)
    if not is_user("leaf"):
        learner = actions.enrol(username="leaf", display_name="Leaf Sorensen", password=password, by=by)
        for course in queries.courses(by.practice_id):
            actions.assign(course_id=course.public_id, learner_ids=[learner.public_id], due_on=None, answers="at-once", by=by)


def _password(home: Path) -> str:
    """The sample's people share one password, made once and kept beside the data, readable by its owner alone."""
    path = home / "demo-password"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("-".join(secrets.token_hex(2) for _ in range(4)))
    return path.read_text(encoding="ascii").strip()


def _bar(done: int, total: int, day: str) -> None:
    if sys.stderr.isatty():
        width = 30
        full = width * done // max(total, 1)
        print(f"\r{day}  [{'#' * full}{'.' * (width - full)}] ", end="", file=sys.stderr, flush=True)


def _dollars(cents: int) -> str:
    from cleanclaim.kernel.money import Money

    return f"{Money(cents):$}"


def _print(result: DemoResult, seconds: float) -> None:
    head = f"{'visit':<10} {'chart':>5}  {'codes':<52} {'state':<11} {'charge':>9} {'insurer':>9} {'w/o':>9} {'patient':>9} {'ins. owes':>9} {'pat. owes':>9}"
    print(head)
    for row in result.rows:
        codes = row.codes if len(row.codes) <= 52 else f"{row.codes[:51]}…"
        amounts = (
            row.charge_cents,
            row.insurance_paid_cents,
            row.written_off_cents,
            row.patient_paid_cents,
            row.insurance_balance_cents,
            row.patient_balance_cents,
        )
        cells = " ".join(f"{_dollars(cents) if row.charge_cents else '':>9}" for cents in amounts)
        print(
            f"{row.on:<10} {row.chart_number:>5}  {codes or '(waits at the coding desk)':<52} {row.state.replace('_', ' '):<11} {cells}"
        )
    print(
        f"\nThe encoder proposed {result.proposed_codes} of the {result.gold_codes} codes that the guidelines ask for, and {result.beside_codes} others beside them."
    )
    proof = f"charges {_dollars(result.charges_cents)} = payments {_dollars(result.payments_cents)} + adjustments {_dollars(result.adjustments_cents)}"
    print(f"PROOF from the ledger: {proof} + balances {_dollars(result.balances_cents)}; {result.entries} entries, {result.unbalanced} unbalanced."
          f" {'Every figure ties.' if result.ties else 'IT DOES NOT TIE: ' + '; '.join(result.broken)} ({seconds:.0f} s)")  # fmt: skip
