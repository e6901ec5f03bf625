"""Claims: lists with filters, one as `claims show` prints it, its findings and the 837, hold, release, correct, void, import and send."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query
from pydantic import Field

from cleanclaim.api import cursors
from cleanclaim.api.desk import Desk, actor_of, changing, open_chart, reply, reply_page, x12_body
from cleanclaim.api.registered import ReasonGiven
from cleanclaim.api.shapes import Answer, Asked, Count, Day, FindingAnswer, Given, Id, Words, page
from cleanclaim.kernel.errors import InvalidValue, NotFound
from cleanclaim.practice.claims import actions, corrections, queries
from cleanclaim.practice.claims.importing import import_claims as take_over
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.claims.rules import Queue, Status
from cleanclaim.practice.clearinghouse import actions as clearinghouse
from cleanclaim.practice.clearinghouse.queries import content_of_submission
from cleanclaim.practice.connections import actions as connections
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.remittance.following import payer_decisions

DESK: Final = ("biller", "manager", "auditor")
WORKS: Final = ("biller", "manager")

desk = Desk("Claims")


class ClaimShort(Answer):
    """A claim in short, as `cleanclaim claims list --json` prints it."""

    claim: str
    patient_control_number: str
    status: str
    queue: str
    charge_cents: int
    insurance_paid_cents: int
    contractual_cents: int
    patient_paid_cents: int
    other_write_off_cents: int
    insurance_balance_cents: int
    patient_balance_cents: int
    denied_cents: int
    payer: str | None
    next_payer: str | None
    served_on: str | None


class ClaimEventAnswer(Answer):
    """A line of a claim's history."""

    on: str
    what: str
    source: str
    amount_cents: int
    says: str


class ClaimLineAnswer(Answer):
    """A line of a claim with its money."""

    line: int
    procedure: str
    modifiers: list[str]
    units: str
    charge_cents: int
    paid_cents: int
    contractual_cents: int
    patient_responsibility_cents: int
    denied_cents: int


class ClaimAnswer(ClaimShort):
    """A claim with its money and history, as `cleanclaim claims show --json` prints it."""

    sent_number: str
    payer_claim_control_number: str
    patient_responsibility_cents: int
    hold_reason: str
    history: list[ClaimEventAnswer]
    lines: list[ClaimLineAnswer]


class ClaimFindings(Answer):
    """What the edits found when the claim was last looked over."""

    patient_control_number: str
    findings: list[FindingAnswer]


class Skipped(Answer):
    """A claim of a file that was not taken over."""

    patient_control_number: str
    why: str


class ImportAnswer(Answer):
    """What `cleanclaim claims import --json` prints."""

    imported: int
    claims: list[str]
    skipped: list[Skipped]


class SentAnswer(Answer):
    """Which files went out with which claims."""

    batches: list[dict[str, Any]]
    delivered: int


class ClaimsAsked(Asked):
    """Which claims, in which order."""

    cursor: Words = ""
    limit: Count = 50
    sort: Literal[tuple(queries.SORTS)] = "created"  # type: ignore[valid-type]
    status: Literal[("", *(item.value for item in Status))] = ""  # type: ignore[valid-type]
    queue: Literal[("", *(item.value for item in Queue))] = ""  # type: ignore[valid-type]
    payer_id: Id = ""
    encounter_id: Id = ""
    patient_id: Id = ""
    served_from: Day | None = None
    served_to: Day | None = None


class NumberGiven(Given):
    """A patient control number."""

    patient_control_number: Words


class ReleaseGiven(Given):
    """Why a claim goes out although a finding stands against it; empty where none does."""

    despite: Words = ""


class SendGiven(Given):
    """Which claims to send; every ready one where none is named."""

    claims: Annotated[list[Id], Field(max_length=10_000)] | None = None


def _claim(found: Claim, *, status: int = 200) -> HttpResponse:
    found.refresh_from_db()
    return reply(queries.claim_json(found), status=status, version=found.version)


@desk.get("/claims", roles=DESK, answer=page(ClaimShort, "ClaimPage"), screen="claims")
def list_claims(request: HttpRequest, asked: Query[ClaimsAsked]) -> HttpResponse:
    """List claims by state, queue, payer, visit, patient and days of service."""
    by = actor_of(request)
    about = cursors.about("claims", asked.dict())
    patients = registration.account_ids(by.practice_id, asked.patient_id) if asked.patient_id else None
    found = queries.claim_page(
        by.practice_id, after=cursors.unseal(asked.cursor, by=by, about=about), size=asked.limit, sort=asked.sort, status=asked.status,
        queue=asked.queue, payer=asked.payer_id, encounter=asked.encounter_id, patients=patients, served_from=asked.served_from,
        served_to=asked.served_to,
    )  # fmt: skip
    return reply_page(found, by=by, about=about)


@desk.post("/claims/search", roles=DESK, answer=ClaimAnswer, repeatable=True, screen="claim")
def find_claim(request: HttpRequest, given: Body[NumberGiven]) -> HttpResponse:
    """Find the claim that bears a patient control number, or was sent under it."""
    return _claim(queries.claim_numbered(actor_of(request).practice_id, given.patient_control_number))


