"""How a claim's number stands in an address: numbers of other systems hold slashes and dots."""

from __future__ import annotations

from typing import Final

_PAGES: Final = frozenset({"send", "collect", "takeover", "unanswered"})
"""Addresses of pages where a claim's number would stand: a claim of that number is written `~3send`."""


class ClaimNumber:
    """Writes a claim number into a path and reads it back: `A/1` is `A~1`, `~` is `~0`, and dots alone do not climb."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the number that a path means."""
        return value.replace("~3", "").replace("~2", ".").replace("~1", "/").replace("~0", "~")

    def to_url(self, value: str) -> str:
        """Return the number as a path holds it."""
        text = str(value).replace("~", "~0").replace("/", "~1")
        if text in _PAGES:
            return f"~3{text}"
        return text if text.strip(".") else text.replace(".", "~2")
