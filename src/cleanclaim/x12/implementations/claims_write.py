"""Claims to 837P, 837I and 837D (005010X222A1, X223A2, X224A2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, islice
from typing import Final

from cleanclaim.documents import (
    Claim,
    CodedFact,
    DateFact,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Party,
    ServiceLine,
    Subscriber,
)
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.envelope.envelope import Envelope, Group, Transaction, write_interchange
from cleanclaim.x12.implementations.claim_extras_write import (
    write_ambulance,
    write_attachments,
    write_conditions,
    write_fixed_formats,
    write_repricing,
)
from cleanclaim.x12.implementations.parts import (
    write_address,
    write_adjustments,
    write_contact,
    write_date,
    write_demographics,
    write_name,
    write_references,
)
from cleanclaim.x12.tokens.values import day_text, money_text, rate_text
from cleanclaim.x12.tokens.writer import Composite, SegmentWriter

GUIDES: Final = {"837P": "005010X222A1", "837I": "005010X223A2", "837D": "005010X224A2"}
CLAIMS_PER_TRANSACTION: Final = 5000  # the guides' limit for one ST
CLAIMS_PER_LEVEL: Final = 100
LINES_PER_CLAIM: Final = {"837P": 50, "837I": 999, "837D": 50}
_SPECIALTY: Final = {"82": "PE", "71": "AT", "DN": "RF", "P3": "RF", "DD": "AS"}


def write_claims(claims: Iterable[Claim], envelope: Envelope) -> bytes:
    """Write claims as one interchange: one group per kind, at most 5,000 claims in a transaction.

    Billing provider, subscriber and patient loops are shared by consecutive claims that have them in common. Raises Refused for a claim
    whose lines do not add up to its charge, or that lacks what a claim cannot go out without.
    """
    listed = list(claims)
    if not listed:
        raise Refused("There is no claim to write.")
    for claim in listed:
        _refuse_unfit(claim)
    kinds = dict.fromkeys(claim.kind for claim in listed)
    return write_interchange(
        (_group(kind, [claim for claim in listed if claim.kind == kind], envelope) for kind in kinds), envelope
    )


def _refuse_unfit(claim: Claim) -> None:
    name = f"Claim {claim.patient_control_number}"
    if claim.kind not in GUIDES:
        raise Refused(f"{name} is of no kind that an 837 carries: {claim.kind}.")
    if not 0 < len(claim.patient_control_number) <= 38:
        raise Refused("A claim has a patient control number of 1 to 38 characters.")
    if not claim.lines:
        raise Refused(f"{name} has no line.")
    if len(claim.lines) > LINES_PER_CLAIM[claim.kind]:
        raise Refused(f"{name} has {len(claim.lines)} lines; an {claim.kind} carries at most {LINES_PER_CLAIM[claim.kind]}.")
    if claim.unreadable:
        raise Refused(f"{name} was read from a file with values that could not be read; correct them first.")
    total = sum(line.charge_cents for line in claim.lines)
    if total != claim.charge_cents:
        raise Refused(f"{name} charges {money_text(claim.charge_cents)}, but its lines add up to {money_text(total)}.")
    if claim.kind == "837P" and not claim.diagnoses:
        raise Refused(f"{name} has no diagnosis.")
    for line in claim.lines:
        if any(not 1 <= pointer <= len(claim.diagnoses) for pointer in line.pointers):
            raise Refused(f"{name} points from line {line.number} to a diagnosis that it does not have.")


def _group(kind: str, claims: list[Claim], envelope: Envelope) -> Group:
    rest = iter(claims)

    def transactions() -> Iterator[Transaction]:
        while batch := list(islice(rest, CLAIMS_PER_TRANSACTION)):
            yield Transaction("837", GUIDES[kind], _Body(kind, batch, envelope))

    return Group("HC", GUIDES[kind], transactions())


class _Body:
    """The segments of one 837 between ST and SE."""

    def __init__(self, kind: str, claims: list[Claim], envelope: Envelope) -> None:
        self._kind = kind
        self._claims = claims
        self._envelope = envelope
        self._levels = 0

    def __call__(self, out: SegmentWriter, reference: str) -> None:
        self._levels = 0
        instant = self._envelope.instant
        batch = self._envelope.reference or f"{self._envelope.interchange_control_number}-{reference}"
        out.add("BHT", "0019", "00", batch, instant.strftime("%Y%m%d"), instant.strftime("%H%M"), "CH")
        _write_ends(out, self._envelope)
        for (billing, pay_to), claims in groupby(self._claims, key=lambda claim: (claim.billing, claim.pay_to)):
            provider_level = self._level(out, 0, "20", has_children=True)
            _write_billing(out, billing, pay_to)
            for subscriber, members in groupby(claims, key=lambda claim: claim.subscriber):
                for some in _hundreds(list(members)):
                    self._write_subscriber(out, provider_level, subscriber, some)

    def _level(self, out: SegmentWriter, parent: int, code: str, *, has_children: bool) -> int:
        self._levels += 1
        out.add("HL", str(self._levels), str(parent) if parent else "", code, "1" if has_children else "0")
        return self._levels

    def _write_subscriber(self, out: SegmentWriter, parent: int, subscriber: Subscriber, claims: list[Claim]) -> None:
        """Write loop 2000B and the claims below it; claims of the subscriber and claims of dependents get levels of their own."""
        for is_self, members in groupby(claims, key=lambda claim: claim.patient is None):
            level = self._level(out, parent, "22", has_children=not is_self)
            out.add(
                "SBR", subscriber.sequence, "18" if is_self else "", subscriber.group_number, subscriber.group_name,
                subscriber.insurance_type, "", "", "", subscriber.claim_filing,
            )  # fmt: skip
            _write_person(out, subscriber.party, "IL")
            write_name(out, subscriber.payer, "PR")
            write_address(out, subscriber.payer.address)
            write_references(out, subscriber.payer)
            if is_self:
                for claim in members:
                    _write_claim(out, claim)
                continue
            for patient, own in groupby(members, key=lambda claim: claim.patient):
                self._level(out, level, "23", has_children=False)
                out.add("PAT", subscriber.relationship)
                _write_person(out, patient or Party(), "QC")
                for claim in own:
                    _write_claim(out, claim)


def _hundreds(claims: list[Claim]) -> Iterator[list[Claim]]:
    """Cut claims into runs that one level may carry: loop 2300 comes at most 100 times."""
    for start in range(0, len(claims), CLAIMS_PER_LEVEL):
        yield claims[start : start + CLAIMS_PER_LEVEL]


def _write_ends(out: SegmentWriter, envelope: Envelope) -> None:
    """Write loops 1000A and 1000B."""
    submitter = envelope.submitter or Party("41", last_name=envelope.sender_id)
    write_name(out, submitter._replace(id_qualifier="46", id=submitter.id or envelope.sender_id), "41")
    if not (submitter.phone or submitter.email):
        raise Refused("The submitter needs a telephone number or an e-mail address: every 837 carries one (loop 1000A PER).")
    write_contact(out, submitter._replace(contact_name=submitter.contact_name or submitter.last_name))
    receiver = envelope.receiver or Party("40", last_name=envelope.receiver_id)
    write_name(out, receiver._replace(id_qualifier="46", id=receiver.id or envelope.receiver_id), "40")


def _write_billing(out: SegmentWriter, billing: Party, pay_to: Party | None) -> None:
    """Write the rest of loop 2000A: taxonomy, billing provider, pay-to address."""
    if billing.taxonomy:
        out.add("PRV", "BI", "PXC", billing.taxonomy)
    write_name(out, billing, "85")
    write_address(out, billing.address)
    write_references(out, billing)
    write_contact(out, billing)
    if pay_to is not None:
        out.add("NM1", "87", "1" if pay_to.is_person else "2")
        write_address(out, pay_to.address)


def _write_person(out: SegmentWriter, party: Party, entity: str) -> None:
    write_name(out, party, entity)
    write_address(out, party.address)
    write_demographics(out, party)
    write_references(out, party)


def _write_claim(out: SegmentWriter, claim: Claim) -> None:
    """Write loop 2300 and what belongs to it."""
    is_institutional = claim.kind == "837I"
    causes: Composite | str = ""
    if claim.accident_causes and not is_institutional:
        padded = (*claim.accident_causes, "", "", "")[:3]
        causes = out.composite(*padded, claim.accident_state)
    out.add(
        "CLM", claim.patient_control_number, money_text(claim.charge_cents), "", "",
        out.composite(claim.facility_code, "A" if is_institutional else claim.facility_qualifier, claim.frequency),
        "" if is_institutional else claim.provider_signature, claim.assignment, claim.benefits_assigned,
        claim.release_of_information, "", causes, "", "", "", "", "", "", "", "", claim.delay_reason,
    )  # fmt: skip
    for fact in claim.dates:
        write_date(out, fact, always_range=fact.qualifier == "434")
    if is_institutional:
        out.add("CL1", claim.admission_type, claim.admission_source, claim.discharge_status)
    write_attachments(out, claim)
    if claim.patient_paid_cents is not None:
        out.add("AMT", "F5", money_text(claim.patient_paid_cents))
    for amount in claim.amounts:
        out.add("AMT", amount.qualifier, money_text(amount.cents))
    for qualifier, value in (
        ("F8", claim.payer_claim_control_number), ("G1", claim.prior_authorization), ("9F", claim.referral_number), ("X4", claim.clia_number),
    ):  # fmt: skip
        if value:
            out.add("REF", qualifier, value)
    for reference in claim.references:
        out.add("REF", reference.qualifier, reference.value)
    write_fixed_formats(out, claim)
    if claim.note:
        out.add("NTE", "ADD", out.free_text(claim.note))
    write_ambulance(out, claim.ambulance)
    write_conditions(out, claim.conditions)
    _write_diagnoses(out, claim)
    write_repricing(out, claim.repricing)
    for provider in claim.providers:
        _write_provider(out, provider)
    for coverage in claim.other_coverages:
        _write_other_coverage(out, coverage)
    for line in claim.lines:
        _write_line(out, line, claim)


def _write_diagnoses(out: SegmentWriter, claim: Claim) -> None:
    """Write the HI segments in the guide's order: diagnoses by kind, then procedures, spans, occurrences, values, conditions."""
    if claim.kind == "837I":
        for group, size in ((("ABK", "BK"), 1), (("ABJ", "BJ"), 1), (("APR", "PR"), 3), (("ABN", "BN"), 12)):
            _write_coded(out, [_diagnosis(out, code) for code in claim.diagnoses if code.qualifier in group], size)
        _write_coded(out, [_fact(out, fact) for fact in claim.coded_facts if fact.qualifier == "DR"], 1)
        _write_coded(out, [_diagnosis(out, code) for code in claim.diagnoses if code.qualifier in {"ABF", "BF"}], 12)
    else:
        _write_coded(out, [_diagnosis(out, code) for code in claim.diagnoses], 12)
    rest = [fact for fact in claim.coded_facts if fact.qualifier != "DR" or claim.kind != "837I"]
    for qualifier, facts in groupby(rest, key=lambda fact: fact.qualifier):
        _write_coded(out, [_fact(out, fact) for fact in facts], 1 if qualifier in {"BBR", "BR", "BP"} else 12)


