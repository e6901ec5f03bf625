"""The practice's own prices: the list in force, single prices, and a new list from a file that is tried before it is taken over."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.practice.charges import queries
from cleanclaim.practice.charges.price_lists import ImportedList, import_charge_list, set_price
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.access import for_roles
from cleanclaim.web.charges.views import charge_tabs
from cleanclaim.web.desk_forms import DayField, DeskForm, MoneyField
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.periods import day_of
from cleanclaim.web.work import Asked, Elsewhere, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor", "front_desk", "coder")
_SHOWN: Final = 300


class PriceForm(DeskForm):
    """One price."""

    code = forms.CharField(max_length=10)
    modifiers = forms.CharField(max_length=11, required=False)
    amount = MoneyField(label="Price of one unit")
    label = forms.CharField(label="Our own name for it", max_length=120, required=False)
    valid_from = DayField(label="From")

    def prepare(self) -> None:
        """Today unless told otherwise."""
        self.fields["valid_from"].initial = self.by.today


class ImportForm(DeskForm):
    """A list from a file."""

    file = forms.FileField(label="CSV with code and price")
    name = forms.CharField(max_length=80)
    valid_from = DayField(label="In force from")
    is_trial = forms.BooleanField(label="Only try it: say what would change", required=False, initial=True)


def _set(by: Actor, _subject: Any, given: Given) -> str:
    modifiers = tuple(given["modifiers"].upper().replace(",", " ").split())
    set_price(
        code=given["code"], cents=given["amount"], modifiers=modifiers, label=given["label"], valid_from=given["valid_from"], by=by
    )
    return f"{given['code'].upper()} costs the new price from {given['valid_from']:%m/%d/%Y}; visits charged before keep theirs."


class Tried(Refused):
    """A list was only tried: the page shows what it would change."""

    def __init__(self, found: ImportedList) -> None:
        super().__init__("This was a trial: nothing was changed.")
        self.found = found


def _import(by: Actor, _subject: Any, given: Given) -> str:
    content = given["file"].read()
    if len(content) > 50 * 1024 * 1024:
        raise InvalidValue("The file is larger than 50 MB.")
    made = import_charge_list(
        content=content, name=given["name"], valid_from=given["valid_from"], is_trial=given["is_trial"], by=by
    )
    if made.errors or given["is_trial"]:
        raise Tried(made)
    return (
        "This list is in force already."
        if made.is_repeat
        else f"The list is in force from {given['valid_from']:%m/%d/%Y}; {len(made.changes)} prices."
    )


WORKS: Final = {
    "import": Work(
        "A new list from a file", _import, ImportForm, button="Go", says="One bad row refuses the file, and every bad row is named."
    ),
    "set": Work("Set one price", _set, PriceForm, button="Set it"),
}


@for_roles(*DESK)
def page(request: HttpRequest) -> HttpResponse:
    """Show the list in force on a day, narrowed by code or name."""
    return _show(request)


def _show(request: HttpRequest, asked: Asked | None = None, tried: ImportedList | None = None) -> HttpResponse:
    by = actor_of(request)
    day = day_of(request.GET.get("day", "")) or by.today
    words = request.GET.get("q", "").strip().lower()
    listed = queries.lists_on(by.practice_id, day).first()
    items = [
        item for item in queries.prices_on(by.practice_id, day)
        if item.valid_from <= day and (item.valid_to is None or day <= item.valid_to) and (not words or words in f"{item.code} {item.label}".lower())
    ]  # fmt: skip
    wanted = wanted_table(request)
    if wanted:
        table = [(item.code, " ".join(item.modifiers), item.cents, item.label, item.valid_from.isoformat()) for item in items]
        return table_answer(
            wanted, ("code", "modifiers", "price_cents", "label", "valid_from"), table, name=f"prices-{day}", title="Prices"
        )
    changes = [change for change in (tried.changes if tried else ()) if change.what != "same"]
    facts = {
        "items": items[:_SHOWN], "count": len(items), "listed": listed, "lists": queries.charge_lists(by.practice_id), "day": day, "q": request.GET.get("q", ""),
        "tabs": charge_tabs(by, "prices"), "works": shown(by, WORKS, None, lambda how: reverse("price-act", args=[how]), asked),
        "tried": tried, "changes": changes[:_SHOWN], "change_count": len(changes),
    }  # fmt: skip
    return render(request, "charges/prices.html", facts)


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, how: str) -> HttpResponse:
    """Set a price, or take a list over."""
    found: list[ImportedList] = []
    works = dict(WORKS)
    imported = works["import"]

    def do(by: Actor, subject: Any, given: Given) -> str | Elsewhere:
        try:
            return imported.do(by, subject, given)
        except Tried as trial:
            found.append(trial.found)
            raise

    works["import"] = Work(imported.title, do, imported.form, button=imported.button, says=imported.says)
    answer = attempt(
        request, how, works, None, show=lambda asked: _show(request, asked, found[0] if found else None), back=reverse("prices")
    )
    if found and not found[0].errors:
        answer.status_code = 200  # a trial that read well is no refusal
    return answer
