"""Files out and in: queued with the change that made them, delivered after it committed, collected once."""

from __future__ import annotations

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.connections import transports
from cleanclaim.practice.connections.models import InboxItem, OutboxItem, TradingPartner
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import get_or_refuse, save_checked, transaction_for
from cleanclaim.practice.people.policy import require


def add_partner(
    *, name: str, location: str, sender_id: str, receiver_id: str, by: Actor, transport: str = "folder", is_production: bool = False,
    sender_qualifier: str = "ZZ", receiver_qualifier: str = "ZZ",
) -> TradingPartner:  # fmt: skip
    """Record a trading partner; the same name again returns the first record. A training practice gets no production partner."""
    require(by, "manager")
    if not 2 <= len(sender_id) <= 15 or not 2 <= len(receiver_id) <= 15:
        raise InvalidValue("Interchange ids have 2 to 15 characters.")
    with transaction_for(by):
        if is_production and Practice.objects.get(pk=by.practice_id).is_training:
            raise Refused("A training practice transmits to no payer.")
        partner = TradingPartner.objects.of(by.practice_id).filter(name=name).first()
        if partner is None:
            partner = TradingPartner(
                practice_id=by.practice_id, name=name, transport=transport, location=location, sender_qualifier=sender_qualifier,
                sender_id=sender_id, receiver_qualifier=receiver_qualifier, receiver_id=receiver_id, is_production=is_production,
                created_at=by.at,
            )  # fmt: skip
            partner.save()
            record(by, "add_partner", partner.public_id)
    return partner


def next_control_numbers(by: Actor, partner: TradingPartner) -> tuple[int, int]:
    """Take the next interchange (ISA13) and group (GS06) control numbers for a partner, inside the caller's transaction."""
    number = next_number(by.practice_id, f"interchange:{partner.pk}")
    group = next_number(by.practice_id, f"group:{partner.pk}")
    return (number - 1) % 999_999_999 + 1, (group - 1) % 999_999_999 + 1


def enqueue(
    by: Actor, partner: TradingPartner, kind: str, content: bytes, *, interchange: int | None = None, group: int | None = None
) -> OutboxItem:
    """Queue a file in the current transaction; `deliver` sends it after the commit."""
    with transaction_for(by):
        digest = blobs.put(content)
        number = next_number(by.practice_id, "outbox-file")
        item = OutboxItem(
            practice_id=by.practice_id, partner=partner, kind=kind, blob=digest, file_name=f"{kind}-{number:09d}.x12", created_at=by.at,
            interchange_control_number=f"{interchange:09d}" if interchange is not None else "",
            group_control_number=str(group) if group is not None else "",
        )  # fmt: skip
        item.save()
        record(by, "queue_file", item.public_id, kind=kind, partner=partner.public_id)
        emit(by, "file-queued", item.public_id)
    return item


def deliver(by: Actor) -> list[OutboxItem]:
    """Send every queued file, each in a transaction of its own; a file that fails stays queued with the reason and is tried again."""
    require(by, "biller", "manager")
    sent = []
    waiting = OutboxItem.objects.of(by.practice_id).filter(state=OutboxItem.State.QUEUED).select_related("partner").order_by("id")
    training = Practice.objects.get(pk=by.practice_id).is_training
    for item in waiting:
        try:
            transmit(item.partner, item.file_name, blobs.get(item.blob), is_training=training)
        except Exception as failed:  # noqa: BLE001 - a site's own transport may raise anything; the file stays queued
            item.attempts += 1
            item.failure = transports.reason(failed)
            save_checked(item, fields=["attempts", "failure"])
            continue
        with transaction_for(by):
            item.state, item.sent_at, item.failure = OutboxItem.State.SENT, by.at, ""
            item.attempts += 1
            save_checked(item, fields=["state", "sent_at", "failure", "attempts"])
            record(by, "deliver_file", item.public_id, kind=item.kind)
            emit(by, "file-sent", item.public_id, kind=item.kind)
        sent.append(item)
    return sent


def transmit(partner: TradingPartner, file_name: str, content: bytes, *, is_training: bool = False) -> None:
    """Hand a file to the partner's transport. Raises Refused for one that is not installed, and for a payer of a training practice."""
    if is_training and partner.is_production:
        raise Refused("A training practice transmits to no payer.")
    transports.transport_named(partner.transport).deliver(partner.location, file_name, content, {})


def collect(by: Actor) -> list[InboxItem]:
    """Take in every file that waits at a partner, oldest first; a content that was taken in before is set aside and changes nothing.

    A partner whose transport fails is left for the next time, with the reason in the audit; the others are not held up.
    """
    require(by, "biller", "manager")
    taken: list[InboxItem] = []
    for partner in TradingPartner.objects.of(by.practice_id).filter(is_active=True).order_by("id"):
        try:
            way = transports.transport_named(partner.transport)
            for file in way.waiting(partner.location, {}):
                item, is_new = take_in(by, file.content, file_name=file.name, partner=partner)
                way.set_aside(partner.location, file.name, {})
                if is_new:
                    taken.append(item)
        except Exception as failed:  # noqa: BLE001 - a site's own transport may raise anything
            with transaction_for(by):
                record(by, "collect_failed", partner.public_id, says=transports.reason(failed))
    return taken


def take_in(by: Actor, content: bytes, *, file_name: str, partner: TradingPartner | None = None) -> tuple[InboxItem, bool]:
    """Keep a file that arrived. Returns the item and whether it is new; the same content again is the first item."""
    with transaction_for(by):
        digest = blobs.put(content)
        known = InboxItem.objects.of(by.practice_id).filter(blob=digest).first()
        if known is not None:
            return known, False
        item = InboxItem(practice_id=by.practice_id, partner=partner, blob=digest, file_name=file_name[-120:], created_at=by.at)
        item.save()
        record(by, "take_in_file", item.public_id)
        emit(by, "file-arrived", item.public_id)
    return item, True


def settle(by: Actor, item_id: str, *, kind: str, says: str, is_refused: bool = False) -> None:
    """Note what became of a file that arrived."""
    with transaction_for(by):
        item = get_or_refuse(InboxItem.objects.of(by.practice_id), what="file", public_id=item_id)
        item.kind, item.says, item.done_at = kind[:10], says[:300], by.at
        item.state = InboxItem.State.REFUSED if is_refused else InboxItem.State.DONE
        save_checked(item, fields=["kind", "says", "done_at", "state"])
        record(by, "settle_file", item.public_id, kind=kind, refused=is_refused)
