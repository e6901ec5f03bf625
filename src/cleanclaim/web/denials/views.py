"""Denied lines as work: the reason, what to do, until when; appeals and their outcome."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.denials import actions, queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of

DESK = ("biller", "manager", "auditor")
STATES: Final = ("open", "appealed", "corrected", "patient", "written-off", "overturned", "upheld", "closed")


@for_roles(*DESK)
def worklist(request: HttpRequest) -> HttpResponse:
    """Show denials of a state, the most money first."""
    by = actor_of(request)
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    rows = queries.worklist(by.practice_id, state=state)
    facts = {
        "rows": rows,
        "state": state,
        "states": STATES,
        "causes": queries.by_cause(by.practice_id),
        "total": sum(row.amount_cents for row in rows),
    }
    return render(request, "denials/worklist.html", facts)


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, denial_id: str, how: str) -> HttpResponse:
    """Appeal a denial, write it off, bill it to the patient, or take it on."""
    by = actor_of(request)
    reason = request.POST.get("reason", "").strip()
    if how == "appeal":
        actions.appeal_denial(denial_id=denial_id, argument=reason, by=by)
        messages.success(request, "The appeal is written; its packet is kept with the denial.")
    elif how == "write-off":
        actions.write_off_denial(denial_id=denial_id, reason=reason, by=by)
        messages.success(request, "The denied amount is written off.")
    elif how == "patient":
        actions.bill_denial_to_patient(denial_id=denial_id, policy=reason, by=by)
        messages.success(request, "The amount is the patient's now.")
    elif how == "take":
        actions.assign_denial(denial_id=denial_id, owner=by.name, by=by)
    else:
        raise InvalidValue("The desk does not know this action.")
    return redirect("denials")
