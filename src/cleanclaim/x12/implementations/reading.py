"""What every typed reader needs: converted texts that are kept, parties, and the guide that a transaction names."""

from __future__ import annotations

from typing import Any, Final

from cleanclaim.documents import Address, Adjustment, DateFact, Party, Reference
from cleanclaim.kernel.money import Rate
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.values import Cents, Days, Rates

PAD: Final = [""] * 24
_PARTY_PARTS: Final = frozenset({"N3", "N4", "REF", "DMG", "PER", "PRV"})
_new = tuple.__new__
_KEPT: Final = 1 << 14

Row = list[str]


def defaults_from(kind: Any, count: int) -> tuple[Any, ...]:
    """Return the default values of a document's fields from the given position on, for fast positional construction."""
    return tuple(kind._field_defaults[name] for name in kind._fields[count:])


_PARTY_REST: Final = defaults_from(Party, 8)
_PARTY_LATE: Final = defaults_from(Party, 18)
_PROCEDURE_NONE: Final = ("", "", (), "", "")


class Procedures(dict[str, tuple[str, str, tuple[str, ...], str, str]]):
    """Composites of a procedure already read: qualifier, code, modifiers, description, last code of a range."""

    def __init__(self, component: str) -> None:
        super().__init__({"": _PROCEDURE_NONE})
        self._component = component

    def __missing__(self, text: str) -> tuple[str, str, tuple[str, ...], str, str]:
        parts = text.split(self._component)
        parts.extend(PAD[:8])
        value = (parts[0], parts[1], tuple(part for part in parts[2:6] if part), parts[6], parts[7])
        if len(self) > _KEPT:
            self.clear()
        self[text] = value
        return value


class Reading:
    """The state of one pass over a source: delimiters of the interchange and the converted texts."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []
        self.cents = Cents(self.unreadable)
        self.days = Days(self.unreadable)
        self.rates = Rates(self.unreadable)
        self.delimiters = Delimiters()
        self.component = ":"
        self.procedures = Procedures(":")

    def use(self, delimiters: Delimiters) -> None:
        """Take up the delimiters of another interchange."""
        if delimiters != self.delimiters:
            self.delimiters = delimiters
            self.component = delimiters.component
            self.procedures = Procedures(delimiters.component)

    def optional_cents(self, text: str) -> int | None:
        """Read an amount that may be absent."""
        return self.cents[text] if text else None

    def trouble(self) -> tuple[str, ...]:
        """Return and forget the texts that could not be read since the last call."""
        if not self.unreadable:
            return ()
        texts = tuple(self.unreadable)
        self.unreadable.clear()
        return texts

    def name(self, row: Row) -> Party:
        """Read an NM1 that nothing follows."""
        row.extend(PAD[:10])
        return _new(Party, (row[1], row[2] == "1", row[3], row[4], row[5], row[7], row[8], row[9], *_PARTY_REST))

    def party(self, rows: list[Row], at: int) -> tuple[Party, int]:
        """Read the party whose NM1 stands at `at` and the segments that belong to it; return where it ends."""
        row = rows[at]
        row.extend(PAD[:10])
        at += 1
        if at >= len(rows) or rows[at][0] not in _PARTY_PARTS:
            return _new(Party, (row[1], row[2] == "1", row[3], row[4], row[5], row[7], row[8], row[9], *_PARTY_REST)), at
        line1 = line2 = tax_id = tax_id_qualifier = taxonomy = sex = contact = phone = email = ""
        place: Row | None = None
        born_on = None
        references: list[Reference] = []
        has_address = False
        while at < len(rows):
            part = rows[at]
            tag = part[0]
            if tag == "N3":
                line1, line2, has_address = part[1], part[2] if len(part) > 2 else "", True
            elif tag == "N4":
                place, has_address = part, True
            elif tag == "REF":
                if part[1] in {"EI", "SY", "TJ"} and not tax_id:
                    tax_id_qualifier, tax_id = part[1], part[2]
                else:
                    references.append(Reference(part[1], part[2]))
            elif tag == "DMG":
                born_on = self.days[part[2]] if len(part) > 2 else None
                sex = part[3] if len(part) > 3 else ""
            elif tag == "PRV":
                taxonomy = part[3]
            elif tag == "PER":
                contact, phone, email = self.contact(part, contact, phone, email)
            else:
                break
            at += 1
        address = self._address(line1, line2, place) if has_address else None
        return _new(
            Party,
            (row[1], row[2] == "1", row[3], row[4], row[5], row[7], row[8], row[9], address, tax_id, tax_id_qualifier, taxonomy, born_on,
             sex, contact, phone, email, tuple(references), *_PARTY_LATE),
        ), at  # fmt: skip

    @staticmethod
    def _address(line1: str, line2: str, place: Row | None) -> Address:
        if place is None:
            return Address(line1, line2)
        if len(place) == 4:
            return _new(Address, (line1, line2, place[1], place[2], place[3], ""))
        place.extend(PAD[:5])
        return _new(Address, (line1, line2, place[1], place[2], place[3], place[4]))

    @staticmethod
    def contact(row: Row, name: str, phone: str, email: str) -> tuple[str, str, str]:
        """Read a PER: the first telephone number and e-mail address."""
        name = name or (row[2] if len(row) > 2 else "")
        for kind, value in zip(row[3::2], row[4::2], strict=False):
            if kind == "TE" and not phone:
                phone = value
            elif kind == "EM" and not email:
                email = value
        return name, phone, email

    def adjustments(self, row: Row) -> list[Adjustment]:
        """Read a CAS: up to six adjustments of one group code."""
        count = len(row)
        if count == 4:
            return [_new(Adjustment, (row[1], row[2], self.cents[row[3]], None))]
        group, cents = row[1], self.cents
        found: list[Adjustment] = []
        for at in range(2, count, 3):
            if not row[at] and (at + 1 >= count or not row[at + 1]):
                continue
            amount = cents[row[at + 1]] if at + 1 < count else 0
            quantity: Rate | None = self.rates[row[at + 2]] if at + 2 < count else None
            found.append(_new(Adjustment, (group, row[at], amount, quantity)))
        return found

    def fact(self, row: Row) -> DateFact:
        """Read a DTP in any of its formats: a day, a range, a day with time, a time."""
        qualifier, kind, text = row[1], row[2], row[3]
        if kind == "D8":
            return _new(DateFact, (qualifier, self.days[text], None, ""))
        if kind in {"RD8", "DT", "TM", "D6", "RD6"}:
            if kind in {"RD8", "RD6"}:
                first, _, last = text.partition("-")
                return DateFact(qualifier, self.days[first], self.days[last])
            if kind == "DT":
                return DateFact(qualifier, self.days[text[:8]], None, text[8:])
            if kind == "TM":
                return DateFact(qualifier, None, None, text)
        return DateFact(qualifier, self.days[text.partition("-")[0]])


def guide_of(version: str) -> str:
    """Return the part of a version that names its guide without the addenda: 005010X222A1 is X222."""
    found = version.find("X")
    return version[found : found + 4] if found >= 0 else ""
