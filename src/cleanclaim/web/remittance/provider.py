"""The provider-level account: what payers move outside claims (PLB), by payer and reference, down to each amount."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.remittance import queries
from cleanclaim.web.access import for_roles
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.reasons import PROVIDER_LEVEL
from cleanclaim.web.remittance.desk_tabs import payment_tabs

DESK = ("biller", "manager", "auditor")


@for_roles(*DESK)
def page(request: HttpRequest) -> HttpResponse:
    """Show what is open with each payer outside claims; `?payer=&reference=&account=` shows the amounts behind one balance."""
    by = actor_of(request)
    payer, account = request.GET.get("payer", ""), request.GET.get("account", "")
    reference = request.GET.get("reference")
    items = queries.provider_items(by.practice_id, payer=payer, reference=reference, account=account)
    wanted = wanted_table(request)
    if wanted:
        names = ("posted_on", "payer", "trace_number", "reason", "reference", "amount_cents", "account", "claim")
        rows = [
            (item.remittance.posted_on.isoformat(), item.payer.name, item.remittance.trace_number, item.reason, item.reference,
             item.amount_cents, item.account, item.claim)
            for item in items
        ]  # fmt: skip
        return table_answer(wanted, names, rows, name="outside-claims", title="Outside claims")
    facts = {
        "balances": queries.provider_ledger(by.practice_id), "items": [(item, PROVIDER_LEVEL.get(item.reason, "")) for item in items],
        "narrowed": bool(payer or account or reference is not None), "query": request.GET.urlencode(), "tabs": payment_tabs(by, "provider-level"),
    }  # fmt: skip
    return render(request, "remittance/provider.html", facts)