def _write_coded(out: SegmentWriter, composites: list[Composite], size: int) -> None:
    for start in range(0, len(composites), size):
        out.add("HI", *composites[start : start + size])


def _diagnosis(out: SegmentWriter, diagnosis: Diagnosis) -> Composite:
    return out.composite(diagnosis.qualifier, diagnosis.code.replace(".", ""), "", "", "", "", "", "", diagnosis.poa)


def _fact(out: SegmentWriter, fact: CodedFact) -> Composite:
    day = day_text(fact.first) if fact.first else ""
    if fact.first and fact.last:
        day = f"{day}-{day_text(fact.last)}"
    kind = ("RD8" if fact.last else "D8") if fact.first else ""
    return out.composite(fact.qualifier, fact.code, kind, day, money_text(fact.cents) if fact.cents is not None else "")


def _write_provider(out: SegmentWriter, provider: Party) -> None:
    """Write one of loops 2310 or 2420."""
    write_name(out, provider)
    if provider.taxonomy:
        out.add("PRV", _SPECIALTY.get(provider.entity, "PE"), "PXC", provider.taxonomy)
    write_address(out, provider.address)
    write_references(out, provider)


def _write_other_coverage(out: SegmentWriter, coverage: OtherCoverage) -> None:
    """Write loops 2320, 2330A and 2330B: another payer and what it decided."""
    subscriber = coverage.subscriber
    out.add(
        "SBR", subscriber.sequence, subscriber.relationship, subscriber.group_number, subscriber.group_name,
        subscriber.insurance_type, "", "", "", subscriber.claim_filing,
    )  # fmt: skip
    write_adjustments(out, coverage.adjustments)
    for qualifier, cents in (
        ("D", coverage.paid_cents),
        ("A8", coverage.non_covered_cents),
        ("EAF", coverage.remaining_patient_cents),
    ):
        if cents is not None:
            out.add("AMT", qualifier, money_text(cents))
    for amount in coverage.amounts:
        out.add("AMT", amount.qualifier, money_text(amount.cents))
    out.add("OI", "", "", coverage.benefits_assigned, "", "", coverage.release_of_information)
    if coverage.remarks:
        out.add("MOA", "", "", *coverage.remarks[:5])
    write_name(out, subscriber.party, "IL")
    write_address(out, subscriber.party.address)
    write_references(out, subscriber.party)
    write_name(out, subscriber.payer, "PR")
    write_address(out, subscriber.payer.address)
    if coverage.paid_on is not None:
        write_date(out, DateFact("573", coverage.paid_on))
    write_references(out, subscriber.payer)
    if coverage.payer_claim_control_number:
        out.add("REF", "F8", coverage.payer_claim_control_number)
    for reference in coverage.references:
        out.add("REF", reference.qualifier, reference.value)


