"""Setting up what an exercise is about, in the learner's sandbox, through the actions of the desks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cleanclaim.documents import Address
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.actions import scrub_claim
from cleanclaim.practice.encounters import actions as encounters
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.registration.actions import add_coverage, register_patient
from cleanclaim.practice.registration.models import Patient
from cleanclaim.practice.remittance.models import Remittance
from cleanclaim.practice.sample import cast
from cleanclaim.practice.training.billed import take_over
from cleanclaim.practice.training.exercises import Exercise
from cleanclaim.practice.training.sandboxes import staff_of

Made = dict[str, Any]


def set_up(exercise: Exercise, *, sandbox: Practice, by: Actor) -> Made:
    """Set the exercise up and return what names it at the desks. `by` is the sandbox's own automation."""
    maker = _MAKERS.get(exercise.kind)
    return maker(exercise, sandbox, by) if maker else {}


def _last(rows: Any) -> int:
    """The last record before the exercise: what comes later was made in it."""
    return rows.order_by("-id").values_list("id", flat=True).first() or 0


def _front_desk(_exercise: Exercise, sandbox: Practice, _by: Actor) -> Made:
    return {"after": _last(Patient.objects.of(sandbox.pk))}


def register(told: dict[str, Any], staff: cast.Staff, *, by: Actor) -> Patient:
    """Register an invented patient of an exercise with the coverages that it names."""
    own = cast.facts()["practice"]
    patient = register_patient(
        last_name=told["last_name"], first_name=told["first_name"], born_on=told["born_on"], sex=told["sex"], phone=told.get("phone", ""),
        address=Address(told.get("line1", "1 Training Lane"), "", own["city"], own["state"], own["zip"][:5]), is_somebody_new=True, by=by,
    )  # fmt: skip
    for coverage in told.get("coverages", ()):
        add_coverage(
            patient_id=patient.public_id, payer_id=staff.payers[coverage["payer"]].public_id, member_id=coverage["member"],
            sequence=coverage.get("order", "P"), valid_from=cast.OPENED, by=by,
        )  # fmt: skip
    return patient


def _visit(exercise: Exercise, sandbox: Practice, by: Actor) -> Made:
    """A signed note that waits at the coding desk."""
    told, staff = exercise.material, staff_of(sandbox)
    patient = register(told["patient"], staff, by=by)
    opened = encounters.open_encounter(
        patient_id=patient.public_id, provider_id=staff.providers[told.get("provider", "okafor")].public_id, site_id=staff.site.public_id,
        served_on=told["served_on"], is_new_patient=told.get("is_new_patient", False), is_self_pay=not told["patient"].get("coverages"),
        place_of_service=told.get("place_of_service", ""), by=by,
    )  # fmt: skip
    encounters.write_note(encounter_id=opened.public_id, text=told["note"].strip(), by=by)
    encounters.sign_note(encounter_id=opened.public_id, by=by)
    return {"encounter": opened.public_id, "patient": patient.public_id}


def _sent_claims(exercise: Exercise, sandbox: Practice, by: Actor) -> Made:
    """Claims that payers have already; the scrubber has looked at those that came back."""
    numbers = take_over(exercise.material["claims"], staff_of(sandbox), by=by)
    if exercise.kind == "claim":
        for number in numbers.values():
            scrub_claim(claim_id=claims.claim_numbered(sandbox.pk, number).public_id, by=by)
    return {"claims": numbers, "after": _last(Remittance.objects.of(sandbox.pk))}


_MAKERS: Final[dict[str, Callable[[Exercise, Practice, Actor], Made]]] = {
    "coding": _visit,
    "registration": _front_desk,
    "claim": _sent_claims,
    "posting": _sent_claims,
}
