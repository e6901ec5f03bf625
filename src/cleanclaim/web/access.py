"""Who may see a screen: signed in, with one of the roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from cleanclaim.practice.people.policy import require
from cleanclaim.web.middleware import actor_of

View = Callable[..., HttpResponse]


def for_roles(*roles: str) -> Callable[[View], View]:
    """Open a screen to these roles alone; others get a plain 403, strangers the sign-in page."""

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(actor_of(request), *roles)
            return view(request, *args, **kwargs)

        checked.roles = roles  # type: ignore[attr-defined]
        return login_required(checked)

    return wrap
