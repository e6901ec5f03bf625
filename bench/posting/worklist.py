"""The claim worklist over a million claims: first pages by queue, payer and age, most money first, and the size of every queue.

    python bench/posting/worklist.py [CLAIMS]      (CLEANCLAIM_HOME and DATABASE_URL name an empty state)

Claims are written straight into their table (no entries behind them: only reading is measured); a state that was filled before is measured again. Prints the median and the slowest of warm calls
and how many queries a page takes.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")
sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src")]
TODAY = date(2026, 11, 20)


def fill(practice_id: int, payers: list, count: int) -> None:
    from cleanclaim.practice.claims.books import count_new_claims
    from cleanclaim.practice.claims.models import Claim
    from cleanclaim.practice.claims.rules import Queue
    from cleanclaim.practice.foundation.bulk import insert_rows

    draw = random.Random(7)
    queues = [queue.value for queue in Queue]
    at = datetime(2026, 11, 20, tzinfo=UTC)
    for first in range(0, count, 20_000):
        rows = []
        for n in range(first, min(count, first + 20_000)):
            cents = int(draw.expovariate(1 / 25_000)) + 100
            queue = draw.choice(queues)
            owed = 0 if queue in {"done", "patient"} else cents
            rows.append(
                Claim(
                    practice_id=practice_id,
                    created_at=at,
                    patient_control_number=f"W{n}",
                    sent_number=f"W{n}",
                    status="sent",
                    queue=queue,
                    payer=draw.choice(payers),
                    served_on=TODAY - timedelta(days=int(draw.expovariate(1 / 60))),
                    charge_cents=cents,
                    insurance_paid_cents=cents - owed,
                    insurance_balance_cents=owed,
                )
            )
        insert_rows(Claim, rows)
        count_new_claims(practice_id, rows)


def main(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.practice.claims.models import Claim
    from cleanclaim.practice.claims.queries import queue_sizes, worklist
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.foundation.models import Practice
    from cleanclaim.practice.payers.actions import add_payer
    from cleanclaim.practice.payers.models import Payer

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    practice = Practice.objects.filter(name="Worklist").first()
    if practice is not None and Claim.objects.of(practice.pk).count() == count:
        payers = list(Payer.objects.of(practice.pk).order_by("id"))
        print(f"{connection.vendor}: {count:,} claims stand here already")
    else:
        practice = found_practice(name="Worklist", at=now)
        by = system_actor(practice.pk, at=now)
        payers = [add_payer(name=f"Payer {n}", payer_id=f"P{n}", by=by) for n in range(12)]
        started = time.perf_counter()
        with transaction.atomic():
            fill(practice.pk, payers, count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{connection.vendor}: {count:,} claims written in {time.perf_counter() - started:.0f} s")
    asked = {
        "a queue": lambda: worklist(practice.pk, "denied", on=TODAY),
        "a queue, one payer": lambda: worklist(practice.pk, "waiting", on=TODAY, payer_id=payers[3].pk),
        "a queue, older than 90 days": lambda: worklist(practice.pk, "waiting", on=TODAY, older_than_days=90),
        "a queue, one payer, older than 120 days": lambda: worklist(
            practice.pk, "denied", on=TODAY, payer_id=payers[5].pk, older_than_days=120
        ),
        "older than a year (few)": lambda: worklist(practice.pk, "waiting", on=TODAY, older_than_days=700),
        "the second page": lambda: worklist(
            practice.pk, "denied", on=TODAY, after=worklist(practice.pk, "denied", on=TODAY).following
        ),
        "the size of every queue": lambda: queue_sizes(practice.pk),
    }
    for name, ask in asked.items():
        with CaptureQueriesContext(connection) as queries:
            ask()
        took = []
        for _ in range(21):
            started = time.perf_counter()
            ask()
            took.append((time.perf_counter() - started) * 1000)
        print(f"  {name:42} median {statistics.median(took):7.1f} ms, slowest {max(took):7.1f} ms, {len(queries)} queries")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
