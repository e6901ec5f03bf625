"""Files that came and went, and steps that should have followed by themselves: what is stuck, why, and trying again."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.workflow import actions, queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DeskForm, NoEntries
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.remittance.desk_tabs import payment_tabs
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")


class FileForm(DeskForm):
    """Which file."""

    item = forms.CharField(max_length=40, widget=forms.HiddenInput)


def _retry(by: Actor, _subject: Any, _given: Given) -> str:
    count = actions.retry_failed(by=by)
    actions.drain(by=by)
    left = len(queries.failed_events(by.practice_id))
    return f"{count} step{'s' if count != 1 else ''} tried again; {left} still stuck."


def _read(by: Actor, _subject: Any, given: Given) -> str:
    return actions.read_file(item_id=given["item"], by=by) or "The file was read before."


WORKS: Final = {
    "retry": Work("Try the stuck steps again", _retry, NoEntries),
    "read": Work("Read it now", _read, FileForm),
}


@for_roles(*DESK)
def page(request: HttpRequest) -> HttpResponse:
    """Show what is stuck, and the latest files."""
    return _show(request)


def _show(request: HttpRequest, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    stuck = queries.failed_events(by.practice_id)
    numbers = claims.numbers_of(by.practice_id, [row.subject for row in stuck if row.subject.startswith("clm_")])
    facts = {
        "stuck": [(row, numbers.get(row.subject, "")) for row in stuck], "arrived": connections.inbox(by.practice_id), "sent": connections.outbox(by.practice_id)[:100],
        "works": shown(by, WORKS, None, lambda how: reverse("file-act", args=[how]), asked), "tabs": payment_tabs(by, "files"),
    }  # fmt: skip
    return render(request, "remittance/files.html", facts)


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, how: str) -> HttpResponse:
    """Try again."""
    return attempt(request, how, WORKS, None, show=lambda asked: _show(request, asked), back=reverse("files"))
