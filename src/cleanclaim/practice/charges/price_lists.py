"""Keeping the charge list: a list by date, single prices, and import of a CSV that changes all or nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.charges import policy, price_file, queries, rules
from cleanclaim.practice.charges.models import ChargeItem, ChargeList
from cleanclaim.practice.coding.rules import thousandths
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import save_checked, transaction_for
from cleanclaim.practice.people.policy import require


class ImportedList(NamedTuple):
    """What an import did: the list it made (empty when it was refused or only tried), each change, each bad row."""

    charge_list_id: str
    changes: tuple[rules.PriceChange, ...]
    errors: tuple[str, ...]
    is_repeat: bool = False


def add_charge_list(
    *, name: str, valid_from: date, items: tuple[rules.PriceItem, ...], by: Actor, file_digest: str = ""
) -> ChargeList:
    """Put a charge list in force from a day on; the list before ends the day before. The same list again returns the first."""
    require(by, *policy.KEEPS_LIST)
    with transaction_for(by):
        rows = ChargeList.objects.of(by.practice_id)
        same: ChargeList | None = rows.filter(valid_from=valid_from).first()
        if same is not None:
            if set(queries.price_items(by.practice_id, same)) == set(items):
                return same
            raise Refused("Another charge list begins on this day: change its prices, or choose another day.")
        later = rows.filter(valid_from__gt=valid_from).order_by("valid_from").first()
        before = rows.filter(valid_from__lt=valid_from).order_by("-valid_from").first()
        if before is not None and (before.valid_to is None or before.valid_to >= valid_from):
            before.valid_to = valid_from - timedelta(days=1)
            save_checked(before, fields=["valid_to"])
        listed = ChargeList(
            practice_id=by.practice_id, name=name[:80], valid_from=valid_from, valid_to=later.valid_from - timedelta(days=1) if later else None,
            file_digest=file_digest, created_at=by.at,
        )  # fmt: skip
        listed.save()
        ChargeItem.objects.bulk_create([_row(by.practice_id, listed, item) for item in items], batch_size=500)
        record(by, "add_charge_list", listed.public_id, prices=len(items), valid_from=valid_from.isoformat())
        emit(by, "charge-list-added", listed.public_id)
    return listed


def set_price(*, code: str, cents: int, by: Actor, modifiers: tuple[str, ...] = (), label: str = "", valid_from: date | None = None,
              national_drug_code: str = "", drug_unit: str = "", drug_quantity: Rate | None = None) -> None:  # fmt: skip
    """Set one price in the list of a day (today when none is named); the first price begins a list. Visits charged before keep their charge."""
    require(by, *policy.KEEPS_LIST)
    if cents < 0:
        raise InvalidValue("A price is not below zero.")
    day = valid_from or by.today
    wanted = code.strip().upper()
    with transaction_for(by):
        listed = queries.lists_on(by.practice_id, day).first()
        if listed is None:
            listed = add_charge_list(name=f"Prices from {day:%m/%d/%Y}", valid_from=day, items=(), by=by)
        modifiers_text = " ".join(sorted(modifiers))
        rows = ChargeItem.objects.of(by.practice_id).filter(charge_list=listed, code=wanted, modifiers=modifiers_text)
        system = "hcpcs" if wanted[:1].isalpha() else "cpt"
        current = rows.filter(valid_from__lte=day).order_by("-valid_from").first()
        item = rules.PriceItem(system, wanted, cents, day, None, tuple(sorted(modifiers)), label or (current.label if current else ""),
                               rules.normal_ndc(national_drug_code) if national_drug_code else "", drug_unit, drug_quantity)  # fmt: skip
        if current is not None and current.valid_from == day:
            current.delete()
        elif current is not None:
            current.valid_to = day - timedelta(days=1)
            current.save(update_fields=["valid_to"])
        _row(by.practice_id, listed, item).save()
        record(by, "set_price", listed.public_id, code=wanted, modifiers=modifiers_text, cents=cents, valid_from=day.isoformat())


def import_charge_list(*, content: bytes, name: str, valid_from: date, by: Actor, is_trial: bool = False) -> ImportedList:
    """Read a CSV charge list and put it in force; one bad row refuses the file and says every bad row.

    A trial says what would change and changes nothing. The same file for the same day again is a repeat and changes nothing.
    """
    require(by, *policy.KEEPS_LIST)
    read = price_file.read_price_file(content, valid_from=valid_from)
    changes = rules.compare_prices(queries.prices_on(by.practice_id, valid_from), read.items)
    if read.errors or is_trial:
        return ImportedList("", changes, read.errors)
    digest = blobs.put(content)
    known = ChargeList.objects.of(by.practice_id).filter(file_digest=digest, valid_from=valid_from).first()
    if known is not None:
        return ImportedList(known.public_id, changes, (), is_repeat=True)
    listed = add_charge_list(name=name, valid_from=valid_from, items=read.items, by=by, file_digest=digest)
    return ImportedList(listed.public_id, changes, ())


def _row(practice_id: int, listed: ChargeList, item: rules.PriceItem) -> ChargeItem:
    return ChargeItem(
        practice_id=practice_id, charge_list=listed, system=item.system, code=item.code, modifiers=" ".join(sorted(item.modifiers)),
        cents=item.cents, label=item.label[:120], valid_from=item.valid_from, valid_to=item.valid_to,
        national_drug_code=item.national_drug_code, drug_unit=item.drug_unit,
        drug_quantity_thousandths=thousandths(item.drug_quantity) if item.drug_quantity is not None else None,
    )  # fmt: skip
