"""Reading keys: the list, and who acts behind a shown key."""

from __future__ import annotations

import hmac
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.fields import ring
from cleanclaim.practice.integrations import rules
from cleanclaim.practice.integrations.models import ApiKey

_PURPOSE: Final = "api-key"


class KeyCard(NamedTuple):
    """A key as lists show it; its secret is nowhere."""

    key: str
    name: str
    roles: tuple[str, ...]
    member: str
    last_day: date | None
    last_used_on: date | None
    made_by: str
    made_at: datetime
    ended_at: datetime | None


class Caller(NamedTuple):
    """A program that showed a key that holds: who it acts as, and which key it was."""

    actor: Actor
    key: ApiKey


def digest_of(secret: str) -> str:
    """Return the keyed digest under which a secret is kept."""
    return ring().blind(secret, purpose=_PURPOSE)


def keys(practice_id: int) -> list[KeyCard]:
    """Return the practice's keys, those that still open first, then the newest first."""
    rows = ApiKey.objects.of(practice_id).select_related("member__user").order_by("-id")
    cards = [_card(row) for row in rows]
    return sorted(cards, key=lambda card: card.ended_at is not None)


def _card(row: ApiKey) -> KeyCard:
    member = row.member.user.username if row.member else ""
    return KeyCard(
        row.public_id, row.name, tuple(row.roles), member, row.last_day, row.last_used_on, row.made_by, row.created_at, row.ended_at
    )


def caller_of(shown: str, *, at: datetime) -> Caller | None:
    """Return who acts behind a shown key; None when it does not hold (unknown, wrong, ended, past its last day, of a member who left)."""
    token = rules.token_of(shown)
    row: ApiKey | None = None
    if token is not None:
        rows = ApiKey.objects.across_practices().select_related("practice", "member")
        row = rows.filter(public_id=token.key_id).first()
    # a key that is not there costs as much as one that is wrong
    same = hmac.compare_digest(digest_of(token.secret if token else ""), row.digest if row else digest_of("nobody"))
    if row is None or not same or row.ended_at is not None:
        return None
    zone = row.practice.time_zone
    if row.last_day is not None and at.astimezone(ZoneInfo(zone)).date() > row.last_day:
        return None
    member_roles = None
    name = f"program {row.name}"
    if row.member is not None:
        member_roles = frozenset(row.member.roles) if row.member.is_active else frozenset[str]()
        name = f"{row.member.display_name} by program {row.name}"
    roles = rules.roles_now(frozenset(row.roles), member_roles)
    if not roles:
        return None
    return Caller(Actor(row.practice_id, name[:120], roles, at, row.member_id, zone), row)
