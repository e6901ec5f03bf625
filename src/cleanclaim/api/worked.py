"""Denials, patients' accounts, the work that waits, and the figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query
from pydantic import Field

from cleanclaim.api import cursors
from cleanclaim.api.desk import Desk, actor_of, changing, reply, reply_page
from cleanclaim.api.paid import OwnerGiven
from cleanclaim.api.problems import Problem
from cleanclaim.api.registered import ReasonGiven
from cleanclaim.api.shapes import Answer, Asked, Count, Day, Flag, Given, Id, Words, page, shape
from cleanclaim.kernel.errors import InvalidValue, NotFound
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.clearinghouse import queries as clearinghouse
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.denials import actions as denial_actions
from cleanclaim.practice.denials import queries as denials
from cleanclaim.practice.denials.models import Denial
from cleanclaim.practice.eligibility import queries as eligibility
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.receivables import actions, key_figures, queries
from cleanclaim.practice.receivables.models import PatientPayment, Statement
from cleanclaim.practice.receivables.statements import content_of, open_visits, produce_statement
from cleanclaim.practice.remittance import queries as remittance
from cleanclaim.practice.scheduling import queries as scheduling
from cleanclaim.practice.workflow import queries as workflow

DESK: Final = ("biller", "manager", "auditor")
WORKS: Final = ("biller", "manager")
MONEY: Final = ("biller", "manager", "front_desk")
EVERYBODY: Final = ("front_desk", "coder", "biller", "provider", "manager", "auditor")
_LONGEST_PERIOD: Final = timedelta(days=3 * 366)

refusals = Desk("Denials")
accounts = Desk("Patients' accounts")
desk = Desk("Work and figures")
_SUMMARY: Final = shape(queries.AccountSummary)
_MONTH: Final = shape(key_figures.MoneyMonth)
_AGED: Final = shape(queries.AgedRow)


class DenialAnswer(Answer):
    """A refused amount as a piece of work."""

    denial: str
    claim: str
    patient_control_number: str
    line: int
    payer: str
    group: str
    reason: str
    remarks: list[str]
    amount_cents: int
    recovered_cents: int
    cause: str
    action: str
    state: str
    owner: str
    decided_on: str
    due_on: str | None


class DenialsAsked(Asked):
    """Which denials, in which order."""

    cursor: Words = ""
    limit: Count = 50
    sort: Literal["created", "-created", "-amount"] = "-amount"
    state: Literal["", "open", "appealed", "corrected", "patient", "written-off", "overturned", "upheld", "closed"] = "open"
    payer_id: Id = ""
    claim_id: Id = ""


class AppealGiven(Given):
    """Why the decision is wrong."""

    argument: Annotated[str, Field(min_length=1, max_length=1000)]


class AppealAnswer(Answer):
    """An appeal that was made."""

    appeal: str
    level: int
    sent_on: str
    due_on: str | None


class AccountAnswer(Answer):
    """What stands on a patient's account, and the visits on which something is due or waiting."""

    summary: _SUMMARY  # type: ignore[valid-type]
    visits: list[dict[str, Any]]


class StatementAnswer(Answer):
    """A statement as it was given to the patient."""

    number: str
    produced_on: str
    due_on: str
    due_now_cents: int


class StatementLines(Answer):
    """An account's statements, newest first."""

    items: list[StatementAnswer]


class PaymentGiven(Given):
    """A patient's money. The same method and reference again is the same payment."""

    cents: Annotated[int, Field(strict=True, ge=1, le=10**11)]
    method: Literal["cash", "check", "card", "transfer"]
    reference: Annotated[str, Field(max_length=60)] = ""
    claims: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    is_prepaid: Flag = False


class PaymentAnswer(Answer):
    """A payment that was taken."""

    payment: str
    cents: int
    method: str
    reference: str
    received_on: str
    returned_on: str | None


class PaymentLines(Answer):
    """An account's payments, newest first."""

    items: list[PaymentAnswer]


class KeyAnswer(Answer):
    """Which key this is and what it may do."""

    key: str
    name: str
    acts_as: str
    roles: list[str]
    practice: str
    time_zone: str
    today: str


