"""Sections of a note: where the complaint, the history, the exam, the results, the assessment and the plan stand.

Notes name them in many ways and some name none. A heading is a line of capitals, a known title at the start of a line, or, in dictation,
a strong title such as "Assessment:" in the middle of a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from cleanclaim.encoder.patterns import any_case

_TITLES: Final[dict[str, str]] = {
    "complaint": "chief complaint|cc|chief concern|reason for visit|reason for consultation|reason for referral|presenting complaint|"
    "presenting problem|concerns|concern|complaint|rfv|c/o",
    "hpi": "history of present illness|hpi|present illness|subjective|s|interval history|history|hx|interval hx|informant|story|hpi/interval|"
    "present symptoms|interim history|interval events|interval|subj|hx of present illness|history of presenting illness|history of the present illness|reason for visit and history|patient concerns|narrative|background|clinical history|indication|indications|reason for study|reason for exam",
    "past": "past medical history|pmh|pmhx|past history|medical history|past medical hx|medical hx|problem list|active problems|active problem list|"
    "chronic problems|chronic conditions|conditions|comorbidities|past psychiatric history|psychiatric history|gynecologic history|gyn history|"
    "obstetric history|ob history|ob/gyn history|birth history|significant history|pmh/psh",
    "surgical": "past surgical history|surgical history|psh|past surgeries|surgical hx|prior surgeries|operations",
    "family": "family history|fh|fhx|family hx|family medical history",
    "social": "social history|sh|shx|social hx|habits|substance use|tobacco|lifestyle|occupational history",
    "medications": "medications|meds|current medications|current meds|home medications|medication list|outpatient medications|med list|medication|"
    "discharge medications|prior to admission medications",
    "allergies": "allergies|allergy|drug allergies|nkda",
    "ros": "review of systems|ros|systems review",
    "vitals": "vitals|vital signs|vs|vitals reviewed|vital signs reviewed|v/s",
    "exam": "physical exam|physical examination|exam|examination|pe|objective|o|physical|mental status exam|mental status examination|mse|"
    "obj|physical findings|exam findings|pex|pe/vitals|exam (wound)|general exam|focused exam|clinical examination|phys exam|limited exam|exam limited to the area",
    "results": "results|result|labs|laboratory|laboratory data|lab results|labs/imaging|imaging|imaging results|data|data reviewed|diagnostics|"
    "diagnostic studies|studies|radiology|x-ray|xray|x-rays|ekg|ecg|findings|poc labs|poct|point of care|in-office labs|diagnostic results|"
    "workup|work-up|diagnostic testing|diagnostic data|ancillary data|imaging studies|lab data|labs today|results reviewed|xr|test results|hearing|vision|screening|screenings|investigations|pathology",
    "assessment": "assessment|impression|imp|a|diagnosis|diagnoses|dx|final diagnosis|final diagnoses|clinical impression|assess|"
    "diagnostic impression|working diagnosis|visit diagnoses|visit diagnosis|encounter diagnoses|postoperative diagnosis|post-op diagnosis|"
    "final dx|final diagnoses/impression|ed impression|ed dx|clinical assessment|dx list|problems addressed today|issues addressed|assessment/diagnosis|assessment and diagnosis|summary and impression|overall impression|today's diagnoses|diagnosis list|active issues|discharge dx|ed diagnosis|ed diagnoses|primary diagnosis|secondary diagnoses|conclusion|problems addressed|billing diagnoses|postop dx|post op dx",
    "assessment_plan": "assessment and plan|assessment & plan|assessment/plan|a/p|a&p|a and p|ap|impression and plan|impression/plan|imp/plan|"
    "assessment/recs|assessment and recommendations|assessment & recommendations|assessment/recommendations|impression and recommendations|impression & plan|impression/recommendations|impression and recs|assessment and plan of care|a&p by problem|problem list and plan|issues and plan|plan by problem|assessment plan|assessment, plan|problems|problem-based assessment and plan|medical decision making|mdm|a / p|i/p|assessment + plan",
    "plan": "plan|p|recommendations|recommendation|plan of care|treatment plan|treatment|tx|rx|disposition|dispo|follow up|follow-up|followup|"
    "plan/recommendations|discussion|decision|recs|next steps|care plan|management|management plan",
    "orders": "orders|orders placed|ordered|new orders|orders/tx|labs ordered|referrals",
    "procedure": "procedure|procedures|procedure note|procedure performed|procedures performed|operation|operative note|technique|"
    "description of procedure|operation performed|in-office procedures|procedure details|tx today|treatment today|injection",
    "immunizations": "immunizations|vaccines|vaccines today|immunizations given|vaccinations|immunizations today|vaccines given|shots|imms",
    "instructions": "instructions|patient instructions|discharge instructions|education|patient education|follow up instructions|counseling",
    "discharge": "discharge diagnosis|discharge diagnoses|discharge summary|principal diagnosis|admission diagnosis|admitting diagnosis",
    "course": "hospital course|course|ed course|brief hospital course|clinical course",
    "time": "time|total time|time spent|attestation|addendum",
}
_KINDS: Final = {title: kind for kind, titles in _TITLES.items() for title in titles.split("|")}

_LINE: Final = re.compile(r"[^\n]*\n?")
_LEAD: Final = re.compile(r"[ \t>*#=_-]*(?:\d{1,2}[.)][ \t]+)?\**[ \t]*")
_TITLE: Final = re.compile(r"[A-Za-z][A-Za-z/&,+ ().-]{0,48}?(?=\s*(?:[:=]|\*\*|$)|\s+-\s)")
_SHORT_MARK: Final = re.compile(
    r"(?:A/P|A&P|A/|P/|[SOAPI])(?:[:/=>]|\s*[-:]\s|\s{2,})|(?:CC|HPI|PE|PMH|A/P|ROS|VS|vs|DX|Dx|dx|imp|IMP|Imp)\b[ :]+|A (?=[a-z])|P (?=[a-z])"
)
_MIDLINE: Final = any_case(
    r"(?<=[.;)\n] )(assessment(?: and plan)?|impression|diagnos[ie]s(?: for both)?|final diagnosis|plan|dx|imp|a/p|ddx)\s*[:=]\s*"
)
_CAPITALS: Final = re.compile(r"(?<=[a-z0-9).,;%] )([A-Z][A-Z/&-]+(?: [A-Z/&]+){0,4}):(?=\s)")
"""Dictation names its sections in capitals in the middle of a line: "... no loss of consciousness EXAM: tender ..."."""
_SHORT_KINDS: Final = {
    "a/p": "assessment_plan", "a&p": "assessment_plan", "a/": "assessment", "p/": "plan", "s": "hpi", "o": "exam", "a": "assessment", "p": "plan",
    "i": "assessment", "cc": "complaint", "hpi": "hpi", "pe": "exam", "pmh": "past", "ros": "ros", "vs": "vitals", "dx": "assessment",
    "imp": "assessment",
}  # fmt: skip


_MIDMARK: Final = re.compile(r"(?<=[.;)] )(A/P|A|P|Dx|DX|S|O|PE|Imp)(?::\s+(?=\w)|\s?:)")


class Section(NamedTuple):
    """A stretch of the note under one heading. `start` is the heading's, `body` where its words begin, `end` where the next one starts."""

    kind: str
    title: str
    start: int
    body: int
    end: int


