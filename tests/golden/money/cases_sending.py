"""Cases of sending, acknowledging, correcting and coordinating claims: scenarios 24-34, 38-40."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cleanclaim.documents import Adjustment, LineAdjudication, OtherCoverage
from golden.money.cases import ONE, one
from golden.money.casework import Case, step
from golden.money.writing import (
    BIRCH,
    GRANITE,
    MEDICAID,
    MEDICARE,
    answer,
    claim,
    claims_file,
    paid_line,
    subscriber,
)

ISA = b"ISA*00*          *00*          *ZZ*GRANITE1       *ZZ*MAPLE1         *261120*1200*^*00501*%09d*0*T*:~"


def ta1(number: int, status: str, note: str = "000") -> bytes:
    """A TA1 alone, outside any group."""
    return ISA % 900 + b"TA1*%09d*261120*1200*%s*%s~IEA*0*000000900~" % (number, status.encode(), note.encode())


def functional(group: int, status: str, transactions: list[tuple[str, str]]) -> bytes:
    """A 999 for one group."""
    body = [b"ST*999*0001*005010X231A1~AK1*HC*%d*005010X222A1~" % group]
    for number, result in transactions:
        errors = b"" if result == "A" else b"IK3*CLM*22*2300*8~IK4*2*782*1~"
        body.append(b"AK2*837*%s*005010X222A1~%sIK5*%s~" % (number.encode(), errors, result.encode()))
    taken = sum(result == "A" for _, result in transactions)
    body.append(b"AK9*%s*%d*%d*%d~" % (status.encode(), len(transactions), len(transactions), taken))
    count = b"".join(body).count(b"~") + 1
    return (
        ISA % 901
        + b"GS*FA*GRANITE1*MAPLE1*20261120*1200*1*X*005010X231A1~"
        + b"".join(body)
        + b"SE*%d*0001~GE*1*1~IEA*1*000000901~" % count
    )


def acknowledged(rows: list[tuple[str, str, str, str]]) -> bytes:
    """A 277CA: (control number, category, status, payer's number) for each claim."""
    body = [(b"ST*277*0001*005010X214~BHT*0085*08*1*20261120*1200*TH~HL*1**20*1~NM1*PR*2*GRANITE*****PI*60054~TRN*1*R1~DTP*050*D8*20261120~DTP*009*D8*20261120~"
            b"HL*2*1*21*1~NM1*41*2*MAPLE HILL*****46*MAPLE1~TRN*2*B1~STC*A1:19*20261120*WQ*100~HL*3*2*19*1~NM1*85*2*MAPLE HILL*****XX*1000000004~")]  # fmt: skip
    for place, (number, category, code, icn) in enumerate(rows, 4):
        body.append(b"HL*%d*3*PT~NM1*QC*1*CARVALHO*INES****MI*GH1~TRN*2*%s~STC*%s:%s*20261120*%s*0~" % (
            place, number.encode(), category.encode(), code.encode(), b"WQ" if category in {"A1", "A2"} else b"U"))  # fmt: skip
        if icn:
            body.append(b"REF*1K*%s~" % icn.encode())
    count = b"".join(body).count(b"~") + 1
    return (
        ISA % 902
        + b"GS*HN*GRANITE1*MAPLE1*20261120*1200*1*X*005010X214~"
        + b"".join(body)
        + b"SE*%d*0001~GE*1*1~IEA*1*000000902~" % count
    )


def cases():
    yield from _after_denial()
    yield from _corrections()
    yield from _acknowledgements()
    yield from _coordination()


def _after_denial():
    late = paid_line("99214", 20000, 0, [("CO", "29", 20000)], "1001L1")
    yield Case("24-timely-filing", [
        step("import", file="claim.837"), step("post", file="era.835"), step("denials", claim="1001", rows=[[1, "29", "timely-filing", 20000]]),
        step("appeal", denial="denial 1 29", argument="It was filed in time.", refuses="999 or TA1 is no proof"),
        step("acknowledge", file="999.x12", unmatched=1), step("acknowledge", file="277ca.x12", accepted=1),
        step("write off denial", denial="denial 1 29", reason="Too late", role="biller", refuses="role manager"),
        step("appeal", denial="denial 1 29", argument="Accepted on 20 Nov 2026, see the 277CA.", proof="277CA accepted on 2026-11-20"),
        step("show", claim="1001", status="appealed", insurance_balance_cents=20000),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [late], status="4")]), "999.x12": functional(7, "A", [("0001", "A")]),
        "277ca.x12": acknowledged([("1001", "A2", "20", "ICN1")])},
        "Scenario 24. Proof of timely filing is the payer's acceptance (277CA); a 999 or TA1 shows only that a file arrived. Giving the money up needs a manager.")  # fmt: skip
    twice = paid_line("99214", 20000, 0, [("CO", "18", 20000)], "1001L1")
    yield Case("25-duplicate-denial", [
        step("import", file="claim.837"), step("post", file="era.835"), step("denials", claim="1001", rows=[[1, "18", "duplicate", 20000]]),
        step("suggestion", denial="denial 1 18", has="replacement (7)"), step("show", claim="1001", payer_claim_control_number="ICN1", denied_cents=20000),
    ], {"claim.837": claims_file(ONE), "era.835": one([answer("1001", [twice], status="4", icn="ICN1")])},
        "Scenario 25. CO-18: the same claim went out twice as an original. The work item names the cause and suggests a replacement with the payer's number.")  # fmt: skip


