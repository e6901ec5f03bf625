"""What the tabular list prints around a code: notes with the code ranges inside them, inherited from the parents, and every wording."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cleanclaim.codesets.values import (
    CATEGORY,
    CodeRange,
    Excludes,
    Note,
    Notes,
    SeventhCharacter,
    Term,
    as_date,
    day_number,
    dotted,
)

if TYPE_CHECKING:
    from cleanclaim.codesets.store_file import StoreFile

_CODE: Final = rf"{CATEGORY}(?:\.[0-9A-Z]{{1,4}})?"
_RANGE: Final = re.compile(rf"\b({_CODE})(?:\s*-{{1,2}}\s*({_CODE}))?(\.?-)?")
_NAMED: Final = re.compile(r"(?:categor(?:y|ies)|codes?|sections?|subcategor(?:y|ies)|chapter)[^();]*$", re.IGNORECASE)
_WITH: Final = re.compile(r"\bwith\s+(.*?)characters?\s*([^()]*)", re.IGNORECASE)
_PLACES: Final = {"fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7}
_OPEN_FRACTURE: Final = tuple("BCEFHJMNQR")
"""Seventh characters of open fractures (chapter 19)."""
_INHERITED: Final = ("includes", "excludes1", "excludes2", "code_first", "use_additional", "code_also", "note")


@lru_cache(maxsize=65536)
def ranges_in(text: str) -> tuple[CodeRange, ...]:
    """Return the codes and code ranges that a note names, in the order of the text; `Z22.-` stands for all of Z22.

    Inside brackets every code counts; outside them one needs its dot or a word such as "category" before it, since B12 is also a vitamin.
    """
    found: dict[CodeRange, None] = {}
    depth = 0
    opened = [0] * len(text)
    for at, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        opened[at] = depth
    narrowed = _narrowings(text)
    for match in _RANGE.finditer(text):
        first, last, dash = match.groups()
        inside = opened[match.start()] > 0
        if not inside and "." not in first and not last and not dash and not _NAMED.search(text[: match.start()]):
            continue
        start = first.replace(".", "")
        end = (last or first).replace(".", "")
        if start <= end or end.startswith(start):
            endings, places, characters = next((how for a, b, how in narrowed if a <= match.start() < b), ((), (), ()))
            found[CodeRange(start, end, endings, places, characters)] = None
    return tuple(found)


_How = tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]


def _narrowings(text: str) -> list[tuple[int, int, _How]]:
    """Return where a note narrows its codes by their characters: (start and end of the bracket, how)."""
    out: list[tuple[int, int, _How]] = []
    for bracket in re.finditer(r"[(\[][^()\[\]]*[)\]]", text):
        asked = _WITH.search(bracket[0].rstrip(")]"))
        if asked is None:
            continue
        which, values = asked[1].lower(), asked[2].strip()
        places = tuple(place for word, place in _PLACES.items() if re.search(rf"\b{word}\b", which.replace("-", " ")))
        if "final" in which:
            how: _How = (tuple(re.findall(r"[0-9A-Z]+", values)), (), ())
        elif "open fracture" in which:
            how = ((), (7,), _OPEN_FRACTURE)
        elif places:
            how = ((), tuple(sorted(places)), _characters(values))
        else:
            continue
        if any(how):
            out.append((bracket.start(), bracket.end(), how))
    return out


def _characters(values: str) -> tuple[str, ...]:
    """Read `B or C`, `1-4 or 6`, `.6` or `51` as the characters that may stand there."""
    out: list[str] = []
    for word in re.findall(r"[0-9A-Z]-[0-9A-Z]|[0-9A-Z]+", values):
        if "-" in word:
            out.extend(str(n) for n in range(int(word[0]), int(word[2]) + 1)) if word[0].isdigit() else out.extend(
                (word[0], word[2])
            )
        else:
            out.append(word)
    return tuple(out)


class _Book:
    """The notes of one release, by the node that carries them; each is read when it is first asked for."""

    def __init__(self, store: StoreFile, release: int) -> None:
        self.release: Final = release
        self._store: Final = store
        self._printed: Final[dict[str, tuple[tuple[str, str], ...]]] = {}
        self._excluded: Final[dict[str, tuple[tuple[CodeRange, str], ...]]] = {}

    def printed(self, code: str) -> tuple[tuple[str, str], ...]:
        """Return what stands at a node, as (kind, text)."""
        known = self._printed.get(code)
        if known is None:
            sql = "SELECT kind, text FROM note WHERE release = ? AND code = ? ORDER BY seq"
            known = self._printed[code] = tuple(self._store.query(sql, self.release, code).fetchall())
        return known

    def excluded(self, code: str) -> tuple[tuple[CodeRange, str], ...]:
        """Return the codes that the Excludes1 notes at a node name, each with the note."""
        known = self._excluded.get(code)
        if known is None:
            known = self._excluded[code] = tuple(
                (span, text) for kind, text in self.printed(code) if kind == "excludes1" for span in ranges_in(text)
            )
        return known

    def every(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yield the notes of a kind as (node, text), in the order of the nodes."""
        sql = "SELECT code, text FROM note WHERE release = ? AND kind = ? ORDER BY code, seq"
        yield from self._store.query(sql, self.release, kind).fetchall()


