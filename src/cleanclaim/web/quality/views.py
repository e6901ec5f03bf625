"""How well the desk codes: the encoder's agreement with the coders, their pace, and what was learned from their decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.coding import figures, learning
from cleanclaim.web.access import for_roles
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in, read_day

DESK: Final = ("coder", "manager", "auditor")
_PERIOD_DAYS: Final = 90


def period(request: HttpRequest, today: date) -> tuple[date, date]:
    """Return the period that was asked for; the last ninety days where none was. Raises InvalidValue for days that are none."""
    last = read_day(request.GET["last"]) if request.GET.get("last") else today
    first = read_day(request.GET["first"]) if request.GET.get("first") else last - timedelta(days=_PERIOD_DAYS - 1)
    if first > last:
        raise InvalidValue("The period ends before it begins.")
    return first, last


@for_roles(*DESK)
def agreement(request: HttpRequest) -> HttpResponse:
    """Show how often the coders kept what the encoder proposed, by band, code and provider."""
    by = actor_of(request)
    first, last = period(request, by.today)
    facts = {
        "view": "agreement", "first": first, "last": last,
        "bands": figures.agreement_of_bands(by.practice_id, first=first, last=last),
        "codes": figures.agreement_by_code(by.practice_id, first=first, last=last)[:200],
        "providers": figures.agreement_by_provider(by.practice_id, first=first, last=last),
    }  # fmt: skip
    return render(request, "quality/agreement.html", facts)


@for_roles(*DESK)
def pace(request: HttpRequest) -> HttpResponse:
    """Show each coder's pace; a coder sees their own line alone."""
    by = actor_of(request)
    first, last = period(request, by.today)
    rows = figures.pace(by.practice_id, first=first, last=last, zone=by.zone)
    if not by.roles & {"manager", "auditor"}:
        rows = tuple(row for row in rows if row.coder == by.name)
    return render(request, "quality/pace.html", {"view": "pace", "first": first, "last": last, "rows": rows})


@for_roles(*DESK)
def learned(request: HttpRequest) -> HttpResponse:
    """Show every revision of what was learned, with the figures that speak for it and what it changed."""
    by = actor_of(request)
    rows = learning.revisions(by.practice_id)
    facts = {
        "view": "learned",
        "rows": rows,
        "as_shipped": not any(row.is_in_use for row in rows),
        "fewest": learning.FEWEST_VISITS,
    }
    return render(request, "quality/learned.html", facts)


@for_roles("manager", "coder")
@require_POST
def learn(request: HttpRequest) -> HttpResponse:
    """Learn from the finalised visits of this practice, or take an earlier revision."""
    by = actor_of(request)
    wanted = request.POST.get("revision")
    if wanted is None:
        card = learning.learn_from_visits(by=by)
        used = (
            "It is in use from now on." if card.is_in_use else "It did not help on visits that it had not seen, so it is not used."
        )
        messages.success(request, f"Revision {card.revision} was learned. {used}")
    else:
        revision = number_in(wanted)
        if wanted and revision is None:
            raise InvalidValue("A revision is a number.")
        learning.take_revision(revision=revision, by=by)
        messages.success(request, f"Revision {wanted} is in use." if wanted else "The encoder works as shipped.")
    return redirect("quality-learned")