def _corrections():
    start = [step("import", file="claim.837"), step("acknowledge", file="277ca.x12", accepted=1)]
    files = {
        "claim.837": claims_file(claim("1001", [("99214", 20000), ("93000", 5000)])),
        "277ca.x12": acknowledged([("1001", "A2", "20", "ICN77")]),
    }
    yield Case("26-corrected-claim", [
        *start, step("correct", claim="1001"),
        step("document", claim="1001", frequency="7", payer_number="ICN77", lines=2, charge_cents=25000),
        step("show", claim="1001", charge_cents=25000, insurance_balance_cents=25000),
        step("claims", count=1), step("account", name="receivable:insurance", cents=25000),
    ], files, "Scenario 26. CLM05-3 is 7 and REF*F8 the payer's number, filled by themselves; all lines go again and no new receivable is made.")  # fmt: skip
    yield Case("27-correction-without-payer-number", [
        step("import", file="claim.837"), step("correct", claim="1001"),
        step("document", claim="1001", frequency="7", payer_number="", findings=["FREQUENCY_WITHOUT_ICN"]),
        step("show", claim="1001", status="held"), step("release", claim="1001", despite="send it anyway", refuses="number"),
    ], {"claim.837": files["claim.837"]}, "Scenario 27. Without the payer's number a replacement is stopped, and no reason overrides that.")  # fmt: skip
    paid = paid_line("99214", 20000, 15000, [("CO", "45", 5000)], "1001L1")
    other = paid_line("93000", 5000, 4000, [("CO", "45", 1000)], "1001L2")
    back = [
        paid_line("99214", -20000, -15000, [("CO", "45", -5000)], "1001L1"),
        paid_line("93000", -5000, -4000, [("CO", "45", -1000)], "1001L2"),
    ]
    yield Case("28-void", [
        *start, step("post", file="paid.835", posted=[["1001", 19000]]), step("void", claim="1001"),
        step("document", claim="1001", frequency="8", payer_number="ICN77"), step("show", claim="1001", status="voided", insurance_paid_cents=19000),
        step("post", file="back.835", posted=[["1001", -19000]], deposit=0),
        step("show", claim="1001", status="voided", insurance_paid_cents=0, charge_cents=0, contractual_cents=0, insurance_balance_cents=0, patient_balance_cents=0),
    ], {**files, "paid.835": one([answer("1001", [paid, other], icn="ICN77")]),
        "back.835": one([answer("1001", back, status="22", icn="ICN77")], trace="CHK2", plb=[("WO", "ICN77", -19000)])},
        "Scenario 28. The void carries 8 and the payer's number; the payer's reversal then takes everything to zero, the charge included.")  # fmt: skip


