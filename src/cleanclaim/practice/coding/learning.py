"""Learning from finalised visits on this machine: tried out of fold, kept as a revision, taken into use only when it helps, reversible."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.coding import learned
from cleanclaim.practice.coding.models import CodingDecision, LearnedModel
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import save_checked, transaction_for
from cleanclaim.practice.people.policy import require

FEWEST_VISITS: Final = 20
"""Fewer finalised visits teach nothing worth having."""
MOST_VISITS: Final = 4000
"""The latest visits count; older habits fade."""


class LearningCard(NamedTuple):
    """A revision of what was learned, with the figures that speak for it and what it changed."""

    model_id: str
    revision: int
    learned_at: datetime
    learned_by: str
    is_in_use: bool
    figures: dict[str, Any]
    changes: tuple[str, ...]


def learn_from_visits(*, by: Actor) -> LearningCard:
    """Learn from the finalised visits. A model that does not help on visits it did not see is kept for reading and not used.

    Raises Refused when there are too few visits. The same visits again change nothing.
    """
    require(by, "manager", "coder")
    visits = past_visits(by.practice_id)
    if len(visits) < FEWEST_VISITS:
        raise Refused(f"Learning needs {FEWEST_VISITS} finalised visits with suggestions; there are {len(visits)}.")
    figures = learned.evaluate(visits)
    model = learned.learn(visits)
    with transaction_for(by):
        rows = LearnedModel.objects.of(by.practice_id).select_for_update()
        before: LearnedModel | None = rows.filter(is_in_use=True).first()
        if before is not None and before.content == model.as_json():
            return _card(before)
        last = rows.order_by("-revision").first()
        row = LearnedModel(
            practice_id=by.practice_id, revision=last.revision + 1 if last else 1, content=model.as_json(), learned_by=by.name,
            figures={**figures._asdict(), "is_better": figures.is_better}, created_at=by.at,
            changes=list(learned.changes(learned.learned_from_json(before.content) if before else None, model)),
        )  # fmt: skip
        if figures.is_better:
            if before is not None:
                before.is_in_use = False
                save_checked(before, fields=["is_in_use"])
            row.is_in_use = True
        row.save()
        record(by, "learn", row.public_id, revision=row.revision, visits=len(visits), in_use=row.is_in_use)
        emit(by, "encoder-learned", row.public_id, in_use=row.is_in_use)
    return _card(row)


def take_revision(*, revision: int | None, by: Actor) -> None:
    """Use an earlier revision, or (None) the encoder as it was shipped."""
    require(by, "manager")
    with transaction_for(by):
        rows = LearnedModel.objects.of(by.practice_id).select_for_update()
        wanted: LearnedModel | None = rows.filter(revision=revision).first() if revision is not None else None
        if revision is not None and wanted is None:
            raise Refused("There is no such revision.")
        for row in rows.filter(is_in_use=True):
            row.is_in_use = False
            save_checked(row, fields=["is_in_use"])
        if wanted is not None:
            wanted.refresh_from_db()
            wanted.is_in_use = True
            save_checked(wanted, fields=["is_in_use"])
        record(by, "take_learned_revision", wanted.public_id if wanted else "shipped", revision=revision)


def revisions(practice_id: int) -> list[LearningCard]:
    """Return every revision, the latest first."""
    return [_card(row) for row in LearnedModel.objects.of(practice_id).order_by("-revision")]


def in_use(practice_id: int) -> tuple[int, learned.Learned] | None:
    """Return the revision in use with its model; None while the encoder works as shipped."""
    row = LearnedModel.objects.of(practice_id).filter(is_in_use=True).first()
    return (row.revision, learned.learned_from_json(row.content)) if row else None


def past_visits(practice_id: int) -> list[learned.PastVisit]:
    """Return the finalised visits with their texts and decisions, the latest ones."""
    chosen = (
        Encounter.objects.of(practice_id).filter(decisions__isnull=False).distinct().order_by("-served_on", "-id")[:MOST_VISITS]
    )
    visits = {row.pk: row for row in chosen}
    made: dict[int, list[learned.PastDecision]] = {}
    for row in CodingDecision.objects.of(practice_id).filter(encounter__in=list(visits)).order_by("id"):
        made.setdefault(row.encounter_id, []).append(learned.PastDecision(row.system, row.code, row.decision, row.confidence))
    texts = encounters.texts_of(practice_id, list(visits))
    return [learned.PastVisit(visit.public_id, texts.get(key, ""), tuple(made.get(key, ()))) for key, visit in visits.items()]


def _card(row: LearnedModel) -> LearningCard:
    return LearningCard(
        row.public_id, row.revision, row.created_at, row.learned_by, row.is_in_use, dict(row.figures), tuple(row.changes)
    )
