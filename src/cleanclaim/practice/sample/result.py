"""What the sample's run shows: a row for each visit, and the proof from the ledger."""

from __future__ import annotations

from typing import NamedTuple

from cleanclaim.ledger import Account
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.journal import queries as journal
from cleanclaim.practice.workflow.proof import verify


class Proposed(NamedTuple):
    """How the encoder did on a visit: gold codes, how many of them it proposed, how many others it proposed beside them."""

    gold: int
    found: int
    beside: int


class VisitRow(NamedTuple):
    """One visit from its codes to its balance, in whole cents. The patient is a chart number."""

    on: str
    chart_number: int
    codes: str
    state: str
    payer: str
    charge_cents: int
    insurance_paid_cents: int
    written_off_cents: int
    patient_paid_cents: int
    insurance_balance_cents: int
    patient_balance_cents: int

    @property
    def ties(self) -> bool:
        """The visit's charge is everything that became of it."""
        parts = self.insurance_paid_cents + self.written_off_cents + self.patient_paid_cents
        return self.charge_cents == parts + self.insurance_balance_cents + self.patient_balance_cents


class DemoResult(NamedTuple):
    """Every visit, the sums from the ledger alone, and what its verification found."""

    rows: tuple[VisitRow, ...]
    charges_cents: int
    payments_cents: int
    adjustments_cents: int
    balances_cents: int
    entries: int
    unbalanced: int
    broken: tuple[str, ...]
    gold_codes: int
    proposed_codes: int
    beside_codes: int

    @property
    def ties(self) -> bool:
        """Charges are payments, adjustments and balances; every visit ties; the ledger holds; the rows say what the ledger says."""
        sums = self.payments_cents + self.adjustments_cents + self.balances_cents
        rows = sum(row.charge_cents for row in self.rows)
        return self.charges_cents == sums == rows and all(row.ties for row in self.rows) and not self.unbalanced and not self.broken


_ADJUSTMENTS = tuple(account for account in Account if account.value.startswith("adjustment:"))
_RECEIVABLES = (Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE, Account.COLLECTIONS_RECEIVABLE)


def result_of(practice: Practice) -> DemoResult:
    """Read the result: rows from the claims, sums from the journal."""
    proof = verify(practice.pk)
    found = journal.balances(practice.pk)
    charges = -found.get(Account.SERVICE_REVENUE.value, 0)
    adjustments = sum(found.get(account.value, 0) for account in _ADJUSTMENTS)
    balances = sum(found.get(account.value, 0) for account in _RECEIVABLES)
    elsewhere = sum(cents for account, cents in found.items() if account not in {Account.SERVICE_REVENUE.value, *(one.value for one in (*_ADJUSTMENTS, *_RECEIVABLES))})  # fmt: skip
    proposed = [Proposed(**facts) for facts in practice.settings.get("sample", {}).values()]
    return DemoResult(
        tuple(_row(encounter) for encounter in Encounter.objects.of(practice.pk).select_related("patient").order_by("served_on", "id")),
        charges, elsewhere, adjustments, balances, proof.entries, proof.unbalanced, tuple(name for name, count in proof.invariants if count),
        sum(item.gold for item in proposed), sum(item.found for item in proposed), sum(item.beside for item in proposed),
    )  # fmt: skip


def _row(encounter: Encounter) -> VisitRow:
    codes = coding.coded_encounter(encounter.practice_id, encounter.public_id)
    listed = " ".join([*codes.diagnoses, *("-".join([item.code, *item.modifiers]) for item in codes.procedures)])
    claim: Claim | None = next(iter(claims.claims_of_encounter(encounter.practice_id, encounter.public_id)), None)
    day, chart = encounter.served_on.isoformat(), encounter.patient.chart_number
    if claim is None:
        return VisitRow(day, chart, listed, encounter.state, "", 0, 0, 0, 0, 0, 0)
    return VisitRow(
        day, chart, listed, claim.status, claim.payer.name if claim.payer else "self-pay", claim.charge_cents, claim.insurance_paid_cents,
        claim.contractual_cents + claim.other_write_off_cents, claim.patient_paid_cents, claim.insurance_balance_cents, claim.patient_balance_cents,
    )  # fmt: skip
