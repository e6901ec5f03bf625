"""Payers: their clocks, names and contracts; lines that were paid otherwise than agreed."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.connections import queries as connections
from cleanclaim.practice.denials.variances import variances
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers import actions, queries
from cleanclaim.practice.payers.models import Payer
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField, DeskForm
from cleanclaim.web.downloads import table_answer, wanted_table
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in
from cleanclaim.web.payers.terms_form import in_words, listed_rates, terms_of
from cleanclaim.web.periods import period_of
from cleanclaim.web.tabs import Tab, tabs
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")
METHODS: Final = (
    ("fee_schedule", "Agreed amounts"),
    ("percent_of_medicare", "Percent of Medicare"),
    ("percent_of_charge", "Percent of the charge"),
)


def payer_tabs(current: str) -> list[Tab]:
    """Return the views of the desk."""
    return tabs(
        (
            ("Payers", reverse("payers")),
            ("Paid otherwise than agreed", reverse("variances")),
            ("Refunds and credits", reverse("refunds")),
        ),
        reverse(current),
    )


class PayerForm(DeskForm):
    """A payer."""

    name = forms.CharField(max_length=120)
    payer_id = forms.CharField(label="Payer id", max_length=80)
    kind = forms.ChoiceField(choices=[("", "By the filing code"), *Payer.Kind.choices], required=False)
    claim_filing = forms.CharField(label="Filing code (SBR09)", max_length=2, initial="CI")


class ClocksForm(DeskForm):
    """How long one waits for a payer."""

    timely_filing_days = forms.IntegerField(label="Days to file a claim", min_value=1, max_value=3650)
    corrected_claim_days = forms.IntegerField(label="Days to correct one", min_value=1, max_value=3650)
    no_answer_days = forms.IntegerField(label="Days until silence is odd", min_value=1, max_value=365)
    appeal_days = forms.CharField(label="Days to appeal, level by level", max_length=60)
    takes_crossover = forms.BooleanField(label="Gets claims on from the payer before it", required=False)
    is_capitated = forms.BooleanField(label="Pays a monthly fee per member", required=False)
    is_active = forms.BooleanField(label="In use", required=False)

    def prepare(self) -> None:
        """Begin with what stands there."""
        for name, field in self.fields.items():
            field.initial = (
                " ".join(str(days) for days in self.subject.appeal_days) if name == "appeal_days" else getattr(self.subject, name)
            )


class NameForm(DeskForm):
    """Another name."""

    value = forms.CharField(label="Name or number on its remittances", max_length=120)


class PartnerForm(DeskForm):
    """Through whom its files travel."""

    partner = forms.ChoiceField(label="Connection", required=False)

    def prepare(self) -> None:
        """Offer the practice's partners."""
        rows = connections.partners(self.by.practice_id)
        self.offer("partner", [("", "The practice's only one"), *((row.public_id, row.name) for row in rows)])
        self.fields["partner"].initial = self.subject.partner.public_id if self.subject.partner else ""


class ContractForm(DeskForm):
    """What was agreed, from a day on."""

    name = forms.CharField(max_length=120)
    valid_from = DayField(label="First day")
    method = forms.ChoiceField(choices=METHODS)
    percent = forms.CharField(
        label="Percent",
        max_length=8,
        required=False,
        help_text="Of Medicare or of the charge; with agreed amounts: of the charge for what is not listed.",
    )
    rates = forms.CharField(
        label="Agreed amounts",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "99213 92.50\n71046-26 12.00"}),
    )
    carrier = forms.CharField(label="Medicare carrier, if another", max_length=10, required=False)
    locality = forms.CharField(label="Medicare locality", max_length=4, required=False)
    lesser_of_charge = forms.BooleanField(label="Never more than the charge", required=False, initial=True)
    multiple_procedures = forms.BooleanField(label="Further procedures of a day are reduced", required=False)

    def prepare(self) -> None:
        """Today unless told otherwise."""
        self.fields["valid_from"].initial = self.by.today.replace(day=1)


def _add(by: Actor, _subject: Any, given: Given) -> str:
    made = actions.add_payer(
        name=given["name"], payer_id=given["payer_id"], kind=given["kind"], claim_filing=given["claim_filing"].upper(), by=by
    )
    return f"{made.name} is recorded."


def _clocks(by: Actor, payer: Payer, given: Given) -> str:
    days = [number_in(word) for word in given["appeal_days"].replace(",", " ").split()]
    if None in days:
        raise InvalidValue("The days to appeal are numbers, one for each level: 180 60.")
    actions.change_appeal_days(payer_id=payer.public_id, days=tuple(count for count in days if count is not None), by=by)
    actions.change_payer(payer_id=payer.public_id, by=by, **{name: value for name, value in given.items() if name != "appeal_days"})
    return "The payer's clocks are set."


