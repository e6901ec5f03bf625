"""Taking over open claims of another system from 837 files: what was taken, and every claim that was not, with its reason."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.kernel.errors import CleanclaimError, NotAllowed
from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.remittance.following import retry_lost_answers
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of

_LARGEST: Final = 200 * 1024 * 1024


@for_roles("biller", "manager")
def page(request: HttpRequest) -> HttpResponse:
    """Ask for files, take their claims over, and show what became of each file; the same claims again change nothing."""
    by = actor_of(request)
    outcomes: list[dict[str, Any]] = []
    for upload in request.FILES.getlist("files") if request.method == "POST" else []:
        name = (upload.name or "file")[-80:]
        if (upload.size or 0) > _LARGEST:
            outcomes.append({"name": name, "refused": "It is larger than 200 MB: use the command line."})
            continue
        try:
            done = import_claims(content=upload.read(), by=by, source=name)
        except NotAllowed:
            raise
        except CleanclaimError as wrong:
            outcomes.append({"name": name, "refused": str(wrong)})
            continue
        outcomes.append({"name": name, "taken": done.claims, "count": len(done.claims), "skipped": done.skipped})
    refused = "Choose at least one file." if request.method == "POST" and not outcomes else ""
    if any(row.get("taken") for row in outcomes):
        messages.success(request, f"{sum(row.get('count', 0) for row in outcomes)} claims stand in the books.")
    if any("skipped" in row for row in outcomes):
        posted = retry_lost_answers(by=by)
        if posted:
            messages.success(request, f"{posted} answers of payers that had waited for these claims are posted now.")
    is_refused = bool(refused) or any("refused" in row for row in outcomes)
    return render(request, "claims/takeover.html", {"outcomes": outcomes, "refused": refused}, status=422 if is_refused else 200)
