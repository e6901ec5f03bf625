"""Recording what payers permit, and settling what they said."""

from __future__ import annotations

from datetime import date

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.eligibility import policy
from cleanclaim.practice.eligibility.models import Authorization, EligibilityCheck
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration.models import Coverage


def add_authorization(
    *, coverage_id: str, number: str, valid_from: date, by: Actor, valid_to: date | None = None, visits_allowed: int | None = None,
    procedures: tuple[str, ...] = (), kind: str = "prior",
) -> Authorization:  # fmt: skip
    """Record a payer's prior authorisation (or a referral); the same number again returns the first record."""
    require(by, *policy.ASKS)
    if not number.strip() or len(number) > 50:
        raise InvalidValue("An authorisation has a number of at most 50 characters.")
    if kind not in {"prior", "referral"}:
        raise InvalidValue("An authorisation is prior, or a referral.")
    if valid_to is not None and valid_to < valid_from:
        raise InvalidValue("An authorisation does not end before it begins.")
    with transaction_for(by):
        coverage: Coverage = get_or_refuse(Coverage.objects.of(by.practice_id), what="coverage", public_id=coverage_id)
        known: Authorization | None = (
            Authorization.objects.of(by.practice_id).filter(coverage=coverage, number=number.strip()).first()
        )
        if known is not None:
            return known
        permission = Authorization(
            practice_id=by.practice_id, coverage=coverage, number=number.strip(), kind=kind, valid_from=valid_from, valid_to=valid_to,
            visits_allowed=visits_allowed, procedures=[code.strip().upper() for code in procedures], created_at=by.at,
        )  # fmt: skip
        permission.save()
        record(by, "add_authorization", permission.public_id, coverage=coverage.public_id)
        emit(by, "authorization-added", permission.public_id)
    return permission


def settle_check(*, check_id: str, by: Actor) -> EligibilityCheck:
    """Note that somebody has dealt with what the payer said; it leaves the worklist."""
    require(by, *policy.ASKS)
    with transaction_for(by):
        check: EligibilityCheck = locked(EligibilityCheck.objects.of(by.practice_id), what="eligibility check", public_id=check_id)
        if check.settled_at is None:
            check.settled_at, check.settled_by = by.at, by.name
            save_checked(check, fields=["settled_at", "settled_by"])
            record(by, "settle_eligibility", check.public_id)
    return check
