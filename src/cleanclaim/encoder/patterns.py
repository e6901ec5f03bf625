"""Patterns over notes that look before they leap: for plain strings that a match needs, and in lower case.

A note of 300 words meets some 500 patterns. Looking for a plain string is fifty times faster than running a pattern, and a pattern of lower-case letters
runs three times faster than one that forgives case. Where a pattern's structure cannot be read, there is no shortcut and the pattern simply runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any, Final

_SHORTEST: Final = 1
_MOST: Final = 40
_MOST_SETS: Final = 4
_THREE: Final = 3
_WORTH_LOOKING: Final = 500
"""In a text of fewer characters a pattern runs as fast as its strings are looked for."""

Needed = tuple[tuple[str, ...], ...]
"""Sets of strings; a match holds one of each set."""


_MOST_MADE: Final = 2000


class Compiled:
    """A pattern, made ready when the first text holds the strings that it needs."""

    def __init__(self, pattern: str) -> None:
        """Take a pattern for texts in lower case."""
        self.pattern: Final = pattern

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern ready to run."""
        return re.compile(self.pattern)

    @cached_property
    def needed(self) -> Needed:
        """The strings of which a text must hold one of each set."""
        return _needed_by(self.pattern)

    def make_ready(self) -> None:
        """Prepare what the first use would."""
        _ = self.expression, self.needed

    def search(self, low: str) -> re.Match[str] | None:
        """Return the first match in a text in lower case."""
        return self.expression.search(low) if len(low) < _WORTH_LOOKING or may_match(self.needed, low) else None

    def finditer(self, low: str) -> Iterator[re.Match[str]]:
        """Return the matches in a text in lower case."""
        return self.expression.finditer(low) if may_match(self.needed, low) else iter(())


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Compiled:
    """Return a pattern for texts in lower case."""
    made = Compiled(pattern)
    if len(_MADE) < _MOST_MADE:
        _MADE.append(made)
    return made


def find(pattern: str, low: str) -> re.Match[str] | None:
    """Return the first match of a pattern in a text in lower case."""
    return compiled(pattern).search(low)


def may_match(needed: Needed, text: str) -> bool:
    """Tell whether a text that is asked of many patterns holds one string of each set that a pattern needs."""
    threes = _threes(text)
    for strings in needed:
        for one in strings:
            if one[:_THREE] in threes and one in text if len(one) >= _THREE else one in text:
                break
        else:
            return False
    return True


def _holds(needed: Needed, text: str) -> bool:
    """Tell the same of a text that is asked of few patterns."""
    return all(any(map(text.__contains__, strings)) for strings in needed)


@lru_cache(maxsize=4)
def _threes(text: str) -> frozenset[str]:
    """Return every three characters that follow each other in a text: what tells at once that most strings are not in it."""
    return frozenset([text[at : at + _THREE] for at in range(len(text) - 2)])


class AnyCase:
    """A pattern that forgives case. It runs over the text in lower case, and what it finds is read off the text as written.

    It is made ready when it is first used: most notes meet a part of the patterns.
    """

    def __init__(self, pattern: str) -> None:
        """Take a pattern whose letters are in lower case."""
        self.pattern: Final = pattern

    @cached_property
    def _written(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    @cached_property
    def _low(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _needed(self) -> Needed:
        return _needed_by(self.pattern)

    def make_ready(self) -> None:
        """Prepare what the first use would."""
        _ = self._written, self._low, self._needed

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the first match, as `re.Pattern.search` does."""
        low = text.lower()
        until = len(text) if end is None else end
        if len(low) != len(text):
            return self._written.search(text, start, until)
        if until - start >= _WORTH_LOOKING and not _holds(self._needed, low):
            return None
        found = self._low.search(low, start, until)
        return self._written.match(text, found.start(), until) if found is not None else None

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Yield every match, as `re.Pattern.finditer` does."""
        low = text.lower()
        until = len(text) if end is None else end
        if len(low) != len(text):
            yield from self._written.finditer(text, start, until)
        elif until - start < _WORTH_LOOKING or _holds(self._needed, low):
            for found in self._low.finditer(low, start, until):
                written = self._written.match(text, found.start(), until)
                if written is not None:
                    yield written

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match at a place, as `re.Pattern.match` does."""
        return self._written.match(text, start)

    def cut(self, text: str) -> str:
        """Return the text without what matches."""
        return self._written.sub("", text) if self.search(text) is not None else text

    def before(self, text: str) -> str:
        """Return what stands before the first match; all of the text where there is none."""
        found = self.search(text)
        return text if found is None else text[: found.start()]

    def count(self, text: str) -> int:
        """Return the number of matches."""
        return sum(1 for _ in self.finditer(text))


@lru_cache(maxsize=1024)
def any_case(pattern: str) -> AnyCase:
    """Return a pattern that forgives case."""
    made = AnyCase(pattern)
    _MADE.append(made)
    return made


def make_ready() -> None:
    """Make every pattern that was asked for ready to run, so that no later note waits for one (about half a second)."""
    for one in tuple(_MADE):
        one.make_ready()


_MADE: Final[list[Compiled | AnyCase]] = []


def _needed_by(pattern: str) -> Needed:
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001 - no public reader of patterns; guarded, and tested against the patterns themselves
        sets = _sets(list(tree))
    except (AttributeError, TypeError, ValueError):
        return ()
    telling = sorted((one for one in sets if 0 < len(one) <= _MOST), key=_promise, reverse=True)
    return tuple(tuple(sorted(_shortest(one))) for one in telling[:_MOST_SETS])


def _promise(strings: frozenset[str]) -> tuple[int, int]:
    """Order sets by how many texts they hold back: those whose shortest string is long, and the smaller ones."""
    return min(map(len, strings)), -len(strings)


def _shortest(strings: frozenset[str]) -> frozenset[str]:
    """Return the strings without those that hold another of them: where they stand, the shorter one does."""
    return frozenset(one for one in strings if not any(other != one and other in one for other in strings))


def _sets(items: list[Any]) -> list[frozenset[str]]:
    """Return sets of strings one of each of which every match of a sequence holds."""
    found: list[frozenset[str]] = []
    run = ""
    for kind, value in [*items, ("END", None)]:
        name = str(kind)
        if name == "LITERAL":
            run += chr(value)
            continue
        if len(run) >= _SHORTEST:
            found.append(frozenset({run}))
        run = ""
        found.extend(_of(name, value))
    return found


def _of(name: str, value: Any) -> list[frozenset[str]]:
    if name == "SUBPATTERN":
        return _sets(list(value[-1]))
    if name == "BRANCH":
        best = [max(_sets(list(branch)), key=_promise, default=None) for branch in value[1]]
        return [] if None in best else [frozenset().union(*(one for one in best if one is not None))]
    if name in {"MAX_REPEAT", "MIN_REPEAT"} and value[0] >= 1:
        return _sets(list(value[2]))
    return []
