"""The page that asks why a restricted chart must be opened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.practice.registration import actions, policy, queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.break_glass import keep_open
from cleanclaim.web.middleware import actor_of


@for_roles(*policy.SEES_PATIENTS, opens_restricted=True)
def open_chart(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Ask why a restricted chart must be opened, and open it."""
    by = actor_of(request)
    account = queries.account_of(by.practice_id, patient_id)
    refused, reason = "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            actions.open_restricted(patient_id=account.public_id, reason=reason, by=by)
            keep_open(request, by, account.public_id)
            return redirect("patient", patient_id=patient_id)
        except CleanclaimError as wrong:
            refused = str(wrong)
    facts = {"chart_number": account.chart_number, "refused": refused, "reason": reason}
    return render(request, "registration/restricted.html", facts, status=422 if refused else 200)
