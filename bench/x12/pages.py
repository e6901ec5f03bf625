"""Writes docs/x12: a page per set with a worked example and its loop map, the page of acknowledgements, and the corpus results.

    PYTHONPATH=src:tests python bench/x12/pages.py [--corpus ../shared/corpus/x12]

Examples are written by the codec itself from the invented people of the tests; loop maps are drawn from the guide tables.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import x12_samples as samples
from cleanclaim import documents as d
from cleanclaim import x12
from cleanclaim.x12.grammar.guide import LoopUse, SegmentUse
from cleanclaim.x12.implementations.guides import guide

DOCS = Path(__file__).resolve().parents[2] / "docs" / "x12"
PROVIDER = d.Party("1P", last_name="MAPLE STREET CLINIC", id_qualifier="XX", id="1234567893")
HOLDER = samples.INSURED._replace(address=None)
CHECK_PYX12 = {"005010X222A1", "005010X223A2", "005010X221A1", "005010X214", "005010X231A1", "005010X220A1", "005010X218"}
# Where pyx12 4.0.0 and we differ on a file: who is right, and why.
DIFFER = {
    "277CA Sample (Accepted).txt": "Open: our table lets a provider level go without a status of its own and takes 1001-01-01 as a day of the calendar; pyx12 does neither. Not checked against the guide's text.",
    "united_healthcare_legacy_sample.txt": "Both: NP is no state, which is an external code (level 5) outside the codec; the envelope and structure are right.",
    "277CA.test.0001.edi": "Open: our table lets loop 2200C and the day of a line's status (STC02) be absent. Not checked against the guide's text.",
    "sample-1.txt": "We: lines point to a second diagnosis of claims that have one; pyx12 does not look at pointers.",
}


def eligibility() -> d.EligibilityRequest:
    return d.EligibilityRequest(samples.PAYER, PROVIDER, samples.INSURED, "T1", date(2026, 11, 20), service_types=("30", "98"))


def eligibility_answer() -> d.EligibilityResponse:
    copay = d.Benefit("B", "IND", ("98",), period="27", cents=2500, in_network="Y", messages=("COPAY PER VISIT",))
    return d.EligibilityResponse(
        samples.PAYER, PROVIDER, samples.INSURED, "T1", None, (d.Benefit("1", "IND", ("30",), "HM", "GOLD PLAN"), copay),
        (d.DateFact("346", date(2026, 1, 1)),),
    )  # fmt: skip


def status_question() -> d.ClaimStatusRequest:
    return d.ClaimStatusRequest(samples.PAYER, PROVIDER, HOLDER, "S1", "1001", "ICN9", 17550, date(2026, 11, 2))


def status_answer() -> d.ClaimStatus:
    return d.ClaimStatus(
        "S1",
        (d.StatusCode("F1", "65"),),
        date(2026, 11, 18),
        17550,
        14500,
        date(2026, 11, 18),
        "EFT1",
        "1001",
        "ICN9",
        date(2026, 11, 2),
    )


def authorization() -> d.AuthorizationRequest:
    visits = d.ReviewedService("97110", cents=9000, quantity=Decimal(12), unit="UN", dates=(d.DateFact("472", date(2026, 12, 1)),))
    return d.AuthorizationRequest(
        d.Party("X3", last_name="EXAMPLE HEALTH PLAN", id_qualifier="PI", id="99999"), PROVIDER, samples.INSURED, "A1", facility_code="22",
        facility_qualifier="B", diagnoses=(d.Diagnosis("M545", "ABK"),), services=(visits,),
    )  # fmt: skip


def claim_words() -> bytes:
    claim = next(iter(x12.read_claims(x12.write_claims([samples.professional()], samples.ENVELOPE))))
    word = d.ClaimAcknowledgement(
        "1001", (d.StatusCode("A2", "20", "PR"),), batch_reference="17-0001", payer_claim_control_number="ICN555"
    )
    return x12.write_claim_acknowledgements([(claim, word)], samples.ENVELOPE, received_on=date(2026, 11, 20))


ENROLLMENT = (
    b"ISA*00*          *00*          *ZZ*EMPLOYER       *ZZ*PLAN           *261120*1015*^*00501*000000001*0*T*:~GS*BE*EMPLOYER*PLAN*20261120*1015*1*X*"
    b"005010X220A1~ST*834*0001*005010X220A1~BGN*00*1*20261120*1015****2~N1*P5*EXAMPLE EMPLOYER*FI*999888777~N1*IN*EXAMPLE HEALTH PLAN*FI*654456654~"
    b"INS*Y*18*021*20*A***FT~REF*0F*ABC123456~DTP*356*D8*20260101~NM1*IL*1*FICTION*ANNA~DMG*D8*19700501*F~HD*021**HLT*GOLD~DTP*348*D8*20260101~"
    b"SE*12*0001~GE*1*1~IEA*1*000000001~"
)
PREMIUM = (
    b"ISA*00*          *00*          *ZZ*EXCHANGE       *ZZ*PLAN           *261120*1015*^*00501*000000001*0*T*:~GS*RA*EXCHANGE*PLAN*20261120*1015*1*X*"
    b"005010X218~ST*820*0001*005010X218~BPR*I*181.64*C*ACH*CCP*01*011900254*DA*1*1999999999**01*011900254*DA*2*20261121~TRN*3*EFT9*1999999999~"
    b"N1*PE*EXAMPLE HEALTH PLAN*FI*654456654~N1*PR*EXAMPLE EXCHANGE*FI*999888777~ENT*1*2J*EI*ABC123456~NM1*QE*1*FICTION*ANNA****N*ABC123456~"
    b"RMR*IK*POLICY1**181.64~SE*9*0001~GE*1*1~IEA*1*000000001~"
)


def functional() -> bytes:
    broken = (
        x12.write_claims([samples.professional()], samples.ENVELOPE).replace(b"N3*12 MAPLE ST~", b"").replace(b"SE*31*", b"SE*30*")
    )
    return x12.acknowledge(broken, instant=samples.INSTANT).together


SETS = (
    ("837p", "Professional claim (837P)", "What a clinic bills.", "read_claims, write_claims", lambda: x12.write_claims([samples.professional()], samples.ENVELOPE)),
    ("837i", "Institutional claim (837I)", "What a hospital bills.", "read_claims, write_claims", lambda: x12.write_claims([samples.institutional()], samples.ENVELOPE)),
    ("837d", "Dental claim (837D)", "What a dentist bills.", "read_claims, write_claims", lambda: x12.write_claims([samples.dental()], samples.ENVELOPE)),
    ("835", "Remittance (835)", "What a payer decided and paid.", "read_payments, read_remittances, write_remittances", lambda: x12.write_remittances([samples.advice()], samples.ENVELOPE)),
    ("270", "Eligibility question (270)", "Is this person covered, and for what?", "read_eligibility_requests, write_eligibility_requests", lambda: x12.write_eligibility_requests([eligibility()], samples.ENVELOPE)),
    ("271", "Eligibility answer (271)", "The payer's answer to a 270.", "read_eligibility_responses, write_eligibility_responses", lambda: x12.write_eligibility_responses([eligibility_answer()], samples.ENVELOPE)),
    ("276", "Claim status question (276)", "What became of this claim?", "read_status_requests, write_status_requests", lambda: x12.write_status_requests([status_question()], samples.ENVELOPE)),
    ("277", "Claim status answer (277)", "The payer's answer to a 276.", "read_statuses, write_statuses", lambda: x12.write_statuses([(status_question(), status_answer())], samples.ENVELOPE)),
    ("277ca", "Claim acknowledgement (277CA)", "Was this claim taken in?", "read_acknowledgements, write_claim_acknowledgements, acknowledge_claims", claim_words),
    ("278-request", "Services review: request (278)", "May this be done?", "read_authorization_requests, write_authorization_requests", lambda: x12.write_authorization_requests([authorization()], samples.ENVELOPE)),
    ("278-response", "Services review: answer (278)", "The reviewer's decision.", "read_authorization_decisions, write_authorization_decisions", lambda: x12.write_authorization_decisions([d.AuthorizationDecision(authorization(), "A1", "AUTH77")], samples.ENVELOPE)),
    ("834", "Enrollment (834)", "Who is a member of the plan.", "read_enrollments", lambda: ENROLLMENT),
    ("820", "Premium payment (820)", "What a premium payment is for.", "read_premiums", lambda: PREMIUM),
    ("999", "Implementation acknowledgement (999)", "What a receiver makes of a group.", "read_acknowledgements, acknowledge", functional),
)  # fmt: skip


def drawn(loop: LoopUse, depth: int = 0) -> list[str]:
    """Draw a loop as an indented map: R required, S situational, how often, which codes tell it apart."""
    found = []
    for child in loop.children:
        often = f"{'R' if child.is_required else 'S'} {child.most or 'any'}"
        if isinstance(child, LoopUse):
            found.append(f"{'    ' * depth}+ {child.name:8} {often:6} {child.label}")
            found += drawn(child, depth + 1)
        elif isinstance(child, SegmentUse):
            codes = ",".join(sorted(child.values)[:8]) + (",.." if len(child.values) > 8 else "") if child.values else ""
            found.append(f"{'    ' * depth}  {child.tag:8} {often:6} {codes}".rstrip())
    return found


def set_page(name: str, title: str, says: str, calls: str, content: bytes) -> str:
    table = guide(name)
    checked = x12.check(content)
    shown = content.decode("ascii").replace("~", "~\n").strip()
    verdict = (
        "no finding" if not checked.findings else "; ".join(f"{item.rule} (segment {item.segment})" for item in checked.findings)
    )
    alike = ", ".join(table.also) or "none"
    names = ", ".join(f"`x12.{call}`" for call in calls.split(", "))
    return (
        f"# {title}\n\n{says} Guide {table.version}, group {table.functional_id}; read alike: {alike}. Calls: {names}.\n\n"
        f"## Worked example\n\nInvented people. `cleanclaim x12 check` says of it: {verdict}.\n\n```\n{shown}\n```\n\n"
        "## Loop map\n\nR required, S situational, then how often; the codes that tell segments of one name apart. "
        "Drawn from our table; the labels are our own words.\n\n```\n" + "\n".join(drawn(table.root)) + "\n```\n"
    )  # fmt: skip


def corpus_page(folder: Path) -> str:
    from x12_judge import complaints

    rows = []
    differ = []
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    for entry in listed:
        content = (folder / entry["path"]).read_bytes()
        checked = x12.check(content)
        answer = x12.acknowledge(content, instant=samples.INSTANT, checked=checked)
        errors = Counter(finding.rule for finding in checked.findings if finding.severity == "error")
        unsupported = "VERSION_UNSUPPORTED" in errors
        verdict = "read, version not supported" if unsupported else "valid" if not errors else "errors"
        words = [type(item).__name__ for item in x12.documents_of(content)]
        money = sum(item.charge_cents for item in checked.transactions)
        first = ", ".join(f"{rule} {count}" for rule, count in errors.most_common(4)) + (" ..." if len(errors) > 4 else "")
        judge = "no map" if entry["gs08"] not in CHECK_PYX12 else "not run: large"
        if judge != "no map" and len(content) < 100_000:
            try:
                judge = "invalid" if complaints(content) else "valid"
            except Exception as stopped:  # noqa: BLE001 - the judge stops on files that it has no map for
                judge = f"stops: {type(stopped).__name__}"
            if judge in {"valid", "invalid"} and (judge == "valid") != (not errors):
                name = entry["path"].rpartition("/")[2]
                differ.append(f"- `{entry['path']}`: pyx12 {judge}, we {verdict}. {DIFFER.get(name, 'Not looked into yet.')}")
        status = "A" if answer.is_accepted else "not all accepted"
        rows.append(
            f"| {entry['path']} | {entry['transaction']} | {entry['expected']} | {verdict} | {len(words)} | {money / 100:.2f} | {status} | {judge} | {first} |"
        )
    return (
        "# Third-party files: what we make of each\n\n"
        f"{len(listed)} public test files of ten projects (they are not part of this project). Made by `PYTHONPATH=src:tests python bench/x12/pages.py`.\n"
        "*Peers say* is what the peer's own tests treat the file as; *we say* is the verdict of `cleanclaim x12 check`; *documents* counts the typed\n"
        "documents read. No file stops the codec; every count and total agrees with the manifest (`tests/corpus/test_x12.py`).\n\n"
        "Where a peer calls a file valid and we find errors, the errors are there: wrong segment counts (SE01), claims whose lines do not add up to\n"
        "CLM02, components cut with another mark than ISA16 declares, a missing PER*BL or BPR16, elements that the guide does not use. Addenda A2 and A3\n"
        "of the 837s are read like A1; 4010 is read and counted, never judged.\n\n"
        "| file | set | peers say | we say | documents | charge | 999 | pyx12 4.0.0 | errors |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        + "\n".join(rows)
        + "\n\n## Where pyx12 and we differ\n\n"
        + ("\n".join(differ) or "Nowhere.")
        + "\n\npyx12 stops with an exception, and writes no 999, where it has no map: all 270, 271, 276, 277, 278 and 837D, and 837s of addendum A2.\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(__file__).resolve().parents[3] / "shared" / "corpus" / "x12")
    args = parser.parse_args()
    DOCS.mkdir(parents=True, exist_ok=True)
    index = [
        "# X12\n",
        "Every HIPAA transaction, read, written, checked and acknowledged. Loop maps and examples are made by `bench/x12/pages.py`.\n",
    ]
    for name, title, says, calls, make in SETS:
        (DOCS / f"{name}.md").write_text(set_page(name, title, says, calls, make()), encoding="utf-8")
        index.append(f"- [{title}]({name}.md): {says}")
    index += [
        "- [Acknowledgements](acknowledgements.md): TA1, 999 and 277CA, written and read",
        "- [Balances and situations](situations.md): what does not add up, and what a transaction must carry because of what else it says",
        "- [Outside demands](demands.md): external codes and a trading partner's rules",
        "- [Measured](measured.md): speed beside the peers, memory, mutated files, round trips",
        "- [Third-party files](corpus.md): our verdict on each",
    ]
    (DOCS / "index.md").write_text("\n".join(index) + "\n", encoding="utf-8")
    if args.corpus.exists():
        (DOCS / "corpus.md").write_text(corpus_page(args.corpus), encoding="utf-8")


if __name__ == "__main__":
    main()
