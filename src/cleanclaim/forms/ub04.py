"""The UB-04 (CMS-1450) as a data print: an institutional claim's content by form locator, twenty-two lines a page."""

from __future__ import annotations

from typing import Final

from cleanclaim.documents import Claim, CodedFact, DateFact, ServiceLine
from cleanclaim.forms.cms1500 import dotted, person_name
from cleanclaim.forms.grid import Cell, draw_row, draw_table, heading
from cleanclaim.forms.page import Pen, address_lines, day
from cleanclaim.kernel.money import Money

LINES_A_PAGE: Final = 22


def ub04_pdf(claim: Claim) -> bytes:
    """Draw an institutional claim; further lines go on further pages, the total stands on the last (revenue code 0001)."""
    pen = Pen(
        f"UB-04 {claim.patient_control_number}",
        footer=f"UB-04 data print · {claim.patient_control_number} · a proof, not the printed form",
    )
    pages = [claim.lines[start : start + LINES_A_PAGE] for start in range(0, len(claim.lines), LINES_A_PAGE)] or [()]
    for number, lines in enumerate(pages, start=1):
        if number > 1:
            pen.new_page()
        heading(pen, "UB-04 (CMS-1450)", f"data print · page {number} of {len(pages)}")
        _head(pen, claim)
        _lines(pen, claim, lines, page=number, pages=len(pages))
        _payers(pen, claim)
        _codes(pen, claim)
    return pen.finish()


def _date(claim: Claim, qualifier: str) -> DateFact | None:
    return next((fact for fact in claim.dates if fact.qualifier == qualifier), None)


def _facts(claim: Claim, qualifier: str) -> list[CodedFact]:
    return [fact for fact in claim.coded_facts if fact.qualifier == qualifier]


def _head(pen: Pen, claim: Claim) -> None:
    patient = claim.patient or claim.subscriber.party
    billing = claim.billing
    period, admitted = _date(claim, "434"), _date(claim, "435")
    name = "\n".join((person_name(billing), *(line.upper() for line in address_lines(billing.address))))
    draw_row(pen, (
        Cell("1  billing provider", name, 2.2), Cell("3a  patient control no.", claim.patient_control_number, 1.2),
        Cell("4  type of bill", f"0{claim.type_of_bill}", 0.7), Cell("5  tax number", billing.tax_id, 0.9),
    ), height=44)  # fmt: skip
    dates = f"{day(period.first)} - {day(period.last or period.first)}" if period else ""
    draw_row(pen, (
        Cell("6  statement covers", dates, 1.4), Cell("8  patient", person_name(patient), 1.8),
        Cell("9  patient's address", ", ".join(address_lines(patient.address)).upper(), 2.4),
    ))  # fmt: skip
    draw_row(pen, (
        Cell("10  born", day(patient.born_on), 0.9), Cell("11  sex", patient.sex, 0.4), Cell("12  admitted", day(admitted.first) if admitted else "", 0.9),
        Cell("13  hour", admitted.time[:2] if admitted else "", 0.4), Cell("14  type", claim.admission_type, 0.4),
        Cell("15  source", claim.admission_source, 0.5), Cell("17  status", claim.discharge_status, 0.5),
        Cell("18-28  condition codes", " ".join(fact.code for fact in _facts(claim, "BG")), 2),
    ))  # fmt: skip
    occurrences = "  ".join(f"{fact.code} {day(fact.first)}" for fact in _facts(claim, "BH"))
    spans = "  ".join(f"{fact.code} {day(fact.first)}-{day(fact.last)}" for fact in _facts(claim, "BI"))
    values = "  ".join(f"{fact.code} {Money(fact.cents or 0)}" for fact in _facts(claim, "BE"))
    draw_row(pen, (Cell("31-34  occurrence codes", occurrences, 1), Cell("35-36  occurrence spans", spans, 1)), height=20)
    draw_row(pen, (Cell("39-41  value codes", values, 1),), height=20)


