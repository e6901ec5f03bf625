"""Reading the coding desk: the chart of a visit, worklists, queries. Coders see the record, not the person: no name, no address."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from cleanclaim.codesets import Store, open_store
from cleanclaim.documents import CodedEncounter, Evidence, ProcedureCode, Suggestions
from cleanclaim.kernel.findings import Finding
from cleanclaim.practice.coding import clarification, in_force, rules
from cleanclaim.practice.coding.desk_edits import desk_findings
from cleanclaim.practice.coding.models import CodedDiagnosis, CodedProcedure, CodingSession, ProviderQuery
from cleanclaim.practice.coding.suggesting import latest_suggestions
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.registration import queries as registration


class ConfirmedDiagnosis(NamedTuple):
    """A confirmed diagnosis with the words that prove it and who decided."""

    position: int
    code: str
    present_on_admission: str
    origin: str
    confidence: float | None
    evidence: tuple[Evidence, ...]
    decided_by: str


class ConfirmedProcedure(NamedTuple):
    """A confirmed service with the words that prove it and who decided."""

    position: int
    desk: rules.DeskProcedure
    evidence: tuple[Evidence, ...]
    decided_by: str


class QueryRow(NamedTuple):
    """A question to the provider."""

    query_id: str
    encounter_id: str
    code: str
    question: str
    quotes: tuple[str, ...]
    choices: tuple[str, ...]
    asked_by: str
    asked_at: datetime
    state: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    provider_name: str

    def __repr__(self) -> str:
        return f"QueryRow({self.query_id})"


class Chart(NamedTuple):
    """What the coding desk shows of a visit: the record, suggestions, confirmed codes, questions. The person stays out of it."""

    encounter_id: str
    chart_number: int
    age_years: int
    sex: str
    served_on: date
    setting: str
    place_of_service: str
    kind: str
    state: str
    provider_name: str
    payer_kind: str
    text: str
    notes: tuple[encounters.NoteRow, ...]
    attachments: tuple[encounters.AttachmentRow, ...]
    suggestions: Suggestions | None
    diagnoses: tuple[ConfirmedDiagnosis, ...]
    procedures: tuple[ConfirmedProcedure, ...]
    queries: tuple[QueryRow, ...]
    pended_until: date | None
    pend_reason: str
    at_work: tuple[str, ...]
    version: int

    def __repr__(self) -> str:
        return f"Chart({self.encounter_id})"


class DeskRow(NamedTuple):
    """A line of the coder's worklist."""

    encounter_id: str
    chart_number: int
    served_on: date
    signed_at: datetime | None
    days_waiting: int
    provider_name: str
    kind: str
    state: str
    setting: str
    pended_until: date | None
    pend_reason: str
    open_queries: int
    answered_queries: int
    at_work: str


def encounter_for_desk(practice_id: int, encounter_id: str) -> Encounter:
    """Return the visit's row. Raises NotFound."""
    return encounters.encounter_row(practice_id, encounter_id)


def chart(practice_id: int, encounter_id: str) -> Chart:
    """Return a visit as the desk shows it. Raises NotFound."""
    card = encounters.card(practice_id, encounter_id)
    encounter = encounter_for_desk(practice_id, encounter_id)
    coverages, _ = registration.coverage_rows_on(practice_id, encounter.patient.public_id, encounter.served_on)
    sessions = CodingSession.objects.of(practice_id).filter(encounter=encounter).order_by("id")
    pended = sessions.filter(pended_until__isnull=False).last()
    is_pended = pended is not None and not sessions.filter(id__gt=pended.pk).exists()
    return Chart(
        encounter_id, encounter.patient.chart_number, card.age_years, card.sex, encounter.served_on, encounter.setting,
        encounter.place_of_service, encounter.kind, encounter.state, encounter.provider.display_name,
        "" if encounter.is_self_pay or not coverages else coverages[0].payer.kind, card.text, card.notes, card.attachments,
        latest_suggestions(practice_id, encounter), confirmed_diagnoses(practice_id, encounter), confirmed_procedures(practice_id, encounter),
        tuple(queries_of(practice_id, encounter_id=encounter_id)), pended.pended_until if is_pended and pended else None,
        pended.pend_reason if is_pended and pended else "", tuple(sessions.filter(closed_at__isnull=True).values_list("coder", flat=True)),
        encounter.version,
    )  # fmt: skip


