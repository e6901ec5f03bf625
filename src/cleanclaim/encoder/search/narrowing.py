"""Narrowing a search to a chapter, a range of codes or everything that begins alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanclaim.kernel.errors import UsageError

if TYPE_CHECKING:
    from cleanclaim.codesets import Store
    from cleanclaim.encoder.search.index import SystemIndex

_RANGE: Final = re.compile(r"([A-Z0-9]{1,7})\s*-\s*([A-Z0-9]{1,7})$")
_BEGINNING: Final = re.compile(r"[A-Z0-9]{1,7}$")
_CHAPTERS: Final = 22
"""The chapters of ICD-10-CM."""


class Span(NamedTuple):
    """Codes from a first to a last one, both compared as far as they are written (no dots)."""

    first: str
    last: str


def spans_of(store: Store, chapter: str, on: date, system: str | None = None) -> tuple[Span, ...]:
    """The codes of a chapter of ICD-10-CM (`4`), a range (`C00-D49`) or a beginning (`S72`, `J`, `0FT`; elsewhere also `4`)."""
    said = chapter.strip().upper().replace(".", "")
    if system in {None, "icd10cm"} and said.isdigit() and len(said) <= 2 and 1 <= int(said) <= _CHAPTERS:
        sections = store.children("icd10cm", str(int(said)), on)
        spans = [Span(*_ends(section.code)) for section in sections if _RANGE.match(section.code)]
        if spans:
            return tuple(spans)
    if found := _RANGE.match(said):
        return (Span(found[1], found[2]),)
    if _BEGINNING.match(said):
        return (Span(said, said),)
    raise UsageError(f"“{chapter}” is no chapter: say its number (4), a range (C00-D49) or how the codes begin (S72).")


def _ends(section: str) -> tuple[str, str]:
    first, _, last = section.partition("-")
    return first, last


def within(code: str, spans: Sequence[Span]) -> bool:
    """Whether a code stands in one of the spans."""
    bare = code.replace(".", "")
    return any(bare[: len(span.first)] >= span.first and bare[: len(span.last)] <= span.last for span in spans)


def nodes_within(part: SystemIndex, spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Which codes of a system stand in the spans."""
    bare = np.char.replace(part.codes, b".", b"")
    allowed: NDArray[Any] = np.zeros(len(bare), dtype="?")
    for span in spans:
        low = bare.astype(f"S{len(span.first)}") >= np.bytes_(span.first.encode())
        high = bare.astype(f"S{len(span.last)}") <= np.bytes_(span.last.encode())
        allowed |= low & high
    return allowed
