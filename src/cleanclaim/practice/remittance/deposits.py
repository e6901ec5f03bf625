"""What the bank reports, told from remittances by hand where the trace numbers differ, and the day-by-day tie-out."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from cleanclaim.kernel.errors import Refused
from cleanclaim.ledger import Account
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.journal.models import JournalPosting
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.remittance.following import take_deposit
from cleanclaim.practice.remittance.models import BankDeposit, Remittance


def note_deposit(
    *, trace_number: str, amount_cents: int, by: Actor, payer_identifier: str = "", received_on: date | None = None
) -> BankDeposit:
    """Note money that the bank reports for a day, today or earlier; see `take_deposit`. The same trace, payer and amount is one deposit."""
    if amount_cents <= 0:
        raise Refused("A deposit is more than nothing.")
    if received_on is not None and received_on > by.today:
        raise Refused("A deposit is not received after today.")
    with transaction_for(by):
        deposit = take_deposit(
            trace_number=trace_number.strip(), amount_cents=amount_cents, payer_identifier=payer_identifier.strip(), by=by
        )
        if received_on is not None and deposit.received_on != received_on and deposit.created_at == by.at:
            deposit.received_on = received_on
            save_checked(deposit, fields=["received_on"])
    return deposit


def tie_deposit(*, deposit_id: str, remittance_id: str, by: Actor) -> BankDeposit:
    """Say that a remittance explains a deposit although their trace numbers differ; the amounts must be the same to the cent."""
    require(by, "biller", "manager")
    with transaction_for(by):
        deposit: BankDeposit = locked(BankDeposit.objects.of(by.practice_id), what="deposit", public_id=deposit_id)
        remittance: Remittance = locked(Remittance.objects.of(by.practice_id), what="remittance", public_id=remittance_id)
        if deposit.remittance_id is not None:
            raise Refused("This deposit is explained already.")
        if BankDeposit.objects.of(by.practice_id).filter(remittance=remittance).exists():
            raise Refused("Another deposit explains this remittance already.")
        if deposit.amount_cents != remittance.paid_cents:
            raise Refused("The bank's amount is not the remittance's: they are not the same payment.")
        deposit.remittance, deposit.matched_on = remittance, by.today
        save_checked(deposit, fields=["remittance", "matched_on"])
        record(by, "tie_deposit", deposit.public_id, remittance=remittance.public_id)
    return deposit


def untie_deposit(*, deposit_id: str, by: Actor) -> BankDeposit:
    """Take a wrong tie between a deposit and a remittance back."""
    require(by, "biller", "manager")
    with transaction_for(by):
        deposit: BankDeposit = locked(BankDeposit.objects.of(by.practice_id), what="deposit", public_id=deposit_id)
        if deposit.remittance_id is None:
            raise Refused("This deposit is not tied to a remittance.")
        deposit.remittance, deposit.matched_on = None, None
        save_checked(deposit, fields=["remittance", "matched_on"])
        record(by, "untie_deposit", deposit.public_id)
    return deposit


def tied_deposits(practice_id: int, *, limit: int = 100) -> list[BankDeposit]:
    """Return deposits with the remittance that explains them, the latest first."""
    rows = BankDeposit.objects.of(practice_id).filter(remittance__isnull=False)
    return list(rows.select_related("remittance__payer").order_by("-received_on", "-id")[:limit])


class CashDay(NamedTuple):
    """A day's money: remittances posted, what the bank reported, the cash that the journal shows, and what patients paid."""

    day: date
    posted_cents: int
    banked_cents: int
    journal_cents: int
    patients_cents: int

    @property
    def gap_cents(self) -> int:
        """Remittances less the bank's deposits; what patients paid is banked by hand."""
        return self.posted_cents - self.banked_cents

    @property
    def ties_to_books(self) -> bool:
        """The cash of the journal is what remittances and patients brought."""
        return self.posted_cents + self.patients_cents == self.journal_cents


def cash_days(practice_id: int, *, first: date, last: date) -> list[CashDay]:
    """Return the daily tie-out: remittances, bank and journal day by day, newest first."""
    days: dict[date, list[int]] = {}

    def add(place: int, rows: list[tuple[date, int]]) -> None:
        for day, cents in rows:
            days.setdefault(day, [0, 0, 0, 0])[place] += int(cents or 0)

    posted = Remittance.objects.of(practice_id).filter(posted_on__range=(first, last))
    add(0, list(posted.values_list("posted_on").annotate(cents=Sum("paid_cents")).order_by()))
    banked = BankDeposit.objects.of(practice_id).filter(received_on__range=(first, last))
    add(1, list(banked.values_list("received_on").annotate(cents=Sum("amount_cents")).order_by()))
    cash = JournalPosting.objects.of(practice_id).filter(
        account__in=[Account.CASH.value, Account.CARD_CLEARING.value], entry__on__range=(first, last)
    )
    add(2, list(cash.values_list("entry__on").annotate(cents=Sum("cents")).order_by()))
    patients = cash.exclude(entry__source__startswith="remittance:")
    add(3, list(patients.values_list("entry__on").annotate(cents=Sum("cents")).order_by()))
    return [CashDay(day, *sums) for day, sums in sorted(days.items(), reverse=True)]
