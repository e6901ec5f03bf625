"""Cursors: where a page ended, sealed. Nobody reads or makes one; it serves the same list of the same practice alone."""

from __future__ import annotations

import base64
import json
from typing import Any

from cleanclaim.api.problems import Problem
from cleanclaim.kernel.errors import SettingsError
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.fields import ring
from cleanclaim.practice.foundation.paging import Place


def about(name: str, asked: dict[str, Any]) -> str:
    """Return what a list is about: its name and what was asked of it, without the page."""
    wanted = {key: str(value) for key, value in sorted(asked.items()) if key not in {"cursor", "limit"} and value not in (None, "")}
    return name + json.dumps(wanted)


def seal(place: Place, *, by: Actor, about: str) -> str:
    """Return the cursor of a place."""
    key_id, sealed = ring().encrypt(json.dumps(place).encode(), purpose=_purpose(by, about))
    return f"{key_id}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def unseal(cursor: str, *, by: Actor, about: str) -> Place | None:
    """Return the place of a cursor; None without one. Raises Problem for one that is not of this list."""
    if not cursor:
        return None
    key_id, _, body = cursor.partition(".")
    try:
        sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return tuple(json.loads(ring().decrypt(key_id, sealed, purpose=_purpose(by, about))))
    except (ValueError, SettingsError):
        raise Problem(
            "cursor", "Begin the list again, and send the cursor that its last page gave, with the same question."
        ) from None


def _purpose(by: Actor, about: str) -> bytes:
    return f"cursor\x00{by.practice_id}\x00{about}".encode()
