"""Edits of Medicare coverage: a service whose diagnoses no coverage article covers needs a signed notice, or the provider pays for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from cleanclaim.edits.identity import MEDICARE
from cleanclaim.edits.registry import Case, Hit, at_line, lines_with_days, rule
from cleanclaim.kernel.findings import Severity

if TYPE_CHECKING:
    from cleanclaim.codesets import Necessity

SAYS_WHO_PAYS: Final = frozenset({"GA", "GX", "GY", "GZ"})
"""GA: a notice (ABN) is signed and on file; GZ: none is; GY: excluded by law; GX: a notice given without need."""


@rule(
    "LCD_NOT_MET",
    Severity.STOP,
    "Social Security Act 1862(a)(1)(A), 1879; Medicare coverage articles (LCD, NCD); Claims Processing Manual, ch. 30, 50",
    effective=date(2015, 10, 1),
    kinds=frozenset({"837P", "837I"}),
    needs_codes=True,
)
def lcd_not_met(case: Case) -> Iterator[Hit]:
    """A Medicare service is covered by one of its diagnoses, or the line says who pays: GA with a signed notice (ABN), GZ without one."""
    store = case.store
    if store is None or case.claim.subscriber.claim_filing not in MEDICARE:
        return
    carrier, state = _place(case)
    every = [diagnosis.code for diagnosis in case.claim.diagnoses]
    for line, day in lines_with_days(case):
        if not line.procedure or SAYS_WHO_PAYS & set(line.modifiers):
            continue
        pointed = [every[place - 1] for place in line.pointers if 0 < place <= len(every)] or every
        found = store.necessity(line.procedure, pointed, day, carrier=carrier, state=state)
        if found is not None and not found.is_met:
            yield Hit(at_line(line), _says(found))


def _place(case: Case) -> tuple[str, str]:
    """Where the claim goes: the Medicare contractor of the billing provider's ZIP code where that file is loaded, and the state."""
    address = case.claim.billing.address
    if address is None or case.store is None:
        return "", ""
    code = re.sub(r"\D", "", address.zip)[:5]
    found = case.store.locality_of(code) if len(code) == 5 else None
    return (found[0] if found else ""), address.state.upper()


def _says(found: Necessity) -> str:
    by = ", ".join((*found.lcds, found.article))
    why = f"refuses {', '.join(found.refused)}" if found.refused else "covers none of its diagnoses"
    covered = f" Covered are {', '.join(found.examples)} and others." if found.examples and not found.refused else ""
    return (
        f"{found.procedure}: {by} ({found.title}) {why}.{covered} If the record shows a covered diagnosis, point to it. Else the patient"
        " is asked before the service: with a signed notice (ABN) add GA and the patient may be billed; without one add GZ and the"
        " provider pays."
    )
