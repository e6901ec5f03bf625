"""FHIR R4 for reading: resources of a practice by id, and searches by patient or id, page by page. The same keys and roles as the REST part."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from cleanclaim import __version__, fhir
from cleanclaim.api import billed, cursors, registered, visited
from cleanclaim.api.desk import actor_of, open_chart
from cleanclaim.api.problems import Problem
from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.foundation.paging import Page, Place
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.remittance import queries as remittance
from cleanclaim.practice.remittance.models import Decision, Remittance

MEDIA_TYPE: Final = "application/fhir+json"
_RELEASED_ON: Final = "2026-11-22"
_MOST: Final = 100
_MOST_DETAILS: Final = 1000
"""Answers that one PaymentReconciliation tells; a larger remittance is read answer by answer."""
_KNOWN: Final = frozenset({"_id", "patient", "_count", "_format", "page"})

Resource = dict[str, Any]


class Kind(NamedTuple):
    """How one kind of resource is read: who may, one by its id, a page of an account's (or of all, where no patient is asked for)."""

    roles: tuple[str, ...]
    one: Callable[[HttpRequest, str], Resource]
    some: Callable[[HttpRequest, tuple[str, ...], Place | None, int], Page]


def _practice(request: HttpRequest) -> int:
    return actor_of(request).practice_id


def _patient(request: HttpRequest, patient_id: str) -> Resource:
    open_chart(request, patient_id)
    card = registration.card(_practice(request), patient_id)
    facts = card._asdict()
    for name in ("ssn_last4", "releases_information", "assigns_benefits", "alias_ids"):
        del facts[name]
    return fhir.patient(**facts)


def _patients(request: HttpRequest, _ids: tuple[str, ...], after: Place | None, size: int) -> Page:
    page = registration.patient_page(_practice(request), after=after, size=size)
    rows = [
        fhir.restricted_patient(patient_id=row.patient_id) if row.is_restricted else _patient(request, row.patient_id)
        for row in page.rows
    ]
    return page._replace(rows=tuple(rows))


def _coverage_of(card: registration.CoverageCard, numbers: dict[str, str]) -> Resource:
    return fhir.coverage(
        coverage_id=card.coverage_id, version=card.version, patient_id=card.patient_id, payer_name=card.payer_name,
        payer_number=numbers.get(card.payer_id, ""), member_id=card.member_id, group_number=card.group_number, plan_name=card.plan_name,
        relationship=card.relationship, sequence=card.sequence, valid_from=card.valid_from, valid_to=card.valid_to, is_voided=card.is_voided,
    )  # fmt: skip


def _coverages(request: HttpRequest, ids: tuple[str, ...], after: Place | None, size: int) -> Page:
    numbers = {row.public_id: row.payer_id for row in payers.payers(_practice(request), active_only=False)}
    cards = sorted(registration.coverages_of(_practice(request), ids[0]), key=lambda card: card.coverage_id)
    left = [card for card in cards if after is None or card.coverage_id > after[0]]
    following = (left[size - 1].coverage_id,) if len(left) > size else None
    return Page(tuple(_coverage_of(card, numbers) for card in left[:size]), following)


def _coverage(request: HttpRequest, coverage_id: str) -> Resource:
    row = registration.coverage_row(_practice(request), coverage_id)
    open_chart(request, row.patient.public_id)
    cards = registration.coverages_of(_practice(request), row.patient.public_id, with_voided=True)
    card = next(item for item in cards if item.coverage_id == coverage_id)
    return _coverage_of(card, {row.payer.public_id: row.payer.payer_id})


def _visit_of(row: encounters.EncounterRow) -> Resource:
    return fhir.encounter(
        encounter_id=row.encounter_id, patient_id=row.patient_id, state=row.state, setting=row.setting, served_on=row.served_on,
        provider_name=row.provider_name, site_name=row.site_name,
    )  # fmt: skip


def _visits(request: HttpRequest, ids: tuple[str, ...], after: Place | None, size: int) -> Page:
    page = encounters.encounter_page(_practice(request), after=after, size=size, patients=ids)
    return page._replace(rows=tuple(_visit_of(row) for row in page.rows))


def _visit(request: HttpRequest, encounter_id: str) -> Resource:
    card = encounters.card(_practice(request), encounter_id)
    open_chart(request, card.row.patient_id)
    return _visit_of(card.row)


