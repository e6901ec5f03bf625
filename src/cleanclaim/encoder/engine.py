"""Suggestions for a note: read, find candidates, decide by the book, say how sure, show the words.

`suggest` is pure and deterministic: the same note, context, store and model give the same answer. It never raises on any text.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from cleanclaim.documents.coding import EmLevel, Evidence, NotCoded, Note, NoteContext, Suggestion, Suggestions
from cleanclaim.encoder import em, procedures
from cleanclaim.encoder.candidates.codebook import CodeBook, CodeStore, default_store
from cleanclaim.encoder.candidates.gather import Candidate, Gathered
from cleanclaim.encoder.candidates.lexicon import Concept
from cleanclaim.encoder.candidates.tabular import add_long_tail
from cleanclaim.encoder.evidence import evidence_of
from cleanclaim.encoder.guidelines.additional import additional_codes, tell_trimester, weeks_told
from cleanclaim.encoder.guidelines.admission import tell_admission
from cleanclaim.encoder.guidelines.assertions import weigh_assertions
from cleanclaim.encoder.guidelines.causes import external_causes, harm_of_drugs, name_poisons
from cleanclaim.encoder.guidelines.combine import combine, named
from cleanclaim.encoder.guidelines.discharge import merge
from cleanclaim.encoder.guidelines.order import in_order, resolve_excludes
from cleanclaim.encoder.guidelines.refine import refine, tell_pregnancy
from cleanclaim.encoder.guidelines.services import diagnoses_of_services, treated_conditions
from cleanclaim.encoder.guidelines.visits import days_old, decide_visit, name_newborn, raise_routine
from cleanclaim.encoder.model.features import features_of, treated_families
from cleanclaim.encoder.model.scoring import Model, load_model
from cleanclaim.encoder.patterns import make_ready
from cleanclaim.encoder.plugins import Suggester
from cleanclaim.encoder.reading import Reading, read

CASE_REPORT: Final = "case-report"
TREATED: Final = 0.8
"""Confidence of a condition that only the service done for it makes reportable."""
LONGEST_ANSWER: Final = 60
"""More codes than any visit reports; a file of words is cut there."""


def suggest(
    note: Note,
    context: NoteContext,
    *,
    store: CodeStore | None = None,
    model: Model | None = None,
    suggester: Suggester | None = None,
) -> Suggestions:
    """Return the codes that a note supports, each with its words, what was not coded and why, and the E/M level."""
    if context.profile == CASE_REPORT or (not context.profile and context.setting == "inpatient"):
        return _case_report(note, context, store, suggester)
    return _visit(note, context, store, model, suggester)


def _case_report(note: Note, context: NoteContext, store: CodeStore | None, suggester: Suggester | None) -> Suggestions:
    """Return the codes of a case report or a discharge summary; diagnoses that a discharge summary lists are read as such (guideline II)."""
    from cleanclaim.encoder import casereports

    answer = casereports.suggest(note, context, store)
    if context.profile == CASE_REPORT:
        return answer
    merged = merge(_visit(note, context, store, None, suggester), answer)
    known_store = store if store is not None else default_store()
    return merged._replace(suggestions=tell_admission(merged.suggestions, note, context, known_store))


def _visit(
    note: Note, context: NoteContext, store: CodeStore | None, model: Model | None, suggester: Suggester | None
) -> Suggestions:
    reading = read(note, context)
    if reading.refusal:
        return Suggestions((), (), None, (reading.refusal,))
    book = CodeBook(store if store is not None else default_store(), context.served_on)
    gathered = decide(reading, book)
    _forget_homographs(gathered)
    if suggester is not None:
        _take_in(suggester, note, context, gathered)
    model = model or load_model("visit")
    treated = treated_families(reading.lowered)
    diagnoses = [item for item in _scored(gathered, model, treated) if item is not None]
    diagnoses = in_order(diagnoses, gathered, book)[:LONGEST_ANSWER]
    why_none = em.why_no_encounter(reading, gathered)
    level = em.level_of(reading, gathered) if not why_none else None
    services = _services(reading, gathered, level, book)
    for code in sorted(treated_conditions(services.suggestions, gathered) - {one.code for one in diagnoses if one.band != "hint"}):
        diagnoses = [one for one in diagnoses if one.code != code]
        candidate = gathered.by_code[code]
        candidate.reasons.append("A service of the visit treated or examined it (guideline IV.J).")
        diagnoses.append(_suggestion(candidate, gathered, TREATED, "look"))
    diagnoses.extend(_beside(gathered, diagnoses))
    implied = diagnoses_of_services(services.suggestions, diagnoses, book, days_old(reading))
    diagnoses = [one for one in diagnoses if one.code not in {other.code for other in implied}] + implied
    if level is not None and services.em_code:
        level = level._replace(code=services.em_code)
    notices = (*reading.notices, em.NO_ENCOUNTER.format(why=why_none)) if why_none and not services.em_code else reading.notices
    return Suggestions(
        tuple(diagnoses) + services.suggestions, tuple(_not_coded(gathered, diagnoses)) + services.not_coded, level, notices
    )


_HOMOGRAPHS: Final = frozenset({"does"})
"""Plain words that look like the plural of an abbreviation (DOE, dyspnea on exertion). The weights were trained with them in."""


def _forget_homographs(gathered: Gathered) -> None:
    """Drop what only a plain word speaks for."""
    low = gathered.reading.lowered
    for code, one in list(gathered.by_code.items()):
        if one.mentions and all(low[mention.start : mention.end] in _HOMOGRAPHS for mention in one.mentions):
            del gathered.by_code[code]


def _beside(gathered: Gathered, diagnoses: list[Suggestion]) -> list[Suggestion]:
    """Return what the book adds to the reported diagnoses: long-term drugs, body mass, weeks of gestation, harm of drugs, external causes."""
    found: dict[str, Suggestion] = {}
    for one in (*additional_codes(gathered, diagnoses), *harm_of_drugs(gathered), *external_causes(gathered, diagnoses)):
        found.setdefault(one.code, one)
    shown = {one.code for one in diagnoses if one.band != "hint"}
    for one in [known for known in diagnoses if known.code in found and known.code not in shown]:
        diagnoses.remove(one)
    return [one for code, one in found.items() if code not in shown]


def _services(reading: Reading, gathered: Gathered, level: EmLevel | None, book: CodeBook) -> procedures.Services:
    """Return the services; arithmetic over odd figures of a note (a date as a size, a dose of zero) must not cost the coder the diagnoses."""
    try:
        return procedures.suggest_services(reading, gathered, level, book)
    except (ValueError, LookupError, ArithmeticError):
        return procedures.Services()


def warm(store: CodeStore | None = None, *, case_reports: bool = False) -> None:
    """Load tables, patterns and the book's wordings, so that the first note is answered as fast as every other one; with `case_reports` also
    what discharge summaries need (about 100 MB).
    """
    day = date(2026, 10, 1)
    note = Note(
        "HPI\nSeen for follow-up, no pain today.\n\nASSESSMENT\n1. Hypertension, stable.\n2. Myasthenia gravis.\n\nPLAN\nContinue lisinopril 10 mg. EKG done here: sinus rhythm.\n"
    )
    suggest(note, NoteContext(day), store=store)
    make_ready()
    if case_reports:
        suggest(note, NoteContext(day, setting="inpatient"), store=store)


def decide(reading: Reading, book: CodeBook) -> Gathered:
    """Return the candidates of a note after every rule of the book has spoken."""
    gathered = Gathered(reading, book)
    add_long_tail(gathered)
    weigh_assertions(gathered, inpatient=reading.context.setting == "inpatient")
    decide_visit(gathered)
    name_newborn(gathered)
    name_poisons(gathered)
    refine(gathered)
    combine(gathered)
    tell_pregnancy(gathered, weeks_told)
    tell_trimester(gathered)
    raise_routine(gathered)
    return gathered


def _scored(gathered: Gathered, model: Model, treated: frozenset[str]) -> list[Suggestion | None]:
    scored = []
    for candidate in gathered.by_code.values():
        if candidate.why_not:
            continue
        confidence = model.confidence(features_of(candidate, gathered, treated))
        band = model.band(confidence)
        scored.append(_suggestion(candidate, gathered, confidence, band) if band else None)
    return resolve_excludes([item for item in scored if item is not None], gathered)


def _suggestion(candidate: Candidate, gathered: Gathered, confidence: float, band: str) -> Suggestion:
    reasons = list(dict.fromkeys(candidate.reasons))
    if candidate.problems:
        reasons.insert(0, f'The assessment names it: "{candidate.problems[0].heading[:80]}".')
    elif named(candidate):
        reasons.insert(0, "The assessment speaks of it as present.")
    else:
        reasons.insert(
            0,
            f"Said in the {candidate.mentions[0].sentence.section.title or 'note'}; the assessment does not name it."
            if candidate.mentions
            else "Derived by rule.",
        )
    return Suggestion(
        "icd10cm",
        candidate.code,
        gathered.book.title(candidate.code),
        round(confidence, 4),
        band,
        evidence_of(candidate, gathered.reading),
        tuple(reasons),
    )


def _not_coded(gathered: Gathered, diagnoses: list[Suggestion]) -> list[NotCoded]:
    reported = {item.code for item in diagnoses}
    found: list[NotCoded] = []
    for candidate in gathered.by_code.values():
        if candidate.code in reported or not candidate.mentions:
            continue
        mention = candidate.mentions[0]
        why = (
            candidate.why_not
            or "The note speaks of it, but nothing shows that it was monitored, evaluated, assessed or treated at this visit (guideline IV.J)."
        )
        found.append(
            NotCoded(gathered.reading.written[mention.start : mention.end], candidate.code, why, mention.start, mention.end)
        )
    return found[:LONGEST_ANSWER]


def _take_in(suggester: Suggester, note: Note, context: NoteContext, gathered: Gathered) -> None:
    """Let a site's own suggester add candidates; they pass the same rules, and without words in the note they are dropped."""
    for offered in suggester.suggest(note, context):
        for span in offered.evidence:
            if gathered.reading.written[span.start : span.end] != span.text or not span.text.strip():
                continue
            made = gathered.ensure(offered.code, Concept(offered.code, "a"))
            if made is not None and not made.mentions and not made.why_not:
                made.derived = f"Proposed by {suggester.name}."
                made.assertion = "present"
                made.reasons.append(made.derived)
                gathered.cite(made, span.start, span.end)


def reread(note: Note, context: NoteContext) -> tuple[Reading, Gathered]:
    """Return the reading and the decided candidates of a note, for training and for showing why."""
    reading = read(note, context)
    return reading, decide(reading, CodeBook(default_store(), context.served_on))


__all__ = ["Evidence", "decide", "reread", "suggest", "warm"]
