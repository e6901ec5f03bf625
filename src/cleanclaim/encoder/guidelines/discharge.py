"""A discharge summary read twice, by the book's rules and by the trained ranking: one list of diagnoses (guidelines, sections II and III)."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import NotCoded, Suggestion, Suggestions
from cleanclaim.encoder.guidelines.combine import replaced_by

_BY_THE_BOOK: Final = re.compile(r"guideline I\.")
"""Reasons that hold in hospital too: specificity, combination, integral symptoms; those of section IV are for outpatients."""


def merge(listed: Suggestions, ranked: Suggestions) -> Suggestions:
    """Return the ranked answer with the diagnoses that the summary lists before it, without what a more exact code among them says."""
    first = tuple(one for one in listed.suggestions if one.system == "icd10cm" and one.band != "hint")
    known = {one.code for one in first}
    refused = {one.code: one for one in listed.not_coded if _BY_THE_BOOK.search(one.why)}
    kept: list[Suggestion] = list(first)
    dropped: list[NotCoded] = []
    for one in ranked.suggestions:
        if one.code in known:
            continue
        why = refused[one.code].why if one.code in refused else _better(one, kept, ranked.suggestions)
        if one.system == "icd10cm" and why:
            words = one.evidence[0]
            dropped.append(NotCoded(words.text, one.code, why, words.start, words.end))
        else:
            kept.append(one)
    return ranked._replace(suggestions=tuple(kept), not_coded=(*ranked.not_coded, *dropped))


def _better(one: Suggestion, kept: list[Suggestion], ranked: tuple[Suggestion, ...]) -> str:
    """Return why a code gives way to another of the list; empty where it stands."""
    if one.system != "icd10cm":
        return ""
    shown = [other for other in (*kept, *ranked) if other.code != one.code and other.system == "icd10cm" and other.band != "hint"]
    reason = replaced_by(one.code, [other.code for other in shown])
    if reason:
        return reason
    for other in kept:
        if other.code[:3] == one.code[:3] and any(
            wide.start <= span.start and span.end <= wide.end for wide in other.evidence for span in one.evidence[:1]
        ):
            return f"The same words say the more exact {other.code} (guideline I.B.2)."
    return ""
