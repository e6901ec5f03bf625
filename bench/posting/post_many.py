"""Posts one 835 of many claims and prints claims per second and the memory that it took.

    python bench/posting/post_many.py [CLAIMS]          (with src and tests on PYTHONPATH; CLEANCLAIM_HOME and DATABASE_URL name an empty state)

The claims are taken over from an 837 first (not timed into the posting). Each has two lines; the 835 pays one and a half of them, leaves a patient share,
and is one transaction of the database. Memory is the process's peak beside its peak before posting: it does not grow with the file.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")
sys.path[:0] = [str(Path(__file__).resolve().parents[2] / part) for part in ("src", "tests")]


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cleanclaim.practice.claims.importing import import_claims
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.remittance.posting import post_remittance_file
    from cleanclaim.practice.remittance.queries import posted_totals
    from golden.money.writing import advice, answer, claim, claims_file, paid_line, person, remittance_file

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    practice = found_practice(name="Bench", at=now)
    by = system_actor(practice.pk, at=now)
    people = [person("BENCH" + chr(65 + n % 26), "P" + chr(65 + n // 26 % 26), f"B{n:05d}") for n in range(600)]
    started = time.perf_counter()
    step = 5000
    for first in range(0, count, step):
        batch = [
            claim(f"B{n}", [("99214", 20000), ("93000", 5000)], insured=people[n % 600])
            for n in range(first, min(count, first + step))
        ]
        import_claims(content=claims_file(*batch, number=first // step + 1), by=by)
        print(
            f"  taken over {min(count, first + step):,} claims, {min(count, first + step) / (time.perf_counter() - started):,.0f}/s",
            file=sys.stderr,
        )
    seconds = time.perf_counter() - started
    print(f"import: {count:,} claims in {seconds:.1f} s, {count / seconds:,.0f} claims/s")
    answers = [
        answer(f"B{n}", [paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], f"B{n}L1"),
                         paid_line("93000", 5000, 4000, [("CO", "45", 1000)], f"B{n}L2")], icn=f"ICN{n}", insured=people[n % 600])
        for n in range(count)
    ]  # fmt: skip
    content = remittance_file(advice(answers, trace="BENCH1"))
    del answers
    before = peak_mb()
    started, used = time.perf_counter(), time.process_time()
    posted = post_remittance_file(content=content, file_name="bench.835", by=by)
    seconds, used = time.perf_counter() - started, time.process_time() - used
    totals = posted_totals(practice.pk, posted.remittances)
    assert totals.ties
    assert totals.posted_cents == count * 13600
    print(f"engine: {connection.vendor}; file: {len(content) / 1e6:.1f} MB")
    print(
        f"post: {count:,} claims in {seconds:.1f} s, {count / seconds:,.0f} claims/s ({used:.1f} s of one CPU); peak {before:.0f} MB before, {peak_mb():.0f} MB after"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