def confirmed_diagnoses(practice_id: int, encounter: Encounter) -> tuple[ConfirmedDiagnosis, ...]:
    """Return a visit's confirmed diagnoses, the first-listed first."""
    rows = CodedDiagnosis.objects.of(practice_id).filter(encounter=encounter, voided_at__isnull=True).order_by("position")
    return tuple(
        ConfirmedDiagnosis(
            row.position, row.code, row.present_on_admission, row.origin, row.confidence, _evidence(row.evidence), row.decided_by
        )
        for row in rows
    )


def confirmed_procedures(practice_id: int, encounter: Encounter) -> tuple[ConfirmedProcedure, ...]:
    """Return a visit's confirmed services in order."""
    rows = CodedProcedure.objects.of(practice_id).filter(encounter=encounter, voided_at__isnull=True).order_by("position")
    return tuple(ConfirmedProcedure(row.position, desk_procedure(row), _evidence(row.evidence), row.decided_by) for row in rows)


def confirmed(practice_id: int, encounter: Encounter) -> rules.DeskCodes:
    """Return what stands confirmed, as a coder would confirm it again."""
    return rules.DeskCodes(
        tuple(rules.DeskDiagnosis(item.code, item.present_on_admission, item.origin, item.confidence)
              for item in confirmed_diagnoses(practice_id, encounter)),
        tuple(item.desk for item in confirmed_procedures(practice_id, encounter)),
    )  # fmt: skip


def coded_encounter(practice_id: int, encounter_id: str) -> CodedEncounter:
    """Return a visit's confirmed codes as a document."""
    encounter = encounter_for_desk(practice_id, encounter_id)
    codes = confirmed(practice_id, encounter)
    procedures = tuple(ProcedureCode(item.system, item.code, item.modifiers, item.units, item.pointers, item.served_on or encounter.served_on)
                       for item in codes.procedures)  # fmt: skip
    return CodedEncounter(encounter.served_on, tuple(item.code for item in codes.diagnoses), procedures, encounter.place_of_service,
                          encounter.setting)  # fmt: skip


def desk_procedure(row: CodedProcedure) -> rules.DeskProcedure:
    """Return a service as the desk handles it."""
    return rules.DeskProcedure(
        row.system, row.code, tuple(row.modifiers), rules.from_thousandths(row.units_thousandths), tuple(row.pointers), row.origin,
        row.confidence, row.served_on, row.national_drug_code, row.drug_unit,
        rules.from_thousandths(row.drug_quantity_thousandths) if row.drug_quantity_thousandths is not None else None,
    )  # fmt: skip


def worklist(practice_id: int, *, today: date, with_pended: bool = False, limit: int = 200, offset: int = 0) -> list[DeskRow]:
    """Return the signed visits that wait for codes, the oldest signature first; pended ones come back on their day."""
    rows = _waiting(practice_id, today=today, with_pended=with_pended)
    page = list(rows.select_related("patient", "provider").order_by("signed_at", "id")[offset : offset + limit])
    sessions: dict[int, CodingSession] = {}
    at_work: dict[int, str] = {}
    for session in CodingSession.objects.of(practice_id).filter(encounter__in=page).order_by("id"):
        sessions[session.encounter_id] = session
        if session.closed_at is None:
            at_work[session.encounter_id] = session.coder
    counts: dict[tuple[int, str], int] = {}
    for encounter, state in ProviderQuery.objects.of(practice_id).filter(encounter__in=page).values_list("encounter_id", "state"):
        counts[encounter, state] = counts.get((encounter, state), 0) + 1
    return [_desk_row(row, today, sessions.get(row.pk), at_work.get(row.pk, ""), counts) for row in page]


def worklist_counts(practice_id: int, *, today: date) -> dict[str, int]:
    """Return how many visits wait for codes, are pended, have an open question, and were signed without being coded for over three days."""
    waiting = _waiting(practice_id, today=today, with_pended=True)
    ready = _waiting(practice_id, today=today, with_pended=False)
    asked = ProviderQuery.objects.of(practice_id).filter(state=ProviderQuery.State.OPEN)
    return {
        "to_code": ready.count(),
        "pended": waiting.count() - ready.count(),
        "queries_open": asked.count(),
        "over_three_days": waiting.filter(signed_at__date__lt=today - timedelta(days=3)).count(),
    }


