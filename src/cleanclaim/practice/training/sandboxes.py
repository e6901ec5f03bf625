"""Sandboxes: a training practice per learner, with the invented staff, payers and prices, and no patient yet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from cleanclaim.practice.coding.suggesting import HIDDEN
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.actor import Actor, system_actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.people import queries as people
from cleanclaim.practice.sample import cast


def found_training_practice(*, name: str, at: datetime) -> Practice:
    """Found a training practice with the sample's staff, payers and prices. Its only trading partner is a folder of its own."""
    own = cast.facts()["practice"]
    practice = found_practice(name=name[:120], at=at, time_zone=own["time_zone"], is_training=True)
    exchange = Path(settings.HOME) / "training" / practice.public_id
    cast.set_up(by=system_of(practice, at=at), exchange=exchange, password=None, with_members=False)
    return practice


def system_of(practice: Practice, *, at: datetime) -> Actor:
    """Return a training practice's own automation."""
    return system_actor(practice.pk, at=at, zone=practice.time_zone, name="Training")


def staff_of(practice: Practice) -> cast.Staff:
    """Return who and what a training practice has, by the sample's names."""
    facts = cast.facts()
    by_name = {(row.last_name, row.first_name): row for row in people.providers(practice.pk)}
    known = {row.payer_id: row for row in payers.payers(practice.pk)}
    return cast.Staff(
        {row["key"]: by_name[row["last_name"], row["first_name"]] for row in facts["providers"]}, people.sites(practice.pk)[0],
        {row["key"]: known[row["payer_id"]] for row in facts["payers"]}, Path(),
    )  # fmt: skip


def hide_suggestions(practice: Practice, *, are_hidden: bool) -> None:
    """Keep the encoder's suggestions from a sandbox's coding desk, or give them back."""
    practice.settings = {**practice.settings, HIDDEN: are_hidden}
    practice.save(update_fields=["settings"])
