"""Fast acceptance: one regular expression per use of a segment.

The expression accepts only what is certainly right, so a segment that it refuses is not wrong yet: the slow path decides. It is therefore
free to leave rare forms (unusual date formats, conditional elements) to the slow path.
"""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.x12.grammar.dictionary import dictionary
from cleanclaim.x12.grammar.guide import ElementUse, SegmentUse
from cleanclaim.x12.tokens.delimiters import Delimiters

_YEAR: Final = r"(?:19|20)[0-9]{2}"
_DAY: Final = rf"{_YEAR}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
_TIME: Final = r"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?"
_MARK: Final = "\x00"  # stands for a separator while a pattern is put together
_NEVER: Final = re.compile(r"(?!)")


_KEPT: Final = 1 << 12
_made: dict[tuple[int, Delimiters], tuple[SegmentUse, re.Pattern[str]]] = {}


def acceptance(use: SegmentUse, delimiters: Delimiters) -> re.Pattern[str]:
    """Return the expression that accepts plainly right segments of this use; made once, for guides are read once."""
    known = _made.get((id(use), delimiters))
    if known is not None:
        return known[1]
    if len(_made) >= _KEPT:
        _made.clear()
    pattern = _compiled(use, delimiters)
    _made[id(use), delimiters] = (use, pattern)  # the use is held, so its id stays its own
    return pattern


def _compiled(use: SegmentUse, delimiters: Delimiters) -> re.Pattern[str]:
    if len(set(delimiters) - {""}) < len([mark for mark in delimiters if mark]):
        return _NEVER
    return re.compile(_Builder(delimiters).segment(use))


def _class_of(without: str) -> str:
    """Return a character class of everything printable but some marks."""
    ranges: list[str] = []
    first = last = ""
    for code in range(32, 128):
        letter = chr(code)
        if code < 127 and letter not in without:
            first, last = first or letter, letter
        elif first:
            ranges.append(re.escape(first) if first == last else f"{re.escape(first)}-{re.escape(last)}")
            first = ""
    return f"[{''.join(ranges)}]"


def _one_of(codes: frozenset[str]) -> str:
    """Return what accepts any of some codes: those that differ in their last character alone share one look."""
    endings: dict[str, list[str]] = {}
    for code in sorted(codes, key=lambda code: (-len(code), code)):
        endings.setdefault(code[:-1], []).append(re.escape(code[-1:]))
    choices = [re.escape(start) + (ends[0] if len(ends) == 1 else f"[{''.join(ends)}]") for start, ends in endings.items()]
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"


