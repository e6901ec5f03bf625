"""Reading the books entry by entry: what stands behind a balance, and the trial balance of a day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from cleanclaim.practice.journal.models import ClosedPeriod, JournalPosting


class LedgerRow(NamedTuple):
    """One leg with its entry."""

    entry: str
    on: date
    kind: str
    source: str
    says: str
    account: str
    claim: str
    line: int
    group: str
    reason: str
    cents: int


def ledger_rows(
    practice_id: int, *, account: str = "", claim: str = "", patient: str = "", payer: str = "", first: date | None = None,
    last: date | None = None, start: int = 0, size: int = 200,
) -> list[LedgerRow]:  # fmt: skip
    """Return a page of the legs that fit, the newest first; each claim, patient or payer by its public id."""
    rows = JournalPosting.objects.of(practice_id)
    wanted = {"account": account, "claim": claim, "patient": patient, "payer": payer}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if first is not None:
        rows = rows.filter(entry__on__gte=first)
    if last is not None:
        rows = rows.filter(entry__on__lte=last)
    names = (
        "entry__public_id", "entry__on", "entry__kind", "entry__source", "entry__says", "account", "claim", "line", "group", "reason", "cents",
    )  # fmt: skip
    return [LedgerRow(*row) for row in rows.order_by("-entry_id", "id").values_list(*names)[start : start + size]]


def trial_balance(practice_id: int, *, as_of: date) -> list[tuple[str, int]]:
    """Return every account with its balance on the evening of a day, debit positive; they sum to zero."""
    rows = JournalPosting.objects.of(practice_id).filter(entry__on__lte=as_of)
    return [
        (account, int(cents)) for account, cents in rows.values_list("account").annotate(cents=Sum("cents")).order_by("account")
    ]


def closed_periods(practice_id: int) -> list[ClosedPeriod]:
    """Return the closed periods, the latest first."""
    return list(ClosedPeriod.objects.of(practice_id).order_by("-last"))
