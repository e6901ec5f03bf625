"""Receivables: aging by payer with its chart, the figures with their formulas, patients to bill, statements, payments at the desk."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import actions, queries, reports
from cleanclaim.practice.receivables.models import PatientPayment
from cleanclaim.practice.receivables.statements import content_of, open_visits, produce_statement
from cleanclaim.practice.registration import queries as registration
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of

DESK = ("biller", "manager", "auditor")
MONEY_DESK = ("biller", "manager", "front_desk")
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
    accounts = queries.patients_to_bill(by.practice_id, on=by.today, limit=50)
    names = registration.cards_by_id(by.practice_id, accounts)
    owing = [(names.get(account), account, queries.account_summary(by.practice_id, account, on=by.today)) for account in accounts]
    facts: dict[str, Any] = {
        "rows": rows, "totals": totals, "total_cents": sum(totals), "labels": LABELS, "basis": basis, "owing": owing,
        "chart": {"labels": LABELS, "series": [{"name": row.name, "cents": [bucket.cents for bucket in row.buckets]} for row in rows]},
        "figures": reports.figures(by.practice_id, first=by.today - timedelta(days=_PERIOD_DAYS - 1), last=by.today),
        "first": by.today - timedelta(days=_PERIOD_DAYS - 1),
    }  # fmt: skip
    return render(request, "receivables/receivables.html", facts)


@for_roles(*DESK)
def aging_csv(request: HttpRequest) -> HttpResponse:
    """Return the aging as CSV, in dollars."""
    by = actor_of(request)
    rows, totals = _aging(by, "billed" if request.GET.get("basis") == "billed" else "service")
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["owed by", *LABELS, "total"])
    for row in rows:
        name = f"'{row.name}" if row.name[:1] in "=+-@" else row.name  # a spreadsheet must not take a name for a formula
        sheet.writerow([name, *(str(Money(bucket.cents)) for bucket in row.buckets), str(Money(row.total_cents))])
    sheet.writerow(["total", *(str(Money(cents)) for cents in totals), str(Money(sum(totals)))])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="aging-{by.today.isoformat()}.csv"'
    return answer


class PaymentForm(forms.Form):
    """Money that a patient hands over."""

    amount = forms.CharField(max_length=12)
    method = forms.ChoiceField(choices=PatientPayment.Method.choices)
    reference = forms.CharField(label="Check or receipt number", max_length=60, required=False)

    def clean_amount(self) -> int:
        """Read dollars into cents."""
        try:
            return int(Money.parse(self.cleaned_data["amount"].strip().lstrip("$")))
        except InvalidValue as wrong:
            raise forms.ValidationError(str(wrong)) from None


@for_roles(*MONEY_DESK)
def statement(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Show what a patient's statement says, what was sent before, and take a payment or agree a plan."""
    by = actor_of(request)
    card = registration.card(by.practice_id, patient_id)
    account = queries.account_id(by.practice_id, patient_id)
    facts = {
        "card": card, "summary": queries.account_summary(by.practice_id, patient_id, on=by.today),
        "visits": open_visits(by.practice_id, account), "statements": queries.statements_of(by.practice_id, account),
        "payments": queries.payments_of(by.practice_id, account), "plan": queries.plan_standing(by.practice_id, account, on=by.today),
        "form": PaymentForm(),
    }  # fmt: skip
    return render(request, "receivables/statement.html", facts)


@for_roles(*MONEY_DESK)
@require_POST
def act(request: HttpRequest, patient_id: str, how: str) -> HttpResponse:
    """Produce a statement, take a payment or agree a plan."""
    by = actor_of(request)
    if how == "produce":
        made = produce_statement(patient_id=patient_id, by=by)
        messages.success(request, f"Statement {made.number} asks for {Money(made.due_now_cents):$}.")
    elif how == "pay":
        form = PaymentForm(request.POST)
        if not form.is_valid():
            raise InvalidValue(" ".join(str(error) for errors in form.errors.values() for error in errors))
        given = form.cleaned_data
        actions.take_payment(
            patient_id=patient_id, cents=given["amount"], method=given["method"], reference=given["reference"], by=by
        )
        messages.success(request, f"{Money(given['amount']):$} taken.")
    elif how == "plan":
        parts = request.POST.get("parts", "")
        if not parts.isdecimal() or not 2 <= int(parts) <= 24:
            raise InvalidValue("A plan has 2 to 24 monthly parts.")
        actions.agree_plan(patient_id=patient_id, parts=int(parts), first_on=by.today, by=by)
        messages.success(request, f"The balance is paid in {parts} monthly parts.")
    else:
        raise InvalidValue("The desk does not know this action.")
    return redirect("statement", patient_id=patient_id)


@for_roles(*MONEY_DESK)
def statement_pdf(request: HttpRequest, patient_id: str, number: str) -> HttpResponse:
    """Return a statement as it was given to the patient."""
    by = actor_of(request)
    account = queries.account_id(by.practice_id, patient_id)
    found = next((row for row in queries.statements_of(by.practice_id, account) if row.number == number), None)
    if found is None:
        raise InvalidValue("This account has no statement of that number.")
    answer = HttpResponse(content_of(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="statement-{number}.pdf"'
    return answer
