"""Recording an action, inside the transaction that carries it out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from cleanclaim.practice.audit.models import AuditHead, AuditRow
from cleanclaim.practice.audit.rules import anchor_text, row_text
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.bulk import insert_rows
from cleanclaim.practice.foundation.fields import ring


def record(by: Actor, action: str, subject: str, /, **facts: Any) -> None:
    """Append one row to the practice's chain. Facts are ids, counts, cents, reasons: never patient data.

    Must run inside the action's transaction, so that the change and its trace commit together (45 CFR 164.312(b)).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An action is recorded inside its own transaction.")
    seq, last = _head(by.practice_id)
    row = AuditRow(
        practice_id=by.practice_id,
        seq=seq + 1,
        at=by.at,
        actor=by.name[:120],
        roles=",".join(sorted(by.roles))[:120],
        action=action,
        subject=subject,
        facts=json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str),
    )
    row.link = ring().chain(last, row_text(row))
    insert_rows(AuditRow, [row])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_audithead SET seq = %s, link = %s WHERE practice_id = %s", [row.seq, row.link, by.practice_id])
    transaction.on_commit(lambda: _anchor(by.practice_id, row.seq, row.link))


def _head(practice_id: int) -> tuple[int, str]:
    """Return the end of the practice's chain, locked until the transaction ends."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(f"SELECT seq, link FROM audit_audithead WHERE practice_id = %s{lock}", [practice_id])
            found = cursor.fetchone()
            if found is not None:
                return int(found[0]), str(found[1])
            AuditHead.objects.bulk_create([AuditHead(practice_id=practice_id)], ignore_conflicts=True)
    raise RuntimeError("The practice's audit chain has no head.")


def anchor_path(practice_id: int) -> Path:
    """Return where the practice's signed anchor stands: outside the database, so a shortened chain shows."""
    return Path(settings.HOME) / "audit" / f"anchor-{practice_id}.json"


def _anchor(practice_id: int, seq: int, link: str) -> None:
    path = anchor_path(practice_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    signature = ring().chain("anchor", anchor_text(practice_id, seq, link))
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps({"seq": seq, "link": link, "signature": signature}), encoding="ascii")
    draft.replace(path)
