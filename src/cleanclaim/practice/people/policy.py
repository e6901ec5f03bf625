"""Who may do what: deny by default, by roles."""

from __future__ import annotations

from typing import Final

from cleanclaim.kernel.errors import NotAllowed
from cleanclaim.practice.foundation.actor import Actor

ALWAYS: Final = frozenset({"system"})
"""The practice's own automation acts within actions that people or events started."""


def may(by: Actor, *roles: str) -> bool:
    """Tell whether the actor has one of the roles."""
    return bool(by.roles & (ALWAYS | set(roles)))


def require(by: Actor, *roles: str) -> None:
    """Raise NotAllowed unless the actor has one of the roles."""
    if not may(by, *roles):
        raise NotAllowed(f"This needs the role {' or '.join(role.replace('_', ' ') for role in roles)}.")
