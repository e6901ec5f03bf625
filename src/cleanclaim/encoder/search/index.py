"""The search index: one memory-mapped file per build of the code-set store, opened in milliseconds.

The file starts with a JSON head that names its arrays; the arrays follow, little-endian, each aligned to 64 bytes. For each code system
it holds the codes in tabular order (so that everything below a heading is one run of rows), every term with the code that owns it, the
stems of each term, and for each stem the terms that contain it.
"""

from __future__ import annotations

import itertools
import json
import math
import mmap
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanclaim.encoder.search import words
from cleanclaim.encoder.search.wordlists import Wordlists, wordlists

FORMAT: Final = 8
_MAGIC: Final = b"CCSEARCH"
OPEN_END: Final = 99991231
"""Stands for "still in force" among days, which are kept as CCYYMMDD."""
KINDS: Final = ("title", "inclusion", "index", "own", "short", "drug", "local")
Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
UNSAID: Final = frozenset(
    words.stem(word)
    for word in "unspecified encounter part site type form organism other specified disease disorder condition syndrome level body region area initial "
    "closed episode".split()
)
"""Stems of the book's filler: their absence from a query says nothing, and they are light when present."""


class Node(NamedTuple):
    """A code or heading as the index is built from it."""

    code: str
    title: str
    billable: bool
    first_day: int
    last_day: int


class SystemIndex:
    """The index of one code system, its arrays still in the mapped file."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], *, name: str) -> None:
        self.name = name
        self.codes = arrays["codes"]
        self.title_bytes, self.title_at = arrays["title_bytes"], arrays["title_at"]
        self.billable = arrays["billable"]
        self.first_day, self.last_day = arrays["first_day"], arrays["last_day"]
        self.run_end = arrays["run_end"]
        self.parent = arrays["parent"]
        self.term_node, self.term_kind, self.term_norm = arrays["term_node"], arrays["term_kind"], arrays["term_norm"]
        self.text_bytes, self.text_at = arrays["text_bytes"], arrays["text_at"]
        self.term_stems, self.stems_at, self.aside = arrays["term_stems"], arrays["stems_at"], arrays["aside"]
        self.postings, self.postings_at = arrays["postings"], arrays["postings_at"]
        self.vocabulary, self.idf, self.seen = arrays["vocabulary"], arrays["idf"], arrays["seen"]
        self.surface, self.surface_seen = arrays["surface"], arrays["surface_seen"]
        self.grams, self.gram_words, self.gram_at = arrays["grams"], arrays["gram_words"], arrays["gram_at"]
        self._valid: dict[int, NDArray[np.bool_]] = {}

    def stem_id(self, stem: str) -> int:
        """The number of a stem, or -1."""
        return _find(self.vocabulary, stem)

    def title(self, node: int) -> str:
        """The title of a code."""
        return bytes(self.title_bytes[self.title_at[node] : self.title_at[node + 1]]).decode()

    def text(self, term: int) -> str:
        """A term as the book or the lexicon writes it."""
        if term < len(self.codes):
            return self.title(term)
        at = term - len(self.codes)
        return bytes(self.text_bytes[self.text_at[at] : self.text_at[at + 1]]).decode()

    def code(self, node: int) -> str:
        """A code with its dot."""
        return str(bytes(self.codes[node]), "ascii")

    def stems_of(self, term: int) -> Ints:
        """The stem numbers of a term."""
        return self.term_stems[self.stems_at[term] : self.stems_at[term + 1]]

    def asides_of(self, term: int) -> NDArray[np.bool_]:
        """Which stems of a term stand only in brackets."""
        return self.aside[self.stems_at[term] : self.stems_at[term + 1]]

    def terms_with(self, stem: int) -> Ints:
        """The terms that contain a stem."""
        return self.postings[self.postings_at[stem] : self.postings_at[stem + 1]]

    def valid_nodes(self, day: int) -> NDArray[np.bool_]:
        """Which codes are in force on a day; a heading is while anything below it is."""
        known = self._valid.get(day)
        if known is None:
            known = (self.first_day <= day) & (self.last_day >= day)
            self._valid = {day: known, **dict(list(self._valid.items())[:3])}
        return known


class SearchIndex:
    """All systems of one index file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = int.from_bytes(self._map[8:16], "little")
        head = json.loads(self._map[16 : 16 + size])
        if self._map[:8] != _MAGIC or head["format"] != FORMAT:
            raise ValueError("another format")
        self.version: str = head["version"]
        base = 16 + size + (-(16 + size)) % 64
        self.systems: dict[str, SystemIndex] = {}
        for name, listed in head["systems"].items():
            arrays = {
                key: np.frombuffer(self._map, dtype=np.dtype(kind), count=count, offset=base + at)
                for key, (kind, count, at) in listed.items()
            }
            self.systems[name] = SystemIndex(arrays, name=name)


