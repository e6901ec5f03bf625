"""Words the book does not know, read as words it does: cut short (`intertroch`), misspelt (`exzema`) or written by ear (`scabeez`)."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA

from cleanclaim.encoder.search.index import SystemIndex, grams_of

_SHORTLIST: Final = 60
_EAR: Final = (
    (r"ph", "f"), (r"^ps", "s"), (r"^pn", "n"), (r"^gn", "n"), (r"^kn", "n"), (r"^x", "z"), (r"rh", "r"), (r"ch(?=[lr])", "k"), (r"th", "t"),
    (r"c(?=[eiy])", "s"), (r"[cq]", "k"), (r"kh", "k"), (r"ck", "k"), (r"x", "ks"), (r"z", "s"), (r"[ao]e", "e"), (r"eau|ou|oo|au|ow", "o"), (r"ie|ei|ea|ee|ey|y|ai", "i"),
    (r"gh", "g"), (r"dg", "j"), (r"g(?=[eiy])", "j"), (r"(.)\1+", r"\1"), (r"a|e|u|o", "i"), (r"(.)\1+", r"\1"),
)  # fmt: skip
_PATTERNS: Final = tuple((re.compile(pattern), by) for pattern, by in _EAR)


def sound(word: str) -> str:
    """A word as it is heard, vowels blurred: `scabeez` and `scabies` come out alike."""
    for pattern, by in _PATTERNS:
        word = pattern.sub(by, word)
    return word.rstrip("i") or word


def candidates(word: str, index: SystemIndex, *, most: int = 4) -> list[tuple[str, float]]:
    """Known words that a typed word may stand for, with how sure we are."""
    if not word.isalpha() or len(word) < 3:
        return []
    found = _cut_short(word, index)
    if len(word) > 3:
        for known, trust in _misspelt(word, index):
            if trust > found.get(known, 0.0):
                found[known] = trust
    return sorted(found.items(), key=lambda pair: -pair[1])[:most]


def _cut_short(word: str, index: SystemIndex) -> dict[str, float]:
    """Words that begin with what was typed; the more common, the likelier."""
    low = int(np.searchsorted(index.surface, np.bytes_(word.encode())))
    high = int(np.searchsorted(index.surface, np.bytes_(word.encode() + b"\x7f")))
    if high <= low:
        return {}
    seen = index.surface_seen[low:high]
    best = np.argsort(-seen, kind="stable")[:4]
    whole = float(seen.sum())
    result = {}
    for at in best:
        known = bytes(index.surface[low + int(at)]).decode()
        missing = len(known) - len(word)
        base = 0.9 if len(word) >= 5 or missing <= 2 else 0.78
        result[known] = base - 0.1 * (1 - float(seen[at]) / whole)
    return result


def _misspelt(word: str, index: SystemIndex) -> list[tuple[str, float]]:
    counts: dict[int, int] = {}
    pieces = []
    for gram in grams_of(word):
        at = int(np.searchsorted(index.grams, gram))
        if at < len(index.grams) and index.grams[at] == gram:
            pieces.append(index.gram_words[index.gram_at[at] : index.gram_at[at + 1]])
    if not pieces:
        return []
    hits, times = np.unique(np.concatenate(pieces), return_counts=True)
    least = 2 if len(word) > 5 else 1
    keep = times >= least
    hits, times = hits[keep], times[keep]
    order = np.argsort(-times, kind="stable")[:_SHORTLIST]
    del counts
    heard = sound(word)
    result = []
    for at in hits[order]:
        known = bytes(index.surface[at]).decode()
        apart = OSA.distance(word, known) / max(len(word), len(known))
        by_ear = OSA.distance(heard, sound(known)) / max(len(heard), len(sound(known)), 1)
        trust = 1.0 - 0.55 * apart - 0.45 * by_ear
        if word[0] != known[0]:
            trust -= 0.08
        trust += 0.012 * min(float(np.log1p(index.surface_seen[at])), 5.0)
        if trust > 0.74:
            result.append((known, min(trust, 0.95)))
    return sorted(result, key=lambda pair: -pair[1])[:4]
