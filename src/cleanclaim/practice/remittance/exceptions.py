"""Working the exceptions queue: who takes one on, and what becomes of one that belongs to no claim."""

from __future__ import annotations

from typing import Final

from cleanclaim.kernel.errors import Refused
from cleanclaim.ledger import Account, Entry, Posting
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.journal import actions as journal
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.remittance.following import settle_exception
from cleanclaim.practice.remittance.models import PostingException, Remittance

PLACES: Final[dict[str, tuple[Account | None, str]]] = {
    "refund": (Account.REFUNDS_DUE_PAYER, "Owe it back to the payer (it is not ours)"),
    "keep": (Account.PAYER_RECOUPMENT_DUE, "Hold it against the payer's account until the payer takes it back"),
    "earlier-books": (Account.OPENING_BALANCE, "It pays a claim in the books of an earlier system"),
    "interest": (Account.INTEREST_INCOME, "It is interest"),
    "dismiss": (None, "Nothing is to be done (only without money)"),
}
"""Where the money of an answer that belongs to no claim of ours goes."""


def book_exception(*, exception_id: str, where: str, reason: str, by: Actor) -> None:
    """Book the money of an exception to one of the places outside claims, for a reason; one without money is only dismissed."""
    require(by, "biller", "manager")
    if where not in PLACES or not reason.strip():
        raise Refused("Say where the money belongs, and why.")
    if where in {"refund", "keep"}:
        settle_exception(exception_id=exception_id, how=where, reason=reason, by=by)
        return
    account = PLACES[where][0]
    with transaction_for(by):
        waiting: PostingException = locked(PostingException.objects.of(by.practice_id), what="exception", public_id=exception_id)
        if waiting.state != PostingException.State.OPEN:
            raise Refused("The exception is settled already.")
        if account is None and waiting.amount_cents:
            raise Refused("This answer holds money: post it to a claim or book it to an account; money is never dismissed.")
        if account is not None and waiting.amount_cents:
            payer = Remittance.objects.of(by.practice_id).select_related("payer").get(pk=waiting.remittance_id).payer.public_id
            legs = (
                Posting(Account.UNAPPLIED_INSURANCE, waiting.amount_cents, payer=payer),
                Posting(account, -waiting.amount_cents, payer=payer),
            )
            source = f"exception:{exception_id}"
            journal.post(Entry.of(source=source, kind="exception-settled", on=by.today, says=reason[:160], postings=legs), by=by)
        waiting.state, waiting.resolution, waiting.resolved_at = PostingException.State.SETTLED, f"{where}: {reason}"[:200], by.at
        save_checked(waiting, fields=["state", "resolution", "resolved_at"])
        record(by, "settle_exception", waiting.public_id, how=where, cents=waiting.amount_cents)


def assign_exception(*, exception_id: str, owner: str, by: Actor) -> None:
    """Give an exception an owner."""
    require(by, "biller", "manager")
    with transaction_for(by):
        waiting: PostingException = locked(PostingException.objects.of(by.practice_id), what="exception", public_id=exception_id)
        waiting.owner = owner[:120]
        save_checked(waiting, fields=["owner"])
        record(by, "assign_exception", waiting.public_id)
