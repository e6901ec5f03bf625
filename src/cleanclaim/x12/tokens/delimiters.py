"""The four characters that an interchange is cut at, as its own ISA declares them."""

from __future__ import annotations

from typing import Final, NamedTuple


class Delimiters(NamedTuple):
    """Element separator (ISA byte 4), component separator (ISA16), segment terminator (the byte after ISA16), and the
    repetition separator (ISA11 from version 00402 on; empty before).
    """

    element: str = "*"
    component: str = ":"
    segment: str = "~"
    repetition: str = "^"

    def clash(self, text: str) -> str:
        """Return the delimiters that occur in a text: data that carries one cannot be written."""
        return "".join(mark for mark in self if mark and mark in text)


DEFAULT: Final = Delimiters()
