"""The coding desk: what a coder may confirm, which diagnosis each service points to, when a visit is coded. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from cleanclaim.documents import Suggestion
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.kernel.money import Rate

MAX_POINTERS: Final = 4
"""A service line points to at most four diagnoses (005010X222A1 loop 2400 SV107)."""
MAX_DIAGNOSES: Final = 12
"""A professional claim carries at most twelve diagnoses (005010X222A1 loop 2300 HI)."""
MOST_UNITS: Final = 99_999
"""More than any service of one line comes to."""
DIAGNOSIS_SYSTEMS: Final = frozenset({"icd10cm"})
SYSTEMS: Final = frozenset({"icd10cm", "icd10pcs", "cpt", "hcpcs"})
ORIGINS: Final = ("suggested", "typed", "favourite", "carried")


class DeskDiagnosis(NamedTuple):
    """A diagnosis on the desk, with its dot. `present_on_admission` is Y, N, U, W, 1 or empty."""

    code: str
    present_on_admission: str = ""
    origin: str = "typed"
    confidence: float | None = None


class DeskProcedure(NamedTuple):
    """A service on the desk. `pointers` are 1-based places among the diagnoses; empty asks for a proposal."""

    system: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: Rate = Rate(1)
    pointers: tuple[int, ...] = ()
    origin: str = "typed"
    confidence: float | None = None
    served_on: date | None = None
    national_drug_code: str = ""
    drug_unit: str = ""
    drug_quantity: Rate | None = None


class DeskCodes(NamedTuple):
    """What a coder confirms in one go: the whole list of the visit, first-listed diagnosis first."""

    diagnoses: tuple[DeskDiagnosis, ...]
    procedures: tuple[DeskProcedure, ...] = ()


def with_dot(code: str) -> str:
    """Write an ICD-10-CM code with its dot, however it was typed."""
    bare = re.sub(r"[.\s]", "", code).upper()
    return bare if len(bare) <= 3 else f"{bare[:3]}.{bare[3:]}"


def without_dot(code: str) -> str:
    """Write an ICD-10-CM code as a claim carries it."""
    return code.replace(".", "").strip().upper()


def system_of(code: str) -> str:
    """Tell which system a procedure number belongs to by its shape: five digits (or four and F, T, U, M) CPT, letter and four digits HCPCS."""
    bare = code.strip().upper()
    if re.fullmatch(r"[0-9]{4}[0-9FTUM]", bare):
        return "cpt"
    if re.fullmatch(r"[A-V][0-9]{4}", bare):
        return "hcpcs"
    if re.fullmatch(r"[0-9A-HJ-NP-Z]{7}", bare):
        return "icd10pcs"
    return ""


def tidy(codes: DeskCodes) -> DeskCodes:
    """Bring what was typed into one form: dots, capitals, the system by its shape, pointers proposed where none were given."""
    diagnoses = tuple(item._replace(code=with_dot(item.code)) for item in codes.diagnoses)
    procedures = []
    for item in codes.procedures:
        code = item.code.strip().upper()
        pointers = item.pointers or propose_pointers(code, tuple(diagnosis.code for diagnosis in diagnoses))
        modifiers = tuple(modifier.strip().upper() for modifier in item.modifiers if modifier.strip())
        procedures.append(item._replace(code=code, system=item.system or system_of(code), modifiers=modifiers, pointers=pointers))
    return DeskCodes(diagnoses, tuple(procedures))


def propose_pointers(procedure: str, diagnoses: tuple[str, ...]) -> tuple[int, ...]:
    """Propose the diagnoses that a service points to; the coder decides.

    A vaccine and its administration point to Z23; a preventive visit to its Z00-Z01 code; another visit to every other diagnosis, up to
    four; anything else to the first-listed diagnosis.
    """
    if not diagnoses:
        return ()
    places = dict(enumerate(diagnoses, 1))
    if _is_immunisation(procedure):
        shots = tuple(place for place, code in places.items() if code == "Z23")
        return shots[:1] or (1,)
    if re.fullmatch(r"993[89][0-9]|G043[89]|G0402", procedure):
        routine = tuple(place for place, code in places.items() if code[:3] in {"Z00", "Z01", "Z02"})
        return routine[:1] or (1,)
    if re.fullmatch(r"99[2-4][0-9]{2}", procedure):
        treated = tuple(place for place, code in places.items() if code != "Z23")
        return treated[:MAX_POINTERS] or (1,)
    return (1,)


def _is_immunisation(code: str) -> bool:
    if code in {"G0008", "G0009", "G0010"} or (len(code) == 5 and "Q2034" <= code <= "Q2039"):
        return True
    return code.isdigit() and len(code) == 5 and (90460 <= int(code) <= 90474 or 90476 <= int(code) <= 90759)


def check_codes(codes: DeskCodes, *, is_in_force: Callable[[str, str], bool | None], served_on: date) -> tuple[Finding, ...]:
    """Say what is wrong with the codes of a visit. `is_in_force(system, code)` answers for the day of service; None means not known here."""
    found = [*_check_diagnoses(codes, is_in_force, served_on), *_check_procedures(codes, is_in_force, served_on)]
    return tuple(found)


def _check_diagnoses(codes: DeskCodes, is_in_force: Callable[[str, str], bool | None], served_on: date) -> list[Finding]:
    found = []
    seen: set[str] = set()
    for place, item in enumerate(codes.diagnoses, 1):
        where = f"diagnosis {place}"
        if item.code in seen:
            found.append(Finding("DIAGNOSIS_TWICE", Severity.STOP, where, f"{item.code} is listed twice."))
        seen.add(item.code)
        if is_in_force("icd10cm", item.code) is False:
            says = f"{item.code} is no billable code on {served_on.isoformat()}."
            found.append(
                Finding(
                    "DIAGNOSIS_NOT_IN_FORCE", Severity.STOP, where, says, source="ICD-10-CM, code in force on the date of service"
                )
            )
        if item.present_on_admission and item.present_on_admission not in "YNUW1":
            found.append(Finding("POA_UNKNOWN", Severity.STOP, where, "Present on admission is Y, N, U, W or 1."))
    if len(codes.diagnoses) > MAX_DIAGNOSES:
        found.append(Finding("DIAGNOSES_OVER_12", Severity.WARN, "diagnoses",
                             "A professional claim carries twelve diagnoses: the others stay in the record only."))  # fmt: skip
    return found


def _check_procedures(codes: DeskCodes, is_in_force: Callable[[str, str], bool | None], served_on: date) -> list[Finding]:
    found = []
    for place, item in enumerate(codes.procedures, 1):
        where = f"line {place}"
        if item.system not in SYSTEMS - DIAGNOSIS_SYSTEMS:
            found.append(
                Finding("PROCEDURE_SHAPE", Severity.STOP, where, f"{item.code} does not have the shape of a procedure code.")
            )
        elif is_in_force(item.system, item.code) is False:
            says = f"{item.code} is no code in force on {served_on.isoformat()}."
            found.append(Finding("PROCEDURE_NOT_IN_FORCE", Severity.STOP, where, says))
        if not item.units.is_finite() or item.units <= 0:
            found.append(Finding("UNITS_MISSING", Severity.STOP, where, "The units are more than zero."))
        elif item.units > MOST_UNITS:
            found.append(Finding("UNITS_TOO_MANY", Severity.STOP, where, f"A line carries at most {MOST_UNITS:,} units."))
        if len(item.modifiers) > 4:
            found.append(Finding("MODIFIERS_OVER_4", Severity.STOP, where, "A line carries at most four modifiers."))
        found += [Finding("MODIFIER_SHAPE", Severity.STOP, where, "A modifier is two letters or digits.")
                  for modifier in item.modifiers if not re.fullmatch(r"[0-9A-Z]{2}", modifier)]  # fmt: skip
        if len(set(item.modifiers)) != len(item.modifiers):
            found.append(Finding("MODIFIER_TWICE", Severity.STOP, where, "A modifier is listed twice."))
        if len(item.pointers) > MAX_POINTERS:
            found.append(Finding("POINTERS_OVER_4", Severity.STOP, where, "A line points to at most four diagnoses."))
        if any(not 1 <= pointer <= min(len(codes.diagnoses), MAX_DIAGNOSES) for pointer in item.pointers):
            found.append(Finding("POINTER_NOWHERE", Severity.STOP, where, "The line points to a diagnosis that is not listed."))
    return found


class Readiness(NamedTuple):
    """What finalising depends on, beside the codes: whether the note is signed, what is still open at the desk."""

    state: str
    is_note_signed: bool
    open_queries: int = 0
    undecided_ready: int = 0


def check_ready(codes: DeskCodes, readiness: Readiness) -> tuple[Finding, ...]:
    """Say what keeps a visit from being finalised: an unsigned note, no diagnosis, a line without pointer, an open query."""
    found = []
    if not readiness.is_note_signed:
        found.append(Finding("NOTE_UNSIGNED", Severity.STOP, "note", "The note is not signed."))
    if not codes.diagnoses:
        found.append(Finding("DIAGNOSIS_MISSING", Severity.STOP, "diagnoses", "The visit has no diagnosis."))
    if not codes.procedures:
        found.append(Finding("PROCEDURE_MISSING", Severity.WARN, "lines", "The visit has no service: nothing will be charged."))
    found += [Finding("POINTER_MISSING", Severity.STOP, f"line {place}", "The line points to no diagnosis.")
              for place, item in enumerate(codes.procedures, 1) if not item.pointers]  # fmt: skip
    if readiness.open_queries:
        found.append(
            Finding(
                "QUERY_OPEN",
                Severity.STOP,
                "query",
                "A question to the provider is still open: wait for the answer or withdraw it.",
            )
        )
    if readiness.undecided_ready:
        found.append(
            Finding("SUGGESTIONS_LEFT", Severity.INFO, "suggestions", f"{readiness.undecided_ready} suggestions are undecided.")
        )
    return tuple(found)


def accept_ready(suggestions: tuple[Suggestion, ...], *, bands: frozenset[str] = frozenset({"ready"})) -> DeskCodes:
    """Take over the suggestions of the given bands, in the encoder's order, as a coder's one-key confirmation does."""
    taken = [item for item in suggestions if item.band in bands]
    diagnoses = tuple(
        DeskDiagnosis(item.code, origin="suggested", confidence=item.confidence)
        for item in taken
        if item.system in DIAGNOSIS_SYSTEMS
    )
    procedures = tuple(
        DeskProcedure(item.system, item.code, item.modifiers, Rate(item.units), origin="suggested", confidence=item.confidence)
        for item in taken if item.system not in DIAGNOSIS_SYSTEMS
    )  # fmt: skip
    return tidy(DeskCodes(diagnoses, procedures))


class Decision(NamedTuple):
    """What a coder's list says about one code: accepted (suggested and confirmed), rejected (suggested, left out) or added (by the coder)."""

    system: str
    code: str
    decision: str
    band: str = ""
    confidence: float | None = None


