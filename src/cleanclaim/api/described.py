"""The API put together, its OpenAPI description, and the page that shows it."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from cleanclaim import __version__
from cleanclaim.api import billed, coded, looked_up, paid, registered, visited, worked
from cleanclaim.api.desk import ROOT, StrictJson
from cleanclaim.api.problems import MEDIA_TYPE, TYPES, problem_of

_DESKS: Final = (
    registered.desk, visited.appointments, visited.visits, coded.desk, billed.desk, paid.desk, worked.refusals, worked.accounts, worked.desk,
    looked_up.codes, looked_up.files,
)  # fmt: skip
_SAYS: Final = (
    "What programs do in a practice. Every request shows a key (`Authorization: Bearer KEY`, made by `cleanclaim keys add`); no cookie is read. "
    "Money is whole cents, days are plain dates, instants are UTC. Refusals are problems (RFC 9457). Lists go on with the cursor of their last "
    "page. Names of patients stand in bodies, never in addresses."
)
_PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(error)


def _made() -> NinjaAPI:
    made = NinjaAPI(
        title="Cleanclaim",
        version=__version__,
        description=_SAYS,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        parser=StrictJson(),
    )
    for kind in (Exception, HttpError, ValidationError, Http404):  # ninja has answers of its own for the last three
        made.add_exception_handler(kind, _refused)
    for desk in _DESKS:
        made.add_router("", desk.router)
    return made


api = _made()


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"{ROOT}/"), default=str))
    made["servers"] = [{"url": "/"}]
    made["components"]["securitySchemes"] = {
        "Key": {"type": "http", "scheme": "bearer", "description": "A key made by `cleanclaim keys add`."}
    }
    made["components"]["schemas"]["Problem"] = _problem_schema()
    made["components"]["responses"] = {"Problem": {
        "description": "A refusal in plain words (RFC 9457).",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }}  # fmt: skip
    for operations in made["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
    return made


def _complete(method: str, operation: dict[str, Any]) -> None:
    media = operation.pop("x-media", "")
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            if media:
                response["content"] = {media: {"schema": {"type": "string"}}}
            response["description"] = "Done." if method != "get" else "As it stands."
    operation["responses"]["4XX"] = {"$ref": "#/components/responses/Problem"}
    operation["responses"]["5XX"] = {"$ref": "#/components/responses/Problem"}
    operation["security"] = [{"Key": []}]


def _problem_schema() -> dict[str, Any]:
    return {
        "type": "object", "title": "Problem", "description": "Why something was not done.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "enum": [f"urn:cleanclaim:problem:{name}" for name in TYPES]},
            "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string", "description": "One plain sentence."},
            "field": {"type": "string", "description": "The field that is not right."},
        },
    }  # fmt: skip


def openapi(request: HttpRequest) -> HttpResponse:
    """Return the description as JSON."""
    del request
    return HttpResponse(json.dumps(description(), ensure_ascii=False), content_type="application/json")


def docs(request: HttpRequest) -> HttpResponse:
    """Show the description as a page: no script, no other host."""
    made = copy.deepcopy(description())
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            row = operation | {
                "path": path,
                "method": method.upper(),
                "roles": [role.replace("_", " ") for role in operation["x-roles"]],
            }
            row["pieces"] = operation["description"].split("`")
            row["body"] = _fields(made, operation.get("requestBody", {}))
            row["answer"] = next(
                (_fields(made, answer) for status, answer in operation["responses"].items() if status.startswith("2")), []
            )
            groups.setdefault(operation["tags"][0], []).append(row)
    problems = [(f"urn:cleanclaim:problem:{name}", status, title) for name, (status, title) in TYPES.items()]
    response = render(
        request, "api/docs.html", {"info": made["info"], "says": _SAYS.split("`"), "groups": groups, "problems": problems}
    )
    response["Content-Security-Policy"] = _PAGE_POLICY
    return response


def _fields(made: dict[str, Any], holder: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the names of a body's or answer's fields with their kinds."""
    content: dict[str, Any] = next(iter(holder.get("content", {}).values()), {})
    schema = _resolved(made, content.get("schema", {}))
    needed = set(schema.get("required", []))
    return [
        {"name": name, "kind": _kind(made, about), "is_needed": name in needed}
        for name, about in schema.get("properties", {}).items()
    ]


def _resolved(made: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = made["components"]["schemas"].get(name, schema)
    return found


def _kind(made: dict[str, Any], about: dict[str, Any]) -> str:
    if "$ref" in about:
        inner = _resolved(made, about)
        return "{" + ", ".join(inner.get("properties", {})) + "}"
    if "anyOf" in about:
        return " or ".join(dict.fromkeys(_kind(made, one) for one in about["anyOf"]))
    if "enum" in about:
        return " | ".join(str(one) or '""' for one in about["enum"])
    if about.get("type") == "array":
        return f"list of {_kind(made, about.get('items', {}))}"
    return str(about.get("format") or about.get("type") or "any").replace("date-time", "instant")
