"""Edits of the claim's own arithmetic and shape: totals, pointers, limits, dates, frequency, duplicate lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cleanclaim.edits.registry import ALL_KINDS, PROFESSIONAL, Case, Hit, at_line, rule
from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.money import Money

_837P = "005010X222A1"
MOST_DIAGNOSES_PROFESSIONAL = 12  # HI of loop 2300 in an 837P: one ABK and eleven ABF
MOST_LINES_PROFESSIONAL = 50  # loop 2400 repeats 50 times in an 837P, 999 times in an 837I
REPEATABLE = frozenset({"76", "77", "91", "59", "XE", "XP", "XS", "XU", "RT", "LT", "E1", "E2", "E3", "E4", "GA", "GX", "GY", "GZ"}) | {
    f"{side}{digit}" for side in "FT" for digit in "123456789A"
}  # fmt: skip
"""Modifiers that say that the same service on the same day was another service, repeated, or at another site."""


@rule("NO_LINES", Severity.STOP, f"{_837P} loop 2400")
def no_lines(case: Case) -> Iterator[Hit]:
    """A claim has at least one service line."""
    if not case.claim.lines:
        yield Hit("claim", "The claim has no service line. Add the charges of the visit.")


@rule("TOTAL_MISMATCH", Severity.STOP, f"{_837P} CLM02")
def total_mismatch(case: Case) -> Iterator[Hit]:
    """The claim's charge is the sum of its lines."""
    total = sum(line.charge_cents for line in case.claim.lines)
    if case.claim.lines and total != case.claim.charge_cents:
        yield Hit(
            "claim", f"The claim charges {Money(case.claim.charge_cents):$}, its lines add up to {Money(total):$}. Make them agree."
        )


@rule("CHARGE_ZERO", Severity.WARN, f"{_837P} SV102")
def charge_zero(case: Case) -> Iterator[Hit]:
    """A line without a charge is seldom meant; a negative one cannot be."""
    for line in case.claim.lines:
        if line.charge_cents < 0:
            yield Hit(at_line(line), f"Line {line.number} has a negative charge. A claim line charges zero or more.", Severity.STOP)
        elif line.charge_cents == 0 and not line.procedure.endswith("F"):  # category II numbers report quality at no charge
            yield Hit(at_line(line), f"Line {line.number} charges nothing. Price it, or leave it off the claim.")


@rule("UNITS_NOT_POSITIVE", Severity.STOP, f"{_837P} SV104")
def units_not_positive(case: Case) -> Iterator[Hit]:
    """A line reports at least some quantity."""
    for line in case.claim.lines:
        if line.quantity.is_nan() or line.quantity <= 0:
            yield Hit(at_line(line), f"Line {line.number} has no units. Enter how many units were done.")


@rule("LINE_NUMBER_TWICE", Severity.STOP, f"{_837P} LX01")
def line_number_twice(case: Case) -> Iterator[Hit]:
    """Each line has its own number, so that an answer finds its line."""
    for number, times in Counter(line.number for line in case.claim.lines).items():
        if times > 1:
            yield Hit(f"line {number}", f"{times} lines carry the number {number}. Number the lines one after another.")


@rule("LINES_OVER_LIMIT", Severity.STOP, f"{_837P} loop 2400, repeat 50", kinds=PROFESSIONAL)
def lines_over_limit(case: Case) -> Iterator[Hit]:
    """A professional claim carries at most fifty lines."""
    if len(case.claim.lines) > MOST_LINES_PROFESSIONAL:
        yield Hit("claim", f"The claim has {len(case.claim.lines)} lines; 50 is the most. Split it into several claims.")


@rule("DIAGNOSES_OVER_LIMIT", Severity.STOP, f"{_837P} HI, loop 2300", kinds=PROFESSIONAL)
def diagnoses_over_limit(case: Case) -> Iterator[Hit]:
    """A professional claim carries at most twelve diagnoses."""
    if len(case.claim.diagnoses) > MOST_DIAGNOSES_PROFESSIONAL:
        yield Hit(
            "diagnoses", f"The claim has {len(case.claim.diagnoses)} diagnoses; 12 is the most. Keep those that the lines point to."
        )


