"""The lexicon in memory: synonyms, shorthand, drugs and our own index entries, read from the text files of `lexicon/`.

Five kinds of knowledge, each with its own file name pattern:
- `same*.txt`: `kidney: renal, nephric` - words that mean the same in the book and at the keyboard; brought to the first.
- `procedures.txt`: `cholecystectomy = resection of gallbladder` - the same, for ICD-10-PCS alone.
- `means*.txt`: `htn = hypertension | hypertrophic tendency` - what is typed and what the book says; read only in the query.
- `index*.txt`: `I63.9: stroke; cva; brain attack` - our own index of what coders look up under which code.
- `drugs*.txt`: `acetaminophen; tylenol, apap | T39.1X | | injection acetaminophen` - generic; brands, poisoning column, long-term use code, HCPCS words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from cleanclaim.encoder.search import words

Stems = tuple[str, ...]


class Drug(NamedTuple):
    """One active ingredient with the names it is ordered under."""

    generic: str
    brands: tuple[str, ...]
    poisoning: str
    """The T36-T50 subcategory, such as `T39.1X`; empty where we do not say."""
    long_term: str
    """The Z79 code for long-term use; empty where there is none."""
    billed_as: str
    """The words under which HCPCS names it, where they differ from the generic."""


class Entry(NamedTuple):
    """One line of our own index: a term as it is said, and its code."""

    code: str
    term: str


class Wordlists:
    """Everything the search knows about language, and the bringing of words to one form."""

    def __init__(self) -> None:
        self.same: dict[Stems, Stems] = {}
        self.means: dict[Stems, list[tuple[str, ...]]] = {}
        self.spellings: set[str] = set()
        self._same_starts: dict[str, int] = {}
        for line in _lines("same"):
            self._add_same(line)
        for line in _lines("means"):
            self._add_means(line)
        self.billed: dict[Stems, list[tuple[str, ...]]] = dict(self.means)
        for drug in drugs():
            meaning = tuple(words.tokens(drug.billed_as))
            for name in (drug.generic, *drug.brands):
                key = key_of(name)
                if key and (" " in name or key not in self.means) and drug.billed_as != name:
                    self.billed[key] = [meaning]
                self._learn_spelling(name)
        self.operations: dict[Stems, list[tuple[str, ...]]] = dict(self.means)
        for key, meanings in _meanings("procedures"):
            self.operations[key] = meanings
        self._means_starts, self._billed_starts = _starts(self.means), _starts(self.billed)
        self._operation_starts = _starts(self.operations)

    def readings(self, system: str) -> tuple[dict[Stems, list[tuple[str, ...]]], dict[str, int]]:
        """What typed phrases mean in a system, and how long a phrase beginning with a word can be.

        HCPCS bills drugs by their ingredient; ICD-10-PCS names operations by root operation, body part and approach.
        """
        if system == "hcpcs":
            return self.billed, self._billed_starts
        return (self.operations, self._operation_starts) if system == "icd10pcs" else (self.means, self._means_starts)

    def _add_same(self, line: str) -> None:
        first, _, others = line.partition(":")
        target = tuple(words.stems(first))
        for other in others.split(","):
            source = tuple(words.stems(other))
            if source and source != target:
                self.same.setdefault(source, target)
                self._same_starts[source[0]] = max(self._same_starts.get(source[0], 0), len(source))
        self._learn_spelling(line)

    def _add_means(self, line: str) -> None:
        for key, meanings in _meant(line):
            known = self.means.setdefault(key, [])
            known.extend(meaning for meaning in meanings if meaning not in known)
        self._learn_spelling(line)

    def same_length(self, stems: list[str], at: int) -> int:
        """How many words from a place on are one synonym of several words; 0 where none is."""
        for length in range(min(self._same_starts.get(stems[at], 0), len(stems) - at), 1, -1):
            if tuple(stems[at : at + length]) in self.same:
                return length
        return 0

    def _learn_spelling(self, line: str) -> None:
        self.spellings.update(word for word in words.tokens(line) if len(word) > 3 and word.isalpha())

    def canonical(self, found: Iterable[str]) -> list[str]:
        """Stems with every known synonym replaced by the word the lexicon puts first."""
        row = list(found)
        result: list[str] = []
        at = 0
        while at < len(row):
            word = row[at]
            negated = word.startswith("no:")
            bare = word[3:] if negated else word
            for length in range(min(self._same_starts.get(bare, 0), len(row) - at), 0, -1):
                source = (bare, *(part.removeprefix("no:") for part in row[at + 1 : at + length]))
                target = self.same.get(source)
                if target is not None:
                    result.extend("no:" + part if negated else part for part in target)
                    at += length
                    break
            else:
                result.append(word)
                at += 1
        return result

    def of(self, text: str) -> list[str]:
        """The canonical stems of a text of the book."""
        return self.canonical(words.stems(text))


def key_of(said: str) -> Stems:
    """How a typed phrase is looked up: the stems of all its words, stop words kept (`on`, `of` and `with` can matter)."""
    return tuple(words.stem(word) for word in words.tokens(said))


def _meant(line: str) -> Iterator[tuple[Stems, list[tuple[str, ...]]]]:
    left, _, right = line.partition("=")
    meanings = [tuple(words.tokens(meaning)) for meaning in right.split("|") if meaning.strip()]
    for said in left.split(","):
        key = key_of(said)
        if key:
            yield key, meanings


def _meanings(kind: str) -> Iterator[tuple[Stems, list[tuple[str, ...]]]]:
    for line in _lines(kind):
        yield from _meant(line)


def _starts(table: Iterable[Stems]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key in table:
        found[key[0]] = max(found.get(key[0], 0), len(key))
    return found


def _files(kind: str) -> list[tuple[str, str]]:
    folder = resources.files("cleanclaim.encoder.search.lexicon")
    named = ((item.name, item) for item in folder.iterdir() if item.name.startswith(kind) and item.name.endswith(".txt"))
    return [(name, item.read_text(encoding="utf-8")) for name, item in sorted(named, key=lambda pair: pair[0])]


def _lines(kind: str) -> Iterator[str]:
    for _, text in _files(kind):
        for line in text.splitlines():
            bare = line.split("#", 1)[0].strip()
            if bare:
                yield bare


def entries() -> Iterator[Entry]:
    """Our own index, one term at a time."""
    for line in _lines("index"):
        code, _, terms = line.partition(":")
        for term in terms.split(";"):
            if term.strip():
                yield Entry(code.strip(), term.strip())


def drugs() -> Iterator[Drug]:
    """The drug list: ingredient, brands, and where each way of coding finds it."""
    for line in _lines("drugs"):
        names, poisoning, long_term, billed_as = ([part.strip() for part in line.split("|")] + ["", "", ""])[:4]
        generic, _, brands = names.partition(";")
        yield Drug(
            generic.strip(),
            tuple(b.strip() for b in brands.split(",") if b.strip()),
            poisoning,
            long_term,
            billed_as or generic.strip(),
        )


@cache
def wordlists() -> Wordlists:
    """The word lists, read once in the life of a process."""
    return Wordlists()


@cache
def fingerprint() -> str:
    """Changes whenever a word list that the index is built with changes, so that one built with older lists is not used."""
    digest: Final = hashlib.sha256()
    for kind in ("same", "means", "index", "drugs"):
        for name, text in _files(kind):
            digest.update(f"{name}\n{text}\n".encode())
    return digest.hexdigest()[:12]
