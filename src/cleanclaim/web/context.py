"""What every page shows around its own content: the practice, the person, the desks that their roles open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.navigation import desks_for


def practice(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's own values; empty for somebody who is not signed in or belongs to no practice."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    try:
        actor = actor_of(request)
        return {"practice": Practice.objects.get(pk=actor.practice_id), "me": {"name": actor.name, "roles": sorted(actor.roles)},
                "today": actor.today, "desks": desks_for(actor, request.path)}  # fmt: skip
    except NotFound:
        return {}