class QueueAnswer(Answer):
    """A queue with what waits in it."""

    queue: str
    waiting: int
    cents: int | None


class WorkAnswer(Answer):
    """What waits, for the roles of the key."""

    queues: list[QueueAnswer]


class PeriodAsked(Asked):
    """A period; the last ninety days where none is named."""

    first: Day | None = None
    last: Day | None = None


class FigureAnswer(Answer):
    """A figure with its formula and both its sides."""

    name: str
    value: str | None
    unit: str
    formula: str
    numerator: str
    denominator: str


class FiguresAnswer(Answer):
    """The key figures of a period, and its months."""

    first: str
    last: str
    figures: list[FigureAnswer]
    months: list[_MONTH]  # type: ignore[valid-type]


class AgingAsked(Asked):
    """From which day balances age."""

    basis: Literal["service", "billed"] = "service"


class AgingAnswer(Answer):
    """Open balances by payer and age; the last row is the patients' part."""

    on: str
    items: list[_AGED]  # type: ignore[valid-type]


def _denial(row: Denial) -> dict[str, Any]:
    return {
        "denial": row.public_id, "claim": row.claim.public_id, "patient_control_number": row.claim.patient_control_number, "line": row.line,
        "payer": row.payer.name, "group": row.group, "reason": row.reason, "remarks": row.remarks, "amount_cents": row.amount_cents,
        "recovered_cents": row.recovered_cents, "cause": row.cause, "action": row.action, "state": row.state, "owner": row.owner,
        "decided_on": row.decided_on, "due_on": row.due_on,
    }  # fmt: skip


def _shown(practice_id: int, denial_id: str) -> HttpResponse:
    row = denials.denial(practice_id, denial_id)
    return reply(_denial(row), version=row.version)


@refusals.get("/denials", roles=DESK, answer=page(DenialAnswer, "DenialPage"), screen="denials")
def list_denials(request: HttpRequest, asked: Query[DenialsAsked]) -> HttpResponse:
    """List refused amounts by state, payer and claim."""
    by = actor_of(request)
    about = cursors.about("denials", asked.dict())
    after = cursors.unseal(asked.cursor, by=by, about=about)
    found = denials.denial_page(
        by.practice_id,
        after=after,
        size=asked.limit,
        sort=asked.sort,
        state=asked.state,
        payer=asked.payer_id,
        claim=asked.claim_id,
    )
    return reply_page(found, by=by, about=about, show=_denial)


@refusals.get("/denials/{denial_id}", roles=DESK, answer=DenialAnswer, screen="denial")
def show_denial(request: HttpRequest, denial_id: str) -> HttpResponse:
    """Show one denial."""
    return _shown(actor_of(request).practice_id, denial_id)


@refusals.post("/denials/{denial_id}/assign", roles=WORKS, answer=DenialAnswer, version="asked", screen="denial-act")
def assign_denial(request: HttpRequest, denial_id: str, given: Body[OwnerGiven]) -> HttpResponse:
    """Give a denial an owner."""
    by = actor_of(request)
    with changing(request, denials.denial(by.practice_id, denial_id), needed=False):
        denial_actions.assign_denial(denial_id=denial_id, owner=given.owner, by=by)
    return _shown(by.practice_id, denial_id)


@refusals.post("/denials/{denial_id}/appeal", roles=WORKS, answer=AppealAnswer, status=201, version="asked", screen="denial-act")
def appeal_denial(request: HttpRequest, denial_id: str, given: Body[AppealGiven]) -> HttpResponse:
    """Appeal a denial at its next level."""
    by = actor_of(request)
    with changing(request, denials.denial(by.practice_id, denial_id), needed=False):
        made = denial_actions.appeal_denial(denial_id=denial_id, argument=given.argument, by=by)
    return reply({"appeal": made.public_id, "level": made.level, "sent_on": made.sent_on, "due_on": made.due_on}, status=201)


