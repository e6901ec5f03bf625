"""One transaction against its guide, segment by segment: which loop a segment stands in, whether it may stand there, whether it is well formed.

A segment looks for its place in the current loop, then in the loops around it. What was accepted once at a place is accepted there again by
its text alone, so repeated segments cost one look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Final, TypeAlias

from cleanclaim.x12.grammar.acceptance import acceptance
from cleanclaim.x12.grammar.dictionary import dictionary
from cleanclaim.x12.grammar.elements import Fault, check_elements
from cleanclaim.x12.grammar.guide import Guide, LoopUse, SegmentUse
from cleanclaim.x12.tokens.delimiters import Delimiters

ENVELOPE: Final = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
_KEPT: Final = 1 << 12
_UNLIMITED: Final = 1 << 60
# Texts that hardly come twice are not kept.
_UNLIKE: Final = frozenset({"HL", "CLM", "CLP", "TRN", "REF", "N3"})
_PATIENTS: Final = frozenset({"QC", "IL"})

Hook: TypeAlias = Callable[[str, int], None]
Where: TypeAlias = tuple[object, int]
"""A segment remembered: the batch that held it, and its index there."""
Report: TypeAlias = Callable[["int | Where", Fault, str, str], None]
"""Called with the segment's index, the fault, the loop's path and the segment's identifier."""


class Slot:
    """One place in a loop: a segment, or a loop by its first segment."""

    __slots__ = ("accept", "child", "index", "is_kept", "is_required", "loop", "most", "position", "tag", "use", "values", "where")

    def __init__(self, use: SegmentUse | LoopUse, index: int, position: int) -> None:
        self.loop = use if isinstance(use, LoopUse) else None
        first = use
        while isinstance(first, LoopUse):
            first = first.children[0]
        self.use: SegmentUse = first
        self.index = index
        self.position = position
        self.is_required = use.is_required
        self.most = use.most or _UNLIMITED
        self.tag = first.tag
        self.where = first.where
        self.values = first.values
        self.accept: Callable[[str], object] | None = None
        self.child: Node | None = None
        self.is_kept = first.tag not in _UNLIKE and not (first.tag == "NM1" and self.values is not None and self.values & _PATIENTS)


Accept: TypeAlias = Callable[[str], object]
Step: TypeAlias = tuple[bool, int, int, int, "Hook | None", Slot, int, Accept, bool]
"""The way to a place, flat because it is read once a segment: whether it opens or leaves a loop, the slot's index, greatest number and
position, its hook, the slot, how many loops to leave, the fast acceptance, and whether accepted texts are kept.
"""


class Node:
    """A loop at its place in the tree, with its slots and what was accepted in it."""

    __slots__ = (
        "is_complete",
        "label",
        "loop",
        "memo",
        "name",
        "opened",
        "parent",
        "path",
        "required",
        "routes",
        "slots",
        "table",
        "ways",
    )

    def __init__(self, loop: LoopUse, parent: Node | None) -> None:
        self.loop = loop
        self.name = loop.name
        self.label = loop.label
        self.parent = parent
        self.path: str = f"{parent.path}/{loop.name}" if parent is not None and parent.path else loop.name
        self.slots: list[Slot] = []
        position = 0
        previous = ""
        for index, use in enumerate(loop.children):
            slot = Slot(use, index, position)
            if index and slot.tag != previous:
                position += 1
                slot.position = position
            previous = slot.tag
            self.slots.append(slot)
        self.required = [slot for slot in self.slots if slot.is_required]
        # How often each slot was used, when the loop opens with its first segment; and what fetches the counts of the required ones.
        self.opened = [1, *[0] * (len(self.slots) - 1)]
        places = [slot.index for slot in self.required]
        self.is_complete: Callable[[list[int]], tuple[int, ...]] = itemgetter(*([0, 0, *places]))
        self.memo: dict[str, Step] = {}
        # By the first three characters: the way itself, or the ways by the two characters of the first element.
        self.routes: dict[str, Step | dict[str, Step]] = {}
        self.ways: dict[str, tuple[tuple[int, int], dict[str, Step]]] = {}
        self.table: dict[str, list[Slot]] = {}
        for slot in self.slots[1:] if parent is not None else self.slots:
            self.table.setdefault(slot.tag, []).append(slot)


Held: TypeAlias = tuple[Node, list[int], int]
"""An open loop: its node, how often each slot was used, the position reached."""


