"""Coding: what a note supports, what a coder confirms, the charges that follow."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query
from pydantic import AfterValidator, Field

from cleanclaim import encoder
from cleanclaim.api.desk import Desk, actor_of, changing, reply
from cleanclaim.api.problems import Problem
from cleanclaim.api.shapes import Answer, Asked, Count, Day, FindingAnswer, Flag, Given, Text, Words, as_plain, shape
from cleanclaim.documents import Note, NoteContext
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.charges import actions as charges
from cleanclaim.practice.charges import queries as charge_queries
from cleanclaim.practice.coding import actions, queries
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from cleanclaim.practice.coding.suggesting import suggest_codes as suggest

CODES: Final = ("coder", "provider", "manager")
SEES: Final = ("coder", "provider", "biller", "manager", "auditor")
PRICES: Final = ("biller", "coder", "manager")
SEES_CHARGES: Final = ("biller", "manager", "auditor", "coder")

desk = Desk("Coding and charges")
_CHARGE: Final = shape(charge_queries.ChargeRow)
_ROW: Final = shape(queries.DeskRow)


class EvidenceAnswer(Answer):
    """The words that prove a code, by their place in the note."""

    start: int
    end: int
    text: str
    section: str
    assertion: str


class SuggestionAnswer(Answer):
    """A code that the note supports."""

    system: str
    code: str
    title: str
    modifiers: list[str]
    units: int
    confidence: float
    band: Literal["ready", "look", "hint"]
    reasons: list[str]
    evidence: list[EvidenceAnswer]


class SuggestionsAnswer(Answer):
    """What `cleanclaim code --json` prints."""

    suggestions: list[SuggestionAnswer]
    not_coded: list[dict[str, Any]]
    em: dict[str, Any] | None


class CodesAnswer(Answer):
    """The codes that stand confirmed, and what is wrong with them."""

    encounter_id: str
    state: str
    diagnoses: list[dict[str, Any]]
    procedures: list[dict[str, Any]]
    findings: list[FindingAnswer]
    version: int


class FinalisedAnswer(Answer):
    """What the coder should still know."""

    encounter_id: str
    state: str
    findings: list[FindingAnswer]


class ChargeLines(Answer):
    """The standing charges of a visit."""

    items: list[_CHARGE]  # type: ignore[valid-type]
    charge_cents: int


class WaitingLines(Answer):
    """The visits that wait for codes."""

    items: list[_ROW]  # type: ignore[valid-type]


class NoteToCode(Given):
    """A note and what else is known of the visit. Nothing of it is kept."""

    text: Text
    setting: Literal["outpatient", "inpatient"] = "outpatient"
    served_on: Day | None = None
    age_years: Annotated[int, Field(ge=0, le=130)] | None = None
    sex: Literal["", "F", "M", "U"] = ""
    is_new_patient: Flag | None = None
    place_of_service: Annotated[str, Field(max_length=2)] = "11"
    history: Annotated[list[Words], Field(max_length=50)] = Field(default_factory=list)


def _quantity(text: str) -> str:
    try:
        amount = Decimal(text)
    except ArithmeticError:
        raise ValueError("A quantity is a number such as 1 or 0.5, as text.") from None
    if not amount.is_finite() or not 0 < amount < 100_000 or amount != amount.quantize(Decimal("0.001")):
        raise ValueError("A quantity is more than nothing, below 100000, with three decimals at most.")
    return text


class DiagnosisGiven(Given):
    """A diagnosis, the first-listed one first."""

    code: Annotated[str, Field(min_length=1, max_length=10)]
    present_on_admission: Literal["", "Y", "N", "U", "W", "1"] = ""


class ProcedureGiven(Given):
    """A service; without pointers they are proposed."""

    system: Literal["cpt", "hcpcs", "icd10pcs"]
    code: Annotated[str, Field(min_length=1, max_length=10)]
    modifiers: Annotated[list[Annotated[str, Field(max_length=2)]], Field(max_length=4)] = Field(default_factory=list)
    units: Annotated[str, Field(max_length=12), AfterValidator(_quantity)] = "1"
    pointers: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(max_length=4)] = Field(default_factory=list)
    served_on: Day | None = None


class CodesGiven(Given):
    """The whole list of a visit's codes: what is not on it any more is voided."""

    diagnoses: Annotated[list[DiagnosisGiven], Field(max_length=25)]
    procedures: Annotated[list[ProcedureGiven], Field(max_length=50)] = Field(default_factory=list)
    amend_reason: Words = ""


class WaitingAsked(Asked):
    """How many, and whether those that are laid aside are listed too."""

    limit: Count = 50
    with_pended: Literal["", "yes"] = ""


