"""What should have followed by itself and did not."""

from __future__ import annotations

from cleanclaim.practice.foundation.models import Event


def failed_events(practice_id: int, *, limit: int = 200) -> list[Event]:
    """Return the events whose step failed, oldest first, each with its reason."""
    rows = Event.objects.of(practice_id).filter(drained_at__isnull=True).exclude(failure="")
    return list(rows.order_by("id")[:limit])
