"""A claim on paper and on the wire: the CMS-1500 or UB-04 data print, and the 837 as it goes out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.forms import cms1500_pdf, ub04_pdf
from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.models import Submission
from cleanclaim.practice.clearinghouse.queries import content_of_submission
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.access import for_roles
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.claims.page import DESK, named
from cleanclaim.web.downloads import file_answer, pdf_answer
from cleanclaim.web.middleware import actor_of


def _submission(by: Actor, number: str, wanted: str) -> Submission:
    found = named(by, number)
    rows = queries.submissions(found)
    chosen = next((row for row in rows if str(row.number) == wanted), None) if wanted else (rows[-1] if rows else None)
    if chosen is None:
        raise NotFound("The claim has no such submission: it is the patient's own bill, or it was not built yet.")
    return chosen


@for_roles(*DESK)
def form_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Return a submission as a data print of its paper form."""
    by = actor_of(request)
    submission = _submission(by, number, request.GET.get("submission", ""))
    if submission.claim.patient and is_closed_to(request, by, submission.claim.patient):
        return open_first(submission.claim.patient)
    document = queries.document_of(submission)
    made = ub04_pdf(document) if document.kind == "837I" else cms1500_pdf(document)
    return pdf_answer(made, f"{'ub04' if document.kind == '837I' else 'cms1500'}-{document.patient_control_number}")


@for_roles(*DESK)
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """Show a submission as the 837 that carries it alone; `?as=file` hands the bytes out."""
    by = actor_of(request)
    submission = _submission(by, number, request.GET.get("submission", ""))
    if submission.claim.patient and is_closed_to(request, by, submission.claim.patient):
        return open_first(submission.claim.patient)
    document = queries.document_of(submission)
    content = content_of_submission(submission, at=by.at)
    if request.GET.get("as") == "file":
        return file_answer(content, f"{document.patient_control_number}-{submission.number}.837", "text/plain; charset=utf-8")
    end = content[105:106]
    segments = [piece.decode("utf-8", "replace").strip() for piece in content.split(end) if piece.strip()]
    facts = {"row": submission.claim, "submission": submission, "segments": segments, "is_sent": submission.sent_at is not None}
    return render(request, "claims/preview.html", facts)
