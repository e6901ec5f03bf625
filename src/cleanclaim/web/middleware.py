"""What every request passes: the content security policy, who acts in which practice, and errors as plain pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from cleanclaim.kernel.errors import CleanclaimError, Conflict, InvalidValue, NotAllowed, NotFound, Refused
from cleanclaim.practice.foundation.actor import system_actor
from cleanclaim.practice.people.queries import actor_for
from cleanclaim.practice.workflow.actions import drain

if TYPE_CHECKING:
    from cleanclaim.practice.foundation.actor import Actor
    from cleanclaim.practice.people.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""No script but our own files. Styles may stand in attributes, since charts size themselves that way."""

_STATUS: tuple[tuple[type[CleanclaimError], int, str], ...] = (
    (NotAllowed, 403, "Not permitted"),
    (NotFound, 404, "Not found"),
    (Conflict, 409, "Changed meanwhile"),
    (Refused, 422, "Not possible"),
    (InvalidValue, 400, "Not right yet"),
)


_LONGEST_WORDS = 10_000
"""Characters of one entry in an address; at four bytes each still a pattern that SQLite takes."""
_PASSKEYS = "/accounts/2fa/webauthn/"
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
"""What the sign-in's library raises for a passkey's answer that is not what a browser sends; strangers reach it."""


class ContentSecurityPolicy:
    """Adds the policy; pages with patient data are not cached by anybody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class FollowEvents:
    """Lets what must follow a change happen at once after it committed: codes are priced, claims built, files read.

    A step that fails keeps its reason with the event and is shown in its queue; the page that caused it is answered all the same.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400 and getattr(request.user, "is_authenticated", False):
            try:
                by = actor_of(request)
                drain(by=system_actor(by.practice_id, at=datetime.now(UTC), zone=by.zone))
            except NotFound:
                pass  # somebody without a practice has no events
        return response


class CurrentPractice:
    """Puts `request.actor` there for a signed-in member, and turns the program's own errors into plain pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, _args: object, _kwargs: object) -> HttpResponse | None:
        """Refuse a NUL wherever something is typed or addressed, and words in an address that nobody types to look for something.

        No record holds a NUL, and PostgreSQL keeps none; SQLite looks for no pattern beyond 50,000 bytes.
        """
        if any(len(value) > _LONGEST_WORDS for values in request.GET.lists() for value in values[1]):
            return self.process_exception(request, InvalidValue("What is looked for is too long."))
        if "\x00" in request.path or _holds_nul(request.GET) or (not _reads_its_own_body(view) and _holds_nul(request.POST)):
            return self.process_exception(request, InvalidValue("A character that cannot be typed (NUL) stands in it."))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an error of ours with its sentence; leave every other one to the server's log."""
        if isinstance(error, _UNREADABLE) and request.path.startswith(_PASSKEYS):
            error = InvalidValue("What the browser sent for the passkey cannot be read. Try again.")
        if not isinstance(error, CleanclaimError):
            return None
        status, title = next(
            ((code, words) for kind, code, words in _STATUS if isinstance(error, kind)), (500, "Something is wrong")
        )
        template = "parts/error_fragment.html" if request.headers.get("HX-Request") else "parts/error.html"
        return render(request, template, {"title": title, "says": str(error)}, status=status)


def _holds_nul(given: QueryDict) -> bool:
    return any("\x00" in name or any("\x00" in value for value in values) for name, values in given.lists())


def _reads_its_own_body(view: View) -> bool:
    return bool(getattr(view, "csrf_exempt", False))


def _actor(request: HttpRequest) -> Actor:
    actor = actor_for(cast("User", request.user), request.session.get("practice_id"), at=datetime.now(UTC))
    timezone.activate(ZoneInfo(actor.zone))  # pages show instants by the practice's own clock
    return actor


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in this request. Raises NotFound for a user without a practice."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]
