"""Many processes post one file at the same moment; prints what each of them did. `python race_driver.py PROCESSES`."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")
NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def main(processes: int) -> dict:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cleanclaim.practice.claims.importing import import_claims
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.remittance.models import Decision, Remittance
    from cleanclaim.practice.remittance.posting import post_remittance_file
    from cleanclaim.practice.workflow.proof import verify
    from practice.remittance.kill_driver import files

    call_command("migrate", verbosity=0)
    practice = found_practice(name="Race", at=NOON)
    by = system_actor(practice.pk, at=NOON)
    claims, era, _ = files(8)
    import_claims(content=claims, by=by)
    start = time.time() + 1.5 + processes * 0.02
    children = []
    connection.close()
    for _ in range(processes):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            said = "crashed"
            try:
                time.sleep(max(0, start - time.time()))
                done = post_remittance_file(content=era, file_name="race.835", by=by)
                said = "posted" if done.remittances else "duplicate" if done.duplicates else "nothing"
            except Exception as wrong:  # noqa: BLE001 - the parent reports it
                said = f"{type(wrong).__name__}: {wrong}"
            finally:
                os.write(writer, said.encode())
                os._exit(0)
        os.close(writer)
        children.append((pid, reader))
    said = []
    for pid, reader in children:
        with os.fdopen(reader) as pipe:
            said.append(pipe.read())
        os.waitpid(pid, 0)
    return {
        "engine": connection.vendor, "said": {word: said.count(word) for word in sorted(set(said))}, "remittances": Remittance.objects.of(practice.pk).count(),
        "decisions": Decision.objects.of(practice.pk).count(), "broken": [name for name, broken in verify(practice.pk).invariants if broken],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
