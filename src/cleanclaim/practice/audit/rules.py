"""What a link of the chain covers. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def row_text(row: Any) -> str:
    """Return the text that a row's link is computed over: every column but the link, in a fixed order."""
    at: datetime = row.at
    return "\x1f".join(
        [
            str(row.practice_id), str(row.seq), at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.actor, row.roles, row.action, row.subject, row.facts,
        ]
    )  # fmt: skip


def anchor_text(practice_id: int, seq: int, link: str) -> str:
    """Return the text that an anchor's signature covers."""
    return f"{practice_id}\x1f{seq}\x1f{link}"
