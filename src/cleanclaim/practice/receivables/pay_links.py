"""Links by which a patient pays without signing in: signed, ending on a day, revocable. A link names no patient and no amount.

Its token is the link's own id with a keyed signature, so that nobody can make or guess one; whose account it pays stands in the database alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from cleanclaim.kernel.errors import NotFound, Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.receivables import queries
from cleanclaim.practice.receivables.models import PayLink, Statement

LINK_DAYS: Final = 120
"""A statement asks for money within 30 days; its link lives as long as two reminders after it."""

_DESK: Final = ("front_desk", "biller", "manager")
_SIGNER: Final = Signer(salt="cleanclaim.receivables.pay-link", sep=".")


class ShownLink(NamedTuple):
    """A link as the account's page shows it."""

    link: PayLink
    token: str


def token_of(link: PayLink) -> str:
    """Return what stands in the link's address."""
    return _SIGNER.sign(link.public_id)


def make_link(*, patient_id: str, by: Actor, statement: Statement | None = None) -> PayLink:
    """Make a link that pays what is due on a patient's account whenever it is opened."""
    require(by, *_DESK)
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        link = PayLink(
            practice_id=by.practice_id, created_at=by.at, patient=account, statement=statement,
            expires_on=by.today + timedelta(days=LINK_DAYS), made_by=by.name[:120],
        )  # fmt: skip
        link.save()
        record(by, "make_pay_link", link.public_id, account=account)
    return link


def revoke_links(*, patient_id: str, by: Actor) -> int:
    """End every link of an account at once, those on statements too; returns how many."""
    require(by, *_DESK)
    with transaction_for(by):
        account = queries.account_id(by.practice_id, patient_id)
        rows = _open_links(by, account)
        count = int(rows.update(revoked_at=by.at))
        if not count:
            raise Refused("This account has no link that still opens.")
        record(by, "revoke_pay_links", account, links=count)
    return count


def open_links(by: Actor, account: str) -> list[ShownLink]:
    """Return the links of an account that still open, newest first."""
    return [ShownLink(link, token_of(link)) for link in _open_links(by, account).select_related("statement").order_by("-id")]


def link_of(token: str) -> PayLink:
    """Return the link that a token names, whether or not it still opens. Raises NotFound for a token that this installation did not sign."""
    try:
        public_id = _SIGNER.unsign(token)
    except BadSignature:
        raise NotFound("This payment link is not known.") from None
    found: PayLink | None = PayLink.objects.across_practices().filter(public_id=public_id).select_related("practice").first()
    if found is None:
        raise NotFound("This payment link is not known.")
    return found


def still_opens(link: PayLink, by: Actor) -> bool:
    """Tell whether a link may be used now."""
    return link.revoked_at is None and by.today <= link.expires_on


def _open_links(by: Actor, account: str) -> QuerySet[Any]:
    ids = queries.account_ids(by.practice_id, account)
    return PayLink.objects.of(by.practice_id).filter(patient__in=ids, revoked_at__isnull=True, expires_on__gte=by.today)
