"""Documents: read in the browser, and the queue of those that nobody has filed yet."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError, InvalidValue, NotAllowed, Refused
from cleanclaim.practice.encounters import actions, policy, queries
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.registration import queries as registration
from cleanclaim.web.access import for_roles
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.encounters.views import keep
from cleanclaim.web.middleware import actor_of

_SHOWN: Final = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""Kinds that a browser shows safely; everything else is saved as a file."""


@for_roles(*policy.FILES, "auditor")
def document(request: HttpRequest, attachment_id: str) -> HttpResponse:
    """Return a document as it was received, never as a page of ours."""
    by = actor_of(request)
    row = queries.attachment(by.practice_id, attachment_id)
    if row.patient_id and is_closed_to(request, by, row.patient_id):
        return open_first(row.patient_id)
    content, kind = queries.content_of(by.practice_id, attachment_id)
    answer = HttpResponse(content, content_type=kind if kind in _SHOWN else "application/octet-stream")
    how = "inline" if kind in _SHOWN else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{attachment_id}.{kind.rsplit("/", 1)[-1]}"'
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


@for_roles("front_desk", "provider", "biller", "manager")
def unfiled(request: HttpRequest) -> HttpResponse:
    """List the documents that wait to be filed, and take new ones."""
    by = actor_of(request)
    if request.method == "POST":
        try:
            kept = [keep(by, upload) for upload in request.FILES.getlist("files")]
            if not kept:
                raise InvalidValue("Choose a document.")
            messages.success(request, f"{len(kept)} kept. File them to their patients.")
            return redirect("documents")
        except CleanclaimError as wrong:
            return _unfiled(request, str(wrong))
    return _unfiled(request)


def _unfiled(request: HttpRequest, refused: str = "", attachment_id: str = "") -> HttpResponse:
    """Show the queue; what was refused about a document stands in its row with what was typed."""
    by = actor_of(request)
    facts = {"rows": queries.unfiled(by.practice_id), "refused": refused, "refused_row": attachment_id, "given": request.POST}
    return render(request, "encounters/documents.html", facts, status=422 if refused else 200)


@for_roles("front_desk", "provider", "biller", "manager")
@require_POST
def file(request: HttpRequest, attachment_id: str) -> HttpResponse:
    """File a waiting document to the patient of a chart number, or take it out with a reason."""
    by = actor_of(request)
    row = queries.attachment(by.practice_id, attachment_id)
    if row.patient_id:
        raise Refused("The document is filed already. Take it out where it is filed, and bring it in again.")
    try:
        says = _file(by, attachment_id, request.POST)
    except NotAllowed:
        raise
    except CleanclaimError as wrong:
        return _unfiled(request, str(wrong), attachment_id)
    messages.success(request, says)
    return redirect("documents")


def _file(by: Actor, attachment_id: str, given: QueryDict) -> str:
    if "reason" in given:
        actions.withdraw_attachment(attachment_id=attachment_id, reason=given.get("reason", ""), by=by)
        return "The document is out of the queue; it is kept with your reason."
    number = given.get("chart", "").strip()
    found = registration.find_patients(by.practice_id, number, limit=2) if number else []
    match = [row for row in found if str(row.chart_number) == number]
    if len(match) != 1:
        raise InvalidValue("No patient has this chart number.")
    actions.file_attachment(attachment_id=attachment_id, patient_id=match[0].patient_id, by=by)
    return f"Filed to chart {number}."
