"""A patient's account as the desk shows it: claims with what is paid, written off and owed."""

from __future__ import annotations

from typing import Any

from cleanclaim.ledger import Account
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.journal import queries as journal
from cleanclaim.practice.registration import queries as registration


def account_facts(by: Actor, patient_id: str) -> dict[str, Any]:
    """Return the claims of a patient's whole account (its aliases' included) and what is owed on it."""
    ids = registration.account_ids(by.practice_id, patient_id)
    found = [claim for one in ids for claim in claims.claims_of_patient(by.practice_id, one)]
    rows = [
        {
            "patient_control_number": claim.patient_control_number, "served_on": claim.served_on, "status": claim.status,
            "payer_name": claim.payer.name if claim.payer else "self-pay", "charge_cents": claim.charge_cents,
            "insurance_paid_cents": claim.insurance_paid_cents, "written_off_cents": claim.contractual_cents + claim.other_write_off_cents,
            "patient_balance_cents": claim.patient_balance_cents,
        }
        for claim in found
    ]  # fmt: skip
    return {
        "claims": rows,
        "patient_balance_cents": sum(claim.patient_balance_cents for claim in found),
        "insurance_balance_cents": sum(claim.insurance_balance_cents for claim in found),
        "unapplied_cents": -journal.balance(by.practice_id, Account.UNAPPLIED_PATIENT, patient__in=ids),
    }
