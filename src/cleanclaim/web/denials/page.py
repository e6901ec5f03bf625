"""One denial: why, what to do, the levels of appeal with their last days, the packet, the outcome."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.denials import actions, packets, queries
from cleanclaim.practice.denials.models import Denial
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DeskForm
from cleanclaim.web.downloads import pdf_answer
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.reasons import GROUPS, reason_words, remark_words
from cleanclaim.web.work import Asked, Given, Work, attempt, shown

DESK = ("biller", "manager", "auditor")
_OPEN: Final = frozenset({"open", "appealed", "corrected", "upheld"})


class OwnerForm(DeskForm):
    """Who works it."""

    owner = forms.CharField(max_length=120, required=False)

    def prepare(self) -> None:
        """Offer whoever is at the desk."""
        self.fields["owner"].initial = self.subject.owner or self.by.name


class AppealForm(DeskForm):
    """Why the decision is wrong."""

    argument = forms.CharField(label="Why the decision is wrong", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}))
    with_note = forms.BooleanField(label="Enclose the visit's note", required=False)

    def prepare(self) -> None:
        """A claim of another system has no note here."""
        if not self.subject.claim.encounter:
            del self.fields["with_note"]


class OutcomeForm(DeskForm):
    """What the payer answered."""

    outcome = forms.ChoiceField(
        choices=[("overturned", "Overturned: the payer will pay"), ("upheld", "Upheld: the payer stays with it")]
    )


class PacketForm(DeskForm):
    """What goes into the packet."""

    with_note = forms.BooleanField(label="Enclose the visit's note", required=False)


class ReasonForm(DeskForm):
    """Why."""

    reason = forms.CharField(label="Why", max_length=190)


class PolicyForm(DeskForm):
    """What makes the patient owe it."""

    policy = forms.CharField(label="Which policy, or which notice that the patient signed", max_length=190)


def _last_appeal(found: Denial) -> str:
    made = queries.appeals_of(found.practice_id, found.public_id)
    return made[-1].public_id if made and not made[-1].outcome else ""


def _appeal(by: Actor, found: Denial, given: Given) -> str:
    made = packets.appeal_with_packet(
        denial_id=found.public_id, argument=given["argument"], by=by, with_note=given.get("with_note", False)
    )
    return f"Level {made.level} is written; print the packet and send it."


def _outcome(by: Actor, found: Denial, given: Given) -> str:
    actions.decide_appeal(appeal_id=_last_appeal(found), outcome=given["outcome"], by=by)
    return (
        "The corrected remittance will pay it."
        if given["outcome"] == "overturned"
        else "The denial is open again, with the next level's last day."
    )


def _packet(by: Actor, found: Denial, given: Given) -> str:
    packets.rebuild_packet(appeal_id=_last_appeal(found), by=by, with_note=given["with_note"])
    return "The packet is built anew."


def _own(by: Actor, found: Denial, given: Given) -> str:
    actions.assign_denial(denial_id=found.public_id, owner=given["owner"], by=by)
    return f"{given['owner'] or 'Nobody'} has it now."


def _write_off(by: Actor, found: Denial, given: Given) -> str:
    actions.write_off_denial(denial_id=found.public_id, reason=given["reason"], by=by)
    return "The refused amount is written off."


def _patient(by: Actor, found: Denial, given: Given) -> str:
    actions.bill_denial_to_patient(denial_id=found.public_id, policy=given["policy"], by=by)
    return "The amount is the patient's now."


def _is_open(found: Denial) -> bool:
    return found.state in _OPEN


WORKS: Final = {
    "appeal": Work("Appeal", _appeal, AppealForm, button="Write the appeal", when=lambda found: found.state in {"open", "upheld"},
                   says="Letter, the claim as sent, the payer's answer and the proof of timely filing become one PDF."),
    "outcome": Work("The payer's word on the appeal", _outcome, OutcomeForm, button="Note the outcome", when=lambda found: bool(_last_appeal(found))),
    "packet": Work("Build the packet anew", _packet, PacketForm, button="Build", when=lambda found: bool(_last_appeal(found))),
    "own": Work("Owner", _own, OwnerForm, button="Set the owner", when=_is_open),
    "patient": Work("Bill it to the patient", _patient, PolicyForm, button="It is the patient's", when=lambda found: _is_open(found) and found.group == "PR"),
    "write-off": Work("Write it off", _write_off, ReasonForm, roles=("manager",), ask="Give this amount up?", when=_is_open, says="A manager's decision, with a reason."),
}  # fmt: skip


@for_roles(*DESK)
def denial(request: HttpRequest, denial_id: str) -> HttpResponse:
    """Show one denial."""
    return _show(request, denial_id)


def _show(request: HttpRequest, denial_id: str, asked: Asked | None = None) -> HttpResponse:
    by = actor_of(request)
    found = queries.denial(by.practice_id, denial_id)
    line = next((row for row in claims.lines_of(found.claim) if row.number == found.line), None)
    facts = {
        "row": found, "line": line, "reason": reason_words(found.reason), "who": GROUPS.get(found.group, found.group),
        "remarks": [(code, remark_words(code)) for code in found.remarks], "levels": queries.levels_of(found), "today": by.today,
        "proof": actions.proof_of_filing(found.claim), "works": shown(by, WORKS, found, lambda how: reverse("denial-act", args=[denial_id, how]), asked),
        "others": [row for row in queries.denials_of_claim(by.practice_id, found.claim.public_id) if row.pk != found.pk],
    }  # fmt: skip
    return render(request, "denials/denial.html", facts)


@for_roles("biller", "manager")
@require_POST
def act(request: HttpRequest, denial_id: str, how: str) -> HttpResponse:
    """Appeal, note an outcome, write off, bill to the patient, or take it on."""
    by = actor_of(request)
    found = queries.denial(by.practice_id, denial_id)
    back = reverse("denial", args=[denial_id])
    return attempt(request, how, WORKS, found, show=lambda asked: _show(request, denial_id, asked), back=back)


@for_roles(*DESK)
def packet(request: HttpRequest, denial_id: str, appeal_id: str) -> HttpResponse:  # noqa: ARG001 - the address names both
    """Return the packet of an appeal."""
    by = actor_of(request)
    found = queries.appeal(by.practice_id, appeal_id)
    return pdf_answer(queries.packet_of(found), f"appeal-level-{found.level}")
