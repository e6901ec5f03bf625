"""The releases page: what is loaded, what is newer, what an import would change and touch before it takes effect, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim import codesets
from cleanclaim.codesets import importing, opening
from cleanclaim.codesets.importers.plan import Options
from cleanclaim.codesets.values import day_number
from cleanclaim.kernel.errors import CleanclaimError, NotAllowed
from cleanclaim.practice.charges import code_releases
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.access import for_roles
from cleanclaim.web.codes.views import EVERYBODY
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import read_day


@for_roles(*EVERYBODY)
def releases(request: HttpRequest) -> HttpResponse:
    """Show what is loaded and what waits."""
    by = actor_of(request)
    return render(request, "codes/releases.html", _facts(by))


def _facts(by: Actor, **more: Any) -> dict[str, Any]:
    store = codesets.open_store()
    sources = store.sources()
    return {
        "sources": [(source, f"{source.rows:,}") for source in sources], "counts": [(name, f"{store.count(system, by.today):,}") for system, name in _COUNTED], "on": by.today,
        "history": list(reversed(importing.history())), "waiting": code_releases.waiting(by) if by.roles & {"manager", "auditor"} else None,
        "may_change": code_releases.may_change(by), "is_manager": "manager" in by.roles, "tab": "updates", "importers": importing.IMPORTERS,
        "is_behind": opening.has_newer_packaged_tables(store.file), **more,
    }  # fmt: skip


_COUNTED = (("icd10cm", "ICD-10-CM"), ("icd10pcs", "ICD-10-PCS"), ("hcpcs", "HCPCS II"), ("cpt", "CPT numbers"))


@for_roles("manager")
@require_POST
def act(request: HttpRequest, how: str) -> HttpResponse:
    """Look, prepare, let take effect, throw away, take back; what is refused is said on the same page."""
    by = actor_of(request)
    licensed = bool(request.POST.get("licensed"))
    try:
        if how == "look":
            return render(
                request, "codes/releases.html", _facts(by, offers=code_releases.newer(by, licensed=licensed), looked=True)
            )
        if how == "fetch":
            code_releases.prepare_newer(by=by, licensed=licensed)
        elif how == "upload":
            _upload(request, by, licensed=licensed)
        elif how == "take-effect":
            report = code_releases.take_effect(by=by)
            messages.success(request, f"The import is in force. Step {report.step} can be taken back below.")
        elif how == "throw-away":
            code_releases.throw_away(by=by)
            messages.info(request, "The prepared import is thrown away; the code sets are as they were.")
        elif how == "take-back":
            step = code_releases.take_back(by=by)
            messages.success(request, f"Import {step.number} is taken back: {', '.join(step.files)}.")
        else:
            raise Http404
    except NotAllowed:
        raise
    except CleanclaimError as wrong:
        return render(request, "codes/releases.html", _facts(by, refused=str(wrong)) | {"given": request.POST}, status=422)
    return redirect("codes-updates")


def _upload(request: HttpRequest, by: Actor, *, licensed: bool) -> None:
    given = request.POST.get
    effective = day_number(read_day(given("effective", ""))) if given("effective") else 0
    options = Options(effective=effective, partial=bool(given("partial")), licensed=licensed)
    files = [(file.name or "file", file.chunks()) for file in request.FILES.getlist("files")]
    made = code_releases.prepare_files(files, by=by, options=options, kind=given("kind") or None)
    if not any(item.state == "imported" for item in made.items):
        messages.info(request, "These files are in already; nothing would change.")
