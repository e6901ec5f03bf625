"""Key figures of a period with their formulas, and the records behind each; months as a chart."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.kernel.errors import NotFound
from cleanclaim.kernel.money import Money
from cleanclaim.ledger import Account
from cleanclaim.practice.receivables import key_figures
from cleanclaim.practice.receivables.reports import Figure
from cleanclaim.web.access import for_roles
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.periods import NAMED, period_of
from cleanclaim.web.reports.desk_tabs import report_tabs
from cleanclaim.web.templatetags.desk import account_name

DESK = ("biller", "manager", "auditor")


def in_words(figure: Figure) -> str:
    """Return a figure's value with its unit."""
    if figure.value is None:
        return "–"
    if figure.unit == "cents":
        return f"{Money(int(figure.value)):$}"
    return f"{figure.value} %" if figure.unit == "percent" else f"{figure.value} {figure.unit}"


@for_roles(*DESK)
def figures(request: HttpRequest) -> HttpResponse:
    """Show the key figures of a period."""
    by = actor_of(request)
    period = period_of(request, by.today)
    rows = key_figures.all_figures(by.practice_id, first=period.first, last=period.last)
    wanted = wanted_table(request)
    if wanted:
        names = ("figure", "value", "unit", "formula", "numerator", "denominator")
        table = [
            (row.name, "" if row.value is None else str(row.value), row.unit, row.formula, row.numerator, row.denominator)
            for row in rows
        ]
        return table_answer(wanted, names, table, name=f"figures-{period.first}-{period.last}", title="Key figures")
    months = key_figures.money_by_month(by.practice_id, first=period.first, last=period.last)
    facts = {
        "rows": [(row, in_words(row), key_figures.slug_of(row.name) if key_figures.has_records(key_figures.slug_of(row.name)) else "") for row in rows],
        "period": period, "named": NAMED, "tabs": report_tabs("reports"), "months": months, "chart": _chart(months),
    }  # fmt: skip
    return render(request, "reports/figures.html", facts)


def _chart(months: list[key_figures.MoneyMonth]) -> dict[str, Any]:
    names = ("Charges", "Insurance paid", "Patients paid", "Contractual", "Other write-offs")
    return {
        "labels": [f"{row.month:%b %Y}" for row in months], "is_stacked": False,
        "series": [{"name": name, "cents": [row[place] for row in months]} for place, name in enumerate(names, 1)],
    }  # fmt: skip


@for_roles(*DESK)
def figure(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the records behind a figure."""
    by = actor_of(request)
    period = period_of(request, by.today)
    found = key_figures.behind(by.practice_id, slug, first=period.first, last=period.last)
    if found is None:
        raise NotFound("No figure of this name shows its records.")
    wanted = wanted_table(request)
    if wanted:
        rows = [[cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in found.rows]
        return table_answer(wanted, found.names, rows, name=f"{slug}-{period.first}-{period.last}", title=slug[:31])
    every = key_figures.all_figures(by.practice_id, first=period.first, last=period.last)
    mine = next((row for row in every if key_figures.slug_of(row.name) == slug), None)
    accounts = {account.value for account in Account}
    facts = {
        "figure": mine, "value": in_words(mine) if mine else "", "period": period, "names": found.names, "slug": slug, "tabs": report_tabs("reports"),
        "rows": [[(name, account_name(cell) if cell in accounts else cell) for name, cell in zip(found.names, row, strict=True)] for row in found.rows[:500]],
        "totals": [(account_name(name) if name in accounts else name, cents) for name, cents in found.totals], "count": len(found.rows),
    }  # fmt: skip
    return render(request, "reports/figure.html", facts)
