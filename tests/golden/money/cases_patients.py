"""Patients' money and accounts: scenarios 45-53, 64."""

from __future__ import annotations

from golden.money.cases import ONE, ONE_PAID, one
from golden.money.cases_sending import acknowledged
from golden.money.casework import Case, step
from golden.money.writing import MEDICARE, answer, claim, claims_file, paid_line


def cases():
    paid = {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [ONE_PAID], icn="ICN1")])}
    start = [step("import", file="claim.837"), step("post", file="era.835")]
    yield Case("45-patient-credit-refunded", [
        *start, step("pay", claim="1001", cents=7400, method="card", reference="ch_1", credit=5000),
        step("refund", claim="1001", cents=5000, reason="Paid too much", method="card"),
        step("summary", claim="1001", credit_cents=0, owed_cents=0), step("account", name="liability:refunds-due-patient", cents=0),
        step("account", name="cash:card-clearing", cents=2400), step("show", claim="1001", patient_paid_cents=2400, status="closed"),
    ], paid, "Scenario 45. A credit of 50.00 is refunded by card with a reason and an approval; the audit keeps who asked and who approved.")  # fmt: skip
    over = paid_line("99214", 20000, 10000, [("CO", "45", 8000), ("PR", "2", 2000)], "1001L1")
    yield Case("46-credit-of-payer-and-patient", [
        step("import", file="claim.837"), step("pay", claim="1001", cents=5000, credit=5000), step("post", file="era.835"),
        step("use credit", claim="1001", applied=2000), step("summary", claim="1001", credit_cents=3000),
        step("refund", claim="1001", cents=3000, reason="Prepaid too much"),
        step("post", file="two.835", posted=[], exceptions=[["overposted", 12000]]),
        step("settle exception", how="refund", reason="Medicare paid twice"), step("account", name="liability:refunds-due-payer", cents=-12000),
    ], {"claim.837": claims_file(claim("1001", [("99214", 20000)], MEDICARE)), "era.835": one([answer("1001", [over])], who=MEDICARE),
        "two.835": one([answer("1001", [paid_line("99214", 20000, 12000, [("CO", "45", 8000)], "1001L1")])], who=MEDICARE, trace="CHK2")},
        "Scenario 46. The patient's 30.00 and the payer's 120.00 are separate credits with separate refunds. An overpayment of Medicare is due back 60 days after it was "
        "identified (Social Security Act 1128J(d)); the clock itself is tested with receivables.")  # fmt: skip
    copay = paid_line("99214", 20000, 12500, [("CO", "45", 5000), ("PR", "3", 2500)], "1001L1")
    yield Case("47-copay-prepaid", [
        step("import", file="claim.837"), step("pay", claim="1001", cents=3000, credit=3000), step("post", file="era.835"),
        step("use credit", claim="1001", applied=2500), step("show", claim="1001", patient_paid_cents=2500, patient_balance_cents=0),
        step("summary", claim="1001", credit_cents=500, due_now_cents=0),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [copay])])},
        "Scenario 47. 30.00 taken at the desk; the copay is 25.00; 5.00 stay visible as unapplied credit.")  # fmt: skip
    deductible = paid_line("99214", 20000, 0, [("CO", "45", 10000), ("PR", "1", 10000)], "1001L1")
    yield Case("48-plan-of-three", [
        step("import", file="claim.837"), step("post", file="era.835"),
        step("plan", claim="1001", parts=3, first="2026-11-20", amounts=[3334, 3333, 3333]),
        step("summary", claim="1001", owed_cents=10000, due_now_cents=3334), step("statement", claim="1001", due_now_cents=3334, owed_cents=10000),
        step("pay", claim="1001", cents=3334), step("summary", claim="1001", owed_cents=6666, due_now_cents=0),
        step("day", day="2026-12-20"), step("summary", claim="1001", due_now_cents=3333),
        step("pay", claim="1001", cents=3333), step("day", day="2027-01-20"), step("pay", claim="1001", cents=3333),
        step("show", claim="1001", patient_balance_cents=0, status="closed"),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [deductible])])},
        "Scenario 48. 100.00 in three parts is 33.34 + 33.33 + 33.33; the statement asks only for what is due.")  # fmt: skip
    yield Case("49-no-statement-while-insurance-decides", [
        step("import", file="claim.837"), step("summary", claim="1001", insurance_cents=20000, owed_cents=0, due_now_cents=0),
        step("statement", claim="1001", refuses="Nothing is due"), step("post", file="era.835"), step("statement", claim="1001", due_now_cents=2400),
    ], paid, "Scenario 49 (OpenEMR #7958). While insurance decides nothing is due; afterwards the patient's part is.")  # fmt: skip
    yield Case("50-good-faith-estimate", [
        step("estimate", booked="2026-11-02", served="2026-11-20", due="2026-11-05"), step("estimate", booked="2026-11-16", served="2026-11-20", due="2026-11-17"),
        step("estimate", booked="2026-11-19", served="2026-11-20", due=None),
        step("dispute", estimate_cents=50000, billed_cents=89999, billed_on="2026-12-01", may=False),
        step("dispute", estimate_cents=50000, billed_cents=90000, billed_on="2026-12-01", may=True, until="2027-03-31"),
    ], {}, "Scenario 50 (45 CFR 149.610, 149.620). Booked 10 or more business days ahead: three business days; 3 to 9: one. A bill of 400.00 or more above the "
           "estimate may be disputed for 120 days.")  # fmt: skip
    yield Case("51-chargeback", [
        *start, step("pay", claim="1001", cents=2400, method="card", reference="ch_9"), step("show", claim="1001", patient_balance_cents=0, status="closed"),
        step("returned", payment="ch_9", reason="Disputed by the cardholder", fee=1500),
        step("show", claim="1001", patient_balance_cents=2400, patient_paid_cents=0), step("account", name="expense:chargeback-fees", cents=1500),
        step("account", name="cash:card-clearing", cents=-1500), step("history", claim="1001", has=["patient-paid", "patient-credit"]),
        step("pay", claim="1001", cents=2400, method="cash"), step("show", claim="1001", patient_balance_cents=0),
    ], paid, "Scenario 51. The balance returns, the bank's fee stands in its own account, the receipt trail shows payment and return.")  # fmt: skip
    yield Case("52-merge-with-open-claims", [
        step("clinic"), step("visit", name="one"), step("visit", name="other", self_pay=True, coverages=[]), step("send", batches=1, claims=1),
        step("acknowledge", file="277ca.x12", accepted=1),
        step("merge", survivor="one", absorbed="other"), step("patient owes", patient="one", cents=19500),
        step("show", claim="one", payer_claim_control_number="G1", insurance_balance_cents=19500), step("pay", claim="one", cents=19500),
        step("show", claim="other", patient_balance_cents=0), step("patient owes", patient="one", cents=0),
        step("unmerge"), step("show", claim="other", patient_balance_cents=0), step("show", claim="one", payer_claim_control_number="G1"),
    ], {"277ca.x12": acknowledged([("100001", "A2", "20", "G1")])},
        "Scenario 52. Two registrations of one person share one account: no visit, payer number or entry is lost or rewritten, and the merge can be undone.")  # fmt: skip
    yield Case("53-coverage-found-after-payment", [
        step("clinic"), step("visit", name="v", coverages=[]), step("show", claim="v", patient_balance_cents=19500, insurance_balance_cents=0),
        step("pay", claim="v", cents=5000), step("move to payer", claim="v", payer="granite"),
        step("show", claim="v", insurance_balance_cents=14500, patient_balance_cents=0, patient_paid_cents=5000, payer="Granite Health"),
        step("history", claim="v", has=["billed-to-patient", "patient-paid", "other-payer"]),
    ], {}, "Scenario 53. A coverage is back-dated after the patient was billed and paid a part: what is open goes to the payer, the original bill and payment stay on the "
           "timeline.")  # fmt: skip
    yield Case("64-charge-entry-reopened", [
        step("clinic"), step("visit", name="v"), step("send"), step("pay", claim="v", cents=2000), step("reopen charges", name="v"),
        step("show", claim="v", charge_cents=19500, insurance_balance_cents=19500), step("summary", claim="v", credit_cents=2000),
        step("correct", claim="v"), step("show", claim="v", charge_cents=19500, insurance_balance_cents=19500),
    ], {}, "Scenario 64 (OpenEMR #4334). Opening the charges of a billed visit again deletes no payment: it stands as the patient's credit, and the claim keeps its charge.")  # fmt: skip
