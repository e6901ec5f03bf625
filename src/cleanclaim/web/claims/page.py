"""One claim: its money line by line in plain words, what was expected, payers and submissions, denials, timeline, and what can be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.practice.claims import queries, rules
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.denials import queries as denials
from cleanclaim.practice.denials.variances import expected_of_claim
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables.queries import collections_of_claim
from cleanclaim.practice.remittance import queries as remittance
from cleanclaim.web.access import for_roles
from cleanclaim.web.claims.works import WORKS
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.reasons import ANSWERS, GROUPS, reason_words, remark_words
from cleanclaim.web.work import Asked, attempt, shown

DESK = ("biller", "manager", "auditor")
_KINDS = {
    "paid": "paid", "contractual": "written off", "sequestration": "federal cut", "capitation": "covered by the monthly fee",
    "responsibility": "patient's share", "denied": "refused", "held": "refused, would be the patient's", "prior": "settled by an earlier payer",
}  # fmt: skip


def named(by: Actor, number: str) -> Claim:
    """Return the claim of a number, or of its public id where a posting names it by that."""
    return queries.claim(by.practice_id, number) if number.startswith("clm_") else queries.claim_numbered(by.practice_id, number)


@for_roles(*DESK)
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Show one claim."""
    return _show(request, named(actor_of(request), number))


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, number: str, how: str) -> HttpResponse:
    """Do one thing with a claim."""
    found = named(actor_of(request), number)
    back = reverse("claim", args=[found.patient_control_number])
    return attempt(request, how, WORKS, found, show=lambda asked: _show(request, found, asked), back=back)


def _show(request: HttpRequest, found: Claim, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    submissions = queries.submissions(found)
    decisions = remittance.decisions_of_claim(by.practice_id, found.public_id)
    promised = {row.line: row for row in expected_of_claim(found)}
    lines = queries.lines_of(found)
    said = _said_by_line(decisions)
    collections = collections_of_claim(by.practice_id, found.public_id)
    number = found.patient_control_number
    facts: dict[str, Any] = {
        "row": found, "claim": queries.claim_json(found), "sums": _sums(found), "collections_cents": collections, "turns": queries.turns_of(found),
        "lines": [(line, promised.get(line.number), said.get(line.number, [])) for line in lines if line.number],
        "whole": next(((line, said.get(0, [])) for line in lines if not line.number), None), "has_contract": bool(promised),
        "decisions": [(row, ANSWERS.get(row.status, row.status), [(code, remark_words(code)) for code in row.remarks]) for row in decisions],
        "submissions": submissions, "findings": submissions[-1].findings if submissions else [], "events": queries.timeline(found),
        "denials": denials.denials_of_claim(by.practice_id, found.public_id), "may_correct": _may_correct(found, by),
        "works": shown(by, WORKS, found, lambda how: reverse("claim-act", args=[number, how]), asked),
        "may_type": bool(by.roles & {"biller", "manager"}) and found.kind != "self" and found.status != "voided",
    }  # fmt: skip
    return render(request, "claims/claim.html", facts)


def _may_correct(found: Claim, by: Actor) -> bool:
    return bool(by.roles & {"biller", "manager"}) and found.kind != "self" and rules.can(found.status, "correct")


def _sums(found: Claim) -> list[tuple[str, int]]:
    return [
        ("Charge", found.charge_cents), ("Insurance paid", found.insurance_paid_cents), ("Contractual", found.contractual_cents),
        ("Patient paid", found.patient_paid_cents), ("Other write-offs", found.other_write_off_cents),
        ("Insurance owes", found.insurance_balance_cents), ("Patient owes", found.patient_balance_cents),
    ]  # fmt: skip


def _said_by_line(decisions: list[Any]) -> dict[int, list[dict[str, Any]]]:
    """Return what each answer said of each line: payment and adjustments with who bears them and why, in plain words."""
    said: dict[int, list[dict[str, Any]]] = {}
    for row in decisions:
        for line, kind, cents, group, reason, _to in row.effects:
            code = f"{group}-{reason}" if group else ""
            why = f"{reason_words(reason)} ({GROUPS.get(group, group)})" if group else ""
            said.setdefault(line, []).append({
                "payer": row.payer.name, "kind": _KINDS.get(kind, kind), "cents": cents, "code": code, "why": why,
                "is_gone": row.is_reversed or row.reverses_id is not None, "is_reversal": row.reverses_id is not None,
            })  # fmt: skip
    return said
