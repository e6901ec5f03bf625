"""Posts a remittance in children that are killed (SIGKILL) in the middle of their writes, then lets one finish. Prints what it saw as JSON.

Run with CLEANCLAIM_HOME and DATABASE_URL naming an empty state: `python kill_driver.py SEED KILLS CLAIMS`. A child kills itself before its
n-th writing statement; n is drawn between the second and the last write of an undisturbed posting, so each kill falls between them.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
WRITES = ("INSERT", "UPDATE", "DELETE")


def files(count: int) -> tuple[bytes, bytes, bytes]:
    """Return an 837, its 835, and a second 835 that is posted on the side to count its writes."""
    from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file

    claims = [claim(f"K{n}", [("99214", 20000), ("93000", 5000)]) for n in range(count)]
    lines = [
        [paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], f"K{n}L1"), paid_line("93000", 5000, 4000, [("CO", "45", 1000)], f"K{n}L2")]
        for n in range(count)
    ]  # fmt: skip
    era = advice([answer(f"K{n}", lines[n], icn=f"I{n}") for n in range(count)], plb=[("L6", "INT", -325)], trace="KILL1")
    return claims_file(*claims), remittance_file(era), b""


class Counting:
    """Counts writing statements; before the chosen one the process dies without a word."""

    def __init__(self, kill_at: int = 0) -> None:
        self.writes = 0
        self.kill_at = kill_at

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip()[:6].upper() in WRITES:
            self.writes += 1
            if self.writes == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def child(work) -> tuple[int, str]:
    """Run some work in a fork; return its wait status and what it wrote."""
    from django.db import connections

    connections.close_all()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        code = 1
        try:
            os.write(writer, json.dumps(work()).encode())
            code = 0
        finally:
            connections.close_all()
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    return os.waitpid(pid, 0)[1], said


def main(seed: int, kills: int, count: int) -> dict:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cleanclaim.practice.claims.importing import import_claims
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.remittance.models import Decision, Remittance
    from cleanclaim.practice.remittance.posting import post_remittance_file
    from cleanclaim.practice.remittance.queries import posted_totals
    from cleanclaim.practice.workflow.proof import verify

    call_command("migrate", verbosity=0)
    practice = found_practice(name="Kill", at=NOON)
    by = system_actor(practice.pk, at=NOON)
    claims, era, _ = files(count)
    import_claims(content=claims, by=by)

    def post(kill_at=0):
        counting = Counting(kill_at)
        with connection.execute_wrapper(counting):
            done = post_remittance_file(content=era, file_name="kill.835", by=by)
        return {"writes": counting.writes, "posted": len(done.remittances), "duplicates": len(done.duplicates)}

    class Undo(Exception):
        pass

    def rehearse():
        from django.db import transaction

        said = {}
        try:
            with transaction.atomic():
                said = post()
                raise Undo
        except Undo:
            return said

    writes = json.loads(child(rehearse)[1])["writes"]
    draw = random.Random(seed)
    points = [draw.randint(2, writes) for _ in range(kills)]
    killed = 0
    for point in points:
        status, said = child(lambda point=point: post(point))
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and not said
        assert Remittance.objects.of(practice.pk).count() == 0
        assert Decision.objects.of(practice.pk).count() == 0
        assert not [name for name, broken in verify(practice.pk).invariants if broken]
    status, said = child(post)
    final = json.loads(said)
    again = json.loads(child(post)[1])
    totals = posted_totals(practice.pk, list(Remittance.objects.of(practice.pk).values_list("public_id", flat=True)))
    return {
        "engine": connection.vendor, "writes": writes, "points": sorted(points), "killed": killed, "final": final, "again": again,
        "decisions": Decision.objects.of(practice.pk).count(), "deposit_cents": totals.deposit_cents, "ties": totals.ties,
        "broken": [name for name, broken in verify(practice.pk).invariants if broken],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(*(int(word) for word in sys.argv[1:4]))))
