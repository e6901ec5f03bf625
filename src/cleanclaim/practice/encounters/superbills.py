"""The practice's own superbills: kept so that a scanned one is known by its number, and read box by box."""

from __future__ import annotations

from cleanclaim import intake
from cleanclaim.intake import superbill
from cleanclaim.kernel.errors import UnreadableInput
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.people.policy import require

_KEY = "superbills"
_MOST = 40


def keep_superbill(*, form: superbill.Form, by: Actor) -> str:
    """Keep a form that the practice prints; returns its number. The same form again changes nothing; old forms stay readable."""
    require(by, "manager")
    with transaction_for(by):
        practice = Practice.objects.select_for_update().get(pk=by.practice_id)
        known = list(practice.settings.get(_KEY, []))
        if form.as_json() not in known:
            practice.settings = {**practice.settings, _KEY: [*known, form.as_json()][-_MOST:]}
            practice.save(update_fields=["settings"])
            record(by, "keep_superbill", practice.public_id, number=form.number, lines=len(form.choices))
    return form.number


def superbills(practice_id: int) -> dict[str, superbill.Form]:
    """Return the practice's forms by their numbers."""
    kept = Practice.objects.get(pk=practice_id).settings.get(_KEY, [])
    return {made.number: made for made in (superbill.form_from_json(item) for item in kept)}


def read_forms(document: intake.Document, forms: dict[str, superbill.Form]) -> intake.Document:
    """Return a document in which pages that are forms of the practice say what was ticked and written; other pages stay as they were read.

    A form whose corners cannot be found stays a page of words: nothing on it is lost.
    """
    pages = []
    for page, picture in zip(document.reading.pages, document.pictures, strict=True):
        made = forms.get(superbill.number_on(page))
        try:
            pages.append(superbill.as_reading(superbill.read(made, page, picture)).pages[0] if made else page)
        except UnreadableInput:
            pages.append(page)
    return document._replace(reading=document.reading._replace(pages=tuple(pages)))
