"""Reading denials."""

from __future__ import annotations

from django.db.models import Count, Sum

from cleanclaim.practice.denials.models import Appeal, Denial


def worklist(practice_id: int, *, state: str = "open", cause: str = "", limit: int = 200) -> list[Denial]:
    """Return denials in a state, the most money first."""
    rows = Denial.objects.of(practice_id).filter(state=state).select_related("claim", "payer")
    return list((rows.filter(cause=cause) if cause else rows).order_by("-amount_cents", "id")[:limit])


def denials_of_claim(practice_id: int, claim_id: str) -> list[Denial]:
    """Return the denials of a claim, oldest first."""
    return list(Denial.objects.of(practice_id).filter(claim__public_id=claim_id).select_related("payer").order_by("id"))


def appeals_of(practice_id: int, denial_id: str) -> list[Appeal]:
    """Return the appeals of a denial in order of their levels."""
    return list(Appeal.objects.of(practice_id).filter(denial__public_id=denial_id).order_by("level"))


def by_cause(practice_id: int) -> list[dict[str, int | str]]:
    """Return count and cents of denials by root cause and state."""
    rows = Denial.objects.of(practice_id).values("cause", "state").annotate(count=Count("id"), cents=Sum("amount_cents"))
    return [{**row, "cents": int(row["cents"] or 0)} for row in rows.order_by("cause", "state")]
