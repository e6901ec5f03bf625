"""What a learner hands in: read from where it stands in the sandbox, or from the answer sheet; and its marks against the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.training import exercises, marking_codes, rules
from cleanclaim.practice.training.models import Attempt

Work = dict[str, Any]


def read(attempt: Attempt, sheet: Mapping[str, str]) -> Work:
    """Return the work of an attempt as it is kept with it."""
    return _READERS[exercises.exercise(attempt.exercise).kind](attempt, sheet)


def items(slug: str, work: Work) -> tuple[rules.Item, ...]:
    """Mark work against the key of its exercise."""
    return _MARKERS[exercises.exercise(slug).kind](exercises.key(slug), work)


def _codes(attempt: Attempt, _sheet: Mapping[str, str]) -> Work:
    encounter = coding.encounter_for_desk(attempt.sandbox_id, attempt.material["encounter"])
    standing = coding.confirmed(attempt.sandbox_id, encounter)
    codes = [row.code for row in standing.diagnoses]
    services = [
        {"code": row.code, "modifiers": list(row.modifiers), "units": f"{row.units:f}",
         "diagnoses": [codes[place - 1] for place in row.pointers if place <= len(codes)]}
        for row in standing.procedures
    ]  # fmt: skip
    return {"diagnoses": codes, "services": services}


def _mark_codes(key: dict[str, Any], work: Work) -> tuple[rules.Item, ...]:
    return marking_codes.mark_codes(marking_codes.work_from(work), marking_codes.key_from(key))


_READERS: Final[dict[str, Callable[[Attempt, Mapping[str, str]], Work]]] = {"coding": _codes}
_MARKERS: Final[dict[str, Callable[[dict[str, Any], Work], tuple[rules.Item, ...]]]] = {"coding": _mark_codes}
