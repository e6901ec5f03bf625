"""The proof after an operation: its claims, credits, remittances and entries, re-derived by a handful of statements, whatever the books hold."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

from cleanclaim.ledger import Account
from cleanclaim.practice.claims.effects import Effect
from cleanclaim.practice.remittance.rules import responsibility_by_line
from cleanclaim.practice.workflow.proof import CLAIM_COLUMNS, LINE_COLUMNS, compare_claims

_CLAIMS: Final = f"SELECT {', '.join(CLAIM_COLUMNS)}, patient_responsibility_cents FROM claims_claim WHERE public_id IN "
_LINES: Final = f"SELECT {', '.join(LINE_COLUMNS)} FROM claims_claimline WHERE claim_id IN "
_DECISIONS: Final = "SELECT id, claim_id, effects, is_reversed, reverses_id FROM remittance_decision WHERE claim_id IN "
_POSTINGS: Final = "SELECT claim, line, account, payer, SUM(cents) FROM journal_journalposting WHERE practice_id = %s AND NOT (claim = '') AND claim IN "
_OPENED: Final = (
    "SELECT p.claim, SUM(p.cents) FROM journal_journalposting p JOIN journal_journalentry e ON e.id = p.entry_id "
    "WHERE p.practice_id = %s AND NOT (p.claim = '') AND p.claim IN {} AND p.\"group\" = 'PR' AND e.kind = 'opening' GROUP BY p.claim"
)
_CREDITS: Final = (
    "SELECT patient, SUM(cents) FROM journal_journalposting WHERE practice_id = %s AND NOT (patient = '') AND patient IN {} "
    "GROUP BY patient, account HAVING account = %s"
)
_ENTRIES: Final = "SELECT entry_id, SUM(cents), COUNT(*) FROM journal_journalposting WHERE entry_id > %s GROUP BY entry_id"
_TIES: Final = """
    SELECT r.public_id, r.paid_cents,
        (SELECT COALESCE(SUM(d.paid_cents), 0) FROM remittance_decision d WHERE d.remittance_id = r.id AND d.source LIKE 'remittance:%%')
        + (SELECT COALESCE(SUM(e.amount_cents), 0) FROM remittance_postingexception e WHERE e.remittance_id = r.id)
        - (SELECT COALESCE(SUM(p.amount_cents), 0) FROM remittance_providerlevelitem p WHERE p.remittance_id = r.id)
    FROM remittance_remittance r WHERE r.public_id IN """
_CASH: Final = (
    "SELECT COALESCE(SUM(cents), 0) FROM journal_journalposting WHERE account = %s AND entry_id IN "
    "(SELECT id FROM journal_journalentry WHERE practice_id = %s AND source >= %s AND source < %s)"
)


class Touched(NamedTuple):
    """What the proof of a few operations found: the invariants that are broken, and the last entry that it looked at."""

    broken: tuple[str, ...]
    last_entry: int


def touched_proof(
    practice_id: int,
    *,
    claims: Collection[str],
    accounts: Collection[str] = (),
    remittances: Collection[str] = (),
    after_entry: int = 0,
) -> Touched:
    """Prove what some operations touched, and nothing else: their claims, the credit of their accounts, their remittances, every entry since the last proof."""
    entries = _rows(_ENTRIES, (after_entry,))
    found = [("every entry sums to zero and has two legs or more", sum(cents != 0 or legs < 2 for _, cents, legs in entries))]
    if claims:
        found += _claims(practice_id, list(claims))
    if accounts:
        held = _rows(_CREDITS.format(_marks(accounts)), (practice_id, *accounts, Account.UNAPPLIED_PATIENT.value))
        found.append(("no patient's unapplied credit is negative", sum(cents > 0 for _, cents in held)))
    if remittances:
        found += _remittances(practice_id, list(remittances))
    return Touched(tuple(name for name, count in found if count), max((row[0] for row in entries), default=after_entry))


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _marks(values: Collection[Any]) -> str:
    return f"({', '.join(['%s'] * len(values))})"


def _claims(practice_id: int, names: list[str]) -> Iterator[tuple[str, int]]:
    """Compare claims with their postings, their responsibility with the decisions that stand, reversals with what they take back."""
    rows = _rows(_CLAIMS + _marks(names), names)
    keys = [row[0] for row in rows]
    postings = _rows(_POSTINGS + _marks(names) + " GROUP BY claim, line, account, payer", (practice_id, *names))
    yield from compare_claims(postings, [row[:-1] for row in rows], _rows(_LINES + _marks(keys), keys))
    before = dict(_rows(_OPENED.format(_marks(names)), (practice_id, *names)))
    kept = {row[0]: row[-1] - before.get(row[1], 0) for row in rows}
    standing: dict[int, list[list[Effect]]] = defaultdict(list)
    taken_back: dict[int, int] = defaultdict(int)
    decisions = _rows(_DECISIONS + _marks(keys), keys)
    for _, claim, effects, is_reversed, reverses in decisions:
        if reverses is not None:
            taken_back[reverses] += 1
        elif not is_reversed:
            standing[claim].append([Effect(*effect) for effect in json.loads(effects)])
    yield (
        "patient responsibility is what standing decisions assign",
        sum(cents != sum(responsibility_by_line(standing.get(key, [])).values()) for key, cents in kept.items()),
    )
    yield (
        "every reversal takes back one decision, once",
        sum(taken_back.get(key, 0) != int(is_reversed) for key, _, _, is_reversed, reverses in decisions if reverses is None),
    )


def _remittances(practice_id: int, names: list[str]) -> Iterator[tuple[str, int]]:
    """Tie remittances to their checks, by their rows and by their cash."""
    rows = _rows(_TIES + _marks(names), names)
    yield "every check is its answers, exceptions and provider adjustments", sum(paid != told for _, paid, told in rows)
    gap = 0
    for name, paid, _ in rows:
        start = f"remittance:{name}"
        gap += _rows(_CASH, (Account.CASH.value, practice_id, f"{start}:", f"{start};"))[0][0] != paid
    yield "the cash of every remittance is its check", gap
