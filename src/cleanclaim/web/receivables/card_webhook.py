"""Where the card service announces payments: signed, believed once, and about one practice. Nobody is signed in here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import CleanclaimError, Conflict, NotFound
from cleanclaim.practice.foundation.actor import system_actor
from cleanclaim.practice.foundation.queries import practice_named
from cleanclaim.practice.receivables.cards import take_card_payment
from cleanclaim.practice.workflow.actions import drain
from cleanclaim.web.receivables.card_settings import card_desk

_MOST_BYTES: Final = 256 * 1024
"""An announcement is a few kilobytes; anything much longer is not read."""


@csrf_exempt  # the service proves itself by its signature, not by a session
@require_POST
def announced(request: HttpRequest, practice_id: str) -> HttpResponse:
    """Take an announcement of the card service: 200 when it is known or done, 400 when it proves nothing, 404 for no such desk.

    Anything but 200 is announced again by the service, which is what a lost race (409) wants.
    """
    desk = card_desk()
    body = request.read(_MOST_BYTES + 1)
    if desk is None or len(body) > _MOST_BYTES:
        return JsonResponse({"says": "No card payments are taken here."}, status=404 if desk is None else 413)
    try:
        practice = practice_named(practice_id)
        by = system_actor(practice.pk, at=datetime.now(UTC), zone=practice.time_zone)
        payment = take_card_payment(desk=desk, body=body, signature=request.headers.get("Stripe-Signature", ""), by=by)
    except CleanclaimError as refused:
        status = 404 if isinstance(refused, NotFound) else 409 if isinstance(refused, Conflict) else 400
        return JsonResponse({"says": str(refused)}, status=status)
    if payment is not None:
        drain(by=by)
    return JsonResponse({"payment": payment.public_id if payment else None})
