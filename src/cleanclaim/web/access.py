"""Who may see a screen: signed in, with one of the roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from cleanclaim.practice.people.policy import require
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.middleware import actor_of

View = Callable[..., HttpResponse]


def for_roles(*roles: str, opens_restricted: bool = False) -> Callable[[View], View]:
    """Open a screen to these roles alone; others get a plain 403, strangers the sign-in page.

    A screen whose address names a patient shows a restricted chart only to somebody who has said why.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            by = actor_of(request)
            require(by, *roles)
            patient_id = kwargs.get("patient_id")
            if patient_id and not opens_restricted and is_closed_to(request, by, patient_id):
                return open_first(patient_id)
            return view(request, *args, **kwargs)

        checked.roles = roles  # type: ignore[attr-defined]
        return login_required(checked)

    return wrap