def _book(store: StoreFile, on: date) -> _Book | None:
    releases = store.memo(
        "note_releases", lambda: [row[0] for row in store.query("SELECT DISTINCT release FROM note ORDER BY release")]
    )
    if not releases:
        return None
    day = day_number(on)
    release = max((r for r in releases if r <= day), default=releases[0])
    return store.memo(f"book {release}", lambda: _Book(store, release))


def ancestors(store: StoreFile, code: str, on: date) -> tuple[str, ...]:
    """Return the keys above a code, nearest first, chapter last."""
    cache = store.memo("ancestors", dict[tuple[str, int], tuple[str, ...]])
    key = (code, on.toordinal())
    if key not in cache:
        if len(cache) > 200_000:
            cache.clear()
        way: list[str] = []
        at = code
        day = day_number(on)
        while len(way) < 12:
            row = store.query(
                "SELECT parent FROM code WHERE system = 'icd10cm' AND code = ? ORDER BY valid_from <= ? DESC, valid_from DESC LIMIT 1",
                at,
                day,
            ).fetchone()
            if row is None or not row[0]:
                break
            at = row[0]
            way.append(at)
        cache[key] = tuple(way)
    return cache[key]


def release_name(release: int) -> str:
    """Return the words for the first day of a tabular release: 20260401 is `FY2026 April`."""
    year, month = release // 10000, release // 100 % 100
    return f"FY{year + 1}" if month >= 10 else f"FY{year} April" if month == 4 else f"FY{year}"


def notes(store: StoreFile, code: str, on: date) -> Notes:
    """Return the notes that bear on a code; a code newer than the loaded tabular list says so with `loaded=False`."""
    book = _book(store, on)
    if book is None:
        return Notes(dotted(code), "", loaded=False)
    first = store.query("SELECT min(valid_from) FROM code WHERE system = 'icd10cm' AND code = ?", code).fetchone()[0]
    gathered: dict[str, list[Note]] = defaultdict(list)
    seventh: tuple[SeventhCharacter, ...] = ()
    seventh_note = seventh_at = ""
    for at in (code, *ancestors(store, code, on)):
        printed = book.printed(at)
        for kind, text in printed:
            if kind in _INHERITED or (kind == "inclusion" and at == code):
                gathered[kind].append(Note(kind, dotted(at), text, ranges_in(text), at != code))
        choices = tuple(SeventhCharacter(*text.split("|", 1)) for kind, text in printed if kind == "seventh")
        if choices and not seventh:
            seventh, seventh_at = choices, dotted(at)
            seventh_note = next((text for kind, text in printed if kind == "seventh_note"), "")
    return Notes(
        dotted(code), release_name(book.release), loaded=first is not None and first <= book.release,
        inclusion=tuple(gathered["inclusion"]), includes=tuple(gathered["includes"]), excludes1=tuple(gathered["excludes1"]),
        excludes2=tuple(gathered["excludes2"]), code_first=tuple(gathered["code_first"]),
        use_additional=tuple(gathered["use_additional"]), code_also=tuple(gathered["code_also"]), notes=tuple(gathered["note"]),
        seventh=seventh, seventh_note=seventh_note, seventh_at=seventh_at,
    )  # fmt: skip


