"""The order of the codes, and which of two that exclude each other stays."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import Suggestion
from cleanclaim.encoder.candidates.codebook import CodeBook
from cleanclaim.encoder.candidates.gather import Gathered

_AFTER: Final = (
    # (code, the code that the book orders before it): code first, use additional code
    (re.compile(r"^I50"), re.compile(r"^I11|^I13")), (re.compile(r"^N18"), re.compile(r"^I12|^I13|^E1[01]\.22")), (re.compile(r"^L97"), re.compile(r"^E1[01]\.62|^I83")),
    (re.compile(r"^B9[5-7]"), re.compile(r"^[A-AN-NJ-L]")), (re.compile(r"^Z79|^Z23"), re.compile(r"^[A-Y]|^Z0")), (re.compile(r"^Z8[56]\.0?"), re.compile(r"^Z08")),
)  # fmt: skip
_VISIT: Final = re.compile(r"^Z(?:0[0-9]|1[0-3]|2[0349]|3[0-9]|4[0-9]|5[0-3])")
_LATE: Final = re.compile(r"^(?:Z[6-9]|[V-Y])")


def in_order(diagnoses: list[Suggestion], gathered: Gathered, book: CodeBook) -> list[Suggestion]:
    """Return the diagnoses with the reason for the visit first and every "use additional code" behind its code (guidelines I.A.13, I.A.17, IV.G)."""
    del book
    place: dict[str, tuple[int, int]] = {}
    for item in diagnoses:
        candidate = gathered.by_code[item.code]
        number = min((problem.number for problem in candidate.problems), default=50)
        if _VISIT.match(item.code) and number <= 1:
            number = -1
        place[item.code] = (
            number + (100 if _LATE.match(item.code) and number > 1 else 0),
            min((mention.start for mention in candidate.mentions), default=0),
        )
    for code in place:
        for later, earlier in _AFTER:
            if later.match(code):
                leads = [place[other][0] for other in place if other != code and earlier.match(other)]
                if leads and place[code][0] <= min(leads):
                    place[code] = (min(leads), place[code][1] + 1_000_000)
    return sorted(diagnoses, key=lambda item: (place[item.code], -item.confidence, item.code))


def resolve_excludes(found: list[Suggestion], gathered: Gathered) -> list[Suggestion | None]:
    """Of two codes that an Excludes1 note keeps apart the surer one stays (guideline I.A.12.a)."""
    kept: list[Suggestion] = []
    for item in sorted(found, key=lambda one: (-one.confidence, one.code)):
        conflict = next((other for other in kept if gathered.book.excludes1(item.code, other.code) is not None), None)
        if conflict is not None and item.band != "ready":
            gathered.by_code[item.code].why_not = f"An Excludes1 note keeps it apart from {conflict.code} (guideline I.A.12.a)."
            continue
        if conflict is not None:
            item = item._replace(
                reasons=(*item.reasons, f"Look: an Excludes1 note stands between it and {conflict.code} (guideline I.A.12.a)."),
                band="look",
            )
        kept.append(item)
    return list(kept)
