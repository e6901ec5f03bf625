"""Claims that nobody answers: not acknowledged, not paid within the payer's time, or about to be filed too late."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.clearinghouse import queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of

DESK = ("biller", "manager", "auditor")


@for_roles(*DESK)
def page(request: HttpRequest) -> HttpResponse:
    """Show the three silences, the longest first."""
    by = actor_of(request)
    silent = queries.unanswered(by.practice_id, on=by.today)
    wanted = wanted_table(request)
    if wanted:
        names = ("claim", "payer", "sent_on", "days", "limit_days")
        rows = [(row.patient_control_number, row.payer, row.sent_on.isoformat(), row.days, row.limit_days) for row in silent]
        return table_answer(wanted, names, rows, name=f"unanswered-{by.today.isoformat()}", title="Unanswered claims")
    facts = {
        "silent": silent, "lost": queries.unacknowledged(by.practice_id, at=by.at),
        "late": queries.timely_filing_risks(by.practice_id, on=by.today, within_days=15),
    }  # fmt: skip
    return render(request, "claims/silent.html", facts)
