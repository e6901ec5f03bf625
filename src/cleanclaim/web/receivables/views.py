"""Receivables: aging by payer with its chart, the figures with their formulas, the patients who owe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import queries, worklists
from cleanclaim.practice.receivables.book_figures import leading_figures
from cleanclaim.practice.receivables.figure_parts import Books
from cleanclaim.practice.receivables.figures import Span
from cleanclaim.practice.registration import queries as registration
from cleanclaim.web.access import for_roles
from cleanclaim.web.downloads import table_answer
from cleanclaim.web.middleware import actor_of

DESK = ("biller", "manager", "auditor")
_PERIOD_DAYS = 90


def _aging(by: Actor, basis: str) -> tuple[list[queries.AgedRow], list[int]]:
    rows = queries.aging(by.practice_id, on=by.today, basis=basis)
    return rows, [sum(row.buckets[place].cents for row in rows) for place in range(5)]


LABELS = ("0–30 days", "31–60", "61–90", "91–120", "over 120")


@for_roles(*DESK)
def receivables(request: HttpRequest) -> HttpResponse:
    """Show what is owed, by whom and how old, as a chart and as a table."""
    by = actor_of(request)
    basis = "billed" if request.GET.get("basis") == "billed" else "service"
    rows, totals = _aging(by, basis)
    found = worklists.owing_accounts(by.practice_id, on=by.today, limit=100)
    names = registration.cards_by_id(by.practice_id, [row.account for row in found if row.account.startswith("pat_")])
    numbers = claims.numbers_of(by.practice_id, [row.account for row in found if row.account.startswith("clm_")])
    owing = [(names.get(row.account), numbers.get(row.account, ""), row) for row in found]
    facts: dict[str, Any] = {
        "rows": rows, "totals": totals, "total_cents": sum(totals), "labels": LABELS, "basis": basis, "owing": owing,
        "chart": {"labels": LABELS, "series": [{"name": row.name, "cents": [bucket.cents for bucket in row.buckets]} for row in rows]},
        "figures": leading_figures(Books(Span(by.practice_id, by.today - timedelta(days=_PERIOD_DAYS - 1), by.today))),
        "first": by.today - timedelta(days=_PERIOD_DAYS - 1),
    }  # fmt: skip
    return render(request, "receivables/receivables.html", facts)


@for_roles(*DESK)
def aging_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the aging as CSV or XLSX, in dollars."""
    by = actor_of(request)
    rows, totals = _aging(by, "billed" if request.GET.get("basis") == "billed" else "service")
    names = ("owed_by", *(f"{label.replace(' days', '')}_cents" for label in LABELS), "total_cents")
    table = [(row.name, *(bucket.cents for bucket in row.buckets), row.total_cents) for row in rows]
    table.append(("total", *totals, sum(totals)))
    return table_answer(kind, names, table, name=f"aging-{by.today.isoformat()}", title="Aging")
