"""Invented 835 and 837P files of any size for the benchmark. Everything balances.

A practice has a charge master and contracts: 60 procedures with one charge each, eight payers' allowed amounts, a handful of copays. So
prices repeat as they do in life, while names, control numbers, members and days vary. `--all-different` draws every amount at random
instead, which no practice does: it shows what the codec costs when nothing repeats.

    python bench/x12/generate.py 835 20 out.835      # about 20 MB
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

CLAIMS_PER_TRANSACTION = 5000
NAMES = "ADLER BECK CRUZ DIAZ EVANS FROST GREEN HOLM IRWIN JONES KELLER LUND MEYER NOLAN OTTO PRICE QUINN REED SOTO TRENT".split()
FIRST = "ANNA BEN CARL DORA EMIL FAY GUS HANA IDA JON KIM LEO MIA NED OLA PAT".split()
CODES = [str(code) for code in (*range(99202, 99206), *range(99211, 99216), *range(80047, 80054), *range(81000, 81004), *range(85025, 85032),
                                *range(87800, 87812), *range(90471, 90475), *range(90656, 90663), 36415, 71045, 71046, 93000, 93005, 94010,
                                94640, 96372, 97110, 97140)]  # fmt: skip
_MASTER = random.Random(7)
CHARGES = {code: _MASTER.randrange(1500, 45000, 100) for code in CODES}
ALLOWED = {code: [CHARGES[code] * _MASTER.randrange(40, 90) // 100 for _payer in range(8)] for code in CODES}
DIAGNOSES = "J029 E119 I10 J069 R509 M545 Z0000 E785 J209 N390 R05 F419".split()


def price(rng: random.Random, *, all_different: bool) -> tuple[str, int, int, int]:
    """Return a procedure, its charge, what the contract takes off and what the patient owes."""
    code = rng.choice(CODES)
    if all_different:
        charge = rng.randrange(2000, 40000)
        contractual = rng.randrange(100, charge // 2)
        return code, charge, contractual, rng.choice((0, 0, rng.randrange(100, charge // 3)))
    allowed = rng.choice(ALLOWED[code])
    patient = rng.choice((0, 0, min(2500, allowed), allowed // 5, allowed))
    return code, CHARGES[code], CHARGES[code] - allowed, patient


def money(cents: int) -> str:
    dollars, rest = divmod(cents, 100)
    return str(dollars) if not rest else f"{dollars}.{rest:02d}".rstrip("0")


def header(kind: str, guide: str, control: int) -> str:
    return (
        f"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261120*1015*^*00501*{control:09d}*0*T*:~"
        f"GS*{kind}*SENDER*RECEIVER*20261120*1015*1*X*{guide}~"
    )


def remittance_claim(rng: random.Random, number: int, *, all_different: bool) -> tuple[str, int]:
    lines = []
    charge_total = paid_total = patient_total = 0
    for line in range(1, rng.choice((1, 1, 2, 2, 3)) + 1):
        code, charge, contractual, patient = price(rng, all_different=all_different)
        paid = charge - contractual - patient
        charge_total, paid_total, patient_total = charge_total + charge, paid_total + paid, patient_total + patient
        modifier = rng.choice(("", "", ":25", ":59"))
        day = f"2026{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
        lines.append(f"SVC*HC:{code}{modifier}*{money(charge)}*{money(paid)}**1~DTM*472*{day}~CAS*CO*45*{money(contractual)}~")
        if patient:
            lines.append(f"CAS*PR*{rng.choice('123')}*{money(patient)}~")
        lines.append(f"REF*6R*{number}L{line}~AMT*B6*{money(charge - contractual)}~")
    responsibility = money(patient_total) if patient_total else ""
    day = f"2026{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    head = (
        f"CLP*PCN{number}*1*{money(charge_total)}*{money(paid_total)}*{responsibility}*12*ICN{number * 7919:013d}*11*1~"
        f"NM1*QC*1*{rng.choice(NAMES)}*{rng.choice(FIRST)}*{rng.choice('ABCDE')}***MI*M{number * 104729 % 10**9:09d}~"
        f"NM1*82*1*{rng.choice(NAMES)}*{rng.choice(FIRST)}****XX*1234567893~MOA***MA01~REF*EA*{number}~DTM*050*{day}~"
    )
    return head + "".join(lines), paid_total


def remittance(size: int, path: Path, seed: int = 1, *, all_different: bool = False) -> dict[str, int]:
    rng = random.Random(seed)
    claims = total = written = transaction = 0
    with path.open("w", encoding="ascii") as out:
        written += out.write(header("HP", "005010X221A1", 1))
        while written < size:
            transaction += 1
            parts, paid = [], 0
            for _ in range(CLAIMS_PER_TRANSACTION):
                claims += 1
                text, cents = remittance_claim(rng, claims, all_different=all_different)
                parts.append(text)
                paid += cents
                if written + sum(map(len, parts[-1:])) * len(parts) > size:
                    break
            body = (
                f"ST*835*{transaction:04d}~BPR*I*{money(paid)}*C*CHK************20261118~TRN*1*EFT{transaction}*1999999999~DTM*405*20261117~"
                "N1*PR*EXAMPLE HEALTH PLAN~N3*1 PLAN WAY~N4*CHICAGO*IL*60601~PER*BL*HELP DESK*TE*5555550199~"
                "N1*PE*MAPLE STREET CLINIC*XX*1234567893~REF*TJ*123456789~LX*1~" + "".join(parts)
            )
            written += out.write(body + f"SE*{body.count('~') + 1}*{transaction:04d}~")
            total += paid
        out.write(f"GE*{transaction}*1~IEA*1*000000001~")
    return {"claims": claims, "paid_cents": total, "transactions": transaction}


def professional_claim(rng: random.Random, number: int, level: int, *, all_different: bool) -> tuple[str, int]:
    name, first = rng.choice(NAMES), rng.choice(FIRST)
    lines = []
    total = 0
    for line in range(1, rng.choice((1, 2, 2, 3)) + 1):
        code, charge, _, _ = price(rng, all_different=all_different)
        total += charge
        modifier = rng.choice(("", "", ":25", ":59"))
        day = f"2026{rng.randrange(1, 11):02d}{rng.randrange(1, 29):02d}"
        lines.append(
            f"LX*{line}~SV1*HC:{code}{modifier}*{money(charge)}*UN*{rng.choice('1112')}***{rng.choice(('1', '1:2', '2'))}~"
            f"DTP*472*D8*{day}~REF*6R*{number}L{line}~"
        )
    picks = rng.sample(DIAGNOSES, 2)
    born = f"19{rng.randrange(30, 99)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    return (
        f"HL*{level}*1*22*0~SBR*P*18*GRP{number % 97}******CI~NM1*IL*1*{name}*{first}*{rng.choice('ABCDE')}***MI*M{number * 104729 % 10**9:09d}~"
        f"N3*{rng.randrange(1, 999)} ELM ST~N4*SPRINGFIELD*IL*62702~DMG*D8*{born}*{rng.choice('FM')}~NM1*PR*2*EXAMPLE HEALTH PLAN*****PI*99999~"
        f"CLM*PCN{number}*{money(total)}***11:B:1*Y*A*Y*Y~REF*X4*14D0000001~HI*ABK:{picks[0]}*ABF:{picks[1]}~"
        f"NM1*82*1*{rng.choice(NAMES)}*{rng.choice(FIRST)}****XX*1245319599~PRV*PE*PXC*207Q00000X~" + "".join(lines)
    ), total


def professional(size: int, path: Path, seed: int = 2, *, all_different: bool = False) -> dict[str, int]:
    rng = random.Random(seed)
    claims = total = written = transaction = 0
    with path.open("w", encoding="ascii") as out:
        written += out.write(header("HC", "005010X222A1", 2))
        while written < size:
            transaction += 1
            parts: list[str] = []
            length = 0
            while len(parts) < CLAIMS_PER_TRANSACTION and written + length < size:
                claims += 1
                text, cents = professional_claim(rng, claims, len(parts) + 2, all_different=all_different)
                parts.append(text)
                length += len(text)
                total += cents
            body = (
                f"ST*837*{transaction:04d}*005010X222A1~BHT*0019*00*B{transaction}*20261120*1015*CH~NM1*41*2*MAPLE STREET CLINIC*****46*SUB001~"
                "PER*IC*RUTH ADLER*TE*5555550100~NM1*40*2*NORTH CLEARING*****46*REC001~HL*1**20*1~PRV*BI*PXC*207Q00000X~"
                "NM1*85*2*MAPLE STREET CLINIC*****XX*1234567893~N3*12 MAPLE ST~N4*SPRINGFIELD*IL*627010001~REF*EI*123456789~"
                + "".join(parts)
            )
            written += out.write(body + f"SE*{body.count('~') + 1}*{transaction:04d}~")
        out.write(f"GE*{transaction}*1~IEA*1*000000002~")
    return {"claims": claims, "charge_cents": total, "transactions": transaction}


if __name__ == "__main__":
    maker = {"835": remittance, "837P": professional}[sys.argv[1]]
    print(maker(int(float(sys.argv[2]) * 1_000_000), Path(sys.argv[3]), all_different="--all-different" in sys.argv))
