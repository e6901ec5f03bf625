"""The views of the payments desk."""

from __future__ import annotations

from django.urls import reverse

from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.remittance import queries
from cleanclaim.web.tabs import Tab, tabs


def payment_tabs(by: Actor, current: str) -> list[Tab]:
    """Return the tabs; `current` is the name of the address."""
    waiting = queries.exception_counts(by.practice_id)["open"]
    views = (
        ("Remittances", reverse("payments")), ("Exceptions", reverse("exceptions"), waiting), ("Enter a paper EOB", reverse("eob")),
        ("Deposits", reverse("deposits")), ("Outside claims", reverse("provider-level")), ("Files", reverse("files")),
    )  # fmt: skip
    return tabs(views, reverse(current))
