"""Which files wait, and their bytes."""

from __future__ import annotations

from typing import cast

from cleanclaim.practice.connections.models import InboxItem, OutboxItem, TradingPartner
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.transactions import get_or_refuse


def partners(practice_id: int) -> list[TradingPartner]:
    """Return the trading partners in order of their names."""
    return list(TradingPartner.objects.of(practice_id).order_by("name"))


def partner(practice_id: int, partner_id: str) -> TradingPartner:
    """Return a trading partner. Raises NotFound when this practice has none of this id."""
    return cast("TradingPartner", get_or_refuse(TradingPartner.objects.of(practice_id), what="partner", public_id=partner_id))


def waiting_inbox(practice_id: int) -> list[InboxItem]:
    """Return the files that arrived and were not worked, oldest first."""
    return list(InboxItem.objects.of(practice_id).filter(state=InboxItem.State.NEW).select_related("partner").order_by("id"))


def inbox(practice_id: int, *, limit: int = 100) -> list[InboxItem]:
    """Return the files that arrived, newest first, with what became of each."""
    return list(InboxItem.objects.of(practice_id).select_related("partner").order_by("-id")[:limit])


def outbox(practice_id: int, *, state: str | None = None) -> list[OutboxItem]:
    """Return the files sent or to send, newest first."""
    rows = OutboxItem.objects.of(practice_id).select_related("partner").order_by("-id")
    return list(rows.filter(state=state) if state else rows)


def content_of_inbox(practice_id: int, item_id: str) -> bytes:
    """Return the bytes of a file that arrived."""
    return blobs.get(get_or_refuse(InboxItem.objects.of(practice_id), what="file", public_id=item_id).blob)


def content_of_outbox(practice_id: int, item_id: str) -> bytes:
    """Return the bytes of a file that was sent."""
    return blobs.get(get_or_refuse(OutboxItem.objects.of(practice_id), what="file", public_id=item_id).blob)
