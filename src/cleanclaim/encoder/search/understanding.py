"""What the user meant: the typed words as slots, each with the readings it may have.

`fx r distal radius` has four slots: `fx` read as *fracture*, `r` as *right*, `distal` as *lower end*, `radius` as itself. A slot is
filled when one of its readings is found in a term of the book; the ranking asks how much of the query a code fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from cleanclaim.encoder.search import spelling, words
from cleanclaim.encoder.search.index import SystemIndex
from cleanclaim.encoder.search.wordlists import Wordlists, key_of


class Reading(NamedTuple):
    """One way to read a slot: stem numbers with their share of the slot, and how sure we are."""

    shares: tuple[tuple[int, float], ...]
    trust: float
    says: str
    """The reading in words; empty when it is what was typed."""


class Slot(NamedTuple):
    """A word or phrase of the query."""

    typed: str
    readings: tuple[Reading, ...]
    weight: float


class Understood(NamedTuple):
    """A query as the ranking sees it."""

    typed: str
    slots: tuple[Slot, ...]
    total: float
    plain: str
    """The best reading of every slot, in order, as stems: compared letter by letter with a term as a tie-breaker."""
    said: str
    """The stems as they were typed, compared likewise."""
    numbers: tuple[float, ...]
    in_book_words: bool
    """Whether no word had to be read as another."""
    tells_harm: bool
    """Whether a medicine is said to have done harm: overdose, poisoning, adverse effect, too little taken."""


_LIGHT_WORDS: Final = {
    "right": 0.45, "left": 0.45, "bilateral": 0.45, "initial": 0.25, "encounter": 0.1, "unspecified": 0.15, "acute": 0.5, "chronic": 0.5, "status": 0.3,
    "subsequent": 0.6, "sequela": 0.8, "primary": 0.4, "severe": 0.5, "mild": 0.5, "moderate": 0.5, "type": 0.15, "disease": 0.2, "syndrome": 0.3, "disorder": 0.2,
    "injection": 0.2, "patient": 0.15, "year": 0.2, "old": 0.2, "closed": 0.2, "personal": 0.5, "history": 0.6, "congenital": 0.4, "hereditary": 0.3,
}  # fmt: skip
LIGHT: Final = {words.stem(word): weight for word, weight in _LIGHT_WORDS.items()}
"""Weights of words that qualify rather than name, in place of their rarity."""
_OWN_WORDS_TRUST: Final = 0.92
_LOOSELY: Final = {"weakly": 0.55, "broadly": 0.4}
"""Meanings marked in the word lists: `weakly`, related but not the same; `broadly`, what it is a part or a kind of."""
_LOOSE_TRUSTS: Final = frozenset(_LOOSELY.values())
_UNKNOWN_WEIGHT: Final = 0.55


def understand(query: str, index: SystemIndex, lists: Wordlists) -> Understood:
    """Read a query against the words of one code system."""
    row = _written_together(words.tokens(query), index, lists)
    if len(row) > 1 and row[0] in _TAKES and index.name == "icd10cm":
        row = ["long", "term", "current", "use", *row[1:]]
    stems = [words.stem(word) for word in row]
    slots: list[Slot] = []
    negated = False
    at = 0
    while at < len(row):
        length = _longest(stems, at, index, lists)
        synonym = lists.same_length(stems, at)
        typed = " ".join(row[at : at + max(length, synonym, 1)])
        if synonym > length:
            own = [("no:" if negated else "") + stem for stem in lists.canonical(stems[at : at + synonym])]
            reading = _reading(own, index, 1.0, "")
            slots.extend([Slot(typed, (reading,), _weight(reading, index))] if reading else [])
            negated = False
            at += synonym
            continue
        if length == 0 and row[at] in words.NEGATORS:
            negated = True
            at += 1
            continue
        if length == 0 and (row[at] in words.STOP or row[at] == "with"):
            at += 1
            continue
        if length:
            slot = _phrase(typed, stems[at : at + length], row[at : at + length], index, lists, negated=negated)
        else:
            slot = _word(row[at], index, lists, negated=negated)
        if slot is not None:
            slots.append(slot)
        negated = False
        at += max(length, 1)
    if (subtype := _numbered_subtype(row, slots, index)) is not None:
        slots.append(subtype)
    merged = _joined(slots)
    plain = " ".join(index_word(index, share[0]) for slot in merged if slot.readings for share in slot.readings[0].shares)
    said = " ".join(lists.canonical(stem for stem, word in zip(stems, row, strict=True) if word not in words.STOP))
    poisoned = any(word in _HARM for word in stems)
    in_words = all(slot.readings and not any(reading.says for reading in slot.readings[:1]) for slot in merged)
    numbers = tuple(float(word) for word in row if word.replace(".", "", 1).isdigit())
    return Understood(query, tuple(merged), sum(slot.weight for slot in merged) or 1.0, plain, said, numbers, in_words, poisoned)


def _written_together(row: list[str], index: SystemIndex, lists: Wordlists) -> list[str]:
    """`post traumatic` and `brain stem` as the book writes them, where it writes them in one word."""
    result: list[str] = []
    known_short = lists.readings(index.name)[0]
    for word in row:
        if result and word.isalpha() and result[-1].isalpha() and len(word) > 2:
            joined = result[-1] + word
            known = index.stem_id(words.stem(joined)) >= 0
            if known and (result[-1] in words.PREFIXES or (len(result[-1]) > 2 and index.stem_id(words.stem(result[-1])) < 0)):
                result[-1] = joined
                continue
        if (counted := _COUNTED_SHORT.match(word)) and key_of(word) not in known_short and key_of(counted.group(1)) in known_short:
            result.extend(counted.groups())
            continue
        result.append(word)
    return result


_COUNTED_SHORT: Final = re.compile(r"([a-z]{2,6})(\d{1,2}[a-z]?\d?)$")
"""An acronym with the number of its subtype: `als4`, `spg20`."""


def _taken_apart(word: str, index: SystemIndex, lists: Wordlists) -> list[str]:
    """The two words that an unknown one is made of: `brainstem` -> `brain stem`."""
    for at in range(3, len(word) - 2):
        first, second = word[:at], word[at:]
        if (
            (first in words.PREFIXES or index.stem_id(words.stem(first)) >= 0)
            and len(second) > 3
            and index.stem_id(words.stem(second)) >= 0
        ):
            whole = lists.of(f"{first} {second}")
            if all(index.stem_id(stem) >= 0 for stem in whole):
                return whole
    return []


def _numbered_subtype(row: list[str], slots: list[Slot], index: SystemIndex) -> Slot | None:
    """`dystonia 16`, `type 2A`: what is counted like this is hereditary; a weak hint, since nothing says so."""
    if index.name != "icd10cm" or len(row) < 2 or not _SUBTYPE.match(row[-1]) or row[-2] in _COUNTED or not slots:
        return None
    readings = [
        _reading([words.stem(word)], index, trust, "")
        for word, trust in (("hereditary", 1.0), ("genetic", 1.0), ("congenital", 0.5))
    ]
    return Slot("", tuple(r for r in readings if r is not None), 0.3)


_SUBTYPE: Final = re.compile(r"\d{1,2}[a-z]?\d?$")
_HARM: Final = frozenset(
    words.stem(word)
    for word in "poisoning poisoned overdose overdosed od toxicity toxic adverse reaction effect underdosing underdosed underdose ingestion ingested "
    "swallowed intentional accidental suicide attempt assault ate drank less skipped missed took intoxication exposure induced".split()
)
_TAKES: Final = frozenset({"on", "takes", "taking"})
"""A query that begins like this is about a medicine (or a machine) that is used for long."""
_COUNTED: Final = frozenset(
    {
        "stage",
        "grade",
        "class",
        "bmi",
        "age",
        "week",
        "weeks",
        "wks",
        "degree",
        "level",
        "trimester",
        "diabetes",
        "day",
        "days",
        "dm",
        "ckd",
        "par",
        "x",
    }
)


def index_word(index: SystemIndex, stem: int) -> str:
    """The stem behind a number."""
    return bytes(index.vocabulary[stem]).decode()


def _longest(stems: list[str], at: int, index: SystemIndex, lists: Wordlists) -> int:
    known, starts = lists.readings(index.name)
    for length in range(min(starts.get(stems[at], 0), len(stems) - at), 0, -1):
        if tuple(stems[at : at + length]) in known:
            return length
    return 0


def _phrase(typed: str, stems: list[str], row: list[str], index: SystemIndex, lists: Wordlists, *, negated: bool) -> Slot | None:
    readings = []
    for place, meaning in enumerate(lists.readings(index.name)[0][tuple(stems)]):
        found = lists.of(" ".join(meaning[1:] if meaning[0] in _LOOSELY else meaning))
        if negated:
            found = ["no:" + stem.removeprefix("no:") for stem in found]
        trust = _LOOSELY.get(meaning[0], 1.0 - 0.04 * min(place, 5))
        reading = _reading(found, index, trust, "" if list(meaning) == row else " ".join(meaning))
        if reading is not None:
            readings.append(reading)
    own = [
        ("no:" if negated else "") + stem for stem in lists.canonical(words.stem(word) for word in row if word not in words.STOP)
    ]
    plain = all(len(word) > 4 and word.isalpha() for word in row)
    loosely = all(reading.trust in _LOOSE_TRUSTS for reading in readings)
    reading = _reading(own, index, 1.0 if plain or loosely else _OWN_WORDS_TRUST, "")
    if reading is not None:
        readings.insert(0 if loosely else len(readings), reading)
    if not readings:
        return None
    named = [r for r in readings[:2] if r.trust not in _LOOSE_TRUSTS] or readings[:1]
    weight = max(_weight(r, index) for r in named)
    return Slot(typed, tuple(readings), weight)


def _word(word: str, index: SystemIndex, lists: Wordlists, *, negated: bool) -> Slot | None:
    found = lists.canonical([words.stem(word)])
    if negated:
        found = ["no:" + stem for stem in found]
    reading = _reading(found, index, 1.0, "")
    readings = [reading] if reading is not None else []
    if reading is None and len(word) > 6 and word.isalpha():
        parts = _reading(_taken_apart(word, index, lists), index, 0.9, "")
        readings.extend([parts] if parts else [])
    if reading is None or (word.isalpha() and len(word) > 3 and not _printed(word, index, lists)):
        for candidate, trust in spelling.candidates(word, index):
            found = lists.of(candidate)
            if not found:
                key = lists.means.get(key_of(candidate))
                found = lists.of(" ".join(key[0])) if key else []
            elif (meaning := lists.means.get(key_of(candidate))) is not None:
                extra = _reading(lists.of(" ".join(meaning[0])), index, trust, f"{candidate}: {' '.join(meaning[0])}")
                readings.extend([extra] if extra else [])
            other = _reading([("no:" if negated else "") + stem for stem in found], index, trust, candidate)
            if other is not None:
                readings.append(other)
    if not readings and (lettered := _LETTERED.match(word)):
        plain = _reading([lettered.group(1)], index, 0.9, "")
        readings.extend([plain] if plain else [])
    if not readings:
        return Slot(word, (), 0.15 if word.isdigit() or _BAND.match(word) else _UNKNOWN_WEIGHT)
    readings.sort(key=lambda r: -r.trust)
    return Slot(word, tuple(readings[:8]), max(_weight(r, index) for r in readings[:1]))


_LETTERED: Final = re.compile(r"(\d{1,2})[a-z]\d?$")
"""`3c`, `2a1`: a subtype whose letter the book does not print."""
_BAND: Final = re.compile(r"[\dx]{1,2}[pq]([\d.]+|ter)?$")
"""A place on a chromosome, such as `10q26`."""


def _printed(word: str, index: SystemIndex, lists: Wordlists) -> bool:
    """Whether a word is spelt like this somewhere in the book or the word lists; an ending more or less does not make it a mistake."""
    if word in lists.spellings:
        return True
    at = int(np.searchsorted(index.surface, np.bytes_(word.encode())))
    near = [bytes(index.surface[place]).decode() for place in range(max(at - 1, 0), min(at + 2, len(index.surface)))]
    return any(
        known == word or (words.stem(known) == words.stem(word) and (known.startswith(word) or word.startswith(known)))
        for known in near
    )


def _reading(found: Iterable[str], index: SystemIndex, trust: float, says: str) -> Reading | None:
    known: list[tuple[int, float]] = []
    missing = 0.0
    for stem in dict.fromkeys(found):
        number = index.stem_id(stem)
        if number >= 0:
            known.append((number, _stem_weight(stem, float(index.idf[number]))))
        else:
            missing += _UNKNOWN_WEIGHT
    if not known:
        return None
    total = sum(weight for _, weight in known) + missing
    return Reading(tuple((number, weight / total) for number, weight in known), trust, says)


_DECISIVE: Final = {
    words.stem(word): weight
    for word, weight in {
        "tuberculosis": 1.4, "syphilis": 1.4, "gonorrhea": 1.3, "newborn": 1.1, "postpartum": 1.1, "pregnancy": 1.0, "malignant": 0.7, "poisoning": 0.9,
        "screening": 0.8, "tuberculous": 1.4, "amebic": 1.2, "diabetes": 0.7, "influenza": 1.1, "mumps": 1.2, "measles": 1.2, "zoster": 1.1, "delivery": 0.9,
    }.items()
}  # fmt: skip
"""Words that decide the chapter: a code without them is hardly ever meant."""


def _stem_weight(stem: str, idf: float) -> float:
    bare = stem.removeprefix("no:")
    if bare in _DECISIVE:
        return _DECISIVE[bare]
    if bare.replace(".", "").isdigit():
        return 0.3
    return LIGHT.get(bare, max(idf, 0.12))


def _weight(reading: Reading, index: SystemIndex) -> float:
    return sum(_stem_weight(index_word(index, number), float(index.idf[number])) for number, _ in reading.shares)


def _joined(slots: list[Slot]) -> list[Slot]:
    """A word typed twice counts once."""
    seen: dict[object, Slot] = {}
    for slot in slots:
        key = slot.readings[0].shares if slot.readings else slot.typed
        if key not in seen:
            seen[key] = slot
    return list(seen.values())
