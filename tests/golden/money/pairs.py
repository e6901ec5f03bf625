"""Ten 837/835 pairs: what a practice sends and what its payers answer, to the cent. Two of them share a control number by accident."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cleanclaim.documents import Adjustment, CodedFact, DateFact, Diagnosis, LineAdjudication, OtherCoverage, Party, ServicePayment
from golden.money.casework import Case, step
from golden.money.writing import (
    BIRCH,
    GRANITE,
    MEDICAID,
    MEDICARE,
    SERVED,
    advice,
    answer,
    claim,
    claims_file,
    paid_line,
    person,
    remittance_file,
    subscriber,
)

OWEN = person("BYRNE", "OWEN", "GH777")
LENA = person("VOSS", "LENA", "BM5512")


def pair(number, title, claims, advices, steps, why):
    return Case(f"pair-{number:02d}-{title}", [step("import", file="claims.837", imported=len(claims)), *steps],
                {"claims.837": claims_file(*claims, number=number), "answers.835": remittance_file(*advices, number=number)}, why)  # fmt: skip


def cases():
    yield _many_lines()
    yield _several_patients()
    yield from _collision()
    yield _dependant()
    yield _secondary()
    yield _institutional()
    yield _mixed_denial()
    yield _unknown_and_known()
    yield _no_line_detail()


def _many_lines():
    lines = [("99214", 21000, ("25",), 1), ("93000", 7500), ("36415", 1800), ("85025", 2600), ("J1885", 4000, (), 2)]
    paid = [
        ServicePayment(
            "99214",
            21000,
            11237,
            modifiers=("25",),
            adjustments=(Adjustment("CO", "45", 6954), Adjustment("PR", "2", 2809)),
            served_on=SERVED,
        ),
        paid_line("93000", 7500, 1450, [("CO", "45", 5687), ("PR", "2", 363)]),
        paid_line("36415", 1800, 864, [("CO", "45", 936)]),
        paid_line("85025", 2600, 777, [("CO", "45", 1823)]),
        paid_line("J1885", 4000, 0, [("CO", "97", 4000)]),
    ]
    return pair(1, "many-lines", [claim("M2611", lines)], [advice([answer("M2611", paid, icn="26GH01")], trace="P1")], [
        step("post", file="answers.835", posted=[["M2611", 14328]], deposit=14328),
        step("show", claim="M2611", status="paid", charge_cents=36900, insurance_paid_cents=14328, contractual_cents=19400, patient_balance_cents=3172,
             insurance_balance_cents=0, denied_cents=0, lines={"1": {"paid_cents": 11237}, "5": {"paid_cents": 0, "contractual_cents": 4000}}),
    ], "Five lines without REF*6R are told by code, modifiers and charge. The injection is bundled into a paid visit (CO-97).")  # fmt: skip


def _several_patients():
    claims = [
        claim("S1", [("99213", 15000)]),
        claim("S2", [("99213", 15000)], insured=OWEN),
        claim("S3", [("99214", 21000)], insured=OWEN),
    ]
    answers = [
        answer("S2", [paid_line("99213", 15000, 9000, [("CO", "45", 4000), ("PR", "3", 2000)], "S2L1")], insured=OWEN),
        answer("S1", [paid_line("99213", 15000, 9500, [("CO", "45", 5500)], "S1L1")]),
        answer("S3", [paid_line("99214", 21000, 12000, [("CO", "45", 6000), ("PR", "1", 3000)], "S3L1")], insured=OWEN),
    ]  # fmt: skip
    return pair(2, "several-patients", claims, [advice(answers[:2], trace="P2A"), advice(answers[2:], trace="P2B", plb=[("L6", "INT", -111)])], [
        step("post", file="answers.835", posted=[["S2", 9000], ["S1", 9500], ["S3", 12000]], deposit=30611),
        step("show", claim="S1", insurance_paid_cents=9500, patient_balance_cents=0, status="paid"),
        step("show", claim="S2", insurance_paid_cents=9000, patient_balance_cents=2000), step("show", claim="S3", patient_balance_cents=3000),
        step("account", name="cash", cents=30611),
    ], "Two checks in one file, three claims of two patients, interest on the second check.")  # fmt: skip


def _collision():
    one = claim("1000", [("99213", 15000)])
    other = claim("1000", [("99215", 28000)], BIRCH, insured=LENA, served=date(2026, 10, 7))
    first = answer("1000", [paid_line("99213", 15000, 9900, [("CO", "45", 5100)])], icn="G9")
    second = answer(
        "1000",
        [paid_line("99215", 28000, 19000, [("CO", "45", 6500), ("PR", "3", 2500)], served=date(2026, 10, 7))],
        insured=LENA,
        icn="B4",
    )
    start = [step("import", file="second.837"), step("claims", count=2)]
    why = ("Two systems used the control number 1000. Both claims are kept (the later one as 1000-2 here); patient, day and charge tell which is meant, "
           "and the payment of one never reaches the other.")  # fmt: skip
    more = {"second.837": claims_file(other, number=32), "first.835": remittance_file(advice([first], trace="P3")),
            "second.835": remittance_file(advice([second], who=BIRCH, trace="P4"))}  # fmt: skip
    made = pair(3, "colliding-number-first", [one], [advice([first], trace="P3")], [
        *start, step("post", file="second.835", posted=[["1000-2", 19000]]), step("show", claim="1000", insurance_paid_cents=0, insurance_balance_cents=15000),
        step("show", claim="1000-2", insurance_paid_cents=19000, patient_balance_cents=2500, same_number=["1000"]),
        step("post", file="first.835", posted=[["1000", 9900]]), step("show", claim="1000", insurance_paid_cents=9900, status="paid"),
    ], why)  # fmt: skip
    yield made._replace(files={**made.files, **more})
    twin = claim("1000", [("99213", 15000)], insured=OWEN)
    stranger = answer("1000", [paid_line("99213", 15000, 9900, [("CO", "45", 5100)])], insured=person("QUILL", "ADA", "ZZ1"))
    made = pair(4, "colliding-number-same-charge", [one], [advice([first], trace="P3")], [
        step("import", file="twin.837"), step("claims", count=2),
        step("post", file="stranger.835", posted=[], exceptions=[["control-number-belongs-to-another-patient", 9900]]),
        step("post", file="twin.835", posted=[["1000-2", 9900]]), step("show", claim="1000", insurance_paid_cents=0),
        step("post", file="answers.835", posted=[["1000", 9900]]),
        step("exceptions", rows=[["control-number-belongs-to-another-patient", 9900]]),
    ], "The same number, code, day and charge for two patients: only the patient tells them apart, and a third patient's answer waits for a person.")  # fmt: skip
    yield made._replace(files={
        **made.files, "twin.837": claims_file(twin, number=33),
        "twin.835": remittance_file(advice([answer("1000", [paid_line("99213", 15000, 9900, [("CO", "45", 5100)])], insured=OWEN)], trace="P5")),
        "stranger.835": remittance_file(advice([stranger], trace="P6")),
    })  # fmt: skip


def _dependant():
    child = Party("QC", True, "OKAFOR", "THEO", born_on=date(2019, 6, 1), sex="M", address=person().address)
    made = claim("C77", [("99392", 18000), ("90460", 3000)])
    made = made._replace(subscriber=made.subscriber._replace(relationship="19"), patient=child)
    lines = [
        paid_line("99392", 18000, 13000, [("CO", "45", 5000)], "C77L1"),
        paid_line("90460", 3000, 2500, [("CO", "45", 500)], "C77L2"),
    ]
    kid = answer("C77", lines, insured=child)._replace(subscriber=person()._replace(born_on=None, sex="", address=None))
    return pair(5, "dependant", [made], [advice([kid], trace="P7")], [
        step("post", file="answers.835", posted=[["C77", 15500]]), step("show", claim="C77", status="paid", insurance_paid_cents=15500, patient_balance_cents=0),
    ], "The patient is the subscriber's child: the answer names both.")  # fmt: skip


def _secondary():
    base = claim("X55", [("99214", 50000)], MEDICAID, sequence="S", insured=person(member="MCD1"))
    line = base.lines[0]._replace(adjudications=(
        LineAdjudication("14112", 30000, "99214", (), Decimal(1), None, (Adjustment("PR", "1", 7500), Adjustment("CO", "45", 12500)), date(2026, 10, 20)),))  # fmt: skip
    made = base._replace(
        lines=(line,), other_coverages=(OtherCoverage(subscriber(MEDICARE, "P"), (), 30000, 7500, paid_on=date(2026, 10, 20)),)
    )
    paid = paid_line("99214", 50000, 6500, [("OA", "23", 42500), ("CO", "45", 1000)], "X55L1")
    return pair(6, "secondary-taken-over", [made],
                [advice([answer("X55", [paid], status="2", insured=person(member="MCD1"))], who=MEDICAID, trace="P8")], [
        step("show", claim="X55", insurance_paid_cents=30000, contractual_cents=12500, insurance_balance_cents=7500, patient_responsibility_cents=7500, payer="GREEN MOUNTAIN MEDICAID"),
        step("post", file="answers.835", posted=[["X55", 6500]]),
        step("show", claim="X55", insurance_paid_cents=36500, contractual_cents=13500, insurance_balance_cents=0, patient_responsibility_cents=7500, patient_balance_cents=0, status="paid"),
    ], "A secondary claim is taken over: what Medicare paid before is booked against the opening balance, and OA-23 is not posted again.")  # fmt: skip


def _institutional():
    made = claim("H300", [("99284", 90000), ("71046", 30000)])._replace(
        kind="837I", facility_code="13", facility_qualifier="A", admission_type="1", admission_source="1", discharge_status="01",
        diagnoses=(Diagnosis("J189", "ABK", "Y"),), dates=(DateFact("434", SERVED, SERVED),), coded_facts=(CodedFact("BG", "17"),),
        providers=(Party("71", True, "OKAFOR", "ADAEZE", id_qualifier="XX", id="1234567893"),),
    )  # fmt: skip
    lines = tuple(line._replace(revenue_code=code, pointers=()) for line, code in zip(made.lines, ("0450", "0324"), strict=True))
    made = made._replace(lines=lines)
    paid = [ServicePayment("99284", 90000, 40000, revenue_code="0450", adjustments=(Adjustment("CO", "45", 40000), Adjustment("PR", "1", 10000)), served_on=SERVED),
            ServicePayment("71046", 30000, 12000, revenue_code="0324", adjustments=(Adjustment("CO", "45", 18000),), served_on=SERVED)]  # fmt: skip
    return pair(7, "institutional", [made], [advice([answer("H300", paid, icn="HOSP1")], trace="P9")], [
        step("post", file="answers.835", posted=[["H300", 52000]]),
        step("show", claim="H300", insurance_paid_cents=52000, contractual_cents=58000, patient_balance_cents=10000, status="paid"),
    ], "An outpatient hospital claim: revenue codes and procedures, two lines.")  # fmt: skip


def _mixed_denial():
    lines = [
        paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], "D4L1"),
        paid_line("97140", 6000, 0, [("CO", "197", 6000)], "D4L2"),
    ]
    return pair(8, "one-line-denied", [claim("D4", [("99214", 20000), ("97140", 6000)])], [advice([answer("D4", lines)], trace="P10")], [
        step("post", file="answers.835", posted=[["D4", 9600]]),
        step("show", claim="D4", status="partly_paid", queue="denied", denied_cents=6000, insurance_balance_cents=6000, patient_balance_cents=2400, contractual_cents=8000),
        step("denials", claim="D4", rows=[[2, "197", "authorization", 6000]]),
    ], "One line is paid, the other denied for want of an authorisation: its 60.00 stay with the payer and become work.")  # fmt: skip


def _unknown_and_known():
    answers = [
        answer("K1", [paid_line("99213", 15000, 9000, [("CO", "45", 6000)], "K1L1")]),
        answer("NOBODY", [paid_line("99213", 11100, 5000, [("CO", "45", 6100)])], insured=person("QUILL", "ADA", "ZZ1")),
        answer("WRONGNR", [paid_line("99214", 21000, 12000, [("CO", "45", 9000)])], insured=OWEN),
    ]  # fmt: skip
    return pair(9, "unknown-and-lost-number", [claim("K1", [("99213", 15000)]), claim("K2", [("99214", 21000)], insured=OWEN)], [advice(answers, trace="P11")], [
        step("post", file="answers.835", posted=[["K1", 9000], ["K2", 12000]], exceptions=[["claim-not-found", 5000]], deposit=26000),
        step("show", claim="K2", insurance_paid_cents=12000, status="paid"), step("account", name="liability:unapplied-insurance", cents=-5000),
    ], "One answer has lost our number but agrees in patient, day, charge, payer and lines: it is matched, and says so. One is about nobody here: its 50.00 wait.")  # fmt: skip


def _no_line_detail():
    whole = answer("W1", [], charge=26000, adjustments=[("CO", "45", 6000), ("PR", "1", 4000)])
    return pair(10, "no-line-detail", [claim("W1", [("99214", 20000), ("97140", 6000)])], [advice([whole], trace="P12", who=GRANITE)], [
        step("post", file="answers.835", posted=[["W1", 16000]]),
        step("show", claim="W1", insurance_paid_cents=16000, contractual_cents=6000, patient_balance_cents=4000, insurance_balance_cents=0, status="paid"),
    ], "The payer decides on the claim as a whole: the money is exact on the claim, and no share of a line is invented (it stands on the claim, line 0).")  # fmt: skip
