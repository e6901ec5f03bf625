"""The encoder's window: two characters start the search, arrows move, Enter opens; the page shows what the book prints around a code."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim import codesets
from cleanclaim.encoder import search
from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.coding import terms
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of

SYSTEMS = (("", "All"), ("icd10cm", "ICD-10-CM"), ("icd10pcs", "ICD-10-PCS"), ("hcpcs", "HCPCS II"), ("cpt", "CPT numbers"))
EVERYBODY = ("front_desk", "coder", "biller", "provider", "manager", "auditor", "learner")
_SHORTEST_QUERY = 2


def _on(request: HttpRequest, today: date) -> date:
    try:
        return parse_date(request.GET["on"]) if request.GET.get("on") else today
    except InvalidValue:
        return today


@for_roles(*EVERYBODY)
def find(request: HttpRequest) -> HttpResponse:
    """Search codes in force on a day."""
    by = actor_of(request)
    words, system, on = request.GET.get("q", "").strip()[:200], request.GET.get("system", ""), _on(request, by.today)
    system = system if system in dict(SYSTEMS) else ""
    hits: list[search.Hit] = []
    if len(words) >= _SHORTEST_QUERY:
        own = [search.LocalTerm(name, code, term) for term, name, code in terms.in_force(by.practice_id)]
        hits = search.find(words, codesets.open_store(), system=system or None, on=on, limit=25, local_terms=own)
    template = "codes/hits.html" if request.headers.get("HX-Request") else "codes/find.html"
    return render(
        request,
        template,
        {"hits": hits, "q": words, "system": system, "on": on, "systems": SYSTEMS, "pick": request.GET.get("pick")},
    )


@for_roles(*EVERYBODY)
def page(request: HttpRequest, system: str, code: str) -> HttpResponse:
    """Show one code."""
    by = actor_of(request)
    on = _on(request, by.today)
    found = codesets.code_page(codesets.open_store(), system, code, on) if system in dict(SYSTEMS) else None
    if found is None:
        raise Http404
    kinds = []
    if found.notes:
        kinds = [
            ("Inclusion terms", found.notes.inclusion), ("Includes", found.notes.includes), ("Excludes 1: not coded here", found.notes.excludes1),
            ("Excludes 2: not included here", found.notes.excludes2), ("Code first", found.notes.code_first),
            ("Use additional code", found.notes.use_additional), ("Code also", found.notes.code_also), ("Notes", found.notes.notes),
        ]  # fmt: skip
    return render(request, "codes/page.html", {"page": found, "on": on, "kinds": [(title, rows) for title, rows in kinds if rows]})
