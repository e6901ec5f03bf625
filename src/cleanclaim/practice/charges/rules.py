"""From codes to charges: the practice's own price on the day of service, and what happens when codes change after billing. Pure decisions."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from cleanclaim.kernel.dates import Period
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.kernel.money import Money, Rate

DRUG_UNITS: Final = frozenset({"F2", "GR", "ME", "ML", "UN"})
"""CTP05: international unit, gram, milligram, millilitre, unit."""


class NotPriced(Refused):
    """A visit cannot be charged as it is; `findings` say everything that is in the way."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].says)
        self.findings = findings


class PriceItem(NamedTuple):
    """A price of the charge list: for a code (and modifiers, when they are named) from a day on, in whole cents for one unit.

    A drug names its national drug code, the unit it is measured in and how much of it one billing unit holds.
    """

    system: str
    code: str
    cents: int
    valid_from: date
    valid_to: date | None = None
    modifiers: tuple[str, ...] = ()
    label: str = ""
    national_drug_code: str = ""
    drug_unit: str = ""
    drug_quantity: Rate | None = None


class Service(NamedTuple):
    """A confirmed service that wants its price."""

    system: str
    code: str
    modifiers: tuple[str, ...]
    units: Rate
    pointers: tuple[int, ...]
    served_on: date
    national_drug_code: str = ""
    drug_unit: str = ""
    drug_quantity: Rate | None = None


class PricedLine(NamedTuple):
    """A service with its price: the unit price from the list and the line's charge, in whole cents."""

    service: Service
    unit_cents: int
    cents: int
    label: str = ""


class Pricing(NamedTuple):
    """Every line with its price, and what could not be priced."""

    lines: tuple[PricedLine, ...]
    findings: tuple[Finding, ...]

    @property
    def cents(self) -> int:
        """The visit's charge."""
        return sum(line.cents for line in self.lines)


def price_services(services: tuple[Service, ...], items: tuple[PriceItem, ...]) -> Pricing:
    """Price each service by the list in force on its day.

    The item that names the most of the line's modifiers wins, then the one that began latest. A service without a price is a stop:
    nothing is guessed. The line is unit price times units, half up to the cent.
    """
    lines, found = [], []
    for place, service in enumerate(services, 1):
        item = find_price(service, items)
        if item is None:
            found.append(Finding("CHARGE_NO_PRICE", Severity.STOP, f"line {place}",
                                 f"{service.code} has no price on {service.served_on.isoformat()}: add it to the charge list."))  # fmt: skip
            continue
        if item.cents == 0:
            found.append(Finding("CHARGE_ZERO", Severity.WARN, f"line {place}", f"{service.code} is priced at nothing."))
        if set(service.modifiers) & {"26", "TC"} and not item.modifiers:
            found.append(Finding("CHARGE_GLOBAL_PRICE", Severity.WARN, f"line {place}",
                                 f"{service.code} is billed in part (26 or TC) at the price of the whole."))  # fmt: skip
        filled = _with_drug(service, item)
        found += _check_drug(filled, place)
        lines.append(PricedLine(filled, item.cents, Money(item.cents).times(service.units).cents, item.label))
    return Pricing(tuple(lines), tuple(found))


def find_price(service: Service, items: tuple[PriceItem, ...]) -> PriceItem | None:
    """Return the price in force on the day of service that fits the line's modifiers best; None where the list has none."""
    fitting = [
        item for item in items
        if item.code == service.code and service.served_on in Period(item.valid_from, item.valid_to) and set(item.modifiers) <= set(service.modifiers)
    ]  # fmt: skip
    return max(fitting, key=lambda item: (len(item.modifiers), item.valid_from), default=None)


def _with_drug(service: Service, item: PriceItem) -> Service:
    code = service.national_drug_code or item.national_drug_code
    quantity = service.drug_quantity
    if quantity is None and item.drug_quantity is not None:
        quantity = item.drug_quantity * service.units
    return service._replace(
        national_drug_code=code, drug_unit=service.drug_unit or item.drug_unit, drug_quantity=quantity if code else None
    )


def _check_drug(service: Service, place: int) -> list[Finding]:
    if not service.national_drug_code:
        if re.fullmatch(r"J[0-9]{4}", service.code):
            return [Finding("NDC_MISSING", Severity.WARN, f"line {place}",
                            f"{service.code} is a drug without its national drug code: many payers refuse it.")]  # fmt: skip
        return []
    found = []
    try:
        normal_ndc(service.national_drug_code)
    except InvalidValue as wrong:
        found.append(Finding("NDC_SHAPE", Severity.STOP, f"line {place}", str(wrong)))
    if service.drug_unit not in DRUG_UNITS:
        found.append(Finding("NDC_UNIT", Severity.STOP, f"line {place}", "A drug is measured in F2, GR, ME, ML or UN."))
    if service.drug_quantity is None or service.drug_quantity <= 0:
        found.append(Finding("NDC_QUANTITY", Severity.STOP, f"line {place}", "The quantity of the drug is missing."))
    return found


