"""The driver of the sample: the whole revenue cycle, day by day, through the same actions that the desks use."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from cleanclaim.documents import ClaimPayment, Party
from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.charges.actions import price_charges
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.coding import actions as coding
from cleanclaim.practice.coding.rules import DeskCodes, DeskDiagnosis, DeskProcedure
from cleanclaim.practice.encounters import actions as encounters
from cleanclaim.practice.foundation.actor import Actor, system_actor
from cleanclaim.practice.foundation.models import Practice
from cleanclaim.practice.people.models import Member
from cleanclaim.practice.receivables import actions as receivables
from cleanclaim.practice.receivables import queries as accounts
from cleanclaim.practice.receivables.statements import produce_statement
from cleanclaim.practice.registration.models import Patient
from cleanclaim.practice.sample import cast
from cleanclaim.practice.sample.exchange import Exchange
from cleanclaim.practice.sample.result import DemoResult, Proposed, VisitRow, result_of
from cleanclaim.practice.scheduling import actions as scheduling
from cleanclaim.practice.workflow.actions import drain, run_cycle

__all__ = ["DemoResult", "VisitRow", "run"]

LAST_DAY: Final = date(2026, 11, 20)
"""The sample's last day: what payers would answer later stays open."""
DAYS_TO_PAY: Final = 9
"""A remittance comes this many days after its claim."""

Progress = Callable[[int, int, str], None]
Step = Callable[[datetime], None]


