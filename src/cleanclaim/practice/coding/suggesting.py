"""Asks the encoder about a visit and keeps its whole answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cleanclaim import __version__, encoder, plugins_api
from cleanclaim.documents import EmLevel, Evidence, NotCoded, Note, NoteContext, Suggestion, Suggestions
from cleanclaim.encoder.model.scoring import load_model
from cleanclaim.kernel.dates import age_on
from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import learned, learning, policy, terms
from cleanclaim.practice.coding.models import CodedDiagnosis, SuggestionSet
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.fields import ring
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration import queries as registration

Ask = Callable[[Note, NoteContext], Suggestions]
"""What answers for a note: the encoder with the site's suggesters, or what stands in its place."""


HIDDEN: Final = "suggestions_hidden"
"""The setting under which a practice's coding desk shows no suggestions: training sets it while an exercise is open."""


def are_hidden(practice_id: int) -> bool:
    """Tell whether a practice's coding desk shows no suggestions now."""
    kept: dict[str, Any] = Practice.objects.values_list("settings", flat=True).get(pk=practice_id)
    return bool(kept.get(HIDDEN))


def suggest_codes(*, encounter_id: str, by: Actor, ask: Ask | None = None, engine: str = "") -> Suggestions:
    """Ask the encoder about a visit's note and keep the answer; the same words in the same light are asked only once."""
    require(by, *policy.CODES)
    if are_hidden(by.practice_id):
        raise Refused("Suggestions are hidden here until the answers of the exercise may be seen: code from the note.")
    encounter = encounters.encounter_row(by.practice_id, encounter_id)
    text = encounters.text_of(encounter)
    if not text:
        raise Refused("The visit has no note yet.")
    context = context_of(encounter)
    name = engine or (getattr(ask, "__name__", "another encoder") if ask else engine_name(by.practice_id))
    digest = ring().digest(repr((text, tuple(context))).encode())
    kept = SuggestionSet.objects.of(by.practice_id).filter(encounter=encounter, note_digest=digest, engine=name).first()
    if kept is not None:
        return suggestions_from_json(kept.answer)
    answer = (ask or encoder_for(by.practice_id))(Note(text, encounter.kind), context)
    with transaction_for(by):
        row, is_new = SuggestionSet.objects.get_or_create(
            practice_id=by.practice_id, encounter=encounter, note_digest=digest, engine=name,
            defaults={"answer": suggestions_as_json(answer), "created_at": by.at},
        )  # fmt: skip
        if is_new:
            record(by, "suggest_codes", row.public_id, encounter=encounter_id, engine=name, suggestions=len(answer.suggestions))
    return answer


def encoder_for(practice_id: int) -> Ask:
    """Return the encoder as this practice uses it: its own terms, what was learned from its coders, and the site's suggester."""
    offered = plugins_api.plugins("suggester")
    taught = learning.in_use(practice_id)
    model = taught[1] if taught else learned.Learned({})
    words = learned.PracticeWords(terms.in_force(practice_id), model, offered[0].fills if offered else None)

    def ask(note: Note, context: NoteContext) -> Suggestions:
        return learned.apply(model, encoder.suggest(note, context, suggester=words), load_model("visit").band)

    return ask


def engine_name(practice_id: int) -> str:
    """Name the encoder's version, the learned revision and the site's suggester, so that an answer tells who gave it."""
    offered = plugins_api.plugins("suggester")
    taught = learning.in_use(practice_id)
    parts = [f"encoder {__version__}", f"learned {taught[0]}" if taught else "", f"with {offered[0].name}" if offered else ""]
    return ", ".join(part for part in parts if part)[:80]


def context_of(encounter: Encounter) -> NoteContext:
    """Return what else is known of a visit: age, sex, setting, earlier diagnoses of the account, the practice's own terms."""
    patient = encounter.patient
    before = encounters.visit_days_before(encounter.practice_id, patient.public_id, encounter.served_on)
    is_new = encounter.is_new_patient if encounter.is_new_patient is not None else not before
    coverages, _ = registration.coverage_rows_on(encounter.practice_id, patient.public_id, encounter.served_on)
    history = [f"last-visit:{before[0][0].isoformat()}"] if before else []
    ids = registration.account_ids(encounter.practice_id, patient.public_id)
    seen = CodedDiagnosis.objects.of(encounter.practice_id).filter(
        encounter__patient__public_id__in=ids, encounter__served_on__lt=encounter.served_on, voided_at__isnull=True
    )
    codes = seen.order_by("code").values_list("code", flat=True).distinct()[:100]
    return NoteContext(
        served_on=encounter.served_on, setting=encounter.setting, age_years=age_on(patient.born_on, encounter.served_on), sex=patient.sex,
        is_new_patient=is_new, place_of_service=encounter.place_of_service,
        payer_kind="" if encounter.is_self_pay or not coverages else coverages[0].payer.kind, history=(*codes, *history),
        local_terms=terms.in_force(encounter.practice_id),
    )  # fmt: skip


def latest_suggestions(practice_id: int, encounter: Encounter) -> Suggestions | None:
    """Return the last kept answer about a visit."""
    row = SuggestionSet.objects.of(practice_id).filter(encounter=encounter).order_by("-id").first()
    return suggestions_from_json(row.answer) if row else None


def suggestions_as_json(answer: Suggestions) -> dict[str, Any]:
    """Return the whole answer as it stands encrypted in a row: the shape of `cleanclaim code`, with the places of what was not coded."""
    return answer.as_json()


def suggestions_from_json(facts: dict[str, Any]) -> Suggestions:
    """Read what was kept."""
    return Suggestions(
        tuple(
            Suggestion(**{**item, "modifiers": tuple(item["modifiers"]), "reasons": tuple(item["reasons"]),
                          "evidence": tuple(Evidence(**words) for words in item["evidence"])})
            for item in facts["suggestions"]
        ),
        tuple(NotCoded(**item) for item in facts["not_coded"]),
        EmLevel(**{**facts["em"], "reasons": tuple(facts["em"]["reasons"])}) if facts["em"] else None,
        tuple(facts.get("notices", ())),
    )  # fmt: skip
