"""Suggestions for a case report or a discharge summary: the trained ranking, with the words, the section and the assertion of each code."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

from cleanclaim.documents.coding import Evidence, NotCoded, Note, NoteContext, Suggestion, Suggestions
from cleanclaim.encoder.candidates.codebook import CodeStore, default_store
from cleanclaim.encoder.casereports.artefact import Artefact, KindModel, load
from cleanclaim.encoder.casereports.corpus import DIAGNOSES, PROCEDURES
from cleanclaim.encoder.casereports.current import Current, current_code
from cleanclaim.encoder.casereports.evaluation import rank_codes
from cleanclaim.encoder.casereports.features import Candidate
from cleanclaim.encoder.casereports.words import Reading as Words
from cleanclaim.encoder.casereports.words import read as read_words
from cleanclaim.encoder.reading import Reading, read

PROFILE: Final = "case-report"
READY: Final = 0.9
HINT_FROM: Final = 0.08
"""A code less sure than this is not shown at all."""
_SYSTEMS: Final = {DIAGNOSES: "icd10cm", PROCEDURES: "icd10pcs"}
_MOST: Final = 80
_MOST_SPANS: Final = 6
_NOT_HERE: Final = frozenset({"absent", "family", "hypothetical"})


class Ranked(NamedTuple):
    """A code with its chance and its evidence, before the book has spoken."""

    system: str
    code: str
    confidence: float
    suggested: bool
    evidence: tuple[Evidence, ...]


def suggest(note: Note, context: NoteContext, store: CodeStore | None = None, artefact: Artefact | None = None) -> Suggestions:
    """Return the diagnoses and inpatient procedures that a case report or discharge summary supports. It never raises on any text.

    Under the profile `case-report` findings that were looked for and not found stay in the list, marked, because the annotated cases
    code them so; otherwise they go to what is not coded.
    """
    reading = read(note, context)
    if reading.refusal:
        return Suggestions((), (), None, (reading.refusal,))
    store = store if store is not None else default_store()
    suggestions: list[Suggestion] = []
    not_coded: list[NotCoded] = []
    taken: set[tuple[str, str]] = set()
    for ranked in candidates(reading, artefact):
        current = current_code(store, ranked.system, ranked.code, context.served_on)
        if current is None or (ranked.system, current.code) in taken:
            continue
        taken.add((ranked.system, current.code))
        contradicted = all(evidence.assertion in _NOT_HERE for evidence in ranked.evidence)
        if contradicted and context.profile != PROFILE:
            not_coded.append(_not_coded(ranked, current))
        else:
            suggestions.append(_suggestion(ranked, current, contradicted=contradicted))
    return Suggestions(tuple(suggestions[:_MOST]), tuple(not_coded[:_MOST]), None, reading.notices)


def candidates(reading: Reading, artefact: Artefact | None = None) -> list[Ranked]:
    """Return the codes worth showing for a note, as the corpus writes them (no capitals), the surest first."""
    artefact = artefact if artefact is not None else load()
    words = read_words(reading.text)
    starts = [sentence.start for sentence in reading.sentences]
    found: list[Ranked] = []
    for kind, model in sorted(artefact.kinds.items()):
        for chance, candidate in rank_codes(words, model):
            if chance < HINT_FROM and not _is_suggested(chance, candidate, model):
                break
            evidence = _evidence(candidate, words, reading, starts)
            if evidence:
                found.append(Ranked(_SYSTEMS[kind], candidate.code, chance, _is_suggested(chance, candidate, model), evidence))
    return sorted(found, key=lambda ranked: (-ranked.confidence, ranked.system, ranked.code))


def _is_suggested(chance: float, candidate: Candidate, model: KindModel) -> bool:
    known = model.knows(candidate.code)
    return chance >= (model.thresholds.known if known else model.thresholds.unknown)


def _evidence(candidate: Candidate, words: Words, reading: Reading, starts: list[int]) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for places in candidate.standings[:_MOST_SPANS]:
        start, end = words.spans[places[0]][0], words.spans[places[-1]][1]
        sentence = reading.sentences[max(0, bisect_right(starts, start) - 1)] if starts else None
        assertion = reading.assertion(sentence, start, end)[0] if sentence is not None else "present"
        section = reading.sections.at(start)
        found.append(Evidence(start, end, reading.text[start:end], section.title or section.kind, assertion))
    return tuple(sorted(found, key=lambda evidence: evidence.assertion in _NOT_HERE))


def _suggestion(ranked: Ranked, current: Current, *, contradicted: bool) -> Suggestion:
    band = "ready" if ranked.confidence >= READY else "look" if ranked.suggested else "hint"
    best = ranked.evidence[0]
    reasons = [f'Coders of the annotated cases gave this code for words like "{best.text[:80]}".', *current.reasons]
    if contradicted:
        band = "hint" if band == "hint" else "look"
        reasons.insert(
            0, f"The words are {best.assertion} here; the annotated cases code them all the same: check before reporting."
        )
    if not current.is_complete:
        band = "hint" if band == "hint" else "look"
    return Suggestion(
        ranked.system, current.code, current.title, round(ranked.confidence, 4), band, ranked.evidence, tuple(reasons)
    )


def _not_coded(ranked: Ranked, current: Current) -> NotCoded:
    best = ranked.evidence[0]
    why = {
        "absent": "The note says that it is absent: what was looked for and not found is not coded.",
        "family": "It is said of the family, not of the patient.",
        "hypothetical": "It is spoken of as something that might come, not as present.",
    }[best.assertion]
    return NotCoded(best.text, current.code, why, best.start, best.end)
