"""Refusals as RFC 9457 problems: a stable `type`, a plain sentence, the field where there is one. Never a traceback, never patient data."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, OperationalError
from django.http import Http404, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from cleanclaim.kernel.errors import (
    CleanclaimError,
    Conflict,
    InvalidValue,
    NotAllowed,
    NotFound,
    Refused,
    UnreadableInput,
    UsageError,
)
from cleanclaim.practice.integrations.rules import AnotherBody
from cleanclaim.practice.registration.rules import DuplicateSuspected

MEDIA_TYPE: Final = "application/problem+json"
_LOG: Final = logging.getLogger("cleanclaim.api")

TYPES: Final[dict[str, tuple[int, str]]] = {
    # name: (status, title); the names are a contract, none is renamed
    "malformed": (400, "The request cannot be read"),
    "cursor": (400, "This cursor does not belong here"),
    "no-key": (401, "A key is needed"),
    "not-allowed": (403, "Not permitted"),
    "restricted-chart": (403, "A restricted chart needs a reason"),
    "not-found": (404, "Not found"),
    "method": (405, "Not this method"),
    "conflict": (409, "Changed or recorded meanwhile"),
    "duplicate-suspected": (409, "Somebody alike is registered"),
    "version-changed": (412, "Changed since you read it"),
    "too-large": (413, "Too large"),
    "media-type": (415, "Not this kind of content"),
    "invalid": (422, "Not right yet"),
    "refused": (422, "Not possible"),
    "unreadable": (422, "The file cannot be read"),
    "key-reused": (422, "The Idempotency-Key was used for something else"),
    "version-needed": (428, "Name the version that you read"),
    "too-many": (429, "Too many requests"),
    "failed": (500, "Something failed here"),
    "busy": (503, "Busy"),
}
"""Every problem that the API answers with; `type` is urn:cleanclaim:problem:NAME."""


class Problem(CleanclaimError):
    """A refusal of the API itself: `kind` is one of TYPES."""

    def __init__(self, kind: str, says: str, *, field: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(says)
        self.kind, self.field, self.headers = kind, field, dict(headers or {})


_KINDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (NotAllowed, "not-allowed"),
    (NotFound, "not-found"),
    (AnotherBody, "key-reused"),
    (Conflict, "conflict"),
    (UnreadableInput, "unreadable"),
    (Refused, "refused"),
    (InvalidValue, "invalid"),
    (UsageError, "invalid"),
)


def problem(kind: str, says: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> HttpResponse:
    """Answer with a problem."""
    status, title = TYPES[kind]
    facts = {"type": f"urn:cleanclaim:problem:{kind}", "title": title, "status": status, "detail": says, **more}
    return HttpResponse(json.dumps(facts, ensure_ascii=False), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def problem_of(error: Exception) -> HttpResponse:
    """Answer with what an error means for the caller; what was not foreseen is logged without its words."""
    if isinstance(error, Problem):
        more = {"field": error.field} if error.field else {}
        return problem(error.kind, str(error), headers=error.headers, **more)
    if isinstance(error, DuplicateSuspected):
        alike = [{"patient_id": patient_id, "likeness": likeness.verdict} for patient_id, likeness in error.candidates]
        return problem("duplicate-suspected", str(error), candidates=alike)
    if isinstance(error, ValidationError):
        return _invalid(error.errors)
    if isinstance(error, AuthenticationError):
        return no_key()
    if isinstance(error, HttpError):
        return (
            problem_of(error.__cause__)
            if isinstance(error.__cause__, Problem)
            else problem("malformed", "The body cannot be read.")
        )
    kind = next((name for sort, name in _KINDS if isinstance(error, sort)), "")
    if kind:
        return problem(kind, str(error))
    if isinstance(error, Http404):
        return problem("not-found", "There is no such address.")
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent):
        return problem("too-large", "The request is larger than is taken here.")
    if isinstance(error, DisallowedHost):
        return problem("malformed", "This program is not reached under that host name.")
    if isinstance(error, DataError | OverflowError):
        note(error)
        return problem("invalid", "A value is longer or larger than the record can hold.")
    if isinstance(error, OperationalError):
        note(error)
        return problem("busy", "The database is busy. Try again.", headers={"Retry-After": "2"})
    note(error)
    return problem("failed", "Something failed here; nothing was changed. The server's log names the place.")


def note(error: Exception) -> None:
    """Log what failed and where: the class and the lines of our source, never the words, which may hold what was sent."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{frame.filename.rpartition('cleanclaim/')[2]}:{frame.lineno}" for frame in reversed(frames))
    _LOG.error("%s at %s", type(error).__name__, places)


def no_key() -> HttpResponse:
    """Answer somebody whose key does not hold, or who showed none."""
    return problem(
        "no-key", "Show a key that holds: Authorization: Bearer KEY.", headers={"WWW-Authenticate": 'Bearer realm="cleanclaim"'}
    )


_SAYS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_too_long": "is too long",
    "string_too_short": "is empty or too short",
    "string_type": "is a text",
    "string_pattern_mismatch": "is not written like this",
    "int_type": "is a whole number",
    "int_parsing": "is a whole number",
    "bool_type": "is true or false",
    "list_type": "is a list",
    "too_long": "has too many entries",
    "too_short": "has too few entries",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "greater_than": "is too small",
    "literal_error": "is not one of the known words",
    "model_attributes_type": "is an object",
    "model_type": "is an object",
    "dict_type": "is an object",
}


def _invalid(errors: list[dict[str, Any]]) -> HttpResponse:
    """Say what is wrong with the fields; the values that were sent are not repeated."""
    told = []
    for error in errors[:20]:
        path = [str(part) for part in error.get("loc", ())[1:]]
        if path and path[0] in {"given", "asked"}:
            path = path[1:]
        field = ".".join(part for part in path if part.isascii() and part.isprintable())[:80]
        sort = str(error.get("type", ""))
        own = str(error.get("ctx", {}).get("error", "")) if sort == "value_error" else ""
        says = own or f"{field or 'The body'} {_SAYS.get(sort, 'is not right')}."
        told.append({"field": field, "says": says})
    first = told[0] if told else {"field": "", "says": "The request is not right."}
    return problem("invalid", first["says"], field=first["field"], fields=told)
