"""Present on admission: what an inpatient diagnosis was when the patient came in (guidelines, appendix I)."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import Note, NoteContext, Suggestion
from cleanclaim.encoder.candidates.codebook import CodeStore
from cleanclaim.encoder.patterns import any_case
from cleanclaim.encoder.reading import Reading, read

_PRESENT: Final = any_case(r"\b(?:present on admission|poa\b(?! ?[:=-]? ?n)|on admission|on arrival|on presentation|presented with|presents with|admitted (?:for|with)|brought in|chronic|history of|known|at baseline)\b")  # fmt: skip
_LATER: Final = any_case(r"\b(?:hospital[- ]acquired|nosocomial|(?:developed|complicated by|subsequently|suffered|found to have)[^.\n]{0,60}|(?:on|by) (?:hospital |post-?op(?:erative)? )?(?:day|pod|hd) ?#?\d+|post-?operative(?:ly)? day|during (?:the |this |his |her )?(?:hospitali[sz]ation|admission|stay)|"
    r"not present on admission|poa ?[:=-] ?n)\b")  # fmt: skip
_NOT_LATER: Final = any_case(r"\b(?:prior to|before) (?:admission|arrival)\b")
_FIRST_DAYS: Final = frozenset({"complaint", "hpi", "head", "past", "medications"})
_CHRONIC: Final = re.compile(
    r"^(?:E1[013]|E66|E78|E0[0-7]|I10|I1[1-3]|I25|I48\.[128]|J44|J45|N18|F[0-9]|G20|G30|G35|G40|M|C[0-9]|D5|D6[34]|K7[0-7]|B20|Q|H)"
)
YES: Final = "Y"
NO: Final = "N"
UNTOLD: Final = "U"
EXEMPT: Final = "1"


def tell_admission(
    found: tuple[Suggestion, ...], note: Note, context: NoteContext, store: CodeStore | None
) -> tuple[Suggestion, ...]:
    """Return inpatient diagnoses with their indicator and its reason; other codes as they are."""
    reading = read(note, context)
    return tuple(_told(one, reading, context, store) if one.system == "icd10cm" else one for one in found)


def _told(one: Suggestion, reading: Reading, context: NoteContext, store: CodeStore | None) -> Suggestion:
    exempt = getattr(store, "poa_exempt", None)
    if exempt is not None and exempt(one.code, context.served_on):
        return one._replace(poa=EXEMPT, reasons=(*one.reasons, "Exempt from the present-on-admission indicator (appendix I)."))
    kinds = set()
    for span in one.evidence:
        sentence = next((item for item in reading.sentences if item.start <= span.start < item.end), None)
        if sentence is None:
            continue
        before = sentence.text[: span.end - sentence.start]
        if _LATER.search(before) and not _NOT_LATER.search(sentence.text) and not _PRESENT.search(sentence.text):
            return one._replace(poa=NO, reasons=(*one.reasons, f'It came up after admission: "{sentence.text[:80]}" (appendix I).'))
        kinds.add(sentence.section.kind)
        if _PRESENT.search(sentence.text):
            kinds.add("head")
    if kinds & _FIRST_DAYS or _CHRONIC.match(one.code):
        return one._replace(
            poa=YES,
            reasons=(*one.reasons, "Present on admission: chronic, or told of the time before or at admission (appendix I)."),
        )
    return one._replace(
        poa=UNTOLD, reasons=(*one.reasons, "Nothing tells whether it was present on admission: ask the provider (appendix I).")
    )
