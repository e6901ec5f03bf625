"""From mentions to candidates: one per code, with every place that speaks for or against it."""

from __future__ import annotations

from typing import Final

from cleanclaim.encoder.candidates.codebook import CodeBook
from cleanclaim.encoder.candidates.composites import find_composites
from cleanclaim.encoder.candidates.lexicon import Concept, codes_of, has_side, load_lexicon
from cleanclaim.encoder.candidates.mentions import Mention, find_mentions
from cleanclaim.encoder.reading import Problem, Reading
from cleanclaim.encoder.reading.sentences import key_of

_SIDES: Final = {"right": "right", "left": "left", "bilateral": "bilateral", "both": "bilateral"}


_ANKLE: Final = "M25.47{"
_EDEMA: Final = "R60.0"
"""Swelling of both ankles, or of ankles without a side, is edema of the legs; of one ankle it belongs to the joint (index: Edema; Swelling, ankle)."""


class Candidate:
    """A code that the note may support, with its mentions, the problems that name it, and what the rules found out."""

    __slots__ = ("assertion", "code", "concept", "derived", "mentions", "problems", "reasons", "size", "why_not")

    def __init__(self, code: str, concept: Concept) -> None:
        self.code: Final = code
        self.concept: Final = concept
        self.mentions: list[Mention] = []
        self.problems: list[Problem] = []
        self.reasons: list[str] = []
        self.derived = ""
        self.why_not = ""
        self.assertion = ""
        self.size = 0

    def add(self, mention: Mention, problem: Problem | None) -> None:
        """Add a place that speaks of the code; `problem` when it is that problem's heading."""
        self.mentions.append(mention)
        self.size = max(self.size, mention.size)
        if problem is not None and problem not in self.problems:
            self.problems.append(problem)


class Gathered:
    """All candidates of a note by code, in the order in which the note first speaks of them."""

    def __init__(self, reading: Reading, book: CodeBook) -> None:
        self.reading: Final = reading
        self.book: Final = book
        self.by_code: Final[dict[str, Candidate]] = {}
        self.mentions: Final = _all_mentions(reading)
        self._sides: Final[dict[str, str]] = {}
        placed = [(mention, problem_of(reading, mention)) for mention in self.mentions]
        for mention, problem in sorted(placed, key=lambda one: one[1] is None):
            self._take(mention, problem)
        for candidate in self.by_code.values():
            candidate.mentions.sort(key=lambda mention: mention.start)

    def _take(self, mention: Mention, problem: Problem | None) -> None:
        side = mention.side
        if has_side(mention.concept.spec) and not side:
            side = self._side_of(mention, problem)
        if side and mention.assertion not in {"absent", "family"}:
            self._sides.setdefault(mention.concept.spec, side)
        spec = mention.concept.spec
        if spec.startswith(_ANKLE) and side in {"", "bilateral"} and "sw" in self.reading.lowered[mention.start : mention.end]:
            spec = _EDEMA
        for code in codes_of(spec, side, self.book):
            code = self._in_episode(code)
            candidate = self.by_code.get(code)
            if candidate is None:
                candidate = self.by_code[code] = Candidate(code, mention.concept)
            candidate.add(mention, problem)

    def _in_episode(self, code: str) -> str:
        """Return an injury's code for the episode of care: D for routine care while it heals, A for active treatment (guideline I.C.19.a)."""
        if self.reading.patient.episode == "D" and code[:1] in {"S", "T"} and len(code) == 8 and code.endswith("A"):
            return self.book.in_force(code[:-1] + "D") or code
        return code

    def _side_of(self, mention: Mention, problem: Problem | None) -> str:
        """Return the side from the problem's heading, another mention of the same concept, or the complaint."""
        for text in (problem.heading if problem else "", mention.sentence.text if problem else ""):
            found = side_in(text)
            if found:
                return found
        if mention.concept.spec in self._sides:
            return self._sides[mention.concept.spec]
        for other in self.mentions:
            if other.side and other.concept.spec == mention.concept.spec and other.assertion not in {"absent", "family"}:
                return other.side
        if problem is not None:
            for sentence in problem.sentences:
                found = side_in(sentence.text)
                if found:
                    return found
        for section in self.reading.sections.of("complaint"):
            found = side_in(self.reading.text[section.body : section.end])
            if found:
                return found
        return self._side_of_site(mention)

    def _side_of_site(self, mention: Mention) -> str:
        """Return the side with which the note speaks of the same part of the body, when it always is the same."""
        words = [word for word in self.reading.lowered[mention.start : mention.end].split() if len(word) > 4]
        sides = {
            found
            for sentence in self.reading.sentences
            if sentence.section.kind not in {"family", "past", "surgical"} and any(word.rstrip("s") in sentence.text.lower() for word in words)
            and (found := side_in(sentence.text))
        }  # fmt: skip
        return sides.pop() if len(sides) == 1 else ""

    def cite(self, candidate: Candidate, start: int, end: int) -> None:
        """Give a candidate a place in the note as its words."""
        for sentence in self.reading.sentences:
            if sentence.start <= start < sentence.end:
                assertion, cue = self.reading.assertion(sentence, start, min(end, sentence.end))
                mention = Mention(start, end, sentence, candidate.concept, 1, "", assertion, cue)
                candidate.add(mention, problem_of(self.reading, mention))
                return

    def ensure(self, code: str, concept: Concept) -> Candidate | None:
        """Return the candidate of a code that a rule derives, made when it is in force."""
        code = self.book.in_force(code)
        if not code:
            return None
        if code not in self.by_code:
            self.by_code[code] = Candidate(code, concept)
        return self.by_code[code]


def side_in(text: str) -> str:
    """Return the one side that a text names."""
    sides = {
        _SIDES[key]
        for word in text.replace("-", " ").replace(",", " ").replace(".", " ").split()
        if (key := key_of(word)) in _SIDES
    }
    if sides == {"right", "left"}:
        return "bilateral"
    return sides.pop() if len(sides) == 1 else ""


def problem_of(reading: Reading, mention: Mention) -> Problem | None:
    """Return the problem in whose heading a mention stands."""
    for problem in reading.problems:
        if problem.start <= mention.start < problem.end + 1:
            return problem
    return None


def _all_mentions(reading: Reading) -> list[Mention]:
    mentions = find_mentions(reading, load_lexicon())
    for sentence in reading.sentences:
        composites = find_composites(reading, sentence, sentence.start, sentence.end)
        if not composites:
            continue
        mentions = [
            mention for mention in mentions
            if not any(other.start <= mention.start and mention.end <= other.end and mention.size < 3 for other in composites)
        ]  # fmt: skip
        mentions.extend(composites)
    mentions.sort(key=lambda mention: (mention.start, mention.end))
    return mentions
