"""The patient statement: every amount in plain words, what is due and by when, and a stub to send back with the payment.

Only what insurance has finished with is due; what a payer still works on is shown as waiting, never as owed.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from cleanclaim.documents import Address
from cleanclaim.forms.page import GREY, INK, MARGIN, PAPER_WIDTH, RULE_GREY, SHADE, Pen, address_lines, day
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money


class StatementLine(NamedTuple):
    """One row below a visit, in plain words: a charge, what insurance paid, what was taken off, what the patient paid. Signed as shown."""

    on: date
    says: str
    cents: int


class StatementVisit(NamedTuple):
    """A visit on the statement. `due_cents` is what the patient owes for it now; `waiting` says what insurance still decides, or nothing."""

    served_on: date
    provider: str
    service: str
    lines: tuple[StatementLine, ...]
    due_cents: int
    waiting_cents: int = 0
    waiting: str = ""


class StatementPlan(NamedTuple):
    """A payment plan: the instalment due now and what is left of the plan after it."""

    instalment_cents: int
    due_on: date
    left_cents: int
    number: int
    of: int


class StatementData(NamedTuple):
    """All that a statement shows. `credit_cents` is money received that no visit has used; `pay_url` goes into the QR code.

    Without a plan, what is due is the sum of the visits' dues less the credit; under a plan only the instalment is asked for now.
    """

    practice_name: str
    practice_address: Address
    practice_phone: str
    statement_number: str
    produced_on: date
    due_on: date
    guarantor_name: str
    guarantor_address: Address
    patient_name: str
    account_number: str
    visits: tuple[StatementVisit, ...]
    credit_cents: int = 0
    pay_url: str = ""
    plan: StatementPlan | None = None
    message: str = ""
    tax_id: str = ""

    @property
    def owed_cents(self) -> int:
        """What the patient owes in all, after unapplied money; never below zero."""
        return max(0, sum(visit.due_cents for visit in self.visits) - self.credit_cents)

    @property
    def due_now_cents(self) -> int:
        """What this statement asks for now."""
        return min(self.plan.instalment_cents, self.owed_cents) if self.plan else self.owed_cents


_COLUMNS: Final = (MARGIN, MARGIN + 66, PAPER_WIDTH - MARGIN)


def statement_pdf(data: StatementData) -> bytes:
    """Draw a statement. Raises InvalidValue when a visit's rows do not add up to what it says is due and waiting."""
    for visit in data.visits:
        shown = sum(line.cents for line in visit.lines)
        if shown != visit.due_cents + visit.waiting_cents:
            raise InvalidValue("The rows of a visit on a statement add up to what is due and waiting for it.")
    pen = Pen(
        f"Statement {data.statement_number}",
        footer=f"{data.practice_name} · {data.practice_phone} · Statement {data.statement_number}",
    )
    _head(pen, data)
    _summary(pen, data)
    for visit in data.visits:
        _visit(pen, visit)
    _totals(pen, data)
    _stub(pen, data)
    return pen.finish()


def _head(pen: Pen, data: StatementData) -> None:
    top = pen.y
    pen.text(MARGIN, pen.y, data.practice_name, size=15, bold=True)
    pen.y -= 15
    for line in address_lines(data.practice_address):
        pen.text(MARGIN, pen.y, line, size=9, colour=GREY)
        pen.y -= 11
    pen.text(MARGIN, pen.y, f"Questions? Call {data.practice_phone}", size=9, colour=GREY)
    right = PAPER_WIDTH - MARGIN
    pen.text_right(right, top, "STATEMENT", size=15, bold=True)
    for index, (label, value) in enumerate((
        ("Statement", data.statement_number), ("Date", day(data.produced_on)), ("Account", data.account_number), ("Patient", data.patient_name),
    )):  # fmt: skip
        pen.text_right(right - 150, top - 18 - 12 * index, label, size=9, colour=GREY)
        pen.text_right(right, top - 18 - 12 * index, value, size=9)
    pen.y -= 40  # the guarantor's address stands where a window envelope shows it
    for line in (data.guarantor_name, *address_lines(data.guarantor_address)):
        pen.text(MARGIN + 8, pen.y, line, size=10)
        pen.y -= 13
    pen.y -= 16


def _summary(pen: Pen, data: StatementData) -> None:
    height = 58
    pen.box(MARGIN, pen.y - height, PAPER_WIDTH - 2 * MARGIN, height, fill=SHADE)
    pen.text(MARGIN + 12, pen.y - 20, "Please pay" if data.due_now_cents else "You owe nothing now", size=10, colour=GREY)
    pen.text(MARGIN + 12, pen.y - 42, f"{Money(data.due_now_cents):$}", size=20, bold=True)
    if data.due_now_cents:
        pen.text(MARGIN + 140, pen.y - 20, "by", size=10, colour=GREY)
        pen.text(MARGIN + 140, pen.y - 40, day(data.plan.due_on if data.plan else data.due_on), size=13, bold=True)
    waiting = sum(visit.waiting_cents for visit in data.visits)
    notes = []
    if data.plan:
        notes.append(
            f"Payment {data.plan.number} of {data.plan.of} of your plan; {Money(data.plan.left_cents):$} will be left after it."
        )
    if waiting:
        notes.append(f"{Money(waiting):$} is still with your insurance: do not pay it now.")
    if data.credit_cents:
        notes.append(f"{Money(data.credit_cents):$} that you paid ahead has been taken off.")
    y = pen.y - 20
    for note in notes:
        for line in pen.wrap(note, 225, 8.5):
            pen.text(MARGIN + 290, y, line, size=8.5)
            y -= 11
    pen.y -= height + 18


