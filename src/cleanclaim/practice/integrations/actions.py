"""Making and ending keys; keeping the answers of requests that name themselves. The only writer."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, NamedTuple

from cleanclaim.kernel.errors import Conflict, InvalidValue
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.integrations import rules
from cleanclaim.practice.integrations.models import ApiKey, KeptAnswer
from cleanclaim.practice.integrations.queries import digest_of
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.people.queries import member_named


class NewKey(NamedTuple):
    """A key that was just made, with its secret: shown now and never again."""

    key: ApiKey
    token: rules.Token


def add_key(*, name: str, roles: frozenset[str], by: Actor, last_day: date | None = None, username: str = "") -> NewKey:
    """Make a key for a program. With a username it acts for that member, who may do all that the key may."""
    require(by, "manager")
    with transaction_for(by):
        member = member_named(by.practice_id, username) if username else None
        if member is not None and not member.is_active:
            raise InvalidValue("This member's access has ended.")
        rules.check_key(
            name=name, roles=roles, last_day=last_day, today=by.today,
            member_roles=frozenset(member.roles) if member is not None else None,
        )  # fmt: skip
        if ApiKey.objects.of(by.practice_id).filter(name=name.strip(), ended_at__isnull=True).exists():
            raise Conflict("A key of this name is open already: end it first, or choose another name.")
        secret = secrets.token_urlsafe(32)
        key = ApiKey(
            practice_id=by.practice_id, name=name.strip(), roles=sorted(roles), member=member, digest=digest_of(secret),
            last_day=last_day, made_by=by.name, created_at=by.at,
        )  # fmt: skip
        key.save()
        record(by, "add_key", key.public_id, name=key.name, roles=key.roles, member=member.public_id if member else "",
               last_day=last_day.isoformat() if last_day else "")  # fmt: skip
    return NewKey(key, rules.Token(key.public_id, secret))


def end_key(*, key_id: str, by: Actor) -> ApiKey:
    """End a key at once; ending it again changes nothing."""
    require(by, "manager")
    with transaction_for(by):
        key: ApiKey = get_or_refuse(ApiKey.objects.of(by.practice_id), what="key", public_id=key_id)
        if key.ended_at is None:
            key.ended_at = by.at
            save_checked(key, fields=["ended_at"])
            record(by, "end_key", key.public_id, name=key.name)
    return key


def note_use(*, key: ApiKey, by: Actor) -> None:
    """Note the day on which a key was last used: one write a day."""
    if key.last_used_on is None or key.last_used_on < by.today:
        with transaction_for(by):
            ApiKey.objects.of(by.practice_id).filter(pk=key.pk).update(last_used_on=by.today)


def begin_request(*, key: ApiKey, name: str, asked: str, by: Actor) -> KeptAnswer:
    """Return the row of a request that names itself: with its answer when it was asked before, else fresh and locked for the caller.

    Must run inside the request's transaction; a second one of the same name waits here until the first has ended. Raises
    rules.AnotherBody for a name that was used for something else.
    """
    rows = KeptAnswer.objects.of(by.practice_id)
    rows.filter(at__lt=by.at - rules.KEPT_FOR).delete()
    KeptAnswer.objects.bulk_create(
        [KeptAnswer(practice_id=by.practice_id, key=key, name=name, asked=asked, at=by.at)], ignore_conflicts=True
    )
    row: KeptAnswer = locked(rows, what="request", key=key, name=name)
    if row.asked != asked:
        raise rules.AnotherBody
    return row


def keep_answer(*, row: KeptAnswer, answer: dict[str, Any], by: Actor) -> None:
    """Keep what a request was answered, in the request's own transaction."""
    row.answer = answer
    KeptAnswer.objects.of(by.practice_id).filter(pk=row.pk).update(answer=answer)
