"""A patient's account: what is owed and why, statements, payments, refunds, plan; for registrations and for claims taken over without one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.charges import queries as charges
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import pay_links, queries, worklists
from cleanclaim.practice.receivables.statements import account_name, content_of, open_visits, preview_statement
from cleanclaim.web.access import for_roles
from cleanclaim.web.downloads import pdf_answer
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.receivables.account_works import WORKS, AccountSubject
from cleanclaim.web.receivables.card_desk import works_with_cards
from cleanclaim.web.receivables.card_settings import leads_to_card_page, pay_address
from cleanclaim.web.work import Asked, attempt, shown

MONEY_DESK = ("biller", "manager", "front_desk")


def subject_of(by: Actor, patient_id: str) -> tuple[AccountSubject, list[Any]]:
    """Return an account as it stands, and its claims."""
    account = queries.account_id(by.practice_id, patient_id)
    ids = queries.account_ids(by.practice_id, account)
    if account.startswith("clm_"):
        found = [claims.claim(by.practice_id, account)]
    else:
        found = [claim for one in ids for claim in claims.claims_of_patient(by.practice_id, one)]
    numbers = {claim.public_id: claim.patient_control_number for claim in found}
    subject = AccountSubject(
        patient_id, account, queries.account_summary(by.practice_id, account, on=by.today), queries.credit_cents(by.practice_id, account),
        -sum(row.cents for row in queries.overpaid_lines(by.practice_id, account)), _by_claim(queries.owed_lines(by.practice_id, account), numbers),
        _by_claim(queries.collections_lines(by.practice_id, account), numbers),
        tuple((claim.public_id, claim.patient_control_number) for claim in found if claim.holds_statement),
        tuple(queries.payments_of(by.practice_id, account)), queries.plan_standing(by.practice_id, account, on=by.today),
        tuple(pay_links.open_links(by, account)),
    )  # fmt: skip
    return subject, found


def _by_claim(rows: list[Any], numbers: dict[str, str]) -> tuple[tuple[str, str, int], ...]:
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[row.claim] += row.cents
    return tuple((claim, numbers.get(claim, ""), cents) for claim, cents in sums.items())


@for_roles(*MONEY_DESK)
def statement(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Show the account; somebody who comes back from the card page reads what that means."""
    come_back = {
        "paid": "The card page says it is paid. The payment stands here once the card service has announced it.",
        "left": "The card page was left without a payment.",
    }
    if request.GET.get("card") in come_back:
        messages.info(request, come_back[request.GET["card"]])
    return _show(request, patient_id)


def _show(request: HttpRequest, patient_id: str, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    subject, found = subject_of(by, patient_id)
    name, number = account_name(by.practice_id, subject.account)
    works = shown(
        by,
        WORKS | works_with_cards(request, patient_id),
        subject,
        lambda how: reverse("statement-act", args=[patient_id, how]),
        asked,
    )
    is_registered = not subject.account.startswith("clm_")
    numbers = {claim.public_id: claim.patient_control_number for claim in found}
    facts = {
        "it": subject, "name": name, "number": number, "patient_id": patient_id, "is_registered": is_registered, "summary": subject.summary,
        "visits": [(visit, numbers.get(visit.claim, "")) for visit in open_visits(by.practice_id, subject.account)],
        "statements": queries.statements_of(by.practice_id, subject.account), "payments": subject.payments, "plan": subject.plan,
        "refunds": worklists.refunds_of(by.practice_id, queries.account_ids(by.practice_id, subject.account)),
        "estimates": charges.estimates(by.practice_id, patient_id=subject.account) if is_registered else [],
        "produce": works.pop("produce", None), "pay": works.pop("pay", None), "card": works.pop("card", None),
        "link": works.pop("link", None), "unlink": works.pop("unlink", None), "links": [(row, pay_address(row.token)) for row in subject.links],
        "works": works, "today": by.today,
    }  # fmt: skip
    return leads_to_card_page(render(request, "receivables/statement.html", facts))


@for_roles(*MONEY_DESK)
@require_POST
def act(request: HttpRequest, patient_id: str, how: str) -> HttpResponse:
    """Do one thing on the account."""
    by = actor_of(request)
    subject, _ = subject_of(by, patient_id)
    back = reverse("statement", args=[patient_id])
    return attempt(
        request,
        how,
        WORKS | works_with_cards(request, patient_id),
        subject,
        show=lambda asked: _show(request, patient_id, asked),
        back=back,
    )


@for_roles(*MONEY_DESK)
def statement_preview(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Return the statement as it would be produced today."""
    by = actor_of(request)
    return pdf_answer(preview_statement(patient_id=queries.account_id(by.practice_id, patient_id), by=by), "statement-preview")


@for_roles(*MONEY_DESK)
def statement_pdf(request: HttpRequest, patient_id: str, number: str) -> HttpResponse:
    """Return a statement as it was given to the patient."""
    by = actor_of(request)
    account = queries.account_id(by.practice_id, patient_id)
    found = next((row for row in queries.statements_of(by.practice_id, account) if row.number == number), None)
    if found is None:
        raise NotFound("This account has no statement of that number.")
    return pdf_answer(content_of(found), f"statement-{number}")
