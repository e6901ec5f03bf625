"""Reading the audit trail and proving it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.audit import queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in

_PAGE = 100


@for_roles("manager", "auditor")
def trail(request: HttpRequest) -> HttpResponse:
    """Show the latest actions; `?proof=1` walks the whole chain."""
    by = actor_of(request)
    before = request.GET.get("before", "")
    rows = queries.latest(by.practice_id, before=number_in(before), limit=_PAGE, words=request.GET.get("q", "").strip())
    proof = queries.verify(by.practice_id) if request.GET.get("proof") else None
    facts = {"rows": rows, "proof": proof, "q": request.GET.get("q", ""), "older": rows[-1].seq if len(rows) == _PAGE else None}
    return render(request, "audit/trail.html", facts)
