"""Reading denials."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, Sum

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.denials.models import Appeal, Denial
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.paging import Page, Place, page_of
from cleanclaim.practice.foundation.transactions import get_or_refuse


def worklist(
    practice_id: int, *, state: str = "open", cause: str = "", owner: str = "", payer: str = "", start: int = 0, limit: int = 200
) -> list[Denial]:
    """Return denials in a state (every state when it is empty), the most money first; of a root cause, an owner, a payer."""
    rows = Denial.objects.of(practice_id).select_related("claim", "payer")
    wanted = {"state": state, "cause": cause, "owner": owner, "payer__public_id": payer}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return list(rows.order_by("-amount_cents", "id")[start : start + limit])


SORTS: Final = {"created": ("id",), "-created": ("-id",), "-amount": ("-amount_cents", "id")}
"""The orders in which denials are read page by page."""


def denial_page(practice_id: int, *, after: Place | None, size: int, sort: str = "created", **where: str) -> Page:
    """Return a page of denials; `where` names state, cause, owner, payer (pay_), claim (clm_), and what is empty is not asked."""
    names = {"payer": "payer__public_id", "claim": "claim__public_id"}
    wanted = {names.get(name, name): value for name, value in where.items() if value}
    rows = Denial.objects.of(practice_id).filter(**wanted).select_related("claim", "payer")
    return page_of(rows, order=SORTS[sort], after=after, size=size)


def denial(practice_id: int, denial_id: str) -> Denial:
    """Return one denial with its claim and payer. Raises NotFound."""
    rows = Denial.objects.of(practice_id).select_related("claim__payer", "payer")
    found: Denial = get_or_refuse(rows, what="denial", public_id=denial_id)
    return found


def appeal(practice_id: int, appeal_id: str) -> Appeal:
    """Return one appeal with its denial. Raises NotFound."""
    found: Appeal = get_or_refuse(Appeal.objects.of(practice_id).select_related("denial"), what="appeal", public_id=appeal_id)
    return found


def packet_of(found: Appeal) -> bytes:
    """Return the packet of an appeal as it was built. Raises NotFound when none was."""
    if not found.packet:
        raise NotFound("No packet was built for this appeal yet.")
    return blobs.get(found.packet)


def counts_by_state(practice_id: int) -> dict[str, tuple[int, int]]:
    """Return count and cents of the denials in each state."""
    rows = Denial.objects.of(practice_id).values("state").annotate(count=Count("id"), cents=Sum("amount_cents")).order_by()
    return {row["state"]: (int(row["count"]), int(row["cents"] or 0)) for row in rows}


def owners(practice_id: int) -> list[str]:
    """Return who has open denials."""
    rows = Denial.objects.of(practice_id).filter(state__in=["open", "appealed", "corrected"]).exclude(owner="")
    return sorted(set(rows.values_list("owner", flat=True)))


def due_soon(practice_id: int, *, on: date, days: int = 14) -> int:
    """Return how many open denials reach the last day of their appeal within some days."""
    rows = Denial.objects.of(practice_id).filter(state="open", due_on__isnull=False, due_on__lte=on + timedelta(days=days))
    return int(rows.count())


class Level(NamedTuple):
    """One level of appeal with a payer: its days, the last day where it is known, and the appeal that was made."""

    number: int
    days: int
    due_on: date | None
    appeal: Appeal | None


def levels_of(found: Denial) -> list[Level]:
    """Return the levels of appeal that the payer has; a later level counts from the decision on the one before."""
    made = {row.level: row for row in Appeal.objects.of(found.practice_id).filter(denial=found)}
    levels = []
    decided: date | None = found.decided_on
    if made:
        first = made.get(1)
        decided = (
            first.due_on - timedelta(days=found.payer.appeal_days[0])
            if first and first.due_on and found.payer.appeal_days
            else decided
        )
    for number, days in enumerate(found.payer.appeal_days, 1):
        row = made.get(number)
        due = row.due_on if row is not None else decided + timedelta(days=days) if decided else None
        levels.append(Level(number, days, due, row))
        decided = row.decided_on if row is not None and row.outcome == "upheld" else None
    return levels


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