@desk.post("/claims/import", roles=WORKS, answer=ImportAnswer, file="An 837 with open claims of another system.", screen="takeover")
def import_claims(request: HttpRequest) -> HttpResponse:
    """Take over the open claims of an 837; the same claims again change nothing."""
    done = take_over(content=x12_body(request), by=actor_of(request), source="api")
    skipped = [{"patient_control_number": row.patient_control_number, "why": row.why} for row in done.skipped]
    return reply({"imported": len(done.claims), "claims": done.claims, "skipped": skipped})


@desk.post("/claims/send", roles=WORKS, answer=SentAnswer, repeatable=True, screen="claims-send")
def send_claims(request: HttpRequest, given: Body[SendGiven]) -> HttpResponse:
    """Write ready claims into 837 files for their payers' partners and deliver them; what is sent already is not sent again."""
    by = actor_of(request)
    batches = clearinghouse.send_claims(by=by, claim_ids=given.claims)
    return reply({"batches": batches, "delivered": len(connections.deliver(by))})


@desk.get("/claims/{claim_id}", roles=DESK, answer=ClaimAnswer, screen="claim")
def show_claim(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Show a claim with its money and history."""
    return _claim(queries.claim(actor_of(request).practice_id, claim_id))


@desk.get("/claims/{claim_id}/findings", roles=DESK, answer=ClaimFindings, screen="claim")
def claim_findings(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Show what the edits found when the claim was last looked over."""
    found = queries.claim(actor_of(request).practice_id, claim_id)
    rows = queries.submissions(found)
    return reply({"patient_control_number": found.patient_control_number, "findings": rows[-1].findings if rows else []})


@desk.get("/claims/{claim_id}/837", roles=DESK, answer=None, media="application/edi-x12", screen="claim-837")
def claim_as_sent(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Return the last submission of a claim as the 837 that carries it alone."""
    by = actor_of(request)
    found = queries.claim(by.practice_id, claim_id)
    if found.patient:
        open_chart(request, found.patient)
    rows = queries.submissions(found)
    if not rows:
        raise NotFound("The claim has no submission: it is the patient's own bill, or it was not built yet.")
    return HttpResponse(content_of_submission(rows[-1], at=by.at), content_type="application/edi-x12")


@desk.post("/claims/{claim_id}/scrub", roles=WORKS, answer=ClaimAnswer, version="asked", screen="claim-act")
def scrub_claim(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Look a claim over again by the edits in force today; what is found holds or frees it."""
    by = actor_of(request)
    found = queries.claim(by.practice_id, claim_id)
    with changing(request, found, needed=False):
        actions.scrub_claim(claim_id=claim_id, by=by)
    return _claim(found)


@desk.post("/claims/{claim_id}/hold", roles=WORKS, answer=ClaimAnswer, version="needed", screen="claim-act")
def hold_claim(request: HttpRequest, claim_id: str, given: Body[ReasonGiven]) -> HttpResponse:
    """Keep a claim from going out, for a reason."""
    by = actor_of(request)
    found = queries.claim(by.practice_id, claim_id)
    with changing(request, found):
        actions.hold_claim(claim_id=claim_id, reason=given.reason, by=by)
    return _claim(found)


@desk.post("/claims/{claim_id}/release", roles=WORKS, answer=ClaimAnswer, version="needed", screen="claim-act")
def release_claim(request: HttpRequest, claim_id: str, given: Body[ReleaseGiven]) -> HttpResponse:
    """Make a held claim ready to send; a stop finding is overridden only with a reason."""
    by = actor_of(request)
    found = queries.claim(by.practice_id, claim_id)
    with changing(request, found):
        actions.release_claim(claim_id=claim_id, despite=given.despite, by=by)
    return _claim(found)


@desk.post("/claims/{claim_id}/correct", roles=WORKS, answer=ClaimAnswer, version="needed", screen="claim-act")
def correct_claim(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Build the replacement (frequency 7) of a claim from its visit as it is coded now."""
    by = actor_of(request)
    found = queries.claim(by.practice_id, claim_id)
    if not found.encounter or found.kind == "self":
        raise InvalidValue("A claim of another system, or the patient's own bill, has no visit here to be replaced from.")
    with changing(request, found):
        corrections.correct_claim(claim_id=claim_id, by=by, decisions=payer_decisions(found))
    return _claim(found)


@desk.post("/claims/{claim_id}/void", roles=WORKS, answer=ClaimAnswer, version="needed", screen="claim-act")
def void_claim(request: HttpRequest, claim_id: str, given: Body[ReasonGiven]) -> HttpResponse:
    """Void a claim; the payer that has it is told by a void claim (frequency 8)."""
    by = actor_of(request)
    found = queries.claim(by.practice_id, claim_id)
    with changing(request, found):
        corrections.void_claim(claim_id=claim_id, reason=given.reason, by=by)
    return _claim(found)
