"""What a new practice still lacks before its first claim can leave, in the order in which it is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from django.urls import reverse

from cleanclaim.practice.charges import queries as charges
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.people import queries as people


class FirstStep(NamedTuple):
    """Something to set up, and where."""

    title: str
    says: str
    path: str


_STEPS: Final[tuple[tuple[str, str, Callable[[], str], Callable[[int], object]], ...]] = (
    ("Who bills", "the name, NPI, tax number and address on every claim", lambda: reverse("practice", args=["billing"]), people.billing_providers),
    ("A place", "where patients are seen", lambda: reverse("practice", args=["places"]), people.sites),
    ("A clinician", "who sees them", lambda: reverse("practice", args=["clinicians"]), people.providers),
    ("Prices", "what the practice charges for each service", lambda: reverse("prices"), charges.charge_lists),
    ("Payers", "who is billed", lambda: reverse("payers"), payers.payers),
    ("A connection", "the clearinghouse or payer that takes the claims", lambda: reverse("practice", args=["connections"]), connections.partners),
)  # fmt: skip


def first_steps(by: Actor) -> list[FirstStep]:
    """Return what is still missing, for a manager; nothing for others, and nothing once all of it is there."""
    if "manager" not in by.roles:
        return []
    return [FirstStep(title, says, path()) for title, says, path, rows in _STEPS if not rows(by.practice_id)]