def decisions(suggestions: tuple[Suggestion, ...], codes: DeskCodes) -> tuple[Decision, ...]:
    """Compare what the encoder suggested with what the coder confirmed. Hints that were left out are no rejection: they were only hints."""
    chosen = {("icd10cm", item.code) for item in codes.diagnoses} | {(item.system, item.code) for item in codes.procedures}
    made = []
    suggested = set()
    for item in suggestions:
        key = (item.system, with_dot(item.code) if item.system in DIAGNOSIS_SYSTEMS else item.code)
        if key in suggested:
            continue
        suggested.add(key)
        if key in chosen:
            made.append(Decision(*key, "accepted", item.band, item.confidence))
        elif item.band != "hint":
            made.append(Decision(*key, "rejected", item.band, item.confidence))
    made += [Decision(*key, "added") for key in sorted(chosen - suggested)]
    return tuple(made)


def thousandths(quantity: Rate) -> int:
    """Return a quantity in whole thousandths, as tables keep it. Raises InvalidValue for one that is finer than a thousandth."""
    if not quantity.is_finite() or abs(quantity) > MOST_UNITS:
        raise InvalidValue(f"A quantity is a number of at most {MOST_UNITS:,}.")
    scaled = quantity * 1000
    if scaled != scaled.to_integral_value() or scaled <= 0:
        raise InvalidValue("A quantity is more than zero and has at most three decimals.")
    return int(scaled)


def from_thousandths(count: int) -> Rate:
    """Return the quantity that a table keeps in thousandths, without needless zeros: 1, 1.5."""
    quantity = Rate(count) / 1000
    return quantity.quantize(Rate(1)) if count % 1000 == 0 else quantity.normalize()
