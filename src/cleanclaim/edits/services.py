"""Edits of what was done: evaluation visits beside procedures, places of service, preventive ages, add-on order, timely filing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from cleanclaim.documents import ServiceLine
from cleanclaim.edits.identity import MEDICARE
from cleanclaim.edits.registry import PROFESSIONAL, Case, Hit, at_line, rule
from cleanclaim.kernel.dates import add_months, age_on
from cleanclaim.kernel.findings import Severity

OFFICE_VISITS: Final = frozenset(str(number) for number in (*range(99202, 99206), *range(99211, 99216)))
NEW_PATIENT_VISITS: Final = frozenset({"99202", "99203", "99204", "99205", *(str(n) for n in range(99381, 99388))})
PREVENTIVE_VISITS: Final = frozenset(str(number) for number in (*range(99381, 99388), *range(99391, 99398)))
HOSPITAL_VISITS: Final = frozenset(str(number) for number in (*range(99221, 99224), *range(99231, 99240)))
EMERGENCY_VISITS: Final = frozenset(str(number) for number in range(99281, 99286))
NURSING_VISITS: Final = frozenset(str(number) for number in (*range(99304, 99311), 99315, 99316))
HOME_VISITS: Final = frozenset({"99341", "99342", "99344", "99345", "99347", "99348", "99349", "99350"})
VISITS: Final = OFFICE_VISITS | PREVENTIVE_VISITS | HOSPITAL_VISITS | EMERGENCY_VISITS | NURSING_VISITS | HOME_VISITS

INJECTIONS_AND_VACCINATIONS: Final = frozenset(
    str(n) for n in (*range(90460, 90462), *range(90471, 90475), *range(96360, 96362), *range(96365, 96380)) if n != 96361
)  # the acts of giving, NCCI Policy Manual ch. XI
NOT_SURGERY: Final = frozenset(
    {"36415", "36416", "36591", "36592"}
)  # drawing blood is no procedure beside which a visit needs modifier 25
_PREVENTIVE_AGES: Final = {  # the ages that the numbers themselves are split by: first and last whole year
    "1": (0, 0), "2": (1, 4), "3": (5, 11), "4": (12, 17), "5": (18, 39), "6": (40, 64), "7": (65, 150),
}  # fmt: skip
_PLACES_FOR: Final = (
    (EMERGENCY_VISITS, frozenset({"23"}), "an emergency department visit", "23"),
    (HOSPITAL_VISITS, frozenset({"19", "21", "22", "23", "51", "52", "61", "02", "10", "31"}), "a hospital visit", "21 or 22"),
    (NURSING_VISITS, frozenset({"31", "32", "54", "56", "02", "10"}), "a nursing facility visit", "31 or 32"),
    (HOME_VISITS, frozenset({"04", "12", "13", "14", "16", "33", "55", "02", "10"}), "a home or residence visit", "12"),
)
_NOT_FOR_OFFICE_VISITS: Final = frozenset({"21", "23", "31", "41", "42", "51", "61"})


def is_surgery(procedure: str) -> bool:
    """Tell whether a number stands in the surgery section (10004 to 69990) and is a procedure in NCCI's sense."""
    return (
        len(procedure) == 5
        and procedure.isascii()
        and procedure.isdigit()
        and "10004" <= procedure <= "69990"
        and procedure not in NOT_SURGERY
    )


@rule(
    "VISIT_WITHOUT_25",
    Severity.STOP,
    "NCCI Policy Manual, ch. I (D) and ch. XI (B): a significant, separately identifiable visit carries modifier 25",
    kinds=PROFESSIONAL,
    effective=date(2013, 1, 1),
)
def visit_without_25(case: Case) -> Iterator[Hit]:
    """A visit on the day of a procedure, an injection or a vaccination needs modifier 25 (or 57 for the decision for major surgery)."""
    for line in case.claim.lines:
        if line.procedure not in OFFICE_VISITS | PREVENTIVE_VISITS or {"25", "57", "24"} & set(line.modifiers):
            continue
        for other in case.claim.lines:
            same_day = case.day_of(other) == case.day_of(line)
            if same_day and (is_surgery(other.procedure) or other.procedure in INJECTIONS_AND_VACCINATIONS):
                yield Hit(
                    at_line(line),
                    f"{line.procedure} stands beside {other.procedure} on the same day without modifier 25. Add 25 when the note shows a "
                    "visit of its own; otherwise take the visit off.",
                )
                break


