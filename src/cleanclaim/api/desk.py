"""How an operation is declared: who may call it, what it answers, what stands in its way; and what every operation needs."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, cast, get_args

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.parser import Parser
from ninja.security import HttpBearer

from cleanclaim.api import cursors
from cleanclaim.api.boundary import REPEATABLE
from cleanclaim.api.problems import Problem
from cleanclaim.api.shapes import Asked, as_plain
from cleanclaim.kernel.errors import Conflict, InvalidValue
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.paging import Page
from cleanclaim.practice.foundation.transactions import hold_version, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.receivables.queries import account_id
from cleanclaim.practice.registration import actions as registration
from cleanclaim.practice.registration import queries as patients
from cleanclaim.practice.registration.policy import may_see_patients

View = Callable[..., HttpResponse]

ROOT: Final = "api/v1"
REASON_HEADER: Final = "Reason-For-Access"
X12_TYPES: Final = ("application/edi-x12", "text/plain", "application/octet-stream")
_DEEPEST: Final = 40
_MOST_NUMBER: Final = 2**53


class Key(HttpBearer):
    """Lets a key in whose roles permit the operation; the key itself was proved at the edge."""

    def __init__(self, *roles: str) -> None:
        super().__init__()
        self.roles = roles

    def __call__(self, request: HttpRequest) -> Any:
        require(actor_of(request), *self.roles)
        return request.caller  # type: ignore[attr-defined]

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Unused: the edge has done it."""
        raise NotImplementedError


class Desk:
    """The operations of one part of the cycle."""

    def __init__(self, tag: str) -> None:
        self.router = Router(tags=[tag])

    def get(self, path: str, *, roles: tuple[str, ...], answer: Any, **more: Any) -> Callable[[View], View]:
        """Declare an operation that reads."""
        return self._declare("GET", path, roles, {200: answer}, **more)

    def post(self, path: str, *, roles: tuple[str, ...], answer: Any, status: int = 200, **more: Any) -> Callable[[View], View]:
        """Declare an operation that does something."""
        return self._declare("POST", path, roles, {status: answer}, **more)

    def put(self, path: str, *, roles: tuple[str, ...], answer: Any, **more: Any) -> Callable[[View], View]:
        """Declare an operation that sets something as a whole."""
        return self._declare("PUT", path, roles, {200: answer}, **more)

    def patch(self, path: str, *, roles: tuple[str, ...], answer: Any, **more: Any) -> Callable[[View], View]:
        """Declare an operation that changes some facts."""
        return self._declare("PATCH", path, roles, {200: answer}, **more)

    def _declare(
        self, method: str, path: str, roles: tuple[str, ...], answers: dict[int, Any], *, repeatable: bool = False, version: str = "",
        file: str = "", screen: str = "", media: str = "",
    ) -> Callable[[View], View]:  # fmt: skip
        """`version` is "" (none), "asked" or "needed" for If-Match; `file` says what an X12 body holds; `screen` names the screen of the same
        roles; `media` is the kind of an answer that is no JSON.
        """

        def declare(view: View) -> View:
            known = _known_names(view)

            @wraps(view)
            def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
                unknown = sorted(set(request.GET) - known)
                if unknown:
                    raise Problem("invalid", "A name behind the question mark is not known here.", field=unknown[0][:60])
                open_charts(request, kwargs)
                return view(request, *args, **kwargs)

            checked.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]  # the names of its own module
            extra: dict[str, Any] = {"x-roles": list(roles), "parameters": _headers(method, path, version, repeatable=repeatable)}
            if screen:
                extra["x-screen"] = screen
            if file:
                extra["requestBody"] = {
                    "required": True,
                    "description": file,
                    "content": {X12_TYPES[0]: {"schema": {"type": "string"}}},
                }
            if media:
                extra["x-media"] = media
            if repeatable:
                REPEATABLE.add(ROOT + re.sub(r"\{(\w+)\}", r"<\1>", path))
            self.router.add_api_operation(
                path, [method], checked, auth=Key(*roles), response=answers, operation_id=view.__name__,
                summary=_summary(view), description=inspect.getdoc(view), openapi_extra=extra,
            )  # fmt: skip
            return checked

        return declare


def _summary(view: View) -> str:
    """Return the first sentence of what an operation says of itself."""
    return (inspect.getdoc(view) or "").partition(". ")[0].rstrip(".").replace("`", "")


def _known_names(view: View) -> set[str]:
    names: set[str] = set()
    for parameter in inspect.signature(view, eval_str=True).parameters.values():
        kind = next(iter(get_args(parameter.annotation)), parameter.annotation)
        if isinstance(kind, type) and issubclass(kind, Asked):
            names |= set(kind.model_fields)
    return names


