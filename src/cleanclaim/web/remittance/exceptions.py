"""The exceptions queue: answers whose claim or money is in doubt, each worked by a person and none lost."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.documents import ClaimPayment
from cleanclaim.kernel.errors import Refused
from cleanclaim.kernel.money import Money
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.remittance import candidates, exceptions, following, queries
from cleanclaim.practice.remittance.models import PostingException
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DeskForm, NoEntries
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.reasons import ANSWERS, GROUPS, reason_words
from cleanclaim.web.remittance.desk_tabs import payment_tabs
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")
STATES: Final = ("open", "posted", "settled")
_PAGE: Final = 100


class BookForm(DeskForm):
    """Where the money belongs."""

    where = forms.ChoiceField(label="The money")
    reason = forms.CharField(label="Why", max_length=150)

    def prepare(self) -> None:
        """Offer only what fits: money is never dismissed."""
        places = [
            (name, says)
            for name, (account, says) in exceptions.PLACES.items()
            if (account is None) == (not self.subject.amount_cents)
        ]
        self.offer("where", places)


class PostForm(DeskForm):
    """The claim that is meant."""

    claim = forms.CharField(label="Claim number", max_length=40)


class OwnerForm(DeskForm):
    """Who works it."""

    owner = forms.CharField(max_length=120, required=False)

    def prepare(self) -> None:
        """Offer whoever is at the desk."""
        self.fields["owner"].initial = self.subject.owner or self.by.name


def _post(by: Actor, waiting: PostingException, given: Given) -> str:
    meant = candidates.candidates_of(by.practice_id, waiting, words=given["claim"])
    exact = [row.claim for row in meant if given["claim"].strip().upper() in {row.claim.public_id.upper(), row.claim.patient_control_number.upper(), row.claim.sent_number.upper()}]  # fmt: skip
    if len({claim.pk for claim in exact}) != 1:
        raise Refused("No one claim bears this number. Choose it from the list, or find it by the patient's name.")
    following.post_exception_to(exception_id=waiting.public_id, claim_id=exact[0].public_id, by=by)
    return f"{Money(waiting.amount_cents):$} posted to claim {exact[0].patient_control_number}."


def _retry(by: Actor, waiting: PostingException, _given: Given) -> str:
    if not following.retry_exception(exception_id=waiting.public_id, by=by):
        raise Refused("It still fits no claim by itself: choose one, or book it.")
    return f"{Money(waiting.amount_cents):$} posted."


def _book(by: Actor, waiting: PostingException, given: Given) -> str:
    exceptions.book_exception(exception_id=waiting.public_id, where=given["where"], reason=given["reason"], by=by)
    return "Settled; the reason stands with it."


def _own(by: Actor, waiting: PostingException, given: Given) -> str:
    exceptions.assign_exception(exception_id=waiting.public_id, owner=given["owner"], by=by)
    return f"{given['owner'] or 'Nobody'} has it now."


def _is_open(waiting: PostingException) -> bool:
    return waiting.state == PostingException.State.OPEN


def _is_open_answer(waiting: PostingException) -> bool:
    return _is_open(waiting) and waiting.answer is not None


WORKS: Final = {
    "post": Work("Post to a claim", _post, PostForm, button="Post to this claim", when=_is_open_answer),
    "retry": Work("Try again", _retry, NoEntries, when=_is_open_answer, says="For an answer that waited for another one, or for a claim that was not there yet."),
    "book": Work("Book outside claims", _book, BookForm, button="Book it", when=_is_open, says="For money that belongs to no claim of this practice. The reason is kept."),
    "own": Work("Owner", _own, OwnerForm, button="Set the owner", when=_is_open),
}  # fmt: skip


@for_roles(*DESK)
def worklist(request: HttpRequest) -> HttpResponse:
    """List exceptions of a state, the most money first; `?problem=` narrows them."""
    by = actor_of(request)
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    problem, owner = request.GET.get("problem", ""), request.GET.get("owner", "")
    page = request.GET.get("page", "0")
    start = int(page) * _PAGE if page.isdecimal() and len(page) < 6 else 0
    rows = queries.exceptions(by.practice_id, state=state, problem=problem, owner=owner, start=start, size=_PAGE + 1)
    facts = {
        "rows": rows[:_PAGE], "state": state, "states": STATES, "problem": problem, "owner": owner, "tabs": payment_tabs(by, "exceptions"),
        "counts": queries.exception_counts(by.practice_id), "problems": queries.exception_problems(by.practice_id, state=state),
        "following": start // _PAGE + 1 if len(rows) > _PAGE else None,
    }  # fmt: skip
    return render(request, "remittance/exceptions.html", facts)


@for_roles(*DESK)
def exception(request: HttpRequest, exception_id: str) -> HttpResponse:
    """Show one exception: the answer as it came, the claims that may be meant, and what can be done."""
    return _show(request, exception_id)


def _show(request: HttpRequest, exception_id: str, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    waiting = candidates.exception_of(by.practice_id, exception_id)
    payment = candidates.answer_of(waiting)
    words = request.GET.get("q", "").strip()
    works = shown(by, WORKS, waiting, lambda how: reverse("exception-act", args=[exception_id, how]), asked)
    facts: dict[str, Any] = {
        "row": waiting, "payment": payment, "lines": lines_in_words(payment) if payment else [],
        "answer": ANSWERS.get(payment.status, payment.status) if payment else "", "whole": cas_in_words(payment.adjustments) if payment else [], "q": words, "works": works, "tabs": payment_tabs(by, "exceptions"),
        "candidates": candidates.candidates_of(by.practice_id, waiting, words=words) if waiting.state == "open" else [],
    }  # fmt: skip
    return render(request, "remittance/exception.html", facts)


def cas_in_words(adjustments: Any) -> list[dict[str, Any]]:
    """Return adjustments with who bears them and why, in plain words."""
    return [
        {"code": f"{item.group}-{item.reason}", "cents": item.cents, "says": f"{reason_words(item.reason)} ({GROUPS.get(item.group, item.group)})"}
        for item in adjustments
    ]  # fmt: skip


def lines_in_words(payment: ClaimPayment) -> list[dict[str, Any]]:
    """Return the lines of an answer with their adjustments in plain words."""
    return [
        {
            "procedure": line.submitted_procedure or line.procedure or line.revenue_code, "modifiers": line.submitted_modifiers or line.modifiers,
            "changed_to": line.procedure if line.submitted_procedure and line.submitted_procedure != line.procedure else "",
            "served_on": line.served_on, "charge_cents": line.charge_cents, "paid_cents": line.paid_cents, "cas": cas_in_words(line.adjustments),
            "remarks": line.remarks, "control": line.line_control_number,
        }
        for line in payment.lines
    ]  # fmt: skip


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, exception_id: str, how: str) -> HttpResponse:
    """Post, book, try again or assign an exception."""
    by = actor_of(request)
    waiting = candidates.exception_of(by.practice_id, exception_id)
    back = reverse("exception", args=[exception_id]) if how == "own" else reverse("exceptions")
    return attempt(request, how, WORKS, waiting, show=lambda asked: _show(request, exception_id, asked), back=back)
