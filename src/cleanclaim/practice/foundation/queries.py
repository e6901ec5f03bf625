"""Which practices there are."""

from __future__ import annotations

from cleanclaim.kernel.errors import NotFound, UsageError
from cleanclaim.practice.foundation.models import Practice


def practice_of(practice_id: int) -> Practice:
    """Return the practice with this number of the database."""
    return Practice.objects.get(pk=practice_id)


def practice_named(wanted: str | None) -> Practice:
    """Return the practice with this public id or name, or the only one there is.

    Raises UsageError when several could be meant, NotFound when there is none.
    """
    practices = list(Practice.objects.order_by("id"))
    if wanted:
        for practice in practices:
            if wanted in {practice.public_id, practice.name}:
                return practice
        raise NotFound("There is no practice with this id or name.")
    if not practices:
        raise NotFound("There is no practice yet. `python3 do.py demo` makes the sample practice.")
    live = [practice for practice in practices if not practice.is_training]
    if len(practices) == 1:
        return practices[0]
    if len(live) == 1:
        return live[0]
    raise UsageError("There are several practices: name one with --practice.")
