"""The payer's front door: a file of claims in, acknowledgements and remittances out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from cleanclaim import x12
from cleanclaim.documents import (
    Address,
    Claim,
    ClaimAcknowledgement,
    ClaimPayment,
    Party,
    ProviderAdjustment,
    RemittanceAdvice,
    RemittanceHeader,
    StatusCode,
)
from cleanclaim.kernel.identifiers import Npi
from cleanclaim.simulator.adjudicating import Decision, adjudicate, reversal_of
from cleanclaim.simulator.answering import answer_eligibility, answer_status
from cleanclaim.simulator.plans import Memory, Plan

_HOME: Final = Address("1 Payer Plaza", "", "Montpelier", "VT", "05602")
_ACCEPTED: Final = StatusCode("A2", "20", "PR")
_REJECTIONS: Final = {
    "member": StatusCode("A7", "164", "IL"),
    "payer": StatusCode("A7", "153", "PR"),
    "provider": StatusCode("A7", "562", "85"),
    "diagnosis": StatusCode("A7", "254"),
    "original": StatusCode("A7", "464"),
}


class Answers(NamedTuple):
    """What comes back for one file; empty bytes where nothing does. `remittances` has one file a payer; `eligibility` is a 271, `statuses` a 277."""

    ta1: bytes
    functional: bytes
    claim_acknowledgements: bytes
    remittances: tuple[bytes, ...]
    decisions: tuple[ClaimPayment, ...] = ()
    rejected: tuple[str, ...] = ()
    eligibility: bytes = b""
    statuses: bytes = b""


class Payer:
    """One or more plans behind one door. What it remembers is in `memories`, by payer id; `control_number` is the last that it gave."""

    def __init__(self, plans: Iterable[Plan], *, memories: Mapping[str, Memory] | None = None, control_number: int = 0) -> None:
        self.plans = {plan.payer_id: plan for plan in plans}
        self.memories: dict[str, Memory] = {name: Memory() for name in self.plans} | dict(memories or {})
        self._control_number = control_number

    @property
    def control_number(self) -> int:
        """The last interchange control number given; the caller keeps it so that none is given twice."""
        return self._control_number

    def answer(self, content: bytes, *, at: datetime, paid_on: date | None = None) -> Answers:
        """Answer a file of claims: TA1 and 999 for what is in it, a 277CA for each claim, an 835 for each payer that accepted any."""
        acknowledged = x12.acknowledge(content, instant=at, control_number=self._next())
        if not acknowledged.is_accepted:
            return Answers(acknowledged.ta1, acknowledged.functional, b"", ())
        if set_of(content) in {"270", "276"}:
            return self._told(content, Answers(acknowledged.ta1, acknowledged.functional, b"", ()), at)
        answered: list[tuple[Claim, ClaimAcknowledgement]] = []
        by_payer: dict[str, list[tuple[Claim, ClaimPayment]]] = {}
        rejected: list[str] = []
        for claim in x12.read_claims(content):
            plan = self.plans.get(claim.subscriber.payer.id)
            refusal = _refusal(claim, plan)
            if plan is None or refusal is not None:
                rejected.append(claim.patient_control_number)
                answered.append((claim, _acknowledge(claim, refusal or _REJECTIONS["payer"], "", at.date())))
                continue
            decision: Decision = adjudicate(claim, plan, self.memories[plan.payer_id], on=at.date())
            self.memories[plan.payer_id] = decision.memory
            number = decision.payment.payer_claim_control_number
            answered.append((claim, _acknowledge(claim, _ACCEPTED, number, at.date())))
            if decision.reversal is not None:
                by_payer.setdefault(plan.payer_id, []).append((claim, decision.reversal))
            by_payer.setdefault(plan.payer_id, []).append((claim, decision.payment))
        acks = x12.write_claim_acknowledgements(answered, self._envelope(at), received_on=at.date()) if answered else b""
        remittances = tuple(
            self.pay(
                self.plans[payer_id], [payment for _, payment in pairs], pairs[0][0].billing, at=at, paid_on=paid_on or at.date()
            )
            for payer_id, pairs in by_payer.items()
        )
        decisions = tuple(payment for pairs in by_payer.values() for _, payment in pairs)
        return Answers(acknowledged.ta1, acknowledged.functional, acks, remittances, decisions, tuple(rejected))

    def _told(self, content: bytes, answers: Answers, at: datetime) -> Answers:
        """Answer the questions of a 270 or 276."""
        if set_of(content) == "270":
            told = [
                answer_eligibility(request, self.plans.get(request.payer.id), self.memories.get(request.payer.id, Memory()))
                for request in x12.read_eligibility_requests(content)
            ]
            return answers._replace(eligibility=x12.write_eligibility_responses(told, self._envelope(at)) if told else b"")
        found = [
            (request, answer_status(request, self.memories.get(request.payer.id, Memory()), on=at.date()))
            for request in x12.read_status_requests(content)
        ]
        return answers._replace(statuses=x12.write_statuses(found, self._envelope(at)) if found else b"")

    def pay(self, plan: Plan, payments: list[ClaimPayment], payee: Party, *, at: datetime, paid_on: date) -> bytes:
        """Write one 835 for decisions; what would be a negative check is carried forward (PLB FB)."""
        memory = self.memories[plan.payer_id]
        memory = memory._replace(last_check=memory.last_check + 1)
        trace = f"{plan.payer_id}{memory.last_check:07d}"
        total = sum(payment.paid_cents for payment in payments)
        owed, net = memory.forward_cents, total - memory.forward_cents
        year_end = date(paid_on.year, 12, 31)
        forwards = (
            ProviderAdjustment(payee.id, year_end, "FB", memory.forward_trace, owed),
            ProviderAdjustment(payee.id, year_end, "FB", trace, min(net, 0)),
        )
        memory = memory._replace(forward_cents=max(0, -net), forward_trace=trace if net < 0 else "")
        self.memories[plan.payer_id] = memory
        header = RemittanceHeader(
            control_number="0001", paid_cents=max(0, net), payer=_party(plan), payee=payee._replace(entity="PE", contact_name="", phone=""),
            method="ACH" if net > 0 else "NON", paid_on=paid_on, trace_number=trace,
            payer_identifier=f"1{plan.payer_id.rjust(9, '0')[-9:]}", produced_on=at.date(),
        )  # fmt: skip
        advice = RemittanceAdvice(header, tuple(payments), tuple(item for item in forwards if item.cents))
        envelope = x12.Envelope(
            sender_id=plan.payer_id, receiver_id="PROVIDER", instant=at, interchange_control_number=self._next(),
            group_control_number=self._control_number,
        )  # fmt: skip
        return x12.write_remittances([advice], envelope)

    def reverse(self, payment: ClaimPayment, corrected: ClaimPayment, payee: Party, *, at: datetime) -> bytes:
        """Write an 835 that takes a decision back (CLP02 22) and puts the corrected one in its place."""
        plan = next(
            plan
            for plan in self.plans.values()
            if payment.payer_claim_control_number.startswith(plan.payer_id[:4].upper().rjust(4, "0"))
        )
        return self.pay(plan, [reversal_of(payment), corrected], payee, at=at, paid_on=at.date())

    def _envelope(self, at: datetime) -> x12.Envelope:
        return x12.Envelope(
            sender_id="SIMPAYER", receiver_id="PROVIDER", instant=at, interchange_control_number=self._next(),
            group_control_number=self._control_number, submitter=Party(entity="PR", last_name="Simulated payer", id_qualifier="PI", id="SIMPAYER"),
        )  # fmt: skip

    def _next(self) -> int:
        self._control_number += 1
        return self._control_number


def set_of(content: bytes) -> str:
    """The transaction set of a file's first ST (837, 270, 276 ...); empty where none is found."""
    start = content.find(b"ISA")
    mark = content[start + 3 : start + 4] if start >= 0 else b""
    at = content.find(b"ST" + mark, start) if mark else -1
    return content[at + 3 : at + 6].decode("ascii", "replace") if at >= 0 else ""


def _refusal(claim: Claim, plan: Plan | None) -> StatusCode | None:
    if plan is None:
        return _REJECTIONS["payer"]
    if not claim.subscriber.party.id:
        return _REJECTIONS["member"]
    if not Npi.is_valid(claim.billing.id):
        return _REJECTIONS["provider"]
    if not claim.diagnoses:
        return _REJECTIONS["diagnosis"]
    if claim.frequency in {"7", "8"} and not claim.payer_claim_control_number:
        return _REJECTIONS["original"]
    return None


def _acknowledge(claim: Claim, status: StatusCode, number: str, on: date) -> ClaimAcknowledgement:
    return ClaimAcknowledgement(
        patient_control_number=claim.patient_control_number, statuses=(status,), effective_on=on,
        action="WQ" if status.category == "A2" else "U", charge_cents=claim.charge_cents, payer_claim_control_number=number,
        served_on=claim.served_on,
    )  # fmt: skip


def _party(plan: Plan) -> Party:
    return Party(
        entity="PR",
        last_name=plan.name,
        id_qualifier="XV",
        id=plan.payer_id,
        address=_HOME,
        contact_name="Provider services",
        phone="8005550199",
    )
