"""The day's appointments, with what the front desk must mend before each visit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError, InvalidValue
from cleanclaim.practice.people import queries as people
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.scheduling import actions, queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import day_in

_AT_ONCE = {"arrive": actions.arrive, "complete": actions.complete, "no-show": actions.no_show, "rebook": actions.rebook}


def _day(request: HttpRequest, otherwise: date) -> date:
    return day_in(request.GET.get("day", "")) or otherwise


@for_roles("front_desk", "provider", "manager")
def schedule(request: HttpRequest) -> HttpResponse:
    """Show a day's appointments."""
    by = actor_of(request)
    day = _day(request, by.today)
    rows = queries.appointments(by.practice_id, first=day)
    facts = {"day": day, "rows": rows, "before": day - timedelta(days=1), "after": day + timedelta(days=1),
             "troubled": sum(bool(row.problems) for row in rows), "zone": by.zone}  # fmt: skip
    return render(request, "scheduling/schedule.html", facts)


@for_roles("front_desk", "provider", "manager")
@require_POST
def move(request: HttpRequest, appointment_id: str, how: str) -> HttpResponse:
    """Mark an appointment as arrived, completed, missed or booked again."""
    by = actor_of(request)
    if how in _AT_ONCE:
        row = _AT_ONCE[how](appointment_id=appointment_id, by=by)
    elif how == "cancel":
        row = actions.cancel(appointment_id=appointment_id, reason=request.POST.get("reason", ""), by=by)
    elif how == "self-pay":
        row = actions.mark_self_pay(appointment_id=appointment_id, is_self_pay=request.POST.get("is_self_pay") == "yes", by=by)
    else:
        raise InvalidValue("An appointment is marked arrived, completed, no-show, cancelled, self-pay or booked again.")
    return redirect(f"/schedule/?day={row.served_on.isoformat()}")


class BookingForm(forms.Form):
    """A time for a patient."""

    patient_id = forms.CharField(widget=forms.HiddenInput)
    provider = forms.ChoiceField()
    site = forms.ChoiceField()
    day = DayField()
    at = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.IntegerField(initial=20, min_value=5, max_value=240)
    reason = forms.CharField(max_length=120, required=False)
    overbook = forms.BooleanField(label="Book although somebody has another appointment then", required=False)


@for_roles("front_desk", "manager")
def book(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Book an appointment for a patient."""
    by = actor_of(request)
    card = registration.card(by.practice_id, patient_id)
    form = BookingForm(request.POST or None, initial={"patient_id": patient_id, "day": by.today})
    form.fields["provider"].choices = [(row.public_id, row.display_name) for row in people.providers(by.practice_id)]  # type: ignore[attr-defined]
    form.fields["site"].choices = [(row.public_id, row.name) for row in people.sites(by.practice_id)]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        clock: time = given["at"]
        start = datetime.combine(given["day"], clock, tzinfo=ZoneInfo(by.zone)).astimezone(UTC)
        try:
            actions.book_appointment(
                patient_id=patient_id, provider_id=given["provider"], site_id=given["site"], starts_at=start, overbook=given["overbook"],
                ends_at=start + timedelta(minutes=given["minutes"]), reason=given["reason"], by=by,
            )  # fmt: skip
        except CleanclaimError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, "The appointment is booked.")
            return redirect(f"/schedule/?day={given['day'].isoformat()}")
    return render(request, "scheduling/book.html", {"form": form, "card": card}, status=400 if form.errors else 200)