@rule(
    "VISIT_TWICE",
    Severity.STOP,
    "One visit a day by one clinician; Medicare Claims Processing Manual, ch. 12, 30.6.5",
    kinds=PROFESSIONAL,
)
def visit_twice(case: Case) -> Iterator[Hit]:
    """One clinician bills one office visit a patient and day; a preventive and a problem visit may stand together."""
    seen: dict[tuple[date, str], ServiceLine] = {}
    for line in case.claim.lines:
        if line.procedure not in OFFICE_VISITS:
            continue
        rendering = next((party.id for party in line.providers if party.entity == "82"), "")
        first = seen.setdefault((case.day_of(line), rendering), line)
        if first is not line and not {"25", "27", "77"} & set(line.modifiers):
            yield Hit(
                at_line(line),
                f"Line {first.number} and line {line.number} are both office visits of {case.day_of(line)}. Keep the one that the note supports.",
            )


@rule(
    "NEW_PATIENT_SEEN_BEFORE",
    Severity.STOP,
    "CPT: a new patient was not seen in the practice within three years; Claims Processing Manual, ch. 12, 30.6.7",
    kinds=PROFESSIONAL,
)
def new_patient_seen_before(case: Case) -> Iterator[Hit]:
    """A patient seen here within three years is not new."""
    for line in case.claim.lines:
        if line.procedure not in NEW_PATIENT_VISITS:
            continue
        day = case.day_of(line)
        if day.year < 4:
            continue
        earlier = [
            past.served_on for past in case.history if add_months(day, -36) < past.served_on < day and past.procedure in VISITS
        ]
        if earlier:
            yield Hit(
                at_line(line),
                f"{line.procedure} is for new patients, but the patient was seen here on {max(earlier)}. Use the established number.",
            )


@rule("PREVENTIVE_AGE", Severity.STOP, "The preventive visit numbers are divided by age", kinds=PROFESSIONAL)
def preventive_age(case: Case) -> Iterator[Hit]:
    """A preventive visit's number fits the patient's age."""
    patient = case.claim.patient or case.claim.subscriber.party
    if patient.born_on is None:
        return
    for line in case.claim.lines:
        if line.procedure in PREVENTIVE_VISITS:
            first, last = _PREVENTIVE_AGES[line.procedure[4]]
            age = age_on(patient.born_on, case.day_of(line))
            if not first <= age <= last:
                yield Hit(at_line(line), f"{line.procedure} is for ages {first} to {last}; the patient was {age}.")


@rule("POS_MISSING", Severity.STOP, "005010X222A1 CLM05-1 and SV105", kinds=PROFESSIONAL)
def pos_missing(case: Case) -> Iterator[Hit]:
    """Each professional service has a place."""
    if case.claim.facility_code.strip():
        return
    for line in case.claim.lines:
        if not line.place_of_service.strip():
            yield Hit(at_line(line), f"Line {line.number} has no place of service.")


@rule(
    "POS_DOES_NOT_FIT",
    Severity.STOP,
    "The visit families are divided by where the visit is; CMS place of service code set",
    kinds=PROFESSIONAL,
)
def pos_does_not_fit(case: Case) -> Iterator[Hit]:
    """A visit's number fits the place where it was."""
    for line in case.claim.lines:
        place = line.place_of_service or case.claim.facility_code
        if not place:
            continue
        for visits, places, name, usual in _PLACES_FOR:
            if line.procedure in visits and place not in places:
                yield Hit(at_line(line), f"{line.procedure} is {name}, but the place of service is {place}. It is mostly {usual}.")
        if line.procedure in OFFICE_VISITS and place in _NOT_FOR_OFFICE_VISITS:
            yield Hit(at_line(line), f"{line.procedure} is an office or outpatient visit, but the place of service is {place}.")


@rule(
    "TELEHEALTH_MODIFIER",
    Severity.WARN,
    "Place of service 02 and 10; most payers ask for modifier 95, 93 for sound only",
    kinds=PROFESSIONAL,
)
def telehealth_modifier(case: Case) -> Iterator[Hit]:
    """A telehealth modifier and a telehealth place go together."""
    for line in case.claim.lines:
        place = line.place_of_service or case.claim.facility_code
        if {"95", "93"} & set(line.modifiers) and place not in {"02", "10"} and case.claim.subscriber.claim_filing not in MEDICARE:
            yield Hit(
                at_line(line),
                f"Line {line.number} carries a telehealth modifier, but the place of service is {place or 'missing'}, not 02 or 10.",
            )


