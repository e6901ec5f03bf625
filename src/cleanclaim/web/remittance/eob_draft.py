"""A paper EOB while it is typed: the check, its claims line by line, what stands outside claims; by how much it is out. Pure but for claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from cleanclaim.documents import (
    Adjustment,
    ClaimPayment,
    Party,
    ProviderAdjustment,
    RemittanceAdvice,
    RemittanceHeader,
    ServicePayment,
)
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money
from cleanclaim.practice.claims.models import Claim, ClaimLine
from cleanclaim.practice.remittance.days import plausible_on
from cleanclaim.web.desk_forms import cents_of
from cleanclaim.web.numbers import day_in, read_day

CAS_PER_LINE: Final = 3
PROVIDER_ROWS: Final = 3
_MOST_CLAIMS: Final = 40
STATUSES: Final = (
    ("1", "as primary"),
    ("2", "as secondary"),
    ("3", "as tertiary"),
    ("4", "denied"),
    ("22", "takes back (reversal)"),
)


@dataclass
class AdjustmentDraft:
    """One adjustment as typed; `name` is the start of its fields' names."""

    name: str
    group: str = ""
    reason: str = ""
    amount: str = ""


@dataclass
class LineDraft:
    """One line of a claim as typed."""

    name: str
    line: ClaimLine
    paid: str = ""
    remarks: str = ""
    adjustments: list[AdjustmentDraft] = field(default_factory=list)


@dataclass
class ClaimDraft:
    """One claim of the EOB as typed."""

    place: int
    claim: Claim
    status: str = "1"
    payer_number: str = ""
    lines: list[LineDraft] = field(default_factory=list)
    whole: list[AdjustmentDraft] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The start of its fields' names."""
        return f"c{self.place}"


@dataclass
class EobDraft:
    """Everything typed so far."""

    payer: str = ""
    trace: str = ""
    method: str = "CHK"
    paid_on: str = ""
    paid: str = ""
    claims: list[ClaimDraft] = field(default_factory=list)
    provider: list[AdjustmentDraft] = field(default_factory=list)

    @property
    def is_dated(self) -> bool:
        """Tell whether the day can be shown as one; anything else stays visible as it was typed."""
        return not self.paid_on or day_in(self.paid_on) is not None


@dataclass(frozen=True)
class Balance:
    """By how much something is out: 0 ties; None cannot be told yet."""

    name: str
    says: str
    out_by_cents: int | None


def numbers_in(given: Mapping[str, str]) -> list[str]:
    """Return the claim numbers that are on the EOB, in order."""
    return [given[f"c{place}-number"] for place in range(_MOST_CLAIMS) if given.get(f"c{place}-number")]


def draft_from(given: Mapping[str, str], claims: list[tuple[Claim, list[ClaimLine]]]) -> EobDraft:
    """Read what was typed; `claims` are the claims of `numbers_in`, in that order, each with its lines."""
    draft = EobDraft(**{name: given.get(name, "").strip() for name in ("payer", "trace", "method", "paid_on", "paid")})  # type: ignore[arg-type]
    day = day_in(draft.paid_on)
    draft.paid_on = day.isoformat() if day else draft.paid_on
    places = [place for place in range(_MOST_CLAIMS) if given.get(f"c{place}-number")]
    for new, (old, (claim, lines)) in enumerate(zip(places, claims, strict=False)):
        made = ClaimDraft(new, claim, given.get(f"c{old}-status", "1"), given.get(f"c{old}-icn", "").strip())
        for line in lines:
            if line.number:
                start = f"c{old}-l{line.number}"
                typed = LineDraft(
                    f"c{new}-l{line.number}",
                    line,
                    given.get(f"{start}-paid", "").strip(),
                    given.get(f"{start}-remarks", "").strip(),
                )
                typed.adjustments = _adjustments(given, start, typed.name, CAS_PER_LINE)
                made.lines.append(typed)
        made.whole = _adjustments(given, f"c{old}-w", f"c{new}-w", 1)
        draft.claims.append(made)
    draft.provider = _adjustments(given, "p", "p", PROVIDER_ROWS)
    return draft


def _adjustments(given: Mapping[str, str], old: str, new: str, count: int) -> list[AdjustmentDraft]:
    return [
        AdjustmentDraft(
            f"{new}-{place}", *(given.get(f"{old}-{place}-{part}", "").strip() for part in ("group", "reason", "amount"))
        )
        for place in range(count)
    ]


def _cents(text: str, where: str) -> int:
    plain = text.replace("$", "").replace(",", "").strip()
    if not plain:
        return 0
    return cents_of(plain, lambda says: InvalidValue(f"{where}: {says}"))


