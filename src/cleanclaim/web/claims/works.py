"""What a biller may do with a claim as it stands."""

from __future__ import annotations

from typing import Final

from django import forms

from cleanclaim.practice.claims import actions, corrections, queries, rules
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.clearinghouse import actions as clearinghouse
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers import queries as payers
from cleanclaim.practice.receivables.actions import release_statement
from cleanclaim.practice.remittance.following import bill_next_payer, payer_decisions
from cleanclaim.web.desk_forms import DayField, DeskForm, NoEntries
from cleanclaim.web.work import Given, Work

_EARLY: Final = frozenset({"built", "held", "ready", "rejected"})


class ReasonForm(DeskForm):
    """Why."""

    reason = forms.CharField(label="Why", max_length=190)


class ReleaseForm(DeskForm):
    """Why a finding is overridden, where one stands against the claim."""

    despite = forms.CharField(label="Why, where a finding stands against it", max_length=190, required=False)


class NextForm(DeskForm):
    """Which payer is billed next."""

    sequence = forms.ChoiceField(label="Payer", required=False)

    def prepare(self) -> None:
        """Offer whose turn it is, and every later payer by name."""
        turns = [turn for turn in queries.turns_of(self.subject) if not turn.is_answered]
        names = {"P": "primary", "S": "secondary", "T": "tertiary"}
        named = [
            (turn.sequence, f"{turn.payer.name} ({names.get(turn.sequence, turn.sequence)}), without waiting") for turn in turns
        ]
        self.offer("sequence", [("", "Whose turn it is"), *named])


class MoveForm(DeskForm):
    """The payer who takes it over."""

    payer = forms.ChoiceField(label="Payer")

    def prepare(self) -> None:
        """Offer every other payer."""
        rows = payers.payers(self.by.practice_id)
        self.offer("payer", [(row.public_id, row.name) for row in rows if row.pk != self.subject.payer_id])


class AssignForm(DeskForm):
    """Who looks at it, when, and a note for the timeline."""

    owner = forms.CharField(max_length=120, required=False)
    follow_up_on = DayField(label="Look at it again on", required=False)
    note = forms.CharField(max_length=290, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        """Begin with what stands there."""
        self.fields["owner"].initial = self.subject.owner or self.by.name
        self.fields["follow_up_on"].initial = self.subject.follow_up_on


def _release(by: Actor, found: Claim, given: Given) -> str:
    actions.release_claim(claim_id=found.public_id, by=by, despite=given["despite"])
    return "The claim is ready to send."


def _hold(by: Actor, found: Claim, given: Given) -> str:
    actions.hold_claim(claim_id=found.public_id, reason=given["reason"], by=by)
    return "The claim is held."


def _scrub(by: Actor, found: Claim, _given: Given) -> str:
    count = len(actions.scrub_claim(claim_id=found.public_id, by=by))
    return f"The scrubber found {count} thing{'s' if count != 1 else ''}."


def _resend(by: Actor, found: Claim, given: Given) -> str:
    clearinghouse.resend_claim(claim_id=found.public_id, reason=given["reason"], by=by)
    return "The claim is ready and goes out again under new control numbers."


def _replace(by: Actor, found: Claim, _given: Given) -> str:
    made = corrections.correct_claim(claim_id=found.public_id, by=by, decisions=payer_decisions(found))
    return f"The replacement (7) is built; it is {made.status}."


def _void(by: Actor, found: Claim, given: Given) -> str:
    corrections.void_claim(claim_id=found.public_id, reason=given["reason"], by=by)
    return "The claim is voided. What was paid on it stays until the payer takes it back."


def _next(by: Actor, found: Claim, given: Given) -> str:
    made = bill_next_payer(claim_id=found.public_id, by=by, sequence=given["sequence"])
    return f"The claim to {made.payer.name if made.payer else 'the next payer'} is built; it is {made.status}."


def _move(by: Actor, found: Claim, given: Given) -> str:
    made = actions.move_to_payer(claim_id=found.public_id, payer_id=given["payer"], by=by)
    return f"{made.payer.name if made.payer else 'The payer'} owes the balance now."


def _assign(by: Actor, found: Claim, given: Given) -> str:
    actions.assign_claim(claim_id=found.public_id, by=by, **given)
    return "Noted on the timeline."


def _statement(by: Actor, found: Claim, _given: Given) -> str:
    release_statement(claim_id=found.public_id, by=by)
    return "The balance may stand on a statement again."


def _has_next(found: Claim) -> bool:
    return found.next_payer_id is not None and rules.can(found.status, "bill-next")


def _owes(found: Claim) -> bool:
    return found.status != "voided" and (found.insurance_balance_cents > 0 or found.patient_balance_cents > 0)


WORKS: Final = {
    "release": Work("Release", _release, ReleaseForm, button="Make it ready", when=lambda found: found.status in {"built", "held", "rejected"}),
    "scrub": Work("Scrub again", _scrub, NoEntries, when=lambda found: found.kind != "self" and found.status in _EARLY, says="Looks it over by the edits in force today."),
    "resend": Work("Send again", _resend, ReasonForm, ask="Send this claim again under new control numbers?", when=lambda found: found.status in {"sent", "rejected"},
                   says="Only for a claim that nobody took in; a payer who has it gets a replacement instead."),
    "next": Work("Bill the next payer", _next, NextForm, button="Build the claim", when=_has_next, says="It carries what earlier payers paid and took off."),
    "statement": Work("Free for statements", _statement, NoEntries, button="Let it stand on a statement", when=lambda found: found.holds_statement,
                      says="A payer took money back after the patient had paid. Look at the balance first."),
    "replace": Work("Replace with the visit's codes (7)", _replace, NoEntries, button="Build the replacement", ask="Build a replacement claim from the visit as it is coded now?",
                    when=lambda found: bool(found.encounter) and found.kind != "self" and rules.can(found.status, "correct"),
                    says="Correct the codes at the coding desk first; the replacement carries the payer's own number by itself."),
    "hold": Work("Hold", _hold, ReasonForm, when=lambda found: found.kind != "self" and rules.can(found.status, "hold")),
    "assign": Work("Owner, follow-up, note", _assign, AssignForm, button="Note it"),
    "move": Work("Another payer owes it", _move, MoveForm, button="Hand it over", when=_owes, says="For a coverage that was found or back-dated later on."),
    "void": Work("Void (8)", _void, ReasonForm, ask="Void this claim?", when=lambda found: rules.can(found.status, "void"),
                 says="The payer who has it is told by a void claim; one that was never sent leaves at once."),
}  # fmt: skip
"""In the order in which the page offers them."""