class _Builder:
    def __init__(self, delimiters: Delimiters) -> None:
        self._element = re.escape(delimiters.element)
        self._component = re.escape(delimiters.component)
        self._repetition = re.escape(delimiters.repetition) if delimiters.repetition else ""
        self._text = _class_of("".join(delimiters))
        self._last = _class_of("".join(delimiters) + " ")

    def segment(self, use: SegmentUse) -> str:
        known = dictionary().segments[use.tag]
        body = self._sequence(list(use.elements), known.notes, self._element)
        return re.escape(use.tag) + body + rf"(?<![{self._element}{self._component}])"

    def _sequence(self, uses: list[ElementUse], notes: tuple[tuple[str, tuple[int, ...]], ...], mark: str) -> str:
        """Build `*a(?:*b(?:*c|)|)`: once an element is required, everything before it stands.

        What may be missing is written as a choice with nothing: the interpreter decides that by one look at the next character, where `?`
        would keep a count of repetitions.
        """
        pairs, empty, needed = _simplify(notes, uses)
        needed |= {index for index, use in enumerate(uses) if use.usage == "R"}
        parts: list[tuple[str, bool]] = []
        index = 0
        while index < len(uses):
            dated = self._dated(uses, index, mark)
            if dated:
                required = bool({index, index + 1} & needed)
                parts.append((dated if required else f"(?:{dated}|{mark}{mark})", required))
                index += 2
                continue
            if index in pairs and index + 1 < len(uses):
                both = mark + self._value(uses[index]) + mark + self._value(uses[index + 1])
                required = bool({index, index + 1} & needed)
                parts.append((both if required else f"(?:{both}|{mark}{mark})", required))
                index += 2
                continue
            use = uses[index]
            if index in empty or use.usage == "N":
                parts.append((mark, False))
            else:
                value = self._value(use)
                parts.append((mark + value, True) if index in needed else (f"{mark}(?:{value}|)", False))
            index += 1
        last = max((at for at, (_, required) in enumerate(parts) if required), default=-1)
        head = "".join(text for text, _ in parts[: last + 1])
        tail = ""
        for text, _ in reversed(parts[last + 1 :]):
            tail = f"(?:{text}{tail}|)"
        return head + tail

    @staticmethod
    def _dated(uses: list[ElementUse], index: int, mark: str) -> str:
        """Build a date with the format that stands before it."""
        if uses[index].reference != "1250" or index + 1 == len(uses) or uses[index + 1].reference != "1251":
            return ""
        forms = {
            "D8": f"D8{mark}{_DAY}",
            "RD8": f"RD8{mark}{_DAY}-{_DAY}",
            "TM": f"TM{mark}{_TIME}",
            "DT": f"DT{mark}{_DAY}{_TIME}",
        }
        known = [forms[code] for code in sorted(uses[index].codes or ()) if code in forms]
        return f"{mark}(?:{'|'.join(known)})" if known else ""

    def _value(self, use: ElementUse) -> str:
        if use.parts is not None:
            composite = dictionary().composites[use.reference]
            text = self._sequence(list(use.parts), composite.notes, _MARK)
            text = text.replace(_MARK, "", 1).replace(_MARK, self._component)
            value = f"(?:{text})"
        else:
            value = self._simple(use)
        if use.repeats and self._repetition:
            value = f"(?:{value}(?:{self._repetition}{value})*)"
        return value

    def _simple(self, use: ElementUse) -> str:
        element = dictionary().elements[use.reference]
        if use.codes is not None:
            return _one_of(use.codes)
        if use.reference == "1251":
            return "(?!)"
        if element.kind == "DT":
            return _DAY
        if element.kind == "TM":
            return _TIME
        if element.kind == "N0":
            return f"[0-9]{{{element.least},{element.most}}}"
        if element.kind == "R":
            digits = max(1, min(element.most - 2, 9))
            return rf"-?(?:[0-9]{{1,{digits}}}(?:\.[0-9]{{1,2}}|)|\.[0-9]{{1,2}})"
        if element.most == 1:
            return self._last
        return rf"{self._text}{{{max(element.least - 1, 0)},{element.most - 1}}}{self._last}"


def _simplify(notes: tuple[tuple[str, tuple[int, ...]], ...], uses: list[ElementUse]) -> tuple[set[int], set[int], set[int]]:
    """Turn syntax notes into what the fast path demands: pairs that stand or fall together, places left empty, places that must stand."""
    pairs: set[int] = set()
    empty: set[int] = set()
    needed: set[int] = set()
    required = {index for index, use in enumerate(uses) if use.usage == "R"}
    for kind, numbers in notes:
        places = [number - 1 for number in numbers]
        if kind == "P" and len(places) == 2 and places[1] == places[0] + 1 and places[1] < len(uses):
            if not set(places) <= required:
                pairs.add(places[0])
        elif kind == "R":
            if not required & set(places):
                needed.add(next((place for place in places if place < len(uses) and uses[place].usage != "N"), places[0]))
        elif kind == "E":
            empty |= set(places[1:]) - required
        elif (kind in {"C", "L"} and not (places[0] in required or set(places[1:]) <= required)) or kind == "P":
            empty |= set(places) - required if kind == "P" else {places[0]}
    return pairs, empty, needed
