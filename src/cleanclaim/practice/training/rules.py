"""Marks: points per item, the score, which attempt gives the grade, when answers may be seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.errors import InvalidValue

MOST: Final = 100
"""The score of work that is the key."""
SHORTEST_REASON: Final = 8
"""Characters of a reason that says something."""


_UNDONE: Final = frozenset({"missing", "left as it was"})
"""Verdicts on what was not done: to name such an item is to name the answer."""


class Item(NamedTuple):
    """One thing that was marked: `earned` of `most` points (below nothing: harm that was done), what was expected and what was given.

    `why` says what is wrong, `proof` is the record's own words, `rule` the authority; `mistake` is the name under which the same mistake of
    others is counted (empty for what is right).
    """

    group: str
    what: str
    verdict: str
    earned: int
    most: int
    expected: str = ""
    given: str = ""
    why: str = ""
    proof: str = ""
    rule: str = ""
    mistake: str = ""

    @property
    def is_right(self) -> bool:
        """Full points, and nothing that costs."""
        return self.earned == self.most and self.verdict in {"right", "accepted"}


class Marked(NamedTuple):
    """Marked work: its items in order, what hints cost, and the score from 0 to 100."""

    items: tuple[Item, ...]
    hints_cost: int
    score: int

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The names of what went wrong, each once, in order."""
        return tuple(dict.fromkeys(item.mistake for item in self.items if item.mistake))


def marked(items: Iterable[Item], *, hints_cost: int = 0) -> Marked:
    """Add points up to a score: earned of most, in whole points rounded down, less the hints; never below 0 nor above 100.

    Raises InvalidValue when nothing could be earned: such an exercise has no key.
    """
    rows = tuple(items)
    most = sum(item.most for item in rows)
    if most <= 0:
        raise InvalidValue("An exercise without points cannot be marked.")
    earned = max(0, sum(item.earned for item in rows))
    return Marked(rows, hints_cost, max(0, min(MOST, MOST * earned // most) - hints_cost))


class Try(NamedTuple):
    """An attempt as the grade sees it."""

    number: int
    grade: int
    is_counted: bool


def grade_of(tries: Sequence[Try], *, grade_by: str) -> int | None:
    """Return the grade of an exercise from its counted attempts: the best, or the last one; None without any."""
    counted = [item for item in tries if item.is_counted]
    if not counted:
        return None
    if grade_by == "last":
        return max(counted, key=lambda item: item.number).grade
    return max(item.grade for item in counted)


def answers_may_be_seen(answers: str, *, due_on: date | None, today: date) -> bool:
    """Tell whether the answers to work that is handed in may be seen: at once, when they are released, or after the due day.

    Without a due day there is nothing to wait for.
    """
    if answers == "after-due":
        return due_on is None or today > due_on
    return answers in {"at-once", "released"}


def check_grade(grade: int, reason: str) -> None:
    """Raise InvalidValue for a grade outside 0 to 100, or a reason that says nothing."""
    if not 0 <= grade <= MOST:
        raise InvalidValue(f"A grade is a whole number from 0 to {MOST}.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidValue("Say in a few words why the grade is changed: the learner and the audit read it.")


def as_json(made: Marked) -> dict[str, Any]:
    """Return marked work as tables keep it."""
    return {"items": [item._asdict() for item in made.items], "hints_cost": made.hints_cost, "score": made.score}


def from_json(kept: dict[str, Any]) -> Marked:
    """Return marked work as it was kept."""
    return Marked(tuple(Item(**item) for item in kept["items"]), kept["hints_cost"], kept["score"])


def without_answers(made: Marked) -> Marked:
    """Return what a learner may see while answers are withheld: points by group and the verdict on what they gave, nothing that was expected.

    What is missing is only counted: its code, amount and words stay out.
    """
    shown: list[Item] = []
    left: dict[str, tuple[int, int]] = {}
    for item in made.items:
        if item.given and item.verdict not in _UNDONE:
            what = item.given if _tells(item) else item.what
            shown.append(item._replace(what=what, expected="", why="", proof="", rule="", mistake=""))
        else:
            count, most = left.get(item.group, (0, 0))
            left[item.group] = (count + 1, most + item.most)
    shown += [
        Item(group, f"{count} more that the key has" if count > 1 else "one more that the key has", "missing", 0, most)
        for group, (count, most) in left.items()
    ]
    order = list(dict.fromkeys(item.group for item in made.items))
    return Marked(tuple(sorted(shown, key=lambda item: order.index(item.group))), made.hints_cost, made.score)


def _tells(item: Item) -> bool:
    """Tell whether the name of an item says what was expected."""
    return any(word in item.expected for word in item.what.split() if len(word) > 1)
