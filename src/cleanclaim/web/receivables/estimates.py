"""Good faith estimates for people who pay themselves: drafted from the practice's prices, given in time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.charges import estimate_letters, queries
from cleanclaim.practice.charges.estimates import draft_estimate, give_estimate
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.scheduling import queries as scheduling
from cleanclaim.web.access import for_roles
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.desk_forms import DayField, DeskForm
from cleanclaim.web.downloads import pdf_answer
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("front_desk", "biller", "manager")


class EstimateForm(DeskForm):
    """What is expected to be done."""

    served_on = DayField(label="Day of the visit")
    services = forms.CharField(
        label="Services",
        help_text="One code a line, with units where it is not one: J1100 4",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    diagnoses = forms.CharField(label="Diagnoses, if known", max_length=120, required=False)
    appointment = forms.ChoiceField(label="Booked visit", required=False)
    is_requested = forms.BooleanField(label="The patient asked for it", required=False)

    def prepare(self) -> None:
        """Offer the visits to come."""
        rows = [
            row for row in scheduling.appointments_of(self.by.practice_id, self.subject) if row.starts_at.date() >= self.by.today
        ]
        self.offer(
            "appointment",
            [("", "None"), *((row.appointment_id, f"{row.starts_at:%m/%d/%Y %H:%M} {row.provider_name}") for row in rows)],
        )
        self.fields["served_on"].initial = rows[0].starts_at.date() if rows else self.by.today + timedelta(days=7)


def services_of(text: str) -> tuple[tuple[str, Rate], ...]:
    """Read codes with their units, one a line. Raises InvalidValue with the line that cannot be read."""
    made = []
    for line in text.splitlines():
        words = line.replace(",", " ").split()
        if not words:
            continue
        try:
            units = Decimal(words[1]) if len(words) > 1 else Decimal(1)
        except InvalidOperation:
            raise InvalidValue(f"The units in the line “{line.strip()[:40]}” are no number.") from None
        if not units.is_finite() or not 0 < units <= 9999:
            raise InvalidValue(f"The units in the line “{line.strip()[:40]}” cannot be.")
        made.append((words[0].upper(), Rate(units)))
    if not made:
        raise InvalidValue("Name at least one service.")
    return tuple(made)


def _draft(by: Actor, patient_id: str, given: Given) -> str:
    made = draft_estimate(
        patient_id=patient_id, served_on=given["served_on"], services=services_of(given["services"]), appointment_id=given["appointment"],
        diagnoses=tuple(given["diagnoses"].upper().replace(",", " ").split()), is_requested=given["is_requested"], by=by,
    )  # fmt: skip
    return (
        f"Drafted; it is to be given by {made.due_on:%m/%d/%Y}."
        if made.due_on
        else "Drafted; the visit is too near for one to be owed, unless the patient asks."
    )


WORKS: Final = {
    "draft": Work(
        "Draft an estimate",
        _draft,
        EstimateForm,
        DESK,
        button="Draft it",
        says="Priced by the practice's own charge list of that day.",
    )
}


@for_roles(*DESK)
def queue(request: HttpRequest) -> HttpResponse:
    """Show the estimates that are to be given, the most urgent first."""
    by = actor_of(request)
    rows = queries.estimates(by.practice_id, to_give_by=by.today + timedelta(days=14))
    names = registration.cards_by_id(by.practice_id, [row.patient_id for row in rows])
    return render(
        request, "receivables/estimates.html", {"rows": [(row, names.get(row.patient_id)) for row in rows], "today": by.today}
    )


@for_roles(*DESK)
def patient(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Show a patient's estimates and draft one."""
    return _show(request, patient_id)


def _show(request: HttpRequest, patient_id: str, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    facts = {
        "card": registration.card(by.practice_id, patient_id), "rows": queries.estimates(by.practice_id, patient_id=patient_id), "today": by.today,
        "works": shown(by, WORKS, patient_id, lambda how: reverse("estimate-act", args=[patient_id, how]), asked),
    }  # fmt: skip
    return render(request, "receivables/patient_estimates.html", facts)


@for_roles(*DESK)
@require_POST
def act(request: HttpRequest, patient_id: str, how: str) -> HttpResponse:
    """Draft an estimate."""
    back = reverse("patient-estimates", args=[patient_id])
    return attempt(request, how, WORKS, patient_id, show=lambda asked: _show(request, patient_id, asked), back=back)


@for_roles(*DESK)
@require_POST
def give(request: HttpRequest, estimate_id: str) -> HttpResponse:
    """Note that the patient was given the estimate today."""
    by = actor_of(request)
    made = give_estimate(estimate_id=estimate_id, by=by)
    messages.success(request, "Given; it stands as it is from now on.")
    return redirect("patient-estimates", patient_id=made.patient.public_id)


@for_roles(*DESK)
def letter(request: HttpRequest, estimate_id: str) -> HttpResponse:
    """Return an estimate as a letter."""
    by = actor_of(request)
    whose = queries.patient_of_estimate(by.practice_id, estimate_id)
    if is_closed_to(request, by, whose):
        return open_first(whose)
    return pdf_answer(estimate_letters.estimate_pdf(estimate_id=estimate_id, by=by), "good-faith-estimate")
