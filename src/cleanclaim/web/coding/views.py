"""The coding desk: the worklist, the chart with its evidence, one key to confirm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim import codesets
from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.practice.coding import actions, policy, provider_queries, queries, sessions
from cleanclaim.practice.coding.suggesting import are_hidden, suggest_codes
from cleanclaim.practice.encounters import policy as encounter_policy
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters import source_queries
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.access import for_roles
from cleanclaim.web.coding.desk_list import changed
from cleanclaim.web.coding.highlights import key_of, pieces
from cleanclaim.web.coding.paper import papers
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in

_LONGEST_PEND = 366
_SEES_PAPER = frozenset({*encounter_policy.REVIEWS, "auditor", "biller"})


@for_roles(*policy.SEES_DESK)
def worklist(request: HttpRequest) -> HttpResponse:
    """List the visits that wait for codes, or what was asked of providers, or open notes."""
    by = actor_of(request)
    facts: dict[str, Any] = {"counts": queries.worklist_counts(by.practice_id, today=by.today), "view": "to_code"}
    if request.GET.get("queries"):
        facts |= {"view": "queries", "asked": queries.queries_of(by.practice_id, state="open")}
    elif request.GET.get("open"):
        facts |= {"view": "open", "visits": encounters.encounters(by.practice_id, state="open")}
    elif request.GET.get("done"):
        states = [encounters.encounters(by.practice_id, state=state) for state in ("coded", "charged", "billed")]
        facts |= {
            "view": "done",
            "visits": sorted((row for rows in states for row in rows), key=lambda row: row.served_on, reverse=True),
        }
    else:
        pended = bool(request.GET.get("pended"))
        facts |= {
            "view": "pended" if pended else "to_code",
            "rows": queries.worklist(by.practice_id, today=by.today, with_pended=pended),
        }
    return render(request, "coding/worklist.html", facts)


@for_roles(*policy.SEES_DESK)
def chart(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Show a visit's note with its evidence beside suggested and confirmed codes."""
    by = actor_of(request)
    return render(request, "coding/chart.html", _facts(by, encounter_id))


def _facts(by: Actor, encounter_id: str, refused: str = "") -> dict[str, Any]:
    found = queries.chart(by.practice_id, encounter_id)
    store = codesets.open_store()

    def title(system: str, code: str) -> str:
        known = store.get(system, code, found.served_on)
        return known.title if known else ""

    confirmed = {("icd10cm", item.code) for item in found.diagnoses} | {
        (item.desk.system, item.desk.code) for item in found.procedures
    }
    if are_hidden(by.practice_id):
        found = found._replace(suggestions=None)
    answer = found.suggestions
    offered = [] if answer is None else [
        {"it": item, "key": key_of(item.system, item.code), "is_confirmed": (item.system, item.code) in confirmed} for item in answer.suggestions
    ]  # fmt: skip
    cut = pieces(found.text, answer)
    return {
        "chart": found,
        "pieces": cut,
        "papers": papers(cut, source_queries.spots(by.practice_id, encounter_id, found.text)) if by.roles & _SEES_PAPER else [],
        "offered": offered,
        "refused_codes": [] if answer is None else [(f"not-{number}", item) for number, item in enumerate(answer.not_coded)],
        "diagnoses": [(item, title("icd10cm", item.code), key_of("icd10cm", item.code)) for item in found.diagnoses],
        "procedures": [
            (item, title(item.desk.system, item.desk.code), key_of(item.desk.system, item.desk.code)) for item in found.procedures
        ],
        "drafts": _drafts(by, found) if by.roles & set(policy.CODES) else [],
        "findings": queries.live_findings(by.practice_id, encounter_id) if confirmed else (),
        "may_code": bool(by.roles & set(policy.CODES)) and found.state in {"signed", "coded", "charged", "billed"},
        "may_answer": bool(by.roles & set(policy.ANSWERS)),
        "refused": refused,
        "are_hidden": are_hidden(by.practice_id),
        "newline": "\n",
    }


def _drafts(by: Actor, found: queries.Chart) -> list[Any]:
    """Draft the questions that this visit's unspecified codes leave open and nobody has asked yet."""
    asked = {row.code for row in found.queries if row.state != "withdrawn"}
    codes = [item.code for item in found.diagnoses if item.code not in asked]
    drafts = [queries.drafted_query(by.practice_id, found.encounter_id, code) for code in codes]
    return [draft for draft in drafts if draft is not None]


@for_roles(*policy.CODES)
@require_POST
def act(request: HttpRequest, encounter_id: str, how: str) -> HttpResponse:
    """Do one thing at the desk and show it again; what is refused is said beside the codes, and nothing is lost."""
    by = actor_of(request)
    refused = ""
    try:
        if how == "suggest":
            sessions.open_chart(encounter_id=encounter_id, by=by)
            suggest_codes(encounter_id=encounter_id, by=by)
        elif how == "accept-ready":
            actions.accept_ready(encounter_id=encounter_id, by=by)
        elif how == "finalise":
            for finding in actions.finalise_coding(encounter_id=encounter_id, by=by):
                messages.warning(request, finding.says)
            messages.success(request, "The codes are final; the charges follow.")
            following = queries.next_chart(by.practice_id, today=by.today, after=encounter_id)
            return _go(request, f"/coding/{following}/" if following else "/coding/")
        elif how == "pend":
            days = number_in(request.POST.get("days", "3"))
            until = by.today + timedelta(days=min(days, _LONGEST_PEND) if days is not None else 3)
            sessions.pend(encounter_id=encounter_id, reason=request.POST.get("reason", ""), until=until, by=by)
            return _go(request, "/coding/")
        elif how == "ask":
            choices = tuple(line.strip() for line in request.POST.get("choices", "").splitlines() if line.strip())
            provider_queries.query_provider(
                encounter_id=encounter_id, question=request.POST.get("question", ""), choices=choices, by=by,
                code=request.POST.get("code", "")[:10],
            )  # fmt: skip
        elif how == "withdraw-question":
            provider_queries.withdraw_query(query_id=request.POST.get("query", ""), by=by)
        else:
            before = queries.confirmed(by.practice_id, queries.encounter_for_desk(by.practice_id, encounter_id))
            answer = queries.chart(by.practice_id, encounter_id).suggestions
            codes = changed(before, how, request.POST, answer)
            actions.confirm_codes(encounter_id=encounter_id, codes=codes, by=by, amend_reason=request.POST.get("amend_reason", ""))
    except CleanclaimError as wrong:
        refused = str(wrong)
    facts = _facts(by, encounter_id, refused)
    if refused:
        facts["typed"] = {"how": how, **{name: request.POST.get(name, "") for name in ("system", "code", "question", "choices")}}
    if request.headers.get("HX-Request"):
        return render(request, "coding/desk.html" if how != "suggest" else "coding/both.html", facts)
    return render(request, "coding/chart.html", facts, status=422 if refused else 200)


@for_roles(*policy.ANSWERS)
@require_POST
def answer(request: HttpRequest, query_id: str) -> HttpResponse:
    """Answer a coder's question."""
    by = actor_of(request)
    words = [request.POST.get("choice", "").strip(), request.POST.get("answer", "").strip()]
    provider_queries.answer_query(query_id=query_id, answer=": ".join(word for word in words if word), by=by)
    messages.success(request, "The answer went to the coder. What changes the record is written as an addendum.")
    return redirect("chart", encounter_id=queries.query_row(by.practice_id, query_id).encounter_id)


def _go(request: HttpRequest, where: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = where
        return response
    return redirect(where)