def _write_line(out: SegmentWriter, line: ServiceLine, claim: Claim) -> None:
    """Write loop 2400 and what belongs to it."""
    out.add("LX", str(line.number))
    _SERVICE[claim.kind](out, line)
    write_attachments(out, line)
    write_ambulance(out, line.ambulance)
    write_conditions(out, line.conditions)
    served_to: date | None = line.served_to
    if line.served_on is not None:
        write_date(out, DateFact("472", line.served_on, served_to))
    for fact in line.dates:
        write_date(out, fact)
    if line.control_number:
        out.add("REF", "6R", line.control_number)
    if line.prior_authorization:
        out.add("REF", "G1", line.prior_authorization)
    for reference in line.references:
        out.add("REF", reference.qualifier, reference.value)
    for amount in line.amounts:
        out.add("AMT", amount.qualifier, money_text(amount.cents))
    write_fixed_formats(out, line)
    if line.note:
        out.add("NTE", "TPO" if claim.kind == "837I" else "ADD", out.free_text(line.note))
    write_repricing(out, line.repricing)
    if line.national_drug_code:
        out.add("LIN", "", "N4", line.national_drug_code)
        if line.drug_quantity is not None:
            out.add("CTP", "", "", "", rate_text(line.drug_quantity), out.composite(line.drug_unit or "UN"))
    for provider in line.providers:
        _write_provider(out, provider)
    for adjudication in line.adjudications:
        _write_adjudication(out, adjudication, line)


