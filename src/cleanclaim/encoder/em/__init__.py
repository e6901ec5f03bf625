"""The level of an evaluation and management visit (2021 and later): problems, data, risk, or total time."""

from __future__ import annotations

from typing import Final

from cleanclaim.documents.coding import EmLevel
from cleanclaim.encoder.candidates.gather import Gathered
from cleanclaim.encoder.em.encounter import NO_ENCOUNTER, why_no_encounter
from cleanclaim.encoder.reading import Reading

__all__: Final = ["NO_ENCOUNTER", "level_of", "why_no_encounter"]


def level_of(reading: Reading, gathered: Gathered) -> EmLevel | None:
    """Return the level of medical decision making of a visit."""
    from cleanclaim.encoder.em.mdm import score

    return score(reading, gathered)