def _find(table: NDArray[Any], word: str) -> int:
    key = np.bytes_(word.encode()[: table.dtype.itemsize])
    at = int(np.searchsorted(table, key))
    return at if at < len(table) and table[at] == key else -1


def grams_of(word: str) -> list[int]:
    """The three-letter pieces of a word with its ends marked, as numbers."""
    padded = f"^{word}$"
    return [
        (ord(a) & 63) << 12 | (ord(b) & 63) << 6 | (ord(c) & 63) for a, b, c in zip(padded, padded[1:], padded[2:], strict=False)
    ]


def build_system(nodes: list[Node], terms: Iterable[tuple[str, str, str]], lists: Wordlists) -> dict[str, NDArray[Any]]:
    """Lay out the arrays of one system from its codes (any order) and `(code, text, kind)` terms."""
    nodes = sorted(nodes, key=lambda node: (node.code.replace(".", ""), node.first_day))
    of_code = {node.code: at for at, node in enumerate(nodes)}  # the latest period of a code carries its terms
    bare = [node.code.replace(".", "") for node in nodes]
    run_end, parent = _hierarchy(bare)
    rows: list[tuple[int, int, str]] = [(at, 0, node.title) for at, node in enumerate(nodes)]
    seen_rows: set[tuple[int, str]] = {(at, text.lower()) for at, _, text in rows}
    for code, text, kind in terms:
        owner = of_code.get(code)
        if owner is not None and (owner, text.lower()) not in seen_rows:
            seen_rows.add((owner, text.lower()))
            rows.append((owner, KINDS.index(kind), text))
    surface: Counter[str] = Counter()
    stem_rows, postings, aside = _stemmed(rows, lists, surface)
    return {
        "codes": np.array([node.code.encode() for node in nodes], dtype="S10"),
        **_pool("title", [node.title for node in nodes]),
        **_pool("text", [text for _, _, text in rows[len(nodes) :]]),
        "billable": np.array([node.billable for node in nodes], dtype="?"),
        "first_day": np.array([node.first_day for node in nodes], dtype="<i4"),
        "last_day": np.array([node.last_day for node in nodes], dtype="<i4"),
        "run_end": run_end,
        "parent": parent,
        "term_node": np.array([owner for owner, _, _ in rows], dtype="<i4"),
        "term_kind": np.array([kind for _, kind, _ in rows], dtype="i1"),
        **_weighed(stem_rows, postings, aside, [bare[owner][:3] for owner, _, _ in rows]),
        **_spelling(surface, lists),
    }


def _hierarchy(bare: list[str]) -> tuple[Ints, Ints]:
    run_end = np.zeros(len(bare), dtype="<i4")
    parent = np.full(len(bare), -1, dtype="<i4")
    stack: list[int] = []
    for at, code in enumerate(bare):
        while stack and not (code.startswith(bare[stack[-1]]) and code != bare[stack[-1]]):
            run_end[stack.pop()] = at
        if stack:
            parent[at] = stack[-1]
        stack.append(at)
    for left in stack:
        run_end[left] = len(bare)
    return run_end, parent


def _pool(name: str, texts: list[str]) -> dict[str, NDArray[Any]]:
    encoded = [text.encode() for text in texts]
    at = np.zeros(len(encoded) + 1, dtype="<i4")
    np.cumsum([len(e) for e in encoded], out=at[1:])
    return {f"{name}_bytes": np.frombuffer(b"".join(encoded) or b" ", dtype="u1"), f"{name}_at": at}


_PRINTED: Final = 2
"""Titles and inclusion terms: what the tabular list prints."""


def _stemmed(
    rows: list[tuple[int, int, str]], lists: Wordlists, surface: Counter[str]
) -> tuple[list[list[str]], dict[str, list[int]], list[bool]]:
    """The stems of each term, the terms of each stem, and for each stem of each term whether it stands only in brackets."""
    stem_rows: list[list[str]] = []
    postings: dict[str, list[int]] = defaultdict(list)
    aside: list[bool] = []
    for at, (_, kind, text) in enumerate(rows):
        kind_of_title = kind < _PRINTED
        found = list(dict.fromkeys(lists.of(text)))
        bare = words.without_asides(text)
        essential = set(lists.of(bare)) if bare != text else set(found)
        if kind_of_title and (listed := words.alternatives(bare)):
            essential -= set(lists.of(listed))
        aside.extend(stem not in essential and bool(essential) for stem in found)
        stem_rows.append(found)
        for stem in found:
            postings[stem].append(at)
        surface.update(word for part in words.parts(text) for word in words.tokens(part) if len(word) > 2 and word.isalpha())
    return stem_rows, postings, aside


