"""A note, what the encoder makes of it, and a visit's confirmed codes."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from cleanclaim.kernel.money import Rate


class Note(NamedTuple):
    """The text of a medical record. Its `repr` shows no word of it."""

    text: str
    kind: str = "visit"

    def __repr__(self) -> str:
        return f"Note({self.kind}, {len(self.text)} characters)"


class NoteContext(NamedTuple):
    """What else is known of the visit: it decides ages, sexes, guidelines and codes in force.

    `setting` is outpatient or inpatient; `profile` picks the trained weights (visit, case-report; empty lets the setting choose).
    `history` carries facts of earlier visits that rules need (diagnosis codes seen before, last visit's day, global periods).
    """

    served_on: date
    setting: str = "outpatient"
    age_years: int | None = None
    sex: str = ""
    is_new_patient: bool | None = None
    place_of_service: str = "11"
    payer_kind: str = ""
    history: tuple[str, ...] = ()
    local_terms: tuple[tuple[str, str, str], ...] = ()
    profile: str = ""


class Evidence(NamedTuple):
    """The words that prove a code: the span in the note's text (start inclusive, end exclusive, in characters), its section and assertion
    (present, absent, possible, historical, family, hypothetical, conditional).
    """

    start: int
    end: int
    text: str
    section: str
    assertion: str


class Suggestion(NamedTuple):
    """A code that the note supports. `system` is icd10cm, icd10pcs, cpt or hcpcs; `code` carries its dot; `band` is ready, look or hint.
    `poa` tells of an inpatient diagnosis whether it was present on admission: Y, N, U (not documented), 1 (exempt); empty elsewhere.
    """

    system: str
    code: str
    title: str
    confidence: float
    band: str
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    units: int = 1
    poa: str = ""


class NotCoded(NamedTuple):
    """Words that tempt to a code which the book forbids or the note does not support, with the reason."""

    text: str
    code: str
    why: str
    start: int = 0
    end: int = 0


class EmLevel(NamedTuple):
    """The level of medical decision making (2021 and later) and the visit's E/M number. Each element is
    straightforward, low, moderate or high; `reasons` names the words each one stands on.
    """

    level: str
    code: str
    problems: str
    data: str
    risk: str
    reasons: tuple[str, ...] = ()


class Suggestions(NamedTuple):
    """The encoder's whole answer to a note."""

    suggestions: tuple[Suggestion, ...]
    not_coded: tuple[NotCoded, ...] = ()
    em: EmLevel | None = None
    notices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `cleanclaim code` prints."""
        return {
            "suggestions": [
                {**suggestion._asdict(), "modifiers": list(suggestion.modifiers), "reasons": list(suggestion.reasons),
                 "evidence": [item._asdict() for item in suggestion.evidence]}
                for suggestion in self.suggestions
            ],
            "not_coded": [item._asdict() for item in self.not_coded],
            "em": {**self.em._asdict(), "reasons": list(self.em.reasons)} if self.em else None,
            "notices": list(self.notices),
        }  # fmt: skip


class ProcedureCode(NamedTuple):
    """A confirmed procedure of a visit. `pointers` are 1-based places in the visit's diagnoses."""

    system: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: Rate = Rate(1)
    pointers: tuple[int, ...] = ()
    served_on: date | None = None


class CodedEncounter(NamedTuple):
    """A visit's confirmed codes: diagnoses with their dot, first-listed first, and procedures."""

    served_on: date
    diagnoses: tuple[str, ...]
    procedures: tuple[ProcedureCode, ...] = ()
    place_of_service: str = "11"
    setting: str = "outpatient"
