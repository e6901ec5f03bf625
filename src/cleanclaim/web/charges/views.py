"""Missing charges and late changes: visits that nobody was charged for, and billed visits whose codes changed."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.charges import actions, queries
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.coding import policy as coding
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DeskForm
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.tabs import Tab, tabs
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor", "coder")


def charge_tabs(by: Actor, current: str) -> list[Tab]:
    """Return the views of the desk."""
    views = [
        ("Missing charges", reverse("charges")),
        ("Late changes", reverse("charge-reviews"), len(queries.reviews(by.practice_id))),
        ("Prices", reverse("prices")),
    ]
    return tabs(views, reverse(current))  # type: ignore[arg-type]


@for_roles(*DESK)
def missing(request: HttpRequest) -> HttpResponse:
    """List visits without charges, the oldest first."""
    by = actor_of(request)
    rows = queries.missing_charges(by.practice_id, today=by.today)
    wanted = wanted_table(request)
    if wanted:
        table = [(row.served_on.isoformat(), row.provider_name, row.days, row.what, row.says) for row in rows]
        return table_answer(
            wanted, ("served_on", "provider", "days", "what", "why"), table, name="missing-charges", title="Missing charges"
        )
    return render(
        request,
        "charges/missing.html",
        {"rows": rows, "tabs": charge_tabs(by, "charges"), "may_open": bool(by.roles & set(coding.SEES_DESK))},
    )


class ApplyForm(DeskForm):
    """Why, where it needs saying."""

    reason = forms.CharField(label="Note", max_length=190, required=False)


class DismissForm(DeskForm):
    """Why nothing changes."""

    reason = forms.CharField(label="Why nothing changes", max_length=190)


def _apply(by: Actor, review: queries.ReviewRow, given: Given) -> str:
    actions.apply_review(review_id=review.review_id, reason=given["reason"], by=by)
    numbers = [claim.patient_control_number for claim in claims.claims_of_encounter(by.practice_id, review.encounter_id)]
    after = f" Replace claim {numbers[-1]} (7) next, so that the payer learns of it." if numbers else ""
    return f"The charges follow the codes now.{after}"


def _dismiss(by: Actor, review: queries.ReviewRow, given: Given) -> str:
    actions.dismiss_review(review_id=review.review_id, reason=given["reason"], by=by)
    return "Charges and claim stay as they are."


WORKS: Final = {
    "apply": Work("Take it over", _apply, ApplyForm, button="Change the charges"),
    "dismiss": Work("Leave it", _dismiss, DismissForm, button="Leave everything as it is"),
}


def _fitting(review: queries.ReviewRow) -> dict[str, Work]:
    """A late coverage changes no charge: its claim is handed to the payer on its own page."""
    return {"dismiss": WORKS["dismiss"]} if review.cause == "coverage" else dict(WORKS)


@for_roles(*DESK)
def reviews(request: HttpRequest) -> HttpResponse:
    """List the late changes that wait for a biller."""
    return _reviews(request)


def _reviews(request: HttpRequest, asked: Asked | None = None, review_id: str = "") -> HttpResponse:
    by = actor_of(request)
    state = request.GET.get("state", "open")
    rows = queries.reviews(by.practice_id, state=state if state in {"open", "applied", "dismissed"} else "open")
    numbers = claims.numbers_of_encounters(by.practice_id, [row.encounter_id for row in rows])
    facts = {
        "rows": [
            (row, numbers.get(row.encounter_id, ""),
             shown(by, _fitting(row), row, lambda how, row=row: reverse("charge-review-act", args=[row.review_id, how]), asked if row.review_id == review_id else None)  # type: ignore[misc]
             if row.state == "open" else {})
            for row in rows
        ],
        "state": state, "tabs": charge_tabs(by, "charge-reviews"),
    }  # fmt: skip
    return render(request, "charges/reviews.html", facts)


@for_roles("biller", "manager")
@require_POST
def review_act(request: HttpRequest, review_id: str, how: str) -> HttpResponse:
    """Take a late change over, or leave it."""
    by = actor_of(request)
    review = next((row for row in queries.reviews(by.practice_id) if row.review_id == review_id), None)
    if review is None:
        raise NotFound("No open review of this practice bears this number.")
    return attempt(
        request, how, WORKS, review, show=lambda asked: _reviews(request, asked, review_id), back=reverse("charge-reviews")
    )
