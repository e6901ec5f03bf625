"""Who may see a screen: signed in, with one of the roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration.policy import may_see_patients
from cleanclaim.web.break_glass import is_closed_to, open_first
from cleanclaim.web.middleware import actor_of

View = Callable[..., HttpResponse]


def for_roles(*roles: str, opens_restricted: bool = False) -> Callable[[View], View]:
    """Open a screen to these roles alone; others get a plain 403, strangers the sign-in page.

    A screen whose address names a patient or a visit shows a restricted chart only to somebody who has said why. Coders and learners
    see the record without the person, and are not asked.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            by = actor_of(request)
            require(by, *roles)
            patient_id = kwargs.get("patient_id")
            if not patient_id and "encounter_id" in kwargs and may_see_patients(by):
                patient_id = encounters.encounter_row(by.practice_id, kwargs["encounter_id"]).patient.public_id
            if patient_id and not opens_restricted and is_closed_to(request, by, patient_id):
                return open_first(patient_id)
            return view(request, *args, **kwargs)

        checked.roles = roles  # type: ignore[attr-defined]
        return login_required(checked)

    return wrap
