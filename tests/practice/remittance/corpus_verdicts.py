"""Runs every third-party file through import and posting, each in a practice of its own, and says what became of it.

`python tests/practice/remittance/corpus_verdicts.py ../shared/corpus/x12` (src and tests on the path) writes docs/money/corpus.md anew.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
TABLE = Path(__file__).resolve().parents[3] / "docs" / "money" / "corpus.md"
HEAD = """# What becomes of every third-party file

The 140 files of the X12 corpus (ten public repositories; test material that stands beside the checkout, not part of the product), each
imported and posted in an empty practice. No 837 and 835 of them pair, so an 835's answers wait in the exceptions queue, their money held as unapplied;
"ties" says that every cent of the checks is accounted for. "differs" marks where the verdict is not what the file's own project expects, with the reason.
`tests/practice/remittance/test_corpus.py` holds this table against the program; `corpus_verdicts.py` beside it writes it.

| file | holds | verdict | what happened | differs |
| --- | --- | --- | --- | --- |
"""


def manifest(root: Path) -> list[dict[str, str]]:
    with (root / "MANIFEST.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def verdict(path: Path, row: dict[str, str]) -> tuple[str, str, str]:
    """Return (verdict, what happened, how it differs from the file's own project) for one file, in a fresh practice."""
    from cleanclaim.kernel.errors import UnreadableInput
    from cleanclaim.kernel.money import Money
    from cleanclaim.practice.claims.importing import import_claims
    from cleanclaim.practice.foundation.actions import found_practice
    from cleanclaim.practice.foundation.actor import system_actor
    from cleanclaim.practice.remittance import queries
    from cleanclaim.practice.remittance.posting import post_remittance_file
    from cleanclaim.practice.workflow.proof import verify

    practice = found_practice(name=f"Corpus {row['path'][:80]}", at=NOON)
    by = system_actor(practice.pk, at=NOON)
    content = path.read_bytes()
    word, said = "read", "holds neither claims nor remittances: nothing to import or post"
    try:
        done = import_claims(content=content, by=by, source=path.name)
    except UnreadableInput:
        done = None
    if done is not None:
        refused = [skipped for skipped in done.skipped if skipped.is_refused]
        kept = [skipped for skipped in done.skipped if not skipped.is_refused]
        word = "import" if done.claims else "refuse"
        said = f"{len(done.claims)} claims imported"
        said += "".join(f"; {_count(rows)}" for rows in (_grouped(refused), _grouped(kept)) if rows)
    try:
        posted = post_remittance_file(content=content, file_name=path.name, by=by)
    except UnreadableInput as wrong:
        if "remittance" not in str(wrong) and done is None:
            word, said = "refuse", str(wrong)
    else:
        totals = queries.posted_totals(practice.pk, posted.remittances)
        waiting = list(queries.exception_rows(practice.pk, posted.remittances))
        dated = [row for row in waiting if row["reason"] == "implausible-date" and not row["patient_control_number"]]
        waiting = [row for row in waiting if row not in dated]
        if posted.refused:
            word, said = (
                "refuse",
                " ".join(posted.refused[:2]) + (f" (and {len(posted.refused) - 2} more)" if len(posted.refused) > 2 else ""),
            )
        else:
            word = "exception" if waiting or dated else "post"
            amounts = ", ".join(
                f"{exception['patient_control_number'] or '(none)'} {Money(exception['amount_cents'])}" for exception in waiting[:4]
            )
            said = f"{len(posted.remittances)} checks, deposit {Money(totals.deposit_cents)}, {len(waiting)} answers wait ({amounts}{', ...' if len(waiting) > 4 else ''})"
            said += ", a check's own day cannot be meant" if dated else ""
            said += f", provider adjustments {Money(totals.provider_cents)}" if totals.provider_cents else ""
            said += f", {len(posted.duplicates)} transactions of the same content refused" if posted.duplicates else ""
            said += "; ties" if totals.ties else "; DOES NOT TIE"
    broken = [name for name, count in verify(practice.pk).invariants if count]
    assert not broken, (row["path"], broken)
    differs = ""
    if word == "refuse" and row["expected"] == "valid":
        differs = (
            "its project takes it as valid: it looks at structure, not at the money"
            if "add up" in said or "balance" in said
            else "its project reads a fragment without its envelope"
        )
    if word in {"import", "post", "exception"} and row["expected"] == "invalid":
        differs = "its project calls it invalid for its structure; its claims are readable and add up"
    return word, said, differs


def _grouped(rows) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.why, []).append(row.patient_control_number or "(none)")
    return found


def _count(rows: dict[str, list[str]]) -> str:
    return "; ".join(
        f"{', '.join(numbers[:3])}{' ...' if len(numbers) > 3 else ''}: {why.rstrip('.')}" for why, numbers in rows.items()
    )


def table(root: Path) -> str:
    lines = []
    for row in manifest(root):
        word, said, differs = verdict(root / row["path"], row)
        cells = (row["path"], row["transaction"] or "?", word, said, differs)
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.settings")
    os.environ["CLEANCLAIM_HOME"] = tempfile.mkdtemp(prefix="corpus-")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    TABLE.write_text(table(Path(sys.argv[1])), encoding="utf-8")
