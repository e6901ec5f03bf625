"""Where the card service and its addresses come from: the settings of this installation."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from cleanclaim.practice.receivables import cards
from cleanclaim.practice.receivables.card_service import post_form
from cleanclaim.web.middleware import POLICY


def card_desk() -> cards.StripePage | None:
    """Return the card service of this installation; None while it has none (CLEANCLAIM_STRIPE_KEY and CLEANCLAIM_STRIPE_WEBHOOK_SECRET)."""
    if not settings.STRIPE_KEY or not settings.STRIPE_WEBHOOK_SECRET:
        return None
    return cards.StripePage(
        secret_key=settings.STRIPE_KEY,
        webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
        post=post_form,
        address=settings.STRIPE_ADDRESS,
    )


def leads_to_card_page(answer: HttpResponse) -> HttpResponse:
    """Let the forms of this page lead to the hosted page: a browser holds a form's redirect to the policy too."""
    if card_desk() is not None:
        answer["Content-Security-Policy"] = POLICY.replace("form-action 'self'", f"form-action 'self' {cards.StripePage.PAGES}")
    return answer


def pay_address(token: str) -> str:
    """Return where a patient opens a payment link."""
    return f"{settings.PUBLIC_ADDRESS}{reverse('pay', args=[token])}"


def statement_pays_at() -> bool:
    """Tell whether statements carry a payment link: cards are taken, and patients can reach this program."""
    return card_desk() is not None and bool(settings.PUBLIC_ADDRESS)
