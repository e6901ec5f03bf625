"""Diagnoses that a service itself stands for: a vaccine given, a device inserted, a screening done (guideline I.C.21.c)."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import Suggestion
from cleanclaim.encoder.candidates.codebook import CodeBook
from cleanclaim.encoder.candidates.gather import Gathered

_REASONS: Final[tuple[tuple[str, str, str, str], ...]] = (
    # (service, diagnosis, what makes it superfluous, why)
    (r"^9(?:06[0-9]\d|07[0-5]\d|0620|13\d\d)$", "Z23", r"Z23", "A vaccine was given: encounter for immunization (guideline I.C.21.c.2)."),
    (r"^9638[01]$", "Z29.11", r"Z29", "An RSV antibody was given to prevent disease (guideline I.C.21.c.2)."),
    (r"^G0444$", "Z13.31", r"Z13\.31", "A depression screening was done (guideline I.C.21.c.5)."),
    (r"^58300$", "Z30.430", r"Z30\.43[03]", "An intrauterine device was inserted (guideline I.C.21.c.11)."),
    (r"^58301$", "Z30.432", r"Z30\.43[23]", "An intrauterine device was removed (guideline I.C.21.c.11)."),
    (r"^11981$", "Z30.017", r"Z30\.(?:017|46)", "A contraceptive implant was started (guideline I.C.21.c.11)."),
    (r"^1198[23]$", "Z30.46", r"Z30\.46", "A contraceptive implant was checked, removed or renewed (guideline I.C.21.c.11)."),
    (r"^(?:G0101|Q0091)$", "Z01.419", r"Z01\.4|Z12\.4", "A screening gynecological examination was done (guideline I.C.21.c.13)."),
    (r"^(?:G0402|G0438|G0439)$", "Z00.00", r"Z00|[A-T]", "A wellness visit without an abnormal finding (guideline I.C.21.c.13)."),
    (r"^993(?:8[5-7]|9[5-7])$", "Z00.00", r"Z00|Z01\.4", "A routine examination (guideline I.C.21.c.13)."),
    (r"^993(?:8[1-4]|9[1-4])$", "Z00.129", r"Z00|Z02", "A routine examination of a child (guideline I.C.21.c.1, 13)."),
    (r"^G0296$", "Z12.2", r"Z12\.2|F17", "A visit about lung cancer screening (guideline I.C.21.c.5)."),
    (r"^93793$", "Z79.01", r"Z79\.01", "Long-term anticoagulant use was managed (guideline I.C.21.c.3)."),
    (r"^86580$", "Z11.1", r"Z11\.[17]|Z20\.1", "A screening for tuberculosis (guideline I.C.21.c.5)."),
    (r"^932[789]\d$", "Z95.0", r"Z95\.(?:0|810)", "An implanted device was checked (guideline I.C.21.c.3)."),
    (r"^1585[34]$", "Z48.02", r"Z48", "Sutures were removed (guideline I.C.21.c.7)."),
)  # fmt: skip


TREATED_BY: Final[tuple[tuple[str, str], ...]] = (
    # (service, what it treats): a condition treated by a procedure was treated at the visit
    (r"^111(?:0[2-7])$", r"D49|D48|D22|L98|C4[34]"), (r"^1700[034]$", r"L57\.0"), (r"^1711[01]$", r"B07|L82\.0|B08\.1"), (r"^1006[01]$", r"L02|L72"), (r"^1105[567]$", r"L84"), (r"^1172[01]$", r"B35\.1"), (r"^692(?:09|10)$", r"H61\.2"), (r"^20526$", r"G56\.0"),
    (r"^206[01][0-9]$", r"M1[67]|M75|M18|M19|M70|M25\.5"), (r"^2055[01]$", r"M65|M77|M72\.2"), (r"^12[01]\d\d$", r"S[0-9]1"), (r"^1175|^1173", r"L60"), (r"^3090", r"R04\.0"), (r"^58100$", r"N9[235]|N85"), (r"^94640$", r"J4[45]|R06\.2|J2[01]"),
    (r"^9636[0-9]|^J7030", r"E86|K52|A08|R11"), (r"^9084|^9083|^9079", r"F[1-9]"), (r"^11[46]\d\d$", r"C4[34]|L72|D[12]|L82"), (r"^2[5-8]\d{3}$", r"S\d2"), (r"^29\d{3}$", r"S"), (r"^J3420$", r"D51|E53"), (r"^9379|^85610", r"I48|I82|I26|Z79\.01|Z95\.2"),
    (r"^9949|^9948", r"I50|J44|N18|E11|I10|I48|F0"), (r"^46083|^46320", r"K64"), (r"^64615$", r"G43\.7"), (r"^1104[2-7]$", r"L97|L89|L98\.4"), (r"^64616$", r"G24\.3"), (r"^J0881$|^J0885$", r"D63\.1"), (r"^J1756$|^J1439$", r"D50"), (r"^J0897$|^J3489$|^J3111$", r"M81"), (r"^652", r"T15"), (r"^69200", r"T16"), (r"^30300", r"T17"), (r"^1012[01]$", r"S\d[01]|S9|S6|T"), (r"^312[03]\d|^31575", r"J3[0-8]|R49|R04|R13|C32"), (r"^52\d{3}", r"C67|Z85\.51|N[1-4]|R31|D41|Z08"), (r"^574[56]\d", r"R87|N87|D06"), (r"^67028$", r"H35|H34|E1[013]\.3"), (r"^66|^67", r"H"), (r"^1120[01]$", r"L91\.8|Q82\.8"),
    (r"^2055[23]$", r"M79|M62|M54|G24"), (r"^6448[34]|^6449|^6463|^623[02]\d|^27096", r"M5[0-4]|M4[78]|M46|G89"), (r"^45\d{3}|^G01(?:05|21)", r"Z12\.11|K|D12|Z86\.010|R19|R10|C18|Z80\.0|Z85"), (r"^432\d\d", r"K|R1[0-3]|C1|D13|B96\.81"), (r"^46[0-9]{3}", r"K6|I8"), (r"^236\d\d|^2460|^2756|^2677", r"S[4-8]3|S83|S63"), (r"^36556", r"A41|R65|R57|I46"),
    (r"^99211$", r"I10|E1[01]|D51|Z51"), (r"^87880$", r"J02\.0|J03\.0"), (r"^J0696$|^J0561$", r"J0[1-6]|J1[3-8]|H66|N[1-3]|L0|A5"), (r"^9500|^9502|^9504|^9511", r"J30|J45|L2|Z88|T78|Z91\.0"), (r"^9716|^971[1-4]|^9753|^9894|^9781|^9892", r"M|S|G5|R26|Z47|Z96"), (r"^960[56]|^969", r"L40|L20|L57|L80|C84"), (r"^921|^920|^9225|^7651", r"H[0-5]|E1[013]\.3"), (r"^9255|^9256|^6921", r"H[6-9]"), (r"^6[05]\d{3}", r"H[0-9]"), (r"^1731", r"C4[34]|D0[34]"), (r"^2[1-8]\d{3}$", r"D17"), (r"^1111|^1110[246]", r"D4[89]"), (r"^9588|^959[01]|^9586", r"G5|G6|M54|R20"), (r"^958[01]", r"G40|R56|R55"), (r"^9581[01]|^95806", r"G47"), (r"^768|^5902", r"O|Z3[46]"),
)  # fmt: skip


def treated_conditions(services: tuple[Suggestion, ...], gathered: Gathered) -> set[str]:
    """Return the codes of conditions that the note names and a service of the visit treated or examined."""
    found: set[str] = set()
    for pattern, family in TREATED_BY:
        if any(re.match(pattern, one.code) for one in services):
            found.update(
                code for code, candidate in gathered.by_code.items()
                if re.match(family, code) and not candidate.why_not and candidate.assertion == "present" and candidate.mentions
            )  # fmt: skip
    return found


def diagnoses_of_services(
    services: tuple[Suggestion, ...], known: list[Suggestion], book: CodeBook, days: int | None = None
) -> list[Suggestion]:
    """Return the diagnoses that the services stand for and the note's words did not already give."""
    found: list[Suggestion] = []
    numbers = {one.code for one in services}
    for pattern, code, unless, why in _REASONS:
        service = next((one for one in services if re.match(pattern, one.code)), None)
        if service is None or any(re.match(unless, one.code) and one.band != "hint" for one in [*known, *found]):
            continue
        if code in {"Z30.430", "Z30.432"} and {"58300", "58301"} <= numbers:
            if any(one.code == "Z30.433" for one in found):
                continue
            code, why = "Z30.433", "An intrauterine device was taken out and a new one put in (guideline I.C.21.c.11)."
        if code == "Z00.129" and any(re.match(r"[A-T]", one.code) and one.band != "hint" for one in known):
            code = "Z00.121"
        if (
            code == "Z00.00"
            and service.code.startswith("99")
            and any(re.match(r"[A-T]", one.code) and one.band != "hint" for one in known)
        ):
            code = "Z00.01"
        if days is not None and code.startswith("Z00.12"):
            code = "Z00.110" if days < 8 else "Z00.111"
        code = book.in_force(code)
        if code:
            found.append(Suggestion("icd10cm", code, book.title(code), 0.9, "ready", service.evidence, (why,)))
    return found
