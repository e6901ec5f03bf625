"""Who files are exchanged with, as a manager sets it up at a desk: where a folder may stand, which ids are possible, whether it answers.

Whoever types at a desk names a folder inside the place of exchange alone (CLEANCLAIM_EXCHANGE): from anywhere else on the machine files could
be taken in that nobody meant for the practice. Whoever runs the program may name any folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from django.conf import settings

from cleanclaim import plugins_api
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.connections import folder, transports
from cleanclaim.practice.connections.models import TradingPartner
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.queries import practice_of
from cleanclaim.practice.foundation.transactions import get_or_refuse, save_checked, transaction_for
from cleanclaim.practice.people.policy import require

QUALIFIERS: Final = ("ZZ", "01", "14", "20", "27", "28", "29", "30", "33")
"""What kind of id stands in ISA06 and ISA08 (ISA05, ISA07)."""
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,13}[A-Za-z0-9]")
_FOLDER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


def transports_here() -> list[str]:
    """Return the transports of this installation: the folder, and what plugins bring."""
    return ["folder", *sorted(plugin.name for plugin in plugins_api.plugins("connection"))]


def folder_named(name: str, *, by: Actor) -> str:
    """Return the folder of the practice with this name inside the place of exchange. Raises InvalidValue for what is no plain name."""
    if not _FOLDER_NAME.fullmatch(name):
        raise InvalidValue(
            "A folder's name has letters, digits, dots, hyphens and underscores, 60 at most, and begins with a letter or digit."
        )
    return str(Path(settings.EXCHANGE) / practice_of(by.practice_id).public_id / name)


def checked_id(text: str) -> str:
    """Return an interchange id. Raises InvalidValue for one that no envelope carries."""
    if not _ID.fullmatch(text):
        raise InvalidValue("An interchange id has 2 to 15 letters and digits, as the partner gave it to you.")
    return text


def change_partner(
    *, partner_id: str, sender_qualifier: str, sender_id: str, receiver_qualifier: str, receiver_id: str, is_production: bool,
    is_active: bool, by: Actor,
) -> TradingPartner:  # fmt: skip
    """Change a partner's ids, whether files are meant in earnest (ISA15 P), or stop exchanging. What was sent keeps what it said."""
    require(by, "manager")
    if not {sender_qualifier, receiver_qualifier} <= set(QUALIFIERS):
        raise InvalidValue(f"A qualifier is one of {', '.join(QUALIFIERS)}.")
    with transaction_for(by):
        if is_production and practice_of(by.practice_id).is_training:
            raise Refused("A training practice transmits to no payer.")
        partner: TradingPartner = get_or_refuse(TradingPartner.objects.of(by.practice_id), what="partner", public_id=partner_id)
        new = {
            "sender_qualifier": sender_qualifier, "sender_id": checked_id(sender_id), "receiver_qualifier": receiver_qualifier,
            "receiver_id": checked_id(receiver_id), "is_production": is_production, "is_active": is_active,
        }  # fmt: skip
        changed = sorted(name for name, value in new.items() if getattr(partner, name) != value)
        if changed:
            for name in changed:
                setattr(partner, name, new[name])
            save_checked(partner)
            record(by, "change_partner", partner.public_id, changed=changed)
    return partner


def look_at(*, partner_id: str, by: Actor) -> str:
    """Reach for the partner's files without taking or sending any; say what was found. Raises Refused with the reason when it cannot be reached."""
    require(by, "manager", "biller")
    partner: TradingPartner = get_or_refuse(TradingPartner.objects.of(by.practice_id), what="partner", public_id=partner_id)
    way = transports.transport_named(partner.transport)
    try:
        if partner.transport == "folder":
            folder.prepare(Path(partner.location))
            waiting = len(folder.waiting(Path(partner.location)))
        else:
            waiting = sum(1 for _file in way.waiting(partner.location, {}))
    except Exception as failed:
        raise Refused(f"{partner.name} cannot be reached: {transports.reason(failed)}.") from failed
    return f"{partner.name} is reached; {waiting} file{'s wait' if waiting != 1 else ' waits'} to be collected."
