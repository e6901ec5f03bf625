"""What the writers of cases share."""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    """One case: its folder's name, steps, files and reason."""

    name: str
    steps: list[dict[str, Any]]
    files: dict[str, bytes]
    why: str


def step(do: str, **facts: Any) -> dict[str, Any]:
    """One step."""
    return {"do": do, **facts}
