"""Remittance cases: scenarios 1-23, 41-44, 65-68."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cleanclaim.documents import Amount, OtherCoverage, ServicePayment
from golden.money.casework import Case, step
from golden.money.writing import (
    MEDICAID,
    MEDICARE,
    advice,
    answer,
    cas,
    claim,
    claims_file,
    paid_line,
    payer,
    person,
    remittance_file,
    subscriber,
)

ONE = claim("1001", [("99214", 20000)])
ONE_PAID = paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)], "1001L1")
ONE_BACK = paid_line("99214", -20000, -9600, [("CO", "45", -8000), ("PR", "2", -2400)], "1001L1")
ONE_RIGHT = paid_line("99214", 20000, 11000, [("CO", "45", 6600), ("PR", "2", 2400)], "1001L1")


def both(number, lines, who=MEDICARE, second=MEDICAID, **more):
    """A claim whose patient has a second coverage."""
    return claim(number, lines, who, other_coverages=(OtherCoverage(subscriber(second, "S")),), **more)


def one(answers, **more):
    return remittance_file(advice(answers, **more))


def cases():
    yield from _payments()
    yield from _reversals()
    yield from _provider_level()
    yield from _lines()
    yield from _denials()
    yield from _judgement()


def _payments():
    yield Case("01-primary-pays", [
        step("import", file="claim.837"),
        step("post", file="era.835", posted=[["1001", 9600]], deposit=9600),
        step("show", claim="1001", status="paid", charge_cents=20000, insurance_paid_cents=9600, contractual_cents=8000, patient_responsibility_cents=2400,
             insurance_balance_cents=0, patient_balance_cents=2400, payer_claim_control_number="ICN1", next_payer=None),
        step("import", file="two.837"),
        step("post", file="two.835", posted=[["1002", 9600]]),
        step("show", claim="1002", insurance_balance_cents=2400, patient_balance_cents=0, next_payer="GREEN MOUNTAIN MEDICAID", contractual_cents=8000),
    ], {
        "claim.837": claims_file(ONE), "era.835": one([answer("1001", [ONE_PAID], icn="ICN1")]),
        "two.837": claims_file(both("1002", [("99214", 20000)])),
        "two.835": one([answer("1002", [ONE_PAID._replace(line_control_number="1002L1")])], who=MEDICARE, trace="CHK2"),
    }, "Scenario 1. Charge 200.00 less CO-45 80.00 and PR-2 24.00 is paid 96.00. Without a second coverage the 24.00 is the patient's; with one "
       "it stays inside the insurance balance and the second payer is next (coordination of benefits comes before the patient).")  # fmt: skip
    second = paid_line("99214", 50000, 6500, [("OA", "23", 42500), ("CO", "45", 1000)], "1001L1")
    wrong = paid_line("99214", 50000, 6500, [("CO", "45", 43500)], "1001L1")
    first = paid_line("99214", 50000, 30000, [("PR", "1", 7500), ("CO", "45", 12500)], "1001L1")
    steps = [
        step("import", file="claim.837"), step("post", file="medicare.835", posted=[["1001", 30000]]),
        step("show", claim="1001", insurance_balance_cents=7500, next_payer="GREEN MOUNTAIN MEDICAID"),
    ]  # fmt: skip
    files = {
        "claim.837": claims_file(both("1001", [("99214", 50000)])), "medicare.835": one([answer("1001", [first])], who=MEDICARE),
        "medicaid.835": one([answer("1001", [second], status="2")], who=MEDICAID, trace="MCD1"),
        "wrong.835": one([answer("1001", [wrong], status="2")], who=MEDICAID, trace="MCD0"),
    }  # fmt: skip
    yield Case("02-secondary-after-medicare", [
        *steps,
        step("post", file="wrong.835", posted=[], exceptions=[["overposted", 6500]], deposit=6500),
        step("show", claim="1001", insurance_balance_cents=7500, insurance_paid_cents=30000),
        step("settle exception", how="refund", reason="The payer sends it again"),
        step("post", file="medicaid.835", posted=[["1001", 6500]], deposit=6500),
        step("show", claim="1001", status="paid", insurance_paid_cents=36500, contractual_cents=13500, insurance_balance_cents=0, patient_balance_cents=0,
             patient_responsibility_cents=7500, next_payer=None),
    ], files, "Scenario 2 (X12 RFI 1696). OA-23 repeats what Medicare did and is never posted: 65.00 and CO-45 10.00 settle the 75.00 that Medicare left. "
              "A CO-45 of 435.00 would take off what Medicare took off already (the balance would be -425.00): it waits as an exception with its 65.00. "
              "Patient responsibility keeps the PR amounts that payers have assigned, paid or not (INTERFACES).")  # fmt: skip
    crossed = answer(
        "1001",
        [first],
        status="19",
        crossover_payer=payer(MEDICAID)._replace(entity="TT"),
        remarks=("MA18",),
        outpatient=(("MOA03", "MA18"),),
    )
    yield Case("03-crossover", [
        step("import", file="claim.837"), step("post", file="medicare.835", posted=[["1001", 30000]]),
        step("show", claim="1001", insurance_balance_cents=7500, patient_balance_cents=0, next_payer="GREEN MOUNTAIN MEDICAID"),
        step("bill next", claim="1001", refuses="wait until"),
        step("day", day="2026-12-21"),
        step("bill next", claim="1001"),
        step("document", claim="1001", sequence="S", others=["P"], frequency="1"),
    ], {**files, "claim.837": claims_file(claim("1001", [("99214", 50000)], MEDICARE, other_coverages=(OtherCoverage(subscriber(MEDICAID, "S")),))),
        "medicare.835": one([crossed], who=MEDICARE)},
        "Scenario 3. CLP02 19 with NM1*TT and MA18: Medicare sent the claim on by itself. No second claim goes out for 15 working days (CMS SE0909); "
        "after that a biller may send it.")  # fmt: skip


def _reversals():
    base = {"claim.837": claims_file(ONE), "first.835": one([answer("1001", [ONE_PAID], icn="ICN1")])}
    end = step("show", claim="1001", insurance_paid_cents=11000, contractual_cents=6600, patient_responsibility_cents=2400, insurance_balance_cents=0,
               patient_balance_cents=2400, status="paid")  # fmt: skip
    back, right = answer("1001", [ONE_BACK], status="22", icn="ICN1"), answer("1001", [ONE_RIGHT], icn="ICN1")
    yield Case("04-reversal-and-correction", [
        step("import", file="claim.837"), step("post", file="first.835", posted=[["1001", 9600]]),
        step("post", file="both.835", posted=[["1001", -9600], ["1001", 11000]], deposit=1400), end,
        step("history", claim="1001", has=["payer-answer", "reversal"]),
    ], {**base, "both.835": one([back, right], trace="CHK2")},
        "Scenario 4 (X12 RFI 1147). The reversal nets the first answer to zero under its own groups, the correction posts anew; all three stay in the history.")  # fmt: skip
    yield Case("04b-correction-before-reversal", [
        step("import", file="claim.837"), step("post", file="first.835"),
        step("post", file="right.835", posted=[], exceptions=[["overposted", 11000]], deposit=11000),
        step("show", claim="1001", insurance_paid_cents=9600),
        step("post", file="back.835", posted=[["1001", -9600]]), end, step("exceptions", rows=[]),
    ], {**base, "right.835": one([right], trace="CHK2"), "back.835": one([back], trace="CHK3", plb=[("WO", "ICN1", -9600)])},
        "Scenario 4, files the other way round. The correction would settle the line twice, so it waits as an exception; when the reversal comes it posts by "
        "itself. The reversal file carries a PLB WO of -96.00, since a check is never negative.")  # fmt: skip
    yield Case("05-reversal-without-original", [
        step("import", file="claim.837"),
        step("post", file="back.835", posted=[], exceptions=[["reversal-without-original", -9600]], deposit=0),
        step("show", claim="1001", insurance_balance_cents=20000, insurance_paid_cents=0),
    ], {"claim.837": base["claim.837"], "back.835": one([back], trace="CHK3", plb=[("WO", "ICN1", -9600)])},
        "Scenario 5. Nothing is posted to a guess: the reversal waits with its -96.00.")  # fmt: skip
    same = advice([answer("1001", [ONE_PAID], icn="ICN1")])
    yield Case("06-same-file-twice", [
        step("import", file="claim.837"), step("post", file="a.835", posted=[["1001", 9600]]),
        step("post", file="a.835", posted=[], duplicates=1, deposit=0), step("show", claim="1001", insurance_paid_cents=9600),
        step("account", name="cash", cents=9600),
    ], {"claim.837": base["claim.837"], "a.835": remittance_file(same)}, "Scenario 6. The second upload posts nothing and points to the first.")  # fmt: skip
    yield Case("07-same-content-new-name", [
        step("import", file="claim.837"), step("post", file="a.835", posted=[["1001", 9600]]),
        step("post", file="renamed.835", posted=[], duplicates=1),
        step("post", file="other-claims.835", posted=[], duplicates=1),
        step("show", claim="1001", insurance_paid_cents=9600),
        step("post", file="renamed.835", posted=[], exceptions=[["overposted", 9600]], duplicates=0, override=True),
    ], {"claim.837": base["claim.837"], "a.835": remittance_file(same), "renamed.835": remittance_file(same, number=88),
        "other-claims.835": one([answer("2002", [paid_line("99213", 9600, 9600)])])},
        "Scenario 7. New control numbers and a new name change nothing: the check number, payer, amount and claims are the same. The same check number and "
        "amount with other claims is refused too. A manager may override; the second payment then waits as an exception, since nothing is open.")  # fmt: skip


def _provider_level():
    back = answer("1001", [ONE_BACK], status="22", icn="ICN1")
    claim_and_first = {"claim.837": claims_file(ONE), "first.835": one([answer("1001", [ONE_PAID], icn="ICN1")])}
    two = claim("2002", [("99213", 30000)], insured=person("BYRNE", "OWEN", "GH777"))
    paid_two = answer("2002", [paid_line("99213", 30000, 30000, [], "2002L1")], insured=person("BYRNE", "OWEN", "GH777"))
    start = [step("import", file="claim.837"), step("post", file="first.835")]
    yield Case("08-balance-forward-opens-and-closes", [
        *start,
        step("post", file="back.835", posted=[["1001", -9600]], deposit=0, provider=[["WO", -9600, "receivable:payer-recoupment"]]),
        step("provider ledger", rows=[["receivable:payer-recoupment", "ICN1", -9600]]),
        step("show", claim="1001", insurance_paid_cents=0, insurance_balance_cents=20000),
        step("import", file="two.837"),
        step("post", file="later.835", posted=[["2002", 30000]], deposit=20400, provider=[["WO", 9600, "receivable:payer-recoupment"]]),
        step("provider ledger", rows=[]), step("account", name="cash", cents=30000),
    ], {**claim_and_first, "back.835": one([back], trace="CHK2", plb=[("WO", "ICN1", -9600)]), "two.837": claims_file(two),
        "later.835": one([paid_two], trace="CHK3", plb=[("WO", "ICN1", 9600)])},
        "Scenario 8. A reversal that is not recovered yet: PLB WO -96.00 keeps the check at 0.00 and opens a balance with the payer; the later WO 96.00 closes it.")  # fmt: skip
    yield Case("09-refund-check-acknowledged", [
        *start, step("import", file="two.837"),
        step("post", file="ack.835", posted=[["2002", 30000]], deposit=30000,
             provider=[["WO", 9600, "receivable:payer-recoupment"], ["72", -9600, "receivable:payer-recoupment"]]),
        step("account", name="receivable:payer-recoupment", cents=0), step("show", claim="1001", insurance_paid_cents=9600),
    ], {**claim_and_first, "two.837": claims_file(two), "ack.835": one([paid_two], trace="CHK2", plb=[("WO", "ICN1", 9600), ("72", "ICN1", -9600)])},
        "Scenario 9 (X12 RFI 227, 325). The payer recovers (WO) and acknowledges our refund check (72) in one remittance: net 0.00 to the deposit, no claim is touched.")  # fmt: skip
    yield Case("10-forward-balance", [
        *start,
        step("post", file="negative.835", posted=[["1001", -9600]], deposit=0, provider=[["FB", -9600, "liability:forward-balance"]]),
        step("account", name="liability:forward-balance", cents=-9600),
        step("import", file="two.837"),
        step("post", file="next.835", posted=[["2002", 30000]], deposit=20400, provider=[["FB", 9600, "liability:forward-balance"]]),
        step("account", name="liability:forward-balance", cents=0),
    ], {**claim_and_first, "negative.835": one([back], trace="CHK2", plb=[("FB", "CHK2", -9600)]), "two.837": claims_file(two),
        "next.835": one([paid_two], trace="CHK3", plb=[("FB", "CHK2", 9600)])},
        "Scenario 10. The remittance would be negative: FB carries 96.00 forward, the deposit is 0.00 and never less; the next one clears it.")  # fmt: skip
    interest = answer("1001", [ONE_PAID], icn="ICN1", amounts=(Amount("I", 325),))
    yield Case("11-interest", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["1001", 9600]], deposit=9925, provider=[["L6", -325, "revenue:interest"]]),
        step("account", name="revenue:interest", cents=-325), step("show", claim="1001", insurance_paid_cents=9600, patient_balance_cents=2400),
    ], {"claim.837": claims_file(ONE), "era.835": one([interest], plb=[("L6", "ICN1", -325)])},
        "Scenario 11. AMT*I only informs; PLB L6 -3.25 is interest income. The claim is unchanged and the check 3.25 higher.")  # fmt: skip
    yield Case("12-levy-and-other-provider-amounts", [
        step("import", file="claim.837"),
        step("post", file="era.835", posted=[["1001", 9600]], deposit=5600,
             provider=[["CS", 1000, "expense:provider-level"], ["J1", 500, "expense:nonreimbursable"], ["IR", 1500, "receivable:tax-withheld"],
                       ["LE", 1000, "expense:levy"]]),
        step("show", claim="1001", insurance_paid_cents=9600), step("account", name="expense:levy", cents=1000),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [ONE_PAID])], plb=[("CS", "A1", 1000), ("J1", "A2", 500), ("IR", "A3", 1500), ("LE", "A4", 1000)])},
        "Scenario 12. Each reason of a PLB has its own account; claims are untouched. That IR is a withheld tax (an asset until filed) and LE a levy "
        "(an expense) is our reading of the reason numbers (005010X221A1 PLB03-1); a practice may book otherwise.")  # fmt: skip
    yield Case("13-recoupment-across-patients", [
        *start, step("import", file="two.837"),
        step("post", file="take.835", posted=[["2002", 30000]], deposit=20400, provider=[["WO", 9600, "receivable:insurance"]]),
        step("show", claim="2002", insurance_paid_cents=30000, insurance_balance_cents=0, status="paid"),
        step("show", claim="1001", insurance_paid_cents=0, insurance_balance_cents=9600, patient_balance_cents=2400),
        step("history", claim="1001", has=["takeback"]),
    ], {**claim_and_first, "two.837": claims_file(two), "take.835": one([paid_two], trace="CHK2", plb=[("WO", "ICN1", 9600)])},
        "Scenario 13. The payer takes an overpayment of one patient out of another's check. The paid claim stays paid; the takeback is booked to the claim that the "
        "PLB names by the payer's number.")  # fmt: skip
    left = paid_line("99214", 20000, 0, [("CO", "45", 8000), ("PR", "1", 12000)], "1001L1")
    yield Case("14-takeback-after-refund", [
        *start, step("pay", claim="1001", cents=5000, credit=2600), step("refund", claim="1001", cents=2600, reason="Paid too much"),
        step("show", claim="1001", patient_balance_cents=0, patient_paid_cents=2400),
        step("post", file="back.835", posted=[["1001", -9600], ["1001", 0]], deposit=0),
        step("show", claim="1001", insurance_paid_cents=0, patient_balance_cents=9600, patient_responsibility_cents=12000),
        step("summary", claim="1001", due_now_cents=0, held_cents=9600),
        step("statement", claim="1001", refuses="Nothing is due"),
    ], {**claim_and_first, "back.835": one([back, answer("1001", [left], icn="ICN1")], trace="CHK2", plb=[("WO", "ICN1", -9600)])},
        "Scenario 14. After the patient was refunded the payer takes its payment back and makes it the patient's: the balance opens again with its reason, and "
        "the statement waits until somebody has looked.")  # fmt: skip
    capitated = paid_line("99214", 20000, 0, [("CO", "24", 20000)], "1001L1")
    yield Case("15-capitation", [
        step("import", file="claim.837"),
        step("post", file="era.835", posted=[["1001", 0]], deposit=150000, provider=[["CT", -150000, "revenue:capitation"]]),
        step("show", claim="1001", status="paid", other_write_off_cents=20000, insurance_balance_cents=0, denied_cents=0),
        step("denials", claim="1001", rows=[]), step("account", name="revenue:capitation", cents=-150000),
        step("account", name="adjustment:capitation", cents=20000),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [capitated])], plb=[("CT", "CAP2611", -150000)])},
        "Scenario 15. CO-24 under a paid capitation is a write-off to capitation, no denial; the capitation payment is revenue of its own. A whole denial (CLP02 4) with "
        "CO-24 from a payer that is not capitated stays a denial.")  # fmt: skip


def _lines():
    three = claim("3003", [("80048", 10000), ("80076", 6000)])
    bundled = [
        ServicePayment(
            "80053",
            10000,
            12000,
            submitted_procedure="80048",
            adjustments=cas(("CO", "45", 4000), ("OA", "94", -6000)),
            line_control_number="3003L1",
        ),
        ServicePayment(
            "80053", 6000, 0, submitted_procedure="80076", adjustments=cas(("CO", "97", 6000)), line_control_number="3003L2"
        ),
    ]
    yield Case("16-bundled-line", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["3003", 12000]]),
        step("show", claim="3003", status="paid", insurance_paid_cents=12000, contractual_cents=4000, insurance_balance_cents=0, denied_cents=0,
             lines={"1": {"paid_cents": 12000, "charge_cents": 10000}, "2": {"paid_cents": 0, "charge_cents": 6000}}),
    ], {"claim.837": claims_file(three), "era.835": one([answer("3003", bundled)])},
        "Scenario 16 (X12 RFI 2278). The payer bundles two lines into another code: SVC06 names what we sent, OA-94 -60.00 moves the second charge to the first line, "
        "CO-97 takes it off the second. No charge is invented; the second line is paid 0.00.")  # fmt: skip
    single = claim("3004", [("99214", 20000)])
    parts = [
        paid_line("99214", 12000, 6000, [("CO", "45", 6000)], "3004L1"),
        paid_line("99213", 8000, 3000, [("CO", "45", 5000)], "3004L1"),
    ]
    yield Case("17-line-split-by-payer", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["3004", 9000]]),
        step("show", claim="3004", insurance_paid_cents=9000, contractual_cents=11000, insurance_balance_cents=0, lines={"1": {"paid_cents": 9000}}),
    ], {"claim.837": claims_file(single), "era.835": one([answer("3004", parts)])},
        "Scenario 17 (X12 RFI 2283, 1219). The parts tie to one submitted line by REF*6R and add up to its charge.")  # fmt: skip
    pair = claim("3005", [("99214", 20000), ("93000", 5000)])
    yield Case("18-claim-split-by-payer", [
        step("import", file="claim.837"), step("post", file="one.835", posted=[["3005", 9600]]),
        step("show", claim="3005", status="partly_paid", insurance_balance_cents=5000, patient_balance_cents=2400),
        step("post", file="other.835", posted=[["3005", 4000]]),
        step("show", claim="3005", status="paid", insurance_balance_cents=0, insurance_paid_cents=13600, contractual_cents=9000, patient_balance_cents=2400),
    ], {"claim.837": claims_file(pair),
        "one.835": one([answer("3005", [ONE_PAID._replace(line_control_number="3005L1")], icn="ICN5A")]),
        "other.835": one([answer("3005", [paid_line("93000", 5000, 4000, [("CO", "45", 1000)], "3005L2")], icn="ICN5B")], trace="CHK2")},
        "Scenario 18. Two CLPs answer two lines of one claim; it is settled only when every line is answered.")  # fmt: skip
    units = claim("3006", [("97110", 15000, (), 3)])
    cut = paid_line(
        "97110", 15000, 7000, [("CO", "222", 5000), ("CO", "45", 3000)], "3006L1", submitted_quantity=Decimal(3)
    )._replace(quantity=Decimal(2))
    yield Case("19-units-cut", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["3006", 7000]]),
        step("show", claim="3006", insurance_paid_cents=7000, contractual_cents=3000, denied_cents=5000, insurance_balance_cents=5000, status="partly_paid",
             queue="denied"),
        step("denials", claim="3006", rows=[[1, "222", "units", 5000]]),
    ], {"claim.837": claims_file(units), "era.835": one([answer("3006", [cut])])},
        "Scenario 19. Two of three units are paid (SVC05 and SVC07); the unit that exceeds the maximum (CO-222, the number taken from the public CARC list) is not "
        "written off but worked.")  # fmt: skip
    zero = paid_line("99214", 20000, 0, [("CO", "45", 8000), ("PR", "1", 12000)], "1001L1")
    yield Case("20-zero-paid-deductible", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["1001", 0]], deposit=0),
        step("show", claim="1001", status="paid", patient_balance_cents=12000, contractual_cents=8000, insurance_balance_cents=0, denied_cents=0),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [zero])])}, "Scenario 20. Nothing is paid, all of the allowed amount is deductible: the patient owes it.")  # fmt: skip
    yield Case("21-zero-dollar-remittance", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["1001", 0]], deposit=0),
        step("unmatched", deposits=0, remittances=0), step("show", claim="1001", patient_balance_cents=12000),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [zero])], method="NON", trace="NONPAY1")},
        "Scenario 21. BPR02 0 with BPR04 NON: it posts, and nobody waits for a deposit.")  # fmt: skip


def _denials():
    def denied(group, reason):
        return paid_line("99214", 20000, 0, [(group, reason, 20000)], "1001L1")

    yield Case("22-denial-stays-with-the-payer", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["1001", 0]], deposit=0),
        step("show", claim="1001", status="denied", queue="denied", insurance_balance_cents=20000, denied_cents=20000, contractual_cents=0, patient_balance_cents=0),
        step("denials", claim="1001", rows=[[1, "16", "missing-information", 20000]]),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [denied("CO", "16")], status="4", remarks=("M127",), outpatient=(("MOA03", "M127"),))])},
        "Scenario 22. A denial writes nothing off: the balance stays with the payer and a denial opens.")  # fmt: skip
    yield Case("23-denied-patient-responsibility", [
        step("import", file="claim.837"), step("post", file="era.835"),
        step("show", claim="1001", status="denied", insurance_balance_cents=20000, patient_balance_cents=0, denied_cents=20000, patient_responsibility_cents=20000),
        step("denials", claim="1001", rows=[[1, "204", "non-covered", 20000]]),
        step("deny to patient", denial="denial 1 204", policy="Plan booklet p. 12; notice signed 5 Oct"),
        step("show", claim="1001", insurance_balance_cents=0, patient_balance_cents=20000, denied_cents=0, status="paid"),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [denied("PR", "204")], status="4")])},
        "Scenario 23. PR-204 on a denied claim moves to the patient only after a person has checked the policy; the reason is kept. Until then it is inside the "
        "insurance balance and counts as assigned (INTERFACES: all PR amounts, paid or not) and as denied.")  # fmt: skip


def _judgement():
    cut = paid_line("99214", 10000, 6397, [("CO", "45", 1840), ("PR", "2", 1632), ("CO", "253", 131)], "1001L1")
    yield Case("41-sequestration", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["1001", 6397]]),
        step("show", claim="1001", insurance_paid_cents=6397, contractual_cents=1971, patient_balance_cents=1632, insurance_balance_cents=0),
        step("account", name="adjustment:sequestration", cents=131), step("account", name="adjustment:contractual", cents=1840),
    ], {"claim.837": claims_file(claim("1001", [("99214", 10000)], MEDICARE)), "era.835": one([answer("1001", [cut])], who=MEDICARE)},
        "Scenario 41. 100.00 - 18.40 - 16.32 = 65.28; 2% of it is 1.3056, rounded half up to 1.31; paid 63.97. The cut has its own account and counts among the "
        "contractual amounts (it is a CO adjustment that the law makes).")  # fmt: skip
    adds = paid_line("99214", 10000, 11000, [("CO", "45", -1000)], "1001L1")
    yield Case("42-payer-adds", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["1001", 11000]]),
        step("show", claim="1001", insurance_paid_cents=11000, contractual_cents=-1000, insurance_balance_cents=0),
    ], {"claim.837": claims_file(claim("1001", [("99214", 10000)])), "era.835": one([answer("1001", [adds])])},
        "Scenario 42. A negative CO amount is money that the payer adds: kept with its sign, never flipped.")  # fmt: skip
    low = paid_line("99214", 20000, 8000, [("CO", "45", 10000), ("PR", "2", 2000)], "1001L1")
    high = paid_line("99214", 20000, 12000, [("CO", "45", 6500), ("PR", "2", 1500)], "1001L1")
    for number, name, line, allowed, variance, says in (
        (
            "43",
            "underpaid",
            low,
            10000,
            2000,
            "20.00 less than agreed is listed with its line and may be disputed; nothing more is written off than the payer took off",
        ),
        ("44", "overpaid", high, 13500, -1500, "15.00 more than agreed is flagged; no credit is made silently"),
    ):
        yield Case(f"{number}-{name}", [
            step("import", file="claim.837"), step("contract", payer_id="GRAN1", code="99214", cents=12000), step("post", file="era.835"),
            step("variances", rows=[["1001", 1, 12000, allowed, variance]]),
            *([step("show", claim="1001", insurance_balance_cents=0, contractual_cents=10000)] if number == "43" else
              [step("show", claim="1001", insurance_balance_cents=0, patient_balance_cents=1500), step("account", name="liability:refunds-due-payer", cents=0)]),
        ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [line])])},
            f"Scenario {number}. The contract allows 120.00 for the line: {says}.")  # fmt: skip
    yield Case("65-two-posts-of-one-claim", [
        step("import", file="claim.837"), step("post", file="era.835", posted=[["1001", 9600]]),
        step("post", file="era.835", duplicates=1), step("post", file="again.835", posted=[], exceptions=[["overposted", 9600]]),
        step("show", claim="1001", insurance_paid_cents=9600),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [ONE_PAID])]), "again.835": one([answer("1001", [ONE_PAID])], trace="CHK9")},
        "Scenario 65. Two people post one claim: the same remittance is a duplicate for the second, another check for the same line waits as an exception. The true race is "
        "tests/practice/remittance/test_races.py.")  # fmt: skip
    yield Case("66-eft-and-era-find-each-other", [
        step("import", file="claim.837"), step("deposit", trace="CHK1001", cents=9600, payer="1512345678", matched=False), step("unmatched", deposits=1),
        step("post", file="era.835"), step("unmatched", deposits=0, remittances=0),
        step("import", file="two.837"), step("post", file="two.835"), step("unmatched", deposits=0, remittances=1),
        step("deposit", trace="CHK2", cents=9600, payer="1512345678", matched=True), step("unmatched", deposits=0, remittances=0),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [ONE_PAID])]), "two.837": claims_file(claim("1002", [("99214", 20000)])),
        "two.835": one([answer("1002", [ONE_PAID._replace(line_control_number="1002L1")])], trace="CHK2")},
        "Scenario 66 (WEDI: one EFT, one ERA). Money and remittance find each other by TRN02 and TRN03 whichever comes first; both lists age until then.")  # fmt: skip
    yield Case("68-month-close-then-late-posting", [
        step("day", day="2026-10-20"), step("import", file="claim.837"), step("day", day="2026-11-03"), step("close", last="2026-10-31"),
        step("balance", name="receivable:insurance", day="2026-10-31", cents=20000),
        step("post", file="era.835", posted=[["1001", 9600]]),
        step("balance", name="receivable:insurance", day="2026-10-31", cents=20000), step("balance", name="cash", day="2026-10-31", cents=0),
        step("balance", name="cash", day="2026-11-03", cents=9600),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [ONE_PAID])], paid_on=date(2026, 10, 28))},
        "Scenario 68. October is closed: a remittance of 28 October posts to the open period, and what October showed stays as it was.")  # fmt: skip
