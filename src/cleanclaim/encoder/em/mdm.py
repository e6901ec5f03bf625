"""Medical decision making by the 2021 and later E/M guidelines: the highest level that two of three elements reach."""

from __future__ import annotations

from typing import Final

from cleanclaim.documents.coding import EmLevel
from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.em.elements import data_of, problems_of, risk_of
from cleanclaim.encoder.patterns import any_case
from cleanclaim.encoder.reading import Reading

LEVELS: Final = ("straightforward", "low", "moderate", "high")


def score(reading: Reading, gathered: Gathered) -> EmLevel | None:
    """Return the level of decision making, each element with its reason."""
    if not reading.sentences:
        return None
    problems, data, risk = problems_of(reading, gathered), data_of(reading), risk_of(reading)
    level = sorted((problems.level, data.level, risk.level))[1]
    code = ("99202", "99203", "99204", "99205")[level] if reading.patient.is_new else ("99212", "99213", "99214", "99215")[level]
    return EmLevel(
        LEVELS[level], code, LEVELS[problems.level], LEVELS[data.level], LEVELS[risk.level],
        (f"Problems: {problems.reason}", f"Data: {data.reason}", f"Risk: {risk.reason}", "Two of three elements decide (E/M guidelines 2021)."),
    )  # fmt: skip


_TIME: Final = any_case(
    r"(?:total (?:\w+ ){0,3}time[^.\n]{0,80}?|(?:spent|time)[^.\n]{0,40}?)\b(\d{1,3}) ?(?:min\b|minutes)|\b(\d{1,3}) (?:min|minutes) (?:total|of total|was spent|were spent|spent)"
)


def total_minutes(reading: Reading) -> tuple[int, int, int] | None:
    """Return the total time that the note states for the visit, with its place."""
    for match in _TIME.finditer(reading.text):
        return int(match.group(1) or match.group(2)), match.start(), match.end()
    return None
