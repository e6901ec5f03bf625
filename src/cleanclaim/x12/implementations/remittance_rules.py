"""Rules of the 835: its money balances at line, claim and check level (005010X221A1 section 1.10.2.1); what a claim's status and its amounts
say of each other; a reason that explains nothing by itself has a remark beside it.
"""

from __future__ import annotations

from typing import Final

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Hook, Report, Where
from cleanclaim.x12.implementations.rules import Rules, Totals
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import WARNING
from cleanclaim.x12.tokens.values import money_text

_CLAIM: Final = "2000/2100"
_LINE: Final = "2000/2100/2110"
_REVERSAL: Final = "22"
_DENIED: Final = "4"
_TELLING: Final = frozenset({_REVERSAL, _DENIED})
_TRANSFERS: Final = frozenset({"ACH", "BOP", "FWT"})
_REMARKS_AT: Final = {"MOA": (3, 4, 5, 6, 7), "MIA": (5, 20, 21, 22, 23)}
_REMARKED: Final = frozenset({"16", "96", "129", "148", "226", "227", "234", "237", "252", "A1"})
"""Adjustment reasons that the list itself ties to a remark code: without one nobody knows what to mend."""


class RemittanceRules(Rules):
    """Follows an 835 claim by claim."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        super().__init__(delimiters, report)
        self.hooks |= {
            "BPR": Hook(self.on_bpr), "CLP": Hook(self.on_clp), "SVC": Hook(self.on_svc, self._service), "CAS": Hook(self.on_cas, self._adjustment),
            "PLB": Hook(self.on_plb), "LQ": Hook(self.on_line_remark), "MOA": Hook(self.on_remark, self._remarked), "MIA": Hook(self.on_remark, self._remarked),
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
        self._unexplained = ""
        self._has_remark = False

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
        if row[1] == "H" and self._payment:
            says = f"BPR01 says that this only informs (H), but BPR02 is {money_text(self._payment)}."
            self._slip("NOTICE_WITH_PAYMENT", says, row[2], self._bpr_at, "", "BPR")
        if row[4] in _TRANSFERS and self._payment and not (row[13] and row[15]):
            says = f"A transfer ({row[4]}) names the account that it goes to (BPR12 to BPR15); the bank statement is matched by it."
            self._slip("TRANSFER_ACCOUNT_MISSING", says, row[4], self._bpr_at, "", "BPR")

    def _slip(self, rule: str, says: str, value: str, at: Where, path: str, tag: str) -> None:
        self.fault(at, Fault(rule, 4, "", says, value, severity=WARNING), path, tag)

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
        self._line_off = 0
        self._unexplained = ""
        self._has_remark = False
        status = row[2] if len(row) > 2 else ""
        if self._charge < 0 or status in _TELLING:
            self._compare_status(status)

    def _compare_status(self, status: str) -> None:
        """A denial pays nothing; a reversal turns the sign of what it takes back, and nothing else has that sign (CLP02 to CLP04)."""
        charge, paid = self._charge, self._paid
        if status == _DENIED and paid > 0:
            says = f"CLP02 says denied, yet {money_text(paid)} is paid (CLP04)."
            self._slip("DENIED_BUT_PAID", says, status, self._claim_at, _CLAIM, "CLP")
        elif status == _REVERSAL and (charge > 0 or paid > 0):
            says = "A reversal (CLP02 22) takes back what was booked, so its charge and payment are negative (CLP03, CLP04)."
            self._slip("REVERSAL_SIGN", says, money_text(paid), self._claim_at, _CLAIM, "CLP")
        elif status != _REVERSAL and charge < 0:
            says = f"The charge is negative (CLP03), but the claim is no reversal (CLP02 {status})."
            self._slip("CHARGE_NEGATIVE", says, money_text(charge), self._claim_at, _CLAIM, "CLP")

    def on_svc(self, said: tuple[int, int], index: int) -> None:
        if self._line_off or self._unexplained:
            self._finish_line()
        charge, paid = said
        self._line_at = (self.current, index)
        self.lines += 1
        self._in_line = True
        self._line_charges += charge
        self._line_off = charge - paid

    def _adjustment(self, segment: str) -> tuple[int, int, str]:
        """Read a CAS: what it adjusts, what of that the patient owes, and a reason in it that needs a remark."""
        amount = self.adjusted(segment)
        unexplained = next((reason for reason in segment.split(self.delimiters.element)[2::3] if reason in _REMARKED), "")
        return amount, amount if segment[4:6] == "PR" else 0, unexplained

    def on_line_remark(self, _segment: str, _index: int) -> None:
        self._unexplained = ""

    def _remarked(self, segment: str) -> str | None:
        """Read the first remark of an MIA or MOA; one without needs no hearing."""
        row = self.row(segment)
        return next((row[at] for at in _REMARKS_AT[segment[:3]] if row[at]), None)

    def on_remark(self, _code: str, _index: int) -> None:
        self._unexplained = ""
        self._has_remark = True

    def on_cas(self, said: tuple[int, int, str], _index: int) -> None:
        amount, patient, unexplained = said
        if unexplained and not self._has_remark:
            self._unexplained = unexplained
        self._claim_adjusted += amount
        self._patient += patient
        if self._in_line:
            self._line_off -= amount

    def _finish_line(self) -> None:
        """A line's charge less its adjustments is its payment, and its reasons are explained; so are those of the claim before its lines."""
        if self._unexplained:
            where = (self._line_at, _LINE, "SVC") if self._in_line else (self._claim_at, _CLAIM, "CLP")
            says = f"Reason {self._unexplained} says what is wrong by a remark code beside it (LQ, or MOA and MIA for the claim); there is none."
            self._slip("REMARK_MISSING", says, self._unexplained, *where)
            self._unexplained = ""
        if not self._line_off:
            return
        says = f"The line is out of balance by {money_text(self._line_off)}: charge less adjustments is not what was paid."
        self.fault(
            self._line_at, Fault("LINE_OUT_OF_BALANCE", 3, "I12", says, money_text(self._line_off), 3, 0, 0, "782"), _LINE, "SVC"
        )

    def _finish_claim(self) -> None:
        """A claim's charge less all its adjustments is its payment; its lines' charges are its charge."""
        has_lines = self._in_line
        if self._line_off or self._unexplained:
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