def _claim_facts(found: Claim) -> fhir.ClaimFacts:
    turns = claims.turns_of(found)
    return fhir.ClaimFacts(
        claim_id=found.public_id, version=found.version, number=found.patient_control_number, is_voided=found.status == "voided",
        is_answered=any(turn.is_answered for turn in turns), patient_id=found.patient, payer_name=found.payer.name if found.payer else "",
        created_on=found.billed_on or found.created_at.date(), coverage_ids=tuple(turn.coverage for turn in turns), charge_cents=found.charge_cents,
        insurance_paid_cents=found.insurance_paid_cents, contractual_cents=found.contractual_cents,
        patient_responsibility_cents=found.patient_responsibility_cents, denied_cents=found.denied_cents,
    )  # fmt: skip


def _claim_resource(found: Claim) -> Resource:
    return fhir.claim(_claim_facts(found), claims.document_of(claims.latest_submission(found)))


def _explained(found: Claim) -> Resource:
    answers = [_answer_of(row) for row in remittance.decisions_of_claim(found.practice_id, found.public_id)]
    return fhir.explanation_of_benefit(_claim_facts(found), claims.document_of(claims.latest_submission(found)), answers)


def _opened_claim(request: HttpRequest, claim_id: str) -> Claim:
    found = claims.claim(_practice(request), claim_id)
    if found.kind == "self":
        raise NotFound("The patient's own bill is no claim.")
    if found.patient:
        open_chart(request, found.patient)
    return found


def _claim_page(write: Callable[[Claim], Resource]) -> Callable[[HttpRequest, tuple[str, ...], Place | None, int], Page]:
    def some(request: HttpRequest, ids: tuple[str, ...], after: Place | None, size: int) -> Page:
        page = claims.insured_claim_page(_practice(request), patients=ids, after=after, size=size)
        return page._replace(rows=tuple(write(row) for row in page.rows))

    return some


def _answer_of(row: Decision) -> fhir.AnswerFacts:
    return fhir.AnswerFacts(
        remittance_id=row.remittance.public_id, place=row.ordinal, claim_id=row.claim.public_id, patient_id=row.claim.patient,
        payer_name=row.payer.name, kind=row.claim.kind, decided_on=row.decided_on or row.remittance.posted_on, charge_cents=row.charge_cents,
        paid_cents=row.paid_cents, payer_claim_control_number=row.payer_claim_control_number, is_reversed=row.is_reversed,
        effects=tuple((effect[0], effect[1], effect[2], effect[3], effect[4]) for effect in row.effects),
    )  # fmt: skip


def _answers(request: HttpRequest, ids: tuple[str, ...], after: Place | None, size: int) -> Page:
    page = remittance.decision_page(_practice(request), after=after, size=size, patients=ids)
    return page._replace(rows=tuple(fhir.claim_response(_answer_of(row)) for row in page.rows))


def _answer(request: HttpRequest, answer_id: str) -> Resource:
    remittance_id, _, place = answer_id.partition(".")
    if not place.isdecimal() or len(place) > 7:
        raise NotFound("There is no such answer.")
    page = remittance.decision_page(_practice(request), after=None, size=1, remittance=remittance_id, ordinal=int(place))
    if not page.rows:
        raise NotFound("There is no such answer in this practice.")
    row = page.rows[0]
    if row.claim.patient:
        open_chart(request, row.claim.patient)
    return fhir.claim_response(_answer_of(row))


def _payment_of(row: Remittance) -> Resource:
    page = remittance.decision_page(row.practice_id, after=None, size=_MOST_DETAILS, remittance=row.public_id)
    return fhir.payment_reconciliation(
        remittance_id=row.public_id, payer_name=row.payer.name, trace_number=row.trace_number, posted_on=row.posted_on, paid_on=row.paid_on,
        paid_cents=row.paid_cents, answers=[_answer_of(item) for item in page.rows],
    )  # fmt: skip


def _payments(request: HttpRequest, _ids: tuple[str, ...], after: Place | None, size: int) -> Page:
    page = remittance.remittance_page(_practice(request), after=after, size=size)
    return page._replace(rows=tuple(_payment_of(row) for row in page.rows))


