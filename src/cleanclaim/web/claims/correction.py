"""Correcting a claim by hand: its diagnoses, lines and numbers as they stand, changed, and sent as a replacement (7)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cleanclaim.documents import Claim, Diagnosis, ServiceLine
from cleanclaim.kernel.errors import CleanclaimError, InvalidValue, NotAllowed
from cleanclaim.practice.claims import queries
from cleanclaim.practice.claims.corrections import correct_claim
from cleanclaim.practice.claims.submitting import base_document
from cleanclaim.practice.coding.rules import MOST_UNITS
from cleanclaim.practice.remittance.following import payer_decisions
from cleanclaim.web.access import for_roles
from cleanclaim.web.claims.page import named
from cleanclaim.web.desk_forms import cents_of
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in


@for_roles("biller", "manager")
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Show the claim as it was sent last, take what was changed, and build the replacement; a refusal keeps every entry."""
    by = actor_of(request)
    found = named(by, number)
    queries.latest_submission(found)  # a patient's own bill has none
    document = base_document(found)
    typed = {name: str(value).strip() for name, value in request.POST.items()} if request.method == "POST" else _entries(document)
    refused = ""
    if request.method == "POST":
        try:
            made = correct_claim(
                claim_id=found.public_id, by=by, document=corrected(document, typed), decisions=payer_decisions(found)
            )
        except NotAllowed:
            raise
        except CleanclaimError as wrong:
            refused = str(wrong)
        else:
            messages.success(request, f"The replacement (7) is built; it is {made.status.replace('_', ' ')}.")
            return redirect("claim", number=found.patient_control_number)
    rows = [
        {"line": line, "name": f"l{line.number}", **{part: typed.get(f"l{line.number}-{part}", "") for part in ("code", "modifiers", "units", "charge", "pointers")}}
        for line in document.lines
    ]  # fmt: skip
    facts = {"row": found, "typed": typed, "rows": rows, "refused": refused, "document": document}
    return render(request, "claims/correct.html", facts, status=422 if refused else 200)


def _entries(document: Claim) -> dict[str, str]:
    entries = {
        "diagnoses": " ".join(item.code for item in document.diagnoses), "prior_authorization": document.prior_authorization,
        "referral_number": document.referral_number, "note": document.note,
    }  # fmt: skip
    for line in document.lines:
        start = f"l{line.number}"
        entries |= {
            f"{start}-code": line.procedure, f"{start}-modifiers": " ".join(line.modifiers), f"{start}-units": f"{line.quantity.normalize():f}",
            f"{start}-charge": f"{line.charge_cents / 100:.2f}", f"{start}-pointers": " ".join(str(place) for place in line.pointers),
        }  # fmt: skip
    return entries


def corrected(document: Claim, typed: dict[str, str]) -> Claim:
    """Return the document with what was typed. Raises InvalidValue with the line and what is wrong on it."""
    codes = typed.get("diagnoses", "").replace(",", " ").replace(".", "").upper().split()
    if not 1 <= len(codes) <= 25:
        raise InvalidValue("A claim has 1 to 25 diagnoses, the first one the most important.")
    known = {item.code: item for item in document.diagnoses}
    diagnoses = tuple(
        known[code]._replace(qualifier="ABF" if place else "ABK") if code in known else Diagnosis(code, "ABF" if place else "ABK")
        for place, code in enumerate(codes)
    )
    lines = tuple(_line(line, typed, len(codes)) for line in document.lines)
    return document._replace(
        diagnoses=diagnoses, lines=lines, charge_cents=sum(line.charge_cents for line in lines), note=typed.get("note", "")[:80],
        prior_authorization=typed.get("prior_authorization", "")[:50], referral_number=typed.get("referral_number", "")[:50],
    )  # fmt: skip


def _line(line: ServiceLine, typed: dict[str, str], diagnoses: int) -> ServiceLine:
    name = f"Line {line.number}"

    def value(part: str) -> str:
        return typed.get(f"l{line.number}-{part}", "").strip()

    try:
        units = Decimal(value("units"))
    except InvalidOperation:
        raise InvalidValue(f"{name}: the units are no number.") from None
    if not units.is_finite() or not 0 < units <= MOST_UNITS:
        raise InvalidValue(f"{name}: the units are more than nothing and at most {MOST_UNITS:,}.")
    pointers: list[int] = []
    for word in value("pointers").replace(",", " ").split():
        pointer = number_in(word)
        if pointer is None or not 1 <= pointer <= diagnoses:
            raise InvalidValue(f"{name}: a pointer is the place of a diagnosis, 1 to {diagnoses}.")
        pointers.append(pointer)
    modifiers: Any = tuple(value("modifiers").upper().replace(",", " ").split())
    if len(modifiers) > 4 or any(len(item) != 2 or not item.isalnum() for item in modifiers):
        raise InvalidValue(f"{name}: at most four modifiers of two characters each.")
    if not value("code") and not line.revenue_code:
        raise InvalidValue(f"{name}: the procedure is missing.")
    charge = cents_of(value("charge").replace("$", "").replace(",", ""), lambda says: InvalidValue(f"{name}: {says}"))
    if charge < 0:
        raise InvalidValue(f"{name}: the charge is not below zero.")
    return line._replace(
        procedure=value("code").upper()[:48], modifiers=modifiers, quantity=units, charge_cents=charge, pointers=tuple(pointers[:4])
    )
