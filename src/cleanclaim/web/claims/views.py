"""The claims desk: queues with counts, one claim with its money, its lines, its submissions and its timeline."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.claims import actions, queries, rules
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.claims.rules import Queue
from cleanclaim.practice.clearinghouse import actions as clearinghouse
from cleanclaim.practice.connections import actions as connections
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.workflow import actions as workflow
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
    if not claim.isdecimal() or not cents.lstrip("-").isdecimal():
        return None
    return queries.PageKey(int(cents), int(claim))


def _named(by: Actor, number: str) -> Claim:
    """Return the claim of a number, or of its public id where a posting names it by that."""
    return queries.claim(by.practice_id, number) if number.startswith("clm_") else queries.claim_numbered(by.practice_id, number)


@for_roles(*DESK)
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Show one claim."""
    by = actor_of(request)
    found = _named(by, number)
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


class Act(NamedTuple):
    """Something that a biller may do with a claim as it stands."""

    name: str
    title: str
    ask: str = ""


_ACTS: Final = (
    ("release", Act("release", "Release")),
    ("hold", Act("hold", "Hold")),
    ("resend", Act("resend", "Send again", "Send this claim again under new control numbers?")),
)


def acts_for(found: Claim, roles: frozenset[str]) -> list[Act]:
    """Return what may be done with the claim now, the most useful first."""
    if not roles & {"biller", "manager"}:
        return []
    acts = [act for event, act in _ACTS if rules.can(found.status, event)]
    return [*acts, Act("scrub", "Scrub again")] if found.status in {"built", "held", "ready", "rejected"} else acts


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, number: str, how: str) -> HttpResponse:
    """Do one thing with a claim."""
    by = actor_of(request)
    found = _named(by, number)
    if how == "release":
        actions.release_claim(claim_id=found.public_id, by=by, despite=request.POST.get("despite", ""))
    elif how == "hold":
        actions.hold_claim(claim_id=found.public_id, reason=request.POST.get("reason") or "Held at the desk", by=by)
    elif how == "scrub":
        findings = actions.scrub_claim(claim_id=found.public_id, by=by)
        messages.info(request, f"The scrubber found {len(findings)} thing{'s' if len(findings) != 1 else ''}.")
    elif how == "resend":
        clearinghouse.resend_claim(claim_id=found.public_id, reason=request.POST.get("reason") or "Sent again from the desk", by=by)
    else:
        raise InvalidValue("The desk does not know this action.")
    return redirect("claim", number=found.patient_control_number)


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
