"""Remittances to 835 (005010X221A1): balanced at line, claim and check level, or not written at all."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from cleanclaim.documents import ClaimPayment, Party, RemittanceAdvice, ServicePayment
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.envelope.envelope import Envelope, Group, Transaction, write_interchange
from cleanclaim.x12.implementations.parts import write_address, write_adjustments, write_contact, write_name
from cleanclaim.x12.tokens.values import day_text, money_text, rate_text
from cleanclaim.x12.tokens.writer import SegmentWriter

GUIDE: Final = "005010X221A1"


def write_remittances(advices: Iterable[RemittanceAdvice], envelope: Envelope) -> bytes:
    """Write one 835 transaction per advice. Raises Refused for money that does not balance, naming the level and the cents."""
    listed = list(advices)
    if not listed:
        raise Refused("There is no remittance to write.")
    for advice in listed:
        refuse_unbalanced(advice)
    transactions = (Transaction("835", GUIDE, _Body(advice), names_guide=False) for advice in listed)
    return write_interchange([Group("HP", GUIDE, transactions)], envelope)


def refuse_unbalanced(advice: RemittanceAdvice) -> None:
    """Raise Refused unless every line, every claim and the check balance (005010X221A1 section 1.10.2.1)."""
    for claim in advice.claims:
        name = f"claim {claim.patient_control_number}"
        adjusted = sum(adjustment.cents for adjustment in claim.adjustments)
        for number, line in enumerate(claim.lines, 1):
            off = line.charge_cents - sum(adjustment.cents for adjustment in line.adjustments) - line.paid_cents
            if off:
                raise Refused(f"Line {number} of {name} is out of balance by {money_text(off)}.")
            adjusted += sum(adjustment.cents for adjustment in line.adjustments)
        off = claim.charge_cents - adjusted - claim.paid_cents
        if off:
            raise Refused(f"The money of {name} is out of balance by {money_text(off)}.")
    provider = sum(adjustment.cents for adjustment in advice.provider_adjustments)
    off = sum(claim.paid_cents for claim in advice.claims) - provider - advice.header.paid_cents
    if off:
        raise Refused(f"The check differs from its claims and provider adjustments by {money_text(off)}.")


class _Body:
    """The segments of one 835 between ST and SE."""

    def __init__(self, advice: RemittanceAdvice) -> None:
        self._advice = advice

    def __call__(self, out: SegmentWriter, _reference: str) -> None:
        header = self._advice.header
        if header.paid_on is None:
            raise Refused("A remittance needs the day of its payment (BPR16).")
        account = ("01", "000000000", "DA", "0") if header.method == "ACH" and not header.account else ("", "", "", "")
        out.add(
            "BPR", header.handling, money_text(header.paid_cents), header.credit_or_debit, header.method, "CCP" if header.method == "ACH" else "",
            *account, header.payer_identifier if header.method == "ACH" else "", "",
            *(("01", "000000000", "DA", header.account) if header.account else ("", "", "", "")), day_text(header.paid_on),
        )  # fmt: skip
        out.add("TRN", "1", header.trace_number, header.payer_identifier, header.originator_supplemental)
        if header.receiver_id:
            out.add("REF", "EV", header.receiver_id)
        for reference in header.references:
            out.add("REF", reference.qualifier, reference.value)
        if header.produced_on is not None:
            out.add("DTM", "405", day_text(header.produced_on))
        _write_payer(out, header.payer)
        _write_payee(out, header.payee)
        for number, (provider, claims) in enumerate(groupby(self._advice.claims, key=lambda claim: claim.provider_id), 1):
            members = list(claims)
            out.add("LX", str(number))
            if provider:
                self._write_totals(out, provider, members)
            for claim in members:
                _write_claim(out, claim)
        self._write_provider_adjustments(out)

    def _write_totals(self, out: SegmentWriter, provider: str, claims: list[ClaimPayment]) -> None:
        """Write TS3: the totals of a provider's claims."""
        facility = next((claim.facility_code for claim in claims if claim.facility_code), "11")
        paid_on = self._advice.header.paid_on
        last_day = f"{paid_on.year}1231" if paid_on else ""
        out.add("TS3", provider, facility, last_day, str(len(claims)), money_text(sum(claim.charge_cents for claim in claims)))

    def _write_provider_adjustments(self, out: SegmentWriter) -> None:
        """Write PLB: up to six pairs of one provider and fiscal year in a segment."""
        for (provider, year), pairs in groupby(
            self._advice.provider_adjustments, key=lambda item: (item.provider_id, item.fiscal_year_end)
        ):
            if year is None:
                raise Refused("A provider adjustment needs the end of the provider's fiscal year (PLB02).")
            members = list(pairs)
            for start in range(0, len(members), 6):
                elements: list[str] = []
                for pair in members[start : start + 6]:
                    elements += [out.composite(pair.reason, pair.reference), money_text(pair.cents)]
                out.add("PLB", provider, day_text(year), *elements)