class _Run:
    """One run: a queue of steps in the order of their instants, and what they have made so far."""

    def __init__(self, practice: Practice, home: Path, password: str | None) -> None:
        self.practice = practice
        self.zone = ZoneInfo(practice.time_zone)
        self.steps: list[tuple[datetime, int, Step]] = []
        self.order = count()
        self.proposed: dict[str, Proposed] = {}
        self.encounters: dict[str, str] = {}
        self.patients: dict[str, Patient] = {}
        self.decisions: dict[str, tuple[ClaimPayment, Party]] = {}
        self.exchange = Exchange(home / "exchange")
        opening = self.at(cast.visits()[0]["on"] - timedelta(days=3), 9)
        self.staff = cast.set_up(by=self.by(opening), exchange=self.exchange.folder, password=password)
        for visit in cast.visits():
            self.plan(visit["on"], 9, self._visit(visit))
            if not visit.get("waits"):
                self.plan(visit["on"] + timedelta(days=1), 10, self._code(visit))
        for day, hour, step in self._money_days():
            self.plan(day, hour, step)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return an instant of a day where the practice is."""
        return datetime.combine(day, time(hour, minute), tzinfo=self.zone).astimezone(UTC)

    def by(self, at: datetime, name: str = "") -> Actor:
        """Return a member of the practice (by user name) at an instant, or the practice's own automation."""
        member = Member.objects.of(self.practice.pk).filter(user__username=name).first() if name else None
        if member is None:
            return system_actor(self.practice.pk, at=at, zone=self.practice.time_zone)
        return Actor(self.practice.pk, member.display_name, frozenset(member.roles), at, member.pk, self.practice.time_zone)

    def plan(self, day: date, hour: int, step: Step) -> None:
        """Put a step into the queue; what lies past the sample's last day is left open."""
        if day <= LAST_DAY:
            heapq.heappush(self.steps, (self.at(day, hour), next(self.order), step))

    def _visit(self, visit: dict[str, Any]) -> Step:
        def step(at: datetime) -> None:
            desk, doctor = self.by(at, "fran"), self.by(at + timedelta(hours=1), "okafor")
            row = next(row for row in cast.facts()["patients"] if row["key"] == visit["patient"])
            patient = self.patients[row["key"]] = cast.register(row, self.staff, by=desk)
            provider = self.staff.providers["lindqvist" if visit.get("kind") == "nurse" else "okafor"]
            booked = scheduling.book_appointment(
                patient_id=patient.public_id, provider_id=provider.public_id, site_id=self.staff.site.public_id, starts_at=at,
                ends_at=at + timedelta(minutes=20), is_self_pay=not row["coverages"], source=f"sample:{visit['note']}", by=desk, overbook=True,
            )  # fmt: skip
            scheduling.arrive(appointment_id=booked.public_id, by=desk)
            opened = encounters.open_encounter(
                patient_id=patient.public_id, provider_id=provider.public_id, site_id=self.staff.site.public_id, served_on=visit["on"],
                appointment_id=booked.public_id, is_self_pay=not row["coverages"], is_new_patient=visit.get("new_patient", False),
                source=f"sample:{visit['note']}", by=doctor,
            )  # fmt: skip
            encounters.write_note(encounter_id=opened.public_id, text=visit["text"], by=doctor)
            encounters.sign_note(encounter_id=opened.public_id, by=doctor)
            scheduling.complete(appointment_id=booked.public_id, by=self.by(at + timedelta(hours=1), "fran"))
            self.encounters[visit["note"]] = opened.public_id

        return step

    def _code(self, visit: dict[str, Any]) -> Step:
        def step(at: datetime) -> None:
            coder, encounter = self.by(at, "cody"), self.encounters[visit["note"]]
            answer = coding.suggest_codes(encounter_id=encounter, by=coder)
            offered = {item.code: item for item in answer.suggestions if item.band != "hint"}
            gold = {*visit["diagnoses"], *(service[0] for service in visit["services"])}
            level = {answer.em.code} if answer.em else set()
            self.proposed[visit["note"]] = Proposed(len(gold), len(gold & ({*offered} | level)), len({*offered} - gold))
            codes = DeskCodes(
                tuple(DeskDiagnosis(code, "", "suggested" if code in offered else "typed", offered[code].confidence if code in offered else None)
                      for code in visit["diagnoses"]),
                tuple(
                    DeskProcedure("hcpcs" if code[0].isalpha() else "cpt", code, tuple(modifiers.split()), Decimal(units),
                                  tuple(int(pointer) for pointer in pointers.split()), "suggested" if code in offered else "typed")
                    for code, modifiers, units, pointers in visit["services"]
                ),
            )  # fmt: skip
            coding.confirm_codes(encounter_id=encounter, codes=codes, by=coder)
            coding.finalise_coding(encounter_id=encounter, by=coder)
            price_charges(encounter_id=encounter, by=self.by(at, "mina"))
            drain(by=self.by(at))
            receivables.use_credit(patient_id=self.patients[visit["patient"]].public_id, by=self.by(at, "ruth"))
            self._clear(at + timedelta(hours=6))

        return step

    def _clear(self, at: datetime) -> None:
        """Send what is ready; the payers acknowledge the same evening and pay nine days later."""
        run_cycle(by=self.by(at, "ruth"))
        answered = self.exchange.answer(at=at + timedelta(hours=1))
        self.decisions |= {number: (payment, answered.payees[number]) for number, payment in answered.decisions.items()}
        run_cycle(by=self.by(at + timedelta(hours=2), "ruth"))
        if answered.remittances:
            day = at.astimezone(self.zone).date() + timedelta(days=DAYS_TO_PAY)
            self.plan(day, 8, self._pay(answered.remittances))

    def _pay(self, remittances: tuple[tuple[str, bytes], ...]) -> Step:
        def step(at: datetime) -> None:
            for name, content in remittances:
                self.exchange.put(name, content)
            run_cycle(by=self.by(at, "ruth"))
            self._clear(at + timedelta(hours=3))

        return step

    def _money_days(self) -> list[tuple[date, int, Step]]:
        return [
            (date(2026, 9, 3), 11, self._takes("hannah", 60_00, "card", "front desk")),
            (date(2026, 9, 30), 15, self._statements),
            (date(2026, 10, 8), 14, self._pays_all("ines", "check", "1042")),
            (date(2026, 10, 15), 8, self._takes("mei", 30_00, "cash", "copay", is_prepaid=True)),
            (date(2026, 10, 31), 15, self._statements),
            (date(2026, 11, 3), 9, self._corrects("ines", date(2026, 10, 2))),
            (date(2026, 11, 9), 16, self._plan("curtis")),
            (date(2026, 11, 9), 17, self._takes("curtis", 124_00, "card", "first instalment")),
            (date(2026, 11, 18), 15, self._statements),
        ]

    def _takes(self, key: str, cents: int, method: str, reference: str, *, is_prepaid: bool = False) -> Step:
        def step(at: datetime) -> None:
            receivables.take_payment(patient_id=self.patients[key].public_id, cents=cents, method=method, reference=f"sample {key} {reference}",
                                     is_prepaid=is_prepaid, by=self.by(at, "fran"))  # fmt: skip

        return step

    def _pays_all(self, key: str, method: str, reference: str) -> Step:
        def step(at: datetime) -> None:
            patient = self.patients[key].public_id
            due = accounts.account_summary(self.practice.pk, patient, on=at.date()).due_now_cents
            if due > 0:
                receivables.take_payment(
                    patient_id=patient, cents=due, method=method, reference=f"sample {reference}", by=self.by(at, "ruth")
                )

        return step

    def _plan(self, key: str) -> Step:
        def step(at: datetime) -> None:
            receivables.agree_plan(patient_id=self.patients[key].public_id, parts=3, first_on=at.date(), by=self.by(at, "fran"))

        return step

    def _statements(self, at: datetime) -> None:
        for patient in self.patients.values():
            receivables.use_credit(patient_id=patient.public_id, by=self.by(at, "ruth"))
        for account in accounts.patients_to_bill(self.practice.pk, on=at.date()):
            try:
                produce_statement(patient_id=account, by=self.by(at, "ruth"))
            except Refused:
                continue  # nothing is due now: a plan's next part lies ahead, or a credit covers it

    def _corrects(self, key: str, served_on: date) -> Step:
        """The payer takes a decision back and pays ten dollars more on its first line."""

        def step(at: datetime) -> None:
            for claim in claims.claims_of_patient(self.practice.pk, self.patients[key].public_id):
                if claim.served_on != served_on or claim.sent_number not in self.decisions:
                    continue
                before, payee = self.decisions[claim.sent_number]
                self.exchange.put(
                    f"correction-{claim.sent_number}.835", self.exchange.payer.reverse(before, _better(before), payee, at=at)
                )
                self.exchange.remember()
            run_cycle(by=self.by(at, "ruth"))

        return step


