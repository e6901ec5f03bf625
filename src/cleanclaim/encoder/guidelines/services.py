"""Diagnoses that a service itself stands for: a vaccine given, a device inserted, a screening done (guideline I.C.21.c)."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.documents.coding import Suggestion
from cleanclaim.encoder.candidates.codebook import CodeBook

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
    (r"^1585[34]$", "Z48.02", r"Z48", "Sutures were removed (guideline I.C.21.c.7)."),
)  # fmt: skip


def diagnoses_of_services(services: tuple[Suggestion, ...], known: list[Suggestion], book: CodeBook) -> list[Suggestion]:
    """Return the diagnoses that the services stand for and the note's words did not already give."""
    found: list[Suggestion] = []
    for pattern, code, unless, why in _REASONS:
        service = next((one for one in services if re.match(pattern, one.code)), None)
        if service is None or any(re.match(unless, one.code) and one.band != "hint" for one in [*known, *found]):
            continue
        if code == "Z00.129" and any(re.match(r"[A-T]", one.code) and one.band != "hint" for one in known):
            code = "Z00.121"
        if (
            code == "Z00.00"
            and service.code.startswith("99")
            and any(re.match(r"[A-T]", one.code) and one.band != "hint" for one in known)
        ):
            code = "Z00.01"
        code = book.in_force(code)
        if code:
            found.append(Suggestion("icd10cm", code, book.title(code), 0.9, "ready", service.evidence, (why,)))
    return found
