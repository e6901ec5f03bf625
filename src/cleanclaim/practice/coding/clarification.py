"""Questions from the coder to the provider, drafted so that they lead nowhere.

A compliant query quotes the record, offers every choice that the book distinguishes and always "other" and "unable to determine", and
says nothing of payment (AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice, 2022).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.documents import Suggestion
from cleanclaim.kernel.errors import Refused

OTHER: Final = "Other (please state)"
UNABLE: Final = "Unable to determine"
MAX_CHOICES: Final = 8

_LEADING: Final = re.compile(
    r"\b(payments?|paid|pays?|payers?|reimburse\w*|revenue|drg|hcc|raf|weight|quality score|denial|denied|please document|should be|"
    r"higher (?:level|severity))\b",
    re.IGNORECASE,
)


class Missing(NamedTuple):
    """What a record lacks for a specific code: the axis (side, type, episode ...) and the choices that the book distinguishes."""

    code: str
    axis: str
    choices: tuple[str, ...]


class QueryDraft(NamedTuple):
    """A question for the provider: the words of the record it stands on, the question, and the choices to tick."""

    code: str
    quotes: tuple[str, ...]
    question: str
    choices: tuple[str, ...]


_SIDES: Final = re.compile(r"\b(right|left|bilateral)\b", re.IGNORECASE)


def missing_specificity(code: str, title: str, siblings: tuple[tuple[str, str], ...]) -> Missing | None:
    """Find what an unspecified code leaves open by comparing its title with those of its siblings; None for a specific code.

    `siblings` are (code, title) of the codes below the same category. The choices are what the siblings say in place of "unspecified".
    """
    if not re.search(r"\bunspecified\b|\bNOS\b|\bnot specified\b", title, re.IGNORECASE):
        return None
    others = [(other, name) for other, name in siblings if other != code and _left_open(name) < _left_open(title)]
    if re.search(r"\bunspecified (?:side|ear|eye|arm|leg|hand|foot|limb|hip|knee|shoulder|wrist|ankle|elbow|breast|ovary|lung|kidney|upper|lower|forearm|"
                 r"thigh|finger|toe|thumb|femur|radius|ulna|tibia|fibula|humerus|clavicle|patella|joint|part)", title, re.IGNORECASE):  # fmt: skip
        sides = sorted({found.lower() for _, name in others for found in _SIDES.findall(name)})
        if sides:
            return Missing(
                code, "side", tuple(f"{side.capitalize()}" + (" side" if side != "bilateral" else "") for side in reversed(sides))
            )
    choices = []
    for _, name in others:
        said = _difference(title, name)
        if said and said not in choices:
            choices.append(said)
    if not choices:
        return None
    return Missing(code, "type", tuple(choices[:MAX_CHOICES]))


def _left_open(title: str) -> int:
    """How many things a title leaves open."""
    return len(re.findall(r"\bunspecified\b|\bNOS\b|\bnot specified\b", title, re.IGNORECASE))


def _difference(unspecified: str, specific: str) -> str:
    """The words of a sibling's title that the unspecified title does not have, in their order."""
    known = set(re.findall(r"[a-z0-9]+", unspecified.lower()))
    kept = [word for word in re.findall(r"[A-Za-z0-9'()-]+", specific) if word.lower().strip("()") not in known]
    while kept and kept[-1].lower() in {"with", "without", "and", "or", "of", "the", "in"}:
        kept.pop()
    while kept and kept[0].lower() in {"and", "or", "of", "the"}:
        kept.pop(0)
    text = " ".join(kept)
    return text[:1].upper() + text[1:]


def draft_query(missing: Missing, suggestion: Suggestion | None = None) -> QueryDraft:
    """Draft the question about what is missing, with the record's own words and every choice."""
    quotes = tuple(dict.fromkeys(item.text.strip() for item in suggestion.evidence)) if suggestion else ()
    ask = {
        "side": "Which side is affected, as far as your examination shows?",
        "type": "Can the condition be described further, in your clinical judgement?",
    }[missing.axis]
    stands = "The record says: " + "; ".join(f"“{quote}”" for quote in quotes) + ". " if quotes else ""
    return QueryDraft(missing.code, quotes, stands + ask, (*missing.choices, OTHER, UNABLE))


def check_query(question: str, choices: tuple[str, ...]) -> None:
    """Raises Refused for a question that leads: one choice alone, no way out, or a word about money."""
    if not question.strip():
        raise Refused("A query needs a question.")
    found = _LEADING.search(question) or next((hit for choice in choices if (hit := _LEADING.search(choice))), None)
    if found:
        raise Refused(f"A query does not lead: leave out “{found.group(0)}”.")
    if choices and not {OTHER, UNABLE} <= set(choices):
        raise Refused(f"A query with choices always offers “{OTHER}” and “{UNABLE}”.")
    if choices and len(choices) < 4:
        raise Refused("A query with choices offers at least two of the book's beside other and unable to determine.")