@rule("VACCINE_WITHOUT_GIVING", Severity.WARN, "A vaccine and its administration are billed together", kinds=PROFESSIONAL)
def vaccine_without_giving(case: Case) -> Iterator[Hit]:
    """A vaccine product stands beside the act of giving it, and the other way round."""
    codes = {line.procedure for line in case.claim.lines}
    gives = codes & {
        "90460",
        "90461",
        "90471",
        "90472",
        "90473",
        "90474",
        "90480",
        "96380",
        "96381",
        "G0008",
        "G0009",
        "G0010",
        "M0201",
    }
    products = {code for code in codes if re.fullmatch(r"90(38[01]|6[2-9]\d|7[0-4]\d|75[01])|913\d\d", code)}
    if products and not gives:
        yield Hit("claim", f"{min(products)} is a vaccine, but nothing says that it was given. Add the administration.")
    if gives and not products:
        yield Hit("claim", f"{min(gives)} gives a vaccine, but no vaccine stands on the claim.")


@rule(
    "ADD_ON_WITHOUT_PRIMARY",
    Severity.STOP,
    "NCCI add-on code edits: an add-on is not paid without its primary",
    kinds=PROFESSIONAL,
    effective=date(2013, 4, 1),
)
def add_on_without_primary(case: Case) -> Iterator[Hit]:
    """An add-on number stands beside one of its primaries on the same day."""
    for line in case.claim.lines:
        primaries = _primaries(case, line)
        if primaries and not any(
            case.day_of(other) == case.day_of(line) and other.procedure in primaries
            for other in case.claim.lines
            if other is not line
        ):
            says = f"{line.procedure} is an add-on and stands without its primary ({', '.join(sorted(primaries)[:4])})."
            yield Hit(at_line(line), says)


def _primaries(case: Case, line: ServiceLine) -> frozenset[str]:
    """The numbers that an add-on may stand beside: by the imported NCCI table where there is one, else by the short list below."""
    imported = case.store.addon(line.procedure, case.day_of(line)) if case.store is not None and line.procedure else None
    return frozenset(imported.primaries) if imported is not None else _ADD_ONS.get(line.procedure, frozenset())


_ADD_ONS: Final[dict[str, frozenset[str]]] = {
    "90461": frozenset({"90460"}),
    "90472": frozenset({"90471", "90473", "90460"}),
    "90474": frozenset({"90471", "90473", "90460"}),
    "99417": frozenset({"99205", "99215", "99245", "99345", "99350", "99483"}),
    "G2211": frozenset(OFFICE_VISITS),
    "G2212": frozenset({"99205", "99215", "99483"}),
    "17003": frozenset({"17000"}),
    "11201": frozenset({"11200"}),
    "11103": frozenset({"11102", "11104", "11106"}),
    "96375": frozenset({"96365", "96374", "96409", "96413"}),
    "96366": frozenset({"96365"}),
    "96361": frozenset({"96360", "96365", "96374", "96409", "96413"}),
    "99498": frozenset({"99497"}),
}
"""The add-ons of family medicine with their primaries, from the published pairs; the whole NCCI table joins them once it is imported."""


@rule("TIMELY_FILING", Severity.STOP, "42 CFR 424.44 (Medicare: one calendar year); elsewhere the payer's own limit (CARC 29)")
def timely_filing(case: Case) -> Iterator[Hit]:
    """A claim reaches its payer before the filing limit; an original past it is refused, one near it is urgent."""
    if case.claim.frequency in {"7", "8"} or case.claim.delay_reason:
        return
    days = [line.served_to or line.served_on for line in case.claim.lines if line.served_on is not None]
    last_day = max((day for day in days if day is not None), default=None)
    if last_day is None or last_day.year > 9990:
        return
    if case.claim.subscriber.claim_filing in MEDICARE and case.claim.subscriber.sequence == "P":
        limit = add_months(last_day, 12)
    elif case.payer.timely_filing_days is not None:
        limit = last_day + timedelta(days=case.payer.timely_filing_days)
    else:
        return
    if case.on > limit:
        yield Hit(
            "claim",
            f"The payer took claims for {last_day} until {limit}. Send it with a delay reason and proof, or write it off with approval.",
        )
    elif (limit - case.on).days <= 15:
        yield Hit("claim", f"The payer takes this claim until {limit}: {(limit - case.on).days} days are left.", Severity.WARN)


@rule("AUTHORIZATION_MISSING", Severity.STOP, "005010X222A1 REF*G1; the payer's list", kinds=PROFESSIONAL)
def authorization_missing(case: Case) -> Iterator[Hit]:
    """A service for which the payer asks authorisation carries its number."""
    for line in case.claim.lines:
        if line.procedure in case.payer.needs_prior_authorization and not (
            line.prior_authorization or case.claim.prior_authorization
        ):
            yield Hit(at_line(line), f"The payer asks for prior authorisation of {line.procedure}, but the claim has no number.")
