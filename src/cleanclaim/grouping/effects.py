"""What one code does to payment, for the code page."""

from __future__ import annotations

from datetime import date

from cleanclaim.codesets import CodePage, Store, bare, code_page
from cleanclaim.grouping import inpatient, risk
from cleanclaim.grouping.values import CodedDiagnosis, CodeEffect, GrouperAbsent, Stay
from cleanclaim.kernel.errors import CleanclaimError


def effect(store: Store, system: str, code: str, on: date) -> CodeEffect:
    """Return a diagnosis's risk categories and its CC or MCC level on a date; what is not installed is said in `note`."""
    if system != "icd10cm":
        return CodeEffect((), "", "")
    notes = []
    hccs: list[tuple[str, str, str]] = []
    year = min(max(on.year, min(risk.YEARS)), max(risk.YEARS))
    for model in ("V28", "V24"):
        try:
            hccs.extend((model, category, label) for category, label in risk.categories_of(code, model=model, payment_year=year))
        except GrouperAbsent as absent:
            notes.append(str(absent))
            break
    level, note = _level(store, code, on)
    if note:
        notes.append(note)
    return CodeEffect(tuple(hccs), level, " ".join(dict.fromkeys(notes)))


def _level(store: Store, code: str, on: date) -> tuple[str, str]:
    """Ask the imported table 6, else the grouper: the code beside a principal diagnosis that excludes none."""
    year = on.year + (on.month >= 10)
    row = store.query("SELECT level FROM complication WHERE code = ? AND year = ?", bare(code), year).fetchone()
    if row:
        return str(row[0]), ""
    stay = Stay(CodedDiagnosis("Z00.00"), (CodedDiagnosis(code, "Y"),), (), 45, "F", "01", on)
    try:
        found = inpatient.drg(stay)
    except CleanclaimError as wrong:
        return "", str(wrong)
    return next((s.level for s in found.secondary if bare(s.code) == bare(code)), ""), ""


def full_code_page(store: Store, system: str, code: str, on: date) -> tuple[CodePage, CodeEffect] | None:
    """Return the code page together with what the code does to payment."""
    page = code_page(store, system, code, on)
    return (page, effect(store, system, page.code.code, on)) if page else None
