"""The scene of a visit, as its services need it: place, payer, who acted, and whether words tell of a deed or only of a plan."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple

from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.patterns import any_case, compiled, find
from cleanclaim.encoder.reading import Reading, Sentence

_CLAUSE: Final = re.compile(
    r"[;\n]|\. |, (?=(?:not|no|none|declin|order|will|advis|plan|but|to be|she|he|pt|patient|sent|read|billed|refer|his|her|last)\b)| - (?=[a-z])|\bbut\b|->"
)
_NOT_DONE: Final = any_case(r"\b(?:not (?:done|given|needed|indicated|sent|performed|obtained|taken|repeated|treated|drawn|available|due|prescribed|used|ready|removed|collected|placed|applied|injected|charged|billed|today|claimed)|no (?:need|x-?ray|imaging|ekg|labs?|ultrasound|us\b|tests?|"
    r"flap|graft|frozen|manipulation|fluoro\w*|contrast|biops\w+|injection|vaccin\w+|culture)|declin\w+|refus\w+|deferred|defer\b|postponed|cancel\w*|unable to|could not|never(?! had| received| smoked)|held off|hold off|"
    r"offered|considered?|discussed for|would|if (?:no|not|still|worse|positive|needed|it)|next (?:visit|time|week|month)|later\b|another day|in (?:the )?future|not yet|wants to wait|will think|n/a|none)\b")  # fmt: skip
_ORDERED: Final = any_case(r"\b(?:order(?:ed|s)?|will (?:get|have|do|order|schedule|obtain|be|go|check|return|need)|to be (?:done|scheduled|placed|drawn)|schedul\w+|refer(?:red|ral)?|to (?:get|have|schedule|obtain)|due\b|due for|plan(?:ned)?(?: for)?|pending|await\w*|"
    r"recommend\w*|advis\w+|suggest\w*|encourag\w+|request(?:ed)?|slip given|requisition|renewed|take[- ]home|taken? home|set for|set up|appt|appointment|arrange\w*|future|start (?:next|in)|upcoming)\b")  # fmt: skip
_ELSEWHERE: Final = any_case(r"\b(?:outside (?:lab|imaging|facility|hospital|film|records?|study|report|x-?ray|ekg)|hosp(?:ital)? (?:lab|films?|imaging|radiology|dispens\w+)|at (?:the |her |his )?(?:hospital|pharmacy|pcp|lab\b|urgent care|er\b|ed\b|cardiology|imaging center)|"
    r"(?:path(?:ology)?|lab|vendor|radiology|hospital) (?:to |will |who )?bills?|lab to (?:run|bill)|to run and bill|who bills?|sent (?:out|to)|reference lab|"
    r"radiolog(?:y|ist) read|read by radiology|elsewhere|done (?:at|by) (?:the )?(?:hospital|outside|pcp|neuro\w*|cardiolog\w*)|by (?:his|her) (?:pcp|family doctor|cardiologist)|-> ?\w+ (?:lab|path\w*))\b")  # fmt: skip
_PAST: Final = any_case(r"\b(?:last (?:visit|week|month|year|mo|yr|time|fall|spring|summer|winter|dose)|(?:weeks?|wks?|months?|mos?|years?|yrs?|days?) ago|history of|h/o|previous(?:ly)?|prior|in (?:january|february|march|april|may|june|july|august|september|october|november|december|19\d\d|20\d\d)\b|"
    r"already (?:done|billed|given|had|has)|since 20\d\d|s/p|status post|up to date|utd|(?<!never )had (?:a|an|his|her|bmp|one|two|it)\b|yesterday|from \d{1,2}/\d{1,2}|on \d{1,2}/\d{1,2}|(?<!/)\b(?:0?[1-9]|1[0-2])/20\d\d|series complete|placed (?:in|on)|in (?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b|which i performed|had earlier)\b")  # fmt: skip
_TODAY: Final = any_case(
    r"\b(?:today|here|in (?:our |the )?(?:office|clinic)|this visit|performed|done|given|administered|injected|obtained|collected|applied|placed|inserted|by me|my (?:read|interp\w*)|run (?:here|in)|resulted|now)\b"
)


_MOST_PLACES: Final = 40
"""Of one service so many places are looked at: more is no note of one visit."""
_LEAD_WIDTH: Final = 12
"""A match may begin in the number or bullet before a sentence."""


_ON_ORDER: Final = any_case(r"\b(?:per|on|by)\b[\w. ']{0,24}\borders?\b|\border (?:on|in) (?:the )?chart\b")


class Deed(NamedTuple):
    """Where words name a service, and whether it was done at this visit."""

    start: int
    end: int
    text: str
    status: str
    sentence: Sentence
    clause: str


class Scene:
    """A reading with what the services of the visit depend on."""

    def __init__(self, reading: Reading, gathered: Gathered) -> None:
        self.reading: Final = reading
        self.gathered: Final = gathered
        self.text: Final = reading.text
        self.low: Final = reading.lowered
        self.head: Final = reading.lowered[:260]
        self._has: Final[dict[str, bool]] = {}
        self._deeds: Final[dict[str, list[Deed]]] = {}
        self._starts: Final = [sentence.start for sentence in reading.sentences]

    def has(self, pattern: str) -> bool:
        """Tell whether the note matches a pattern anywhere."""
        known = self._has.get(pattern)
        if known is None:
            known = self._has[pattern] = find(pattern, self.low) is not None
        return known

    @cached_property
    def is_medicare(self) -> bool:
        """Whether the payer is Medicare."""
        return "medicare" in self.reading.context.payer_kind.lower() or bool(
            find(r"(?<!not )(?<!no )(?<!non-)(?<!non )\bmedicare\b", self.low)
        )

    @cached_property
    def is_hospital(self) -> bool:
        """Whether equipment and staff are the hospital's, so that only the professional part is ours."""
        return self.reading.context.place_of_service in {"21", "22", "23", "19"} or bool(
            find(
                r"\b(?:hospital (?:outpatient|staff|equipment|sonographer|machine|lab\w* with|inpatient)|inpatient|professional (?:claim|report|services only|component)|emergency dep(?:artmen)?t|ed physician|observation unit|hospitalist\b.{0,30}(?:note|visit|admission)|initial hospital (?:visit|care)|hospital day|admitting (?:physician|cardiologist|note))\b",
                self.low,
            )
        )

    @cached_property
    def is_emergency(self) -> bool:
        """Whether the note is an emergency department physician's."""
        return self.reading.context.place_of_service == "23" or bool(
            find(
                r"\b(?:emergency dep(?:artmen)?t|(?:ed|er) (?:physician|provider|note|visit)|emergency physician|emergency room (?:physician|note)|er note|ed note|ed visit note)\b",
                self.head,
            )
        )

    @cached_property
    def is_staff_only(self) -> bool:
        """Whether only clinical staff saw the patient."""
        return bool(
            find(
                r"\b(?:nurse visit|nurse-only|rn visit|lpn visit|ma visit|injection visit|nurse clinic|shot visit|immunization visit|lab visit|bp check visit|vaccine clinic|flu clinic|rn visit|lpn visit|nurse injection|no physician face|nurse bp check|nurse only)\b",
                self.low,
            )
        )

    @cached_property
    def is_video(self) -> bool:
        """Whether the visit was by live video."""
        return (
            bool(
                find(
                    r"\b(?:audio[ -]?(?:and|\+|/|&) ?video|video visit|telehealth|live video|real-time audio|televisit|video platform|by video|visit - video|pos 10|pos 02)\b",
                    self.low,
                )
            )
            and not self.is_phone
        )

    @cached_property
    def is_phone(self) -> bool:
        """Whether the contact was by telephone alone."""
        return bool(
            find(
                r"\b(?:audio[- ]only|telephone (?:visit|call|check|encounter|only)|phone (?:visit|check|call visit)|by (?:phone|telephone) only|telephone check-in|video (?:failed|not available|did not work|declined))\b",
                self.low,
            )
        )

    def deeds(self, pattern: str, *, done_only: bool = True) -> list[Deed]:
        """Return where a pattern stands, with the status of each place; by default only what was done."""
        known = self._deeds.get(pattern)
        if known is None:
            known = self._deeds[pattern] = self._named(pattern)
        return [deed for deed in known if deed.status == "done"] if done_only else list(known)

    def _named(self, pattern: str) -> list[Deed]:
        found: list[Deed] = []
        for match in islice(compiled(pattern).finditer(self.low), _MOST_PLACES):
            sentence = self._sentence_at(match.start())
            if sentence is None:
                continue
            found.append(self._deed(match.start(), match.end(), sentence))
        return found

    def first(self, pattern: str) -> Deed | None:
        """Return the first place where a service was done."""
        found = self.deeds(pattern)
        return found[0] if found else None

    def _sentence_at(self, offset: int) -> Sentence | None:
        at = bisect_right(self._starts, offset) - 1
        if at >= 0 and offset < self.reading.sentences[at].end:
            return self.reading.sentences[at]
        if at + 1 < len(self._starts) and self._starts[at + 1] - offset <= _LEAD_WIDTH:
            return self.reading.sentences[at + 1]
        return None

    def _deed(self, start: int, end: int, sentence: Sentence) -> Deed:
        text = sentence.text
        at, until = start - sentence.start, end - sentence.start
        left, right = 0, len(text)
        for cut in _CLAUSE.finditer(text):
            if cut.end() <= at:
                left = cut.end()
            elif cut.start() >= until:
                right = cut.start()
                break
        clause = text[left:right]
        after = text[until : until + 70]
        comma = text.find(",", until, right)
        until_comma = text[left : comma if comma >= 0 else right]
        return Deed(start, end, self.text[start:end], self._status(sentence, clause, until_comma, after), sentence, clause)

    def _status(self, sentence: Sentence, clause: str, until_comma: str, after: str) -> str:
        kind = sentence.section.kind
        if kind in {"family", "allergies", "past", "surgical"}:
            return "past"
        if re.match(
            r"[^.;,]{0,30}\b(?:not (?:done|given|sent|needed|indicated|performed|available|treated)|declined|deferred|refused|advised to (?:get|go|have)|(?:will|to) get (?:it |this )?(?:at|from))\b",
            after,
            re.IGNORECASE,
        ) or _NOT_DONE.search(until_comma):
            return "not done"
        clause = _ON_ORDER.cut(clause)
        today = _TODAY.search(clause)
        if _ELSEWHERE.search(clause) and not any_case(r"\b(?:collected|obtained|drawn|by me)\b").search(clause):
            return "elsewhere"
        if _PAST.search(clause) and not any_case(r"\b(?:today|here|now|this visit)\b").search(clause):
            return "past"
        if _ORDERED.search(clause) and not today:
            return "ordered"
        return "done"


