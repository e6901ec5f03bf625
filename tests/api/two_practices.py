"""Two practices with the same kinds of records, and the ids of one of them for every name in an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.foundation.actor import Actor, system_actor
from cleanclaim.practice.remittance.models import PostingException, Remittance
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.practice.scheduling.actions import book_appointment
from cleanclaim.practice.workflow.actions import drain
from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file
from practice import visit_cast as cast

NOWHERE = {
    "patient_id": "pat_01ARZ3NDEKTSV4RRFFQ69G5FAV", "coverage_id": "cov_01ARZ3NDEKTSV4RRFFQ69G5FAV", "claim_id": "clm_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "remittance_id": "rem_01ARZ3NDEKTSV4RRFFQ69G5FAV", "exception_id": "exc_01ARZ3NDEKTSV4RRFFQ69G5FAV", "system": "icd10cm", "code": "Z99.99X",
    "appointment_id": "apt_01ARZ3NDEKTSV4RRFFQ69G5FAV", "encounter_id": "enc_01ARZ3NDEKTSV4RRFFQ69G5FAV", "denial_id": "den_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "query_id": "qry_01ARZ3NDEKTSV4RRFFQ69G5FAV", "number": "S-1", "slug": "none",
}  # fmt: skip
CANARY = "Zyxwvutsen"
"""The last name of everybody in the other practice; it must never reach a key of the first one."""


def other_practice() -> Actor:
    at = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    practice = found_practice(name="Birch Lane Pediatrics", at=at)
    return system_actor(practice.pk, at=at, zone=practice.time_zone)


def furnish(by: Actor, last_name: str = CANARY) -> dict[str, str]:
    """Fill a practice with one record of every kind; return the ids."""
    place = cast.clinic(by)
    who = cast.patient(by, last_name=last_name)
    coverage = cast.coverage(by, who, place.granite)
    starts = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    appointment = book_appointment(
        patient_id=who.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id, starts_at=starts,
        ends_at=starts + timedelta(minutes=20), by=by,
    )  # fmt: skip
    visit = cast.coded_visit(by, place, who)
    drain(by=by)
    built = Claim.objects.of(by.practice_id).get(encounter=visit.public_id)
    import_claims(content=claims_file(claim("1001", [("99214", 20000)])), by=by)
    denied = paid_line("99214", 20000, 0, [("CO", "50", 20000)], "1001L1")
    stray = paid_line("99213", 9000, 7000, [("CO", "45", 2000)], "77L1")
    content = remittance_file(advice([answer("1001", [denied], status="4"), answer("NOBODY77", [stray])], trace="CHK1"))
    posted = post_remittance_file(content=content, file_name="a.835", by=by)
    drain(by=by)
    assert posted.remittances, posted
    return {
        **NOWHERE, "patient_id": who.public_id, "coverage_id": coverage.public_id, "appointment_id": appointment.public_id,
        "encounter_id": visit.public_id, "claim_id": built.public_id, "remittance_id": posted.remittances[0],
        "exception_id": PostingException.objects.of(by.practice_id).get().public_id, **_denial(by), **_more(by),
    }  # fmt: skip


def _denial(by: Actor) -> dict[str, Any]:
    from cleanclaim.practice.denials import queries

    rows = queries.worklist(by.practice_id)
    return {"denial_id": rows[0].public_id} if rows else {}


def _more(by: Actor) -> dict[str, Any]:
    assert Remittance.objects.of(by.practice_id).count() == 1
    assert Encounter.objects.of(by.practice_id).count() == 1
    return {}