def _acknowledgements():
    setup = [step("clinic"), *(step("visit", name=f"v{n}") for n in range(3)), step("send", batches=1, claims=3)]
    fifty = [step("visit", name=f"v{n}", patient_as=f"p{n % 10}", served=f"2026-11-{2 + 2 * (n // 10):02d}") for n in range(50)]
    told = [(f"{100_001 + n}", *(("A7", "562", "") if n == 17 else ("A2", "20", f"G{100_001 + n}"))) for n in range(50)]
    yield Case("29-one-of-a-batch-rejected", [
        step("clinic"), *fifty, step("send", batches=1, claims=50), step("acknowledge", file="277ca.x12", accepted=49, rejected=1),
        *(step("show", claim=f"v{n}", status="accepted", payer_claim_control_number=f"G{100_001 + n}") for n in range(50) if n != 17),
        step("show", claim="v17", status="rejected", queue="rejected"), step("claims", count=50),
    ], {"277ca.x12": acknowledged(told)},
        "Scenario 29. One claim of a batch of fifty is rejected by the 277CA: it alone waits in the rejected queue with the payer's reason, forty-nine are accepted with the "
        "payer's numbers, and no file goes out again.")  # fmt: skip
    yield Case("30-999-rejects-a-transaction", [
        *setup, step("visit", name="w0"), step("send", batches=1, claims=1),
        step("acknowledge", file="999.x12", rejected=3), step("show", claim="v0", status="rejected"), step("show", claim="v2", status="rejected"),
        step("show", claim="w0", status="sent"),
    ], {"999.x12": functional(1, "R", [("0001", "R")])},
        "Scenario 30. The 999 rejects one transaction: its claims come back with the segment that was wrong, other files are untouched.")  # fmt: skip
    yield Case("31-ta1-rejects-the-interchange", [
        *setup, step("acknowledge", file="ta1.x12", resent=3), step("show", claim="v0", status="ready", queue="ready"),
        step("send", batches=1, claims=3), step("files differ", count=2), step("show", claim="v0", status="sent"),
    ], {"ta1.x12": ta1(1, "R", "020")},
        "Scenario 31. A TA1 stands alone, outside any group. The whole batch is unsent; the same claims go out again under new control numbers.")  # fmt: skip
    yield Case("32-no-acknowledgement", [
        *setup, step("silent", count=0), step("day", day="2026-11-23"), step("silent", count=3),
        step("resend", claim="v0"), step("send", batches=1, claims=1), step("acknowledge", file="277ca.x12", accepted=1),
        step("resend", claim="v1", refuses="duplicate"), step("claims", count=3),
    ], {"277ca.x12": acknowledged([("100002", "A2", "20", "G1")])},
        "Scenario 32. After 48 hours (a setting) without TA1, 999 or 277CA the submissions are listed; sending again needs a person and is refused once the payer has the claim.")  # fmt: skip
    yield Case("33-two-batches-in-one-second", [
        step("clinic"), step("visit", name="v0"), step("send", batches=1, claims=1), step("visit", name="v1"), step("send", batches=1, claims=1),
        step("files differ", count=2),
    ], {}, "Scenario 33 (LibreHealth #1022). Control numbers are handed out in the transaction, not made from the clock: two files, two numbers.")  # fmt: skip
    yield Case("34-status-answer", [
        *setup, step("status", claim="v0", category="F2", code="107"), step("history", claim="v0", has=["status"]), step("claims", count=3),
        step("show", claim="v0", status="sent", insurance_balance_cents=19500), step("status", claim="v1", category="P1", code="20"),
        step("show", claim="v1", status="pended"),
    ], {}, "Scenario 34. Finalised without payment stands on the timeline until the remittance says why; a pending claim is pended; no claim is sent twice.")  # fmt: skip


