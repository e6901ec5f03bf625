"""Founding a practice."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.foundation.models import Practice


def found_practice(*, name: str, at: datetime, time_zone: str = "America/New_York", is_training: bool = False) -> Practice:
    """Create a practice. Raises InvalidValue for an unknown time zone or an empty name."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidValue("This is no time zone. One looks like America/Chicago.") from None
    if not name.strip():
        raise InvalidValue("A practice has a name.")
    practice = Practice(name=name.strip(), time_zone=time_zone, is_training=is_training, created_at=at)
    practice.save()
    return practice
