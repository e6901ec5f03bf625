"""The CMS-1500 (version 02/12) as a data print: a claim's content in its numbered boxes, six lines a page.

Which value goes into which box follows the NUCC's public reference instructions; labels are our own words.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from cleanclaim.documents import Claim, OtherCoverage, Party, ServiceLine
from cleanclaim.forms.grid import Cell, draw_row, draw_table, heading
from cleanclaim.forms.page import Pen, address_lines, day
from cleanclaim.kernel.money import Money

LINES_A_PAGE: Final = 6
_KINDS: Final = {
    "MB": "Medicare",
    "MA": "Medicare",
    "MC": "Medicaid",
    "CH": "Tricare",
    "VA": "Champva",
    "HM": "Group",
    "CI": "Group",
    "BL": "Group",
    "WC": "FECA",
}
_RELATIONS: Final = {"18": "Self", "01": "Spouse", "19": "Child"}


def person_name(party: Party | None) -> str:
    """A name as forms want it: last, first, middle; an organisation's name as it stands."""
    if party is None:
        return ""
    return ", ".join(part for part in (party.last_name, party.first_name, party.middle_name) if part).upper()


def dotted(code: str) -> str:
    """A diagnosis with its dot, as people read it; the paper form itself takes it without."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def cms1500_pdf(claim: Claim) -> bytes:
    """Draw a professional claim; more than six lines go on further pages, each with its own total and the last with the claim's."""
    pen = Pen(
        f"CMS-1500 {claim.patient_control_number}",
        footer=f"CMS-1500 data print · {claim.patient_control_number} · a proof, not the printed form",
    )
    pages = [claim.lines[start : start + LINES_A_PAGE] for start in range(0, len(claim.lines), LINES_A_PAGE)] or [()]
    for number, lines in enumerate(pages, start=1):
        if number > 1:
            pen.new_page()
        heading(pen, "CMS-1500 (02/12)", f"data print · page {number} of {len(pages)}")
        _people(pen, claim)
        _illness(pen, claim)
        _services(pen, claim, lines)
        _provider(pen, claim, lines, last=number == len(pages))
    return pen.finish()


def _other(claim: Claim) -> OtherCoverage | None:
    return claim.other_coverages[0] if claim.other_coverages else None


def _people(pen: Pen, claim: Claim) -> None:
    subscriber = claim.subscriber
    patient = claim.patient or subscriber.party
    other = _other(claim)
    payer = subscriber.payer
    payer_address = "\n".join((payer.last_name.upper(), *(line.upper() for line in address_lines(payer.address))))
    draw_row(pen, (Cell("Carrier: name and address", payer_address, 2), Cell("Payer number", payer.id, 1)), height=46)
    draw_row(pen, (
        Cell("1  kind of insurance", _KINDS.get(subscriber.claim_filing, "Other"), 1.4), Cell("1a  insured's number", subscriber.party.id, 1.6),
    ))  # fmt: skip
    draw_row(pen, (
        Cell("2  patient's name", person_name(patient), 2), Cell("3  born", day(patient.born_on), 0.8), Cell("3  sex", patient.sex, 0.4),
        Cell("4  insured's name", person_name(subscriber.party), 2),
    ))  # fmt: skip
    addresses = tuple("\n".join(address_lines(party.address)).upper() for party in (patient, subscriber.party))
    draw_row(pen, (
        Cell("5  patient's address", addresses[0], 2), Cell("6  relation to insured", _RELATIONS.get(subscriber.relationship, "Other"), 1),
        Cell("7  insured's address", addresses[1], 2),
    ), height=44)  # fmt: skip
    causes = set(claim.accident_causes)
    yes_no = {kind: "YES" if kind in causes else "NO" for kind in ("EM", "AA", "OA")}
    draw_row(pen, (
        Cell("9  other insured's name", person_name(other.subscriber.party) if other else "", 2),
        Cell("10a  employment", yes_no["EM"], 0.7), Cell("10b  auto accident, state", f"{yes_no['AA']} {claim.accident_state}".strip(), 0.8),
        Cell("10c  other accident", yes_no["OA"], 0.7), Cell("11  insured's group number", subscriber.group_number, 1.4),
    ))  # fmt: skip
    draw_row(pen, (
        Cell("9a  other policy or group", (other.subscriber.group_number or other.subscriber.party.id) if other else "", 1.3),
        Cell("9d  other plan", other.subscriber.payer.last_name.upper() if other else "", 1.7),
        Cell("11a  insured born, sex", f"{day(subscriber.party.born_on)} {subscriber.party.sex}".strip(), 1),
        Cell("11c  plan name", subscriber.group_name.upper() or payer.last_name.upper(), 1.4), Cell("11d  another plan", "YES" if other else "NO", 0.6),
    ))  # fmt: skip
    draw_row(pen, (
        Cell("12  patient's or authorised signature", "SIGNATURE ON FILE" if claim.release_of_information == "Y" else "", 2),
        Cell("13  insured's signature", "SIGNATURE ON FILE" if claim.benefits_assigned == "Y" else "", 2),
    ))  # fmt: skip


