"""Finding, registering and reading patients."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cleanclaim.kernel.dates import age_on
from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.practice.eligibility import queries as eligibility
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.registration import actions, policy, queries
from cleanclaim.practice.registration.rules import DuplicateSuspected
from cleanclaim.practice.scheduling import queries as scheduling
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.receivables.account import account_facts
from cleanclaim.web.registration.forms import CoverageForm, PatientForm

DESK = ("front_desk", "biller", "manager", "provider")
OF_AGE = 18
"""The age from which a person answers for a bill in nearly every state; a younger one is asked about through a guarantor."""


@for_roles(*DESK)
def patients(request: HttpRequest) -> HttpResponse:
    """List the newest patients, or those whose name, birth date, phone or chart number was typed."""
    by = actor_of(request)
    words = request.GET.get("q", "").strip()
    rows = queries.find_patients(by.practice_id, words, limit=50) if words else queries.patients(by.practice_id, limit=50)
    template = "registration/patient_rows.html" if request.headers.get("HX-Request") else "registration/patients.html"
    return render(request, template, {"rows": rows, "q": words})


@for_roles("front_desk", "manager")
def register(request: HttpRequest) -> HttpResponse:
    """Register somebody; a likely duplicate is shown before a second record is made."""
    by = actor_of(request)
    form = PatientForm(request.POST or None, initial={"sex": "F"})
    alike: list[queries.PatientRow] = []
    if request.method == "POST" and form.is_valid():
        try:
            patient = actions.register_patient(by=by, **form.facts())
        except DuplicateSuspected as suspected:
            found = queries.cards_by_id(by.practice_id, [patient_id for patient_id, _ in suspected.candidates])
            alike = list(found.values())
            form = PatientForm({**request.POST.dict(), "is_somebody_new": "on"})
        except CleanclaimError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, f"{patient.display_name} is registered. Add the coverage next.")
            return redirect("coverage-add", patient_id=patient.public_id)
    return render(request, "registration/register.html", {"form": form, "alike": alike}, status=400 if form.errors else 200)


class Refusal(NamedTuple):
    """What somebody wanted of a row of the page and why it was refused: which row, what, the sentence, what was typed."""

    row: str
    how: str
    says: str
    typed: str = ""


@for_roles(*DESK)
def patient(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Show a patient: who they are, who pays, when they come, what they owe."""
    return show_patient(request, patient_id)


def show_patient(request: HttpRequest, patient_id: str, refused: Refusal | None = None) -> HttpResponse:
    """Show a patient; what was refused on this page stands open with its entries."""
    by = actor_of(request)
    guarantor = queries.guarantor_on(by.practice_id, patient_id, by.today)
    facts = {
        "refused": refused,
        "card": queries.card(by.practice_id, patient_id),
        "coverages": queries.coverages_of(by.practice_id, patient_id),
        "appointments": scheduling.appointments_of(by.practice_id, patient_id)[:20],
        "visits": encounters.encounters_of(by.practice_id, patient_id)[:50],
        "checks": eligibility.checks_of(by.practice_id, patient_id)[:5],
        "permissions": eligibility.authorizations_of(by.practice_id, patient_id),
        "merges": [row for row in queries.merges_of(by.practice_id, patient_id) if not row.is_undone],
        "guarantor": guarantor,
        "is_bill_to_minor": guarantor.born_on is not None and age_on(guarantor.born_on, by.today) < OF_AGE,
        "may_register": bool(by.roles & set(policy.REGISTERS)),
        "account": account_facts(by, patient_id) if by.roles & {"biller", "manager", "front_desk"} else None,
    }
    return render(request, "registration/patient.html", facts, status=422 if refused else 200)


@for_roles("front_desk", "manager", "biller")
def coverage_add(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Add a coverage to a patient."""
    by = actor_of(request)
    card = queries.card(by.practice_id, patient_id)
    choices = [(row.public_id, row.name) for row in payers.payers(by.practice_id)]
    form = CoverageForm(request.POST or None, payers=choices, initial={"valid_from": by.today, "relationship": "18"})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_coverage(patient_id=patient_id, by=by, **form.facts())
        except CleanclaimError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, "The coverage is added.")
            return redirect("patient", patient_id=patient_id)
    return render(request, "registration/coverage.html", {"form": form, "card": card}, status=400 if form.errors else 200)