def _coordination():
    group = paid_line("99214", 30000, 20000, [("CO", "45", 6000), ("PR", "2", 4000)], "1001L1")
    made = claim(
        "1001", [("99214", 30000)], GRANITE, other_coverages=(OtherCoverage(subscriber(MEDICARE, "S", insurance_type="12")),)
    )
    yield Case("38-medicare-secondary", [
        step("import", file="claim.837"), step("post", file="era.835"), step("bill next", claim="1001"),
        step("document", claim="1001", sequence="S", insurance_type="12", others=["P"], cas=[[1, "GRAN1", "CO", "45", 6000], [1, "GRAN1", "PR", "2", 4000]],
             paid=[[1, "GRAN1", 20000]], charge_cents=30000),
    ], {"claim.837": claims_file(made), "era.835": one([answer("1001", [group])])},
        "Scenario 38. Working aged: SBR05 is 12, the group plan's CAS stand in 2430 and sum with its payment to the charge.")  # fmt: skip
    three = claim(
        "1001",
        [("99214", 30000)],
        GRANITE,
        other_coverages=(OtherCoverage(subscriber(BIRCH, "S")), OtherCoverage(subscriber(MEDICAID, "T"))),
    )
    second = paid_line("99214", 30000, 2500, [("OA", "23", 26000), ("PR", "1", 1500)], "1001L1")
    third = paid_line("99214", 30000, 1500, [("OA", "23", 28500)], "1001L1")
    yield Case("39-tertiary", [
        step("import", file="claim.837"), step("post", file="first.835"), step("bill next", claim="1001"), step("post", file="second.835"),
        step("show", claim="1001", insurance_balance_cents=1500, next_payer="GREEN MOUNTAIN MEDICAID"), step("bill next", claim="1001"),
        step("document", claim="1001", sequence="T", others=["P", "S"], paid=[[1, "GRAN1", 20000], [1, "BIRCH", 2500]]),
        step("post", file="third.835", posted=[["1001", 1500]]),
        step("show", claim="1001", status="paid", insurance_paid_cents=24000, contractual_cents=6000, insurance_balance_cents=0, patient_balance_cents=0),
    ], {"claim.837": claims_file(three), "first.835": one([answer("1001", [group])]), "second.835": one([answer("1001", [second], status="2")], who=BIRCH, trace="B1"),
        "third.835": one([answer("1001", [third], status="3")], who=MEDICAID, trace="M1")},
        "Scenario 39. The tertiary claim carries two payers, each of whose payment and adjustments balance to the charge.")  # fmt: skip
    base = claim("1001", [("99214", 30000)], MEDICAID, sequence="S")
    doubled = base._replace(
        lines=(base.lines[0]._replace(adjudications=(
            LineAdjudication("14112", 20000, "99214", (), Decimal(1), None, (Adjustment("CO", "45", 6000), Adjustment("PR", "2", 4000)), date(2026, 10, 20)),)),),
        other_coverages=(OtherCoverage(subscriber(MEDICARE, "P"), (Adjustment("CO", "45", 6000), Adjustment("PR", "2", 4000)), 20000, paid_on=date(2026, 10, 20)),),
    )  # fmt: skip
    yield Case("40-adjustment-counted-twice", [
        step("import", file="claim.837"),
        step("show", claim="1001", insurance_paid_cents=0, insurance_balance_cents=30000),
        step("history", claim="1001", has=["earlier-payer"]),
    ], {"claim.837": claims_file(doubled)},
        "Scenario 40. The claim repeats one payer's adjustments at claim and at line level: the decision is out by 100.00, so nothing of it is booked and the timeline "
        "says so. That the scrubber stops such a claim before it goes out is tested with the edits.")  # fmt: skip