class Sections(NamedTuple):
    """The sections of a note in order, covering all of it."""

    items: tuple[Section, ...]
    starts: tuple[int, ...]

    def at(self, offset: int) -> Section:
        """Return the section in which a character stands."""
        return self.items[max(0, bisect_right(self.starts, offset) - 1)]

    def of(self, *kinds: str) -> tuple[Section, ...]:
        """Return the sections of the given kinds, in order."""
        return tuple(section for section in self.items if section.kind in kinds)


def find_sections(text: str) -> Sections:
    """Divide a note into sections; what stands before the first heading is the `head`."""
    marks: list[tuple[int, int, str, str]] = [(0, 0, "head", "")]
    for line in _LINE.finditer(text):
        if line.end() == line.start():
            continue
        found = _heading(line.group(), line.start())
        if found is not None:
            marks.append(found)
        if ":" not in line.group() and "=" not in line.group():
            continue
        for inner in _MIDLINE.finditer(text, line.start() + 1, line.end()):
            title = inner.group(1).lower()
            kind = "assessment_plan" if title in {"assessment and plan", "a/p"} else "plan" if title == "plan" else "assessment"
            if title != "ddx":
                marks.append((inner.start(), inner.end(), kind, inner.group(1)))
        for inner in _CAPITALS.finditer(text, line.start() + 1, line.end()):
            kind = _KINDS.get(inner.group(1).lower(), "")
            if kind:
                marks.append((inner.start(), inner.end(), kind, inner.group(1)))
        marks.extend(
            (inner.start(), inner.end(), _SHORT_KINDS[inner.group(1).lower()], inner.group(1))
            for inner in _MIDMARK.finditer(text, line.start() + 1, line.end())
        )
    marks.sort()
    marks = [mark for at, mark in enumerate(marks) if at + 1 == len(marks) or marks[at + 1][0] != mark[0]]
    ends = [mark[0] for mark in marks[1:]] + [len(text)]
    items = [Section(kind, title, start, body, end) for (start, body, kind, title), end in zip(marks, ends, strict=True)]
    if len(items) > 1 and items[0].end == 0:
        items = items[1:]
    return Sections(tuple(items), tuple(item.start for item in items))


def _heading(line: str, offset: int) -> tuple[int, int, str, str] | None:
    lead = _LEAD.match(line)
    at = lead.end() if lead else 0
    bare = line[at:].rstrip()
    if not bare:
        return None
    short = _SHORT_MARK.match(line, at)
    if short is not None:
        kind = _SHORT_KINDS.get(short.group().strip(" :-=>").lower() or "", "")
        if kind or short.group().strip() in {"A/", "P/"}:
            return offset, offset + short.end(), kind or _SHORT_KINDS[short.group().strip().lower()], short.group().strip(" :-=>")
    title = _TITLE.match(line, at)
    if title is None:
        return None
    words = title.group().strip(" .").lower()
    kind = _KINDS.get(words, "") or _KINDS.get(words.removesuffix(" today"), "")
    rest = line[title.end() :].strip(" :*=\n")
    if kind:
        if bare.endswith(".") and line[title.end() : title.end() + 1] != ":":
            return None
        if len(words) == 1 and ":" not in line[title.end() : title.end() + 2]:
            return None
        after = title.end()
        while after < len(line) and line[after] in " :*=-\t":
            after += 1
        return offset, offset + after, kind, title.group().strip()
    numbered = any(mark.isdigit() for mark in line[:at])
    if not rest and bare.isupper() and 5 <= len(bare) <= 48 and len(bare.split()) <= 6 and not numbered and not bare.endswith("."):
        return offset, offset + len(line), _kind_of_capitals(words), title.group().strip()
    return None


def _kind_of_capitals(words: str) -> str:
    for key, kind in (("assessment", "assessment_plan" if "plan" in words else "assessment"), ("diagnos", "assessment"), ("plan", "plan"),
                      ("exam", "exam"), ("history", "past"), ("medication", "medications"), ("result", "results"), ("vital", "vitals"),
                      ("procedure", "procedure"), ("vaccin", "immunizations"), ("immuniz", "immunizations")):  # fmt: skip
        if key in words:
            return kind
    return "head"
