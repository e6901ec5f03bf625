"""Mentions: the places in a note where words mean a condition, found by the longest phrase of the lexicon, word order forgiven."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from cleanclaim.encoder.candidates.lexicon import FILLERS, QUALIFIERS, SIDES, Concept, Lexicon, fold
from cleanclaim.encoder.reading import Reading, Sentence
from cleanclaim.encoder.reading.sentences import key_of, words_in

_BREAKS: Final = frozenset(".;:|=>+*\n")


class Mention(NamedTuple):
    """A phrase of the note and the concept it means. `size` counts the words that matched; `side` is the side said beside it."""

    start: int
    end: int
    sentence: Sentence
    concept: Concept
    size: int
    side: str
    assertion: str
    cue: str


def find_mentions(reading: Reading, lexicon: Lexicon) -> list[Mention]:
    """Return every mention of the note, the longest where several overlap."""
    found: list[Mention] = []
    for sentence in reading.sentences:
        found.extend(mentions_in(reading, lexicon, sentence, sentence.start, sentence.end))
    return found


def mentions_in(reading: Reading, lexicon: Lexicon, sentence: Sentence, start: int, end: int) -> list[Mention]:
    """Return the mentions within a stretch of a sentence."""
    tokens, keys = words_of(reading.text, start, end)
    spans = _spans(keys, lexicon)
    return [_mention(reading, sentence, tokens, keys, span) for span in spans if span[2].spec != "-"]


def words_of(text: str, start: int, end: int) -> tuple[list[re.Match[str]], list[str]]:
    """Return the words of a stretch as they stand, and the forms in which they are compared."""
    tokens = words_in(text, start, end)
    return tokens, [_key(token.group()) for token in tokens]


@lru_cache(maxsize=50_000)
def _key(word: str) -> str:
    return fold(key_of(word))


def _spans(keys: list[str], lexicon: Lexicon) -> list[tuple[int, int, Concept, int]]:
    """Return (first token, last token, concept, words) of the best non-overlapping phrases."""
    hits: list[tuple[int, int, int, Concept]] = []
    count = len(keys)
    for first in range(count):
        key = keys[first]
        if key not in lexicon.words or (key in FILLERS):
            continue
        seen: list[str] = []
        gap = 0
        beside = lexicon.beside[key]
        for last in range(first, min(count, first + 14)):
            word = keys[last]
            if word in _BREAKS:
                break
            if word in FILLERS:
                continue
            if word in lexicon.words:
                if word not in seen:
                    seen.append(word)
            elif word in SIDES or word in QUALIFIERS:
                continue
            else:
                gap += 1
                if gap > 1 or last - first > 6:
                    break
                continue
            if len(seen) > lexicon.longest + 2:
                break
            if word not in beside:
                if word in SIDES or word in QUALIFIERS:
                    continue
                break  # no phrase holds both words, however many follow
            for bag in _bags(seen):
                concept = lexicon.bags.get(bag)
                if concept is not None and keys[last] in bag and (key in bag) and not (gap and len(bag) < 2):
                    hits.append((len(bag) * 10 - (last - first) - gap * 6, first, last, concept))
                    break
    hits.sort(key=lambda hit: (-hit[0], hit[1]))
    taken = [False] * count
    chosen: list[tuple[int, int, Concept, int]] = []
    for score, first, last, concept in hits:
        if any(taken[first : last + 1]):
            continue
        for at in range(first, last + 1):
            taken[at] = True
        chosen.append((first, last, concept, (score + last - first + 9) // 10))
    chosen.sort(key=lambda span: span[0])
    return chosen


def _bags(seen: list[str]) -> list[tuple[str, ...]]:
    """Return the readings of the words, the fullest first: with all, without sides, without qualifiers."""
    full = tuple(sorted(seen))
    readings = [full]
    if not SIDES.isdisjoint(seen):
        readings.append(tuple(sorted(word for word in seen if word not in SIDES)))
    if not QUALIFIERS.isdisjoint(seen):
        bare = tuple(sorted(word for word in seen if word not in SIDES and word not in QUALIFIERS))
        if bare:
            readings.append(bare)
    return readings


def _mention(
    reading: Reading, sentence: Sentence, tokens: list[re.Match[str]], keys: list[str], span: tuple[int, int, Concept, int]
) -> Mention:
    first, last, concept, size = span
    start, end = tokens[first].start(), tokens[last].end()
    assertion, cue = reading.assertion(sentence, start, end)
    side = side_near(keys, first, last)
    if not side and concept.spec.startswith(_OF_THE_EYE):
        side = _eye_near(reading.text[start:end] + reading.text[end : min(end + 28, sentence.end)].split("\n")[0]) or _eye_near(
            reading.text[max(sentence.start, start - 16) : start]
        )
    return Mention(start, end, sentence, concept, size, side, assertion, cue)


_OF_THE_EYE: Final = ("H0", "H1", "H2", "H3", "H4", "H5", "S05", "T15", "E11.3", "E10.3")
_EYES: Final = {"od": "right", "os": "left", "ou": "bilateral"}


def _eye_near(text: str) -> str:
    """Return the side that OD, OS or OU names beside a disease of the eye."""
    found = [_EYES[word] for word in re.findall(r"\bo[dsu]\b", text.lower())]
    return "bilateral" if {"right", "left"} <= set(found[:2]) else found[0] if found else ""


def side_near(keys: list[str], first: int, last: int) -> str:
    """Return the side said within a phrase or within four words before or three after it."""
    inside = [key for key in keys[first : last + 1] if key in SIDES]
    before = [key for key in keys[max(0, first - 4) : first] if key in SIDES]
    after = [key for key in keys[last + 1 : last + 5] if key in SIDES]
    for found in (inside, before[-1:], after[:1]):
        if found:
            return "bilateral" if {"both", "bilateral"} & set(found) or len(set(found)) > 1 else found[0]
    return ""
