"""Days as CCYYMMDD numbers, and how a new release is laid over the periods that a code already has."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from cleanclaim.codesets.values import OPEN


@lru_cache(maxsize=4096)
def previous_day(day: int) -> int:
    """Return the day before a CCYYMMDD number."""
    return _shift(day, -1)


@lru_cache(maxsize=4096)
def next_day(day: int) -> int:
    """Return the day after a CCYYMMDD number; an open end stays open."""
    return day if day == OPEN else _shift(day, 1)


def _shift(day: int, days: int) -> int:
    moved = date(day // 10000, day // 100 % 100, day % 100) + timedelta(days=days)
    return moved.year * 10000 + moved.month * 100 + moved.day


class Stated(NamedTuple):
    """What a release states of a code: a blank title, short title, kind or parent leaves what the store knows."""

    billable: int
    title: str
    short: str = ""
    kind: str = ""
    parent: str = ""


class Changed(NamedTuple):
    """How a release changed a system: codes that are new, that ended, and whose title or standing changed."""

    added: int
    ended: int
    revised: int


_Piece = tuple[int, int, int, str, str, str, str]
"""valid_from, valid_to, billable, title, short, kind, parent"""


def window(connection: sqlite3.Connection, system: str, first: int) -> tuple[int, int]:
    """Return the days that a full list of a system speaks for: from its first day to the day before the next list that the store knows."""
    following = connection.execute(
        "SELECT min(first_day) FROM full_list WHERE system = ? AND first_day > ?", (system, first)
    ).fetchone()[0]
    return first, previous_day(following) if following else OPEN


def lay_over(
    connection: sqlite3.Connection,
    system: str,
    days: tuple[int, int],
    stated: dict[str, Stated],
    *,
    full: bool,
    kinds: frozenset[str],
) -> Changed:
    """Lay a release over the periods of a system, within its days; a full list ends what it does not state (of these kinds).

    What stands before or after the days is not touched, so an older list can be imported after a newer one. A system's list never touches
    another system.
    """
    first, last = days
    known: dict[str, list[_Piece]] = defaultdict(list)
    sql = "SELECT code, valid_from, valid_to, billable, title, short, kind, parent FROM code WHERE system = ? ORDER BY code, valid_from"
    for code, *piece in connection.execute(sql, (system,)):
        known[code].append(tuple(piece))
    added = ended = revised = 0
    for code in sorted(set(known) | set(stated)):
        pieces = known.get(code, [])
        during = [p for p in pieces if p[0] <= last and p[1] >= first]
        new = stated.get(code)
        if new is None:
            if not full or not during or not any(p[5] in kinds for p in during):
                continue
            ended += 1
            _store_pieces(connection, system, code, _outside(pieces, first, last))
            continue
        before = during[0] if during else None
        filled = _fill_in(new, before or (pieces[-1] if pieces else None))
        if len(during) == 1 and _says_same(during[0], filled):
            if during[0][3:] != filled[1:]:
                _store_pieces(connection, system, code, [_with_details(p, filled) if p is during[0] else p for p in pieces])
            if during[0][0] <= first and during[0][1] >= last:
                continue
        added += before is None
        revised += before is not None
        _store_pieces(connection, system, code, _joined([*_outside(pieces, first, last), (first, last, *filled)]))
    return Changed(added, ended, revised)


def _fill_in(new: Stated, old: _Piece | None) -> tuple[int, str, str, str, str]:
    if old is None:
        return new.billable, new.title, new.short, new.kind or "code", new.parent
    return new.billable, new.title or old[3], new.short or old[4], new.kind or old[5], new.parent or old[6]


def _says_same(piece: _Piece, filled: tuple[int, str, str, str, str]) -> bool:
    return piece[2] == filled[0] and (piece[3] == filled[1] or not piece[3])


def _with_details(piece: _Piece, filled: tuple[int, str, str, str, str]) -> _Piece:
    return (piece[0], piece[1], *filled)


def _outside(pieces: list[_Piece], first: int, last: int) -> list[_Piece]:
    """Return what is left of a code's periods outside the days."""
    left: list[_Piece] = []
    for piece in pieces:
        if piece[1] < first or piece[0] > last:
            left.append(piece)
            continue
        if piece[0] < first:
            left.append((piece[0], previous_day(first), *piece[2:]))
        if piece[1] > last:
            left.append((next_day(last), piece[1], *piece[2:]))
    return left


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Join neighbouring periods that say the same, so that an unchanged code keeps one row."""
    out: list[_Piece] = []
    for piece in sorted(pieces):
        if out and next_day(out[-1][1]) == piece[0] and out[-1][2:4] == piece[2:4]:
            out[-1] = (out[-1][0], piece[1], *piece[2:])
        else:
            out.append(piece)
    return out


def _store_pieces(connection: sqlite3.Connection, system: str, code: str, pieces: list[_Piece]) -> None:
    connection.execute("DELETE FROM code WHERE system = ? AND code = ?", (system, code))
    connection.executemany("INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(system, code, *piece) for piece in pieces])
