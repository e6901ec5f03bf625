"""277CA (005010X214): a payer's or clearinghouse's word on each claim that it received."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Final

from cleanclaim.documents import Claim, ClaimAcknowledgement, Party, StatusCode
from cleanclaim.kernel.errors import Refused
from cleanclaim.x12.envelope.envelope import Envelope, Group, Transaction, write_interchange
from cleanclaim.x12.implementations.parts import write_name
from cleanclaim.x12.tokens.values import day_text, money_text
from cleanclaim.x12.tokens.writer import Composite, SegmentWriter

GUIDE: Final = "005010X214"


def write_claim_acknowledgements(
    answers: Iterable[tuple[Claim, ClaimAcknowledgement]], envelope: Envelope, *, received_on: date, payer: Party | None = None,
) -> bytes:  # fmt: skip
    """Write the answers to claims as one 277CA per batch reference.

    Each answer is found by the claim's patient control number (TRN02); totals of what was taken in and what was refused are computed at
    receiver and provider level. `payer` is who answers (the first claim's payer otherwise; entity AY is a clearinghouse).
    """
    listed = list(answers)
    if not listed:
        raise Refused("There is no claim to acknowledge.")
    batches: dict[str, list[tuple[Claim, ClaimAcknowledgement]]] = {}
    for claim, answer in listed:
        batches.setdefault(answer.batch_reference, []).append((claim, answer))
    transactions = [
        Transaction("277", GUIDE, _Body(members, envelope, batch or "0", received_on, payer)) for batch, members in batches.items()
    ]
    return write_interchange([Group("HN", GUIDE, transactions)], envelope)


class _Body:
    """The segments of one 277CA between ST and SE."""

    def __init__(
        self,
        answers: list[tuple[Claim, ClaimAcknowledgement]],
        envelope: Envelope,
        batch: str,
        received_on: date,
        payer: Party | None,
    ) -> None:
        self._answers = answers
        self._envelope = envelope
        self._batch = batch
        self._received_on = received_on
        self._payer = payer or answers[0][0].subscriber.payer

    def __call__(self, out: SegmentWriter, reference: str) -> None:
        instant = self._envelope.instant
        today = instant.strftime("%Y%m%d")
        trace = f"{self._envelope.interchange_control_number}-{reference}"
        out.add("BHT", "0085", "08", trace, today, instant.strftime("%H%M"), "TH")
        out.add("HL", "1", "", "20", "1")
        write_name(
            out,
            self._payer._replace(id=self._payer.id or self._envelope.sender_id, id_qualifier=self._payer.id_qualifier or "PI"),
            self._payer.entity or "PR",
        )
        out.add("TRN", "1", trace)
        out.add("DTP", "050", "D8", day_text(self._received_on))
        out.add("DTP", "009", "D8", today)
        out.add("HL", "2", "1", "21", "1")
        submitter = self._answers[0][0].submitter or Party("41", last_name=self._envelope.receiver_id)
        write_name(out, submitter._replace(id=submitter.id or self._envelope.receiver_id, id_qualifier="46"), "41")
        out.add("TRN", "2", self._batch)
        self._write_totals(out, self._answers, today, "90", "AA")
        level = 2
        for billing, members in groupby(self._answers, key=lambda pair: pair[0].billing):
            level += 1
            provider_level, pairs = level, list(members)
            out.add("HL", str(level), "2", "19", "1")
            write_name(out, billing, "85")
            out.add("TRN", "1", "0")
            self._write_totals(out, pairs, "", "QA", "QC")
            for claim, answer in pairs:
                level += 1
                out.add("HL", str(level), str(provider_level), "PT")
                self._write_answer(out, claim, answer, today)

    def _write_totals(
        self, out: SegmentWriter, pairs: list[tuple[Claim, ClaimAcknowledgement]], today: str, taken: str, refused: str
    ) -> None:
        """Write the STC of a level above the claim and what was taken in and refused below it."""
        accepted = [claim.charge_cents for claim, answer in pairs if answer.is_accepted]
        rejected = [claim.charge_cents for claim, answer in pairs if not answer.is_accepted]
        out.add("STC", out.composite("A1", "19", "PR"), today, "WQ", money_text(sum(accepted) + sum(rejected)))
        if accepted:
            out.add("QTY", taken, str(len(accepted)))
        if rejected:
            out.add("QTY", refused, str(len(rejected)))
        if accepted:
            out.add("AMT", "YU", money_text(sum(accepted)))
        if rejected:
            out.add("AMT", "YY", money_text(sum(rejected)))

    def _write_answer(self, out: SegmentWriter, claim: Claim, answer: ClaimAcknowledgement, today: str) -> None:
        """Write loop 2000D: the patient, the trace (the claim's CLM01), the statuses, the payer's number, the days of service."""
        patient = claim.patient or claim.subscriber.party
        identifier = patient.id or claim.subscriber.party.id
        write_name(out, patient._replace(id=identifier, id_qualifier="MI" if identifier else ""), "QC")
        out.add("TRN", "2", answer.patient_control_number or claim.patient_control_number)
        effective = day_text(answer.effective_on) if answer.effective_on else today
        action = answer.action or ("WQ" if answer.is_accepted else "U")
        charge = money_text(claim.charge_cents if answer.charge_cents is None else answer.charge_cents)
        if not answer.statuses:
            raise Refused(f"The answer to claim {claim.patient_control_number} has no status.")
        for start in range(0, len(answer.statuses), 3):
            codes = [_status(out, status) for status in answer.statuses[start : start + 3]]
            second, third = (*codes[1:], "", "")[:2]
            message = out.free_text(answer.message, 264) if not start else ""
            out.add("STC", codes[0], effective, action, charge, "", "", "", "", "", second, third, message)
        if answer.payer_claim_control_number:
            out.add("REF", "1K", answer.payer_claim_control_number)
        if claim.kind == "837I":
            out.add("REF", "BLT", claim.facility_code + claim.frequency)
        first = (
            answer.served_on
            or claim.served_on
            or next((fact.first for fact in claim.dates if fact.qualifier in {"472", "435"}), None)
        )
        last = answer.served_to or max((line.served_to or line.served_on or first for line in claim.lines if first), default=first)
        if first is not None and last is not None and last != first:
            out.add("DTP", "472", "RD8", f"{day_text(first)}-{day_text(last)}")
        elif first is not None:
            out.add("DTP", "472", "D8", day_text(first))


def _status(out: SegmentWriter, status: StatusCode) -> Composite:
    return out.composite(status.category, status.status, status.entity, status.code_list)