@refusals.post("/denials/{denial_id}/write-off", roles=("manager",), answer=DenialAnswer, version="needed")
def write_off_denial(request: HttpRequest, denial_id: str, given: Body[ReasonGiven]) -> HttpResponse:
    """Give a refused amount up: a manager's decision, with a reason."""
    by = actor_of(request)
    with changing(request, denials.denial(by.practice_id, denial_id)):
        denial_actions.write_off_denial(denial_id=denial_id, reason=given.reason, by=by)
    return _shown(by.practice_id, denial_id)


@accounts.get("/patients/{patient_id}/account", roles=MONEY, answer=AccountAnswer, screen="statement")
def show_account(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Show what stands on a patient's account; due now is what a statement would ask for."""
    by = actor_of(request)
    account = queries.account_id(by.practice_id, patient_id)
    return reply(
        {"summary": queries.account_summary(by.practice_id, account, on=by.today), "visits": open_visits(by.practice_id, account)}
    )


def _statement(row: Statement) -> dict[str, Any]:
    return {"number": row.number, "produced_on": row.produced_on, "due_on": row.due_on, "due_now_cents": row.due_now_cents}


@accounts.get("/patients/{patient_id}/statements", roles=MONEY, answer=StatementLines, screen="statement")
def list_statements(request: HttpRequest, patient_id: str) -> HttpResponse:
    """List an account's statements, newest first."""
    by = actor_of(request)
    rows = queries.statements_of(by.practice_id, queries.account_id(by.practice_id, patient_id))
    return reply({"items": [_statement(row) for row in rows]})


@accounts.post("/patients/{patient_id}/statements", roles=MONEY, answer=StatementAnswer, status=201, screen="statement-act")
def make_statement(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Make a statement of what is due. While insurance decides there is none."""
    by = actor_of(request)
    made = produce_statement(patient_id=queries.account_id(by.practice_id, patient_id), by=by)
    return reply(_statement(made), status=201)


@accounts.get(
    "/patients/{patient_id}/statements/{number}.pdf", roles=MONEY, answer=None, media="application/pdf", screen="statement-pdf"
)
def statement_pdf(request: HttpRequest, patient_id: str, number: str) -> HttpResponse:
    """Return a statement as it was given to the patient."""
    by = actor_of(request)
    rows = queries.statements_of(by.practice_id, queries.account_id(by.practice_id, patient_id))
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        raise NotFound("This account has no statement of that number.")
    return HttpResponse(content_of(found), content_type="application/pdf")


def _payment(row: PatientPayment) -> dict[str, Any]:
    return {"payment": row.public_id, "cents": row.cents, "method": row.method, "reference": row.reference, "received_on": row.received_on,
            "returned_on": row.returned_on}  # fmt: skip


@accounts.get("/patients/{patient_id}/payments", roles=MONEY, answer=PaymentLines, screen="statement")
def list_payments(request: HttpRequest, patient_id: str) -> HttpResponse:
    """List an account's payments, newest first."""
    by = actor_of(request)
    rows = queries.payments_of(by.practice_id, queries.account_id(by.practice_id, patient_id))
    return reply({"items": [_payment(row) for row in rows]})


@accounts.post("/patients/{patient_id}/payments", roles=MONEY, answer=PaymentAnswer, status=201, screen="statement-act")
def take_payment(request: HttpRequest, patient_id: str, given: Body[PaymentGiven]) -> HttpResponse:
    """Take a patient's money: the named claims first, then the oldest. Send a reference or an Idempotency-Key, so that it is taken once."""
    by = actor_of(request)
    if not given.reference.strip() and not request.headers.get("Idempotency-Key"):
        raise Problem("malformed", "Send a reference or an Idempotency-Key, so that a repeated request takes the money once.")
    own = {claim.public_id for one in queries.account_ids(by.practice_id, queries.account_id(by.practice_id, patient_id))
           for claim in claims.claims_of_patient(by.practice_id, one)}  # fmt: skip
    if set(given.claims) - own:
        raise InvalidValue("A claim that is named is not on this account.")
    made = actions.take_payment(
        patient_id=queries.account_id(by.practice_id, patient_id), cents=given.cents, method=given.method, reference=given.reference,
        claim_ids=given.claims, is_prepaid=given.is_prepaid, by=by,
    )  # fmt: skip
    return reply(_payment(made), status=201)


@desk.get("/key", roles=EVERYBODY, answer=KeyAnswer)
def show_key(request: HttpRequest) -> HttpResponse:
    """Say which key this is, as whom it acts, and what it may do."""
    by, key = actor_of(request), request.caller.key  # type: ignore[attr-defined]
    return reply({"key": key.public_id, "name": key.name, "acts_as": by.name, "roles": sorted(by.roles), "practice": key.practice.public_id,
                  "time_zone": by.zone, "today": by.today})  # fmt: skip


def _queues(by: Actor) -> list[tuple[str, int, int | None]]:
    rows: list[tuple[str, int, int | None]] = []
    if by.roles & {"front_desk", "manager"}:
        trouble = scheduling.coverage_worklist(by.practice_id, first=by.today, last=by.today + timedelta(days=7))
        rows += [
            ("appointments:today", len(scheduling.appointments(by.practice_id, first=by.today)), None),
            ("appointments:coverage", len(trouble), None),
            ("eligibility:answers", len(eligibility.worklist(by.practice_id)), None),
            ("documents:unfiled", len(encounters.unfiled(by.practice_id)), None),
        ]
    if by.roles & {"coder", "manager", "auditor", "provider"}:
        counts = coding.worklist_counts(by.practice_id, today=by.today)
        rows += [(f"coding:{name}", count, None) for name, count in counts.items()]
        rows.append(("notes:open", encounters.counts_by_state(by.practice_id).get("open", 0), None))
    if by.roles & {"biller", "manager"}:
        rows += [(f"claims:{size.queue}", size.claims, size.cents) for size in claims.queue_sizes(by.practice_id)]
        rows.append(("claims:unanswered", clearinghouse.unanswered_count(by.practice_id, on=by.today), None))
        counts = remittance.exception_counts(by.practice_id)
        rows.append(("exceptions:open", counts["open"], counts["open_cents"]))
        rows += [
            (f"denials:{state}", times, cents) for state, (times, cents) in sorted(denials.counts_by_state(by.practice_id).items())
        ]
        rows.append(("steps:stuck", len(workflow.failed_events(by.practice_id)), None))
    return rows


@desk.get("/work", roles=EVERYBODY, answer=WorkAnswer)
def work_queues(request: HttpRequest) -> HttpResponse:
    """Count what waits in the queues of the key's roles."""
    return reply(
        {"queues": [{"queue": name, "waiting": count, "cents": cents} for name, count, cents in _queues(actor_of(request))]}
    )


@desk.get("/reports/figures", roles=DESK, answer=FiguresAnswer, screen="reports")
def report_figures(request: HttpRequest, asked: Query[PeriodAsked]) -> HttpResponse:
    """Show the key figures of a period, each with its formula and both its sides, and its months."""
    by = actor_of(request)
    last = asked.last or by.today
    first = asked.first or last - timedelta(days=89)
    if not timedelta(0) <= last - first <= _LONGEST_PERIOD:
        raise InvalidValue("A period is at most three years long, its first day first.")
    figures = [
        {"name": row.name, "value": row.value, "unit": row.unit, "formula": row.formula, "numerator": str(int(row.above.amount) if row.above.is_money else row.above.amount),
         "denominator": str(int(row.below.amount) if row.below.is_money else row.below.amount)}
        for row in key_figures.all_figures(by.practice_id, first=first, last=last)
    ]  # fmt: skip
    return reply(
        {
            "first": first,
            "last": last,
            "figures": figures,
            "months": key_figures.money_by_month(by.practice_id, first=first, last=last),
        }
    )


@desk.get("/reports/aging", roles=DESK, answer=AgingAnswer, screen="receivables")
def report_aging(request: HttpRequest, asked: Query[AgingAsked]) -> HttpResponse:
    """Show open balances by payer and age."""
    by = actor_of(request)
    return reply({"on": by.today, "items": queries.aging(by.practice_id, on=by.today, basis=asked.basis)})
