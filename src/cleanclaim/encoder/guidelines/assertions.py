"""Which candidates the note asserts at all: uncertain, negated, family, past and hypothetical words are no diagnosis of an outpatient."""

from __future__ import annotations

from typing import Final

from cleanclaim.encoder.candidates.gather import Candidate, Gathered
from cleanclaim.encoder.candidates.mentions import Mention
from cleanclaim.encoder.patterns import any_case

_STRENGTH: Final = {"present": 6, "historical": 4, "possible": 3, "conditional": 2, "hypothetical": 1, "absent": 1, "family": 0}
_WEIGHT: Final = {
    "assessment": 6, "assessment_plan": 6, "discharge": 6, "plan": 5, "complaint": 4, "hpi": 3, "head": 3, "results": 3, "course": 3, "past": 3, "procedure": 3,
    "immunizations": 3, "exam": 2, "surgical": 2, "social": 2, "orders": 2, "vitals": 1, "ros": 1, "medications": 1, "instructions": 1, "allergies": 0, "family": 0, "time": 1,
}  # fmt: skip
_WHY: Final = {
    "possible": "Only an uncertain diagnosis ({cue}): outpatient visits code the sign or symptom instead (guideline IV.H).",
    "absent": "The note says it is absent ({cue}); a condition that is denied or ruled out is not coded (guideline IV.H, IV.J).",
    "family": "Said of a relative, not of the patient (guideline I.C.21.c.4).",
    "hypothetical": "Spoken of as something to watch or test for, not as a diagnosis (guideline IV.H).",
    "conditional": "Named as an allergy or a condition that may occur, not as a present diagnosis.",
    "historical": "A past condition that is no longer treated is not coded as current (guideline IV.J).",
}


_PLANNED: Final = any_case(
    r"\b(?:decision|elective|discuss\w+|will|plan\w*|candidate|proceed|versus|consider\w*|going to (?:be|have)|needs?|before|prior to|clearance|upcoming|in (?:january|february|march|april|may|june|july|august|september|october|november|december))\b"
)


def best_mention(candidate: Candidate) -> Mention:
    """Return the mention that speaks the plainest for a code: in a problem's heading first, then by assertion and section."""
    return max(
        candidate.mentions,
        key=lambda mention: (
            _STRENGTH[mention.assertion] * 10
            + _WEIGHT.get(mention.sentence.section.kind, 2)
            + (20 if in_heading(candidate, mention) and mention.assertion == "present" else 0),
            -mention.start,
        ),
    )


def in_heading(candidate: Candidate, mention: Mention) -> bool:
    """Tell whether a mention stands in the heading of a problem."""
    return any(problem.start <= mention.start <= problem.end for problem in candidate.problems)


def weigh_assertions(gathered: Gathered, *, inpatient: bool) -> None:
    """Give each candidate the assertion the note ends with, and the reason where that keeps it from being coded."""
    for candidate in gathered.by_code.values():
        if not candidate.mentions:
            continue
        kind = candidate.concept.kind
        heading = [mention for mention in candidate.mentions if in_heading(candidate, mention)]
        best = best_mention(candidate)
        assertion = best.assertion
        if heading and all(mention.assertion == "possible" for mention in heading):
            sure = [
                mention
                for mention in candidate.mentions
                if mention.assertion == "present"
                and mention.sentence.section.kind in {"assessment", "assessment_plan", "plan", "results"}
            ]
            assertion = "present" if sure else "possible"
        if (
            kind == "z"
            and candidate.code.startswith(("Z9", "Z89"))
            and all(_PLANNED.search(mention.sentence.text) for mention in candidate.mentions)
        ):
            assertion = "hypothetical"
        if kind in {"z", "p"} and assertion in {"historical", "conditional"}:
            assertion = "present"
        if kind == "z" and candidate.concept.age == "fam" and assertion == "family":
            assertion = "present"
        if assertion == "historical" and kind == "c":
            assertion = "present"
            candidate.reasons.append(
                "A chronic condition stays current while it is treated or monitored, though the note calls it history (guideline IV.I)."
            )
        if assertion == "possible" and inpatient:
            assertion = "present"
            candidate.reasons.append(
                "An uncertain diagnosis at discharge is coded as if it existed in the inpatient setting (guideline II.H)."
            )
        candidate.assertion = assertion
        if assertion != "present":
            candidate.why_not = _WHY[assertion].format(cue=f'"{best.cue.strip()}"' if best.cue else "by its words")
