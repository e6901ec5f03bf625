"""The exercises as package data: what a learner is shown is made without the key; the key is read to mark and to show answers."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.errors import NotFound

KINDS: Final = {
    "coding": "Code the visit",
    "registration": "Register the patient",
    "claim": "Clean the claim",
    "posting": "Post the EOB by hand",
    "denial": "Work the denial",
    "balance": "Explain the balance",
}
"""Every kind of exercise, in the order of the cycle."""


class Hint(NamedTuple):
    """A hint and the points that it costs."""

    costs: int
    says: str


class Question(NamedTuple):
    """One question of an answer sheet; `choices` are (value, words), empty where something is typed. `kind`: choice, day, money."""

    name: str
    asks: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()


class Exercise(NamedTuple):
    """An exercise as a learner may see it: everything but the key."""

    slug: str
    kind: str
    title: str
    level: str
    minutes: int
    brief: str
    hint_costs: tuple[int, ...]
    allows_suggestions: bool
    material: dict[str, Any]
    questions: tuple[Question, ...]
    version: int
    digest: str

    @property
    def kind_title(self) -> str:
        """The kind in words."""
        return KINDS[self.kind]


class CoursePlan(NamedTuple):
    """A course of the package: its title and exercises in order."""

    slug: str
    title: str
    exercises: tuple[str, ...]


@cache
def _file(slug: str) -> dict[str, Any]:
    if slug not in all_slugs():
        raise NotFound("There is no such exercise.")
    text = (resources.files("cleanclaim.practice.training") / "exercises" / f"{slug}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def all_slugs() -> tuple[str, ...]:
    """Return the names of all exercises of the package."""
    folder = resources.files("cleanclaim.practice.training") / "exercises"
    return tuple(sorted(path.name.removesuffix(".toml") for path in folder.iterdir() if path.name.endswith(".toml")))


@cache
def exercise(slug: str) -> Exercise:
    """Return an exercise without its key. Raises NotFound."""
    told = _file(slug)
    questions = tuple(
        Question(name, row["asks"], row["kind"], tuple((value, words) for value, words in row.get("choices", {}).items()))
        for name, row in told.get("questions", {}).items()
    )
    return Exercise(
        slug, told["kind"], told["title"], told["level"], told["minutes"], told["brief"].strip(),
        tuple(row["costs"] for row in told.get("hints", ())), bool(told.get("allows_suggestions")), told.get("material", {}), questions,
        told["version"], _digest(told),
    )  # fmt: skip


def _digest(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=_plain, ensure_ascii=False).encode()).hexdigest()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def hints(slug: str, count: int) -> tuple[Hint, ...]:
    """Return the first hints of an exercise, as far as they were taken."""
    return tuple(Hint(row["costs"], row["says"]) for row in _file(slug).get("hints", ())[:count])


def key(slug: str) -> dict[str, Any]:
    """Return the key. Only marking and answers that may be seen read it."""
    found: dict[str, Any] = _file(slug)["key"]
    return found


@cache
def course_plans() -> tuple[CoursePlan, ...]:
    """Return the courses of the package."""
    text = (resources.files("cleanclaim.practice.training") / "courses.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["courses"]
    return tuple(CoursePlan(row["slug"], row["title"], tuple(row["exercises"])) for row in rows)