def excludes1(store: StoreFile, code_a: str, code_b: str, on: date) -> Excludes | None:
    """Return the Excludes1 note between two codes, whichever of them it stands above (guideline I.A.12.a)."""
    book = _book(store, on)
    if book is None or code_a == code_b:
        return None
    for code, other in ((code_a, code_b), (code_b, code_a)):
        above_other = {other, *ancestors(store, other, on)}
        for at in (code, *ancestors(store, code, on)):
            if at in above_other:
                break
            for span, text in book.excluded(at):
                if other in span:
                    return Excludes(dotted(code), dotted(other), dotted(at), text, span, release_name(book.release))
    return None


def excluding(store: StoreFile, code: str, on: date) -> Iterator[tuple[str, str]]:
    """Yield (where, text) of the Excludes1 notes whose codes include this one (no dot)."""
    book = _book(store, on)
    if book is None:
        return
    notes = store.memo(f"excludes1 {book.release}", lambda: _by_span(book))
    category = code[:3]
    told: set[tuple[str, str]] = set()
    for first, last, span, at, text in notes:
        if first <= category <= last and code in span and (at, text) not in told:
            told.add((at, text))
            yield at, text


def _by_span(book: _Book) -> list[tuple[str, str, CodeRange, str, str]]:
    """Every Excludes1 range with its first and last category before it, so that most are passed over by two comparisons."""
    return [(span.first[:3], span.last[:3], span, at, text) for at, text in book.every("excludes1") for span in ranges_in(text)]


def terms(store: StoreFile, system: str, on: date) -> Iterator[Term]:
    """Yield the wordings of a system on a date."""
    day = day_number(on)
    write = dotted if system == "icd10cm" else str
    live: set[str] = set()
    sql = "SELECT code, title, short FROM code WHERE system = ? AND valid_from <= ? AND valid_to >= ? ORDER BY code"
    for code, title, short in store.query(sql, system, day, day):
        live.add(code)
        if title:
            yield Term(write(code), title, "title")
        if short and short != title:
            yield Term(write(code), short, "short")
    if system == "icd10cm":
        book = _book(store, on)
        for code, text in book.every("inclusion") if book else ():
            if code in live:
                yield Term(dotted(code), text, "inclusion")
        yield from _book_terms(store, live)
    for code, text, kind in store.query("SELECT code, text, kind FROM synonym WHERE system = ? ORDER BY code, text", system):
        if code in live:
            yield Term(write(code), text, kind)


def _book_terms(store: StoreFile, live: set[str]) -> Iterator[Term]:
    """Yield the wordings of the imported index books: the main term and each level below it, joined by commas."""
    kinds = {"index": "index", "external": "external", "drug": "drug", "neoplasm": "neoplasm"}
    for book, kind in kinds.items():
        titles: dict[int, str] = {}
        sql = "SELECT id, parent, title, code, cells FROM book_entry WHERE book = ? ORDER BY id"
        for entry, parent, title, code, cells in store.query(sql, book):
            titles[entry] = f"{titles[parent]}, {title}" if parent in titles else title
            for text in (code, *(cell.partition("=")[2] for cell in cells.split(";") if cell)):
                key = text.rstrip("-").replace(".", "")
                if key in live:
                    yield Term(dotted(key), titles[entry], kind)


def as_release_day(release: int) -> date | None:
    """Return the first day of a tabular release."""
    return as_date(release)
