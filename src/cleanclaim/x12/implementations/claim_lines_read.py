"""Loop 2400 of the 837s: one service line from its LX on, with its drug, providers and other payers' decisions."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, TypeAlias

from cleanclaim.documents import (
    Adjustment,
    Amount,
    DateFact,
    LineAdjudication,
    Party,
    Place,
    Reference,
    ServiceLine,
)
from cleanclaim.kernel.money import Rate
from cleanclaim.x12.implementations.claim_extras_read import EXTRA_TAGS, Extras, Gathered
from cleanclaim.x12.implementations.reading import Memo, Reading, defaults_from, gathering
from cleanclaim.x12.tokens.values import day_of, is_digits

_ENDS: Final = frozenset({"HL", "SE", "GE", "IEA", "ST", "GS", "ISA", "CLM", "LX"})
_SERVICES: Final = frozenset({"SV1", "SV2", "SV3"})
_ONE: Final = Rate(1)
_NONE: Final = Rate(0)
_Service: TypeAlias = tuple[str, int, Rate, tuple[str, ...], tuple[int, ...], str, str, str, str, str, int | None, bool, bool]
_NO_SERVICE: Final[_Service] = ("", 0, _NONE, (), (), "", "", "", "", "", None, False, False)
_NO_EXTRAS: Final = defaults_from(ServiceLine, 29)
_REST: Final = defaults_from(ServiceLine, 16)
_DRAFTS_KEPT: Final = 1 << 13
_DAYS_KEPT: Final = 1 << 12
_place_of = ServiceLine._fields.index
_AT_SERVED_ON, _AT_SERVED_TO, _AT_CONTROL, _AT_PLACE = map(_place_of, ("served_on", "served_to", "control_number", "place"))
_new = tuple.__new__


class LineReader:
    """Reads the lines of claims. Segments whose text was met before are not taken apart again."""

    def __init__(self, reading: Reading, extras: Extras) -> None:
        self._reading = reading
        self._extras = extras
        self.forget()

    def forget(self) -> None:
        """Start anew, with the delimiters that the reading has now."""
        unreadable = self._reading.unreadable
        self._services: Memo[_Service] = Memo(self._service, unreadable)
        self._numbers: Memo[int] = Memo(_number, unreadable, 1 << 11)
        self._drafts: dict[str, list[Any]] = {}
        self._days: dict[str, tuple[date, date | None]] = {}
        self._day_mark = self._reading.element.join(("DTP", "472", ""))
        self._control_mark = self._reading.element.join(("REF", "6R", ""))

    def read(
        self, pieces: list[str], separator: str, place: tuple[int, int] | None, ends: list[int] | None = None
    ) -> tuple[list[ServiceLine], list[str]]:
        """Read lines, each from behind its `LX*` on; return them and the segments behind the last one that belong to no line.

        `place` is where the first LX stands, as segment and byte; without one the lines have none. `ends` holds the byte ends of the segments from that LX on,
        where they do not follow from lengths.
        """
        element, drafts, days, numbers = self._reading.element, self._drafts, self._days, self._numbers
        control_mark, day_mark = separator + self._control_mark, separator + self._day_mark
        step, lead = len(separator), 2 + len(element)
        ordinal, start = place or (0, 0)
        first_ordinal = ordinal
        where: Place | None = None
        found: list[ServiceLine] = []
        for index, piece in enumerate(pieces):
            number = index + 1
            opening = f"{number}{separator}"
            if piece.startswith(opening):  # how nearly every line is: a service met before, its days, a control number
                dated, mark, control = piece[len(opening) :].rpartition(control_mark)
                if not mark:
                    dated, control = control, ""
                service, _, served = dated.rpartition(day_mark)
                draft = drafts.get(service) or self._draft(service, separator)
                span = days.get(served) or self._span(served)
                if draft is not None and span is not None and element not in control and separator not in control:
                    fields = draft.copy()
                    fields[0], fields[_AT_CONTROL] = number, control
                    fields[_AT_SERVED_ON], fields[_AT_SERVED_TO] = span
                    if place is not None:
                        size = 4 if mark else 3
                        end = start + lead + len(piece)
                        if ends is None:
                            fields[_AT_PLACE] = _new(Place, (ordinal, start, end))
                        else:
                            lx = lead + piece.index(separator)
                            fields[_AT_PLACE] = _measured(ordinal, ordinal - first_ordinal, size, lx, ends)
                        ordinal += size
                        start = end + step
                    found.append(_new(ServiceLine, fields))
                    continue
            rows = piece.split(separator)
            size = len(rows)
            if place is not None:
                end = start + lead + len(piece)
                where = _new(Place, (ordinal, start, end))
                if ends is not None:
                    where = _measured(ordinal, ordinal - first_ordinal, size, lead + len(rows[0]), ends)
                ordinal += size
                start = end + step
            line, at = self._line(rows, 1, numbers[rows[0]], where)
            found.append(line)
            while at < size and rows[at][:3] in _SERVICES:  # one without its LX
                where = None
                line, at = self._line(rows, at, 0, None)
                found.append(line)
            if at < size:
                if where is not None:
                    end = (
                        where[1] + lead + len(separator.join(rows[:at]))
                        if ends is None
                        else ends[where[0] - first_ordinal + at - 1]
                    )
                    found[-1] = line._replace(place=where._replace(end=end))
                return found, [*rows[at:], *(f"LX{element}{text}" for text in pieces[index + 1 :])]
        return found, []

    def _draft(self, segment: str, separator: str) -> list[Any] | None:
        """Return the fields of a line that its service decides; None for another text."""
        if segment[:3] not in _SERVICES or separator in segment:
            return None
        unreadable = self._reading.unreadable
        known = len(unreadable)
        service = self._services[segment]
        if len(unreadable) > known:
            del unreadable[known:]
            return None
        if len(self._drafts) >= _DRAFTS_KEPT:
            self._drafts.clear()
        draft = self._drafts[segment] = [0, *service[:5], None, None, *service[5:], *_REST]
        return draft

    def _span(self, text: str) -> tuple[date, date | None] | None:
        """Return the days of a DTP 472 from its format on (D8, RD8), if they are days."""
        form, _, days = text.partition(self._reading.element)
        first, last = day_of(days[:8]), day_of(days[9:])
        if first is None or (
            not (form == "D8" and len(days) == 8) and not (form == "RD8" and len(days) == 17 and days[8] == "-" and last)
        ):
            return None
        if len(self._days) >= _DAYS_KEPT:
            self._days.clear()
        span = self._days[text] = first, last
        return span

    def _line(self, rows: list[str], at: int, number: int, where: Place | None) -> tuple[ServiceLine, int]:
        """Read one line segment by segment; return it and the index of the first segment that is not its own."""
        reading = self._reading
        facts = reading.facts
        service: _Service = _NO_SERVICE
        control = drug = drug_unit = authorization = ""
        first: date | None = None
        last: date | None = None
        drug_quantity: Rate | None = None
        size = len(rows)
        providers: tuple[Party, ...] = gathering(size)
        adjudications: tuple[LineAdjudication, ...] = gathering(size)
        dates: tuple[DateFact, ...] = gathering(size)
        references: tuple[Reference, ...] = gathering(size)
        amounts: tuple[Amount, ...] = gathering(size)
        teeth: tuple[str, ...] = gathering(size)
        extras: Gathered | None = None
        notes: list[str] = []
        while at < size:
            segment = rows[at]
            tag = segment[:3]
            if tag in _SERVICES:
                if service is not _NO_SERVICE:
                    break
                service = self._services[segment]
            elif tag == "DTP":
                fact = facts[segment]
                if fact[0] == "472" and first is None:
                    first, last = fact[1], fact[2]
                else:
                    dates += (fact,)
            elif tag == "REF":
                reference = reading.reference(segment)
                if reference[0] == "6R" and not control:
                    control = reference[1]
                elif reference[0] == "G1" and not authorization:
                    authorization = reference[1]
                else:
                    references += (reference,)
            elif tag == "NM1":
                party, at = reading.provider(rows, at)
                providers += (party,)
                continue
            elif tag == "SVD":
                adjudication, at = self._adjudication(rows, at)
                adjudications += (adjudication,)
                continue
            elif tag == "AMT":
                amount = reading.amount(segment)
                if amount is not None:
                    amounts += (amount,)
            elif tag == "NTE":
                notes.append(reading.row(segment)[2])
            elif tag == "LIN":
                drug = reading.row(segment)[3]
            elif tag == "CTP":
                row = reading.row(segment)
                drug_quantity, drug_unit = reading.rates[row[4]], row[5].partition(reading.component)[0]
            elif tag == "TOO":
                row = reading.row(segment)
                surfaces = row[3].replace(reading.component, "")
                teeth += (f"{row[2]}:{surfaces}" if surfaces else row[2],)
            elif tag in EXTRA_TAGS or tag[:2] == "K3":
                extras = self._extras.gather(segment, extras)
            elif segment.partition(reading.element)[0] in _ENDS:
                break
            at += 1
        return _new(
            ServiceLine,
            (number, *service[:5], first, last, *service[5:], control, drug, drug_quantity, drug_unit, authorization, tuple(providers), tuple(adjudications), tuple(dates), tuple(references), tuple(amounts), " ".join(filter(None, notes)), tuple(teeth), where, *(_NO_EXTRAS if extras is None else extras.fields())),
        ), at  # fmt: skip

    def _service(self, segment: str) -> _Service:
        """Read SV1, SV2 or SV3: what was done, how often, for how much."""
        reading = self._reading
        row = reading.row(segment)
        cents, rates = reading.cents, reading.rates
        if row[0] == "SV2":
            qualifier, code, modifiers, described, _ = reading.procedures[row[2]]
            return (
                code, cents[row[3]], rates[row[5]] or _NONE, modifiers, (), row[4], qualifier, described, "", row[1],
                reading.optional_cents(row[7]), False, False,
            )  # fmt: skip
        qualifier, code, modifiers, described, _ = reading.procedures[row[1]]
        if row[0] == "SV1":
            return (
                code, cents[row[2]], rates[row[4]] or _NONE, modifiers, self._pointed(row[7]), row[3], qualifier, described, row[5], "",
                None, row[9] == "Y", row[11] == "Y",
            )  # fmt: skip
        quantity = (rates[row[6]] or _NONE) if row[6] else _ONE
        return (
            code, cents[row[2]], quantity, modifiers, self._pointed(row[11]), "UN", qualifier, described, row[3], "", None, False, False,
        )  # fmt: skip

    def _pointed(self, composite: str) -> tuple[int, ...]:
        return tuple(int(part) for part in composite.split(self._reading.component) if is_digits(part) and len(part) < 4)

    def _adjudication(self, rows: list[str], at: int) -> tuple[LineAdjudication, int]:
        """Read loop 2430: what another payer decided for the line."""
        reading = self._reading
        svd = reading.row(rows[at])
        _, code, modifiers, _, _ = reading.procedures[svd[3]]
        adjustments: tuple[Adjustment, ...] = gathering(len(rows))
        paid_on: date | None = None
        remaining: int | None = None
        at += 1
        while at < len(rows):
            segment = rows[at]
            if segment.startswith("CAS"):
                adjustments += reading.adjustments(segment)
            elif segment.startswith("DTP"):
                paid_on = reading.facts[segment].first
            elif segment.startswith("AMT"):
                remaining = reading.cents[reading.row(segment)[2]]
            else:
                break
            at += 1
        bundled = int(svd[6]) if is_digits(svd[6]) and len(svd[6]) < 10 else None
        return LineAdjudication(
            svd[1], reading.cents[svd[2]], code, modifiers, reading.rates[svd[5]], bundled, tuple(adjustments), paid_on, remaining,
        ), at  # fmt: skip


def _number(text: str) -> int:
    """Read the number of an LX."""
    return int(text) if is_digits(text) and len(text) < 10 else 0


def _measured(ordinal: int, at: int, size: int, length: int, ends: list[int]) -> Place:
    """Return the place of a line in a file whose segments do not stand close together."""
    return Place(ordinal, ends[at] - length, ends[at + size - 1])
