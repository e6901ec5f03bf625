"""Money, icons and badges in templates: `{% load desk %}`."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cleanclaim.kernel.money import Money

register = template.Library()
_ICONS = Path(__file__).resolve().parents[1] / "icons"
_COLOURS = {
    "ready": "green", "paid": "green", "accepted": "green", "closed": "green", "active": "green", "completed": "green", "signed": "green",
    "look": "yellow", "held": "orange", "pended": "yellow", "partly_paid": "yellow", "hint": "secondary", "built": "secondary",
    "sent": "blue", "booked": "blue", "arrived": "azure", "coded": "cyan", "charged": "teal", "denied": "red", "rejected": "red", "stop": "red",
    "warn": "yellow", "info": "blue", "open": "blue", "voided": "secondary", "cancelled": "secondary", "no_show": "orange", "appealed": "purple",
    "billed": "green", "exception": "red", "posted": "green", "new": "azure",
}  # fmt: skip


@register.filter
def dollars(cents: int | None) -> str:
    """Whole cents as `$1,234.50`; nothing for None."""
    return "" if cents is None else format(Money(int(cents)), "$")


@register.filter
def words(value: object) -> str:
    """`partly_paid` as `partly paid`."""
    return str(value).replace("_", " ").replace("-", " ")


@register.filter
def us_date(day: date | None) -> str:
    """A date as Americans read it: 11/22/2026."""
    return f"{day:%m/%d/%Y}" if day else ""


@register.filter
def badge(state: object) -> SafeString:
    """A state as a coloured badge; the words stand in it, so colour is never the only sign."""
    text = str(state)
    return format_html('<span class="badge bg-{}-lt">{}</span>', _COLOURS.get(text.lower(), "secondary"), words(text))


_ACCOUNTS = {
    "receivable:insurance": "Insurance owes", "receivable:patient": "Patients owe", "receivable:collections": "With collections",
    "receivable:payer-recoupment": "To be settled with the payer", "cash": "Cash", "cash:card-clearing": "Cards, not yet at the bank",
    "liability:unapplied-patient": "Patients' credit", "liability:unapplied-insurance": "Unposted insurance money",
    "liability:refunds-due-patient": "Refunds due to patients", "liability:refunds-due-payer": "Refunds due to payers",
    "liability:forward-balance": "Carried forward by payers", "revenue:services": "Charges", "revenue:capitation": "Capitation income",
    "revenue:interest": "Interest income", "revenue:fees": "Fee income", "adjustment:contractual": "Contractual write-off",
    "adjustment:capitation": "Capitation write-off", "adjustment:bad-debt": "Bad debt", "adjustment:charity": "Charity",
    "adjustment:small-balance": "Small balances", "adjustment:denial": "Denial write-off", "adjustment:timely-filing": "Filed too late",
    "adjustment:sequestration": "Sequestration", "adjustment:other": "Other write-off", "expense:provider-level": "Provider-level adjustments",
    "expense:levy": "Levies", "receivable:tax-withheld": "Tax withheld", "expense:nonreimbursable": "Not reimbursable", "expense:penalty": "Penalties",
    "revenue:incentives": "Incentives", "revenue:passed-on": "Passed-on costs", "revenue:settlement": "Settlements", "equity:opening": "Opening balance",
    "expense:chargeback-fees": "Fees for returned payments",
}  # fmt: skip


@register.filter
def account_name(account: object) -> str:
    """An account of the books in plain words."""
    return _ACCOUNTS.get(str(account), words(account))


@register.filter
def split(text: str) -> list[str]:
    """A text's words one by one."""
    return text.split()


@register.filter
def negated(cents: int) -> int:
    """An amount with its sign turned."""
    return -int(cents)


@register.filter
def column(name: object) -> str:
    """A column's name as a heading: `charge_cents` as `Charge`."""
    return words(str(name).removesuffix("_cents")).capitalize()


@register.filter
def shown(value: object) -> object:
    """A value of a table: a day as Americans read it, everything else as it is."""
    return us_date(value) if isinstance(value, date) else value


@register.filter
def percent(share: float | None) -> str:
    """A share of one as a percentage."""
    return "" if share is None else f"{share * 100:.0f} %"


@cache
def _svg(name: str) -> str:
    return (_ICONS / f"{name}.svg").read_text(encoding="utf-8").replace("<svg ", '<svg aria-hidden="true" ', 1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of our icons, inline."""
    return mark_safe(_svg(name))  # noqa: S308 - our own file
