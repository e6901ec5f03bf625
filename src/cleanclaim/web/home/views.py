"""The home page: what waits for the roles of whoever signed in, with counts that lead to the work."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.eligibility import queries as eligibility
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.remittance import queries as remittance
from cleanclaim.practice.scheduling import queries as scheduling
from cleanclaim.web.middleware import actor_of


class WaitingWork(NamedTuple):
    """A queue as the home page shows it."""

    title: str
    waiting: int
    path: str
    icon: str
    says: str
    cents: int | None = None


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the queues of the signed-in person's roles."""
    by = actor_of(request)
    groups = []
    if by.roles & {"front_desk", "manager"}:
        groups.append(("Front desk", _front_desk(by)))
    if by.roles & {"coder", "manager", "auditor", "provider"}:
        groups.append(("Coding", _coding(by)))
    if by.roles & {"biller", "manager"}:
        groups.append(("Billing", _billing(by)))
    return render(request, "home/home.html", {"groups": groups})


def _front_desk(by: Actor) -> list[WaitingWork]:
    today = scheduling.appointments(by.practice_id, first=by.today)
    trouble = scheduling.coverage_worklist(by.practice_id, first=by.today, last=by.today + timedelta(days=7))
    checks = eligibility.worklist(by.practice_id)
    return [
        WaitingWork("Visits today", len(today), "/schedule/", "calendar-event", "patients on today's list"),
        WaitingWork("Coverage to mend", len(trouble), "/schedule/", "alert-triangle", "visits of the next seven days"),
        WaitingWork("Eligibility answers", len(checks), "/eligibility/", "shield-check", "answers that need a person"),
        WaitingWork(
            "Documents to file", len(encounters.unfiled(by.practice_id)), "/documents/", "inbox", "scans and faxes of no chart"
        ),
    ]


def _coding(by: Actor) -> list[WaitingWork]:
    states = encounters.counts_by_state(by.practice_id)
    counts = coding.worklist_counts(by.practice_id, today=by.today)
    return [
        WaitingWork("Visits to code", counts["to_code"], "/coding/", "stethoscope", "signed notes without final codes"),
        WaitingWork("Laid aside", counts["pended"], "/coding/?pended=1", "clock", "come back on their day"),
        WaitingWork(
            "Questions to providers", counts["queries_open"], "/coding/?queries=1", "message-circle", "waiting for an answer"
        ),
        WaitingWork("Notes to sign", states.get("open", 0), "/coding/?open=1", "edit", "open visits"),
    ]


_TITLES = {
    "hold": ("Held by an edit", "x"),
    "ready": ("Ready to send", "send"),
    "rejected": ("Rejected", "alert-triangle"),
    "waiting": ("Waiting for the payer", "clock"),
    "denied": ("Denied", "alert-triangle"),
    "part-open": ("Partly open", "report-money"),
    "next-payer": ("Next payer due", "arrow-right"),
    "credit": ("Credit balances", "credit-card"),
    "patient": ("Patient owes", "receipt"),
}


def _billing(by: Actor) -> list[WaitingWork]:
    rows = [
        WaitingWork(
            _TITLES[size.queue][0],
            size.claims,
            f"/claims/?queue={size.queue}",
            _TITLES[size.queue][1],
            "with insurance",
            size.cents,
        )
        for size in claims.queue_sizes(by.practice_id)
        if size.queue in _TITLES
    ]
    exceptions = remittance.open_exceptions(by.practice_id)
    rows.append(WaitingWork("Unposted money", len(exceptions), "/payments/", "cash", "exceptions of remittances"))
    rows.append(
        WaitingWork("Files that arrived", len(connections.waiting_inbox(by.practice_id)), "/payments/", "inbox", "not yet read")
    )
    return rows
