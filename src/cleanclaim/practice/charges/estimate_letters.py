"""The good faith estimate as the patient receives it: what is expected, line by line, and the right to dispute (45 CFR 149.610(c))."""

from __future__ import annotations

from typing import Final

from cleanclaim.documents import Address
from cleanclaim.forms import LetterData, letter_pdf
from cleanclaim.kernel.money import Money
from cleanclaim.practice.charges.estimate_rules import DISPUTE_DAYS, DISPUTE_OVER_CENTS
from cleanclaim.practice.charges.models import GoodFaithEstimate
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.people.queries import billing_provider_on
from cleanclaim.practice.registration import parties

_OPENING: Final = "This is what we expect to charge for your visit, as far as we know today. You may be charged more if more is done than planned."
_CLOSING: Final = (
    "It is an estimate, not a contract; you need not take these services from us. There may be other services that we recommend and that"
    " are scheduled or asked for separately."
)
_DISPUTE: Final = (
    f"If we bill you {Money(DISPUTE_OVER_CENTS):$} or more above this estimate, you may dispute the bill with the U.S. Department of Health"
    f" and Human Services within {DISPUTE_DAYS} days of it (www.cms.gov/nosurprises). Keep this letter."
)


def estimate_pdf(*, estimate_id: str, by: Actor) -> bytes:
    """Return an estimate as a letter to the patient. Raises NotFound."""
    rows = GoodFaithEstimate.objects.of(by.practice_id).select_related("patient")
    estimate: GoodFaithEstimate = get_or_refuse(rows, what="estimate", public_id=estimate_id)
    billing = billing_provider_on(by.practice_id, by.today)
    person = parties.patient_party(estimate.patient)
    lines = tuple(
        f"{line['code']} {line['label']}, {line['units']} unit(s): {Money(int(line['cents'])):$}" for line in estimate.lines
    )
    facts = [
        ("Expected on", f"{estimate.served_on:%m/%d/%Y}"), ("Expected in all", f"{Money(estimate.cents):$}"),
        ("Provider's NPI", billing.npi), ("Provider's tax id", billing.entity.tax_id),
    ]  # fmt: skip
    if estimate.diagnoses:
        facts.append(("Diagnoses", ", ".join(str(code) for code in estimate.diagnoses)))
    return letter_pdf(
        LetterData(
            practice_name=billing.name, practice_address=Address(billing.line1, "", billing.city, billing.state, billing.zip),
            practice_phone=billing.phone, written_on=estimate.given_on or by.today,
            recipient_name=f"{person.first_name} {person.last_name}".strip(), recipient_address=person.address or Address(),
            subject="Good faith estimate of expected charges",
            paragraphs=(_OPENING, *lines, _CLOSING, _DISPUTE),
            facts=tuple(facts), signed_by=billing.name,
        )
    )  # fmt: skip
