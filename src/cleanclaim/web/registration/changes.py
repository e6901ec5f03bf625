"""Changing what is on file: facts of the person, coverages that end or never were, guarantors, and two records of one person."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.documents import Address
from cleanclaim.kernel.errors import CleanclaimError, InvalidValue, NotAllowed, NotFound
from cleanclaim.practice.registration import actions, coverage_actions, policy, queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.desk_forms import DayField
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import read_day
from cleanclaim.web.registration.forms import PatientForm
from cleanclaim.web.registration.views import Refusal, show_patient

_COVERAGE_ACTS: Final = {
    "end": ("last_day", "The coverage ends on that day."),
    "void": ("reason", "The coverage is void; claims that were built from it keep it."),
}
"""What is typed for each, and what is said when it is done."""
_GUARANTORS: Final = [("01", "Spouse"), ("33", "Parent"), ("G8", "Other"), ("18", "Self")]


class CorrectionForm(PatientForm):
    """A registration as it stands, to be corrected."""

    is_restricted = forms.BooleanField(label="Restricted chart: opened only for a stated reason", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self, card: queries.PatientCard) -> dict[str, Any]:
        """Return what differs from the card."""
        facts = self.facts() | {"is_restricted": self.cleaned_data["is_restricted"]}
        facts.pop("is_somebody_new")
        address = facts["address"]
        before = card.address._replace(zip=card.address.zip.replace("-", "")) if card.address else None
        if before is not None and before._replace(line2="") == address:
            facts.pop("address")
        return {name: value for name, value in facts.items() if name == "address" or value != getattr(card, name)}


class GuarantorForm(forms.Form):
    """Who answers for the patient's share."""

    relationship = forms.ChoiceField(label="Guarantor is the patient's", choices=_GUARANTORS)
    last_name = forms.CharField(max_length=60)
    first_name = forms.CharField(max_length=35)
    valid_from = DayField(label="From")
    phone = forms.CharField(max_length=20, required=False)
    line1 = forms.CharField(label="Street", max_length=55, required=False)
    city = forms.CharField(max_length=30, required=False)
    state = forms.CharField(max_length=2, required=False)
    zip = forms.CharField(label="ZIP code", max_length=10, required=False)

    def facts(self) -> dict[str, Any]:
        """Return the keyword arguments of `name_guarantor`."""
        given = self.cleaned_data
        names = ("relationship", "last_name", "first_name", "valid_from", "phone")
        address = Address(given["line1"], "", given["city"], given["state"].upper(), given["zip"].replace("-", "").strip())
        return {name: given[name] for name in names} | {"address": address if given["line1"] else None}


def _shown(request: HttpRequest, form: forms.Form, card: queries.PatientCard, title: str, button: str) -> HttpResponse:
    facts = {"form": form, "title": title, "back": card.patient_id, "patient": card.name, "button": button}
    return render(request, "registration/form.html", facts, status=422 if form.errors else 200)


@for_roles(*policy.REGISTERS)
def correct(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Correct a registration; claims that were built keep what they were built from."""
    by = actor_of(request)
    card = queries.card(by.practice_id, patient_id)
    where = card.address or Address("", "", "", "", "")
    initial = card._asdict() | {"line1": where.line1, "city": where.city, "state": where.state, "zip": where.zip}
    form = CorrectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changes = form.changes(card)
            if changes:
                version = form.cleaned_data["version"]
                actions.correct_patient(patient_id=patient_id, changes=changes, by=by, expected_version=version)
                messages.success(request, "The registration is corrected.")
            return redirect("patient", patient_id=patient_id)
        except CleanclaimError as wrong:
            form.add_error(None, str(wrong))
    return _shown(request, form, card, "Correct the registration", "Correct")


@for_roles(*policy.REGISTERS)
def guarantor(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Name who answers for the patient's share from a day on."""
    by = actor_of(request)
    card = queries.card(by.practice_id, patient_id)
    form = GuarantorForm(request.POST or None, initial={"valid_from": by.today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_guarantor(patient_id=patient_id, by=by, **form.facts())
        except CleanclaimError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, "The guarantor is on file.")
            return redirect("patient", patient_id=patient_id)
    return _shown(request, form, card, "Name a guarantor", "Name")


@for_roles(*policy.REGISTERS)
@require_POST
def coverage_act(request: HttpRequest, coverage_id: str, how: str) -> HttpResponse:
    """End a coverage on a day, or void one that was never the patient's."""
    by = actor_of(request)
    patient_id = queries.coverage_row(by.practice_id, coverage_id).patient.public_id
    if is_closed_to(request, by, patient_id):
        return open_first(patient_id)
    if how not in _COVERAGE_ACTS:
        raise InvalidValue("A coverage is ended or voided.")
    entry, done = _COVERAGE_ACTS[how]
    typed = request.POST.get(entry, "")
    try:
        if how == "end":
            coverage_actions.end_coverage(coverage_id=coverage_id, last_day=read_day(typed), by=by)
        else:
            coverage_actions.void_coverage(coverage_id=coverage_id, reason=typed, by=by)
    except NotAllowed:
        raise
    except CleanclaimError as wrong:
        return show_patient(request, patient_id, Refusal(coverage_id, how, str(wrong), typed))
    messages.success(request, done)
    return redirect("patient", patient_id=patient_id)


@for_roles(*policy.MERGES)
def duplicates(request: HttpRequest) -> HttpResponse:
    """List the accounts that look like one person."""
    return _duplicates(request)


def _duplicates(request: HttpRequest, refused: str = "") -> HttpResponse:
    by = actor_of(request)
    asked = {request.POST.get("first"), request.POST.get("second")} if refused else set()
    pairs = [(pair, asked == {pair.first.patient_id, pair.second.patient_id}) for pair in queries.duplicate_pairs(by.practice_id)]
    facts = {"pairs": pairs, "refused": refused, "given": request.POST}
    return render(request, "registration/duplicates.html", facts, status=422 if refused else 200)


@for_roles(*policy.MERGES)
@require_POST
def merge(request: HttpRequest) -> HttpResponse:
    """Make one record an alias of another, or undo that. Nothing is moved or lost either way; a refusal keeps what was typed."""
    if request.POST.get("merge_id"):
        return _unmerge(request)
    by = actor_of(request)
    pair = (request.POST.get("first", ""), request.POST.get("second", ""))
    survivor, absorbed = pair if request.POST.get("pair") == "first" else pair[::-1]
    looked = bool(request.POST.get("despite_warnings"))
    try:
        actions.merge_patients(
            survivor_id=survivor, absorbed_id=absorbed, reason=request.POST.get("reason", ""), by=by, despite_warnings=looked
        )
    except (NotAllowed, NotFound):
        raise
    except CleanclaimError as wrong:
        return _duplicates(request, str(wrong))
    messages.success(request, "Merged. The other chart number leads here from now on.")
    return redirect("patient", patient_id=survivor)


def _unmerge(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    merge_id, reason, back = (request.POST.get(name, "") for name in ("merge_id", "reason", "back"))
    named = back if back.startswith("pat_") and "/" not in back else ""
    try:
        actions.unmerge(merge_id=merge_id, reason=reason, by=by)
    except (NotAllowed, NotFound):
        raise
    except CleanclaimError as wrong:
        if not named or is_closed_to(request, by, named):
            raise
        return show_patient(request, named, Refusal(merge_id, "unmerge", str(wrong), reason))
    messages.success(request, "The merge is undone; both records are accounts of their own again.")
    return redirect("patient", patient_id=named) if named else redirect("patients")
