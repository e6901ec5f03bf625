"""What every typed reader needs: converted texts that are kept, parties, and the guide that a transaction names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeAlias, TypeVar

from cleanclaim.documents import Address, Adjustment, Amount, DateFact, Party, Reference
from cleanclaim.kernel.money import Rate
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.values import Cents, Days, Rates

PAD: Final = [""] * 24
PAD8: Final = PAD[:8]
PAD12: Final = PAD[:12]
_TAX: Final = frozenset({"EI", "SY", "TJ"})
_OF_PARTY: Final = frozenset({"N3", "N4", "RE", "PE", "PR", "DM"})  # how segments start that may belong to a name
_new = tuple.__new__
_KEPT: Final = 1 << 14

MANY: Final = 500
Row: TypeAlias = list[str]
Procedure: TypeAlias = tuple[str, str, tuple[str, ...], str, str]
T = TypeVar("T")


def gathering(size: int) -> Any:
    """Return what values are gathered in by `+=`: a tuple, which is the cheapest for a few, or a list where thousands may come."""
    return [] if size > MANY else ()


def defaults_from(kind: Any, count: int) -> tuple[Any, ...]:
    """Return the default values of a document's fields from the given position on, for fast positional construction."""
    return tuple(kind._field_defaults[name] for name in kind._fields[count:])


_PROCEDURE_NONE: Final = ("", "", (), "", "")


