"""Writes the golden claims of this folder again: `python tests/golden/scrub/scrub_cases.py`. The files are what the test reads."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from cleanclaim import x12
from cleanclaim.documents import (
    Address,
    Adjustment,
    Claim,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Party,
    ServiceLine,
    Subscriber,
)
from cleanclaim.kernel.identifiers import Npi

HERE = Path(__file__).parent
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SERVED = date(2026, 11, 16)
HOME = Address("12 Elm Street", "", "Barre", "VT", "05641")
PERSON = Party("IL", True, "Carvalho", "Ines", id_qualifier="MI", id="GH123456", address=HOME, born_on=date(1958, 4, 2), sex="F")
GRANITE = Party("PR", last_name="Granite Health", id_qualifier="PI", id="GRAN1")
MEDICARE = Party("PR", last_name="Medicare Part B", id_qualifier="PI", id="MEDB1")
MEDICAID = Party("PR", last_name="State Medicaid", id_qualifier="PI", id="MCAID")
BILLING = Party("85", last_name="Maple Hill", id_qualifier="XX", id=Npi.from_first_nine("155555555"), tax_id="031234567",
                tax_id_qualifier="EI", address=Address("12 Main St", "", "Barre", "VT", "056410001"), taxonomy="207Q00000X")  # fmt: skip
SENDER = Party("41", last_name="Maple Hill", id_qualifier="46", id="MAPLE", contact_name="Billing", phone="8025550100")
PRIMARY = Subscriber(PERSON, GRANITE, "P", "18", claim_filing="CI")


def line(number, code, cents=100_00, **changes):
    facts = {
        "number": number,
        "procedure": code,
        "charge_cents": cents,
        "quantity": Decimal(1),
        "pointers": (1,),
        "served_on": SERVED,
    }
    return ServiceLine(**{**facts, "control_number": str(number), "place_of_service": "11", **changes})


def claim(number, *lines, diagnoses=("J209",), **changes):
    facts = {
        "patient_control_number": number, "charge_cents": sum(item.charge_cents for item in lines), "billing": BILLING, "subscriber": PRIMARY,
        "lines": lines, "diagnoses": tuple(Diagnosis(code, "ABF" if place else "ABK") for place, code in enumerate(diagnoses)),
    }  # fmt: skip
    return Claim(**{**facts, **changes})


def decided(payer, paid, *adjustments):
    return LineAdjudication(payer.id, paid, "99213", quantity=Decimal(1), adjustments=adjustments, paid_on=date(2026, 11, 18))


def before(payer, sequence, paid, filing="CI", claim_level=()):
    member = PERSON._replace(id="1EG4TE5MK73") if filing == "MB" else PERSON
    return OtherCoverage(Subscriber(member, payer, sequence, "18", claim_filing=filing), adjustments=claim_level, paid_cents=paid)


def second(payer=MEDICAID, sequence="S", filing="MC", **more):
    member = PERSON._replace(id="1EG4TE5MK73") if filing == "MB" else PERSON
    return Subscriber(member, payer, sequence, "18", claim_filing=filing, **more)


CO45 = Adjustment("CO", "45", 125_00)
PR1 = Adjustment("PR", "1", 75_00)
VISIT = line(1, "99213", 500_00)
VITAMIN = line(1, "82306", 40_00)
MEDICARE_FIRST = Subscriber(PERSON._replace(id="1EG4TE5MK73"), MEDICARE, "P", "18", claim_filing="MB")
PAID = VISIT._replace(adjudications=(decided(MEDICARE, 300_00, CO45, PR1),))
WRONG = VISIT._replace(adjudications=(decided(MEDICARE, 300_00, Adjustment("CO", "45", 435_00), PR1),))
AFTER_MEDICARE = (before(MEDICARE, "P", 300_00, "MB"),)
THIRD = VISIT._replace(
    adjudications=(
        decided(MEDICARE, 300_00, CO45, PR1),
        decided(GRANITE, 25_00, Adjustment("OA", "23", 425_00), Adjustment("PR", "2", 50_00)),
    )
)

CASES = {
    "02-secondary-balances": (
        {"good": [], "bad": ["COB_LINE_UNBALANCED", "COB_CLAIM_UNBALANCED"]},
        [claim("good", PAID, subscriber=second(), other_coverages=AFTER_MEDICARE), claim("bad", WRONG, subscriber=second(), other_coverages=AFTER_MEDICARE)],
        "Medicare paid 300.00 of 500.00, took 125.00 off and left 75.00: the three add up to the charge. CO-45 435.00 would be out by 310.00.",
    ),
    "27-replacement-without-number": (
        {"replaces": ["FREQUENCY_WITHOUT_ICN"], "voids": ["FREQUENCY_WITHOUT_ICN"], "good": []},
        [claim("replaces", VISIT, frequency="7"), claim("voids", VISIT, frequency="8"), claim("good", VISIT, frequency="7", payer_claim_control_number="26324")],
        "005010X222A1 REF*F8: a replacement or void names the payer's number of the claim that it is about.",
    ),
    "38-medicare-as-second-payer": (
        {"good": [], "bad": ["MEDICARE_SECONDARY_TYPE"]},
        [
            claim(name, VISIT._replace(adjudications=(decided(GRANITE, 300_00, CO45, PR1),)), subscriber=second(MEDICARE, "S", "MB", **more),
                  other_coverages=(before(GRANITE, "P", 300_00),))
            for name, more in (("good", {"insurance_type": "12"}), ("bad", {}))
        ],
        "SBR05 says why Medicare is not first (12: working aged).",
    ),
    "39-tertiary": (
        {"good": []},
        [claim("good", THIRD, subscriber=second(MEDICAID, "T", "MC"), other_coverages=(before(MEDICARE, "P", 300_00, "MB"), before(GRANITE, "S", 25_00)))],
        "Each of two earlier payers accounts for the whole charge by itself: 300.00 + 125.00 + 75.00 and 25.00 + 425.00 + 50.00.",
    ),
    "40-one-amount-told-twice": (
        {"bad": ["CAS_COUNTED_TWICE", "COB_CLAIM_UNBALANCED"]},
        [claim("bad", PAID, subscriber=second(), other_coverages=(before(MEDICARE, "P", 300_00, "MB", (CO45, PR1)),))],
        "The primary's CAS stands at claim level and again on the line: told twice, it comes to 700.00 for a charge of 500.00.",
    ),
    "54-year-of-codes": (
        {"before": [], "after": ["DIAGNOSIS_NOT_IN_FORCE"]},
        [],
        "The first code of ICD-10-CM that ended on 2026-09-30, on that day and on the next: the date of service picks the year.",
    ),
    "56-ncci-pairs": (
        {"bundled": ["NCCI_PAIR"], "separate": [], "never": ["NCCI_PAIR"], "alone": []},
        [
            claim("bundled", line(1, "94640"), line(2, "94664")), claim("separate", line(1, "94640"), line(2, "94664", modifiers=("59",))),
            claim("never", line(1, "80053"), line(2, "80048", modifiers=("59",))), claim("alone", line(1, "94640")),
        ],
        "Indicator 1 asks for a modifier that the record justifies; indicator 0 blocks whatever the modifier (table of the test, official layout).",
    ),
    "57-unlikely-units": (
        {"line": ["MUE_EXCEEDED"], "split": [], "policy": ["MUE_EXCEEDED"], "clinical": ["MUE_EXCEEDED"], "within": []},
        [
            claim("line", line(1, "97110", quantity=Decimal(9))),
            claim("split", line(1, "97110", quantity=Decimal(5)), line(2, "97110", quantity=Decimal(5), modifiers=("76",))),
            claim("policy", line(1, "71046"), line(2, "71046", modifiers=("59",)), line(3, "71046", modifiers=("76",))),
            claim("clinical", line(1, "83036", quantity=Decimal(2))),
            claim("within", line(1, "83036"), line(2, "71046", quantity=Decimal(2))),
        ],
        "Indicator 1 is judged line by line, 2 and 3 over the day; 2 knows no exception, 3 can be appealed (table of the test, official layout).",
    ),
    "58-book-rules": (
        {"excludes": ["EXCLUDES1"], "cause": ["MANIFESTATION_FIRST"], "ordered": [], "seventh": ["SEVENTH_CHARACTER_MISSING"], "heading": ["DIAGNOSIS_NOT_SPECIFIC"],
         "external": ["EXTERNAL_CAUSE_FIRST"]},
        [
            claim("excludes", VISIT, diagnoses=("E119", "E109")), claim("cause", VISIT, diagnoses=("F0280", "G309")),
            claim("ordered", VISIT, diagnoses=("G309", "F0280")), claim("seventh", VISIT, diagnoses=("S52501",)),
            claim("heading", VISIT, diagnoses=("J20",)), claim("external", VISIT, diagnoses=("W1830XA", "S52501A")),
        ],
        "Excludes1 (I.A.12.a), etiology before manifestation (I.A.13), the seventh character (I.A.5), external cause never first (I.C.20.a.6).",
    ),
    "59-lcd-not-met": (
        {"asks": ["LCD_NOT_MET"], "notice": [], "none-signed": [], "covered": [], "refused": ["LCD_NOT_MET"], "elsewhere": [], "commercial": []},
        [
            claim("asks", VITAMIN, subscriber=MEDICARE_FIRST), claim("notice", VITAMIN._replace(modifiers=("GA",)), subscriber=MEDICARE_FIRST),
            claim("none-signed", VITAMIN._replace(modifiers=("GZ",)), subscriber=MEDICARE_FIRST),
            claim("covered", VITAMIN._replace(pointers=(2,)), subscriber=MEDICARE_FIRST, diagnoses=("J209", "E559")),
            claim("refused", VITAMIN._replace(pointers=(1, 2)), subscriber=MEDICARE_FIRST, diagnoses=("E559", "Z0000")),
            claim("elsewhere", VITAMIN, subscriber=MEDICARE_FIRST, billing=BILLING._replace(address=Address("1 Oak St", "", "Reno", "NV", "895010001"))),
            claim("commercial", VITAMIN),
        ],
        "A Medicare line needs a diagnosis that the contractor's article covers, or GA (notice signed) or GZ (none): invented article in the layout of the export.",
    ),
    "60-limits-of-a-claim": (
        {"fifty": [], "diagnoses": []},
        [claim("fifty", *(line(number, f"{11400 + number}", 10_00) for number in range(1, 51))),
         claim("diagnoses", VISIT._replace(pointers=(1, 2, 3, 4)), diagnoses=("J209", "I10", "E785", "Z87891", "M5450", "N390", "K219", "G4733", "E039", "F329", "Z794", "D649"))],
        "Fifty lines and twelve diagnoses are the most that an 837P carries; both fit. Fifty-one and thirteen are tested on documents, since no file can carry them.",
    ),
}  # fmt: skip


def year_of_codes():
    """The claims of case 54, with the first code that ended on the last day of FY2026."""
    from cleanclaim import codesets

    last = date(2026, 9, 30)
    store = codesets.open_store()
    ended = next(
        code.code.replace(".", "") for code in store.iter_codes("icd10cm", last, billable_only=True)
        if code.valid_to == last and store.get("icd10cm", code.code, date(2026, 10, 1)) is None
    )  # fmt: skip
    return [
        claim("before", line(1, "99213", served_on=last), diagnoses=(ended,)),
        claim("after", line(1, "99213", served_on=date(2026, 10, 1)), diagnoses=(ended,)),
    ]


def write():
    for name, (expected, claims, why) in CASES.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        envelope = x12.Envelope("MAPLE", "GRAN1", AT, 1, 1, 1, submitter=SENDER, receiver=Party("40", last_name="Clearinghouse", id_qualifier="46", id="CLEAR"),
                                line_break="\n")  # fmt: skip
        (folder / "input.837").write_bytes(x12.write_claims(claims or year_of_codes(), envelope))
        (folder / "expected.json").write_text(
            json.dumps({"on": "2026-11-20", "stops": expected}, indent=1) + "\n", encoding="utf-8"
        )
        (folder / "why.md").write_text(f"{why}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
