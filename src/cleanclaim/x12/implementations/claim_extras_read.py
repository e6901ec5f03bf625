"""Segments that a claim and its lines have in common and that few carry: PWK, CR1, CRC, K3, HCP."""

from __future__ import annotations

from typing import Any, Final

from cleanclaim.documents import AmbulanceTrip, Attachment, ConditionIndicator, Repricing
from cleanclaim.x12.implementations.reading import Reading

EXTRA_TAGS: Final = frozenset({"PWK", "CR1", "CRC", "HCP"})  # and K3


class Gathered:
    """What one claim or line carries of them."""

    __slots__ = ("ambulance", "attachments", "conditions", "fixed_formats", "repricing")

    def __init__(self) -> None:
        self.attachments: list[Attachment] = []
        self.ambulance: AmbulanceTrip | None = None
        self.conditions: list[ConditionIndicator] = []
        self.fixed_formats: list[str] = []
        self.repricing: Repricing | None = None

    def fields(self) -> tuple[Any, ...]:
        """Return the last fields of a claim or line, in their order."""
        return tuple(self.attachments), self.ambulance, tuple(self.conditions), tuple(self.fixed_formats), self.repricing


class Extras:
    """Reads them one by one."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def gather(self, segment: str, gathered: Gathered | None) -> Gathered:
        """Add one segment to what was gathered; the first one starts it."""
        gathered = gathered or Gathered()
        row = self._reading.row(segment)
        tag = row[0]
        if tag == "PWK":
            gathered.attachments.append(Attachment(row[1], row[2], row[6]))
        elif tag == "CRC":
            gathered.conditions.append(ConditionIndicator(row[1], row[2] == "Y", tuple(code for code in row[3:8] if code)))
        elif tag == "K3":
            gathered.fixed_formats.append(row[1])
        elif tag == "CR1":
            rates = self._reading.rates
            gathered.ambulance = AmbulanceTrip(row[4], rates[row[6]], rates[row[2]], row[9], row[10])
        elif tag == "HCP":
            gathered.repricing = self._repricing(row)
        return gathered

    def _repricing(self, row: list[str]) -> Repricing:
        reading = self._reading
        cents, rates = reading.cents, reading.rates
        return Repricing(
            row[1], cents[row[2]], reading.optional_cents(row[3]), row[4], rates[row[5]], row[6], reading.optional_cents(row[7]), row[8],
            row[9], row[10], row[11], rates[row[12]], row[13], row[14], row[15],
        )  # fmt: skip
