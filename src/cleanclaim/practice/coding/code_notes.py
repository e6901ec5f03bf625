"""The practice's own remarks on codes, one in force for each code; earlier ones stay readable."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import policy, rules
from cleanclaim.practice.coding.models import CodeNote
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import save_checked, transaction_for
from cleanclaim.practice.people.policy import require

LONGEST: Final = 1000


class CodeNoteRow(NamedTuple):
    """One version of a remark."""

    note_id: str
    text: str
    revision: int
    set_by: str
    set_at: datetime
    ended_at: datetime | None


def set_code_note(*, system: str, code: str, text: str, by: Actor) -> str:
    """Write the practice's remark on a code; the former one ends. An empty text ends it and writes none. Return its id, or nothing."""
    require(by, *policy.SETS_TERMS)
    told = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(told) > LONGEST:
        raise InvalidValue(f"A remark on a code has at most {LONGEST:,} characters; this one has {len(told):,}.")
    if system not in rules.SYSTEMS:
        raise InvalidValue(f"A code's system is one of {', '.join(sorted(rules.SYSTEMS))}.")
    written = rules.with_dot(code) if system == "icd10cm" else code.strip().upper()
    with transaction_for(by):
        rows = CodeNote.objects.of(by.practice_id).filter(system=system, code=written)
        before: CodeNote | None = rows.select_for_update().order_by("-revision").first()
        if before is not None and before.ended_at is None:
            if before.text == told:
                return str(before.public_id)
            before.ended_at, before.ended_by = by.at, by.name
            save_checked(before, fields=["ended_at", "ended_by"])
        if not told:
            if before is not None:
                record(by, "end_code_note", before.public_id, system=system, code=written)
            return ""
        note = CodeNote(
            practice_id=by.practice_id, system=system, code=written, text=told, set_by=by.name, created_at=by.at,
            revision=before.revision + 1 if before else 1,
        )  # fmt: skip
        note.save()
        record(by, "set_code_note", note.public_id, system=system, code=written, revision=note.revision)
    return str(note.public_id)


def code_notes(practice_id: int, system: str, code: str) -> list[CodeNoteRow]:
    """Return the remarks on a code, the one in force first."""
    written = rules.with_dot(code) if system == "icd10cm" else code.strip().upper()
    rows = CodeNote.objects.of(practice_id).filter(system=system, code=written).order_by("-revision")
    return [CodeNoteRow(row.public_id, row.text, row.revision, row.set_by, row.created_at, row.ended_at) for row in rows]
