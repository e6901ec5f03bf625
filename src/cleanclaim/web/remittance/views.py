"""Remittances, what they decided, and what waits for a person."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.kernel.money import Money
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.remittance import queries
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.web.access import for_roles
from cleanclaim.web.downloads import file_answer
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.reasons import ANSWERS, PROVIDER_LEVEL
from cleanclaim.web.remittance.desk_tabs import payment_tabs

DESK = ("biller", "manager", "auditor")
_LARGEST_UPLOAD: Final = 200 * 1024 * 1024


@for_roles(*DESK)
def payments(request: HttpRequest) -> HttpResponse:
    """Show remittances, newest first, and say what waits for a decision."""
    by = actor_of(request)
    counts = queries.exception_counts(by.practice_id)
    facts = {
        "rows": queries.remittances(by.practice_id), "waiting": counts["open"], "waiting_cents": counts["open_cents"],
        "arrived": connections.waiting_inbox(by.practice_id), "may_post": bool(by.roles & {"biller", "manager"}),
        "tabs": payment_tabs(by, "payments"),
    }  # fmt: skip
    return render(request, "remittance/payments.html", facts)


@for_roles(*DESK)
def remittance(request: HttpRequest, remittance_id: str) -> HttpResponse:
    """Show one remittance with every claim that it answers."""
    by = actor_of(request)
    row = queries.remittance(by.practice_id, remittance_id)
    posted = [
        {**item, "answer": ANSWERS.get(item["status"], item["status"])}
        for item in queries.posted_rows(by.practice_id, [remittance_id])
    ]
    facts = {
        "row": row, "posted": posted, "exceptions": list(queries.exception_rows(by.practice_id, [remittance_id])),
        "provider": [(item, PROVIDER_LEVEL.get(item["reason"], "")) for item in queries.provider_rows(by.practice_id, [remittance_id])], "totals": queries.posted_totals(by.practice_id, [remittance_id]),
    }  # fmt: skip
    return render(request, "remittance/remittance.html", facts)


@for_roles(*DESK)
def original(request: HttpRequest, remittance_id: str) -> HttpResponse:
    """Return the file that a remittance came in, byte for byte."""
    by = actor_of(request)
    row = queries.remittance(by.practice_id, remittance_id)
    return file_answer(queries.content_of(row), row.file_name or "remittance.835", "text/plain; charset=utf-8")


@for_roles("biller", "manager")
@require_POST
def post(request: HttpRequest) -> HttpResponse:
    """Post uploaded remittance files, each whole or not at all."""
    by = actor_of(request)
    for upload in request.FILES.getlist("files"):
        name = (upload.name or "file")[-80:]
        if (upload.size or 0) > _LARGEST_UPLOAD:
            messages.error(request, f"{name} is larger than 200 MB: post it with the `post` command.")
            continue
        try:
            outcome = post_remittance_file(
                content=upload.read(), file_name=name, by=by, override_duplicates=bool(request.POST.get("override"))
            )
        except CleanclaimError as wrong:
            messages.error(request, f"{name}: {wrong}")
            continue
        for duplicate in outcome.duplicates:
            messages.warning(request, f"{name}: {duplicate.what}; first seen {duplicate.first_seen}. Nothing was posted.")
        for refused in outcome.refused:
            messages.error(request, f"{name}: {refused} Nothing was posted.")
        totals = queries.posted_totals(by.practice_id, outcome.remittances)
        if outcome.remittances:
            messages.success(
                request, f"{name}: {Money(totals.posted_cents):$} posted, {Money(totals.exceptions_cents):$} waits as exceptions."
            )
    return redirect("payments")
