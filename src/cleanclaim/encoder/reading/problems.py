"""The problems that the assessment names, each with the lines that reason about it and treat it.

In US visit notes nearly every code that a reader reports is the heading of one problem of the assessment; the lines under it are what
monitors, evaluates, assesses or treats it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.encoder.patterns import any_case
from cleanclaim.encoder.reading.sections import Sections
from cleanclaim.encoder.reading.sentences import Sentence

_LABELLED: Final = any_case(r"(?:medical reasoning|additional testing|medical treatment|specialist referrals?|patient education(?: and counseling)?|patient agreements?|"
    r"procedures?|plan|treatment|follow[- ]?up|counseling|medications?|labs?|orders?|education|referrals?|imaging)\s*[.:]")  # fmt: skip
_SUMMARY: Final = any_case(
    r"\b(?:year|month|week|day)s?[- ]old\b|\b(?:y\.?o|yo|y/o)\b|who (?:presents?|comes|is here)|presents? (?:today )?(?:for|with|as)|here today"
)
_VERB: Final = any_case(r"\b(?:is|are|was|were|has|have|had|will|would|should|can|continues?|recommend(?:ed)?|discussed|ordered|start(?:ed)?|increase[d]?|decrease[d]?|advised|"
    r"return|refer(?:red)?|obtain|schedule[d]?|prescribed?|encouraged|reviewed|explained|counsel(?:ed|led)|avoid|take|takes|we|i|repeat|check|recheck|call|"
    r"follow|given|patient|she|he|provided|monitor|sent|rtc|stop|hold)\b")  # fmt: skip
_HEAD_END: Final = re.compile(r"\s*(?:->|=>|--|:\s|\s-\s|\.\s|;\s|=\s)")


class Problem(NamedTuple):
    """One problem of the assessment: its heading words and the sentences about it."""

    start: int
    end: int
    heading: str
    sentences: tuple[Sentence, ...]
    number: int


def find_problems(sections: Sections, sentences: tuple[Sentence, ...]) -> tuple[Problem, ...]:
    """Return the problems of the assessment in their order; headings repeated in the plan lend their lines to the first."""
    drafts: list[tuple[int, int, str, list[Sentence]]] = []
    by_words: dict[str, int] = {}
    current = -1
    lists_problems = False
    if not sections.of("assessment", "assessment_plan", "discharge") and not (
        sections.of("plan") and sections.of("hpi", "complaint")
    ):
        return _bare_problems(sentences)
    for sentence in sentences:
        kind = sentence.section.kind
        if kind not in {"assessment", "assessment_plan", "plan", "discharge"}:
            current = -1 if kind not in {"orders", "instructions"} else current
            continue
        if kind == "plan" and not drafts and sections.of("assessment", "assessment_plan", "discharge"):
            continue
        cut = _heading_of(sentence, lists_problems=lists_problems)
        if cut:
            words = " ".join(cut[2].lower().strip(" .:").split())
            if words in by_words:
                current = by_words[words]
                drafts[current][3].append(sentence)
                continue
            if kind == "plan" and drafts:
                same = next((at for known, at in by_words.items() if known.startswith(words) or words.startswith(known)), -1)
                if same >= 0:
                    current = same
                elif not _is_bare(sentence):
                    if current >= 0:
                        drafts[current][3].append(sentence)
                    continue
                else:
                    by_words[words] = current = len(drafts)
                    drafts.append((cut[0], cut[1], cut[2], [sentence]))
                continue
            by_words[words] = current = len(drafts)
            lists_problems = lists_problems or bool(sentence.item)
            drafts.append((cut[0], cut[1], cut[2], [sentence]))
        elif current >= 0 and not _starts_elsewhere(sentence, by_words):
            drafts[current][3].append(sentence)
        else:
            current = _starts_elsewhere(sentence, by_words) - 1 if _starts_elsewhere(sentence, by_words) else current
            if current >= 0:
                drafts[current][3].append(sentence)
    return tuple(Problem(start, end, words, tuple(said), at) for at, (start, end, words, said) in enumerate(drafts))


_LEADS: Final = any_case(
    r"(?:separate problem|problem|dx|diagnos[ie]s|indications?|conditions?|impression|assessment)\b[^:.\n]{0,30}:\s*|(?:dx|diagnosis)\s+(?=[a-z])"
)


def _bare_problems(sentences: tuple[Sentence, ...]) -> tuple[Problem, ...]:
    """Return the problems of a note without an assessment: sentences that only name a condition, or say that they do."""
    found: list[tuple[int, int, list[Sentence]]] = []
    for at, sentence in enumerate(sentences):
        if sentence.section.kind in {
            "family",
            "social",
            "allergies",
            "medications",
            "ros",
            "vitals",
            "exam",
            "surgical",
            "immunizations",
        }:
            continue
        lead = _LEADS.match(sentence.text)
        start = lead.end() if lead else 0
        cut = _HEAD_END.search(sentence.text, start)
        head = sentence.text[start : cut.start() if cut else None].rstrip(" .:;")
        words = head.split()
        if (
            not words
            or len(words) > 14
            or (
                not lead
                and (len(words) > 9 or _VERB.search(head) or _LABELLED.match(head) or any(mark.isdigit() for mark in words[0]))
            )
        ):
            continue
        found.append((sentence.start + start, sentence.start + start + len(head), [sentence, *sentences[at + 1 : at + 3]]))
    return tuple(Problem(start, end, _joined(said[0], start, end), tuple(said), at) for at, (start, end, said) in enumerate(found))


def _joined(sentence: Sentence, start: int, end: int) -> str:
    return sentence.text[start - sentence.start : end - sentence.start]


def _heading_of(sentence: Sentence, *, lists_problems: bool) -> tuple[int, int, str] | None:
    """Return the heading part of a sentence that names a problem, or nothing."""
    text = sentence.text
    kind = sentence.section.kind
    if _LABELLED.match(text) or (_SUMMARY.search(text) and len(text) > 60 and sentence.item != "number"):
        return None
    cut = _HEAD_END.search(text)
    head = text[: cut.start()] if cut else text
    head = head.rstrip(" .:;")
    words = head.split()
    if not words or len(words) > 16 or head.lower() in {"mr", "mrs", "ms", "dr", "pt"}:
        return None
    if kind == "plan":
        return (sentence.start, sentence.start + len(head), head) if _is_bare(sentence) and len(words) <= 8 else None
    if sentence.item == "number":
        return sentence.start, sentence.start + len(head), head
    if kind == "assessment_plan" and sentence.item == "bullet" and _VERB.search(head):
        return None
    if _VERB.search(head) and not (sentence.item and kind == "assessment"):
        comma = head.find(",")
        first = head[: max(comma, 0)]
        if lists_problems or not first or len(first.split()) > 6 or _VERB.search(first) or _SUMMARY.search(head):
            return None
        return sentence.start, sentence.start + len(first), first
    if lists_problems and not sentence.item and kind == "assessment_plan":
        return None
    return sentence.start, sentence.start + len(head), head


def _is_bare(sentence: Sentence) -> bool:
    """Tell a line that only names a problem from one that tells what is done about it."""
    words = sentence.text.rstrip(" .:")
    return (
        len(words.split()) <= 8
        and not _VERB.search(words)
        and not _LABELLED.match(words)
        and words[:1].isupper()
        and sentence.item != "bullet"
    )


def _starts_elsewhere(sentence: Sentence, by_words: dict[str, int]) -> int:
    """Return 1 + the problem to which "Regarding her diabetes, ..." turns, 0 where the sentence turns to none."""
    found = re.match(
        r"(?:(?:regarding|in regards? to|as for|with respect to|from a) (?:his|her|the|their)|(?:his|her|the patient's)) ([a-z ]{4,40})",
        sentence.text,
        re.IGNORECASE,
    )
    if not found:
        return 0
    said = found.group(1).lower()
    for words, at in by_words.items():
        last = words.split()[-1] if words else ""
        if last and (said.startswith(words) or (len(last) > 4 and last in said)):
            return at + 1
    return 0