def next_chart(practice_id: int, *, today: date, after: str = "") -> str:
    """Return the visit that the desk loads next: the oldest one that nobody is at; empty when the list is done."""
    rows = [row for row in worklist(practice_id, today=today) if not row.at_work and row.encounter_id != after]
    return rows[0].encounter_id if rows else ""


def queries_of(practice_id: int, *, encounter_id: str = "", state: str = "", provider_id: str = "") -> list[QueryRow]:
    """Return questions to providers, the oldest first: of a visit, in a state, to one provider."""
    rows = ProviderQuery.objects.of(practice_id).select_related("encounter", "encounter__provider").order_by("id")
    if encounter_id:
        rows = rows.filter(encounter__public_id=encounter_id)
    if state:
        rows = rows.filter(state=state)
    if provider_id:
        rows = rows.filter(encounter__provider__public_id=provider_id)
    return [
        QueryRow(row.public_id, row.encounter.public_id, row.code, row.question, tuple(row.quotes), tuple(row.choices), row.asked_by,
                 row.created_at, row.state, row.answer, row.answered_by, row.answered_at, row.encounter.provider.display_name)
        for row in rows
    ]  # fmt: skip


def query_row(practice_id: int, query_id: str) -> QueryRow:
    """Return one question. Raises NotFound."""
    found = get_or_refuse(ProviderQuery.objects.of(practice_id), what="query", public_id=query_id)
    return next(row for row in queries_of(practice_id, encounter_id=found.encounter.public_id) if row.query_id == query_id)


def live_findings(practice_id: int, encounter_id: str, codes: rules.DeskCodes | None = None) -> tuple[Finding, ...]:
    """Say what is wrong with codes while they are being confirmed: the confirmed ones, or a list that is still on the desk."""
    encounter = encounter_for_desk(practice_id, encounter_id)
    on_desk = rules.tidy(codes) if codes is not None else confirmed(practice_id, encounter)
    store = open_store()
    own = rules.check_codes(on_desk, is_in_force=in_force.judge(store, encounter.served_on), served_on=encounter.served_on)
    told = {(finding.rule, finding.where) for finding in own}
    return (*own, *(item for item in desk_findings(encounter, on_desk, store) if (item.rule, item.where) not in told))


def drafted_query(practice_id: int, encounter_id: str, code: str) -> clarification.QueryDraft | None:
    """Draft the question that an unspecified code leaves open, with the record's own words; None for a specific code."""
    encounter = encounter_for_desk(practice_id, encounter_id)
    store = open_store()
    written = rules.with_dot(code)
    found = store.get("icd10cm", written, encounter.served_on)
    if found is None:
        return None
    siblings = _billable_below(store, written[:3], encounter.served_on)
    missing = clarification.missing_specificity(written, found.title, siblings)
    if missing is None:
        return None
    answer = latest_suggestions(practice_id, encounter)
    proof = next((item for item in answer.suggestions if item.code == written), None) if answer else None
    return clarification.draft_query(missing, proof)


def _billable_below(store: Store, category: str, on: date) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    front = [category]
    while front and len(found) < 400:
        for child in store.children("icd10cm", front.pop(0), on):
            if child.billable:
                found.append((child.code, child.title))
            else:
                front.append(child.code)
    return tuple(found)


def _waiting(practice_id: int, *, today: date, with_pended: bool) -> QuerySet[Encounter]:
    rows: QuerySet[Encounter] = Encounter.objects.of(practice_id).filter(state=Encounter.State.SIGNED)
    if not with_pended:
        later = CodingSession.objects.of(practice_id).filter(encounter=OuterRef("pk"), pended_until__gt=today)
        rows = rows.filter(~Exists(later))
    return rows


def _desk_row(
    row: Encounter, today: date, session: CodingSession | None, at_work: str, counts: dict[tuple[int, str], int]
) -> DeskRow:
    return DeskRow(
        row.public_id, row.patient.chart_number, row.served_on, row.signed_at, max(0, (today - row.signed_at.date()).days) if row.signed_at else 0,
        row.provider.display_name, row.kind, row.state, row.setting, session.pended_until if session else None,
        session.pend_reason if session else "", counts.get((row.pk, "open"), 0), counts.get((row.pk, "answered"), 0), at_work,
    )  # fmt: skip


def _evidence(items: list[dict[str, object]] | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(**item) for item in items or ())  # type: ignore[arg-type]