KINDS: Final[dict[str, Kind]] = {
    "Patient": Kind(registered.DESK, _patient, _patients),
    "Coverage": Kind(registered.DESK, _coverage, _coverages),
    "Encounter": Kind(visited.SEES, _visit, _visits),
    "Claim": Kind(
        billed.DESK, lambda request, claim_id: _claim_resource(_opened_claim(request, claim_id)), _claim_page(_claim_resource)
    ),
    "ClaimResponse": Kind(billed.DESK, _answer, _answers),
    "ExplanationOfBenefit": Kind(
        billed.DESK, lambda request, claim_id: _explained(_opened_claim(request, claim_id)), _claim_page(_explained)
    ),
    "PaymentReconciliation": Kind(
        billed.DESK, lambda request, item_id: _payment_of(remittance.remittance(_practice(request), item_id)), _payments
    ),
}


def _reply(value: Resource, *, version: str = "") -> HttpResponse:
    headers = {"ETag": f'W/"{version}"'} if version else {}
    return HttpResponse(json.dumps(value, ensure_ascii=False), content_type=MEDIA_TYPE, headers=headers)


def metadata(request: HttpRequest) -> HttpResponse:
    """Say what is read and searched here."""
    del request
    return _reply(fhir.capability_statement(version=__version__, released_on=_RELEASED_ON))


def _kind(request: HttpRequest, name: str) -> Kind:
    if request.method != "GET":
        raise Problem("method", "Resources are read here, not written.")
    if name not in KINDS:
        raise NotFound("Resources of this kind are not read here.")
    require(actor_of(request), *KINDS[name].roles)
    return KINDS[name]


def read(request: HttpRequest, kind: str, resource_id: str) -> HttpResponse:
    """Return one resource."""
    found = _kind(request, kind).one(request, fhir.public_id(resource_id))
    return _reply(found, version=found.get("meta", {}).get("versionId", ""))


def search(request: HttpRequest, kind: str) -> HttpResponse:
    """Return a page of a search by patient or id."""
    known = _kind(request, kind)
    unknown = sorted(set(request.GET) - _KNOWN)
    if unknown:
        raise Problem(
            "malformed", f"Resources are searched by {', '.join(fhir.TYPES[kind])} and _count here.", field=unknown[0][:60]
        )
    wanted, asked = request.GET.get("patient", "").removeprefix("Patient/"), request.GET.get("_id", "")
    address = request.build_absolute_uri()
    if asked:
        return _reply(fhir.search_set(_named(request, known, asked, wanted), address=address))
    ids: tuple[str, ...] = ()
    if "patient" in fhir.TYPES[kind]:
        if not wanted:
            raise Problem("malformed", "Search by patient or by _id.")
        open_chart(request, fhir.public_id(wanted))
        ids = registration.account_ids(_practice(request), fhir.public_id(wanted))
    elif wanted:
        raise Problem("malformed", "Resources of this kind are not searched by patient here.")
    by = actor_of(request)
    about = cursors.about(f"fhir:{kind}", {"patient": wanted})
    page = known.some(request, ids, cursors.unseal(request.GET.get("page", ""), by=by, about=about), _count(request))
    following = ""
    if page.following is not None:
        more = {"patient": wanted} if wanted else {}
        more |= {"_count": str(_count(request)), "page": cursors.seal(page.following, by=by, about=about)}
        following = f"{address.partition('?')[0]}?{urlencode(more)}"
    return _reply(fhir.search_set(page.rows, address=address, following=following))


def _named(request: HttpRequest, known: Kind, asked: str, wanted: str) -> list[Resource]:
    """Return the resources of some ids; ids that are not there (or are another patient's) find nothing, as FHIR has it."""
    found = []
    for one in asked.split(",")[:_MOST]:
        try:
            row = known.one(request, fhir.public_id(one.strip()))
        except NotFound:
            continue
        whose: Resource = row.get("patient") or row.get("subject") or row.get("beneficiary") or {}
        if not wanted or whose.get("reference") == f"Patient/{wanted}":
            found.append(row)
    return found


def _count(request: HttpRequest) -> int:
    text = request.GET.get("_count", "20")
    if not (text.isdecimal() and text.isascii() and len(text) < 6 and int(text) > 0):
        raise Problem("malformed", "_count is a whole number from 1.")
    return min(int(text), _MOST)
