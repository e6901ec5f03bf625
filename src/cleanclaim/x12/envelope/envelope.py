"""The envelope of a file that we send, and its writer: ISA, GS, ST and their trailers with every count computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from cleanclaim.documents import Party
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.tokens.delimiters import DEFAULT, Delimiters
from cleanclaim.x12.tokens.writer import SegmentWriter


class Envelope(NamedTuple):
    """Who sends to whom, when, and under which control numbers.

    The host allocates the numbers and keeps them: `interchange_control_number` for the ISA, `group_control_number` for the first GS and
    `transaction_control_number` for the first ST; further groups and transactions of the same file count on from there. `usage` is T
    (test) or P (production). `submitter` and `receiver` are the parties of loops 1000A and 1000B; without them the ids stand in.
    """

    sender_id: str
    receiver_id: str
    instant: datetime
    interchange_control_number: int = 1
    group_control_number: int = 1
    transaction_control_number: int = 1
    usage: str = "T"
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    submitter: Party | None = None
    receiver: Party | None = None
    group_sender: str = ""
    group_receiver: str = ""
    acknowledgement_requested: bool = False
    reference: str = ""
    delimiters: Delimiters = DEFAULT
    line_break: str = ""


class Transaction(NamedTuple):
    """One ST to be written: its set (837), guide (005010X222A1) and a body that adds the segments between ST and SE."""

    set_id: str
    guide: str
    body: Callable[[SegmentWriter, str], None]
    names_guide: bool = True


class Group(NamedTuple):
    """One GS to be written: its functional id (HC) and its transactions, all of one guide."""

    functional_id: str
    guide: str
    transactions: Iterable[Transaction]


def write_interchange(
    groups: Iterable[Group], envelope: Envelope, *, before_groups: Callable[[SegmentWriter], None] | None = None
) -> bytes:
    """Write one interchange with its groups. Raises Refused for ids that an ISA cannot hold or data that carries a delimiter."""
    writer = SegmentWriter(envelope.delimiters)
    _open(writer, envelope)
    if before_groups is not None:
        before_groups(writer)
    group_count = 0
    control = envelope.transaction_control_number
    for group in groups:
        number = envelope.group_control_number + group_count
        group_count += 1
        writer.add(
            "GS", group.functional_id, envelope.group_sender or envelope.sender_id, envelope.group_receiver or envelope.receiver_id,
            envelope.instant.strftime("%Y%m%d"), envelope.instant.strftime("%H%M"), str(number), "X", group.guide,
        )  # fmt: skip
        transaction_count = 0
        for transaction in group.transactions:
            started = len(writer.segments)
            reference = f"{control:04d}"
            writer.add("ST", transaction.set_id, reference, transaction.guide if transaction.names_guide else "")
            transaction.body(writer, reference)
            writer.add("SE", str(len(writer.segments) - started + 1), reference)
            control += 1
            transaction_count += 1
        writer.add("GE", str(transaction_count), str(number))
    writer.add("IEA", str(group_count), f"{envelope.interchange_control_number:09d}")
    end = envelope.delimiters.segment + envelope.line_break
    return (end.join(writer.segments) + end).encode("ascii")


def _open(writer: SegmentWriter, envelope: Envelope) -> None:
    delimiters = envelope.delimiters
    if not 0 < envelope.interchange_control_number <= 999_999_999 or not 0 < envelope.group_control_number <= 999_999_999:
        raise Refused("A control number lies between 1 and 999999999.")
    if envelope.usage not in {"T", "P"}:
        raise Refused("The usage of an interchange is T (test) or P (production).")
    for name in (envelope.sender_id, envelope.receiver_id):
        if not 0 < len(name) <= 15 or not name.isascii() or delimiters.clash(name):
            raise Refused("An interchange id has 1 to 15 plain characters and no delimiter.")
    if len({delimiters.element, delimiters.component, delimiters.segment, delimiters.repetition}) < 4:
        raise Refused("The four delimiters of an interchange must differ.")
    if len(envelope.sender_qualifier) != 2 or len(envelope.receiver_qualifier) != 2:
        raise Refused("The qualifier of an interchange id has two characters.")
    writer.segments.append(
        delimiters.element.join((
            "ISA", "00", " " * 10, "00", " " * 10, envelope.sender_qualifier, envelope.sender_id.ljust(15), envelope.receiver_qualifier,
            envelope.receiver_id.ljust(15), envelope.instant.strftime("%y%m%d"), envelope.instant.strftime("%H%M"), delimiters.repetition,
            "00501", f"{envelope.interchange_control_number:09d}", "1" if envelope.acknowledgement_requested else "0", envelope.usage,
            delimiters.component,
        ))
    )  # fmt: skip
