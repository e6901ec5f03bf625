"""What follows at this stage when an earlier one finishes. `workflow` calls `follow` with each event it drains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cleanclaim.practice.charges import actions, queries
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor


def follow(by: Actor, kind: str, subject: str, facts: dict[str, Any]) -> bool:
    """Do what an event asks of the charges and say whether it asked anything. Doing it twice changes nothing.

    coding-finalised and coding-amended price the visit; an addendum after charging and a coverage recorded late for days that were
    charged ask a biller to look.
    """
    step = _STEPS.get(kind)
    if step is None:
        return False
    step(by, subject, facts)
    return True


def _price(by: Actor, subject: str, _facts: dict[str, Any]) -> None:
    if Encounter.objects.of(by.practice_id).filter(public_id=subject, state__in=["coded", "charged", "billed"]).exists():
        actions.price_charges(encounter_id=subject, by=by)


def _look_at_addendum(by: Actor, subject: str, facts: dict[str, Any]) -> None:
    if facts.get("rule") == "ADDENDUM_AFTER_BILLING":
        says = "The note was added to after the charges were made: look at codes and charges; the claim stays until somebody replaces it."
        actions.review_charges(encounter_id=subject, cause="addendum", says=says, by=by)


def _look_at_coverage(by: Actor, subject: str, facts: dict[str, Any]) -> None:
    if facts.get("is_backdated"):
        for visit in queries.visits_of_coverage(by.practice_id, subject):
            says = "A coverage was recorded for a day that was charged already: decide whether to bill it; what was billed stays as it is."
            actions.review_charges(encounter_id=visit, cause="coverage", says=says, by=by)


_STEPS: Final[dict[str, Callable[[Actor, str, dict[str, Any]], None]]] = {
    "coding-finalised": _price,
    "coding-amended": _price,
    "addendum-signed": _look_at_addendum,
    "coverage-added": _look_at_coverage,
}
