"""One transaction against its guide, segment by segment: which loop a segment stands in, whether it may stand there, whether it is well formed.

A segment looks for its place in the current loop, then in the loops around it. What was accepted once at a place is accepted there again by
its text alone, so repeated segments cost one look-up. How often each place of a loop was used is a state of the loop, made once: that a
segment may follow in a state is one look-up as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from cleanclaim.x12.grammar.acceptance import acceptance
from cleanclaim.x12.grammar.dictionary import dictionary
from cleanclaim.x12.grammar.elements import Fault, check_elements
from cleanclaim.x12.grammar.guide import Guide, LoopUse, SegmentUse
from cleanclaim.x12.tokens.delimiters import Delimiters

ENVELOPE: Final = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
_KEPT: Final = 1 << 13
_STATES: Final = 1 << 11
_UNLIMITED: Final = 1 << 60
# Texts that hardly come twice are not kept.
_UNLIKE: Final = frozenset({"HL", "CLM", "CLP", "TRN", "REF", "N3", "DMG"})
_PATIENTS: Final = frozenset({"QC", "IL"})

Where: TypeAlias = tuple[object, int]
"""A segment remembered: the batch that held it, and its index there."""
Report: TypeAlias = Callable[["int | Where", Fault, str, str], None]
"""Called with the segment's index, the fault, the loop's path and the segment's identifier."""


class Hook(NamedTuple):
    """Who hears of a segment, and what of it is told.

    `hear` takes the segment (or what `digest` makes of its text, which must depend on nothing else) and its index. A segment of which the
    digest says None needs no hearing.
    """

    hear: Callable[[Any, int], None]
    digest: Callable[[str], Any] | None = None

    def tell(self, segment: str, index: int) -> None:
        """Tell of one segment."""
        said = segment if self.digest is None else self.digest(segment)
        if said is not None:
            self.hear(said, index)


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
        self.accept: Accept | None = None
        self.child: Node | None = None
        self.is_kept = first.tag not in _UNLIKE and not (first.tag == "NM1" and self.values is not None and self.values & _PATIENTS)


Accept: TypeAlias = Callable[[str], object]
Turn: TypeAlias = tuple[int, Slot]
"""How many loops a segment leaves before it stands in its slot, which may open a loop."""
Step: TypeAlias = tuple[int, Callable[[Any, int], None] | None, Any, Turn | None]
"""An accepted text: the index of its slot, who hears of it, what is told, and the turn to another loop, if it takes one."""
Way: TypeAlias = tuple[Accept, bool, Callable[[str], Any] | None, int, Callable[[Any, int], None] | None, Turn | None, Slot, int]
"""The way to a slot: its fast acceptance, whether accepted texts are kept, the digest of its hook, then as in a step; the slot, and how many
loops to leave.
"""


class ByLevel(dict[str, Way]):
    """The ways of HL segments, by the level (HL03) in the usual form, where one character follows it."""


class State:
    """How often each slot of an open loop was used and the position reached in it; which state follows when a slot is used next."""

    __slots__ = ("counts", "following", "is_complete", "node", "reached")

    def __init__(self, node: Node, counts: tuple[int, ...], reached: int) -> None:
        self.node = node
        self.counts = counts
        self.reached = reached
        self.following: list[State | None] = [None] * len(counts)
        self.is_complete = all(counts[slot.index] for slot in node.required)


