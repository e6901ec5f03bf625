"""Which plain strings a pattern cannot match without: looked up first, they spare most notes most patterns.

A note of 300 words meets some 300 patterns; looking for a plain string is fifty times faster than running a pattern. Where a pattern's structure
cannot be read, there is no shortcut and the pattern simply runs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

_SHORTEST: Final = 2
_MOST: Final = 40


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return a pattern ready to run and the strings of which a text must hold at least one; no strings mean that it must run."""
    expression = re.compile(pattern)
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001 - no public reader of patterns; guarded, and tested against the patterns themselves
        needed = _needed(list(tree)) or frozenset()
    except (AttributeError, TypeError, ValueError):
        needed = frozenset()
    return expression, tuple(sorted(needed)) if 0 < len(needed) <= _MOST else ()


def may_match(needed: tuple[str, ...], text: str) -> bool:
    """Tell whether a text holds one of the strings that a pattern needs."""
    return not needed or any(one in text for one in needed)


def _needed(items: list[Any]) -> frozenset[str] | None:
    """Return the best set of strings one of which every match of a sequence holds; None where there is no such set."""
    best: frozenset[str] | None = None
    run = ""
    for kind, value in [*items, ("END", None)]:
        name = str(kind)
        if name == "LITERAL":
            run += chr(value)
            continue
        if len(run) >= _SHORTEST:
            best = _better(best, frozenset({run}))
        run = ""
        best = _better(best, _of(name, value))
    return best


def _of(name: str, value: Any) -> frozenset[str] | None:
    if name == "SUBPATTERN":
        return _needed(list(value[-1]))
    if name == "BRANCH":
        sets = [_needed(list(branch)) for branch in value[1]]
        if any(one is None for one in sets):
            return None
        return frozenset().union(*(one for one in sets if one is not None))
    if name in {"MAX_REPEAT", "MIN_REPEAT"} and value[0] >= 1:
        return _needed(list(value[2]))
    return None


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return the set whose shortest string is longer: it holds back more texts."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda strings: (min(map(len, strings), default=0), -len(strings)))
