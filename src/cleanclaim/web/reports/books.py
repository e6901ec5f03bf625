"""The books on screen: balances on any day, entries, closing a period with its proof, `ledger verify`."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import Refused
from cleanclaim.ledger import Account
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.journal import ledgers
from cleanclaim.practice.journal.actions import close_period
from cleanclaim.practice.workflow.proof import verify
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField, DeskForm
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.periods import day_of
from cleanclaim.web.reports.desk_tabs import report_tabs
from cleanclaim.web.templatetags.desk import account_name
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")
_PAGE: Final = 200


@for_roles(*DESK)
def balances(request: HttpRequest) -> HttpResponse:
    """Show every account as it stood on a day, beside another day where one is named."""
    by = actor_of(request)
    day = day_of(request.GET.get("day", "")) or by.today
    other = day_of(request.GET.get("other", ""))
    then = dict(ledgers.trial_balance(by.practice_id, as_of=other)) if other else {}
    now = dict(ledgers.trial_balance(by.practice_id, as_of=day))
    rows = [
        (account, now.get(account, 0), then.get(account, 0))
        for account in sorted({*now, *then}, key=_place)
        if now.get(account) or then.get(account)
    ]
    wanted = wanted_table(request)
    if wanted:
        table = [(account_name(account), account, cents) for account, cents, _ in rows]
        return table_answer(wanted, ("name", "account", "balance_cents"), table, name=f"balances-{day}", title="Balances")
    facts = {
        "rows": [(account, cents, before, cents - before) for account, cents, before in rows], "day": day, "other": other, "tabs": report_tabs("report-balances"),
        "debits": sum(cents for _, cents, _ in rows if cents > 0), "credits": -sum(cents for _, cents, _ in rows if cents < 0),
    }  # fmt: skip
    return render(request, "reports/balances.html", facts)


def _place(account: str) -> int:
    order = [item.value for item in Account]
    return order.index(account) if account in order else len(order)


@for_roles(*DESK)
def entries(request: HttpRequest) -> HttpResponse:
    """Show entries leg by leg, narrowed by account, claim, patient, payer and days."""
    by = actor_of(request)
    narrowed = {name: request.GET.get(name, "").strip() for name in ("account", "claim", "patient", "payer")}
    if narrowed["claim"] and not narrowed["claim"].startswith("clm_"):
        narrowed["claim"] = claims.claim_numbered(by.practice_id, narrowed["claim"]).public_id
    first, last = day_of(request.GET.get("first", "")), day_of(request.GET.get("last", ""))
    page = request.GET.get("page", "0")
    start = int(page) * _PAGE if page.isdecimal() and len(page) < 6 else 0
    wanted = wanted_table(request)
    rows = ledgers.ledger_rows(
        by.practice_id, **narrowed, first=first, last=last, start=0 if wanted else start, size=100_000 if wanted else _PAGE + 1
    )
    if wanted:
        names = ("entry", "on", "kind", "source", "what", "account", "claim", "line", "group", "reason", "amount_cents")
        return table_answer(
            wanted, names, [(row.entry, row.on.isoformat(), *row[2:]) for row in rows], name="entries", title="Entries"
        )
    kept = request.GET.copy()
    kept.pop("page", None)
    facts = {
        "rows": rows[:_PAGE], "narrowed": narrowed, "first": first, "last": last, "accounts": [(item.value, account_name(item.value)) for item in Account],
        "query": kept.urlencode(), "following": start // _PAGE + 1 if len(rows) > _PAGE else None, "tabs": report_tabs("report-entries"),
        "number": _number(by, narrowed["claim"]),
    }  # fmt: skip
    return render(request, "reports/entries.html", facts)


def _number(by: Actor, claim_id: str) -> str:
    return str(claims.claim(by.practice_id, claim_id).patient_control_number) if claim_id else ""


class CloseForm(DeskForm):
    """The last day that closes."""

    last = DayField(label="Close every day up to and with")
    understood = forms.BooleanField(label="Nothing can be posted to these days again")


def _close(by: Actor, _subject: Any, given: Given) -> str:
    if given["last"] >= by.today:
        raise Refused("Only days that are over are closed.")
    proof = verify(by.practice_id)
    broken = [name for name, count in proof.invariants if count]
    if broken:
        raise Refused(f"The books do not prove: {broken[0]}. Nothing was closed.")
    period = close_period(last=given["last"], by=by)
    return f"The books are closed up to {period.last:%m/%d/%Y}: {proof.entries} entries, every invariant holds."


WORKS: Final = {
    "close": Work("Close a period", _close, CloseForm, roles=("manager",), button="Prove the books and close", ask="Close these days for good?",
                  says="The whole ledger is proved first; it closes only when every invariant holds."),
}  # fmt: skip


@for_roles(*DESK)
def closing(request: HttpRequest) -> HttpResponse:
    """Show the closed periods."""
    return _closing(request)


def _closing(request: HttpRequest, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    works = shown(by, WORKS, None, lambda how: reverse("report-close", args=[how]), asked)
    facts = {"periods": ledgers.closed_periods(by.practice_id), "works": works, "tabs": report_tabs("report-closing")}
    return render(request, "reports/closing.html", facts)


@for_roles("manager")
@require_POST
def close(request: HttpRequest, how: str) -> HttpResponse:
    """Prove the books and close a period."""
    return attempt(request, how, WORKS, None, show=lambda asked: _closing(request, asked), back=reverse("report-closing"))


@for_roles(*DESK)
def proof(request: HttpRequest) -> HttpResponse:
    """Show `ledger verify`: it runs when it is asked for, since it reads every entry."""
    by = actor_of(request)
    facts: dict[str, Any] = {"tabs": report_tabs("report-proof"), "proof": None}
    if request.GET.get("run"):
        made = verify(by.practice_id)
        facts |= {"proof": made, "broken": sum(1 for _, count in made.invariants if count), "at": by.at}
    return render(request, "reports/proof.html", facts)