def _name(by: Actor, payer: Payer, given: Given) -> str:
    actions.add_payer_name(payer_id=payer.public_id, value=given["value"], by=by)
    return "Remittances under this name are the payer's from now on."


def _partner(by: Actor, payer: Payer, given: Given) -> str:
    partner = connections.partner(by.practice_id, given["partner"]) if given["partner"] else None
    actions.connect_payer(payer_id=payer.public_id, partner=partner, by=by)
    return f"Files of {payer.name} travel through {partner.name if partner else 'the only partner of the practice'}."


def _contract(by: Actor, payer: Payer, given: Given) -> str:
    made = actions.add_contract(
        payer_id=payer.public_id, name=given["name"], terms=terms_of(given), valid_from=given["valid_from"], by=by
    )
    return f"{made.name} is in force from {made.valid_from:%m/%d/%Y}; an earlier contract ends the day before."


ADDS: Final = {"add": Work("Record a payer", _add, PayerForm, ("biller", "manager", "front_desk"), button="Record")}
WORKS: Final = {
    "contract": Work("Record a contract", _contract, ContractForm, ("manager",), button="Put it in force"),
    "clocks": Work("Clocks and standing", _clocks, ClocksForm, ("manager",), button="Set them"),
    "partner": Work("Connection", _partner, PartnerForm, ("manager",), button="Set it"),
    "name": Work("Another name of the payer", _name, NameForm, button="Note it"),
}  # fmt: skip


@for_roles(*DESK)
def payers(request: HttpRequest) -> HttpResponse:
    """List the payers with their clocks."""
    return _list(request)


def _list(request: HttpRequest, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    counts = queries.contract_counts(by.practice_id)
    facts = {
        "rows": [(row, counts.get(row.pk, 0)) for row in queries.payers(by.practice_id, active_only=False)], "tabs": payer_tabs("payers"),
        "works": shown(by, ADDS, None, lambda how: reverse("payer-add", args=[how]), asked),
    }  # fmt: skip
    return render(request, "payers/payers.html", facts)


@for_roles("biller", "manager", "front_desk")
@require_POST
def add(request: HttpRequest, how: str) -> HttpResponse:
    """Record a payer."""
    return attempt(request, how, ADDS, None, show=lambda asked: _list(request, asked), back=reverse("payers"))


@for_roles(*DESK)
def payer(request: HttpRequest, payer_id: str) -> HttpResponse:
    """Show a payer: clocks, names, contracts."""
    return _show(request, payer_id)


def _show(request: HttpRequest, payer_id: str, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    found = queries.payer(by.practice_id, payer_id)
    facts = {
        "row": found, "names": queries.names_of(by.practice_id, payer_id), "today": by.today, "tabs": payer_tabs("payers"),
        "contracts": [(row, in_words(row.terms), listed_rates(row.terms)) for row in queries.contracts_of(by.practice_id, payer_id)],
        "works": shown(by, WORKS, found, lambda how: reverse("payer-act", args=[payer_id, how]), asked),
    }  # fmt: skip
    return render(request, "payers/payer.html", facts)


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, payer_id: str, how: str) -> HttpResponse:
    """Change a payer, or record a contract with it."""
    found = queries.payer(actor_of(request).practice_id, payer_id)
    back = reverse("payer", args=[payer_id])
    return attempt(request, how, WORKS, found, show=lambda asked: _show(request, payer_id, asked), back=back)


@for_roles(*DESK)
def variance_list(request: HttpRequest) -> HttpResponse:
    """List the lines that were paid otherwise than agreed in a period, underpayments first."""
    by = actor_of(request)
    period = period_of(request, by.today, days=180)
    chosen = request.GET.get("payer", "")
    rows = variances(by.practice_id, limit=2000, first=period.first, last=period.last, payer=chosen)
    wanted = wanted_table(request)
    if wanted:
        names = ("claim", "line", "procedure", "payer", "expected_cents", "allowed_cents", "variance_cents", "why")
        table = [
            (row.patient_control_number, row.line, row.procedure, row.payer, row.expected_cents, row.allowed_cents, row.variance_cents, "; ".join(row.why))
            for row in rows
        ]  # fmt: skip
        return table_answer(wanted, names, table, name=f"variances-{period.first}-{period.last}", title="Paid otherwise")
    facts = {
        "under": [row for row in rows if row.variance_cents > 0][:300], "over": [row for row in reversed(rows) if row.variance_cents < 0][:300],
        "under_cents": sum(row.variance_cents for row in rows if row.variance_cents > 0), "over_cents": -sum(row.variance_cents for row in rows if row.variance_cents < 0),
        "period": period, "payers": queries.payers(by.practice_id, active_only=False), "payer": chosen, "tabs": payer_tabs("variances"),
        "kept": [("payer", chosen)] if chosen else [], "query": f"{period.query}&payer={chosen}",
    }  # fmt: skip
    return render(request, "payers/variances.html", facts)
