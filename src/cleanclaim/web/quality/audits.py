"""Audits on screen: a sample is drawn, two readers code its visits blind, a third settles, scores follow."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError, NotFound
from cleanclaim.practice.coding import audits, policy
from cleanclaim.practice.coding.auditing import REASONS
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.people import queries as people
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.quality.typed_codes import as_lines, read_codes

DESK: Final = policy.READS_SAMPLES


class SampleForm(forms.Form):
    """An audit to be drawn."""

    name = forms.CharField(label="Name of the audit", max_length=120)
    first_day = DayField(label="Visits from")
    last_day = DayField(label="to")
    size = forms.IntegerField(label="Visits in the sample", min_value=1, max_value=500, initial=10)
    first_reader = forms.ChoiceField()
    second_reader = forms.ChoiceField()

    def __init__(self, *args: Any, readers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_reader", "second_reader"):
            self.fields[name].choices = [(reader, reader) for reader in readers]  # type: ignore[attr-defined]
        self.initial.setdefault("second_reader", readers[-1] if readers else "")


@for_roles(*DESK)
def samples(request: HttpRequest) -> HttpResponse:
    """List the audits; a manager or auditor draws a new one."""
    by = actor_of(request)
    may_draw = bool(by.roles & set(policy.DRAWS_SAMPLES))
    readers = people.names_with_roles(by.practice_id, *policy.READS_SAMPLES)
    form = SampleForm(request.POST or None, readers=readers, initial={"last_day": by.today})
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                drawn = audits.draw_audit_sample(
                    name=given["name"], first_day=given["first_day"], last_day=given["last_day"], size=given["size"],
                    readers=(given["first_reader"], given["second_reader"]), by=by,
                )  # fmt: skip
                return redirect("quality-audit", sample_id=drawn.public_id)
            except CleanclaimError as wrong:
                refused = str(wrong)
    facts = {"view": "audits", "rows": audits.samples(by.practice_id), "form": form, "may_draw": may_draw, "refused": refused}
    return render(request, "quality/audits.html", facts, status=status)


@for_roles(*DESK)
def sample(request: HttpRequest, sample_id: str) -> HttpResponse:
    """Show an audit: its visits, the readers' agreement, each coder's score."""
    by = actor_of(request)
    card = audits.sample(by.practice_id, sample_id, viewer=by.name)
    facts = {
        "view": "audits", "card": card, "is_reader": by.name in card.readers, "may_draw": bool(by.roles & set(policy.DRAWS_SAMPLES)),
        "reasons": REASONS, "is_settled": all(case.state == "settled" for case in card.cases),
    }  # fmt: skip
    return render(request, "quality/audit.html", facts)


@for_roles(*policy.DRAWS_SAMPLES)
@require_POST
def close(request: HttpRequest, sample_id: str) -> HttpResponse:
    """Close an audit whose visits are all settled."""
    audits.close_sample(sample_id=sample_id, by=actor_of(request))
    messages.success(request, "The audit is closed.")
    return redirect("quality-audit", sample_id=sample_id)


@for_roles(*DESK)
def case(request: HttpRequest, sample_id: str, case_id: str) -> HttpResponse:
    """Read a visit of an audit and say how it should have been coded; settle it when two readers dispute."""
    by = actor_of(request)
    card = audits.sample(by.practice_id, sample_id, viewer=by.name)
    row = next((one for one in card.cases if one.case_id == case_id), None)
    if row is None:
        raise NotFound("This audit has no such visit.")
    typed = {name: request.POST.get(name, "") for name in ("diagnoses", "services", "remark")}
    refused = ""
    if request.method == "POST":
        try:
            codes = read_codes(typed["diagnoses"], typed["services"])
            if row.state == "disputed" and by.name not in card.readers:
                audits.settle_case(case_id=case_id, codes=codes, by=by)
                messages.success(request, "The visit is settled.")
            else:
                audits.read_case(case_id=case_id, codes=codes, remark=typed["remark"].strip(), by=by)
                messages.success(request, "Your reading is recorded.")
            return redirect("quality-audit", sample_id=sample_id)
        except CleanclaimError as wrong:
            refused = str(wrong)
    facts = _case_facts(by, card, row) | {"typed": typed, "refused": refused}
    return render(request, "quality/case.html", facts, status=422 if refused else 200)


def _case_facts(by: Actor, card: audits.SampleCard, row: audits.CaseRow) -> dict[str, Any]:
    visit = encounters.card(by.practice_id, row.encounter_id)
    is_reader = by.name in card.readers
    return {
        "view": "audits", "card": card, "row": row, "visit": visit.row, "age_years": visit.age_years, "sex": visit.sex, "text": visit.text,
        "may_read": is_reader and row.own_codes is None and row.state != "settled",
        "may_settle": row.state == "disputed" and not is_reader and by.name != row.coder and bool(by.roles & set(policy.DRAWS_SAMPLES)),
        "reported": as_lines(row.reported) if row.reported is not None else None, "reasons": REASONS,
    }  # fmt: skip
