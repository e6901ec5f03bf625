"""Remittances: an 835 is posted as `cleanclaim post` does it, and every answer, exception and provider-level amount is read again."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query
from pydantic import Field

from cleanclaim.api import cursors
from cleanclaim.api.desk import Desk, actor_of, changing, reply, reply_page, x12_body
from cleanclaim.api.shapes import Answer, Asked, Count, Given, Id, Name, Reason, Words, page
from cleanclaim.practice.remittance import candidates, exceptions, following, queries
from cleanclaim.practice.remittance.models import PostingException, Remittance
from cleanclaim.practice.remittance.posting import post_remittance_file

DESK: Final = ("biller", "manager", "auditor")
WORKS: Final = ("biller", "manager")

desk = Desk("Remittances")


class PostedLine(Answer):
    """An answer of a payer to a claim, posted."""

    patient_control_number: str
    claim: str
    status: str
    charge_cents: int
    paid_cents: int
    contractual_cents: int
    patient_responsibility_cents: int
    denied_cents: int
    payer: str
    payer_claim_control_number: str
    is_reversal: bool


class ExceptionLine(Answer):
    """Money of a remittance that waits for a person."""

    exception: str
    patient_control_number: str
    amount_cents: int
    reason: str
    says: str


class DuplicateLine(Answer):
    """A transaction that was posted before."""

    file: str
    first_seen: str
    what: str


class RefusedLine(Answer):
    """Why a file posts nothing."""

    file: str
    why: str


class ProviderLine(Answer):
    """An amount outside claims, signed as in the file: a positive one lowers the payment."""

    reason: str
    amount_cents: int
    reference: str


class PostAnswer(Answer):
    """What `cleanclaim post --json` prints: posted + exceptions - provider adjustments = deposit."""

    file: str
    remittances: list[str]
    posted: list[PostedLine]
    exceptions: list[ExceptionLine]
    duplicates: list[DuplicateLine]
    refused: list[RefusedLine]
    provider_adjustments: list[ProviderLine]
    posted_cents: int
    exceptions_cents: int
    deposit_cents: int
    ties: bool


class RemittanceShort(Answer):
    """A remittance in short."""

    remittance: str
    payer: str
    trace_number: str
    method: str
    paid_on: str | None
    posted_on: str
    paid_cents: int
    claims: int
    file_name: str


class RemittanceAnswer(RemittanceShort):
    """A remittance with its sums."""

    posted_cents: int
    exceptions_cents: int
    deposit_cents: int
    ties: bool
    provider_adjustments: list[ProviderLine]


class ExceptionAnswer(ExceptionLine):
    """An exception as its desk works it."""

    state: str
    owner: str
    resolution: str
    remittance: str
    payer: str


class PostAsked(Asked):
    """How a file is posted."""

    file_name: Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9._-]*$")] = "api.835"
    override_duplicates: Literal["", "yes"] = ""


class RemittancesAsked(Asked):
    """A page of remittances."""

    cursor: Words = ""
    limit: Count = 50
    sort: Literal["created", "-created"] = "-created"


class PageAsked(Asked):
    """A page."""

    cursor: Words = ""
    limit: Count = 50


class ExceptionsAsked(Asked):
    """Which exceptions, in which order."""

    cursor: Words = ""
    limit: Count = 50
    sort: Literal["created", "-created", "-amount"] = "-amount"
    state: Literal["", "open", "posted", "settled"] = "open"
    owner: Words = ""


class BookGiven(Given):
    """Where money of an exception belongs, and why."""

    where: Name
    reason: Reason


class PostToGiven(Given):
    """The claim that an answer is meant for."""

    claim_id: Id


class OwnerGiven(Given):
    """Who works it; empty for nobody."""

    owner: Annotated[str, Field(max_length=120)] = ""


@desk.post("/remittances", roles=WORKS, answer=PostAnswer, file="An 835.", screen="payments-post")
def post_remittance(request: HttpRequest, asked: Query[PostAsked]) -> HttpResponse:
    """Post an 835, whole or not at all. A duplicate, an unbalanced or a broken file posts nothing and says so in the answer."""
    by = actor_of(request)
    name = asked.file_name or "api.835"
    posted = post_remittance_file(
        content=x12_body(request), file_name=name, by=by, override_duplicates=bool(asked.override_duplicates)
    )
    ids = list(posted.remittances)
    totals = queries.posted_totals(by.practice_id, ids)
    return reply({
        "file": name, "remittances": ids, "posted": list(queries.posted_rows(by.practice_id, ids)),
        "exceptions": list(queries.exception_rows(by.practice_id, ids)),
        "duplicates": [{"file": name, "first_seen": row.first_seen, "what": row.what} for row in posted.duplicates],
        "refused": [{"file": name, "why": why} for why in posted.refused],
        "provider_adjustments": queries.provider_rows(by.practice_id, ids), "posted_cents": totals.posted_cents,
        "exceptions_cents": totals.exceptions_cents, "deposit_cents": totals.deposit_cents, "ties": totals.ties,
    })  # fmt: skip


def _short(row: Remittance) -> dict[str, Any]:
    return {
        "remittance": row.public_id, "payer": row.payer.name, "trace_number": row.trace_number, "method": row.method, "paid_on": row.paid_on,
        "posted_on": row.posted_on, "paid_cents": row.paid_cents, "claims": row.claims, "file_name": row.file_name,
    }  # fmt: skip


@desk.get("/remittances", roles=DESK, answer=page(RemittanceShort, "RemittancePage"), screen="payments")
def list_remittances(request: HttpRequest, asked: Query[RemittancesAsked]) -> HttpResponse:
    """List the remittances in the order in which they were posted."""
    by = actor_of(request)
    about = cursors.about("remittances", asked.dict())
    after = cursors.unseal(asked.cursor, by=by, about=about)
    found = queries.remittance_page(by.practice_id, after=after, size=asked.limit, newest_first=asked.sort == "-created")
    return reply_page(found, by=by, about=about, show=_short)


@desk.get("/remittances/{remittance_id}", roles=DESK, answer=RemittanceAnswer, screen="remittance")
def show_remittance(request: HttpRequest, remittance_id: str) -> HttpResponse:
    """Show a remittance with its sums and what it says outside claims."""
    by = actor_of(request)
    row = queries.remittance(by.practice_id, remittance_id)
    totals = queries.posted_totals(by.practice_id, [remittance_id])
    return reply({
        **_short(row), "posted_cents": totals.posted_cents, "exceptions_cents": totals.exceptions_cents, "deposit_cents": totals.deposit_cents,
        "ties": totals.ties, "provider_adjustments": queries.provider_rows(by.practice_id, [remittance_id]),
    })  # fmt: skip


@desk.get("/remittances/{remittance_id}/posted", roles=DESK, answer=page(PostedLine, "PostedPage"), screen="remittance")
def list_posted(request: HttpRequest, remittance_id: str, asked: Query[PageAsked]) -> HttpResponse:
    """List what a remittance decided, in the order of its file."""
    by = actor_of(request)
    row = queries.remittance(by.practice_id, remittance_id)
    about = cursors.about("posted", {"remittance": row.public_id})
    found = queries.posted_page(
        by.practice_id, row.public_id, after=cursors.unseal(asked.cursor, by=by, about=about), size=asked.limit
    )
    return reply_page(found, by=by, about=about)


@desk.get("/remittances/{remittance_id}/file", roles=DESK, answer=None, media="application/edi-x12", screen="remittance-file")
def remittance_file(request: HttpRequest, remittance_id: str) -> HttpResponse:
    """Return the file that a remittance came in, byte for byte."""
    row = queries.remittance(actor_of(request).practice_id, remittance_id)
    return HttpResponse(queries.content_of(row), content_type="application/edi-x12")


def _exception(row: PostingException) -> dict[str, Any]:
    return {
        "exception": row.public_id, "patient_control_number": row.patient_control_number, "amount_cents": row.amount_cents, "reason": row.problem,
        "says": row.says, "state": row.state, "owner": row.owner, "resolution": row.resolution, "remittance": row.remittance.public_id,
        "payer": row.remittance.payer.name,
    }  # fmt: skip


def _shown(practice_id: int, exception_id: str) -> HttpResponse:
    row = candidates.exception_of(practice_id, exception_id)
    row.refresh_from_db()
    return reply(_exception(row), version=row.version)


@desk.get("/exceptions", roles=DESK, answer=page(ExceptionAnswer, "ExceptionPage"), screen="exceptions")
def list_exceptions(request: HttpRequest, asked: Query[ExceptionsAsked]) -> HttpResponse:
    """List the answers whose claim or money is in doubt."""
    by = actor_of(request)
    about = cursors.about("exceptions", asked.dict())
    after = cursors.unseal(asked.cursor, by=by, about=about)
    found = queries.exception_page(
        by.practice_id, after=after, size=asked.limit, sort=asked.sort, state=asked.state, owner=asked.owner
    )
    return reply_page(found, by=by, about=about, show=_exception)


@desk.get("/exceptions/{exception_id}", roles=DESK, answer=ExceptionAnswer, screen="exception")
def show_exception(request: HttpRequest, exception_id: str) -> HttpResponse:
    """Show one exception."""
    return _shown(actor_of(request).practice_id, exception_id)


@desk.post("/exceptions/{exception_id}/post", roles=WORKS, answer=ExceptionAnswer, version="asked", screen="exception-act")
def post_exception(request: HttpRequest, exception_id: str, given: Body[PostToGiven]) -> HttpResponse:
    """Post the answer of an exception to the claim that is meant."""
    by = actor_of(request)
    with changing(request, candidates.exception_of(by.practice_id, exception_id), needed=False):
        following.post_exception_to(exception_id=exception_id, claim_id=given.claim_id, by=by)
    return _shown(by.practice_id, exception_id)


@desk.post("/exceptions/{exception_id}/book", roles=WORKS, answer=ExceptionAnswer, version="asked", screen="exception-act")
def book_exception(request: HttpRequest, exception_id: str, given: Body[BookGiven]) -> HttpResponse:
    """Book the money of an exception outside claims, for a reason."""
    by = actor_of(request)
    with changing(request, candidates.exception_of(by.practice_id, exception_id), needed=False):
        exceptions.book_exception(exception_id=exception_id, where=given.where, reason=given.reason, by=by)
    return _shown(by.practice_id, exception_id)


@desk.post("/exceptions/{exception_id}/assign", roles=WORKS, answer=ExceptionAnswer, version="asked", screen="exception-act")
def assign_exception(request: HttpRequest, exception_id: str, given: Body[OwnerGiven]) -> HttpResponse:
    """Give an exception an owner."""
    by = actor_of(request)
    with changing(request, candidates.exception_of(by.practice_id, exception_id), needed=False):
        exceptions.assign_exception(exception_id=exception_id, owner=given.owner, by=by)
    return _shown(by.practice_id, exception_id)