def _illness(pen: Pen, claim: Claim) -> None:
    onset = next((fact.first for fact in claim.dates if fact.qualifier in {"431", "484"}), None)
    referring = claim.provider("DN") or claim.provider("DQ")
    draw_row(pen, (
        Cell("14  onset", day(onset), 1), Cell("17  referring or ordering provider", f"{referring.entity} {person_name(referring)}" if referring else "", 2),
        Cell("17b  NPI", referring.id if referring else "", 1), Cell("19  additional claim information", claim.note, 2),
    ))  # fmt: skip
    draw_row(pen, (
        Cell("22  resubmission code", claim.frequency if claim.frequency != "1" else "", 0.8),
        Cell("22  original reference number", claim.payer_claim_control_number, 1.6),
        Cell("23  prior authorisation or CLIA", claim.prior_authorization or claim.clia_number, 1.6),
    ))  # fmt: skip
    codes = iter(claim.diagnoses[:12])
    for letters in ("ABCD", "EFGH", "IJKL"):
        draw_row(pen, tuple(
            Cell(f"21{letter}  diagnosis" + (" (0 = ICD-10)" if letter == "A" else ""), dotted(found.code) if found else "")
            for letter, found in zip(letters, [*islice(codes, 4), None, None, None, None], strict=False)
        ), height=20)  # fmt: skip


def _services(pen: Pen, claim: Claim, lines: tuple[ServiceLine, ...]) -> None:
    columns = (
        ("24A  from", 1.0), ("to", 1.0), ("24B  place", 0.5), ("24C", 0.4), ("24D  code", 0.7), ("modifiers", 1.0), ("24E  points to", 0.7),
        ("24F  charge", 0.9), ("24G  units", 0.6), ("24H", 0.35), ("24J  rendering NPI", 1.1),
    )  # fmt: skip
    rendering = claim.provider("82")
    rows = tuple(
        (
            day(line.served_on), day(line.served_to or line.served_on), line.place_of_service or claim.facility_code, "Y" if line.emergency else "",
            line.procedure, " ".join(line.modifiers), "".join("ABCDEFGHIJKL"[p - 1] for p in line.pointers if 1 <= p <= 12),
            f"{Money(line.charge_cents)}", f"{line.quantity:f}", "E" if line.epsdt else "",
            next((party.id for party in line.providers if party.entity == "82"), rendering.id if rendering else claim.billing.id),
        )
        for line in lines
    )  # fmt: skip
    draw_table(pen, columns, rows, least=LINES_A_PAGE, height=20)


def _provider(pen: Pen, claim: Claim, lines: tuple[ServiceLine, ...], *, last: bool) -> None:
    billing, facility = claim.billing, claim.provider("77")
    rendering = claim.provider("82")
    paid = sum(coverage.paid_cents or 0 for coverage in claim.other_coverages) + (claim.patient_paid_cents or 0)
    total = sum(line.charge_cents for line in lines)
    kind = {"SY": "SSN", "EI": "EIN"}.get(billing.tax_id_qualifier, "EIN")
    draw_row(pen, (
        Cell("25  federal tax number", f"{billing.tax_id} {kind}", 1.3), Cell("26  patient's account", claim.patient_control_number, 1.4),
        Cell("27  accepts assignment", "YES" if claim.assignment in {"A", "B"} else "NO", 0.7),
        Cell("28  total charge", f"{Money(total)}" + ("" if last else "  CONT."), 0.9), Cell("29  paid", f"{Money(paid)}" if last and paid else "", 0.8),
    ))  # fmt: skip
    where = facility or billing
    blocks = tuple(
        "\n".join((person_name(party), *(line.upper() for line in address_lines(party.address)))) for party in (where, billing)
    )
    draw_row(pen, (
        Cell("31  clinician's signature, date", f"SIGNATURE ON FILE\n{person_name(rendering)}\n{day(claim.served_on)}", 1.2),
        Cell("32  where the service was done", blocks[0], 1.5), Cell("33  billing provider", blocks[1], 1.5),
    ), height=50)  # fmt: skip
    draw_row(pen, (
        Cell("", "", 1.2), Cell("32a  NPI", where.id, 0.75), Cell("32b", "", 0.75), Cell("33a  NPI", billing.id, 0.75),
        Cell("33b  taxonomy", billing.taxonomy, 0.75),
    ), height=20)  # fmt: skip
