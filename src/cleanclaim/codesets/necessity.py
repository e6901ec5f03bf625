"""Medicare coverage articles: which procedures they name, which diagnoses they cover, and whether a line meets one (Social Security Act 1862(a)(1)(A))."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from cleanclaim.codesets.values import CoverageArticle, Necessity, as_date, bare, day_number, dotted

_ARTICLES: Final = (
    "SELECT DISTINCT c.article, c.version, a.title, a.effective, a.ended, a.document FROM coverage_article c"
    " JOIN article a ON a.article = c.article AND a.version = c.version"
    " WHERE c.code = ? AND c.relation = ? AND a.effective <= ? AND a.ended >= ? AND a.effective > 0 AND a.status IN ('', 'A', 'R')"
    " ORDER BY CAST(c.article AS INTEGER), c.version"
)
"""Proposed and undated articles have no authority; of a retired one the days before its end count."""


def articles_for(connection: sqlite3.Connection, procedure: str, on: date) -> tuple[CoverageArticle, ...]:
    """Return the coverage articles in force that name a procedure; empty until the articles are imported."""
    day = day_number(on)
    found = connection.execute(_ARTICLES, (procedure.upper(), "procedure", day, day)).fetchall()
    latest = {row[0]: row for row in found}  # the highest version of each
    return tuple(_article(connection, row) for row in latest.values())


def articles_naming(connection: sqlite3.Connection, diagnosis: str, on: date) -> tuple[tuple[str, str, str], ...]:
    """Return (document, title, covered or noncovered) of the articles in force that list a diagnosis."""
    day, out = day_number(on), []
    for relation in ("covered", "noncovered"):
        found = connection.execute(_ARTICLES, (bare(diagnosis), relation, day, day)).fetchall()
        out += [(row[5] or f"A{row[0]}", row[2], relation) for row in {row[0]: row for row in found}.values()]
    return tuple(out)


def _article(connection: sqlite3.Connection, row: tuple[str, str, str, int, int, str]) -> CoverageArticle:
    article, version, title, first, last, document = row
    named: dict[str, list[str]] = defaultdict(list)
    rows = connection.execute("SELECT relation, code FROM coverage_article WHERE article = ? AND version = ?", (article, version))
    for relation, code in rows:
        named[relation].append(code)
    keys = named["contractor"]
    marks = ",".join("?" * len(keys))
    numbers = [
        n for (n,) in connection.execute(f"SELECT number FROM contractor WHERE contractor IN ({marks}) AND number != ''", keys)
    ]
    states = connection.execute(
        "SELECT DISTINCT s.state FROM contractor_state j JOIN coverage_state s ON s.state_id = j.state_id"
        f" WHERE j.contractor IN ({marks})",
        keys,
    )
    return CoverageArticle(
        article, version, title, tuple(sorted(numbers or {key.split("-")[0] for key in keys})), frozenset(named["covered"]),
        frozenset(named["noncovered"]), as_date(first), as_date(last), document or f"A{article}", _determinations(connection, named),
        frozenset(state for (state,) in states),
    )  # fmt: skip


def _determinations(connection: sqlite3.Connection, named: dict[str, list[str]]) -> tuple[str, ...]:
    out = []
    for kind, prefix in (("lcd", "L"), ("ncd", "NCD ")):
        for key in sorted(set(named[kind])):
            row = connection.execute(
                "SELECT document FROM determination WHERE kind = ? AND id = ? ORDER BY version DESC LIMIT 1", (kind, key)
            ).fetchone()
            out.append((row[0] if row and row[0] else "") or f"{prefix}{key}")
    return tuple(out)


def necessity(
    connection: sqlite3.Connection, procedure: str, diagnoses: Sequence[str], on: date, *, carrier: str = "", state: str = ""
) -> Necessity | None:
    """Judge a procedure with the diagnoses that its line points to; None where no article in force lists diagnoses for it.

    An article speaks for its own contractor's places alone: `carrier` (the Medicare contractor's number) decides, else `state`; an article
    without a contractor, and a place that nobody told, count everywhere. A diagnosis on one covered list of an article is enough, since what
    an article asks beyond its lists stands in its paragraphs, which a person reads.
    """
    judged = [
        article
        for article in articles_for(connection, procedure, on)
        if (article.covered or article.noncovered) and _speaks_for(article, carrier, state)
    ]
    if not judged:
        return None
    keys = [bare(code) for code in diagnoses]
    verdicts = [(_verdict(article, keys), article) for article in judged]
    is_met, best = max(verdicts, key=lambda found: found[0])  # the first of those that are met
    return Necessity(
        procedure.upper(), is_met, best.document, best.title, best.lcds, _dotted(k for k in keys if k in best.covered),
        _dotted(k for k in keys if k in best.noncovered), _dotted(sorted(best.covered)[:5]),
    )  # fmt: skip


def _verdict(article: CoverageArticle, keys: Iterable[str]) -> bool:
    held = set(keys)
    if held & article.noncovered:
        return False
    return bool(held & article.covered) if article.covered else True


def _speaks_for(article: CoverageArticle, carrier: str, state: str) -> bool:
    if carrier and any(len(number) == 5 for number in article.contractors):
        return carrier in article.contractors
    return not (state and article.states) or state in article.states


def _dotted(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dotted(key) for key in keys)
