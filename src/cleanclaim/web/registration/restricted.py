"""Restricted charts: shown only after somebody said why, for a quarter of an hour, and the reason stands in the audit (45 CFR 164.312(a)(2)(ii))."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.registration import actions, policy, queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of

_OPEN_FOR: Final = timedelta(minutes=15)
_KEY: Final = "opened_charts"


def is_closed_to(request: HttpRequest, by: Actor, patient_id: str) -> bool:
    """Tell whether this chart is restricted and not opened in this session within the last quarter of an hour."""
    account = queries.account_of(by.practice_id, patient_id)
    if not account.is_restricted:
        return False
    opened = request.session.get(_KEY, {}).get(account.public_id)
    return opened is None or by.at - datetime.fromisoformat(opened) > _OPEN_FOR


def open_first(patient_id: str) -> HttpResponse:
    """Lead to the page that asks for the reason."""
    return redirect("patient-open", patient_id=patient_id)


@for_roles(*policy.SEES_PATIENTS)
def open_chart(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Ask why a restricted chart must be opened, and open it."""
    by = actor_of(request)
    account = queries.account_of(by.practice_id, patient_id)
    refused, reason = "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            actions.open_restricted(patient_id=account.public_id, reason=reason, by=by)
            request.session[_KEY] = {**request.session.get(_KEY, {}), account.public_id: by.at.isoformat()}
            return redirect("patient", patient_id=patient_id)
        except CleanclaimError as wrong:
            refused = str(wrong)
    facts = {"chart_number": account.chart_number, "refused": refused, "reason": reason}
    return render(request, "registration/restricted.html", facts, status=422 if refused else 200)