def _weighed(
    stem_rows: list[list[str]], postings: dict[str, list[int]], aside: list[bool], categories: list[str]
) -> dict[str, NDArray[Any]]:
    """Weights by in how many three-character categories a stem occurs: `fracture` is common in the book, yet says a lot."""
    ordered = sorted(postings)
    total = len(set(categories))
    idf = np.zeros(len(ordered), dtype="<f4")
    for number, stem in enumerate(ordered):
        spread = len({categories[term] for term in postings[stem]})
        weight = math.log((total + 1) / (spread + 0.5)) / math.log(total + 1)
        idf[number] = max(weight, 0.08) * (0.3 if stem.removeprefix("no:") in UNSAID else 1.0)
    number_of = {stem: number for number, stem in enumerate(ordered)}
    flat = [number_of[stem] for row in stem_rows for stem in row]
    stems_at = np.zeros(len(stem_rows) + 1, dtype="<i4")
    np.cumsum([len(row) for row in stem_rows], out=stems_at[1:])
    postings_at = np.zeros(len(ordered) + 1, dtype="<i4")
    np.cumsum([len(postings[stem]) for stem in ordered], out=postings_at[1:])
    denied = np.array([stem.startswith("no:") for stem in ordered], dtype="?")  # `without foreign body` makes no term longer
    weights = idf[flat] * np.where(aside | denied[flat], 0.15, 1.0) if flat else np.zeros(0, dtype="<f4")
    norm = np.array([weights[a:b].sum() for a, b in itertools.pairwise(stems_at)], dtype="<f4")
    return {
        "vocabulary": np.array([stem.encode()[:32] for stem in ordered], dtype="S32"),
        "idf": idf,
        "seen": np.array([len(postings[stem]) for stem in ordered], dtype="<i4"),
        "term_stems": np.array(flat, dtype="<i4"),
        "aside": np.array(aside, dtype="?"),
        "stems_at": stems_at,
        "term_norm": np.maximum(norm, 0.05),
        "postings": np.array([term for stem in ordered for term in postings[stem]], dtype="<i4"),
        "postings_at": postings_at,
    }


def _spelling(surface: Counter[str], lists: Wordlists) -> dict[str, NDArray[Any]]:
    for word in lists.spellings:
        surface[word] += 3
    listed = sorted(word for word in surface if word.isascii())
    by_gram: dict[int, list[int]] = defaultdict(list)
    for at, word in enumerate(listed):
        for gram in set(grams_of(word)):
            by_gram[gram].append(at)
    grams = sorted(by_gram)
    gram_at = np.zeros(len(grams) + 1, dtype="<i4")
    np.cumsum([len(by_gram[gram]) for gram in grams], out=gram_at[1:])
    return {
        "surface": np.array([word.encode()[:32] for word in listed], dtype="S32"),
        "surface_seen": np.array([surface[word] for word in listed], dtype="<i4"),
        "grams": np.array(grams, dtype="<i4"),
        "gram_words": np.array([at for gram in grams for at in by_gram[gram]], dtype="<i4"),
        "gram_at": gram_at,
    }


def write(path: Path, version: str, systems: Mapping[str, Mapping[str, NDArray[Any]]]) -> None:
    """Write an index file whole or not at all."""
    listed: dict[str, dict[str, tuple[str, int, int]]] = {}
    blobs: list[tuple[int, bytes]] = []
    at = 0
    for name, arrays in systems.items():
        listed[name] = {}
        for key, array in arrays.items():
            raw = np.ascontiguousarray(array).tobytes()
            listed[name][key] = (array.dtype.str, len(array), at)
            blobs.append((at, raw))
            at += len(raw) + (-len(raw)) % 64
    head = json.dumps({"format": FORMAT, "version": version, "systems": listed}).encode()
    base = 16 + len(head) + (-(16 + len(head))) % 64
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with fresh.open("wb") as file:
        file.write(_MAGIC + len(head).to_bytes(8, "little") + head)
        for start, raw in blobs:
            file.seek(base + start)
            file.write(raw)
        file.truncate(base + max(at, 64))
    fresh.replace(path)


def lists() -> Wordlists:
    """The word lists that the index is built with."""
    return wordlists()
