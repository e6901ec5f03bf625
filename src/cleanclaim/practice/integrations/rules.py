"""What a key may be, and how it is shown. Pure decisions."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import InvalidValue, Refused

MAY_HAVE: Final = frozenset({"front_desk", "coder", "biller", "provider", "manager", "auditor"})
"""Learners practise by hand, and the practice's own automation needs no key."""
SIGNS_AS: Final = frozenset({"provider"})
"""What only a person does: a key with this role acts for a member."""
KEPT_FOR: Final = timedelta(hours=24)
"""How long an answer can be asked for again."""
_TOKEN: Final = re.compile(r"(key_[0-9A-HJKMNP-TV-Z]{26})\.([A-Za-z0-9_-]{43})")


class AnotherBody(Refused):
    """A request bears the name of another one."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request: use a new one for each.")


class Token(NamedTuple):
    """A key as a program shows it: which one, and its secret."""

    key_id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.key_id}.{self.secret}"

    def __repr__(self) -> str:
        return f"Token({self.key_id})"


def token_of(text: str) -> Token | None:
    """Read what was shown; None for what no key looks like."""
    found = _TOKEN.fullmatch(text)
    return Token(found.group(1), found.group(2)) if found else None


def check_key(*, name: str, roles: frozenset[str], last_day: date | None, today: date, member_roles: frozenset[str] | None) -> None:
    """Raise InvalidValue for a key that cannot be. `member_roles` are those of the member for whom it acts, None without one."""
    if not name.strip() or len(name) > 60 or not name.isprintable():
        raise InvalidValue("A key has a name of at most 60 characters: what the program is.")
    unknown = roles - MAY_HAVE
    if unknown or not roles:
        raise InvalidValue(f"A key's roles are among {', '.join(sorted(MAY_HAVE))}.")
    if member_roles is not None and roles - member_roles:
        raise InvalidValue(f"The member does not have the role {min(roles - member_roles).replace('_', ' ')}.")
    if member_roles is None and roles & SIGNS_AS:
        raise InvalidValue("A key that acts as provider belongs to a member with that role: a signature is a person's.")
    if last_day is not None and last_day < today:
        raise InvalidValue("The last day of the key is past.")


def roles_now(roles: frozenset[str], member_roles: frozenset[str] | None) -> frozenset[str]:
    """Return what a key may do now: a member's key no more than the member."""
    allowed = roles & MAY_HAVE
    return allowed if member_roles is None else allowed & member_roles
