"""The claims desk: queues with counts, sending what is ready, collecting answers."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.rules import Queue
from cleanclaim.practice.clearinghouse import actions as clearinghouse
from cleanclaim.practice.connections import actions as connections
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.workflow import actions as workflow
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in

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
    asked = number_in(older)
    days = asked if asked in AGES else 0
    page = queries.worklist(
        by.practice_id,
        queue,
        on=by.today,
        payer_id=payer.pk if payer else None,
        older_than_days=days,
        after=_key(request.GET.get("after", "")),
    )
    facts = {
        "sizes": sizes,
        "queue": queue,
        "payers": choices,
        "payer": payer.public_id if payer else "",
        "older": days,
        "ages": AGES,
        "page": page,
    }
    return render(request, "claims/worklist.html", facts)


def _key(text: str) -> queries.PageKey | None:
    cents, _, claim = text.partition(".")
    number, amount = number_in(claim), number_in(cents.removeprefix("-"))
    if number is None or amount is None:
        return None
    return queries.PageKey(-amount if cents.startswith("-") else amount, number)


@for_roles("biller", "manager")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send every ready claim and deliver the files."""
    by = actor_of(request)
    batches = clearinghouse.send_claims(by=by)
    sent = connections.deliver(by)
    claims = sum(len(batch.claims) for batch in batches)
    messages.success(
        request,
        f"{claims} claim{'s' if claims != 1 else ''} in {len(batches)} file{'s' if len(batches) != 1 else ''}; {len(sent)} delivered.",
    )
    return redirect("/claims/?queue=waiting")


@for_roles("biller", "manager")
@require_POST
def collect(request: HttpRequest) -> HttpResponse:
    """Take in what arrived and work it: acknowledgements move claims, remittances are posted."""
    by = actor_of(request)
    done = workflow.run_cycle(by=by)
    messages.success(
        request,
        f"{done.received} file{'s' if done.received != 1 else ''} arrived and {'were' if done.received != 1 else 'was'} worked.",
    )
    return redirect("payments")
