"""Watches: checks that a caller adds to a transaction's own rules (external codes, a trading partner's demands).

A watch listens to segments beside the rules and is told where a transaction opens and closes. Without one, a check costs nothing more.
"""

from __future__ import annotations

from collections.abc import Callable

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Hook
from cleanclaim.x12.implementations.rules import Rules


class Watch:
    """Listens to the segments of transactions of one set."""

    def __init__(self, rules: Rules, shown_set: str) -> None:
        self.rules = rules
        self.set = shown_set
        self.subject = ""

    def open(self) -> None:
        """Start a transaction."""

    def close(self, _index: int) -> None:
        """End a transaction."""

    def row(self, segment: str) -> list[str]:
        """Split a segment, with empty elements behind it."""
        return self.rules.row(segment)

    def listen(self, key: str, hear: Callable[[str, int], None]) -> None:
        """Hear a segment (`NTE`), or a segment of one loop (`2300/NTE`), after the rules have."""
        hooks = self.rules.hooks
        _, mark, tag = key.rpartition("/")
        if mark:
            hooks[key] = _both(hooks.get(key) or hooks.get(tag), hear)
            return
        for other in [name for name in hooks if name.endswith(f"/{tag}")]:
            hooks[other] = _both(hooks[other], hear)
        hooks[tag] = _both(hooks.get(tag), hear)

    def report(self, where: tuple[object, int], fault: Fault, path: str, tag: str) -> None:
        """Report what was found, of the claim that it is about: the rules may have gone on to the next one."""
        now, self.rules.subject = self.rules.subject, self.subject or self.rules.subject
        self.rules.fault(where, fault, path, tag)
        self.rules.subject = now


def _both(first: Hook | None, second: Callable[[str, int], None]) -> Hook:
    if first is None:
        return Hook(second)
    known = first

    def hear(segment: str, index: int) -> None:
        known.tell(segment, index)
        second(segment, index)

    return Hook(hear)
