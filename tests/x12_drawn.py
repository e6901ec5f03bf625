"""Claims and remittances drawn at random from a seed: everything that a document can hold, in any combination. Nobody in here exists."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import x12_samples as samples
from cleanclaim.documents import (
    Address,
    Adjustment,
    AmbulanceTrip,
    Amount,
    Attachment,
    Claim,
    ClaimPayment,
    CodedFact,
    ConditionIndicator,
    DateFact,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Party,
    ProviderAdjustment,
    Reference,
    RemittanceAdvice,
    Repricing,
    ServiceLine,
    ServicePayment,
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"


class Draw:
    """Draws documents one after another; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def text(self, least: int = 2, most: int = 20, marks: str = LETTERS + DIGITS) -> str:
        return "".join(self.rng.choices(marks, k=self.rng.randint(least, most)))

    def word(self) -> str:
        return " ".join(self.text(1, 8, LETTERS + DIGITS + ".,-/'&()") for _ in range(self.rng.randint(2, 3)))

    def maybe(self, make: Callable[[], Any], otherwise: Any = None) -> Any:
        return make() if self.rng.random() < 0.5 else otherwise

    def several(self, make: Callable[[], Any], most: int) -> tuple[Any, ...]:
        return tuple(make() for _ in range(self.rng.choice((0, 0, 1, most))))

    def day(self) -> date:
        return date(1990, 1, 1) + timedelta(days=self.rng.randrange(13_000))

    def cents(self) -> int:
        return self.rng.choice((0, 1, 10, 100, self.rng.randrange(10_000_000)))

    def quantity(self) -> Decimal:
        return Decimal(format((Decimal(self.rng.randrange(1_000_000)) / 100).normalize(), "f"))

    def address(self) -> Address:
        return Address(
            self.word(), self.maybe(self.word, ""), self.word(), self.rng.choice(("IL", "NY", "TX")), self.text(9, 9, DIGITS)
        )

    def adjustments(self) -> tuple[Adjustment, ...]:
        found = []
        for group in self.rng.sample(("CO", "PR", "OA", "PI", "CR"), self.rng.randint(0, 3)):
            for _ in range(self.rng.choice((1, 2, 7))):
                found.append(Adjustment(group, self.text(1, 3, DIGITS), self.rng.randint(-9999, 99999), self.maybe(self.quantity)))  # noqa: PERF401
        return tuple(found)

    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference(kind, self.text()) for kind in self.rng.sample(("D9", "EA", "9A", "P4"), self.rng.randint(0, 2)))

    def person(self, entity: str) -> Party:
        return Party(
            entity, True, self.word(), self.word(), self.maybe(lambda: self.text(1, 5, LETTERS), ""), self.maybe(lambda: "JR", ""), "MI",
            self.text(), self.maybe(self.address), born_on=self.day(), sex=self.rng.choice("FMU"),
        )  # fmt: skip

    def provider(self) -> Party:
        return Party(
            self.rng.choice(("82", "DN", "DQ")), True, self.word(), self.word(), id_qualifier="XX", id="1245319599",
            taxonomy=self.rng.choice(("", "207Q00000X")), references=self.several(lambda: Reference("G2", self.text()), 2),
        )  # fmt: skip

    def attachment(self) -> Attachment:
        return Attachment(self.rng.choice(("03", "OZ", "RB")), self.rng.choice(("AA", "BM", "EL", "FX")), self.maybe(self.text, ""))

    def trip(self) -> AmbulanceTrip:
        return AmbulanceTrip(
            self.rng.choice("ABCDE"),
            self.quantity(),
            self.maybe(self.quantity),
            self.maybe(self.word, ""),
            self.maybe(self.word, ""),
        )

    def condition(self) -> ConditionIndicator:
        return ConditionIndicator(
            "07", self.rng.random() < 0.5, tuple(self.rng.choices(("01", "04", "05"), k=self.rng.randint(1, 5)))
        )

    def repricing(self) -> Repricing:
        return Repricing(
            self.rng.choice(("00", "02", "10")), self.cents(), self.maybe(self.cents), self.maybe(self.text, ""), self.maybe(self.quantity),
            self.maybe(self.text, ""), self.maybe(self.cents), exception=self.rng.choice(("", "1", "3")),
        )  # fmt: skip

    def decision(self) -> LineAdjudication:
        return LineAdjudication(
            self.text(), self.cents(), self.text(5, 5), tuple(self.rng.choices(("25", "59"), k=self.rng.randint(0, 2))),
            self.maybe(self.quantity), None, self.adjustments(), self.day(), self.maybe(self.cents),
        )  # fmt: skip

    def line(self, number: int, kind: str, diagnoses: int) -> ServiceLine:
        first = self.day()
        is_dental, is_hospital, is_professional = kind == "837D", kind == "837I", kind == "837P"
        pointers = () if is_hospital else tuple(self.rng.choices(range(1, diagnoses + 1), k=self.rng.randint(1, 4)))
        return ServiceLine(
            number, self.text(5, 5), self.cents(), self.quantity(), tuple(self.rng.choices(("25", "59", "QW"), k=self.rng.randint(0, 4))),
            pointers, first, self.maybe(lambda: first + timedelta(days=self.rng.randrange(9))) if not is_dental else None,
            procedure_qualifier="AD" if is_dental else "HC", description=self.maybe(self.word, ""),
            place_of_service="" if is_hospital else self.rng.choice(("", "11", "21")), revenue_code="0300" if is_hospital else "",
            non_covered_cents=self.maybe(self.cents) if is_hospital else None, emergency=is_professional and self.rng.random() < 0.2,
            control_number=self.maybe(self.text, ""), national_drug_code="" if is_dental else self.rng.choice(("", "00002143380")),
            prior_authorization=self.maybe(self.text, ""), providers=() if is_hospital else self.several(self.provider, 2),
            adjudications=self.several(self.decision, 2), note="" if is_dental else self.maybe(self.word, ""),
            attachments=() if is_dental else self.several(self.attachment, 3), ambulance=self.maybe(self.trip) if is_professional else None,
            conditions=self.several(self.condition, 2) if is_professional else (), fixed_formats=self.several(self.word, 2),
            repricing=self.maybe(self.repricing),
        )  # fmt: skip

    def coverage(self) -> OtherCoverage:
        return OtherCoverage(
            samples.SUBSCRIBER._replace(party=samples.INSURED._replace(born_on=None, sex=""), sequence=self.rng.choice("ST")), self.adjustments(),
            self.maybe(self.cents), self.maybe(self.cents), self.maybe(self.cents), paid_on=self.maybe(self.day),
            payer_claim_control_number=self.maybe(self.text, ""), remarks=tuple(self.rng.choices(("MA01", "N130"), k=self.rng.randint(0, 5))),
        )  # fmt: skip

    def claim(self) -> Claim:
        kind = self.rng.choice(("837P", "837I", "837D"))
        is_hospital = kind == "837I"
        codes = [self.text(3, 7) for _ in range(self.rng.randint(1, 4 if kind == "837D" else 12))]
        diagnoses = tuple(
            Diagnosis(code, "ABF" if at else "ABK", self.rng.choice(("", "Y", "N")) if is_hospital else "")
            for at, code in enumerate(codes)
        )
        lines = tuple(self.line(at + 1, kind, len(diagnoses)) for at in range(self.rng.randint(1, 6)))
        patient = self.maybe(lambda: self.person("QC")._replace(id="", id_qualifier=""))
        return Claim(
            self.text(), sum(line.charge_cents for line in lines), samples.BILLING,
            samples.SUBSCRIBER._replace(party=self.person("IL"), relationship="18" if patient is None else "19"), lines, diagnoses, kind,
            self.rng.choice(("11", "13", "21")), "A" if is_hospital else "B", self.rng.choice("178"), patient,
            providers=self.several(self.provider, 2), other_coverages=self.several(self.coverage, 2),
            payer_claim_control_number=self.maybe(self.text, ""), prior_authorization=self.maybe(self.text, ""),
            referral_number=self.maybe(self.text, ""), clia_number=self.maybe(self.text, ""), patient_paid_cents=self.maybe(self.cents),
            coded_facts=(CodedFact("BE", "80", cents=self.cents()), CodedFact("BG", "C5")) if is_hospital and self.rng.random() < 0.5 else (),
            accident_causes=() if is_hospital else self.rng.choice(((), ("AA",), ("EM", "OA"))), discharge_status="01" if is_hospital else "",
            delay_reason=self.rng.choice(("", "1", "11")),
            dates=(DateFact("434", self.day(), date(2027, 1, 1)),) if is_hospital else self.several(lambda: DateFact("431", self.day()), 1),
            references=self.references(), amounts=(), note=self.maybe(self.word, ""), attachments=self.several(self.attachment, 3),
            ambulance=self.maybe(self.trip) if kind == "837P" else None,
            conditions=self.several(self.condition, 3) if kind == "837P" else (), fixed_formats=self.several(self.word, 2),
            repricing=self.maybe(self.repricing),
        )  # fmt: skip

    def service(self) -> ServicePayment:
        taken = self.adjustments()
        charge, first = self.cents(), self.day()
        return ServicePayment(
            self.text(5, 5), charge, charge - sum(item.cents for item in taken),
            modifiers=tuple(self.rng.choices(("25", "59"), k=self.rng.randint(0, 4))), revenue_code=self.rng.choice(("", "0300")),
            quantity=self.maybe(self.quantity), served_on=first, served_to=self.maybe(lambda: first), adjustments=taken,
            line_control_number=self.maybe(self.text, ""), amounts=self.several(lambda: Amount("B6", self.cents()), 1),
            remarks=tuple(self.rng.choices(("N130", "M15"), k=self.rng.randint(0, 3))),
        )  # fmt: skip

    def payment(self) -> ClaimPayment:
        lines = tuple(self.service() for _ in range(self.rng.randint(0, 5)))
        taken = self.adjustments()
        charge = sum(line.charge_cents for line in lines) or self.cents()
        off = sum(item.cents for item in taken) + sum(item.cents for line in lines for item in line.adjustments)
        return ClaimPayment(
            self.text(), self.rng.choice(("1", "2", "4", "22")), charge, charge - off, self.cents(), "12", self.text(), "11", "1", "", taken,
            lines, patient=Party("QC", True, self.word(), self.word(), id_qualifier="MI", id=self.text()),
            remarks=tuple(self.rng.choices(("MA01", "MA18"), k=self.rng.randint(0, 5))), references=self.references(),
            dates=(DateFact("050", self.day()),), provider_id=self.rng.choice(("", "1234567893")),
        )  # fmt: skip

    def advice(self, claims: int) -> RemittanceAdvice:
        paid = tuple(sorted((self.payment() for _ in range(claims)), key=lambda claim: claim.provider_id))
        beyond = tuple(
            ProviderAdjustment(
                "1234567893", date(2026, 12, 31), self.rng.choice(("WO", "FB", "L6")), self.text(), self.rng.randint(-9999, 9999)
            )
            for _ in range(self.rng.randint(0, 8))
        )
        total = sum(claim.paid_cents for claim in paid) - sum(item.cents for item in beyond)
        return RemittanceAdvice(samples.advice().header._replace(paid_cents=total), paid, beyond)
