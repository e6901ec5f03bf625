"""The claims desk: queues with counts, one claim with its money, its lines, its submissions and its timeline."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.rules import Queue
from cleanclaim.practice.payers import queries as payers
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of

DESK = ("biller", "manager", "auditor")
AGES: Final = (0, 30, 60, 90, 120)


@for_roles(*DESK)
def worklist(request: HttpRequest) -> HttpResponse:
    """Show a queue, the most money first, filtered by payer and age."""
    by = actor_of(request)
    queue = request.GET.get("queue", "")
    sizes = queries.queue_sizes(by.practice_id)
    if queue not in {item.value for item in Queue}:
        queue = next((size.queue for size in sizes if size.claims), Queue.HOLD.value)
    choices = payers.payers(by.practice_id, active_only=False)
    payer = next((row for row in choices if row.public_id == request.GET.get("payer")), None)
    older = request.GET.get("older", "0")
    days = int(older) if older.isdecimal() and int(older) in AGES else 0
    page = queries.worklist(
        by.practice_id, queue, on=by.today, payer_id=payer.pk if payer else None, older_than_days=days, after=_key(request.GET.get("after", ""))
    )
    facts = {"sizes": sizes, "queue": queue, "payers": choices, "payer": payer.public_id if payer else "", "older": days, "ages": AGES, "page": page}
    return render(request, "claims/worklist.html", facts)


def _key(text: str) -> queries.PageKey | None:
    cents, _, claim = text.partition(".")
    if not claim.isdecimal() or not cents.lstrip("-").isdecimal():
        return None
    return queries.PageKey(int(cents), int(claim))


@for_roles(*DESK)
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Show one claim."""
    by = actor_of(request)
    found = queries.claim_numbered(by.practice_id, number)
    facts = queries.claim_json(found)
    submissions = queries.submissions(found)
    sums = [
        ("Charge", found.charge_cents), ("Insurance paid", found.insurance_paid_cents), ("Contractual", found.contractual_cents),
        ("Patient paid", found.patient_paid_cents), ("Other write-offs", found.other_write_off_cents),
        ("Insurance owes", found.insurance_balance_cents), ("Patient owes", found.patient_balance_cents),
    ]  # fmt: skip
    context = {
        "claim": facts, "sums": sums, "submissions": submissions, "events": queries.timeline(found), "patient_id": found.patient,
        "findings": submissions[-1].findings if submissions else [], "acts": acts_for(found, by.roles),
    }  # fmt: skip
    return render(request, "claims/claim.html", context)
