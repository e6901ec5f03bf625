"""A short way to write the 837s and 835s of the money scenarios: invented people, our own writers, amounts in cents."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from cleanclaim.documents import (
    Address,
    Adjustment,
    Claim,
    ClaimPayment,
    Diagnosis,
    Party,
    ProviderAdjustment,
    RemittanceAdvice,
    RemittanceHeader,
    ServiceLine,
    ServicePayment,
    Subscriber,
)
from cleanclaim.x12 import Envelope, write_claims, write_remittances

INSTANT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
SERVED = date(2026, 10, 5)
BILLING = Party(
    "85", False, "MAPLE HILL FAMILY MEDICINE", id_qualifier="XX", id="1000000004", address=Address("1 Elm St", "", "Barre", "VT", "056410001"),
    tax_id="030999991", tax_id_qualifier="EI", taxonomy="207Q00000X",
)  # fmt: skip
GRANITE = ("GRANITE HEALTH PLAN", "GRAN1", "CI")
MEDICARE = ("MEDICARE NORTHEAST", "14112", "MB")
MEDICAID = ("GREEN MOUNTAIN MEDICAID", "VTMCD", "MC")
BIRCH = ("BIRCH MUTUAL", "BIRCH", "CI")


def payer(who):
    return Party("PR", False, who[0], id_qualifier="PI", id=who[1])


def person(last="OKAFOR", first="ROSALIND", member="GH100200300"):
    return Party(
        "IL", True, last, first, id_qualifier="MI", id=member, born_on=date(1961, 4, 2), sex="F",
        address=Address("12 Quarry Rd", "", "Barre", "VT", "05641"),
    )  # fmt: skip


def subscriber(who=GRANITE, sequence="P", insured=None, relationship="18", insurance_type=""):
    return Subscriber(insured or person(), payer(who), sequence, relationship, claim_filing=who[2], insurance_type=insurance_type)


def claim(number, lines, who=GRANITE, insured=None, served=SERVED, sequence="P", frequency="1", **more):
    """Lines are (code, cents) or (code, cents, modifiers, units)."""
    made = []
    for place, line in enumerate(lines, 1):
        code, cents, modifiers, units = (*line, (), 1)[:4] if len(line) < 4 else line
        if len(line) == 3:
            units = 1
        made.append(
            ServiceLine(
                place,
                code,
                cents,
                Decimal(units),
                tuple(modifiers),
                (1,),
                served,
                place_of_service="11",
                control_number=f"{number}L{place}",
            )
        )
    return Claim(
        number, sum(line.charge_cents for line in made), BILLING, subscriber(who, sequence, insured), tuple(made),
        (Diagnosis("E119", "ABK"),), frequency=frequency, **more,
    )  # fmt: skip


def envelope(number=1):
    contact = Party(
        "41", False, "MAPLE HILL FAMILY MEDICINE", id_qualifier="46", id="MAPLE1", contact_name="RUTH", phone="8025550100"
    )
    receiver = Party("40", False, "GRANITE EXCHANGE", id_qualifier="46", id="GRANITE1")
    return Envelope("MAPLE1", "GRANITE1", INSTANT, number, number, number, submitter=contact, receiver=receiver)


def claims_file(*claims, number=1):
    return write_claims(claims, envelope(number))


def cas(*triples):
    """('CO', '45', 8000), ... as adjustments."""
    return tuple(Adjustment(group, reason, cents) for group, reason, cents in triples)


def paid_line(code, charge, paid, adjustments=(), control="", served=SERVED, **more):
    return ServicePayment(
        code,
        charge,
        paid,
        adjustments=cas(*adjustments),
        line_control_number=control,
        served_on=served,
        quantity=Decimal(1),
        **more,
    )


def answer(number, lines, status="1", icn="", adjustments=(), paid=None, charge=None, insured=None, **more):
    """The answer to one claim; its sums follow from its lines unless they are given."""
    own = cas(*adjustments)
    charged = sum(line.charge_cents for line in lines) if charge is None else charge
    total = charged - sum(a.cents for a in own) - sum(a.cents for line in lines for a in line.adjustments)
    responsible = sum(a.cents for a in own if a.group == "PR") + sum(
        a.cents for line in lines for a in line.adjustments if a.group == "PR"
    )
    who = (insured or person())._replace(entity="QC", born_on=None, sex="", address=None)
    return ClaimPayment(
        number, status, charged, total if paid is None else paid, responsible, "12", icn, "11", "1", adjustments=own, lines=tuple(lines),
        patient=who, **more,
    )  # fmt: skip


def advice(answers, who=GRANITE, trace="CHK1001", plb=(), paid_on=date(2026, 11, 9), method="CHK", paid=None):
    adjustments = tuple(
        ProviderAdjustment("1000000004", date(2026, 12, 31), reason, reference, cents) for reason, reference, cents in plb
    )
    total = sum(row.paid_cents for row in answers) - sum(item.cents for item in adjustments)
    header = RemittanceHeader(
        "0001", total if paid is None else paid, payer(who)._replace(id_qualifier="XV", address=Address("9 Dock St", "", "Boston", "MA", "02110")),
        Party("PE", False, "MAPLE HILL FAMILY MEDICINE", id_qualifier="XX", id="1000000004"), method=method if total else "NON",
        paid_on=paid_on, trace_number=trace, payer_identifier="1" + "512345678", produced_on=paid_on,
    )  # fmt: skip
    return RemittanceAdvice(header, tuple(answers), adjustments)


def remittance_file(*advices, number=1):
    return write_remittances(advices, Envelope("GRANITE1", "MAPLE1", INSTANT, number, number, number))