def _visit(pen: Pen, visit: StatementVisit) -> None:
    pen.need(30 + 13 * len(visit.lines))
    pen.text(MARGIN, pen.y, f"Visit of {day(visit.served_on)}", size=10, bold=True)
    pen.text(
        MARGIN + 130, pen.y, pen.fit(f"{visit.provider} · {visit.service}", PAPER_WIDTH - 2 * MARGIN - 200, 9), size=9, colour=GREY
    )
    pen.y -= 5
    pen.rule(MARGIN, pen.y, PAPER_WIDTH - MARGIN)
    pen.y -= 12
    for line in visit.lines:
        wrapped = pen.wrap(line.says, 350, 9)
        pen.need(12 * len(wrapped) + 4)
        pen.text(_COLUMNS[0], pen.y, day(line.on), size=9, colour=GREY)
        pen.text_right(_COLUMNS[2], pen.y, f"{Money(line.cents):$}", size=9)
        for part in wrapped:
            pen.text(_COLUMNS[1] + 20, pen.y, part, size=9)
            pen.y -= 12
    if visit.waiting_cents:
        pen.need(14)
        pen.text(
            _COLUMNS[1] + 20,
            pen.y,
            visit.waiting or "Your insurance has not decided yet. You do not owe this now.",
            size=9,
            italic=True,
        )
        pen.text_right(
            _COLUMNS[2], pen.y, f"{Money(-visit.waiting_cents):$}", size=9, italic=True
        )  # so that the column adds up to what is owed
        pen.y -= 12
    pen.need(16)
    pen.text(_COLUMNS[1] + 20, pen.y, "You owe for this visit", size=9, bold=True)
    pen.text_right(_COLUMNS[2], pen.y, f"{Money(visit.due_cents):$}", size=9, bold=True)
    pen.y -= 22


def _totals(pen: Pen, data: StatementData) -> None:
    pen.need(80)
    rows = [("What you owe for these visits", sum(visit.due_cents for visit in data.visits))]
    if data.credit_cents:
        rows.append(("Paid ahead by you", -data.credit_cents))
    if data.plan:
        rows.append(("You owe in all", data.owed_cents))
    pen.rule(MARGIN, pen.y + 8, PAPER_WIDTH - MARGIN, colour=INK)
    pen.y -= 6
    for label, cents in rows:
        pen.text(_COLUMNS[1] + 20, pen.y, label, size=9)
        pen.text_right(_COLUMNS[2], pen.y, f"{Money(cents):$}", size=9)
        pen.y -= 13
    pen.text(_COLUMNS[1] + 20, pen.y, "Please pay now", size=11, bold=True)
    pen.text_right(_COLUMNS[2], pen.y, f"{Money(data.due_now_cents):$}", size=11, bold=True)
    pen.y -= 20
    if data.message:
        for line in pen.wrap(data.message, PAPER_WIDTH - 2 * MARGIN, 9):
            pen.need(12)
            pen.text(MARGIN, pen.y, line, size=9)
            pen.y -= 12


_STUB_HEIGHT: Final = 190


def _stub(pen: Pen, data: StatementData) -> None:
    """The part to cut off and send back; it always stands at the foot of the last page."""
    if pen.y < pen.bottom + _STUB_HEIGHT + 6:
        pen.new_page()
    top = pen.bottom + _STUB_HEIGHT
    pen.dashes(MARGIN - 20, top, PAPER_WIDTH - MARGIN + 20)
    pen.text(MARGIN, top - 14, "Cut here and send this part with your payment", size=7.5, colour=GREY)
    y = top - 36
    for line in (data.practice_name, *address_lines(data.practice_address)):
        pen.text(MARGIN + 8, y, line, size=10)
        y -= 13
    y -= 10
    check = f"Make a check payable to {data.practice_name} and write the account number {data.account_number} on it."
    for line in pen.wrap(check, 240, 8.5):
        pen.text(MARGIN + 8, y, line, size=8.5, colour=GREY)
        y -= 11
    x = MARGIN + 270
    rows = (
        ("Patient", data.patient_name), ("Account", data.account_number), ("Statement", data.statement_number),
        ("Pay by", day(data.plan.due_on if data.plan else data.due_on)), ("Please pay", f"{Money(data.due_now_cents):$}"), ("I pay", "$ __________"),
    )  # fmt: skip
    for index, (label, value) in enumerate(rows):
        pen.text(x, top - 36 - 17 * index, label, size=9, colour=GREY)
        pen.text(x + 62, top - 36 - 17 * index, pen.fit(value, 110, 9.5), size=9.5, bold=label == "Please pay")
    if data.pay_url and data.due_now_cents:
        pen.qr(data.pay_url, PAPER_WIDTH - MARGIN - 82, top - 118, 84)
        pen.text_right(PAPER_WIDTH - MARGIN, top - 128, "Scan to pay online", size=7.5, colour=GREY)
    pen.rule(MARGIN, pen.bottom + 2, PAPER_WIDTH - MARGIN, colour=RULE_GREY)
    pen.y = pen.bottom