def _write_payer(out: SegmentWriter, payer: Party) -> None:
    """Write loop 1000A: name, address, contacts; the technical contact (PER*BL) is required."""
    out.add("N1", "PR", payer.last_name, payer.id_qualifier if payer.id else "", payer.id)
    write_address(out, payer.address)
    for reference in payer.references:
        out.add("REF", reference.qualifier, reference.value)
    contact = payer if payer.contact_name or payer.phone or payer.email else payer._replace(contact_name=payer.last_name)
    write_contact(out, contact, "BL")


def _write_payee(out: SegmentWriter, payee: Party) -> None:
    """Write loop 1000B."""
    out.add("N1", "PE", payee.last_name, payee.id_qualifier, payee.id)
    write_address(out, payee.address)
    if payee.tax_id:
        out.add("REF", "TJ", payee.tax_id)
    for reference in payee.references:
        out.add("REF", reference.qualifier, reference.value)


def _write_claim(out: SegmentWriter, claim: ClaimPayment) -> None:
    """Write loop 2100 with its lines."""
    out.add(
        "CLP", claim.patient_control_number, claim.status, money_text(claim.charge_cents), money_text(claim.paid_cents),
        money_text(claim.patient_responsibility_cents) if claim.patient_responsibility_cents else "", claim.claim_filing,
        claim.payer_claim_control_number, claim.facility_code, claim.frequency, "", claim.drg,
    )  # fmt: skip
    write_adjustments(out, claim.adjustments)
    for party in (
        claim.patient, claim.subscriber, claim.corrected_patient, claim.rendering, claim.crossover_payer, claim.corrected_payer, claim.other_subscriber,
    ):  # fmt: skip
        if party is not None:
            write_name(out, party)
    remarks = list(claim.remarks)
    if claim.inpatient:
        _write_positions(out, "MIA", claim.inpatient, (5, 20, 21, 22, 23), remarks)
    if claim.outpatient or remarks:
        _write_positions(out, "MOA", claim.outpatient, (3, 4, 5, 6, 7), remarks)
    for reference in claim.references:
        out.add("REF", reference.qualifier, reference.value)
    for fact in claim.dates:
        if fact.first is not None:
            out.add("DTM", fact.qualifier, day_text(fact.first))
    if claim.contact_phone:
        out.add("PER", "CX", "", "TE", claim.contact_phone)
    for amount in claim.amounts:
        out.add("AMT", amount.qualifier, money_text(amount.cents))
    for line in claim.lines:
        _write_line(out, line)


def _write_positions(
    out: SegmentWriter, tag: str, values: tuple[tuple[str, str], ...], places: tuple[int, ...], remarks: list[str]
) -> None:
    """Write MIA or MOA from positioned values, and put remark codes into their places; those written leave the list."""
    row = [""] * 25
    row[0] = tag
    for name, value in values:
        row[int(name[3:])] = value
    for place in places:
        if remarks:
            row[place] = remarks.pop(0)
    if tag == "MIA" and not row[1]:
        row[1] = "0"
    out.add(*row)


def _write_line(out: SegmentWriter, line: ServicePayment) -> None:
    """Write loop 2110."""
    out.add(
        "SVC", out.composite(line.procedure_qualifier, line.procedure, *line.modifiers), money_text(line.charge_cents),
        money_text(line.paid_cents), line.revenue_code, rate_text(line.quantity) if line.quantity is not None else "",
        out.composite(line.procedure_qualifier, line.submitted_procedure, *line.submitted_modifiers) if line.submitted_procedure else "",
        rate_text(line.submitted_quantity) if line.submitted_quantity is not None else "",
    )  # fmt: skip
    if line.served_on is not None:
        out.add("DTM", "150" if line.served_to is not None else "472", day_text(line.served_on))
    if line.served_to is not None:
        out.add("DTM", "151", day_text(line.served_to))
    write_adjustments(out, line.adjustments)
    if line.line_control_number:
        out.add("REF", "6R", line.line_control_number)
    for reference in line.references:
        out.add("REF", reference.qualifier, reference.value)
    for amount in line.amounts:
        out.add("AMT", amount.qualifier, money_text(amount.cents))
    for remark in line.remarks:
        out.add("LQ", "HE", remark)
