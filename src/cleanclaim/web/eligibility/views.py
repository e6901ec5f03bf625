"""Asking a payer whether a coverage is in force, reading the answer, and recording what it permits."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.practice.connections import actions as connections
from cleanclaim.practice.eligibility import actions, asking, policy, queries
from cleanclaim.practice.foundation.actor import system_actor
from cleanclaim.practice.registration import queries as registration
from cleanclaim.web.access import for_roles
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.desk_forms import DayField
from cleanclaim.web.middleware import actor_of

LEVELS: Final = {"IND": "individual", "FAM": "family", "EMP": "employee", "DEP": "dependent"}


@for_roles(*policy.ASKS)
def worklist(request: HttpRequest) -> HttpResponse:
    """List the answers that need a person, the nearest visit first."""
    by = actor_of(request)
    return render(request, "eligibility/worklist.html", {"rows": queries.worklist(by.practice_id)})


@for_roles(*policy.ASKS, "provider", "auditor")
def check(request: HttpRequest, check_id: str) -> HttpResponse:
    """Show a question and the benefits that the payer told."""
    by = actor_of(request)
    card = queries.check(by.practice_id, check_id)
    if is_closed_to(request, by, card.row.patient_id):
        return open_first(card.row.patient_id)
    may = bool(by.roles & set(policy.ASKS))
    return render(request, "eligibility/check.html", {"card": card, "row": card.row, "levels": LEVELS, "may_ask": may})


@for_roles(*policy.ASKS)
@require_POST
def ask(request: HttpRequest, coverage_id: str) -> HttpResponse:
    """Ask the payer about a coverage today, send the question, and take what is there already."""
    by = actor_of(request)
    coverage = registration.coverage_row(by.practice_id, coverage_id)
    if is_closed_to(request, by, coverage.patient.public_id):
        return open_first(coverage.patient.public_id)
    made = asking.check_eligibility(coverage_id=coverage_id, asked_for=by.today, by=by)
    asking.ask_due(by=by)
    machine = system_actor(by.practice_id, at=by.at, zone=by.zone)
    try:
        connections.deliver(machine)
    except CleanclaimError as wrong:
        messages.warning(request, f"The question waits to be sent: {wrong}")
    row = queries.check(by.practice_id, made.public_id).row
    if row.state == "answered":
        return redirect("eligibility-check", check_id=made.public_id)
    messages.success(request, "The payer is asked. The answer comes with the next collection.")
    return redirect("patient", patient_id=coverage.patient.public_id)


@for_roles(*policy.ASKS)
@require_POST
def settle(request: HttpRequest, check_id: str) -> HttpResponse:
    """Note that somebody dealt with an answer."""
    by = actor_of(request)
    patient_id = queries.check(by.practice_id, check_id).row.patient_id
    if is_closed_to(request, by, patient_id):
        return open_first(patient_id)
    actions.settle_check(check_id=check_id, by=by)
    messages.success(request, "Settled; it left the list.")
    return redirect("eligibility")


class AuthorizationForm(forms.Form):
    """What a payer permitted."""

    number = forms.CharField(max_length=50)
    kind = forms.ChoiceField(choices=[("prior", "Prior authorisation"), ("referral", "Referral")])
    valid_from = DayField(label="First day")
    valid_to = DayField(label="Last day", required=False)
    visits_allowed = forms.IntegerField(label="Visits", required=False, min_value=1, max_value=999)
    procedures = forms.CharField(label="Procedures (empty: all)", required=False, max_length=200)

    def facts(self) -> dict[str, Any]:
        """Return the keyword arguments of `add_authorization`."""
        given = dict(self.cleaned_data)
        return given | {"procedures": tuple(given["procedures"].replace(",", " ").split())}


@for_roles(*policy.ASKS)
def authorization_add(request: HttpRequest, coverage_id: str) -> HttpResponse:
    """Record a prior authorisation or a referral."""
    by = actor_of(request)
    coverage = registration.coverage_row(by.practice_id, coverage_id)
    patient_id = coverage.patient.public_id
    if is_closed_to(request, by, patient_id):
        return open_first(patient_id)
    form = AuthorizationForm(request.POST or None, initial={"valid_from": by.today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_authorization(coverage_id=coverage_id, by=by, **form.facts())
        except CleanclaimError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, "The authorisation is recorded.")
            return redirect("patient", patient_id=patient_id)
    facts = {
        "form": form, "title": f"Authorisation by {coverage.payer.name}", "back": patient_id, "patient": coverage.patient.display_name,
        "button": "Record",
    }  # fmt: skip
    return render(request, "registration/form.html", facts, status=422 if form.errors else 200)
