"""Guides as tables: the tree of loops and segments of one transaction set, read from our own text form.

The form is explained at the top of `implementations/guides/shared.txt`. A block that several guides use is defined once and referenced
(`=name`); a loop that stands in several places of one guide is defined once and referenced (`&2300`).
"""

from __future__ import annotations

import re
import shlex
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.x12.grammar.dictionary import dictionary

_WORD: Final = re.compile(r"\??\([^()]*\)\^?|\S+")
# Where the element stands that tells segments of one name apart: element, component.
_DISCRIMINATORS: Final = {
    "NM1": (1, 0), "REF": (1, 0), "DTP": (1, 0), "DTM": (1, 0), "AMT": (1, 0), "QTY": (1, 0), "N1": (1, 0), "HL": (3, 0), "HI": (1, 1),
    "CRC": (1, 0), "PER": (1, 0), "NTE": (1, 0), "TRN": (1, 0), "ENT": (2, 0), "LQ": (1, 0), "HCR": (0, 0), "PRV": (1, 0), "RMR": (1, 0),
}  # fmt: skip


class GuideError(CleanclaimError):
    """A guide table that cannot be read: a mistake of ours, found by the tests."""


class ElementUse(NamedTuple):
    """How a guide uses an element: R required, S situational, N not used; its codes; its components when it is a composite."""

    usage: str
    reference: str
    codes: frozenset[str] | None = None
    parts: tuple[ElementUse, ...] | None = None
    repeats: bool = False


class SegmentUse(NamedTuple):
    """How a guide uses a segment at one place."""

    tag: str
    is_required: bool
    most: int
    elements: tuple[ElementUse, ...]

    @property
    def where(self) -> tuple[int, int]:
        """The element and component that tell this segment from others of its name; (0, 0) when none does."""
        where = _DISCRIMINATORS.get(self.tag, (0, 0))
        return where if self.values is not None else (0, 0)

    @property
    def values(self) -> frozenset[str] | None:
        """The discriminating codes, None when the guide lists none."""
        element, component = _DISCRIMINATORS.get(self.tag, (0, 0))
        if not element or len(self.elements) < element:
            return None
        use = self.elements[element - 1]
        if component and use.parts:
            use = use.parts[component - 1]
        return use.codes


class LoopUse(NamedTuple):
    """A loop: its children in order; the first one is the segment that starts it."""

    name: str
    is_required: bool
    most: int
    label: str
    children: tuple[SegmentUse | LoopUse, ...]


class Guide(NamedTuple):
    """One implementation guide: its own name (837P), set (837), functional id (HC), version and the versions read alike."""

    name: str
    set_id: str
    functional_id: str
    version: str
    also: tuple[str, ...]
    root: LoopUse


class _Line(NamedTuple):
    depth: int
    words: list[str]


Blocks = dict[str, list[_Line]]


def read_blocks(text: str) -> Blocks:
    """Read the shared definitions."""
    blocks: Blocks = {}
    name = ""
    for line in _lines(text):
        if line.words[0] == "define":
            name = line.words[1]
            blocks[name] = []
        else:
            blocks[name].append(line._replace(depth=line.depth - 1))
    return blocks


def read_guide(text: str, blocks: Blocks) -> Guide:
    """Read one guide. Raises GuideError for a table that does not hold together."""
    lines = _lines(text)
    head = lines.pop(0).words
    loops: dict[str, list[_Line]] = {}
    body: list[_Line] = []
    target = body
    for line in lines:
        if line.words[0] == "define-loop":
            target = loops.setdefault(line.words[1], [])
        else:
            target.append(line)
    body = _expand(body, blocks, loops)
    children, rest = _children(body, 0)
    if rest:
        raise GuideError(f"Guide {head[1]}: {rest[0].words} is indented too far.")
    root = LoopUse("", is_required=True, most=1, label="transaction", children=children)
    return Guide(head[1], head[2], head[3], head[4], tuple(head[5:]), root)


def _lines(text: str) -> list[_Line]:
    found = []
    for raw in text.splitlines():
        if raw.strip() and not raw.startswith("#"):
            stripped = raw.lstrip(" ")
            words = shlex.split(stripped) if stripped[0] == "=" else _WORD.findall(stripped)
            found.append(_Line((len(raw) - len(stripped)) // 2, words))
    return found


def _expand(lines: list[_Line], blocks: Blocks, loops: dict[str, list[_Line]]) -> list[_Line]:
    """Put referenced blocks and loops in their places."""
    expanded: list[_Line] = []
    for line in lines:
        mark, name = line.words[0][0], line.words[0][1:]
        if mark == "&":
            inner = [item._replace(depth=item.depth + line.depth) for item in loops[name]]
            expanded += _expand(inner, blocks, loops)
        elif mark == "=":
            argument = line.words[1] if len(line.words) > 1 else ""
            for item in blocks[name]:
                text = " ".join(item.words).replace("$1", argument).strip()
                if text:
                    words = shlex.split(text) if text[0] == "=" else _WORD.findall(text)
                    expanded += _expand([_Line(item.depth + line.depth, words)], blocks, loops)
        else:
            expanded.append(line)
    return expanded


def _children(lines: list[_Line], depth: int) -> tuple[tuple[SegmentUse | LoopUse, ...], list[_Line]]:
    children: list[SegmentUse | LoopUse] = []
    while lines and lines[0].depth == depth:
        line, lines = lines[0], lines[1:]
        is_required, most = line.words[1][0] == "R", 0 if line.words[1][1:] == "*" else int(line.words[1][1:])
        if line.words[0][0] == "@":
            inner, lines = _children(lines, depth + 1)
            children.append(LoopUse(line.words[0][1:], is_required, most, " ".join(line.words[2:]), inner))
        else:
            children.append(_segment(line.words, most, is_required=is_required))
    return tuple(children), lines


def _segment(words: list[str], most: int, *, is_required: bool) -> SegmentUse:
    known = dictionary().segments.get(words[0])
    if known is None:
        raise GuideError(f"The dictionary has no segment {words[0]}.")
    if len(words) - 2 > len(known.elements):
        raise GuideError(f"Segment {words[0]} has only {len(known.elements)} elements: {words}.")
    uses = tuple(_element(word, known.elements[index]) for index, word in enumerate(words[2:]))
    return SegmentUse(words[0], is_required, most, uses)


def _element(word: str, reference: str) -> ElementUse:
    repeats = word.endswith("^")
    word = word.removesuffix("^")
    if word == "-":
        return ElementUse("N", reference)
    usage = "S" if word[0] == "?" else "R"
    word = word.removeprefix("?")
    if word.startswith("("):
        composite = dictionary().composites[reference]
        parts = tuple(_element(part, composite.elements[index]) for index, part in enumerate(word[1:-1].split()))
        return ElementUse(usage, reference, None, parts, repeats)
    if word in {"", "!"}:
        if reference in dictionary().composites:
            raise GuideError(f"Composite {reference} is used without its components.")
        return ElementUse(usage, reference, None, None, repeats)
    return ElementUse(usage, reference, frozenset(word.split(",")), None, repeats)
