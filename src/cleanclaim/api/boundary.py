"""The edge of the API: a middleware that answers everything below /api/ and lets nothing else of the program near it.

No session and no cookie is read, so no page of another site can act here in somebody's name. In this order: the address, the key, how
much is asked, the size and kind of the body, then the operation; a POST that names itself (Idempotency-Key) runs once, in one transaction
with the answer that is kept for its repetitions.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

from cleanclaim.api.limits import FAILED, PER_KEY
from cleanclaim.api.problems import MEDIA_TYPE, Problem, no_key, problem, problem_of
from cleanclaim.fhir import operation_outcome
from cleanclaim.practice.foundation.actor import system_actor
from cleanclaim.practice.foundation.fields import ring
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.integrations import actions, queries
from cleanclaim.practice.integrations.queries import Caller
from cleanclaim.practice.workflow.actions import drain

_LOG: Final = logging.getLogger("cleanclaim.api")
GetResponse = Callable[[HttpRequest], HttpResponse]

ROOTS: Final = ("/api/", "/fhir/")
OPEN_TO_ALL: Final = frozenset({"api-description", "api-page", "fhir-metadata"})
"""The description of the API holds nothing of a practice."""
LARGEST_JSON: Final = 1_000_000
LARGEST_FILE: Final = 50_000_000
_LONGEST_ADDRESS: Final = 4_000
_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")
REPEATABLE: Final[set[str]] = set()
"""Routes of POSTs that change nothing, or that do the same however often they are asked: they need no kept answer."""


def now() -> datetime:
    """Return this instant: the edge is the outermost caller, and everything below takes the clock from it."""
    return datetime.now(UTC)


class ApiBoundary:
    """Answers what lies below /api/; everything else goes on to the screens."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOTS):
            return self.get_response(request)
        try:
            response = _answer(request)
        except Exception as error:  # noqa: BLE001 - the outermost edge: whatever fails is answered as a problem
            response = problem_of(error)
        _note(request, response)
        return _finished(response, as_fhir=request.path_info.startswith("/fhir/"))


def _answer(request: HttpRequest) -> HttpResponse:
    request.get_host()
    if (
        "\x00" in request.path_info
        or "%00" in request.META.get("QUERY_STRING", "")
        or len(request.get_full_path()) > _LONGEST_ADDRESS
    ):
        raise Problem("malformed", "The address holds what no address holds.")
    try:
        match = resolve(request.path_info, "cleanclaim.api.urls")
    except Resolver404:
        return problem("not-found", "There is no such address.")
    request.resolver_match = match
    if match.url_name in OPEN_TO_ALL:
        return _run(request, match)
    caller = _caller(request)
    wait = PER_KEY.wait(caller.key.public_id)
    if wait:
        return problem("too-many", f"This key asks too much: try again in {wait} seconds.", headers={"Retry-After": str(wait)})
    request.caller = caller  # type: ignore[attr-defined]
    request._body = request.content = _body(request)  # type: ignore[attr-defined]  # noqa: SLF001 - as Django keeps what it has read
    actions.note_use(key=caller.key, by=caller.actor)
    repeatable = match.route in REPEATABLE
    name = request.headers.get("Idempotency-Key", "")
    response = _once(request, match, caller, name) if request.method == "POST" and name and not repeatable else _run(request, match)
    if request.method in _CHANGING and response.status_code < 400 and not (repeatable and request.method == "POST"):
        drain(by=system_actor(caller.actor.practice_id, at=now(), zone=caller.actor.zone))
    return response


def _caller(request: HttpRequest) -> Caller:
    """Return who shows a key that holds; failures are slowed down by address, holders never."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    caller = queries.caller_of(shown.strip(), at=now()) if scheme.casefold() == "bearer" else None
    if caller is not None:
        return caller
    wait = FAILED.wait(request.META.get("REMOTE_ADDR", ""))
    if wait:
        raise Problem(
            "too-many", f"Too many keys that do not hold: try again in {wait} seconds.", headers={"Retry-After": str(wait)}
        )
    raise Problem(
        "no-key", "Show a key that holds: Authorization: Bearer KEY.", headers={"WWW-Authenticate": 'Bearer realm="cleanclaim"'}
    )


def _body(request: HttpRequest) -> bytes:
    """Read the body, bounded by its kind."""
    most = LARGEST_JSON if request.content_type in {"application/json", ""} else LARGEST_FILE
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most:
        raise Problem("too-large", f"At most {most // 1_000_000} MB are taken here.")
    content: bytes = request.read(most + 1)
    if len(content) > most:
        raise Problem("too-large", f"At most {most // 1_000_000} MB are taken here.")
    return content


def _run(request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if response.status_code == 405:
        return problem("method", "This address does not know that method.", headers={"Allow": response.headers.get("Allow", "")})
    return response


def _once(request: HttpRequest, match: ResolverMatch, caller: Caller, name: str) -> HttpResponse:
    """Run a request that names itself once; asked again within a day it gets the same answer."""
    if len(name) > 200 or not name.isprintable():
        raise Problem("malformed", "An Idempotency-Key has at most 200 printable characters.")
    by = caller.actor
    with transaction_for(by):
        row = actions.begin_request(key=caller.key, name=ring().digest(name.encode()), asked=_asked(request), by=by)
        if row.answer is not None:
            return _again(row.answer)
        response = _run(request, match)
        if response.status_code >= 400:
            transaction.set_rollback(True)  # nothing was done: the same request may be tried again
        else:
            actions.keep_answer(row=row, answer=_kept(response), by=by)
    return response


def _asked(request: HttpRequest) -> str:
    parts = (request.method or "", request.get_full_path(), request.content_type or "", request.headers.get("If-Match", ""))
    return ring().digest("\x00".join(parts).encode() + b"\x00" + request.content)  # type: ignore[attr-defined]


def _kept(response: HttpResponse) -> dict[str, Any]:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return {"status": response.status_code, "headers": headers, "body": base64.b64encode(response.content).decode()}


def _again(answer: dict[str, Any]) -> HttpResponse:
    headers = {**answer["headers"], "Idempotency-Replayed": "true"}
    return HttpResponse(base64.b64decode(answer["body"]), status=answer["status"], headers=headers)


def _note(request: HttpRequest, response: HttpResponse) -> None:
    """Log who asked what, by the key's id and the pattern of the address: what somebody typed into an address may be a name."""
    match, caller = getattr(request, "resolver_match", None), getattr(request, "caller", None)
    _LOG.log(
        logging.WARNING if response.status_code >= 500 else logging.INFO, "%s %s /%s %s", caller.key.public_id if caller else "-", request.method,
        match.route if match else "...", response.status_code,
    )  # fmt: skip
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django would log the address as it was typed


def _finished(response: HttpResponse, *, as_fhir: bool) -> HttpResponse:
    """Give every answer its safety headers; an error that is no problem yet becomes one, and below /fhir/ an OperationOutcome."""
    if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        response = no_key() if response.status_code == 401 else problem("malformed", "The request cannot be answered.")
    if as_fhir and response.status_code >= 400:
        outcome = operation_outcome(status=response.status_code, says=json.loads(response.content)["detail"])
        response.content = json.dumps(outcome, ensure_ascii=False).encode()
        response.headers["Content-Type"] = "application/fhir+json"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
