"""What every page shows around its own content: the practice, the person, the desks that their roles open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.people.rules import LEARNER
from cleanclaim.practice.training.queries import open_exercise
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.navigation import desks_for


def practice(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's own values; empty for somebody who is not signed in or belongs to no practice."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    try:
        actor = actor_of(request)
        here = Practice.objects.get(pk=actor.practice_id)
        learns = here.is_training and LEARNER in actor.roles
        return {"practice": here, "me": {"name": actor.name, "roles": [LEARNER] if learns else sorted(actor.roles)}, "today": actor.today,
                "desks": desks_for(actor, request.path, is_training=here.is_training),
                "open_exercise": open_exercise(here.pk) if learns else None}  # fmt: skip
    except NotFound:
        return {}