def _headers(method: str, path: str, version: str, *, repeatable: bool) -> list[dict[str, Any]]:
    found = []
    if method == "POST" and not repeatable:
        says = "Names this request: sent again within 24 hours with the same body it is answered the same and done once."
        found.append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": False,
                "schema": {"type": "string", "maxLength": 200},
                "description": says,
            }
        )
    if version:
        says = "The ETag of the record as you read it."
        found.append(
            {"in": "header", "name": "If-Match", "required": version == "needed", "schema": {"type": "string"}, "description": says}
        )
    if "patient_id" in path or "encounter_id" in path:
        says = "Why a restricted chart is opened; the reason stands in the audit."
        found.append({"in": "header", "name": REASON_HEADER, "required": False, "schema": {"type": "string"}, "description": says})
    return found


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in this request."""
    return cast("Actor", request.caller.actor)  # type: ignore[attr-defined]


def open_charts(request: HttpRequest, named: dict[str, Any]) -> None:
    """Open the restricted chart that an address names, for the stated reason; coders and auditors of codes see no person and are not asked."""
    by = actor_of(request)
    if not may_see_patients(by):
        return
    if "patient_id" in named:
        open_chart(request, named["patient_id"])
    elif "encounter_id" in named:
        open_chart(request, encounters.encounter_row(by.practice_id, named["encounter_id"]).patient.public_id)


def open_chart(request: HttpRequest, patient_id: str) -> None:
    """Open one patient's chart. A restricted one needs a reason, which the audit keeps before anything is shown."""
    by = actor_of(request)
    if patient_id.startswith("clm_"):
        patient_id = account_id(by.practice_id, patient_id)
        if patient_id.startswith("clm_"):
            return
    account = patients.account_of(by.practice_id, patient_id)
    if not account.is_restricted:
        return
    reason = request.headers.get(REASON_HEADER, "").strip()
    if len(reason) < 8:
        raise Problem("restricted-chart", f"This chart is restricted. Say why it must be opened in the header {REASON_HEADER}.")
    if "\x00" in reason or not reason.isprintable():
        raise Problem("malformed", f"{REASON_HEADER} is a printable text.")
    registration.open_restricted(patient_id=account.public_id, reason=reason, by=by)


def reply(value: Any, *, status: int = 200, version: int | None = None) -> HttpResponse:
    """Answer with JSON; `version` is the row version of the record, which its ETag tells."""
    headers = {"ETag": f'"{version}"'} if version is not None else {}
    body = json.dumps(as_plain(value), ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def reply_page(found: Page, *, by: Actor, about: str, show: Callable[[Any], Any] = lambda row: row) -> HttpResponse:
    """Answer with a page of a list."""
    following = cursors.seal(found.following, by=by, about=about) if found.following is not None else None
    return reply({"items": [show(row) for row in found.rows], "next": following})


@contextmanager
def changing(request: HttpRequest, row: Any, *, needed: bool = True) -> Iterator[None]:
    """Change a record that still has the version of If-Match, in one transaction with that comparison."""
    asked = request.headers.get("If-Match", "").strip()
    if not asked:
        if needed:
            raise Problem("version-needed", "Send If-Match with the ETag of the record as you read it.")
        with transaction_for(actor_of(request)):
            yield
        return
    found = re.fullmatch(r'"([0-9]{1,9})"', asked)
    if found is None:
        raise Problem("version-changed", "If-Match is the ETag of the record as you read it, in its quotation marks.")
    with transaction_for(actor_of(request)):
        try:
            hold_version(row, int(found.group(1)))
        except Conflict as changed:
            raise Problem("version-changed", str(changed)) from None
        yield


def x12_body(request: HttpRequest) -> bytes:
    """Return an X12 body. Raises for another kind of content."""
    if request.content_type not in X12_TYPES:
        raise Problem("media-type", f"Send the file as it is, with Content-Type {X12_TYPES[0]}.")
    content: bytes = request.content  # type: ignore[attr-defined]
    if not content.strip():
        raise InvalidValue("The body is empty.")
    return content


class StrictJson(Parser):
    """Reads JSON bodies: UTF-8, no name twice, no NUL, no half characters, no number that a record cannot hold, not too deep."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value. Raises Problem."""
        if request.content_type != "application/json":
            raise Problem("media-type", "Send JSON, with Content-Type application/json.")
        try:
            value = json.loads(request.body.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant)
        except Problem:
            raise
        except (ValueError, RecursionError):
            raise Problem("malformed", "The body is no JSON.") from None
        _check(value, 0)
        if not isinstance(value, dict):
            raise Problem("malformed", "The body is a JSON object.")
        return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise Problem("malformed", "A name stands twice in the body.")
    return names


def _no_constant(_word: str) -> None:
    raise Problem("malformed", "A number in the body is none.")


def _check(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise Problem("malformed", "The body is nested too deep.")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Problem("malformed", "A character that cannot be typed stands in the body.")
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) > _MOST_NUMBER):
        if not isinstance(value, float) or abs(value) > _MOST_NUMBER:
            raise Problem("malformed", "A number in the body is too large.")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name, depth + 1)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