def _better(before: ClaimPayment) -> ClaimPayment:
    line = before.lines[0]
    more = 10_00
    adjustments = tuple(
        item._replace(cents=item.cents - more) if (item.group, item.reason) == ("CO", "45") else item for item in line.adjustments
    )
    lines = (line._replace(paid_cents=line.paid_cents + more, adjustments=adjustments), *before.lines[1:])
    return before._replace(paid_cents=before.paid_cents + more, lines=lines)


def run(practice: Practice, *, home: Path, password: str | None = None, progress: Progress | None = None) -> DemoResult:
    """Run the cycle over the sample's visits and return a row for each and the proof from the books.

    A practice in which the sample has run already is only read. `home` holds the exchange folder; `password` is given to its members.
    """
    if not practice.settings.get("sample"):
        driver = _Run(practice, home, password)
        done, total = 0, len(driver.steps)
        while driver.steps:
            at, _, step = heapq.heappop(driver.steps)
            step(at)
            done += 1
            if progress is not None:
                progress(done, max(total, done + len(driver.steps)), at.astimezone(driver.zone).date().isoformat())
        practice.settings = {**practice.settings, "sample": {note: found._asdict() for note, found in driver.proposed.items()}}
        practice.save(update_fields=["settings"])
    return result_of(practice)