@rule("DIAGNOSIS_MISSING", Severity.STOP, f"{_837P} HI, loop 2300")
def diagnosis_missing(case: Case) -> Iterator[Hit]:
    """A claim says why the service was done."""
    if not case.claim.diagnoses:
        yield Hit("diagnoses", "The claim has no diagnosis. Code the reason for the visit.")


@rule("DIAGNOSIS_TWICE", Severity.STOP, f"{_837P} HI, loop 2300", kinds=PROFESSIONAL)
def diagnosis_twice(case: Case) -> Iterator[Hit]:
    """A diagnosis stands once on a claim."""
    for code, times in Counter(diagnosis.code for diagnosis in case.claim.diagnoses).items():
        if code and times > 1:
            yield Hit("diagnoses", f"Diagnosis {code} stands {times} times on the claim. Keep it once and point the lines to it.")


@rule("POINTER_MISSING", Severity.STOP, f"{_837P} SV107", kinds=PROFESSIONAL)
def pointer_missing(case: Case) -> Iterator[Hit]:
    """Each professional line points to the diagnosis that it was done for."""
    for line in case.claim.lines:
        if not line.pointers:
            yield Hit(at_line(line), f"Line {line.number} points to no diagnosis. Choose the one that it was done for.")


@rule("POINTER_BROKEN", Severity.STOP, f"{_837P} SV107", kinds=PROFESSIONAL)
def pointer_broken(case: Case) -> Iterator[Hit]:
    """A pointer leads to a diagnosis of the claim; a line has at most four, each once."""
    last = len(case.claim.diagnoses)
    for line in case.claim.lines:
        for pointer in line.pointers:
            if not 1 <= pointer <= last:
                yield Hit(
                    at_line(line), f"Line {line.number} points to diagnosis {pointer}; the claim has {last}. Choose one of them."
                )
        if len(line.pointers) > 4:
            yield Hit(at_line(line), f"Line {line.number} points to {len(line.pointers)} diagnoses; four is the most.")
        elif len(set(line.pointers)) < len(line.pointers):
            yield Hit(at_line(line), f"Line {line.number} points to one diagnosis twice.")


@rule("DIAGNOSIS_NOT_POINTED_TO", Severity.INFO, f"{_837P} SV107", kinds=PROFESSIONAL)
def diagnosis_not_pointed_to(case: Case) -> Iterator[Hit]:
    """A diagnosis that no line points to supports nothing."""
    used = {pointer for line in case.claim.lines for pointer in line.pointers}
    for place, diagnosis in enumerate(case.claim.diagnoses, start=1):
        if used and place not in used:
            yield Hit(f"diagnosis {place}", f"No line points to diagnosis {place} ({diagnosis.code}).")


@rule("PROCEDURE_MISSING", Severity.STOP, f"{_837P} SV101", kinds=PROFESSIONAL)
def procedure_missing(case: Case) -> Iterator[Hit]:
    """A professional line names its service."""
    for line in case.claim.lines:
        if not line.procedure:
            yield Hit(at_line(line), f"Line {line.number} has no procedure code.")


@rule("SERVICE_DATE_MISSING", Severity.STOP, f"{_837P} DTP*472", kinds=PROFESSIONAL)
def service_date_missing(case: Case) -> Iterator[Hit]:
    """Each professional line has its day of service."""
    for line in case.claim.lines:
        if line.served_on is None:
            yield Hit(at_line(line), f"Line {line.number} has no date of service.")


@rule("SERVICE_DATE_IN_FUTURE", Severity.STOP, "Claims are filed after the service; payers refuse a later date (277CA status 187)")
def service_date_in_future(case: Case) -> Iterator[Hit]:
    """A service is billed after it was done."""
    for line in case.claim.lines:
        if line.served_on is not None and line.served_on > case.on:
            yield Hit(
                at_line(line), f"Line {line.number} was served on {line.served_on}, after today ({case.on}). Correct the date."
            )


@rule("SERVICE_DATES_REVERSED", Severity.STOP, f"{_837P} DTP*472")
def service_dates_reversed(case: Case) -> Iterator[Hit]:
    """A range of service days starts before it ends."""
    for line in case.claim.lines:
        if line.served_on and line.served_to and line.served_to < line.served_on:
            yield Hit(at_line(line), f"Line {line.number} ends on {line.served_to}, before it starts on {line.served_on}.")


