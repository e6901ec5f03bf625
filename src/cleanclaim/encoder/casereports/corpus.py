"""The corpus of clinical cases (CodiEsp): Spanish text with the annotators' spans, its machine translation, and the gold codes."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import UnreadableInput

DIAGNOSES: Final = "D"
PROCEDURES: Final = "P"


class Mention(NamedTuple):
    """One annotated stretch of the Spanish text (perhaps in pieces) and its code, as the corpus writes it (no capitals)."""

    kind: str
    code: str
    spans: tuple[tuple[int, int], ...]


class Case(NamedTuple):
    """A clinical case."""

    name: str
    english: str
    spanish: str
    gold: dict[str, frozenset[str]]
    mentions: tuple[Mention, ...]


def find_corpus(folder: Path) -> Path | None:
    """Return the folder that holds the parts, looking below the given one; None if it is not there."""
    for place in (folder, folder / "codiesp", folder / "coding" / "codiesp"):
        if any((place / part / "text_en").is_dir() for part in ("train", "dev", "test")):
            return place
    return None


def parts_of(folder: Path) -> tuple[str, ...]:
    """Return the parts that the corpus has, train first."""
    return tuple(part for part in ("train", "dev", "test") if (folder / part / "text_en").is_dir())


def read_part(folder: Path, part: str) -> tuple[Case, ...]:
    """Read a part of the corpus, in the order of the cases' names.

    Raises:
        UnreadableInput: the part's table of diagnoses is absent.
    """
    here = folder / part
    if not (here / f"{part}D.tsv").is_file():
        raise UnreadableInput(f"There is no {part}D.tsv in {here}.")
    gold = {kind: _gold(here / f"{part}{kind}.tsv") for kind in (DIAGNOSES, PROCEDURES)}
    mentions = _mentions(here / f"{part}X.tsv")
    cases: list[Case] = []
    for path in sorted((here / "text_en").glob("*.txt")):
        spanish = here / "text_es" / path.name
        cases.append(
            Case(
                path.stem,
                path.read_text("utf-8"),
                spanish.read_text("utf-8") if spanish.is_file() else "",
                {kind: frozenset(codes.get(path.stem, ())) for kind, codes in gold.items()},
                tuple(mentions.get(path.stem, ())),
            )
        )
    return tuple(cases)


def _gold(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in _rows(path):
        found[row[0]].add(row[1].strip().lower())
    return found


def _mentions(path: Path) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = defaultdict(list)
    for row in _rows(path):
        pieces = (piece.split() for piece in row[4].split(";"))
        spans = tuple((int(piece[0]), int(piece[1])) for piece in pieces)
        found[row[0]].append(Mention(row[1][:1], row[2].strip().lower(), spans))
    return found


def _rows(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) > 1]