def _cas(rows: list[AdjustmentDraft], where: str) -> tuple[Adjustment, ...]:
    made = []
    for row in rows:
        cents = _cents(row.amount, where)
        if not cents and not row.reason:
            continue
        if not row.reason:
            raise InvalidValue(f"{where}: an adjustment of {Money(cents):$} has no reason number.")
        if not cents:
            raise InvalidValue(f"{where}: the adjustment {row.reason} has no amount.")
        made.append(Adjustment(row.group or "CO", row.reason.upper(), cents))
    return tuple(made)


def payment_of(typed: ClaimDraft) -> ClaimPayment:
    """Return a typed claim as an answer. Raises InvalidValue with the line and what is wrong on it."""
    sign = -1 if typed.status == "22" else 1
    lines = []
    name = f"Claim {typed.claim.patient_control_number}"
    for row in typed.lines:
        where = f"{name}, line {row.line.number}"
        lines.append(
            ServicePayment(
                row.line.procedure, sign * row.line.charge_cents, _cents(row.paid, where),
                modifiers=tuple(row.line.modifiers.split(":")) if row.line.modifiers else (), revenue_code=row.line.revenue_code,
                served_on=row.line.served_on, adjustments=_cas(row.adjustments, where), line_control_number=row.line.control_number or str(row.line.number),
                remarks=tuple(remark.upper() for remark in row.remarks.replace(",", " ").split())[:5],
            )
        )  # fmt: skip
    whole = _cas(typed.whole, f"{name}, whole claim")
    owed = sum(item.cents for item in (*whole, *(part for line in lines for part in line.adjustments)) if item.group == "PR")
    return ClaimPayment(
        typed.claim.patient_control_number, typed.status, sign * sum(row.line.charge_cents for row in typed.lines),
        sum(line.paid_cents for line in lines), owed, payer_claim_control_number=typed.payer_number, adjustments=whole, lines=tuple(lines),
    )  # fmt: skip


def balances_of(draft: EobDraft) -> list[Balance]:
    """Say for each claim and for the check by how much it is out: charge less adjustments is the payment; claims less the rest is the check."""
    made: list[Balance] = []
    total = 0
    is_whole = True
    for typed in draft.claims:
        name = f"Claim {typed.claim.patient_control_number}"
        try:
            payment = payment_of(typed)
        except InvalidValue as wrong:
            made.append(Balance(name, str(wrong), None))
            is_whole = False
            continue
        total += payment.paid_cents
        faults = [
            f"line {number}" for number, line in enumerate(payment.lines, 1)
            if line.charge_cents - line.paid_cents - sum(item.cents for item in line.adjustments)
        ]  # fmt: skip
        adjusted = sum(item.cents for item in payment.adjustments) + sum(
            item.cents for line in payment.lines for item in line.adjustments
        )
        says = f"charge {Money(payment.charge_cents):$} less adjustments {Money(adjusted):$} against payment {Money(payment.paid_cents):$}"
        made.append(
            Balance(
                name,
                says + (f"; look at {', '.join(faults)}" if faults else ""),
                payment.charge_cents - adjusted - payment.paid_cents,
            )
        )
    try:
        provider = sum(_cents(row.amount, "Outside claims") for row in draft.provider)
        check = _cents(draft.paid, "Check amount")
    except InvalidValue as wrong:
        return [*made, Balance("Check", str(wrong), None)]
    says = f"claims {Money(total):$} less {Money(provider):$} outside claims against the check {Money(check):$}"
    is_begun = bool(draft.claims or provider or draft.paid)
    return [*made, Balance("Check", says, total - provider - check if is_whole and is_begun else None)]


def advice_of(draft: EobDraft, *, payer: Party, payee: Party, on: date) -> RemittanceAdvice:
    """Return the EOB as the remittance that it is. Raises InvalidValue with the sentence of what is missing or unreadable."""
    if not draft.claims and not any(row.amount for row in draft.provider):
        raise InvalidValue("The EOB names no claim yet: add one by its number.")
    if not draft.trace:
        raise InvalidValue("Type the number of the check or transfer: it keeps the EOB from posting twice.")
    if not draft.paid:
        raise InvalidValue("Type the amount of the check; 0.00 when nothing was paid.")
    paid_on = read_day(draft.paid_on) if draft.paid_on else on
    if not plausible_on(on).holds(paid_on):
        raise InvalidValue(f"The check is dated {paid_on:%m/%d/%Y}: no check of today is. Look at the year.")
    cents = _cents(draft.paid, "Check amount")
    provider = []
    for row in draft.provider:
        amount = _cents(row.amount, "Outside claims")
        if amount:
            if not row.reason:
                raise InvalidValue("An amount outside claims has no reason (WO, FB, 72, L6 ...).")
            provider.append(ProviderAdjustment(payee.id, date(paid_on.year, 12, 31), row.reason.upper(), row.group, amount))
    method = draft.method if cents else "NON"
    header = RemittanceHeader(
        "0001", cents, payer, payee, method=method, paid_on=paid_on, trace_number=draft.trace, produced_on=paid_on
    )
    return RemittanceAdvice(header, tuple(payment_of(typed) for typed in draft.claims), tuple(provider))
