"""What the revenue cycle costs, month by month: a manager enters it, the cost to collect is counted from it."""

from __future__ import annotations

from datetime import date

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.receivables.models import CollectionCost


def enter_cost(*, month: date, cents: int, by: Actor, says: str = "") -> CollectionCost:
    """Enter what a month cost, or put it right; any day names its month. A month that is not over yet has no cost."""
    require(by, "manager")
    if cents <= 0:
        raise InvalidValue("A month's cost is more than nothing.")
    first = month.replace(day=1)
    if first >= by.today.replace(day=1):
        raise InvalidValue("The month is not over yet: enter its cost when it is.")
    with transaction_for(by):
        known: CollectionCost | None = CollectionCost.objects.of(by.practice_id).select_for_update().filter(month=first).first()
        cost = known or CollectionCost(practice_id=by.practice_id, created_at=by.at, month=first)
        cost.cents, cost.says, cost.entered_by = cents, says.strip()[:120], by.name[:120]
        if known is None:
            cost.save()
        else:
            save_checked(cost, fields=["cents", "says", "entered_by"])
        record(by, "enter_collection_cost", cost.public_id, month=first.isoformat(), cents=cents)
    return cost


def costs(practice_id: int) -> list[CollectionCost]:
    """Return the months whose cost was entered, newest first."""
    return list(CollectionCost.objects.of(practice_id).order_by("-month"))
