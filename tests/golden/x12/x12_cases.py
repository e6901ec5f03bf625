"""The worked examples of X12: a file of invented people, what is wrong with it and why. `python tests/golden/x12/x12_cases.py` writes them anew.

Each case names the findings that it is for by hand; the rest of what is expected (totals, acknowledgements) is frozen from a reviewed run.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "bench" / "x12")]

import pages

import x12_samples as samples
from cleanclaim import x12

PROFESSIONAL = x12.write_claims([samples.professional()], samples.ENVELOPE)
SECONDARY = x12.write_claims([samples.secondary()], samples.ENVELOPE)
INSTITUTIONAL = x12.write_claims([samples.institutional()], samples.ENVELOPE)
ADVICE = x12.write_remittances([samples.advice()], samples.ENVELOPE)
PAGES = {name: make() for name, _, _, _, make in pages.SETS}


class Case(NamedTuple):
    """A file, the rules that speak of it, and the reason in a sentence."""

    name: str
    content: bytes
    rules: tuple[str, ...]
    why: str


def counted(content: bytes) -> bytes:
    """Set SE01 right after segments were put in or taken out."""
    start = content.index(b"~ST*") + 1
    body = content[start : content.index(b"~SE*", start) + 1]
    return re.sub(rb"~SE\*\d+\*", b"~SE*%d*" % (body.count(b"~") + 1), content, count=1)


CASES = (
    Case("01-professional-claim", PROFESSIONAL, (), "A clinic's claim of two lines; nothing is wrong with it."),
    Case("02-institutional-claim", INSTITUTIONAL, (), "A hospital stay of two days."),
    Case("03-dental-claim", PAGES["837d"], (), "A filling, with its tooth and surfaces."),
    Case("04-secondary-claim", SECONDARY, (), "The second payer sees what the first one paid and adjusted, on the claim and on its line."),
    Case("05-remittance", ADVICE, (), "A check that pays one claim and takes back five dollars."),
    *(Case(f"{number:02d}-{name}", PAGES[name], (), f"The worked example of the page on {name}.")
      for number, name in enumerate(("270", "271", "276", "277", "277ca", "278-request", "278-response", "834", "820", "999"), 6)),
    Case("20-segment-missing", counted(PROFESSIONAL.replace(b"N3*12 MAPLE ST~", b"")), ("SEGMENT_MISSING",),
         "The billing provider has no street (loop 2010AA N3)."),
    Case("21-wrong-segment-count", re.sub(rb"~SE\*(\d+)", lambda found: b"~SE*%d" % (int(found[1]) - 1), PROFESSIONAL), ("SEGMENT_COUNT_WRONG",), "SE01 counts one segment too few."),
    Case("22-lines-do-not-add-up", PROFESSIONAL.replace(b"CLM*1001*175.5*", b"CLM*1001*176.5*"), ("CLAIM_TOTAL_DIFFERS",),
         "CLM02 is a dollar more than the lines."),
    Case("23-check-out-of-balance", ADVICE.replace(b"BPR*I*140*", b"BPR*I*141*"), ("CHECK_OUT_OF_BALANCE",),
         "BPR02 is a dollar more than the claims less the provider adjustments."),
    Case("24-line-out-of-balance", ADVICE.replace(b"CAS*CO*45*5.5~", b"CAS*CO*45*6.5~"), ("LINE_OUT_OF_BALANCE", "CLAIM_OUT_OF_BALANCE"),
         "One adjustment takes a dollar that nobody paid less."),
    Case("25-other-payer-out-of-balance", SECONDARY.replace(b"SVD*99999*80*", b"SVD*99999*70*"), ("OTHER_PAYER_LINE_OUT_OF_BALANCE",),
         "What the first payer paid and adjusted for the line is not the line's charge."),
    Case("26-code-not-in-the-guide", PROFESSIONAL.replace(b"SBR*P*18*GRP1******CI~", b"SBR*P*18*GRP1******QQ~"), ("CODE_NOT_IN_GUIDE",),
         "SBR09 has a claim filing code that does not exist."),
    Case("27-no-such-day", PROFESSIONAL.replace(b"DTP*472*D8*20261102~", b"DTP*472*D8*20260230~"), ("INVALID_DATE", "INVALID_DATE"),
         "Both lines were served on the thirtieth of February."),
    Case("28-element-not-used", PROFESSIONAL.replace(b"N3*4 ELM ST~", b"N3*4 ELM ST*A*B~"), ("TOO_MANY_ELEMENTS",), "N3 has a third element."),
    Case("29-level-without-parent", PROFESSIONAL.replace(b"HL*2*1*22*0~", b"HL*2*9*22*0~"), ("HL_PARENT",), "HL02 names a level that is not there."),
    Case("30-replacement-without-original", PROFESSIONAL.replace(b"11:B:1*", b"11:B:7*"), ("ORIGINAL_NUMBER_MISSING",),
         "A replacement does not say which claim it takes the place of."),
    Case("31-pointer-beyond-the-diagnoses", PROFESSIONAL.replace(b"***2:1~", b"***5:1~"), ("POINTER_BEYOND_DIAGNOSES",),
         "A line points to a fifth diagnosis of two."),
    Case("32-interchange-numbers-differ", PROFESSIONAL.replace(b"IEA*1*000000017~", b"IEA*1*000000018~"), ("INTERCHANGE_NUMBERS_DIFFER",),
         "IEA02 is not ISA13: the TA1 is E 001, and the claim goes on."),
    Case("33-cut-off", PROFESSIONAL[: PROFESSIONAL.index(b"~SE*") + 1],
         ("SEGMENT_MISSING", "SET_TRAILER_MISSING", "GROUP_TRAILER_MISSING", "INTERCHANGE_TRAILER_MISSING"), "The file ends before its trailers: the TA1 is R 023."),
    Case("34-version-4010", PROFESSIONAL.replace(b"005010X222A1", b"004010X098A1").replace(b"*00501*", b"*00401*").replace(b"*^*00401", b"*U*00401"),
         ("VERSION_UNSUPPORTED",), "A claim of 4010 is read and counted, and rejected with I6."),
    Case("35-group-numbers-differ", PROFESSIONAL.replace(b"GE*1*5~", b"GE*1*6~"), ("GROUP_NUMBERS_DIFFER",), "GE02 is not GS06: AK9 says 4, the TA1 stays A."),
    Case("36-broken-over-lines", PROFESSIONAL.replace(b"~", b"~\r\n"), (), "A line break behind each terminator is no fault."),
    Case("37-byte-order-mark", b"\xef\xbb\xbf" + PROFESSIONAL, ("BYTE_ORDER_MARK",), "A mark that editors put in front is passed over, and said."),
    Case("38-two-interchanges", PROFESSIONAL + ADVICE, (), "Two interchanges in one file are two files in one."),
    Case("39-segment-of-no-set", counted(PROFESSIONAL.replace(b"LX*1~", b"ZZZ*1~LX*1~")), ("SEGMENT_UNKNOWN",),
         "A segment that X12 does not have."),
    Case("40-newline-as-terminator", PROFESSIONAL.replace(b"~", b"\n"), (), "The terminator may be a line break: the ISA says so."),
    Case("41-patient-missing", PROFESSIONAL.replace(b"SBR*P*18*GRP1", b"SBR*P**GRP1"), ("PATIENT_MISSING",),
         "The subscriber is not said to be the patient, and no patient follows."),
    Case("42-npi-check-digit", PROFESSIONAL.replace(b"1245319599", b"1245319598"), ("NPI_CHECK_DIGIT",), "The rendering provider's NPI is mistyped."),
)  # fmt: skip


def outcome(content: bytes) -> dict[str, Any]:
    """Return what Cleanclaim makes of a file, as far as a case holds it."""
    checked = x12.check(content)
    answer = x12.acknowledge(content, instant=samples.INSTANT, checked=checked)
    ta1 = re.search(rb"~TA1\*[^~]*\*([AER]\*\d{3})~", answer.together)
    return {
        "well_formed": checked.well_formed,
        "transactions": [
            {key: item._asdict()[key] for key in ("set", "version", "valid", "claims", "lines", "charge_cents", "paid_cents", "adjustment_cents")}
            for item in checked.transactions
        ],
        "findings": [[item.rule, item.level, item.severity, item.segment, item.element, item.code] for item in checked.findings],
        "ta1": ta1.group(1).decode() if ta1 else "",
        "answers": [part.decode() for part in re.findall(rb"(?:IK3|IK4|IK5|AK9)\*[^~]*", answer.functional)],
        "documents": [type(item).__name__ for item in x12.documents_of(content)],
    }  # fmt: skip


def main() -> None:
    for case in CASES:
        folder = HERE / case.name
        folder.mkdir(exist_ok=True)
        (folder / "input.x12").write_bytes(case.content)
        (folder / "expected.json").write_text(json.dumps(outcome(case.content), indent=1) + "\n", encoding="utf-8")
        (folder / "why.md").write_text(case.why + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