class Memo(dict[str, T]):
    """Texts already converted, at most some thousands. A text in which something was unreadable is converted anew each time, so that
    every document that carries it says so.
    """

    def __init__(self, convert: Callable[[str], T], unreadable: list[str], limit: int = _KEPT) -> None:
        super().__init__()
        self._convert = convert
        self._unreadable = unreadable
        self._limit = limit

    def __missing__(self, text: str) -> T:
        value = self._convert(text)
        if not self._unreadable:
            if len(self) >= self._limit:
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
        self.element = "*"
        self._remember()

    def _remember(self) -> None:
        """Start the memories whose texts depend on the delimiters."""
        unreadable = self.unreadable
        self._street_mark = f"N3{self.element}"
        self._town_mark = f"N4{self.element}"
        self.procedures: Memo[Procedure] = Memo(self.procedure, unreadable)
        self.places: Memo[tuple[str, str, str, str]] = Memo(self._place, unreadable, 1 << 12)
        self.facts: Memo[DateFact] = Memo(self.fact, unreadable)
        self.rows: Memo[Row] = Memo(self.row, unreadable, 1 << 12)
        self.names: Memo[Party] = Memo(self.name, unreadable, 1 << 12)
        self._specialists: Memo[Party] = Memo(self._specialist, unreadable, 1 << 12)

    def use(self, delimiters: Delimiters) -> None:
        """Take up the delimiters of another interchange."""
        if delimiters != self.delimiters:
            self.delimiters = delimiters
            self.component = delimiters.component
            self.element = delimiters.element
            self._remember()

    def optional_cents(self, text: str) -> int | None:
        """Read an amount that may be absent."""
        return self.cents[text] if text else None

    def procedure(self, text: str) -> Procedure:
        """Read the composite of a procedure: qualifier, code, modifiers, description, last code of a range."""
        if not text:
            return _PROCEDURE_NONE
        parts = [part.strip() for part in text.split(self.component)]
        parts.extend(PAD8)
        return parts[0], parts[1], tuple(part for part in parts[2:6] if part), parts[6], parts[7]

    def row(self, segment: str) -> Row:
        """Split a segment, with empty elements behind it so that every position can be asked for."""
        return segment.split(self.element) + PAD

    def trouble(self) -> tuple[str, ...]:
        """Return and forget the texts that could not be read since the last call."""
        if not self.unreadable:
            return ()
        texts = tuple(self.unreadable)
        self.unreadable.clear()
        return texts

    def name(self, segment: str) -> Party:
        """Read an NM1 that nothing follows."""
        row = segment.split(self.element)
        if len(row) != 10:
            row.extend(PAD12)
        return _new(
            Party,
            (row[1], row[2] == "1", row[3], row[4], row[5], row[7], row[8], row[9], None, "", "", "", None, "", "", "", "", ()),
        )

    def party(self, segments: list[str], at: int) -> tuple[Party, int]:
        """Read the party whose NM1 stands at `at` and the segments that belong to it; return where it ends."""
        element = self.element
        row = segments[at].split(element)
        if len(row) != 10:
            row.extend(PAD12)
        street = town = birth = ""
        start = at = at + 1
        try:  # the order in which names mostly come; the last segment ends it
            segment = segments[at]
            if segment[:3] == self._street_mark:
                street = segment
                at += 1
                segment = segments[at]
            if segment[:3] == self._town_mark:
                town = segment
                at += 1
                segment = segments[at]
            if segment[:3] == "DMG":
                birth = segment
                at += 1
                segment = segments[at]
        except IndexError:
            segment = ""
        if segment[:2] in _OF_PARTY:
            return self._whole_party(segments, start, row)
        address: Address | None = None
        born_on: date | None = None
        line1 = line2 = sex = ""
        if street:
            line1 = street[3:]
            if element in line1:
                line1, line2 = line1.split(element)[:2]
        if town or line1 or line2:
            city, state, code, country = self.places[town]
            address = _new(Address, (line1, line2, city, state, code, country))
        if birth:
            part = birth.split(element)
            if len(part) < 4:
                part.extend(PAD8)
            born_on, sex = self.days.once(part[2]), part[3]
        return _new(
            Party,
            (
                row[1],
                row[2] == "1",
                row[3],
                row[4],
                row[5],
                row[7],
                row[8],
                row[9],
                address,
                "",
                "",
                "",
                born_on,
                sex,
                "",
                "",
                "",
                (),
            ),
        ), at

    def _whole_party(self, segments: list[str], at: int, row: Row) -> tuple[Party, int]:
        """Read what stands behind an NM1 (its elements are `row`) in any order."""
        element = self.element
        line1 = line2 = place = tax_id = tax_id_qualifier = taxonomy = sex = contact = phone = email = ""
        born_on = None
        count = len(segments)
        references: tuple[Reference, ...] = gathering(count)
        while at < count:
            segment = segments[at]
            tag = segment[:3]
            if tag == "DMG":
                part = segment.split(element)
                if len(part) < 4:
                    part.extend(PAD8)
                born_on, sex = self.days.once(part[2]), part[3]
            elif tag == "NM1":
                break
            elif tag == "REF":
                reference = self.reference(segment)
                if reference[0] in _TAX and not tax_id:
                    tax_id_qualifier, tax_id = reference
                else:
                    references += (reference,)
            elif tag == "PRV":
                taxonomy = self.row(segment)[3]
            elif tag == "PER":
                contact, phone, email = self.contact(segment.split(element), contact, phone, email)
            elif tag[:2] == "N3":
                _, _, line1 = segment.partition(element)
                if element in line1:
                    line1, line2 = line1.split(element)[:2]
            elif tag[:2] == "N4":
                place = segment
            else:
                break
            at += 1
        address: Address | None = None
        if line1 or line2 or place:
            city, state, code, country = self.places[place]
            address = _new(Address, (line1, line2, city, state, code, country))
        return _new(
            Party,
            (row[1], row[2] == "1", row[3], row[4], row[5], row[7], row[8], row[9], address, tax_id, tax_id_qualifier, taxonomy, born_on,
             sex, contact, phone, email, tuple(references)),
        ), at  # fmt: skip

    def provider(self, segments: list[str], at: int) -> tuple[Party, int]:
        """Read a provider's loop (2310, 2420); a name with a taxonomy behind it, met before, is not read again."""
        following, count = at + 1, len(segments)
        if following == count or segments[following][:2] not in _OF_PARTY:
            return self.names[segments[at]], following
        if segments[following][:3] == "PRV":
            beyond = segments[following + 1][:3] if following + 1 < count else ""
            if beyond[:2] not in {"N3", "N4"} and beyond not in {"REF", "PER", "DMG"}:
                return self._specialists[f"{segments[at]}\n{segments[following]}"], at + 2
        return self.party(segments, at)

    def _specialist(self, text: str) -> Party:
        return self.party(text.split("\n"), 0)[0]

    def _place(self, segment: str) -> tuple[str, str, str, str]:
        """Read an N4: city, state, postal code, country."""
        row = self.row(segment)
        return row[1], row[2], row[3], row[4]

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

    def adjustments(self, segment: str) -> tuple[Adjustment, ...]:
        """Read a CAS: up to six adjustments of one group code. Codes count as capitals without the blanks of writers that pad."""
        row = segment.split(self.element)
        if row[0] != "CAS":
            return ()
        count = len(row)
        if count == 4:
            return (_new(Adjustment, (row[1].strip().upper(), row[2].strip().upper(), self.cents[row[3]], None)),)
        group, cents = row[1].strip().upper() if count > 1 else "", self.cents
        found: list[Adjustment] = []
        for at in range(2, count, 3):
            if not row[at] and (at + 1 >= count or not row[at + 1]):
                continue
            amount = cents[row[at + 1]] if at + 1 < count else 0
            quantity: Rate | None = self.rates[row[at + 2]] if at + 2 < count else None
            found.append(_new(Adjustment, (group, row[at].strip().upper(), amount, quantity)))
        return tuple(found)

    def amount(self, segment: str) -> Amount | None:
        """Read an AMT; None for another segment."""
        row = self.row(segment)
        return _new(Amount, (row[1], self.cents[row[2]])) if row[0] == "AMT" else None

    def reference(self, segment: str) -> Reference:
        """Read a REF: qualifier and value."""
        row = segment.split(self.element)
        if len(row) < 3:
            row.extend(PAD8)
        return _new(Reference, (row[1], row[2]))

    def fact(self, segment: str) -> DateFact:
        """Read a DTP in any of its formats: a day, a range, a day with time, a time."""
        row = self.row(segment)
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
