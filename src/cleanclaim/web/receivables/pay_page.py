"""The page behind a payment link: the practice, what is due, a button to the card page. Nobody is signed in; no name, no visit, no service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cleanclaim.kernel.errors import CleanclaimError, NotFound
from cleanclaim.practice.foundation.actor import Actor, system_actor
from cleanclaim.practice.receivables import pay_links, queries
from cleanclaim.practice.receivables.cards import LEAST_CENTS, new_request_id, open_card_page
from cleanclaim.practice.receivables.models import PayLink
from cleanclaim.practice.receivables.statements import practice_head
from cleanclaim.web.receivables.card_settings import card_desk, leads_to_card_page

_WINDOW_SECONDS: Final = 600
_MOST_VIEWS: Final = 120
_MOST_PAGES: Final = 10
_MOST_WRONG: Final = 60
"""In ten minutes: how often a link is looked at, how many card pages it opens, how many wrong links one address tries. A patient stays far
below; a wrong link is never worth more than a refusal, since it names nothing."""


@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is due behind a link, and lead to the card page."""
    try:
        link = pay_links.link_of(token)
    except NotFound:
        if _too_often(f"wrong:{request.META.get('REMOTE_ADDR', '')}", _MOST_WRONG):
            return _too_many(request)
        return _shown(request, {"state": "unknown"}, 404)
    most = _MOST_PAGES if request.method == "POST" else _MOST_VIEWS
    if _too_often(f"{request.method}:{link.public_id}", most):
        return _too_many(request)
    by = system_actor(link.practice_id, at=datetime.now(UTC), zone=link.practice.time_zone, name="Payment link")
    facts = _facts(link, by)
    if not pay_links.still_opens(link, by):
        return _shown(request, facts | {"state": "old"}, 410)
    due = queries.account_summary(by.practice_id, queries.account_id(by.practice_id, link.patient), on=by.today).due_now_cents
    facts |= {"due_cents": due, "state": _state(due), "request_id": request.POST.get("request_id") or new_request_id()}
    if request.method == "POST" and facts["state"] == "due":
        return _open(request, link, by, due, facts)
    if request.GET.get("card") == "paid":
        facts["state"] = "paid"
    return _shown(request, facts, 200)


def _state(due_cents: int) -> str:
    if due_cents <= 0:
        return "nothing"
    if card_desk() is None:
        return "closed"
    return "due" if due_cents >= LEAST_CENTS else "small"


def _facts(link: PayLink, by: Actor) -> dict[str, Any]:
    _, phone, name = practice_head(by, link.practice.name)
    return {"practice_name": name, "phone": _phone(phone), "expires_on": link.expires_on, "token": pay_links.token_of(link)}


def _phone(text: str) -> str:
    digits = "".join(filter(str.isdigit, text))
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else text


def _open(request: HttpRequest, link: PayLink, by: Actor, due_cents: int, facts: dict[str, Any]) -> HttpResponse:
    desk = card_desk()
    back = request.build_absolute_uri(reverse("pay", args=[facts["token"]]))
    if request.POST.get("cents") != str(due_cents):
        return _shown(
            request, facts | {"refused": "The amount has changed since you opened this page. It is shown as it stands now."}, 409
        )
    try:
        if desk is None:
            raise NotFound("No card payments are taken here.")
        address = open_card_page(
            desk=desk, patient_id=link.patient, cents=due_cents, request_id=facts["request_id"],
            paid_to=f"{back}?{urlencode({'card': 'paid'})}", left_to=back, by=by, link=link.public_id,
        )  # fmt: skip
    except CleanclaimError as refused:
        return _shown(request, facts | {"refused": str(refused), "request_id": new_request_id()}, 502)
    return HttpResponseRedirect(address)


def _too_often(what: str, most: int) -> bool:
    key = f"pay-page:{what}"
    cache.add(key, 0, timeout=_WINDOW_SECONDS)
    try:
        return cache.incr(key) > most
    except ValueError:
        return False  # the window ended between the two


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = _shown(request, {"state": "often"}, 429)
    answer["Retry-After"] = str(_WINDOW_SECONDS)
    return answer


def _shown(request: HttpRequest, facts: dict[str, Any], status: int) -> HttpResponse:
    """Return the page; no engine lists it. Its address does not travel to the card service: our pages name themselves to nobody else."""
    answer = render(request, "receivables/pay.html", facts, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return leads_to_card_page(answer)