class Node:
    """A loop at its place in the tree, with its slots, its states and what was accepted in it."""

    __slots__ = (
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
        "states",
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
        self.states: dict[tuple[tuple[int, ...], int], State] = {}
        self.opened = State(self, (1, *[0] * (len(self.slots) - 1)), 0)
        self.memo: dict[str, Step] = {}
        # By the first three characters: the way itself, or the ways by the element that decides.
        self.routes: dict[str, Way | dict[str, Way] | ByLevel] = {}
        self.ways: dict[str, tuple[tuple[int, int], dict[str, Way]]] = {}
        self.table: dict[str, list[Slot]] = {}
        for slot in self.slots[1:] if parent is not None else self.slots:
            self.table.setdefault(slot.tag, []).append(slot)

    def keep(self, segment: str, step: Step) -> None:
        """Remember a text that was accepted at a place."""
        if len(self.memo) >= _KEPT:
            self.memo.clear()
        self.memo[segment] = step

    def state(self, counts: tuple[int, ...], reached: int) -> State:
        """Return the state with some counts, the same one each time."""
        known = self.states.get((counts, reached))
        if known is None:
            if len(self.states) >= _STATES:
                self.opened.following = [None] * len(self.slots)
                for state in self.states.values():
                    state.following = [None] * len(self.slots)
                self.states.clear()
            known = self.states[counts, reached] = State(self, counts, reached)
        return known


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
        self._above: list[State] = []
        self._state = self._root.opened

    def open(self, text: str, index: int) -> None:
        """Start a transaction with its ST."""
        self._start()
        slot = self._root.slots[0]
        for fault in self._judge(slot, text):
            self._report(index, fault, "", slot.tag)

    def close(self, text: str, index: int) -> None:
        """End a transaction with its SE (an empty text where there is none)."""
        while self._above:
            self._missing(self._state, index)
            self._state = self._above.pop()
        if text:
            slot = self._root.slots[-1]
            state = self._state
            if state.node is self._root:
                self._state = State(self._root, (*state.counts[:-1], 1), state.reached)
            for fault in self._judge(slot, text):
                self._report(index, fault, "", slot.tag)
        self._missing(self._state, index)

    def run(self, segments: list[str], start: int) -> int:
        """Take segments until one belongs to the envelope; return its index (or their number)."""
        above, state = self._above, self._state
        memo, routes = state.node.memo, state.node.routes
        element = self._delimiters.element
        end = len(segments)
        for index in range(start, end):
            segment = segments[index]
            step = memo.get(segment)
            if step is not None:
                place, hear, said, turn = step
            else:
                way: Any = routes.get(segment[:3])
                if type(way) is dict:
                    way = way.get(segment[4:6]) if segment[6:7] == element else None
                elif type(way) is ByLevel:
                    way = way.get(segment[-4:-2])
                if way is None or not way[0](segment):
                    way = self._way(state.node, segment, index)
                    if way is None:
                        if self._is_envelope(segment):
                            end = index
                            break
                        continue
                _, is_kept, digest, place, hear, turn, _, _ = way
                said = segment if digest is None else digest(segment)
                if said is None:
                    hear = None
                if is_kept:
                    state.node.keep(segment, (place, hear, said, turn))
            if turn is None:
                following = state.following[place]
                state = following if following is not None else self._advance(state, place, segment, index)
            else:
                depth, slot = turn
                while depth:
                    if not state.is_complete:
                        self._missing(state, index)
                    if above:
                        state = above.pop()
                    depth -= 1
                following = state.following[place]
                state = following if following is not None else self._advance(state, place, segment, index)
                if slot.loop is not None:
                    above.append(state)
                    child = slot.child
                    if child is None:
                        child = slot.child = Node(slot.loop, state.node)
                    state = child.opened
                memo, routes = state.node.memo, state.node.routes
            if hear is not None:
                hear(said, index)
        self._state = state
        return end

    def _advance(self, state: State, place: int, segment: str, index: int) -> State:
        """Use a slot of a loop, report when it may not be used (any more), and return the state that follows."""
        node = state.node
        slot = node.slots[place]
        count = state.counts[place] + 1
        is_late = slot.position < state.reached
        is_wrong = count > slot.most or is_late
        if is_wrong:
            self._out_of_bounds(node, slot, segment, index, count, is_late=is_late)
        counts = list(state.counts)
        counts[place] = count if slot.most < _UNLIMITED else 1
        following = node.state(tuple(counts), state.reached if is_wrong else slot.position)
        if not is_wrong:
            state.following[place] = following
        return following

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

    def _missing(self, state: State, index: int) -> None:
        """Report what a loop that is over lacks."""
        node = state.node
        for slot in node.required:
            if state.counts[slot.index]:
                continue
            if slot.loop is not None:
                says = f"Loop {slot.loop.name} ({slot.loop.label}) is required and missing."
                rule = "LOOP_MISSING"
            else:
                says = f"{_named(slot)} is required and missing in loop {node.name or 'of the transaction'}."
                rule = "SEGMENT_MISSING"
            self._report(index, Fault(rule, 2, "3", says), self._path(node, slot), slot.tag)

    def _way(self, node: Node, segment: str, index: int) -> Way | None:
        """Find the place of a segment and judge it; None when it has none (reported) or belongs to the envelope.

        A segment that is not in order has a way of its own, on which nothing is kept.
        """
        tag = segment.partition(self._delimiters.element)[0]
        way: Way | None = None
        ways = node.ways.get(tag)
        if ways is not None:
            way = ways[1].get(self._discriminator(segment, ways[0]))
        way = way or self._route(node, segment, tag)
        if way is None:
            if tag not in ENVELOPE:
                self._homeless(node, segment, tag, index)
                hook = self._hooks.get(tag)  # what has no place still counts: totals say what the file holds
                if hook is not None:
                    hook.tell(segment, index)
            return None
        if way[0](segment):
            return way
        self._complain(node, way, segment, index)
        return (way[0], False, *way[2:])

    def _route(self, node: Node, segment: str, tag: str) -> Way | None:
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
                    hear, digest = hook if hook is not None else (None, None)
                    turn = (depth, slot) if depth or slot.loop is not None else None
                    way = (self._accept(slot), slot.is_kept, digest, slot.index, hear, turn, slot, depth)
                    self._remember(node, tag, slot, value, way, is_only=is_only)
                    return way
            is_only = is_only and not slots
            at = at.parent
            depth += 1
        return None

    def _remember(self, node: Node, tag: str, slot: Slot, value: str, way: Way, *, is_only: bool) -> None:
        """Keep the way to a slot: by the tag alone, or by the tag and the element that decides."""
        start = tag if len(tag) > 2 else tag + self._delimiters.element
        known = node.routes.get(start)
        if slot.values is None:
            if known is None and is_only and tag not in node.ways:
                node.routes[start] = way
            return
        if type(known) is tuple:
            return
        where, ways = node.ways.setdefault(tag, (slot.where, {}))
        if where != slot.where:
            return
        ways[value] = way
        if where == (1, 0) and len(tag) == 3 and len(value) == 2:
            routes: dict[str, Way] = known if type(known) is dict else {}
            routes[value] = way
            node.routes[start] = routes
        elif (
            where == (3, 0) and tag == "HL" and len(slot.values) == 1
        ):  # a text accepted there has this level, wherever it was looked for
            levels = known if type(known) is ByLevel else ByLevel()
            levels[value] = way
            node.routes[start] = levels

    def _complain(self, node: Node, way: Way, segment: str, index: int) -> None:
        """Judge a segment that was not accepted at once, and report what is wrong with it."""
        slot, depth = way[6], way[7]
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
