"""Codes that others keep (level 5): ICD-10, HCPCS, modifiers, place of service, revenue and bill codes, CARC, RARC, claim status.

The codec holds none of these lists. A `CodeBook` answers for a day: the day of service for a claim's codes, the day of the file for a payer's
reasons. What it does not know is a warning, dated, once per code and claim: lists go stale, files do not wait.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Protocol

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Where
from cleanclaim.x12.implementations.rules import Rules
from cleanclaim.x12.implementations.watching import Watch
from cleanclaim.x12.tokens.findings import WARNING
from cleanclaim.x12.tokens.values import day_of

_PENDING: Final = 10_000  # codes of one claim; a file with more of them is not a claim
_HI: Final = {
    "ABK": "icd10cm", "ABF": "icd10cm", "ABJ": "icd10cm", "APR": "icd10cm", "ABN": "icd10cm", "BBR": "icd10pcs", "BBQ": "icd10pcs",
    "BH": "occurrence", "BI": "occurrence", "BE": "value", "BG": "condition",
}  # fmt: skip
_NAMES: Final = {
    "icd10cm": "diagnosis", "icd10pcs": "inpatient procedure", "hcpcs": "procedure", "cpt": "procedure", "modifier": "modifier",
    "pos": "place of service", "revenue": "revenue code", "tob": "type of bill", "carc": "adjustment reason", "rarc": "remark",
    "status_category": "status category", "status": "claim status", "occurrence": "occurrence code", "value": "value code",
    "condition": "condition code", "discharge": "patient status", "admit_type": "admission type", "admit_source": "point of origin",
}  # fmt: skip


class CodeBook(Protocol):
    """Whoever knows which codes are in force."""

    def fault(self, system: str, code: str, on: date) -> str:
        """Say what is wrong with a code on a day ("was not in force on 2026-11-02"); empty when nothing is, or nothing is known."""


_Seen = tuple[Where, str, int, int]


class CodeWatch(Watch):
    """Gathers the external codes of a claim and asks for them once its days are known."""

    def __init__(self, rules: Rules, shown_set: str, book: CodeBook) -> None:
        super().__init__(rules, shown_set)
        self._book = book
        self._known: dict[tuple[str, str, date], str] = {}
        self._component = rules.delimiters.component
        self.open()
        if shown_set.startswith("837"):
            self._watch_claims()
        elif shown_set == "835":
            self._watch_remittances()
        elif shown_set in {"277", "277CA"}:
            self.listen("STC", self._on_status)
        self.listen("BHT", self._on_header)

    def open(self) -> None:
        self._pending: dict[tuple[str, str], _Seen] = {}
        self._file_day: date | None = None
        self._day: date | None = None
        self._path = ""

    def close(self, _index: int) -> None:
        self._flush()

    def _watch_claims(self) -> None:
        self.listen("CLM", self._on_claim)
        self.listen("HL", self._on_level)
        self.listen("2300/DTP", self._on_date)
        self.listen("2400/DTP", self._on_date)
        self.listen("2300/HI", self._on_codes)
        self.listen("2300/CL1", self._on_admission)
        for tag in ("SV1", "SV2", "SV3"):
            self.listen(tag, self._on_service)
        self._watch_money()

    def _watch_remittances(self) -> None:
        self.listen("DTM", self._on_production)
        self.listen("CLP", self._on_level)
        self.listen("SVC", self._on_service)
        self.listen("LQ", self._on_remark)
        self._watch_money()

    def _watch_money(self) -> None:
        for tag in ("CAS", "MOA", "MIA"):
            self.listen(tag, self._on_reasons)

    # -- days -------------------------------------------------------------------------------------------------------------------

    def _on_header(self, segment: str, _index: int) -> None:
        self._file_day = day_of(self.row(segment)[4])

    def _on_production(self, segment: str, _index: int) -> None:
        row = self.row(segment)
        if row[1] == "405":
            self._file_day = day_of(row[2])

    def _on_date(self, segment: str, _index: int) -> None:
        """A claim is coded for its statement's last day (DTP 434), else for its first day of service (DTP 472)."""
        row = self.row(segment)
        if row[1] == "434" or (row[1] == "472" and self._day is None):
            self._day = day_of(row[3].rpartition("-")[2]) or self._day

    # -- codes ------------------------------------------------------------------------------------------------------------------

    def _see(self, system: str, code: str, index: int, tag: str, element: int, component: int = 0) -> None:
        key = (system, code)
        if code and key not in self._pending and len(self._pending) < _PENDING:
            self._pending[key] = (self.rules.here(index), tag, element, component)

    def _on_level(self, _segment: str, _index: int) -> None:
        self._flush()
        self.subject = self.rules.subject

    def _on_claim(self, segment: str, index: int) -> None:
        self._flush()
        self.subject = self.rules.subject
        where = [*self.row(segment)[5].split(self._component), "", "", ""]
        if self.set == "837I":
            self._see("tob", f"0{where[0]}{where[2]}", index, "CLM", 5)
        else:
            self._see("pos", where[0], index, "CLM", 5, 1)

    def _on_codes(self, segment: str, index: int) -> None:
        for element, composite in enumerate(segment.split(self.rules.delimiters.element)[1:], 1):
            parts = [*composite.split(self._component), ""]
            system = _HI.get(parts[0])
            if system is not None:
                self._see(system, parts[1], index, "HI", element, 2)

    def _on_admission(self, segment: str, index: int) -> None:
        row = self.row(segment)
        for element, system in ((1, "admit_type"), (2, "admit_source"), (3, "discharge")):
            self._see(system, row[element], index, "CL1", element)

    def _on_service(self, segment: str, index: int) -> None:
        row = self.row(segment)
        tag = row[0]
        place = 2 if tag == "SV2" else 1
        if tag == "SV2":
            self._see("revenue", row[1], index, tag, 1)
        elif tag in {"SV1", "SV3"}:
            self._see("pos", row[5 if tag == "SV1" else 3], index, tag, 5 if tag == "SV1" else 3)
        parts = [*row[place].split(self._component), *[""] * 6]
        if parts[0] != "HC":
            return
        code = parts[1]
        self._see("cpt" if code[:1].isdigit() else "hcpcs", code, index, tag, place, 2)
        for component in range(3, 7):
            self._see("modifier", parts[component - 1], index, tag, place, component)

    def _on_reasons(self, segment: str, index: int) -> None:
        row = self.row(segment)
        if row[0] == "CAS":
            for element in range(2, 18, 3):
                self._see("carc", row[element], index, "CAS", element)
            return
        for element in (3, 4, 5, 6, 7) if row[0] == "MOA" else (5, 20, 21, 22, 23):
            self._see("rarc", row[element], index, row[0], element)

    def _on_remark(self, segment: str, index: int) -> None:
        row = self.row(segment)
        if row[1] == "HE":
            self._see("rarc", row[2], index, "LQ", 2)

    def _on_status(self, segment: str, index: int) -> None:
        row = self.row(segment)
        for element in (1, 10, 11):
            parts = [*row[element].split(self._component), "", ""]
            self._see("status_category", parts[0], index, "STC", element, 1)
            self._see("status", parts[1], index, "STC", element, 2)

    # -- the claim is over ------------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        on = self._day or self._file_day
        if on is not None:
            for (system, code), (where, tag, element, component) in self._pending.items():
                says = self._asked(system, code, on)
                if says:
                    fault = Fault(
                        f"EXTERNAL_{system.upper()}", 5, "", f"The {_NAMES[system]} {code[:20]} {says}.", code, element, component, 0, "",
                        WARNING,
                    )  # fmt: skip
                    self.report(where, fault, "", tag)
        self._pending.clear()
        self._day = None
        self.subject = ""

    def _asked(self, system: str, code: str, on: date) -> str:
        key = (system, code, on)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 1 << 14:
                self._known.clear()
            found = self._known[key] = self._book.fault(system, code, on)
        return found
