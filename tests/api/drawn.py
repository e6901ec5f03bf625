"""Requests drawn from the OpenAPI description: a valid body, values for the ids of an address, broken bodies."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from cleanclaim.api.described import description

HEADERS = {"If_Match": '"1"'}


class Operation(NamedTuple):
    """One operation of the description."""

    method: str
    path: str
    about: dict[str, Any]

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.about["x-roles"])

    @property
    def takes_file(self) -> bool:
        return "application/edi-x12" in self.about.get("requestBody", {}).get("content", {})

    def at(self, ids: dict[str, str]) -> str:
        """The path below /api/v1 with these ids."""
        return re.sub(r"\{(\w+)\}", lambda found: ids[found.group(1)], self.path.removeprefix("/api/v1"))

    def body(self) -> Any:
        content = self.about.get("requestBody", {}).get("content", {})
        if self.takes_file:
            return b"ISA*00*"
        return sample(content["application/json"]["schema"]) if content else None


def operations() -> list[Operation]:
    return [
        Operation(method.upper(), path, about) for path, known in description()["paths"].items() for method, about in known.items()
    ]


def sample(schema: dict[str, Any]) -> Any:
    """The smallest value that a schema takes."""
    if "$ref" in schema:
        return sample(description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return sample(schema["anyOf"][0])
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return next(value for value in schema["enum"] if value)
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(schema["properties"][name]) for name in schema.get("required", [])}
    if kind == "array":
        return [sample(schema["items"])] if schema.get("minItems") else []
    if kind == "integer":
        return max(1, schema.get("minimum", 1))
    if kind == "boolean":
        return False
    if kind == "number":
        return 1
    if schema.get("format") == "date":
        return "2026-11-16"
    if schema.get("format") == "date-time":
        return "2026-11-16T15:00:00Z"
    return "VT" if schema.get("maxLength") == 2 else "18 reasons"[: schema.get("maxLength", 200)]
