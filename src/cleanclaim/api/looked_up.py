"""Codes in force on a day, and X12 files looked over without keeping anything of them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query
from pydantic import Field

from cleanclaim import codesets, x12
from cleanclaim.api.desk import Desk, actor_of, reply, x12_body
from cleanclaim.api.shapes import Answer, Asked, Day, FindingAnswer, Flag, Given
from cleanclaim.edits import scrub
from cleanclaim.encoder import search
from cleanclaim.kernel.errors import NotFound, UnreadableInput
from cleanclaim.plugins_api import site_findings
from cleanclaim.practice.coding import terms
from cleanclaim.x12.implementations.acknowledge import ALL_LEVELS
from cleanclaim.x12.implementations.acknowledge_claims import SYNTAX_LEVELS

EVERYBODY: Final = ("front_desk", "coder", "biller", "provider", "manager", "auditor")
FILES: Final = ("biller", "manager", "auditor")
_TABLES: Final = ("icd10cm", "hcpcs", "cpt", "ncci", "mue", "add_on", "coverage", "mce")

codes = Desk("Codes")
files = Desk("X12 files")


class CodeAnswer(Answer):
    """A code, as `cleanclaim lookup --json` prints it."""

    system: str
    code: str
    title: str
    billable: bool
    valid_from: str
    valid_to: str | None
    why: str


class CodeLines(Answer):
    """Codes, the best fit first."""

    items: list[CodeAnswer]


class LookupGiven(Given):
    """What would be typed: words, shorthand, a code or its beginning."""

    words: Annotated[str, Field(min_length=1, max_length=200)]
    system: Literal["icd10cm", "icd10pcs", "hcpcs", "cpt"] | None = None
    on: Day | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    billable: Flag = False
    local: Flag = False


class OnAsked(Asked):
    """The day of service; today where it is left out."""

    on: Day | None = None


class CheckedAnswer(Answer):
    """What is in a file and what is wrong with it, as `cleanclaim x12 check --json` prints it."""

    file: str
    well_formed: bool
    interchanges: list[dict[str, Any]]
    transactions: list[dict[str, Any]]
    findings: list[dict[str, Any]]


class AcknowledgedAnswer(Answer):
    """What answers a file, as `cleanclaim x12 ack --json` prints it."""

    file: str
    accepted: bool
    ta1: str
    functional: str
    claims: str


class AckAsked(Asked):
    """What the answers hold."""

    claims: Literal["", "yes"] = ""
    control_number: Annotated[int, Field(ge=1, le=999_998_999)] = 1


class ScrubbedClaim(Answer):
    """A claim and what the edits find in it."""

    patient_control_number: str
    findings: list[FindingAnswer]


class ScrubAnswer(Answer):
    """What `cleanclaim scrub --json` prints."""

    file: str
    claims: list[ScrubbedClaim]
    tables: list[dict[str, str]]


@codes.post("/codes/search", roles=EVERYBODY, answer=CodeLines, repeatable=True, screen="codes")
def search_codes(request: HttpRequest, given: Body[LookupGiven]) -> HttpResponse:
    """Find codes in force on a day; `local` lets the practice's own terms win over the book."""
    by = actor_of(request)
    own = [search.LocalTerm(system, code, term) for term, system, code in terms.in_force(by.practice_id)] if given.local else []
    hits = search.find(
        given.words, codesets.open_store(), system=given.system, on=given.on or by.today, limit=given.limit, local_terms=own,
        billable_only=given.billable,
    )  # fmt: skip
    return reply({"items": [
        {"system": hit.system, "code": hit.code, "title": hit.title, "billable": hit.billable, "valid_from": hit.valid_from,
         "valid_to": hit.valid_to, "why": hit.why, "score": hit.score} for hit in hits
    ]})  # fmt: skip


@codes.get("/codes/{system}/{code}", roles=EVERYBODY, answer=CodeAnswer, screen="code")
def show_code(
    request: HttpRequest, system: Literal["icd10cm", "icd10pcs", "hcpcs", "cpt"], code: str, asked: Query[OnAsked]
) -> HttpResponse:
    """Show a code as it is in force on a day."""
    on = asked.on or actor_of(request).today
    found = codesets.open_store().get(system, code[:20], on)
    if found is None:
        raise NotFound("No such code is in force on that day.")
    return reply({"system": system, "code": found.code, "title": found.title, "billable": found.billable, "valid_from": found.valid_from,
                  "valid_to": found.valid_to, "why": "the code itself"})  # fmt: skip


@files.post("/x12/check", roles=FILES, answer=CheckedAnswer, repeatable=True, file="Any X12 file.")
def check_x12(request: HttpRequest) -> HttpResponse:
    """Say everything that is wrong with an X12 file, and what it adds up to. Nothing of it is kept."""
    return reply(x12.check(x12_body(request)).as_json("body"))


@files.post("/x12/ack", roles=FILES, answer=AcknowledgedAnswer, repeatable=True, file="Any X12 file.")
def acknowledge_x12(request: HttpRequest, asked: Query[AckAsked]) -> HttpResponse:
    """Write the TA1 and 999 that answer a file, with `claims=yes` also the 277CA. Nothing of it is kept."""
    content, by = x12_body(request), actor_of(request)
    checked = x12.check(content)
    if not checked.interchanges and not checked.transactions:
        raise UnreadableInput("There is no X12 in it.")
    levels = SYNTAX_LEVELS if asked.claims else ALL_LEVELS
    answer = x12.acknowledge(content, instant=by.at, control_number=asked.control_number, checked=checked, levels=levels)
    claims = b""
    if asked.claims:
        number = asked.control_number + max(1, len(checked.interchanges))
        claims = x12.acknowledge_claims(content, instant=by.at, control_number=number, checked=checked)
    return reply({"file": "body", "accepted": answer.is_accepted, "ta1": answer.ta1.decode("ascii"), "functional": answer.functional.decode("ascii"),
                  "claims": claims.decode("ascii")})  # fmt: skip


@files.post("/scrub", roles=FILES, answer=ScrubAnswer, repeatable=True, file="An 837.")
def scrub_claims(request: HttpRequest, asked: Query[OnAsked]) -> HttpResponse:
    """Run the edits over every claim of an 837. Nothing of it is kept."""
    content, on = x12_body(request), asked.on or actor_of(request).today
    store = codesets.open_store()
    claims = [
        {
            "patient_control_number": claim.patient_control_number,
            "findings": [*scrub(claim, store, on=on), *site_findings(claim, on=on)],
        }
        for claim in x12.read_claims(content)
    ]
    if not claims:
        raise UnreadableInput("There is no claim (837) in it.")
    tables = [store.coverage(name) for name in _TABLES]
    return reply(
        {
            "file": "body",
            "claims": claims,
            "tables": [{"name": row.name, "release": row.release, "coverage": row.coverage} for row in tables],
        }
    )
