"""Typing a paper EOB: claims by their numbers, each line with its payment and adjustments, the balance beside it while it is typed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError, InvalidValue, NotAllowed, NotFound, Refused
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.models import Claim, ClaimLine
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.people.queries import billing_party, billing_provider_on
from cleanclaim.practice.remittance import queries
from cleanclaim.practice.remittance.paper import post_paper_eob
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.reasons import GROUPS, METHODS, PROVIDER_LEVEL
from cleanclaim.web.remittance.desk_tabs import payment_tabs
from cleanclaim.web.remittance.eob_draft import STATUSES, EobDraft, advice_of, balances_of, draft_from, numbers_in

DESK = ("biller", "manager")


def _claims(by: Actor, given: dict[str, str]) -> list[tuple[Claim, list[ClaimLine]]]:
    found = []
    for number in numbers_in(given):
        claim = claims.claim_numbered(by.practice_id, number)
        found.append((claim, claims.lines_of(claim)))
    return found


@for_roles(*DESK)
def eob(request: HttpRequest) -> HttpResponse:
    """Show the EOB as typed so far, add or remove a claim, or post it; a refusal keeps every entry."""
    by = actor_of(request)
    given = (
        {name: str(value) for name, value in request.POST.items()}
        if request.method == "POST"
        else {"method": "CHK", "paid_on": by.today.isoformat()}
    )
    step, refused = given.get("step", ""), ""
    if request.method == "GET" and request.GET.get("claim"):
        step = given["step"] = "add"
        given["add"] = request.GET["claim"]
    if step == "enter" and given.get("add", "").strip():  # the Enter key adds the claim that was typed, and never removes one
        step = given["step"] = "add"
    try:
        if step == "add":
            _add(by, given)
        elif step.startswith("remove-"):
            given.pop(f"c{step.removeprefix('remove-')}-number", None)
        draft = draft_from(given, _claims(by, given))
        if step == "post":
            return _post(request, by, draft)
    except NotAllowed:
        raise
    except CleanclaimError as wrong:
        refused = str(wrong)
        draft = draft_from(given, _known(by, given))
    return render(request, "remittance/eob.html", _facts(by, draft, refused, given), status=422 if refused else 200)


def _known(by: Actor, given: dict[str, str]) -> list[tuple[Claim, list[ClaimLine]]]:
    """Leave out a number that no claim bears, so that the rest stays on the page."""
    for place in range(100):
        number = given.get(f"c{place}-number")
        if number:
            try:
                claims.claim_numbered(by.practice_id, number)
            except NotFound:
                given.pop(f"c{place}-number")
    return _claims(by, given)


def _add(by: Actor, given: dict[str, str]) -> None:
    number = given.get("add", "").strip()
    if not number:
        raise InvalidValue("Type the number of the claim that the EOB names.")
    claim = claims.claim_numbered(by.practice_id, number)
    if claim.patient_control_number in numbers_in(given):
        raise InvalidValue("This claim is on the EOB already.")
    free = next((place for place in range(40) if not given.get(f"c{place}-number")), None)
    if free is None:
        raise InvalidValue("An EOB of more than 40 claims is posted as two.")
    given[f"c{free}-number"] = claim.patient_control_number
    given["add"] = ""
    turn = next((turn for turn in claims.turns_of(claim) if not turn.is_answered), None)
    if turn is not None:
        given[f"c{free}-status"] = {"P": "1", "S": "2"}.get(turn.sequence, "3")
        given["payer"] = given.get("payer") or turn.payer.public_id


def _facts(by: Actor, draft: EobDraft, refused: str, given: dict[str, str]) -> dict[str, Any]:
    return {
        "draft": draft, "refused": refused, "balances": balances_of(draft), "payers": payers.payers(by.practice_id), "statuses": STATUSES,
        "groups": list(GROUPS.items()), "methods": [(code, METHODS[code]) for code in ("CHK", "ACH", "NON")], "provider_reasons": PROVIDER_LEVEL.items(),
        "add": given.get("add", ""), "fresh": _fresh(draft, given), "tabs": payment_tabs(by, "eob"),
    }  # fmt: skip


def _fresh(draft: EobDraft, given: dict[str, str]) -> str:
    """Return the first line of the claim that was added just now: typing goes on there."""
    return draft.claims[-1].lines[0].name if given.get("step") == "add" and draft.claims and draft.claims[-1].lines else ""


def _post(request: HttpRequest, by: Actor, draft: EobDraft) -> HttpResponse:
    if not draft.payer:
        raise InvalidValue("Choose the payer who wrote the EOB.")
    payer = payers.payer_party(payers.payer(by.practice_id, draft.payer))._replace(id_qualifier="XV")
    payee = billing_party(billing_provider_on(by.practice_id, by.today))._replace(entity="PE")
    posted = post_paper_eob(advice=advice_of(draft, payer=payer, payee=payee, on=by.today), by=by)
    if posted.refused:
        raise Refused(posted.refused[0])
    if posted.duplicates:
        raise Refused(
            f"This check was posted before ({posted.duplicates[0].what}); first seen {posted.duplicates[0].first_seen}. Nothing was posted."
        )
    totals = queries.posted_totals(by.practice_id, posted.remittances)
    if totals.exceptions_cents or queries.open_exceptions(by.practice_id, remittance_id=posted.remittances[0]):
        messages.warning(request, "The EOB is posted; a claim of it waits among the exceptions.")
    else:
        messages.success(request, "The EOB is posted.")
    return redirect("remittance", remittance_id=posted.remittances[0])


@for_roles(*DESK)
@require_POST
def balance(request: HttpRequest) -> HttpResponse:
    """Return by how much the EOB is out, as a part of the page."""
    by = actor_of(request)
    given = {name: str(value) for name, value in request.POST.items()}
    return render(request, "remittance/eob_balance.html", {"balances": balances_of(draft_from(given, _known(by, given)))})