def normal_ndc(text: str) -> str:
    """Write a national drug code in the eleven digits of a claim (5-4-2) from any of the ways it is printed.

    Ten digits printed 4-4-2, 5-3-2 or 5-4-1 get the zero where it belongs; ten digits without hyphens are refused, since nobody can
    tell where the zero goes. Raises InvalidValue.
    """
    clean = re.sub(r"^NDC:?\s*", "", text.strip(), flags=re.IGNORECASE)
    parts = clean.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        labeler, product, package = parts
        if (len(labeler), len(product), len(package)) in {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)}:
            return labeler.zfill(5) + product.zfill(4) + package.zfill(2)
    bare = re.sub(r"[\s-]", "", clean)
    if re.fullmatch(r"[0-9]{11}", bare):
        return bare
    raise InvalidValue("A national drug code has eleven digits (5-4-2), or ten with its hyphens.")


def line_unit(code: str) -> str:
    """Return the unit of a line's quantity: minutes (MJ) for anaesthesia, units (UN) for everything else (005010X222A1 SV103)."""
    return "MJ" if re.fullmatch(r"0[01][0-9]{3}", code) and "00100" <= code <= "01999" else "UN"


class OldCharge(NamedTuple):
    """A charge as it stands: its id, line and what it charges for."""

    charge_id: str
    line: int
    code: str
    modifiers: tuple[str, ...]
    units: Rate
    pointers: tuple[int, ...]
    cents: int
    served_on: date
    national_drug_code: str = ""


class ChargePlan(NamedTuple):
    """What a new list of priced lines does to the charges of a visit: what stays, what is added, what goes.

    `needs_review` says that a claim has been built of the old ones: the plan waits for a biller, and payments stay where they are.
    """

    kept: tuple[str, ...]
    added: tuple[PricedLine, ...]
    voided: tuple[str, ...]
    needs_review: bool

    @property
    def changes_nothing(self) -> bool:
        """The codes give the charges that stand already."""
        return not self.added and not self.voided


def plan_charges(
    old: tuple[OldCharge, ...], new: tuple[PricedLine, ...], *, is_billed: bool, pointers_matter: bool = True
) -> ChargePlan:
    """Compare the charges that stand with the priced lines of the codes as they are now. A line that is the same keeps its charge."""
    left = list(old)
    kept, added = [], []
    for line in new:
        same = next((charge for charge in left if _same(charge, line, pointers_matter=pointers_matter)), None)
        if same is None:
            added.append(line)
        else:
            left.remove(same)
            kept.append(same.charge_id)
    plan = ChargePlan(tuple(kept), tuple(added), tuple(charge.charge_id for charge in left), needs_review=False)
    return plan._replace(needs_review=is_billed and not plan.changes_nothing)


def _same(charge: OldCharge, line: PricedLine, *, pointers_matter: bool) -> bool:
    service = line.service
    return (
        (charge.code, charge.served_on, charge.units, charge.cents) == (service.code, service.served_on, service.units, line.cents)
        and charge.modifiers == service.modifiers
        and (not pointers_matter or charge.pointers == service.pointers)
        and charge.national_drug_code == service.national_drug_code
    )


def review_says(plan: ChargePlan) -> str:
    """Say what waits for the biller, in one sentence."""
    parts = []
    if plan.added:
        parts.append(f"{len(plan.added)} to add ({', '.join(line.service.code for line in plan.added)})")
    if plan.voided:
        parts.append(f"{len(plan.voided)} to take back")
    return f"The codes changed after the claim was built: {' and '.join(parts)}. The claim stays as it is until this is decided."


class PriceChange(NamedTuple):
    """A row of an imported charge list against the one in force: new, changed (old and new cents), or the same."""

    code: str
    modifiers: tuple[str, ...]
    what: str
    old_cents: int | None
    new_cents: int


def compare_prices(old: tuple[PriceItem, ...], new: tuple[PriceItem, ...]) -> tuple[PriceChange, ...]:
    """Say what an imported list changes, code by code, before it is taken over."""
    before = {(item.code, item.modifiers): item.cents for item in old}
    changes = []
    for item in new:
        was = before.get((item.code, item.modifiers))
        what = "new" if was is None else "same" if was == item.cents else "changed"
        changes.append(PriceChange(item.code, item.modifiers, what, was, item.cents))
    return tuple(changes)
