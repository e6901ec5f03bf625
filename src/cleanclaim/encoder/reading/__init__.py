"""Reading a note: sections, sentences, problems of the assessment, assertions, the patient."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from cleanclaim.documents.coding import Note, NoteContext
from cleanclaim.encoder.reading.assertions import Cue, Cues, assertion_at
from cleanclaim.encoder.reading.patient import Patient, read_patient
from cleanclaim.encoder.reading.problems import Problem, find_problems
from cleanclaim.encoder.reading.sections import Section, Sections, find_sections
from cleanclaim.encoder.reading.sentences import Sentence, Token, find_sentences, tokens_of
from cleanclaim.encoder.reading.text import Legible, make_legible

__all__: Final = [
    "Legible", "Patient", "Problem", "Reading", "Section", "Sections", "Sentence", "Token", "assertion_at", "make_legible", "read", "tokens_of",
]  # fmt: skip


class Reading:
    """A note as read: `text` has odd characters replaced one for one, `written` is the note itself; offsets fit both."""

    def __init__(self, legible: Legible, context: NoteContext, written: str = "") -> None:
        self.text: Final = legible.text
        self.written: Final = written or legible.text
        self.refusal: Final = legible.refusal
        self.notices: Final = legible.notices
        self.context: Final = context
        self.sections: Final = find_sections(self.text)
        self.sentences: Final = find_sentences(self.text, self.sections)
        self._cues: Final[dict[int, tuple[Cue, ...]]] = {}

    @cached_property
    def patient(self) -> Patient:
        """The patient, as the note and the caller describe them."""
        return read_patient(self.text, self.context.age_years, self.context.sex, is_new=self.context.is_new_patient)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """The problems that the assessment names."""
        return find_problems(self.sections, self.sentences)

    @cached_property
    def lowered(self) -> str:
        """The note in lower case, with the same offsets."""
        lowered = self.text.lower()
        return (
            lowered if len(lowered) == len(self.text) else "".join(ch.lower() if len(ch.lower()) == 1 else ch for ch in self.text)
        )

    @cached_property
    def _finder(self) -> Cues:
        return Cues(self.lowered)

    def assertion(self, sentence: Sentence, start: int, end: int) -> tuple[str, str]:
        """Return how the note asserts a stretch of a sentence, and the cue."""
        cues = self._cues.get(sentence.start)
        if cues is None:
            cues = self._cues[sentence.start] = self._finder.of(sentence)
        return assertion_at(sentence, cues, start, end)


def read(note: Note, context: NoteContext) -> Reading:
    """Read a note. It never raises: what cannot be read has a `refusal`."""
    return Reading(make_legible(note.text), context, note.text)
