"""Balances, always summed from the entries themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Sum

from cleanclaim.ledger import Account, Posting
from cleanclaim.practice.foundation.planning import refresh_statistics
from cleanclaim.practice.journal.models import ClosedPeriod, JournalEntry, JournalPosting


class JournalProof(NamedTuple):
    """How the books stand: entries, unbalanced ones, and each invariant with how many records break it."""

    entries: int
    unbalanced: int
    invariants: tuple[tuple[str, int], ...]


def legs(practice_id: int, *, as_of: date | None = None, **where: Any) -> QuerySet[Any]:
    """Return the postings of a practice, up to and with a day."""
    rows = JournalPosting.objects.of(practice_id).filter(**where)
    for name in ("claim", "patient"):
        if any(key.partition("__")[0] == name for key in where):
            rows = rows.exclude(**{name: ""})  # SQLite takes a partial index only where the question repeats its condition
    return rows.filter(entry__on__lte=as_of) if as_of else rows


def legs_of_claims(practice_id: int, claim_ids: Collection[str]) -> QuerySet[Any]:
    """Return the postings of some claims. The account is never asked beside them: an engine without statistics would go by it instead."""
    return JournalPosting.objects.of(practice_id).exclude(claim="").filter(claim__in=claim_ids)


def legs_of_patients(practice_id: int, patient_ids: Collection[str]) -> QuerySet[Any]:
    """Return the postings of some accounts; see `legs_of_claims`."""
    return JournalPosting.objects.of(practice_id).exclude(patient="").filter(patient__in=patient_ids)


def legs_by_source(practice_id: int, sources: Collection[str]) -> dict[str, list[Posting]]:
    """Return the legs of the entries that some sources made, in the order in which they were written."""
    found = dict(JournalEntry.objects.of(practice_id).filter(source__in=sources).values_list("id", "source"))
    made: dict[str, list[Posting]] = {source: [] for source in found.values()}
    rows = JournalPosting.objects.across_practices().filter(entry_id__in=list(found)).order_by("id")
    names = ("entry_id", "account", "cents", "claim", "line", "patient", "payer", "group", "reason")
    for entry, account, *rest in rows.values_list(*names):
        made[found[entry]].append(Posting(Account(account), *rest))
    return made


def balance(practice_id: int, account: Account, *, as_of: date | None = None, **where: Any) -> int:
    """Return an account's balance in cents, debit positive."""
    return int(legs(practice_id, as_of=as_of, account=account.value, **where).aggregate(cents=Sum("cents"))["cents"] or 0)


def balances(practice_id: int, *, as_of: date | None = None, **where: Any) -> dict[str, int]:
    """Return the balance of every account that moved, in cents, debit positive; `claim=`, `patient=` or `payer=` narrow it."""
    rows = legs(practice_id, as_of=as_of, **where).values("account").annotate(cents=Sum("cents")).order_by("account")
    return {row["account"]: int(row["cents"]) for row in rows}


def verify(practice_id: int) -> JournalProof:
    """Re-derive what must hold of the books alone; the apps above add their own invariants."""
    refresh_statistics(JournalEntry, JournalPosting)
    by_entry = JournalPosting.objects.of(practice_id).values("entry_id").annotate(cents=Sum("cents"), legs=Count("id")).order_by()
    sums = by_entry.exclude(cents=0).count()
    entries = JournalEntry.objects.of(practice_id).count()
    whole = by_entry.filter(legs__gte=2).count()
    strays = JournalPosting.objects.of(practice_id).exclude(entry__practice=practice_id).count()
    strangers = JournalPosting.objects.of(practice_id).exclude(account__in=[account.value for account in Account]).count()
    total = int(JournalPosting.objects.of(practice_id).aggregate(cents=Sum("cents"))["cents"] or 0)
    late = sum(
        JournalEntry.objects.of(practice_id).filter(on__lte=period.last, recorded_at__gt=period.closed_at).count()
        for period in ClosedPeriod.objects.of(practice_id)
    )
    return JournalProof(
        entries,
        sums,
        (
            ("every entry sums to zero", sums),
            ("all postings sum to zero", int(total != 0)),
            ("every entry has two legs or more", abs(entries - whole)),
            ("every leg is of an entry of its own practice", strays),
            ("every leg is on an account of the chart", strangers),
            ("nothing was posted to a closed period after its closing", late),
        ),
    )
