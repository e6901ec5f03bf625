"""Entering a paper EOB: the same values as an 835, under the same rules; what was typed is kept as the 835 that it amounts to."""

from __future__ import annotations

from cleanclaim.documents import RemittanceAdvice
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.remittance.models import Remittance
from cleanclaim.practice.remittance.posting import Posted, post_remittance_file
from cleanclaim.x12 import Envelope, write_remittances


def post_paper_eob(*, advice: RemittanceAdvice, by: Actor) -> Posted:
    """Post what a paper EOB says. It balances at line, claim and check level like any remittance, and posts only once.

    Raises InvalidValue for an EOB without check number; Refused when it does not balance.
    """
    if not advice.header.trace_number.strip():
        raise InvalidValue("Type the number of the check or transfer: it keeps the EOB from posting twice.")
    content = write_remittances([advice], Envelope("PAPER", "PRACTICE", by.at))
    with transaction_for(by):
        posted = post_remittance_file(content=content, file_name=f"paper EOB {advice.header.trace_number}"[:120], by=by)
        Remittance.objects.of(by.practice_id).filter(public_id__in=posted.remittances).update(is_manual=True)
        for public_id in posted.remittances:
            record(by, "enter_paper_eob", public_id)
    return posted
