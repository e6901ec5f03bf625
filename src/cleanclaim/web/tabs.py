"""The views of one desk, as tabs below its heading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Tab(NamedTuple):
    """One view of a desk; `waiting` is what waits in it."""

    title: str
    path: str
    waiting: int = 0
    is_current: bool = False


def tabs(views: Sequence[tuple[str, str] | tuple[str, str, int]], current: str) -> list[Tab]:
    """Return the tabs, the one whose address is `current` marked."""
    return [Tab(view[0], view[1], view[2] if len(view) > 2 else 0, view[1] == current) for view in views]
