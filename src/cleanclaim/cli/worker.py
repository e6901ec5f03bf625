"""`cleanclaim worker`: goes round the cycle for every practice: works events, sends what is ready, collects and reads what came."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime

from cleanclaim.cli import program
from cleanclaim.kernel.errors import CleanclaimError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--every", type=int, default=30, metavar="SECONDS", help="how long to rest between rounds (default 30)")
    parser.add_argument("--once", action="store_true", help="go round once and stop")
    parser.add_argument("--practice", metavar="ID", help="only this practice")
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output, one value a round and practice")


def run(args: argparse.Namespace) -> int:
    """Run until interrupted; one practice's trouble does not stop the others. Exit 1 when `--once` met trouble."""
    program.start()
    stop = threading.Event()
    if not args.once:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    troubled = False
    while True:
        troubled = _round(args)
        if args.once or stop.wait(max(1, args.every)):
            return 1 if args.once and troubled else 0


def _round(args: argparse.Namespace) -> bool:
    from django.db import close_old_connections

    from cleanclaim.practice.encounters.source_actions import read_waiting
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.foundation.models import Practice
    from cleanclaim.practice.foundation.queries import practice_named
    from cleanclaim.practice.workflow.actions import run_cycle

    close_old_connections()
    practices = [practice_named(args.practice)] if args.practice else list(Practice.objects.order_by("id"))
    troubled = False
    for practice in practices:
        by = system_actor(practice.pk, at=datetime.now(UTC), zone=practice.time_zone, name="worker")
        try:
            done = run_cycle(by=by)
            documents = read_waiting(by=by)
        except CleanclaimError as wrong:
            troubled = True
            print(f"{practice.public_id}: {wrong}", file=sys.stderr, flush=True)
            continue
        if args.json:
            program.print_json({"practice": practice.public_id, **done._asdict(), "documents_read": documents})
        elif any(done) or documents:
            print(f"{practice.name}: {done.events} events, {done.batches} files sent, {done.received} received, {documents} documents read.",
                  flush=True)  # fmt: skip
    return troubled