def _procedure(out: SegmentWriter, line: ServiceLine) -> Composite:
    if not line.procedure:
        return Composite("")
    modifiers = (*line.modifiers, "", "", "", "")[:4]
    return out.composite(line.procedure_qualifier, line.procedure, *modifiers, out.free_text(line.description))


def _write_sv1(out: SegmentWriter, line: ServiceLine) -> None:
    out.add(
        "SV1", _procedure(out, line), money_text(line.charge_cents), line.unit, rate_text(line.quantity), line.place_of_service, "",
        out.composite(*map(str, line.pointers)), "", "Y" if line.emergency else "", "", "Y" if line.epsdt else "",
    )  # fmt: skip


def _write_sv2(out: SegmentWriter, line: ServiceLine) -> None:
    out.add(
        "SV2", line.revenue_code, _procedure(out, line), money_text(line.charge_cents), line.unit, rate_text(line.quantity), "",
        money_text(line.non_covered_cents) if line.non_covered_cents is not None else "",
    )  # fmt: skip


def _write_sv3(out: SegmentWriter, line: ServiceLine) -> None:
    out.add(
        "SV3", _procedure(out, line), money_text(line.charge_cents), line.place_of_service, "", "", rate_text(line.quantity), "", "", "", "",
        out.composite(*map(str, line.pointers)),
    )  # fmt: skip
    for tooth in line.tooth:
        number, _, surfaces = tooth.partition(":")
        out.add("TOO", "JP", number, out.composite(*surfaces))


_SERVICE: Final = {"837P": _write_sv1, "837I": _write_sv2, "837D": _write_sv3}


def _write_adjudication(out: SegmentWriter, adjudication: LineAdjudication, line: ServiceLine) -> None:
    """Write loop 2430: what another payer decided for the line."""
    out.add(
        "SVD", adjudication.payer_id, money_text(adjudication.paid_cents),
        out.composite(line.procedure_qualifier, adjudication.procedure, *adjudication.modifiers) if adjudication.procedure else "",
        line.revenue_code, rate_text(adjudication.quantity) if adjudication.quantity is not None else "",
        str(adjudication.bundled_line) if adjudication.bundled_line else "",
    )  # fmt: skip
    write_adjustments(out, adjudication.adjustments)
    if adjudication.paid_on is not None:
        write_date(out, DateFact("573", adjudication.paid_on))
    if adjudication.remaining_patient_cents is not None:
        out.add("AMT", "EAF", money_text(adjudication.remaining_patient_cents))
