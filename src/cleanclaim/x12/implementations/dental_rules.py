"""Situations of an 837D (level 4): the tooth, its surfaces, what a prosthesis replaces, an appliance's months, the day of the service.

The dental guide (005010X224A2) leaves TOO, SV305, DN1 and the dates to the situation; payers turn claims away without them. Numbers of
services are those of the dental code set; its words belong to others and are not needed here.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Hook, Report, Where
from cleanclaim.x12.implementations.claim_rules import ClaimRules
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import WARNING

_ON_A_TOOTH: Final = re.compile(r"D(?:[23]\d{3}|7(?:111|140|210|220|230|240|241|250))")
"""Restorations, root canals and extractions of one tooth."""

_SURFACES: Final = {
    "D2140": 1, "D2150": 2, "D2160": 3, "D2161": 4, "D2330": 1, "D2331": 2, "D2332": 3, "D2335": 4, "D2391": 1, "D2392": 2, "D2393": 3, "D2394": 4,
}  # fmt: skip
"""Fillings by the number of surfaces that they cover; the last of each kind means "or more"."""

_OR_MORE: Final = frozenset({"D2161", "D2335", "D2394"})
_PROSTHESIS: Final = re.compile(r"D(?:51[12]\d|52[12]\d|6(?:2[0-5]|5[0-9]|7[0-9])\d)")
"""Dentures and bridges: the payer asks whether they are the first ones."""

_ORTHODONTIC: Final = re.compile(r"D80[1-9]\d")
_PREDETERMINATION: Final = "PB"


class Service(NamedTuple):
    """What an SV3 says: number of the service, whether the prosthesis is a replacement (R) or the first (I), charge, highest pointer."""

    code: str
    prosthesis: str
    money: tuple[int, int, int]


class DentalRules(ClaimRules):
    """Follows an 837D claim by claim, and line by line."""

    def __init__(self, delimiters: Delimiters, report: Report, kind: str) -> None:
        super().__init__(delimiters, report, kind)
        self.hooks |= {
            "SV3": Hook(self.on_dental_service, self._dental_service), "TOO": Hook(self.on_tooth, self._tooth), "2300/DN1": Hook(self.on_months),
            "2400/DTP": Hook(self.on_line_day), "2300/DTP": Hook(self.on_claim_day),
        }  # fmt: skip

    def open(self) -> None:
        super().open()
        self._service_now: Service | None = None
        self._service_at: Where = self.here(0)
        self._line_days: set[str] = set()
        self._teeth = self._surfaces = 0
        self._forget_claim()

    def _forget_claim(self) -> None:
        self._days: set[str] = set()
        self._undated: list[Where] = []
        self._appliances: list[tuple[Where, str]] = []
        self._has_months = self._is_estimate = False

    def on_clm(self, segment: str, index: int) -> None:
        super().on_clm(segment, index)
        self._is_estimate = self.row(segment)[19] == _PREDETERMINATION

    def on_lx(self, number: int | str, index: int) -> None:
        self._finish_service()
        super().on_lx(number, index)

    def on_months(self, _segment: str, _index: int) -> None:
        self._has_months = True

    def on_claim_day(self, segment: str, index: int) -> None:
        self.on_fact(segment, index)
        self._days.add(segment[4:7])

    def on_line_day(self, segment: str, index: int) -> None:
        self._line_days.add(segment[4:7])
        if segment[4:7] == "472":
            self.on_service_day(segment[-8:], index)

    def _dental_service(self, segment: str) -> Service:
        row = self.row(segment)
        procedure = [*row[1].split(self.delimiters.component), ""]
        return Service(procedure[1] if procedure[0] == "AD" else "", row[5], self._service(segment))

    def on_dental_service(self, service: Service, index: int) -> None:
        self._finish_service()
        self.on_service(service.money, index)
        self._service_now, self._service_at = service, self.here(index)
        self._line_days = set()
        self._teeth = self._surfaces = 0

    def _tooth(self, segment: str) -> int:
        """Read a TOO: on how many surfaces."""
        return sum(bool(part) for part in self.row(segment)[3].split(self.delimiters.component))

    def on_tooth(self, surfaces: int, _index: int) -> None:
        self._teeth += 1
        self._surfaces += surfaces

    def _finish_service(self) -> None:
        service, self._service_now = self._service_now, None
        if service is None:
            return
        code = service.code
        if _ON_A_TOOTH.match(code) and not self._teeth:
            says = f"{code} treats a tooth; none is named (TOO02)."
            self._slip("TOOTH_MISSING", says, code, "TOO")
        wanted = _SURFACES.get(code, 0)
        if wanted and self._teeth == 1 and (self._surfaces < wanted or (self._surfaces > wanted and code not in _OR_MORE)):
            more = " or more" if code in _OR_MORE else ""
            says = f"{code} fills {wanted}{more} of a tooth's surfaces; TOO03 names {self._surfaces or 'none'}."
            self._slip("SURFACES_DIFFER", says, code, "TOO")
        if _PROSTHESIS.match(code):
            if not service.prosthesis:
                self._slip(
                    "PROSTHESIS_UNSAID", f"{code}: SV305 says whether this is the first one (I) or a replacement (R).", code, "SV3"
                )
            elif service.prosthesis == "R" and "441" not in self._line_days:
                says = "A replacement names the day on which the former one was placed (DTP 441)."
                self._slip("PRIOR_PLACEMENT_MISSING", says, code, "DTP")
        if _ORTHODONTIC.match(code):
            self._appliances.append((self._service_at, code))
            if "452" in self._line_days:
                self._days.add("452")
        if "472" not in self._line_days:
            self._undated.append(self._service_at)

    def _slip(self, rule: str, says: str, code: str, tag: str, at: Where | None = None) -> None:
        self.fault(at or self._service_at, Fault(rule, 4, "", says, code, severity=WARNING, tag=tag), "2300/2400", tag)

    def _finish_claim(self) -> None:
        self._finish_service()
        if self._claim is not None and not self._is_estimate:
            if "472" not in self._days and self._undated:
                says = "No day of service stands on this line or on the claim (DTP 472); only a predetermination goes without one."
                self._slip("DENTAL_DATE_MISSING", says, "", "DTP", self._undated[0])
            if self._appliances and not (self._has_months or "452" in self._days):
                at, code = self._appliances[0]
                says = f"{code}: an orthodontic claim says how many months the treatment takes (DN1) or when the appliance was placed (DTP 452)."
                self._slip("ORTHODONTIC_FACTS_MISSING", says, code, "DN1", at)
        super()._finish_claim()
        self._forget_claim()
