"""Builds the search index from the code-set store, beside the store file, once for each build of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cleanclaim.encoder.search import book_terms, wordlists
from cleanclaim.encoder.search.index import FORMAT, KINDS, OPEN_END, Node, SearchIndex, build_system, write

if TYPE_CHECKING:
    from cleanclaim.codesets import Store

NAMES: Final = {"icd10cm": "ICD-10-CM", "hcpcs": "HCPCS II", "icd10pcs": "ICD-10-PCS", "cpt": "CPT numbers"}
SYSTEMS: Final = tuple(NAMES)
_KIND: Final = {"title": "title", "inclusion": "inclusion", "index": "index", "short": "short"}

_opened: dict[tuple[str, str], SearchIndex] = {}


def version_of(store: Store) -> str:
    """What the index depends on: the lists and books of the store, our word lists and the layout."""
    digest = hashlib.sha256(f"{FORMAT} {wordlists.fingerprint()}".encode())
    for row in store.query("SELECT name, release, sha256, row_count, imported_on FROM source ORDER BY id"):
        if row[0].startswith(SYSTEMS):  # fees and edits hold no words
            digest.update(repr(row).encode())
    return digest.hexdigest()[:16]


Progress = Callable[[str, float], None]
"""Told the step and how much of it is done (0 to 1)."""


def open_index(store: Store, progress: Progress | None = None) -> SearchIndex:
    """The index of a store; it is built first where there is none, or only one of an earlier state."""
    version: str = store.memo("search_version", lambda: version_of(store))
    key = (str(store.file), version)
    known = _opened.get(key)
    if known is not None:
        return known
    path = store.file.with_name(f"search-{version}.idx")
    try:
        index = SearchIndex(path)
    except (OSError, ValueError, KeyError):
        build_index(store, path, version, progress)
        index = SearchIndex(path)
    _opened.clear()
    _opened[key] = index
    return index


def build_index(store: Store, path: Path, version: str, progress: Progress | None = None) -> None:
    """Write the index of every system; files of earlier states are removed."""
    lists = wordlists.wordlists()
    systems = {}
    for done, system in enumerate(SYSTEMS):
        if progress is not None:
            progress(f"search index of {NAMES[system]}", done / len(SYSTEMS))
        nodes = list(_nodes(store, system))
        if nodes:
            systems[system] = build_system(nodes, terms_of(store, system, nodes), lists)
    write(path, version, systems)
    for old in path.parent.glob("search-*.idx"):
        if old != path:
            old.unlink(missing_ok=True)


def _nodes(store: Store, system: str) -> Iterator[Node]:
    sql = "SELECT code, title, billable, valid_from, valid_to FROM code WHERE system = ? AND kind NOT IN ('chapter', 'section') ORDER BY code, valid_from"
    rows = [(code, title or code, bool(billable), first, last) for code, title, billable, first, last in store.query(sql, system)]
    if system == "icd10cm":
        rows.extend(_became_headings(rows))
    for code, title, billable, first, last in rows:
        yield Node(f"{code[:3]}.{code[3:]}" if system == "icd10cm" and len(code) > 3 else code, title, billable, first, last)


_Row = tuple[str, str, bool, int, int]


def _became_headings(rows: list[_Row]) -> Iterator[_Row]:
    """Codes that were split, such as Z59.7 into Z59.71 and Z59.72: from then on a heading of the same title that no list prints."""
    ended = {row[0]: row for row in rows}
    open_ones = {row[0] for row in rows if row[4] == OPEN_END}
    split: dict[str, int] = {}
    for code, _, _, first, last in rows:
        if last == OPEN_END:
            for length in range(3, len(code)):
                above = code[:length]
                if above in ended and above not in open_ones:
                    split[above] = min(split.get(above, OPEN_END), first)
    for code, first in split.items():
        _, title, _, _, last = ended[code]
        yield code, title, False, max(first, last + 1), OPEN_END


def terms_of(store: Store, system: str, nodes: list[Node]) -> Iterator[tuple[str, str, str]]:
    """Every wording beside the titles: those of the store, then our own."""
    from cleanclaim.codesets.values import as_first_date

    last = max(node.first_day for node in nodes if node.last_day == OPEN_END)
    for term in store.iter_terms(system, as_first_date(last)):
        if term.kind != "title" and term.kind not in book_terms.BOOKS:
            yield term.code, term.text, term.kind if term.kind in KINDS else "index"
    if system == "icd10cm":
        for code, text, kind in book_terms.terms(store):
            yield (f"{code[:3]}.{code[3:]}" if len(code) > 3 else code), text, kind
        sql = "SELECT code, text FROM note WHERE kind = 'includes' AND release = (SELECT max(release) FROM note)"
        for code, text in store.query(sql):
            yield (f"{code[:3]}.{code[3:]}" if len(code) > 3 else code), text, "inclusion"
    if system == "icd10pcs":
        yield from book_terms.procedure_terms(store)
    yield from _bracketed(nodes)
    yield from own_terms(system)
    yield from _in_whole_numbers(nodes)


def _bracketed(nodes: list[Node]) -> Iterator[tuple[str, str, str]]:
    """The other name that a title prints in square brackets: `Eosinophilic cellulitis [Wells]`."""
    for node in nodes:
        for name in re.findall(r"\[([^\[\]]{4,})\]", node.title):
            yield node.code, name, "inclusion"


def _in_whole_numbers(nodes: list[Node]) -> Iterator[tuple[str, str, str]]:
    """A body mass index is said in whole numbers: `bmi 42` for the code of 40.0-44.9."""
    for node in nodes:
        found = re.match(r"Body mass index \[BMI\] (\d+)\.\d ?- ?(\d+)\.\d", node.title)
        if found:
            for number in range(int(found.group(1)), int(found.group(2)) + 1):
                yield node.code, f"body mass index {number}", "own"
                yield node.code, f"bmi {number}", "own"


def own_terms(system: str) -> Iterator[tuple[str, str, str]]:
    """Our own index and the drug list, as terms of a system."""
    if system in {"icd10cm", "hcpcs"}:
        for entry in wordlists.entries():
            if (re.match(r"[A-Z]\d{4}$", entry.code) is not None) == (system == "hcpcs"):
                yield entry.code, entry.term, "own"
    if system == "icd10cm":
        for drug in wordlists.drugs():
            for name in (drug.generic, *drug.brands):
                if drug.poisoning:
                    yield drug.poisoning, name, "drug"
                if drug.long_term:
                    yield drug.long_term, f"long term current use of {name}", "drug"
