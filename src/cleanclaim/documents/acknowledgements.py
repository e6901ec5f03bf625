"""What came back about what was sent: TA1 (interchange), 999 (group and transaction), 277CA (claim)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cleanclaim.documents.parts import Place


class InterchangeAcknowledgement(NamedTuple):
    """A TA1: the receiver's word on one of our interchanges. `status` is A, E or R; `note` the three-digit code, 000 for none."""

    control_number: str
    status: str
    note: str = "000"
    sent_on: date | None = None
    sent_at: str = ""
    place: Place | None = None


class SegmentError(NamedTuple):
    """An IK3 (and IK4) of a 999: which segment of our transaction, which loop, which element, which codes."""

    segment_id: str
    position: int
    loop: str = ""
    segment_code: str = ""
    element: int | None = None
    component: int | None = None
    element_code: str = ""
    value: str = ""


class TransactionAcknowledgement(NamedTuple):
    """The AK2 to IK5 of one of our transactions. `status` is A, E, M, R, W or X."""

    set_id: str
    control_number: str
    status: str
    version: str = ""
    codes: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()


class FunctionalAcknowledgement(NamedTuple):
    """A 999 (or 997): the receiver's word on one of our functional groups. `status` is AK901: A, E, P or R."""

    functional_id: str
    group_control_number: str
    version: str
    status: str
    included: int = 0
    received: int = 0
    accepted: int = 0
    codes: tuple[str, ...] = ()
    transactions: tuple[TransactionAcknowledgement, ...] = ()
    place: Place | None = None


class StatusCode(NamedTuple):
    """One composite of an STC: claim status category (A1, A2, A3, A7 ...), status code, entity, code list."""

    category: str
    status: str
    entity: str = ""
    code_list: str = ""


class ClaimAcknowledgement(NamedTuple):
    """A 277CA's word on one claim. `is_accepted` follows the category: A0, A1, A2 and A5 are taken in, A3, A4, A6, A7 and A8 are not.

    A refusal of a whole batch or provider, which names no claim, has an empty `patient_control_number` and counts for every claim of
    `batch_reference`. `line_statuses` holds what was said of single lines, by the line's control number.
    """

    patient_control_number: str
    statuses: tuple[StatusCode, ...]
    effective_on: date | None = None
    action: str = ""
    charge_cents: int | None = None
    payer_claim_control_number: str = ""
    served_on: date | None = None
    served_to: date | None = None
    message: str = ""
    batch_reference: str = ""
    provider_id: str = ""
    place: Place | None = None
    line_statuses: tuple[tuple[str, tuple[StatusCode, ...]], ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Every status takes the claim in."""
        return bool(self.statuses) and all(status.category in {"A0", "A1", "A2", "A5"} for status in self.statuses)