def _lines(pen: Pen, claim: Claim, lines: tuple[ServiceLine, ...], *, page: int, pages: int) -> None:
    columns = (
        ("42  revenue", 0.7), ("43  description", 1.9), ("44  HCPCS, rate", 1.2), ("45  date", 0.9), ("46  units", 0.7), ("47  charge", 1.0), ("48  not covered", 0.9),
    )  # fmt: skip
    rows = [
        (
            line.revenue_code.zfill(4) if line.revenue_code else "", line.description, " ".join((line.procedure, *line.modifiers)).strip(),
            day(line.served_on), f"{line.quantity:f}", f"{Money(line.charge_cents)}", f"{Money(line.non_covered_cents)}" if line.non_covered_cents else "",
        )
        for line in lines
    ]  # fmt: skip
    if page == pages:
        not_covered = sum(line.non_covered_cents or 0 for line in claim.lines)
        rows.append(
            (
                "0001",
                f"page {page} of {pages}",
                "total",
                "",
                "",
                f"{Money(claim.charge_cents)}",
                f"{Money(not_covered)}" if not_covered else "",
            )
        )
    draw_table(pen, columns, tuple(rows), least=LINES_A_PAGE + 1, height=13)


def _payers(pen: Pen, claim: Claim) -> None:
    coverages = sorted(
        [(claim.subscriber, None), *((other.subscriber, other.paid_cents) for other in claim.other_coverages)],
        key=lambda pair: "PST".find(pair[0].sequence),
    )
    columns = (("50  payer", 1.6), ("51  plan number", 0.9), ("52 rel", 0.3), ("53 asg", 0.3), ("54  paid before", 0.8), ("56  NPI", 0.9), ("58  insured", 1.4),
               ("59", 0.3), ("60  insured's number", 1.1), ("62  group no.", 0.9))  # fmt: skip
    rows = tuple(
        (
            subscriber.payer.last_name.upper(), subscriber.payer.id, claim.release_of_information, claim.benefits_assigned,
            f"{Money(paid)}" if paid is not None else "", claim.billing.id, person_name(subscriber.party), subscriber.relationship,
            subscriber.party.id, subscriber.group_number,
        )
        for subscriber, paid in coverages[:3]
    )  # fmt: skip
    draw_table(pen, columns, rows, least=3, height=14)
    draw_row(pen, (
        Cell("63  authorisation", claim.prior_authorization, 1.4), Cell("64  document control number", claim.payer_claim_control_number, 1.4),
        Cell("66", "0 (ICD-10)", 0.6),
    ), height=20)  # fmt: skip


def _codes(pen: Pen, claim: Claim) -> None:
    by_kind = {kind: [d for d in claim.diagnoses if d.qualifier == kind] for kind in ("ABK", "ABF", "ABJ", "APR", "ABN")}

    def shown(kind: str) -> str:
        return "  ".join(f"{dotted(found.code)}{'/' + found.poa if found.poa else ''}" for found in by_kind[kind])

    draw_row(pen, (Cell("67  principal", shown("ABK"), 0.8), Cell("67A-Q  other diagnoses", shown("ABF"), 3.4)), height=20)
    draw_row(pen, (
        Cell("69  admitting", shown("ABJ"), 0.8), Cell("70  reason for visit", shown("APR"), 1), Cell("71  PPS code", " ".join(f.code for f in _facts(claim, "DR")), 0.6),
        Cell("72  external cause", shown("ABN"), 1.2),
    ), height=20)  # fmt: skip
    procedures = [*_facts(claim, "BBR"), *_facts(claim, "BBQ")]
    draw_row(pen, (Cell("74  procedures and dates", "  ".join(f"{f.code} {day(f.first)}" for f in procedures), 1),), height=20)
    people = tuple(
        (label, claim.provider(entity)) for label, entity in (("76  attending", "71"), ("77  operating", "72"), ("78  other", "ZZ"))
    )
    draw_row(pen, tuple(Cell(label, f"{party.id} {person_name(party)}" if party else "") for label, party in people), height=20)
    draw_row(pen, (Cell("80  remarks", claim.note, 1),), height=20)
