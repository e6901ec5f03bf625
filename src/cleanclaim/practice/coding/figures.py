"""The desk's figures: pace of the coders, and how well the encoder agrees with them, by code and by provider."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from cleanclaim.practice.coding.models import CodingDecision, CodingSession
from cleanclaim.practice.coding.productivity import Agreement, Productivity, SessionFact, agreement, productivity
from cleanclaim.practice.people.models import Provider


def pace(practice_id: int, *, first: date, last: date, zone: str = "UTC") -> tuple[Productivity, ...]:
    """Return each coder's pace over a period of days where the practice is, the busiest first."""
    start = datetime.combine(first, time(), ZoneInfo(zone))
    end = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone))
    rows = CodingSession.objects.of(practice_id).filter(opened_at__gte=start, opened_at__lt=end).select_related("encounter")
    return productivity(
        SessionFact(row.coder, row.opened_at, row.last_seen_at, row.is_finalised, row.encounter.setting,
                    row.encounter.signed_at.date() if row.encounter.signed_at else None, row.codes)
        for row in rows.order_by("id")
    )  # fmt: skip


def agreement_by_code(practice_id: int, *, first: date, last: date) -> tuple[Agreement, ...]:
    """Return how the encoder and the coders agree on each code of services in a period; keys read `system code`."""
    rows = _decisions(practice_id, first, last).values_list("system", "code", "decision")
    return agreement((f"{system} {code}", decision) for system, code, decision in rows)


def agreement_by_provider(practice_id: int, *, first: date, last: date) -> tuple[Agreement, ...]:
    """Return how they agree on the notes of each provider; keys are the providers' names."""
    names = {row.pk: row.display_name for row in Provider.objects.of(practice_id)}
    rows = _decisions(practice_id, first, last).values_list("encounter__provider_id", "decision")
    return agreement((names[provider], decision) for provider, decision in rows)


def agreement_of_bands(practice_id: int, *, first: date, last: date) -> tuple[Agreement, ...]:
    """Return how often coders kept what the encoder called ready or worth a look."""
    rows = _decisions(practice_id, first, last).exclude(band="").values_list("band", "decision")
    return agreement(rows)


def _decisions(practice_id: int, first: date, last: date) -> QuerySet[CodingDecision]:
    rows: QuerySet[CodingDecision] = CodingDecision.objects.of(practice_id)
    return rows.filter(encounter__served_on__gte=first, encounter__served_on__lte=last)
