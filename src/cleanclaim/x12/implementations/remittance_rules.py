"""Rules of the 835: its money balances at line, claim and check level (005010X221A1 section 1.10.2.1)."""

from __future__ import annotations

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Hook, Report
from cleanclaim.x12.implementations.rules import Rules, Totals
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import WARNING
from cleanclaim.x12.tokens.values import money_text

_CLAIM = "2000/2100"
_LINE = "2000/2100/2110"


class RemittanceRules(Rules):
    """Follows an 835 claim by claim."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        super().__init__(delimiters, report)
        self.hooks |= {
            "BPR": Hook(self.on_bpr), "CLP": Hook(self.on_clp), "SVC": Hook(self.on_svc, self._service), "CAS": Hook(self.on_cas, self._adjustment),
            "PLB": Hook(self.on_plb),
        }  # fmt: skip

    def open(self) -> None:
        super().open()
        self._payment = self._provider = self._charge_total = self._paid_total = self._adjustment_total = 0
        self._bpr_at = self._claim_at = self._line_at = self.here(0)
        self._in_claim = self._in_line = False
        self._charge = self._paid = self._claim_adjusted = 0
        self._line_charges = 0
        self._line_off = 0
        self._responsible = self._patient = 0

    @property
    def totals(self) -> Totals:
        return (
            self.claims, self.lines, self._charge_total, self._paid_total, self._adjustment_total, self._payment, self._provider,
        )  # fmt: skip

    def _service(self, segment: str) -> tuple[int, int]:
        row = self.row(segment)
        return self.cents[row[2]], self.cents[row[3]]

    def on_bpr(self, segment: str, index: int) -> None:
        """BPR02 is the check; a payment of nothing has the method NON."""
        row = self.row(segment)
        self._payment = self.cents[row[2]]
        self._bpr_at = self.here(index)
        if row[4] == "NON" and self._payment:
            says = f"BPR04 says that nothing was paid, but BPR02 is {money_text(self._payment)}."
            self.fault(index, Fault("PAYMENT_METHOD_NON", 4, "I12", says, row[2], 2, 0, 0, "782"), "", "BPR")

    def on_clp(self, segment: str, index: int) -> None:
        if self._in_claim:
            self._finish_claim()
        row = segment.split(self.delimiters.element, 6)
        cents = self.cents
        self._claim_at = (self.current, index)
        self.subject = f"CLP01:{row[1]}" if len(row) > 1 else ""
        self.claims += 1
        self._in_claim, self._in_line = True, False
        self._charge, self._paid = (cents[row[3]], cents[row[4]]) if len(row) > 4 else (0, 0)
        self._responsible = cents[row[5]] if len(row) > 5 else 0
        self._claim_adjusted = self._line_charges = self._patient = 0
        self._charge_total += self._charge
        self._paid_total += self._paid

    def on_svc(self, said: tuple[int, int], index: int) -> None:
        if self._in_line and self._line_off:
            self._finish_line()
        charge, paid = said
        self._line_at = (self.current, index)
        self.lines += 1
        self._in_line = True
        self._line_charges += charge
        self._line_off = charge - paid

    def _adjustment(self, segment: str) -> tuple[int, int]:
        """Read a CAS: what it adjusts, and what of that the patient owes."""
        amount = self.adjusted(segment)
        return amount, amount if segment[4:6] == "PR" else 0

    def on_cas(self, said: tuple[int, int], _index: int) -> None:
        amount, patient = said
        self._claim_adjusted += amount
        self._patient += patient
        if self._in_line:
            self._line_off -= amount

    def _finish_line(self) -> None:
        """A line's charge less its adjustments is its payment."""
        says = f"The line is out of balance by {money_text(self._line_off)}: charge less adjustments is not what was paid."
        self.fault(
            self._line_at, Fault("LINE_OUT_OF_BALANCE", 3, "I12", says, money_text(self._line_off), 3, 0, 0, "782"), _LINE, "SVC"
        )

    def _finish_claim(self) -> None:
        """A claim's charge less all its adjustments is its payment; its lines' charges are its charge."""
        has_lines = self._in_line
        if has_lines and self._line_off:
            self._finish_line()
        self._in_line = self._in_claim = False
        self._adjustment_total += self._claim_adjusted
        off = self._charge - self._claim_adjusted - self._paid
        if off:
            says = f"The claim is out of balance by {money_text(off)}: charge less adjustments is not what was paid."
            self.fault(
                self._claim_at, Fault("CLAIM_OUT_OF_BALANCE", 3, "I12", says, money_text(off), 4, 0, 0, "782"), _CLAIM, "CLP"
            )
        if has_lines and self._line_charges != self._charge:
            says = f"The lines charge {money_text(self._line_charges)}, the claim {money_text(self._charge)}."
            fault = Fault("CLAIM_CHARGE_DIFFERS", 3, "", says, money_text(self._line_charges), severity=WARNING)
            self.fault(self._claim_at, fault, _CLAIM, "CLP")
        if self._patient != self._responsible:
            says = f"CLP05 gives the patient {money_text(self._responsible)}, its PR adjustments {money_text(self._patient)}."
            fault = Fault("PATIENT_SHARE_DIFFERS", 3, "", says, money_text(self._responsible), severity=WARNING)
            self.fault(self._claim_at, fault, _CLAIM, "CLP")

    def on_plb(self, segment: str, _index: int) -> None:
        if self._in_claim:
            self._finish_claim()
        self._provider += sum(self.cents[text] for text in segment.split(self.delimiters.element)[4::2])

    def close(self, _index: int) -> None:
        """The check is what its claims were paid, less the provider-level adjustments."""
        if self._in_claim:
            self._finish_claim()
        off = self._paid_total - self._provider - self._payment
        if off:
            says = (
                f"The check is out of balance by {money_text(off)}: claims {money_text(self._paid_total)} less provider adjustments "
                f"{money_text(self._provider)} is not {money_text(self._payment)} (BPR02)."
            )
            self.fault(self._bpr_at, Fault("CHECK_OUT_OF_BALANCE", 3, "I12", says, money_text(off), 2, 0, 0, "782"), "", "BPR")
