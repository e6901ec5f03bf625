"""Whether a text reads like the note of an encounter: only then does it get a level of visit.

A poem, a recipe, a file of a program or a table may name a disease; no clinician saw a patient in it. What tells a note is counted: headings, the
patient, why the patient came, what was found, what was done about it, and a condition that a code book knows. The longer a text, the more of
them it must have.
"""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.patterns import any_case
from cleanclaim.encoder.reading import Reading

_KINDS: Final = frozenset(
    "complaint hpi exam assessment assessment_plan plan vitals ros past medications allergies procedure immunizations discharge course orders".split()
)
_TOLD: Final = (
    any_case(
        r"\b(?:patient|pt|client|beneficiary|\d{1,3} ?-?(?:y/?o|yo|yr|year|month|mo|week|wk|day)s?[- /]?(?:old|o|f|m|female|male)?|\d{1,3} ?[mf]|he|she|his|her)\b"
    ),
    any_case(
        r"\b(?:here (?:for|to|with|today)|present(?:s|ed|ing)?|seen|follow(?:ing)?[- ]?up|f/?u|c/o|complain\w*|reports?|denies|states|returns? (?:for|in|to)|rtc|rto|visit|recheck|cc|hpi|evaluat\w+|examined|televisit|telehealth|consult\w*)\b"
    ),
    any_case(
        r"\b(?:exam|bp|b/p|vitals?|vs|temp|hr|lungs?|heart|abd\w*|heent|wt|weight|ros|afebrile|wnl|tender\w*|swell\w*|swollen|eryth\w*|pulse|rrr|ctab?|normal|neg(?:ative)?|positive|intact|nad|lesions?|rom|tms?)\b"
    ),
    any_case(
        r"\b(?:assessment|a/p|dx|diagnos\w+|impression|imp|plan|rx|prescri\w+|\d+ ?(?:mg|mcg|ml|units)|refill\w*|refer\w*|labs?|order\w*|continue\w*|start\w*|treat\w*|therapy|inject\w*|vaccin\w*|given|procedure|prn|bid|tid|daily)\b"
    ),
)
"""The patient; why the patient came; what was found; what was done."""
_MARKS: Final = re.compile(r"[_{}\[\]=;|\\<>]")
_MOST_MARKS: Final = 0.012
"""Of a program's characters; notes have a third of it at most."""
_PACKED: Final = re.compile(r"\S[,;|:\t](?=\S)")
_CELLS: Final = 3
_SHORT: Final = 60
_LONG: Final = 150
_LEAST: Final = (3, 4, 6)
"""What a short, a middling and a long text must tell."""
_LEAST_WITH_HEADINGS: Final = 4
_HEADINGS: Final = 2

NO_ENCOUNTER: Final = "No visit level is proposed: the text does not read like the note of a visit ({why})."


def why_no_encounter(reading: Reading, gathered: Gathered) -> str:
    """Return why a text is not taken for the note of an encounter; empty where it is."""
    text = reading.text
    headings = min(_HEADINGS, len({section.kind for section in reading.sections.items if section.end > section.body} & _KINDS))
    if headings < _HEADINGS and _is_no_prose(text):
        return "it is written like a program or a table"
    told = headings + sum(pattern.search(text) is not None for pattern in _TOLD) + _names_a_condition(gathered)
    words = len(text.split())
    if words >= _LONG:
        enough = told >= (_LEAST_WITH_HEADINGS if headings == _HEADINGS else _LEAST[2])
    else:
        enough = told >= _LEAST[words >= _SHORT]
    return "" if enough else "too little of a patient, a reason to come, findings or a plan stands in it"


def _is_no_prose(text: str) -> bool:
    """Tell whether a text is made of marks, or of lines of cells."""
    lines = [line for line in text.split("\n") if line.strip()]
    packed = sum(len(_PACKED.findall(line)) >= _CELLS for line in lines)
    return len(_MARKS.findall(text)) > _MOST_MARKS * len(text) or 2 * packed >= len(lines) > 1


def _names_a_condition(gathered: Gathered) -> bool:
    return any(
        not one.why_not and any(mention.assertion in {"present", "historical", "possible"} for mention in one.mentions)
        for one in gathered.by_code.values()
    )
