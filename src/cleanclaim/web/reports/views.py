"""Key figures of a period with their formulas, and the records behind each; months as a chart."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import NotFound
from cleanclaim.kernel.money import Money
from cleanclaim.ledger import Account
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import key_figures
from cleanclaim.practice.receivables.costs import costs, enter_cost
from cleanclaim.practice.receivables.figures import Figure, Part
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField, DeskForm, MoneyField
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.periods import NAMED, period_of
from cleanclaim.web.reports.desk_tabs import report_tabs
from cleanclaim.web.templatetags.desk import account_name
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")
_SHOWN: Final = 500
_MOST: Final = 100_000
"""Records on a page, and in a file."""


def in_words(figure: Figure) -> str:
    """Return a figure's value with its unit."""
    if figure.value is None:
        return "–"
    if figure.unit == "weight":
        return str(figure.value)
    return f"{figure.value} %" if figure.unit == "percent" else f"{figure.value} {figure.unit}"


@for_roles(*DESK)
def figures(request: HttpRequest) -> HttpResponse:
    """Show the key figures of a period."""
    by = actor_of(request)
    period = period_of(request, by.today)
    rows = key_figures.all_figures(by.practice_id, first=period.first, last=period.last)
    wanted = wanted_table(request)
    if wanted:
        names = ("figure", "value", "unit", "formula", "above", "numerator", "below", "denominator")
        table = [
            (row.name, "" if row.value is None else str(row.value), row.unit, row.formula, row.above.says, amount_in_words(row.above, plain=True),
             row.below.says, amount_in_words(row.below, plain=True))
            for row in rows
        ]  # fmt: skip
        return table_answer(wanted, names, table, name=f"figures-{period.first}-{period.last}", title="Key figures")
    months = key_figures.money_by_month(by.practice_id, first=period.first, last=period.last)
    facts = {
        "rows": [(row, in_words(row)) for row in rows], "period": period, "named": NAMED, "tabs": report_tabs("reports"), "months": months,
        "chart": _chart(months),
    }  # fmt: skip
    return render(request, "reports/figures.html", facts)


def amount_in_words(part: Part, *, plain: bool = False) -> str:
    """Return what a side adds up to, in its unit; `plain` without the dollar sign, for a file."""
    if not part.is_money:
        return str(part.amount)
    money = Money(int(part.amount))
    return str(money) if plain else f"{money:$}"


def _chart(months: list[key_figures.MoneyMonth]) -> dict[str, Any]:
    names = ("Charges", "Insurance paid", "Patients paid", "Contractual", "Other write-offs")
    return {
        "labels": [f"{row.month:%b %Y}" for row in months], "is_stacked": False,
        "series": [{"name": name, "cents": [row[place] for row in months]} for place, name in enumerate(names, 1)],
    }  # fmt: skip


@for_roles(*DESK)
def figure(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the records behind both sides of a figure; each side is a file of its own."""
    by = actor_of(request)
    period = period_of(request, by.today)
    every = key_figures.all_figures(by.practice_id, first=period.first, last=period.last)
    found = next((row for row in every if row.slug == slug), None)
    if found is None:
        raise NotFound("There is no figure of this name.")
    wanted = wanted_table(request)
    if wanted:
        side = "below" if request.GET.get("side") == "below" else "above"
        part = found.below if side == "below" else found.above
        rows = ([cell.isoformat() if isinstance(cell, date) else _cell(cell) for cell in row] for row in islice(part.rows(), _MOST))
        return table_answer(wanted, part.names, rows, name=f"{slug}-{side}-{period.first}-{period.last}", title=slug[:31])
    facts = {
        "figure": found, "value": in_words(found), "period": period, "slug": slug, "tabs": report_tabs("reports"),
        "sides": [_side(name, title, part) for name, title, part in (("above", "Above the line", found.above), ("below", "Below the line", found.below))],
    }  # fmt: skip
    return render(request, "reports/figure.html", facts)


def _cell(cell: object) -> object:
    return str(cell) if isinstance(cell, Decimal) else cell


def _side(name: str, title: str, part: Part) -> dict[str, Any]:
    accounts = {account.value for account in Account}
    rows = list(islice(part.rows(), _SHOWN + 1))
    return {
        "name": name, "title": title, "says": part.says, "amount": amount_in_words(part), "names": part.names, "is_cut": len(rows) > _SHOWN,
        "rows": [
            [(column, account_name(cell) if cell in accounts else cell) for column, cell in zip(part.names, row, strict=True)] for row in rows[:_SHOWN]
        ],
    }  # fmt: skip


class CostForm(DeskForm):
    """A month and what it cost."""

    month = DayField(label="A day of the month")
    amount = MoneyField(label="Cost of the revenue cycle in that month")
    says = forms.CharField(
        label="What is in it", max_length=120, required=False, help_text="Wages, clearinghouse, postage, the agency's part."
    )

    def prepare(self) -> None:
        """The last month that is over."""
        self.fields["month"].initial = self.by.today.replace(day=1) - timedelta(days=1)


def _enter(by: Actor, _subject: Any, given: Given) -> str:
    made = enter_cost(month=given["month"], cents=given["amount"], says=given["says"], by=by)
    return f"{made.month:%m/%Y} cost {Money(made.cents):$}."


COSTS: Final = {"enter": Work("Enter a month's cost", _enter, CostForm, roles=("manager",), button="Enter", says="A month that is entered already is put right.")}  # fmt: skip


@for_roles(*DESK)
def cost_page(request: HttpRequest) -> HttpResponse:
    """Show what each month cost, for the cost to collect."""
    return _costs(request)


def _costs(request: HttpRequest, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    works = shown(by, COSTS, None, lambda how: reverse("report-cost", args=[how]), asked)
    return render(
        request, "reports/costs.html", {"rows": costs(by.practice_id), "works": works, "tabs": report_tabs("report-costs")}
    )


@for_roles("manager")
@require_POST
def cost(request: HttpRequest, how: str) -> HttpResponse:
    """Enter what a month cost."""
    return attempt(request, how, COSTS, None, show=lambda asked: _costs(request, asked), back=reverse("report-costs"))