@desk.post("/code", roles=SEES, answer=SuggestionsAnswer, repeatable=True)
def code_note(request: HttpRequest, given: Body[NoteToCode]) -> HttpResponse:
    """Say which codes a note supports, with the words that prove them. Nothing of it is kept."""
    if not given.text.strip():
        raise InvalidValue("The note has no words.")
    context = NoteContext(
        given.served_on or actor_of(request).today, setting=given.setting, age_years=given.age_years, sex=given.sex,
        is_new_patient=given.is_new_patient, place_of_service=given.place_of_service, history=tuple(given.history),
    )  # fmt: skip
    return reply(encoder.suggest(Note(given.text), context).as_json())


@desk.get("/coding/worklist", roles=SEES, answer=WaitingLines, screen="coding")
def coding_worklist(request: HttpRequest, asked: Query[WaitingAsked]) -> HttpResponse:
    """List the signed visits that wait for codes, the oldest signature first."""
    by = actor_of(request)
    return reply(
        {"items": queries.worklist(by.practice_id, today=by.today, with_pended=bool(asked.with_pended), limit=asked.limit)}
    )


@desk.post("/encounters/{encounter_id}/suggestions", roles=CODES, answer=SuggestionsAnswer, repeatable=True)
def suggest_codes(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Ask the encoder about a visit's note and keep the answer; the same words are asked only once."""
    return reply(suggest(encounter_id=encounter_id, by=actor_of(request)).as_json())


def _codes(practice_id: int, encounter_id: str) -> HttpResponse:
    chart = queries.chart(practice_id, encounter_id)
    diagnoses: list[dict[str, Any]] = [as_plain(item) for item in chart.diagnoses]
    procedures = [{"position": item.position, **as_plain(item.desk), "decided_by": item.decided_by} for item in chart.procedures]
    findings = queries.live_findings(practice_id, encounter_id) if diagnoses or procedures else ()
    facts = {
        "encounter_id": encounter_id,
        "state": chart.state,
        "diagnoses": diagnoses,
        "procedures": procedures,
        "findings": findings,
    }
    return reply({**facts, "version": chart.version}, version=chart.version)


@desk.get("/encounters/{encounter_id}/codes", roles=SEES, answer=CodesAnswer, screen="chart")
def show_codes(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Show the codes that stand confirmed, with what the edits say of them."""
    return _codes(actor_of(request).practice_id, encounter_id)


@desk.put("/encounters/{encounter_id}/codes", roles=CODES, answer=CodesAnswer, version="needed", screen="chart-act")
def confirm_codes(request: HttpRequest, encounter_id: str, given: Body[CodesGiven]) -> HttpResponse:
    """Confirm the whole list of a visit's codes. Codes that cannot stand are refused with the reason."""
    by = actor_of(request)
    codes = DeskCodes(
        tuple(DeskDiagnosis(item.code, item.present_on_admission) for item in given.diagnoses),
        tuple(
            DeskProcedure(item.system, item.code, tuple(item.modifiers), Rate(item.units), tuple(item.pointers), served_on=item.served_on)
            for item in given.procedures
        ),
    )  # fmt: skip
    with changing(request, queries.encounter_for_desk(by.practice_id, encounter_id)):
        _or_say(lambda: actions.confirm_codes(encounter_id=encounter_id, codes=codes, amend_reason=given.amend_reason, by=by))
    return _codes(by.practice_id, encounter_id)


def _or_say(do: Any) -> Any:
    """Do it, or refuse with everything that keeps it from being done in one sentence."""
    try:
        return do()
    except actions.NotReady as wrong:
        raise Problem("refused", " ".join(finding.says for finding in wrong.findings[:5])) from None


@desk.post("/encounters/{encounter_id}/finalise", roles=CODES, answer=FinalisedAnswer, screen="chart-act")
def finalise_coding(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Finalise a visit's codes. Its charges are priced and its claim is built right after."""
    by = actor_of(request)
    findings = _or_say(lambda: actions.finalise_coding(encounter_id=encounter_id, by=by))
    return reply({"encounter_id": encounter_id, "state": queries.chart(by.practice_id, encounter_id).state, "findings": findings})


def _charges(practice_id: int, encounter_id: str) -> HttpResponse:
    rows = charge_queries.charges_of(practice_id, encounter_id)
    return reply({"items": rows, "charge_cents": sum(row.cents for row in rows)})


@desk.get("/encounters/{encounter_id}/charges", roles=SEES_CHARGES, answer=ChargeLines, screen="charges")
def list_charges(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """List the standing charges of a visit."""
    return _charges(actor_of(request).practice_id, encounter_id)


@desk.post("/encounters/{encounter_id}/charges", roles=PRICES, answer=ChargeLines)
def price_charges(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Price a coded visit by the charge list of its day; asking again changes nothing."""
    by = actor_of(request)
    charges.price_charges(encounter_id=encounter_id, by=by)
    return _charges(by.practice_id, encounter_id)
