"""Events: what must follow when a stage of the cycle finishes. Written with the change, drained by `workflow`, never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Event

_drain: list[Callable[[int], None]] = []


def drain_with(drain: Callable[[int], None]) -> None:
    """Let `workflow` say what drains a practice's events after a commit; without it they wait for a worker."""
    _drain[:] = [drain]


def emit(by: Actor, kind: str, subject: str, /, **facts: Any) -> None:
    """Write an event in the current transaction. Facts are ids, dates, cents: never patient data."""
    Event.objects.create(practice_id=by.practice_id, kind=kind, subject=subject, facts=facts, at=by.at)
    if _drain:
        transaction.on_commit(lambda: _drain[0](by.practice_id))
