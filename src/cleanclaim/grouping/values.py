"""What is grouped, and what the groupers answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cleanclaim.kernel.errors import CleanclaimError


class GrouperAbsent(CleanclaimError):
    """The site has not installed the grouper that was asked for."""


class CodedDiagnosis(NamedTuple):
    """A diagnosis of an inpatient stay; `poa` is Y, N, U, W or 1, blank where it was not reported."""

    code: str
    poa: str = ""


class Stay(NamedTuple):
    """An inpatient stay as the MS-DRG grouper and the Medicare Code Editor need it; `discharge_status` is the UB-04 patient status."""

    principal: CodedDiagnosis
    secondary: tuple[CodedDiagnosis, ...]
    procedures: tuple[str, ...]
    age: int
    sex: str
    discharge_status: str
    discharged_on: date
    admitting: str = ""


class SecondaryDiagnosis(NamedTuple):
    """How a secondary diagnosis counted: `level` MCC, CC or blank; `counts` whether it moved the group."""

    code: str
    level: str
    counts: bool


class DrgResult(NamedTuple):
    """The group of a stay. `weight` is None where the year's table 5 is not loaded: then no payment may be computed from it."""

    drg: str
    title: str
    mdc: str
    mdc_title: str
    severity: str
    grouper: str
    return_code: str
    secondary: tuple[SecondaryDiagnosis, ...] = ()
    weight: Decimal | None = None
    weight_note: str = ""

    @property
    def is_grouped(self) -> bool:
        """Whether the stay fell into a group; 998 and 999 are the groups of claims that cannot be grouped."""
        return self.return_code == "OK" and self.drg not in {"000", "998", "999"}


class EditorFinding(NamedTuple):
    """One edit of the Medicare Code Editor: its name, how often it fired, and on what kind of code."""

    name: str
    times: int
    on: str


class Enrollee(NamedTuple):
    """What risk adjustment needs of a person: age on February 1 of the payment year, sex, dual status and reason of entitlement."""

    age: int
    sex: str
    dual_status: str = "00"
    original_reason: str = "0"
    current_reason: str = "0"
    new_enrollee: bool = False
    institutional: bool = False


class HccCategory(NamedTuple):
    """One payment category with the diagnoses that gave it and its coefficient (None where the hierarchy drops it)."""

    hcc: str
    label: str
    diagnoses: tuple[str, ...]
    coefficient: Decimal | None


class HccResult(NamedTuple):
    """A risk score with its parts; `release` says which mapping and coefficients were used."""

    model: str
    score: Decimal
    demographic: Decimal
    categories: tuple[HccCategory, ...]
    interactions: tuple[tuple[str, Decimal], ...]
    release: str


class CodeEffect(NamedTuple):
    """What a code does to payment: its categories by model, and its level as a secondary diagnosis of an inpatient stay."""

    hccs: tuple[tuple[str, str, str], ...]
    drg_level: str
    note: str