class Line(NamedTuple):
    """One service line in the making."""

    code: str
    start: int
    end: int
    why: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    group: str = ""
    sureness: float = 0.8


def line(
    deed: Deed, code: str, why: str, *, units: int = 1, modifiers: tuple[str, ...] = (), group: str = "", sureness: float = 0.8
) -> Line:
    """Return a line that stands on a deed."""
    return Line(code, deed.start, deed.end, why, modifiers, units, group, sureness)


def number_near(text: str, pattern: str) -> float | None:
    """Return the number that a pattern's first group captures."""
    match = any_case(pattern).search(text)
    return float(match.group(1)) if match else None


WORDS: Final = {
    "one": 1,
    "single": 1,
    "a": 1,
    "two": 2,
    "both": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
}


def count_of(text: str, noun: str) -> int | None:
    """Return how many of something a text counts, in figures or words."""
    for match in any_case(
        rf"(?<![\d/.])\b(\d{{1,2}}|{'|'.join(WORDS)})\b(?! ?(?:mm|cm|ml|cc|mg|o'clock|wk|mo|days?|weeks?|min)\b|/|\.\d)(?: of \d+)?(?: \w+){{0,3}}? (?:{noun})"
    ).finditer(text):
        word = match.group(1).lower()
        return int(word) if word.isdigit() else WORDS[word]
    return None


def side_of(text: str) -> str:
    """Return RT, LT or 50 as a text names the side."""
    low = text.lower()
    if find(r"\b(?:bilat\w*|both|b/l|each (?:knee|shoulder|hip|wrist|ankle|elbow|heel|foot|hand|eye|ear))\b", low) or (
        find(r"\b(?:right|rt|r)\b", low) and find(r"\b(?:left|lt|l)\b", low)
    ):
        return "50"
    if find(r"\b(?:right|rt|r)\b", low):
        return "RT"
    return "LT" if find(r"\b(?:left|lt|l)\b", low) else ""
