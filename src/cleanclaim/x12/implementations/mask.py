"""A file without its people: every name, number, address, free text and date replaced, the file as valid as before.

Replacements keep the shape (a letter stays a letter, a digit a digit), so lengths and formats fit; an NPI stays an NPI with its check
digit; all dates move by the same number of days, so ages and intervals stay. The same text is replaced the same way under one key: an 837
and its 835 still find each other. What X12 does not know (surplus elements, text between segments, dates in another shape) is hidden
whole, since nobody can tell what it says.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from cleanclaim.kernel.identifiers import Npi
from cleanclaim.x12.grammar.dictionary import dictionary
from cleanclaim.x12.implementations.rewrite import rewrite
from cleanclaim.x12.tokens.lexer import Batch
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import day_of, day_text, is_digits

_HIDDEN: Final = frozenset("1035 1036 1037 93 67 166 19 116 127 364 1028 508 509 510 507 142 124 1204".split())
_FREE: Final = frozenset({"352", "933", "449"})
_DATES: Final = frozenset({"373", "1251"})
_KEPT_REFERENCES: Final = frozenset({"BLT"})  # a type of bill is no identifier
_ISA: Final = (2, 4, 6, 8)
_FOREIGN: Final = re.compile(r"[^\W_]+")
"""Letters and digits where no segment is."""
_BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"
_SKIPPED: Final = frozenset({"ST", "SE", "GE", "IEA", "TA1", "AK1", "AK2", "AK9", "IK3", "IK4", "IK5", "CTX", "HL"})


def random_key() -> bytes:
    """Return a key for a mask that nobody shall be able to repeat."""
    return secrets.token_bytes(32)


def mask(source: Source, key: bytes) -> Iterator[bytes]:
    """Yield a source's bytes with every identifier replaced; the same key replaces the same text the same way."""
    masked = _Mask(key)
    return rewrite(source, masked, between=masked.between)


class _Mask:
    def __init__(self, key: bytes) -> None:
        self._key = key
        self._days = 1 + int.from_bytes(self._digest("days")[:4], "big") % 364
        self._known: dict[str, str] = {}

    def _digest(self, text: str) -> bytes:
        return hmac.new(self._key, text.encode("utf-8"), hashlib.sha256).digest()

    def __call__(self, segment: str, batch: Batch) -> str:
        """Replace what a segment says of people."""
        delimiters = batch.delimiters
        row = segment.split(delimiters.element)
        tag = row[0]
        if tag in _SKIPPED:
            return segment
        if tag == "ISA":
            for at in _ISA:
                if at < len(row):
                    row[at] = self._hidden(row[at])
            return delimiters.element.join(row)
        known = dictionary().segments.get(tag)
        if known is None:
            return tag + "".join(delimiters.element + self._hidden(value) for value in row[1:])
        if tag == "REF" and len(row) > 1 and row[1] in _KEPT_REFERENCES:
            return segment
        if tag == "PRV" and row[2:3] == ["PXC"]:  # a taxonomy names a specialty, nobody
            return segment
        for at, value in enumerate(row[1:], 1):
            if value and at <= len(known.elements):
                row[at] = self._element(known.elements[at - 1], value, delimiters.component, delimiters.repetition)
            elif value:
                row[at] = self._hidden(value)
        return delimiters.element.join(row)

    def between(self, text: str, batch: Batch) -> str:
        """Hide what stands where no segment is, but for the delimiters and a byte order mark."""
        terminator = batch.delimiters.segment

        def hidden(found: re.Match[str]) -> str:
            word = found.group()
            return word if word == terminator else terminator.join(self._shaped(part) for part in word.split(terminator))

        return text if text == _BYTE_ORDER_MARK else _FOREIGN.sub(hidden, text)

    def _element(self, reference: str, value: str, component: str, repetition: str) -> str:
        composite = dictionary().composites.get(reference)
        if composite is not None:
            if repetition and repetition in value:
                return repetition.join(self._element(reference, part, component, "") for part in value.split(repetition))
            parts = value.split(component)
            return component.join(
                (self._simple(composite.elements[at], part) if at < len(composite.elements) else self._hidden(part))
                if part
                else part
                for at, part in enumerate(parts)
            )
        return self._simple(reference, value)

    def _simple(self, reference: str, value: str) -> str:
        if reference in _HIDDEN:
            return self._hidden(value)
        if reference in _FREE:
            return "MASKED"
        if reference in _DATES:
            return self._when(value)
        return value

    def _when(self, value: str) -> str:
        """Move a day, or the two of a period, and keep a time of day alone; whatever else stands there is hidden."""
        if is_digits(value) and len(value) <= 4:
            return value
        moved = [self._moved(part) for part in value.split("-")]
        return "-".join(part for part in moved if part) if all(moved) else self._hidden(value)

    def _moved(self, text: str) -> str:
        """Move a day and leave the time of day behind it; nothing where no day is written."""
        day = day_of(text[:8]) if len(text) >= 8 and is_digits(text) else None
        if day is None or day.toordinal() <= self._days:
            return ""
        moved: date = day - timedelta(days=self._days)
        return day_text(moved) + text[8:]

    def _hidden(self, value: str) -> str:
        """Replace a text by one of the same shape."""
        found = self._known.get(value)
        if found is not None:
            return found
        if Npi.check(value) is None:
            digits = int.from_bytes(self._digest(value)[:8], "big") % 10**8
            hidden = str(Npi.from_first_nine(f"1{digits:08d}"))
        else:
            hidden = self._shaped(value)
        if len(self._known) < 1 << 16:
            self._known[value] = hidden
        return hidden

    def _shaped(self, value: str) -> str:
        source = self._digest(f"0 {value}")
        seed = source.hex()
        out = []
        for at, mark in enumerate(value):
            if at >= len(source):
                source += self._digest(f"{len(source)} {seed}")
            number = source[at]
            if is_digits(mark):
                out.append("123456789"[number % 9] if at == 0 else "0123456789"[number % 10])
            elif mark.isalpha():
                letter = "ABCDEFGHJKLMNPQRSTUVWXYZ"[number % 24]
                out.append(letter if mark.isupper() or not mark.isascii() else letter.lower())
            else:
                out.append(mark)
        return "".join(out)
