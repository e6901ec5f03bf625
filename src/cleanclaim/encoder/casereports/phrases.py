"""What coders made of phrases: for each phrase of the annotated cases, in how many it stood and which codes it was given."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.words import PLAIN_WORDS, Reading, phrase_key

Key = tuple[str, ...]
Places = tuple[int, ...]
_LONGEST_KEY: Final = 8
_PARTED_UP_TO: Final = 6
_PART_WORDS: Final = 3


class Example(NamedTuple):
    """A case to learn from: the text read, its gold codes, and its mentions as (code, places of the words)."""

    reading: Reading
    gold: frozenset[str]
    mentions: tuple[tuple[str, Places], ...]

    def phrases(self) -> Iterator[tuple[str, Key]]:
        """Yield (code, key) of each mention that has telling words."""
        for code, places in self.mentions:
            key = phrase_key(self.reading.roots[place] for place in places)
            if code in self.gold and 0 < len(key) <= _LONGEST_KEY:
                yield code, key


class Given(NamedTuple):
    """In how many cases a phrase was the whole mention of a code, part of one, or stood in a case with the code."""

    code: str
    whole: int
    part: int
    together: int


class Phrase(NamedTuple):
    """A phrase: the number of cases it stands in, and the codes given for it."""

    cases: int
    given: tuple[Given, ...]

    @property
    def whole(self) -> int:
        """The number of cases and codes for which the phrase is a whole mention."""
        return sum(given.whole for given in self.given)


class GivenRows(NamedTuple):
    """The codes given for phrases as arrays: a row (code, whole, part, together) each; of each phrase, in the order of the keys, where its rows
    begin, how many there are, its cases and its wholes. `usual` is the share of cases that had each code.
    """

    at: dict[Key, int]
    codes: list[str]
    usual: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    many: npt.NDArray[np.int64]
    cases: npt.NDArray[np.int64]
    wholes: npt.NDArray[np.int64]


class PhraseTable:
    """Phrases by key, and how often each code was given at all."""

    def __init__(self, phrases: dict[Key, Phrase], codes: dict[str, int], cases: int) -> None:
        self.phrases: Final = phrases
        self.codes: Final = codes
        self.cases: Final = cases
        self.categories: Final[Counter[str]] = Counter()
        self.chapters: Final[Counter[str]] = Counter()
        for code, count in codes.items():
            self.categories[code[:3]] += count
            self.chapters[code[:1]] += count
        spread = Counter(root for key in phrases for root in key)
        self._by_root: Final[dict[str, list[Key]]] = defaultdict(list)
        for key in sorted(phrases):
            self._by_root[min(key, key=lambda root: (spread[root], root))].append(key)

    @cached_property
    def given(self) -> GivenRows:
        """What the phrases were given for, as arrays."""
        arrays = self.as_arrays()
        many = arrays["key_given"].astype(np.int64)
        rows = arrays["given"].astype(np.int64)
        sums = np.concatenate(([0], np.cumsum(rows[:, 1])))
        ends = np.cumsum(many)
        return GivenRows(
            {key: at for at, key in enumerate(sorted(self.phrases))}, arrays["codes"], arrays["code_cases"].astype(np.int64) / max(1, self.cases), rows,
            ends - many, many, arrays["key_cases"].astype(np.int64), sums[ends] - sums[ends - many],
        )  # fmt: skip

    def find(self, reading: Reading) -> dict[Key, list[Places]]:
        """Return the phrases that stand in a text, with the places of their words."""
        found: dict[Key, list[Places]] = {}
        places = reading.places
        for root in places:
            for key in self._by_root.get(root, ()):
                if len(key) == 1:
                    found[key] = [(place,) for place in places[root]]
                elif all(other in places for other in key):
                    standing = standing_together(reading, key)
                    if standing:
                        found[key] = standing
        return found

    def as_arrays(self) -> dict[str, Any]:
        """Return the table as arrays for the artefact."""
        roots = sorted({root for key in self.phrases for root in key})
        codes = sorted(self.codes)
        root_at = {root: at for at, root in enumerate(roots)}
        code_at = {code: at for at, code in enumerate(codes)}
        keys = sorted(self.phrases)
        given = [(code_at[one.code], one.whole, one.part, one.together) for key in keys for one in self.phrases[key].given]
        return {
            "cases": self.cases,
            "roots": roots,
            "codes": codes,
            "code_cases": np.array([self.codes[code] for code in codes], np.uint16),
            "key_roots": np.array([root_at[root] for key in keys for root in key], np.uint16),
            "key_sizes": np.array([len(key) for key in keys], np.uint8),
            "key_cases": np.array([self.phrases[key].cases for key in keys], np.uint16),
            "key_given": np.array([len(self.phrases[key].given) for key in keys], np.uint16),
            "given": np.array(given, np.uint16).reshape(-1, 4),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> PhraseTable:
        """Read a table back from its arrays."""
        roots, codes = arrays["roots"], arrays["codes"]
        given = [Given(codes[code], whole, part, together) for code, whole, part, together in arrays["given"].tolist()]
        flat = [roots[at] for at in arrays["key_roots"].tolist()]
        phrases: dict[Key, Phrase] = {}
        root_from = given_from = 0
        rows = zip(arrays["key_sizes"].tolist(), arrays["key_cases"].tolist(), arrays["key_given"].tolist(), strict=True)
        for size, cases, number in rows:
            key = tuple(flat[root_from : root_from + size])
            phrases[key] = Phrase(cases, tuple(given[given_from : given_from + number]))
            root_from += size
            given_from += number
        return cls(phrases, dict(zip(codes, arrays["code_cases"].tolist(), strict=True)), int(arrays["cases"]))


def standing_together(reading: Reading, key: Key) -> list[Places]:
    """Return the places where all roots of a key stand close together in one sentence: within twice as many words, and two more."""
    first, *others = sorted((reading.places[root] for root in key), key=len)
    width = 2 * len(key) + 2
    sentences = reading.sentences
    found: list[Places] = []
    for anchor in first:
        chosen = [anchor]
        for places in others:
            after = bisect_left(places, anchor)
            near = [place for place in places[max(0, after - 1) : after + 1] if sentences[place] == sentences[anchor]]
            if not near:
                break
            chosen.append(min(near, key=lambda place: abs(place - anchor)))
        if len(chosen) == len(key) and max(chosen) - min(chosen) <= width:
            found.append(tuple(sorted(chosen)))
    return found


def learn_phrases(examples: Iterable[Example]) -> PhraseTable:
    """Count phrases and codes over annotated cases. A part of a mention is kept when two cases or a whole mention have it."""
    cases = tuple(examples)
    whole: dict[Key, Counter[str]] = defaultdict(Counter)
    part: dict[Key, Counter[str]] = defaultdict(Counter)
    for case in cases:
        wholes = set(case.phrases())
        parts = {
            (code, shorter)
            for code, key in wholes
            if 1 < len(key) <= _PARTED_UP_TO
            for size in range(1, min(_PART_WORDS, len(key) - 1) + 1)
            for shorter in itertools.combinations(key, size)
        }
        for code, key in wholes:
            whole[key][code] += 1
        for code, key in parts - wholes:
            part[key][code] += 1
    keys = set(whole) | {key for key, counts in part.items() if counts.total() > 1}
    codes = Counter(code for case in cases for code in case.gold)
    bare = PhraseTable({key: Phrase(0, ()) for key in keys}, dict(codes), len(cases))
    standing: Counter[Key] = Counter()
    together: dict[Key, Counter[str]] = defaultdict(Counter)
    for case in cases:
        for key in bare.find(case.reading):
            standing[key] += 1
            together[key].update(code for code in case.gold if code in whole.get(key, ()) or code in part.get(key, ()))
    phrases: dict[Key, Phrase] = {}
    for key in sorted(keys):
        wholes_of, parts_of = whole.get(key, Counter()), part.get(key, Counter())
        given = tuple(
            Given(code, wholes_of[code], parts_of[code], together[key][code]) for code in sorted(set(wholes_of) | set(parts_of))
        )
        if standing[key] and not PLAIN_WORDS.issuperset(key):
            phrases[key] = Phrase(standing[key], given)
    return PhraseTable(phrases, dict(codes), len(cases))
