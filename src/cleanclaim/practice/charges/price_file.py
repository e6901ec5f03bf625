"""Reads a charge list from CSV: columns are found by their heading, every bad row is named, and one bad row refuses the file. Pure."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import InvalidValue, UnreadableInput
from cleanclaim.kernel.money import Money, Rate
from cleanclaim.practice.charges.rules import DRUG_UNITS, PriceItem, normal_ndc

MAX_ROWS: Final = 200_000

_HEADINGS: Final = {
    "code": ("code", "procedure", "procedure code", "cpt", "cpt/hcpcs", "hcpcs", "proc"),
    "price": ("price", "charge", "fee", "amount", "standard fee", "unit price", "charge amount"),
    "modifiers": ("modifier", "modifiers", "mod", "mods", "mod1", "modifier 1"),
    "label": ("label", "description", "name", "short name", "our name"),
    "valid_from": ("valid from", "effective", "effective date", "from", "start", "start date"),
    "valid_to": ("valid to", "until", "end", "end date", "to", "expires"),
    "national_drug_code": ("ndc", "national drug code", "drug code"),
    "drug_unit": ("drug unit", "ndc unit", "ndc units", "unit of measure"),
    "drug_quantity": ("drug quantity", "ndc quantity", "ndc qty", "quantity per unit"),
}


class PriceFile(NamedTuple):
    """What a file holds: its prices, and one plain sentence for each bad row (then nothing is taken over)."""

    items: tuple[PriceItem, ...]
    errors: tuple[str, ...]


def read_price_file(content: bytes, *, valid_from: date) -> PriceFile:
    """Read a CSV charge list. `valid_from` serves for rows that name no day. Raises UnreadableInput when it is no such table."""
    rows = _rows(content)
    columns = _columns(rows[0])
    items: list[PriceItem] = []
    errors: list[str] = []
    seen: dict[tuple[str, tuple[str, ...], date], int] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            item = _item({name: row[index].strip() if index < len(row) else "" for name, index in columns.items()}, valid_from)
        except (InvalidValue, InvalidOperation) as wrong:
            errors.append(f"Row {number}: {wrong if isinstance(wrong, InvalidValue) else 'the quantity is no number.'}")
            continue
        key = (item.code, item.modifiers, item.valid_from)
        if key in seen:
            errors.append(f"Row {number}: {item.code} stands in row {seen[key]} already.")
            continue
        seen[key] = number
        items.append(item)
    if not items and not errors:
        raise UnreadableInput("The file has headings and no prices.")
    return PriceFile(tuple(items), tuple(errors))


def _rows(content: bytes) -> list[list[str]]:
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableInput("This is a spreadsheet file: save it as CSV.")
    if content.lstrip()[:1] == b"<":
        raise UnreadableInput("This is a web page saved as CSV, not a table.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableInput("The file is not text.")
    if "\x00" in text:
        raise UnreadableInput("The file is not text.")
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        raise UnreadableInput("The file is not a CSV table: a quotation mark is not closed.") from None
    if len(rows) < 2:
        raise UnreadableInput("The file has no rows below its headings.")
    if len(rows) > MAX_ROWS:
        raise UnreadableInput(f"The file has more than {MAX_ROWS:,} rows.")
    return rows


def _columns(headings: list[str]) -> dict[str, int]:
    plain = [re.sub(r"[\s_]+", " ", heading).strip().casefold() for heading in headings]
    columns = {name: plain.index(word) for name, words in _HEADINGS.items() for word in reversed(words) if word in plain}
    for name in ("code", "price"):
        if name not in columns:
            raise UnreadableInput(f"The file has no column for the {name}: its headings are {', '.join(plain)[:200]}.")
    return columns


def _item(cells: dict[str, str], valid_from: date) -> PriceItem:
    code = cells["code"].upper()
    system = "cpt" if re.fullmatch(r"[0-9]{4}[0-9FTUM]", code) else "hcpcs" if re.fullmatch(r"[A-V][0-9]{4}", code) else ""
    if not system:
        raise InvalidValue("the code is neither CPT nor HCPCS.")
    cents = Money.parse(re.sub(r"[$\s]|,(?=[0-9]{3}(?:\D|$))", "", cells["price"]))
    if cents < 0:
        raise InvalidValue("the price is below zero.")
    modifiers = tuple(sorted(modifier.upper() for modifier in re.split(r"[\s,;/]+", cells.get("modifiers", "")) if modifier))
    if any(not re.fullmatch(r"[0-9A-Z]{2}", modifier) for modifier in modifiers):
        raise InvalidValue("a modifier is two letters or digits.")
    drug = cells.get("national_drug_code", "")
    unit = cells.get("drug_unit", "").upper()
    if drug and unit not in DRUG_UNITS:
        raise InvalidValue("a drug is measured in F2, GR, ME, ML or UN.")
    quantity = cells.get("drug_quantity", "")
    first = parse_date(cells["valid_from"]) if cells.get("valid_from") else valid_from
    last = parse_date(cells["valid_to"]) if cells.get("valid_to") else None
    if last is not None and last < first:
        raise InvalidValue("the price ends before it begins.")
    return PriceItem(system, code, cents.cents, first, last, modifiers, cells.get("label", ""), normal_ndc(drug) if drug else "",
                     unit if drug else "", Rate(Decimal(quantity)) if drug and quantity else None)  # fmt: skip
