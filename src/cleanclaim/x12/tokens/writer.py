"""Values to segments: trims what is empty at the end, refuses data that would break the file."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.tokens.delimiters import DEFAULT, Delimiters

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


class Composite(str):
    """An element whose component separators are meant."""

    __slots__ = ()


class SegmentWriter:
    """Collects the segments of a file. Letters with accents lose them (the HIPAA guides know ASCII only)."""

    def __init__(self, delimiters: Delimiters = DEFAULT) -> None:
        self.delimiters = delimiters
        self.segments: list[str] = []
        self._unfit = re.compile("[" + re.escape("".join(delimiters)) + r"\x00-\x1f\x7f]|[^\x00-\x7f]")

    def add(self, *elements: str) -> None:
        """Append one segment; empty elements at its end are left out. Raises Refused for a delimiter inside the data."""
        parts = [element if type(element) is Composite else self._fit(element, elements[0]) for element in elements]
        while parts and not parts[-1]:
            parts.pop()
        self.segments.append(self.delimiters.element.join(parts))

    def composite(self, *components: str) -> Composite:
        """Join components, without empty ones at the end."""
        parts = [self._fit(component, "a composite") for component in components]
        while parts and not parts[-1]:
            parts.pop()
        return Composite(self.delimiters.component.join(parts))

    def repeated(self, *values: str) -> Composite:
        """Join the repetitions of one element."""
        mark = self.delimiters.repetition or self.delimiters.component
        return Composite(mark.join(self._fit(value, "a repeated element") for value in values))

    def free_text(self, text: str, longest: int = 80) -> str:
        """Make a person's words fit: a delimiter or line break becomes a space, what is too long is cut."""
        marks = re.escape("".join(self.delimiters))
        return re.sub(" +", " ", re.sub(f"[{marks}\\x00-\\x1f\\x7f]", " ", _plain(text))).strip()[:longest].strip()

    def _fit(self, text: str, where: str) -> str:
        if not self._unfit.search(text):
            return text.strip(" ")
        text = _CONTROL.sub(" ", _plain(text)).strip(" ")
        clash = self.delimiters.clash(text)
        if clash:
            raise Refused(f"A value of segment {where} contains {clash[0]!r}, which this file uses as a delimiter; take it out.")
        return text


def _plain(text: str) -> str:
    """Write a text in ASCII. Raises Refused where a letter has no plain form."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("ß", "ss").replace("–", "-").replace("—", "-"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if not plain.isascii():
        raise Refused("A value holds letters that X12 cannot carry; write it in plain letters.")
    return plain
