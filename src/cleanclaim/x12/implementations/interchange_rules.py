"""What an ISA must hold, with the TA1 note code of each fault."""

from __future__ import annotations

from typing import Final

from cleanclaim.x12.tokens.findings import ERROR, WARNING
from cleanclaim.x12.tokens.values import day_of, is_digits

QUALIFIERS: Final = frozenset(
    "01 02 03 04 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 AM NR SA SN ZZ".split()
)
_VERSIONS: Final = frozenset(
    {
        "00200",
        "00201",
        "00204",
        "00300",
        "00301",
        "00302",
        "00303",
        "00304",
        "00305",
        "00306",
        "00307",
        "00400",
        "00401",
        "00402",
        "00403",
        "00404",
        "00405",
        "00406",
        "00500",
        "00501",
        "00502",
    }
)

HeaderFault = tuple[str, str, int, str, str]


def header_faults(row: list[str]) -> list[HeaderFault]:
    """Return (rule, TA105 code, ISA element, sentence, severity) for everything that is wrong with an interchange header."""
    faults: list[HeaderFault] = []

    def fault(rule: str, code: str, element: int, says: str, severity: str = ERROR) -> None:
        faults.append((rule, code, element, says, severity))

    if row[1] not in {"00", "01", "02", "03", "04", "05", "06", "07", "08"}:
        fault("ISA_AUTHORIZATION", "010", 1, "ISA01 has no authorisation qualifier.")
    if row[3] not in {"00", "01"}:
        fault("ISA_SECURITY", "012", 3, "ISA03 has no security qualifier.")
    if row[5] not in QUALIFIERS:
        fault("ISA_SENDER_QUALIFIER", "005", 5, "ISA05 has no known sender qualifier.")
    if not row[6].strip():
        fault("ISA_SENDER", "006", 6, "ISA06 names no sender.")
    if row[7] not in QUALIFIERS:
        fault("ISA_RECEIVER_QUALIFIER", "007", 7, "ISA07 has no known receiver qualifier.")
    if not row[8].strip():
        fault("ISA_RECEIVER", "008", 8, "ISA08 names no receiver.")
    if len(row[9]) != 6 or day_of(row[9]) is None:
        fault("ISA_DATE", "014", 9, "ISA09 is no day written YYMMDD.")
    if len(row[10]) != 4 or not is_digits(row[10]) or not (row[10][:2] < "24" and row[10][2:] < "60"):
        fault("ISA_TIME", "015", 10, "ISA10 is no time written HHMM.")
    if row[12] not in _VERSIONS:
        fault("ISA_VERSION", "017", 12, "ISA12 has no known version.")
    elif row[12] >= "00402" and (len(row[11]) != 1 or row[11].isalnum() or row[11] == " "):
        fault("ISA_REPETITION", "026", 11, "ISA11 declares no repetition separator.", WARNING)
    if not is_digits(row[13]) or len(row[13]) != 9:
        fault("ISA_CONTROL_NUMBER", "018", 13, "ISA13 is no control number of nine digits.")
    if row[14] not in {"0", "1"}:
        fault("ISA_ACKNOWLEDGEMENT", "019", 14, "ISA14 is neither 0 nor 1.")
    if row[15] not in {"P", "T", "I"}:
        fault("ISA_USAGE", "020", 15, "ISA15 is neither P (production) nor T (test).")
    return faults
