"""Questions to providers: asked by coders, answered by the provider, never leading, never deleted."""

from __future__ import annotations

from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import clarification, policy
from cleanclaim.practice.coding.models import ProviderQuery
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require


def query_provider(
    *, encounter_id: str, question: str, by: Actor, choices: tuple[str, ...] = (), quotes: tuple[str, ...] = (), code: str = ""
) -> ProviderQuery:
    """Ask the provider about the record. Raises Refused for a question that leads (see clarification.check_query)."""
    require(by, *policy.CODES)
    clarification.check_query(question, choices)
    with transaction_for(by):
        encounter = get_or_refuse(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        query = ProviderQuery(
            practice_id=by.practice_id, encounter=encounter, code=code, question=question.strip(), choices=list(choices), quotes=list(quotes),
            asked_by=by.name, created_at=by.at,
        )  # fmt: skip
        query.save()
        record(by, "query_provider", query.public_id, encounter=encounter_id, code=code)
        emit(by, "query-asked", query.public_id, encounter=encounter_id)
    return query


def answer_query(*, query_id: str, answer: str, by: Actor) -> ProviderQuery:
    """Answer a coder's question. The answer explains the record; what changes the record is written as an addendum."""
    require(by, *policy.ANSWERS)
    if not answer.strip():
        raise Refused("An answer needs words.")
    with transaction_for(by):
        query = _open_query(query_id, by)
        query.answer, query.answered_by, query.answered_at, query.state = (
            answer.strip(),
            by.name,
            by.at,
            ProviderQuery.State.ANSWERED,
        )
        save_checked(query, fields=["answer", "answered_by", "answered_at", "state"])
        record(by, "answer_query", query.public_id)
        emit(by, "query-answered", query.public_id, encounter=query.encounter.public_id)
    return query


def withdraw_query(*, query_id: str, by: Actor) -> ProviderQuery:
    """Withdraw a question that is no longer needed; it stays readable."""
    require(by, *policy.CODES)
    with transaction_for(by):
        query = _open_query(query_id, by)
        query.state = ProviderQuery.State.WITHDRAWN
        save_checked(query, fields=["state"])
        record(by, "withdraw_query", query.public_id)
        emit(by, "query-withdrawn", query.public_id, encounter=query.encounter.public_id)
    return query


def _open_query(query_id: str, by: Actor) -> ProviderQuery:
    query: ProviderQuery = locked(ProviderQuery.objects.of(by.practice_id), what="query", public_id=query_id)
    if query.state != ProviderQuery.State.OPEN:
        raise Refused(f"This question is {query.state} already.")
    return query
