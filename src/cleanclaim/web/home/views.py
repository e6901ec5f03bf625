"""The home page: what waits for the roles of whoever signed in, with counts that lead to the work."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.charges import queries as charges
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.clearinghouse import queries as clearinghouse
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.denials import queries as denials
from cleanclaim.practice.eligibility import queries as eligibility
from cleanclaim.practice.encounters import policy as encounter_policy
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters import source_queries
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import queries as receivables
from cleanclaim.practice.remittance import queries as remittance
from cleanclaim.practice.scheduling import queries as scheduling
from cleanclaim.practice.workflow import queries as workflow
from cleanclaim.web.home.first_steps import first_steps
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
        groups += [("Claims", _claims(by)), ("Money", _money(by))]
    return render(request, "home/home.html", {"groups": groups, "first_steps": first_steps(by)})


def _front_desk(by: Actor) -> list[WaitingWork]:
    today = scheduling.appointments(by.practice_id, first=by.today)
    trouble = scheduling.coverage_worklist(by.practice_id, first=by.today, last=by.today + timedelta(days=7))
    checks = eligibility.worklist(by.practice_id)
    return [
        WaitingWork("Visits today", len(today), "/schedule/", "calendar-event", "patients on today's list"),
        WaitingWork("Coverage to mend", len(trouble), "/schedule/", "alert-triangle", "visits of the next seven days"),
        WaitingWork(
            "Estimates to give",
            len(charges.estimates(by.practice_id, to_give_by=by.today + timedelta(days=3))),
            "/patients/estimates/",
            "receipt",
            "good faith estimates of the next three days",
        ),
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
        *_paper(by),
    ]


def _paper(by: Actor) -> list[WaitingWork]:
    count = source_queries.count_to_review(by.practice_id) if by.roles & set(encounter_policy.REVIEWS) else 0
    return (
        [WaitingWork("Scans and dictations", count, "/sources/", "inbox", "words to look at before they are a note")]
        if count
        else []
    )


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


def _claims(by: Actor) -> list[WaitingWork]:
    rows = [
        WaitingWork(
            _TITLES[size.queue][0], size.claims, f"/claims/?queue={size.queue}", _TITLES[size.queue][1],
            "the patients' part" if size.queue == "patient" else "with insurance", None if size.queue == "patient" else size.cents,
        )
        for size in claims.queue_sizes(by.practice_id)
        if size.queue in _TITLES
    ]  # fmt: skip
    silent = clearinghouse.unanswered_count(by.practice_id, on=by.today)
    return [*rows, WaitingWork("Unanswered", silent, "/claims/unanswered/", "clock", "beyond the payer's time")]


def _money(by: Actor) -> list[WaitingWork]:
    counts = remittance.exception_counts(by.practice_id)
    refused = denials.counts_by_state(by.practice_id).get("open", (0, 0))
    refunds = receivables.open_refunds(by.practice_id)
    files = len(connections.waiting_inbox(by.practice_id)) + len(workflow.failed_events(by.practice_id))
    unbanked, unexplained = remittance.loose_counts(by.practice_id)
    return [
        WaitingWork("Unposted money", counts["open"], "/payments/exceptions/", "cash", "exceptions of remittances", counts["open_cents"]),
        WaitingWork("Denials", refused[0], "/denials/", "alert-triangle", "refused and open", refused[1]),
        WaitingWork("Appeals due", denials.due_soon(by.practice_id, on=by.today), "/denials/", "clock", "last day within two weeks"),
        WaitingWork("Deposits to explain", unexplained, "/payments/deposits/", "cash", "at the bank without remittance"),
        WaitingWork("Not yet at the bank", unbanked, "/payments/deposits/", "report-money", "remittances without deposit"),
        WaitingWork("Refunds", len(refunds), "/receivables/refunds/", "credit-card", "to approve or to pay", sum(row.cents for row in refunds)),
        WaitingWork("Late changes", len(charges.reviews(by.practice_id)), "/charges/reviews/", "edit", "billed visits whose codes changed"),
        WaitingWork("Missing charges", len(charges.missing_charges(by.practice_id, today=by.today)), "/charges/", "receipt", "visits nobody was charged for"),
        WaitingWork("Stuck files and steps", files, "/payments/files/", "inbox", "not read, or not followed up"),
    ]  # fmt: skip
