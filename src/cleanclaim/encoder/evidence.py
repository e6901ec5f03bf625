"""The words that prove a code: the heading that names it, what the plan does about it, and where else the note says it."""

from __future__ import annotations

from typing import Final

from cleanclaim.documents.coding import Evidence
from cleanclaim.encoder.candidates.gather import Candidate
from cleanclaim.encoder.candidates.mentions import Mention
from cleanclaim.encoder.guidelines.assertions import best_mention
from cleanclaim.encoder.reading import Reading, Sentence

MOST_SPANS: Final = 12
_ORDER: Final = {"present": 0, "historical": 1, "possible": 2, "conditional": 3, "hypothetical": 4, "absent": 5, "family": 6}


def evidence_of(candidate: Candidate, reading: Reading) -> tuple[Evidence, ...]:
    """Return the spans that support a code, the plainest first: its mention, what is reasoned and done about it, then its other mentions."""
    if not candidate.mentions:
        return ()
    best = best_mention(candidate)
    found = [_of_mention(best, reading)]
    for problem in candidate.problems:
        found.append(_evidence(reading, problem.start, problem.end, problem.sentences[0], "present"))
        found.extend(_evidence(reading, sentence.start, sentence.end, sentence, "present") for sentence in problem.sentences[1:7])
    others = sorted(
        (mention for mention in candidate.mentions if mention is not best), key=lambda mention: _ORDER[mention.assertion]
    )
    found.extend(_sentence_of(mention, reading) for mention in others if _ORDER[mention.assertion] <= 1)
    unique: dict[tuple[int, int], Evidence] = {}
    for item in found:
        unique.setdefault((item.start, item.end), item)
    return tuple(unique.values())[:MOST_SPANS]


def _of_mention(mention: Mention, reading: Reading) -> Evidence:
    return _evidence(reading, mention.start, mention.end, mention.sentence, mention.assertion)


def _sentence_of(mention: Mention, reading: Reading) -> Evidence:
    sentence = mention.sentence
    if sentence.end - sentence.start <= 240:
        return _evidence(reading, sentence.start, sentence.end, sentence, mention.assertion)
    return _of_mention(mention, reading)


def _evidence(reading: Reading, start: int, end: int, sentence: Sentence, assertion: str) -> Evidence:
    return Evidence(start, end, reading.written[start:end], sentence.section.title or sentence.section.kind, assertion)
