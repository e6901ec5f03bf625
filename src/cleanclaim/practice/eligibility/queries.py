"""What payers have said about coverages, questions that wait, authorisations with their visits counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q

from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.practice.eligibility import rules
from cleanclaim.practice.eligibility.models import Authorization, EligibilityCheck
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.registration.queries import account_ids


class LatestAnswer(NamedTuple):
    """The last word on a coverage: the state of the last question and, when answered, the verdict with its alerts."""

    state: str
    verdict: str
    answered_on: date | None
    alerts: tuple[str, ...]
    authorization_required: bool

    @property
    def verdict_or_state(self) -> str:
        """The verdict (active, inactive, rejected, unclear), or waiting or failed."""
        return self.verdict or ("failed" if self.state == "failed" else "waiting")

    def is_old_for(self, served_on: date) -> bool:
        """The answer is from an earlier month than the visit."""
        return self.answered_on is not None and rules.is_stale(self.answered_on, served_on)


class CheckRow(NamedTuple):
    """A question and its answer, for lists."""

    check_id: str
    coverage_id: str
    patient_id: str
    patient_name: str
    payer_name: str
    asked_for: date
    state: str
    verdict: str
    findings: tuple[Finding, ...]
    tries: int
    next_try_at: datetime | None
    failure: str
    answered_at: datetime | None
    is_settled: bool

    def __repr__(self) -> str:
        return f"CheckRow({self.check_id})"


class CheckCard(NamedTuple):
    """A question with its benefits as read."""

    row: CheckRow
    plan: str
    plan_first: date | None
    plan_last: date | None
    benefits: tuple[rules.BenefitFact, ...]
    other_payers: tuple[rules.OtherPayer, ...]
    copay_cents: int | None


class AuthorizationCard(NamedTuple):
    """A payer's permission with its visits counted, cancelled and void ones left out."""

    authorization_id: str
    coverage_id: str
    number: str
    kind: str
    valid_from: date
    valid_to: date | None
    visits_allowed: int | None
    visits_used: int
    procedures: tuple[str, ...]

    @property
    def visits_left(self) -> int | None:
        """What is left; None without a limit."""
        return None if self.visits_allowed is None else max(0, self.visits_allowed - self.visits_used)


def latest_answers(practice_id: int, coverage_keys: Iterable[int]) -> dict[int, LatestAnswer]:
    """Return the last word on each coverage, by database id: the newest answer, else the newest question."""
    found: dict[int, LatestAnswer] = {}
    rows = EligibilityCheck.objects.of(practice_id).filter(coverage_id__in=list(coverage_keys)).order_by("id")
    facts = rows.values_list("coverage_id", "state", "verdict", "answered_at", "findings", "settled_at", "wants_authorization")
    for coverage, state, verdict, answered_at, findings, settled_at, needs in facts:
        before = found.get(coverage)
        if before is not None and before.verdict and not verdict:
            continue
        alerts = () if settled_at else tuple(item["says"] for item in findings if item["rule"] == "ELIGIBILITY_OTHER_PAYER")
        found[coverage] = LatestAnswer(state, verdict, answered_at.date() if answered_at else None, alerts, needs)
    return found


def checks_of(practice_id: int, patient_id: str) -> list[CheckRow]:
    """Return the questions about an account's coverages, the latest first."""
    rows = EligibilityCheck.objects.of(practice_id).filter(coverage__patient__public_id__in=account_ids(practice_id, patient_id))
    return [_row(row) for row in rows.select_related("coverage__patient", "coverage__payer").order_by("-id")]


def check(practice_id: int, check_id: str) -> CheckCard:
    """Return a question with the benefits that the payer told. Raises NotFound."""
    rows = EligibilityCheck.objects.of(practice_id).select_related("coverage__patient", "coverage__payer")
    row: EligibilityCheck = get_or_refuse(rows, what="eligibility check", public_id=check_id)
    verdict = rules.verdict_from_json(row.answer) if row.answer else None
    if verdict is None:
        return CheckCard(_row(row), "", None, None, (), (), None)
    return CheckCard(_row(row), verdict.plan, verdict.plan_first, verdict.plan_last, verdict.benefits, verdict.other_payers,
                     rules.copay_cents(verdict))  # fmt: skip


def latest_check(practice_id: int, coverage_id: str) -> CheckCard | None:
    """Return the newest answered question about a coverage, with the benefits told."""
    rows = EligibilityCheck.objects.of(practice_id).filter(coverage__public_id=coverage_id, state=EligibilityCheck.State.ANSWERED)
    found = rows.order_by("-id").values_list("public_id", flat=True).first()
    return check(practice_id, found) if found else None


def worklist(practice_id: int) -> list[CheckRow]:
    """Return the answers that need a person (inactive, rejected, another payer, given up) and were not settled, the nearest day first."""
    needs = Q(state="failed") | Q(state="answered", verdict__in=["inactive", "rejected", "unclear"]) | Q(names_other_payer=True)
    rows = EligibilityCheck.objects.of(practice_id).filter(needs, settled_at__isnull=True)
    return [_row(row) for row in rows.select_related("coverage__patient", "coverage__payer").order_by("asked_for", "id")[:500]]


def due_checks(practice_id: int, at: datetime) -> list[str]:
    """Return the questions whose next try is due."""
    rows = EligibilityCheck.objects.of(practice_id).filter(state=EligibilityCheck.State.WAITING)
    rows = rows.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=at)).order_by("id")
    return list(rows.values_list("public_id", flat=True))


def authorizations_of(practice_id: int, patient_id: str) -> list[AuthorizationCard]:
    """Return an account's authorisations and referrals with their visits counted, the latest first."""
    rows = Authorization.objects.of(practice_id).filter(coverage__patient__public_id__in=account_ids(practice_id, patient_id))
    return [authorization_card(row) for row in rows.select_related("coverage").order_by("-valid_from", "-id")]


def authorization_card(row: Authorization) -> AuthorizationCard:
    """Return one authorisation with the visits that used it (counted through whatever visits name it)."""
    return AuthorizationCard(row.public_id, row.coverage.public_id, row.number, row.kind, row.valid_from, row.valid_to, row.visits_allowed,
                             _visits_used(row), tuple(row.procedures))  # fmt: skip


def authorization_fact(row: Authorization, *, but_encounter: str = "") -> rules.AuthorizationFact:
    """Return an authorisation as its check sees it, one visit left out of the count."""
    return rules.AuthorizationFact(row.number, row.valid_from, row.valid_to, row.visits_allowed, _visits_used(row, but=but_encounter),
                                   frozenset(row.procedures))  # fmt: skip


def _visits_used(row: Authorization, *, but: str = "") -> int:
    # visits name their authorisation from a higher app: the relation is read, nothing of that app is imported
    used: Any = row
    visits = used.encounters.exclude(state="void") | used.referred_encounters.exclude(state="void")
    return int(visits.exclude(public_id=but).distinct().count())


def _row(row: EligibilityCheck) -> CheckRow:
    findings = tuple(Finding(item["rule"], Severity(item["severity"]), item["where"], item["says"]) for item in row.findings)
    return CheckRow(
        row.public_id, row.coverage.public_id, row.coverage.patient.public_id, row.coverage.patient.display_name, row.coverage.payer.name,
        row.asked_for, row.state, row.verdict, findings, row.tries, row.next_try_at, row.failure, row.answered_at, row.settled_at is not None,
    )  # fmt: skip
