"""Segments that a claim and its lines have in common and that few carry, written: PWK, CR1, CRC, K3, HCP."""

from __future__ import annotations

from cleanclaim.documents import AmbulanceTrip, Claim, ConditionIndicator, Repricing, ServiceLine
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.tokens.values import money_text, rate_text
from cleanclaim.x12.tokens.writer import SegmentWriter


def write_attachments(out: SegmentWriter, carrier: Claim | ServiceLine) -> None:
    """Write PWK: the paperwork that goes beside."""
    for attachment in carrier.attachments:
        number = attachment.control_number
        out.add("PWK", attachment.report_type, attachment.transmission, "", "", "AC" if number else "", number)


def write_fixed_formats(out: SegmentWriter, carrier: Claim | ServiceLine) -> None:
    """Write K3: what the guides give no place of its own."""
    for text in carrier.fixed_formats:
        out.add("K3", text)


def write_ambulance(out: SegmentWriter, trip: AmbulanceTrip | None) -> None:
    """Write CR1. Raises Refused for a trip without its miles."""
    if trip is None:
        return
    if trip.miles is None:
        raise Refused("An ambulance trip has its miles (CR106).")
    weight = rate_text(trip.weight_pounds) if trip.weight_pounds is not None else ""
    out.add(
        "CR1", "LB" if weight else "", weight, "", trip.reason, "DH", rate_text(trip.miles), "", "", out.free_text(trip.round_trip),
        out.free_text(trip.stretcher),
    )  # fmt: skip


def write_conditions(out: SegmentWriter, conditions: tuple[ConditionIndicator, ...]) -> None:
    """Write CRC: what is certified. Raises Refused for a condition without a code, or with more than five."""
    for condition in conditions:
        if not 1 <= len(condition.codes) <= 5:
            raise Refused(f"Condition {condition.category} has one to five codes (CRC03).")
        out.add("CRC", condition.category, "Y" if condition.applies else "N", *condition.codes)


def write_repricing(out: SegmentWriter, repricing: Repricing | None) -> None:
    """Write HCP: what a repricer made of it."""
    if repricing is None:
        return
    cents = ["" if amount is None else money_text(amount) for amount in (repricing.saved_cents, repricing.group_cents)]
    rates = ["" if rate is None else rate_text(rate) for rate in (repricing.rate, repricing.quantity)]
    out.add(
        "HCP", repricing.methodology, money_text(repricing.allowed_cents), cents[0], repricing.organization, rates[0],
        repricing.group_code, cents[1], repricing.revenue_or_drg, repricing.procedure_qualifier, repricing.procedure, repricing.unit,
        rates[1], repricing.rejection, repricing.compliance, repricing.exception,
    )  # fmt: skip
