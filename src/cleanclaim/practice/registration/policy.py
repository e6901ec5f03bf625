"""Who registers, who merges, who opens a restricted chart."""

from __future__ import annotations

from typing import Final

from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.people.policy import may, require

REGISTERS: Final = ("front_desk", "biller", "manager")
MERGES: Final = ("front_desk", "manager")
UNMERGES: Final = ("manager",)
SEES_PATIENTS: Final = ("front_desk", "biller", "provider", "manager", "auditor")
"""Coders have no dealings with patients: their desk shows age, sex and the record, not the person."""


def require_registrar(by: Actor) -> None:
    """Raise NotAllowed unless the actor may register and change patients and coverages."""
    require(by, *REGISTERS)


def may_see_patients(by: Actor) -> bool:
    """Tell whether the actor's work is with patients by name."""
    return may(by, *SEES_PATIENTS)
