"""Parts that every set writes alike: names, addresses, dates, references, adjustments."""

from __future__ import annotations

from collections.abc import Iterable

from cleanclaim.documents import Address, Adjustment, DateFact, Party
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.tokens.values import day_text, money_text, rate_text
from cleanclaim.x12.tokens.writer import SegmentWriter


def write_name(out: SegmentWriter, party: Party, entity: str = "", *, tag: str = "NM1") -> None:
    """Write NM1: entity, person or not, name, identifier."""
    out.add(
        tag, entity or party.entity, "1" if party.is_person else "2", party.last_name, party.first_name, party.middle_name, "",
        party.suffix, party.id_qualifier if party.id else "", party.id,
    )  # fmt: skip


def write_address(out: SegmentWriter, address: Address | None) -> None:
    """Write N3 and N4, where an address is known."""
    if address is None:
        return
    if address.line1 or address.line2:
        out.add("N3", address.line1, address.line2)
    if address.city or address.state or address.zip or address.country:
        out.add("N4", address.city, address.state, address.zip, address.country)


def write_references(out: SegmentWriter, party: Party) -> None:
    """Write a party's REFs, its tax number first."""
    if party.tax_id:
        out.add("REF", party.tax_id_qualifier or "EI", party.tax_id)
    for reference in party.references:
        out.add("REF", reference.qualifier, reference.value)


def write_demographics(out: SegmentWriter, party: Party) -> None:
    """Write DMG: birth date and sex."""
    if party.born_on is not None or party.sex:
        out.add("DMG", "D8" if party.born_on else "", day_text(party.born_on) if party.born_on else "", party.sex)


def write_contact(out: SegmentWriter, party: Party, function: str = "IC") -> None:
    """Write PER: whom to call or write to."""
    if party.contact_name or party.phone or party.email:
        ways: list[str] = []
        if party.phone:
            ways += ["TE", party.phone]
        if party.email:
            ways += ["EM", party.email]
        out.add("PER", function, out.free_text(party.contact_name, 60), *ways)


def write_date(out: SegmentWriter, fact: DateFact, *, tag: str = "DTP", always_range: bool = False) -> None:
    """Write DTP in the format that the fact needs: D8, RD8, DT (day and time) or TM."""
    if fact.first is None:
        if not fact.time:
            raise Refused(f"A date with qualifier {fact.qualifier} has neither a day nor a time.")
        out.add(tag, fact.qualifier, "TM", fact.time)
    elif fact.time:
        out.add(tag, fact.qualifier, "DT", day_text(fact.first) + fact.time)
    elif fact.last is not None or always_range:
        out.add(tag, fact.qualifier, "RD8", f"{day_text(fact.first)}-{day_text(fact.last or fact.first)}")
    else:
        out.add(tag, fact.qualifier, "D8", day_text(fact.first))


def write_adjustments(out: SegmentWriter, adjustments: Iterable[Adjustment]) -> None:
    """Write CAS: one segment per group code, six adjustments each, more segments when there are more."""
    groups: dict[str, list[Adjustment]] = {}
    for adjustment in adjustments:
        groups.setdefault(adjustment.group, []).append(adjustment)
    for group, members in groups.items():
        for start in range(0, len(members), 6):
            elements: list[str] = []
            for member in members[start : start + 6]:
                elements += [
                    member.reason,
                    money_text(member.cents),
                    rate_text(member.quantity) if member.quantity is not None else "",
                ]
            out.add("CAS", group, *elements)