class Walker:
    """The guide at work on the transactions of one interchange."""

    def __init__(self, guide: Guide, delimiters: Delimiters, report: Report, hooks: dict[str, Hook]) -> None:
        self.guide = guide
        self._delimiters = delimiters
        self._report = report
        self._hooks = hooks
        self._root = Node(guide.root, None)
        self._known: frozenset[str] = frozenset()
        self._start()

    def _start(self) -> None:
        self._above: list[Held] = []
        self._node, self._counts, self._position = self._root, self._root.opened.copy(), 0

    def open(self, text: str, index: int) -> None:
        """Start a transaction with its ST."""
        self._start()
        slot = self._root.slots[0]
        for fault in self._judge(slot, text):
            self._report(index, fault, "", slot.tag)

    def close(self, text: str, index: int) -> None:
        """End a transaction with its SE (an empty text where there is none)."""
        while self._above:
            self._missing(self._node, self._counts, index)
            self._node, self._counts, self._position = self._above.pop()
        if text:
            slot = self._root.slots[-1]
            self._counts[slot.index] = 1
            for fault in self._judge(slot, text):
                self._report(index, fault, "", slot.tag)
        self._missing(self._node, self._counts, index)

    def run(self, segments: list[str], start: int) -> int:
        """Take segments until one belongs to the envelope; return its index (or their number)."""
        above = self._above
        node, counts, reached = self._node, self._counts, self._position
        memo, routes = node.memo, node.routes
        element = self._delimiters.element
        end = len(segments)
        for index in range(start, end):
            segment = segments[index]
            step = memo.get(segment)
            if step is None:
                way = routes.get(segment[:3])
                if type(way) is dict:
                    way = way.get(segment[4:6]) if segment[6:7] == element else None
                if way is not None and way[7](segment):  # type: ignore[index, operator]
                    step = way  # type: ignore[assignment]
                    if step[8]:  # type: ignore[index]
                        self._keep(memo, segment, step)  # type: ignore[arg-type]
                else:
                    step = self._step(node, segment, index)
                    if step is None:
                        if self._is_envelope(segment):
                            end = index
                            break
                        continue
            moves, place, most, position, hook, slot, depth, _, _ = step  # type: ignore[misc]
            while depth:
                if 0 in node.is_complete(counts):
                    self._missing(node, counts, index)
                if above:
                    node, counts, reached = above.pop()
                depth -= 1
            count = counts[place] + 1
            counts[place] = count
            if count > most or position < reached:
                self._out_of_bounds(node, slot, segment, index, count, is_late=position < reached)
            else:
                reached = position
            if moves:
                if slot.loop is not None:
                    above.append((node, counts, reached))
                    child = slot.child
                    if child is None:
                        child = slot.child = Node(slot.loop, node)
                    node, counts, reached = child, child.opened.copy(), 0
                memo, routes = node.memo, node.routes
            if hook is not None:
                hook(segment, index)
        self._node, self._counts, self._position = node, counts, reached
        return end

    @staticmethod
    def _keep(memo: dict[str, Step], segment: str, step: Step) -> None:
        """Remember a text that was accepted at a place."""
        if len(memo) >= _KEPT:
            memo.clear()
        memo[segment] = step

    def _is_envelope(self, segment: str) -> bool:
        return segment.partition(self._delimiters.element)[0] in ENVELOPE

    def _out_of_bounds(self, node: Node, slot: Slot, segment: str, index: int, count: int, *, is_late: bool) -> None:
        """Report a segment or loop that comes too often or too late."""
        if is_late:
            says = f"{_shown(slot, segment, self._delimiters)} stands out of its order."
            self._report(index, Fault("SEGMENT_OUT_OF_ORDER", 2, "7", says), self._path(node, slot), slot.tag)
        if count <= slot.most:
            return
        if slot.loop is not None:
            says = f"Loop {slot.loop.name} ({slot.loop.label}) comes {count} times; at most {slot.most} may."
            self._report(index, Fault("LOOP_TOO_OFTEN", 2, "4", says), self._path(node, slot), slot.tag)
        else:
            says = f"{_shown(slot, segment, self._delimiters)} comes {count} times; at most {slot.most} may."
            self._report(index, Fault("SEGMENT_TOO_OFTEN", 2, "5", says), node.path, slot.tag)

    @staticmethod
    def _path(node: Node, slot: Slot) -> str:
        if slot.loop is None:
            return node.path
        return f"{node.path}/{slot.loop.name}" if node.path else slot.loop.name

    def _missing(self, node: Node, counts: list[int], index: int) -> None:
        """Report what a loop that is over lacks."""
        for slot in node.required:
            if counts[slot.index]:
                continue
            if slot.loop is not None:
                says = f"Loop {slot.loop.name} ({slot.loop.label}) is required and missing."
                rule = "LOOP_MISSING"
            else:
                says = f"{_named(slot)} is required and missing in loop {node.name or 'of the transaction'}."
                rule = "SEGMENT_MISSING"
            self._report(index, Fault(rule, 2, "3", says), self._path(node, slot), slot.tag)

    def _step(self, node: Node, segment: str, index: int) -> Step | None:
        """Find the place of a segment and judge it; None when it has none (reported) or belongs to the envelope."""
        tag = segment.partition(self._delimiters.element)[0]
        step: Step | None = None
        ways = node.ways.get(tag)
        if ways is not None:
            step = ways[1].get(self._discriminator(segment, ways[0]))
        step = step or self._route(node, segment, tag)
        if step is None:
            if tag not in ENVELOPE:
                self._homeless(node, segment, tag, index)
                hook = self._hooks.get(tag)  # what has no place still counts: totals say what the file holds
                if hook is not None:
                    hook(segment, index)
            return None
        if not step[7](segment):
            self._complain(node, step, segment, index)
        elif step[8]:
            self._keep(node.memo, segment, step)
        return step

    def _route(self, node: Node, segment: str, tag: str) -> Step | None:
        """Look for the place of a segment in the loop and in those around it, and remember the way."""
        if tag in ENVELOPE:
            return None
        at: Node | None = node
        depth = 0
        is_only = True
        while at is not None:
            slots = at.table.get(tag, ())
            is_only = is_only and len(slots) < 2
            for slot in slots:
                value = "" if slot.values is None else self._discriminator(segment, slot.where)
                if slot.values is None or value in slot.values:
                    name = slot.loop.name if slot.loop is not None else at.name
                    hook = self._hooks.get(f"{name}/{slot.tag}") or self._hooks.get(slot.tag)
                    moves = depth > 0 or slot.loop is not None
                    accept = self._accept(slot)
                    step = (moves, slot.index, slot.most, slot.position, hook, slot, depth, accept, slot.is_kept)
                    self._remember(node, tag, slot, value, step, is_only=is_only)
                    return step
            is_only = is_only and not slots
            at = at.parent
            depth += 1
        return None

    def _remember(self, node: Node, tag: str, slot: Slot, value: str, step: Step, *, is_only: bool) -> None:
        """Keep the way to a slot: by the tag alone, or by the tag and the element that decides."""
        start = tag if len(tag) > 2 else tag + self._delimiters.element
        known = node.routes.get(start)
        if slot.values is None:
            if known is None and is_only and tag not in node.ways:
                node.routes[start] = step
            return
        if type(known) is tuple:
            return
        where, ways = node.ways.setdefault(tag, (slot.where, {}))
        if where != slot.where:
            return
        ways[value] = step
        if where == (1, 0) and len(tag) == 3 and len(value) == 2:
            routes: dict[str, Step] = known if type(known) is dict else {}
            routes[value] = step
            node.routes[start] = routes

    def _complain(self, node: Node, step: Step, segment: str, index: int) -> None:
        """Judge a segment that was not accepted at once, and report what is wrong with it."""
        slot, depth = step[5], step[6]
        faults = self._judge(slot, segment)
        home = node
        for _ in range(depth):
            home = home.parent or home
        path = self._path(home, slot)
        for fault in faults:
            self._report(index, fault, path, slot.tag)

    def _judge(self, slot: Slot, segment: str) -> list[Fault]:
        return [] if self._accept(slot)(segment) else check_elements(slot.use, segment, self._delimiters)

    def _accept(self, slot: Slot) -> Accept:
        accept = slot.accept
        if accept is None:
            accept = slot.accept = acceptance(slot.use, self._delimiters).fullmatch
        return accept

    def _discriminator(self, segment: str, where: tuple[int, int]) -> str:
        parts = segment.split(self._delimiters.element, where[0] + 1)
        value = parts[where[0]] if len(parts) > where[0] else ""
        if where[1]:
            components = value.split(self._delimiters.component, where[1])
            value = components[where[1] - 1]
        return value

    def _homeless(self, node: Node, segment: str, tag: str, index: int) -> None:
        """Report a segment that has no place here, and why."""
        path = node.path
        if tag not in dictionary().segments:
            value = tag[:10]
            says = "This is no segment of the standard."
            self._report(index, Fault("SEGMENT_UNKNOWN", 1, "1", says, value), path, tag[:3])
            return
        if not self._known:
            self._known = frozenset(_tags(self.guide.root))
        if tag not in self._known:
            says = f"{tag} is no segment of {self.guide.name}."
            self._report(index, Fault("SEGMENT_NOT_IN_SET", 2, "6", says, tag), path, tag)
            return
        where = dict.fromkeys(slot.where for slot in node.table.get(tag, ())) or {(1, 0): None}
        value = self._discriminator(segment, next(iter(where)))
        says = f"{tag} with {value or 'no code'} has no place in loop {node.name or 'of the header'} or around it."
        self._report(index, Fault("SEGMENT_UNEXPECTED", 2, "2", says, value), path, tag)


def _shown(slot: Slot, segment: str, delimiters: Delimiters) -> str:
    """Name a segment with the code that tells it apart."""
    if slot.values is None:
        return slot.tag
    parts = segment.split(delimiters.element)
    value = parts[slot.where[0]] if len(parts) > slot.where[0] else ""
    return f"{slot.tag} {value.partition(delimiters.component)[0]}".strip()


def _named(slot: Slot) -> str:
    return f"{slot.tag} ({', '.join(sorted(slot.values)[:6])})" if slot.values is not None else slot.tag


def _tags(loop: LoopUse) -> set[str]:
    found: set[str] = set()
    for child in loop.children:
        found |= _tags(child) if isinstance(child, LoopUse) else {child.tag}
    return found
