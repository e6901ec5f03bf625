"""The actor: who does something, in which practice, by which roles, at which instant. The outermost caller makes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cleanclaim.kernel.errors import InvalidValue

ROLES = frozenset({"front_desk", "coder", "biller", "provider", "manager", "auditor", "learner", "system"})
"""Every role. `system` is the practice's own automation and the local operator of the command line."""


class Actor(NamedTuple):
    """Who acts. It carries the clock: `at` is the instant of the action, `today` that instant's day where the practice is."""

    practice_id: int
    name: str
    roles: frozenset[str]
    at: datetime
    member_id: int | None = None
    zone: str = "UTC"

    @property
    def today(self) -> date:
        """The day in the practice's zone."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    def later(self, at: datetime) -> Actor:
        """Return the same actor at another instant."""
        return self._replace(at=at)


def system_actor(practice_id: int, *, at: datetime, zone: str = "UTC", name: str = "Cleanclaim") -> Actor:
    """Return the practice's own automation as an actor. Raises InvalidValue for an instant without a zone."""
    if at.tzinfo is None:
        raise InvalidValue("An instant carries its zone.")
    return Actor(practice_id, name, frozenset({"system"}), at.astimezone(UTC), None, zone)
