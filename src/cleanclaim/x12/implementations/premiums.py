"""820 (005010X218) to premium payments, one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator

from cleanclaim.documents import Adjustment, Party, PremiumItem, PremiumPayment, Reference
from cleanclaim.x12.implementations.reading import PAD, Reading, Row
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.source import Source


def read_premiums(source: Source) -> Iterator[PremiumPayment]:
    """Read every 820 of a source. Never raises on data: see `PremiumPayment.unreadable`."""
    reading = Reading()
    for block in blocks(source, "ST"):
        reading.use(block.delimiters)
        segments = block.segments()
        rows = [reading.row(segment) for segment in segments]
        if block.is_headed and rows[0][1] == "820":
            yield _payment(segments, rows, block, reading)


def _payment(segments: list[str], rows: list[Row], block: Block, reading: Reading) -> PremiumPayment:
    bpr = trn = PAD
    receiver, payer = Party("PE"), Party("PR")
    items: list[PremiumItem] = []
    adjustments: list[Adjustment] = []
    own: list[Reference] = []
    references: list[Reference] = []
    entity: Party | None = None
    used = len(rows)
    for at, row in enumerate(rows):
        tag = row[0]
        if tag == "BPR" and bpr is PAD:
            bpr = row
        elif tag == "TRN" and trn is PAD:
            trn = row
        elif tag == "N1":
            party = Party(row[1], last_name=row[2], id_qualifier=row[3], id=row[4])
            receiver, payer = (party, payer) if row[1] in {"PE", "RM"} else (receiver, party)
        elif tag == "ENT":
            entity = Party(row[2], id_qualifier=row[3], id=row[4]) if row[4] else None
        elif tag == "NM1":
            entity = reading.name(segments[at])
        elif tag == "RMR":
            _finish(items, adjustments, own)
            items.append(PremiumItem(row[1], row[2], reading.cents[row[4]], reading.optional_cents(row[5]), entity))
        elif tag == "ADX" and items:
            adjustments.append(Adjustment("", row[2], reading.cents[row[1]]))
        elif tag == "REF" and items:
            own.append(Reference(row[1], row[2]))
        elif tag == "REF":
            references.append(Reference(row[1], row[2]))
        elif tag == "SE":
            used = at + 1
            break
    _finish(items, adjustments, own)
    return PremiumPayment(
        rows[0][2], reading.cents[bpr[2]], receiver, payer, bpr[1], bpr[4], reading.days[bpr[16]], trn[2], tuple(items), tuple(references),
        block.place(0, used, segments), reading.trouble(),
    )  # fmt: skip


def _finish(items: list[PremiumItem], adjustments: list[Adjustment], references: list[Reference]) -> None:
    """Give the last item what stood behind it."""
    if items and (adjustments or references):
        items[-1] = items[-1]._replace(adjustments=tuple(adjustments), references=tuple(references))
        adjustments.clear()
        references.clear()