@rule("FREQUENCY_UNKNOWN", Severity.STOP, f"{_837P} CLM05-3")
def frequency_unknown(case: Case) -> Iterator[Hit]:
    """A professional claim is an original (1), a replacement (7) or a void (8)."""
    allowed = {"837P": "178", "837D": "178", "837I": "0123456789"}.get(case.claim.kind, "178")
    if len(case.claim.frequency) != 1 or (
        case.claim.frequency not in allowed and not (case.claim.kind == "837I" and case.claim.frequency.isalpha())
    ):
        yield Hit(
            "claim",
            f"The frequency code {case.claim.frequency or 'is missing; it'} must be 1 (original), 7 (replacement) or 8 (void).",
        )


@rule("FREQUENCY_WITHOUT_ICN", Severity.STOP, f"{_837P} REF*F8", kinds=ALL_KINDS)
def frequency_without_icn(case: Case) -> Iterator[Hit]:
    """A replacement or a void names the payer's number of the claim it replaces."""
    if case.claim.frequency in {"7", "8"} and not case.claim.payer_claim_control_number.strip():
        word = "replaces" if case.claim.frequency == "7" else "voids"
        yield Hit(
            "claim",
            f"The claim {word} an earlier one (frequency {case.claim.frequency}) but does not carry the payer's claim number. "
            "Take it from the remittance or the 277CA.",
        )


@rule("ICN_ON_ORIGINAL", Severity.WARN, f"{_837P} REF*F8")
def icn_on_original(case: Case) -> Iterator[Hit]:
    """An original claim carries no payer claim number; sent twice as an original it is denied as a duplicate."""
    if case.claim.frequency == "1" and case.claim.payer_claim_control_number.strip():
        yield Hit(
            "claim", "The claim carries the payer's claim number but says original (1). If it corrects a claim, use frequency 7."
        )


@rule("CONTROL_NUMBER_SHAPE", Severity.STOP, f"{_837P} CLM01")
def control_number_shape(case: Case) -> Iterator[Hit]:
    """The patient control number is there and short enough to come back whole (20 characters)."""
    number = case.claim.patient_control_number
    if not number.strip():
        yield Hit("claim", "The claim has no patient control number, so no answer would find it.")
    elif len(number) > 20:
        yield Hit("claim", f"The patient control number has {len(number)} characters; payers return the first 20 only.")


@rule("LINE_TWICE", Severity.WARN, "NCCI Policy Manual, ch. I; payers deny the second as CARC 18", kinds=PROFESSIONAL)
def line_twice(case: Case) -> Iterator[Hit]:
    """The same service on the same day stands once, with its units, unless a modifier says that it was another one."""
    seen: dict[tuple[object, ...], int] = {}
    for line in case.claim.lines:
        if not line.procedure or REPEATABLE & set(line.modifiers):
            continue
        key = (line.procedure, tuple(sorted(line.modifiers)), line.served_on, line.revenue_code, line.national_drug_code)
        if key in seen:
            yield Hit(
                at_line(line),
                f"Line {line.number} repeats line {seen[key]} ({line.procedure}). Report the units on one line, or add modifier 76, 77 or 91.",
            )
        else:
            seen[key] = line.number


@rule("SERVICE_ALREADY_BILLED", Severity.WARN, "CARC 18, exact duplicate of another claim", kinds=PROFESSIONAL)
def service_already_billed(case: Case) -> Iterator[Hit]:
    """A service of another claim of this patient on the same day is not billed again as an original."""
    if case.claim.frequency != "1":
        return
    billed = {
        (past.procedure, past.served_on, tuple(sorted(past.modifiers))): past.patient_control_number
        for past in case.history
        if past.patient_control_number != case.claim.patient_control_number
    }
    for line in case.claim.lines:
        other = billed.get((line.procedure, case.day_of(line), tuple(sorted(line.modifiers))))
        if other is not None and not REPEATABLE & set(line.modifiers):
            yield Hit(
                at_line(line),
                f"{line.procedure} on {case.day_of(line)} already stands on claim {other}. Send a replacement (7), or remove it.",
            )
