"""277CA for the claims of a file, from the findings of its check: what the arithmetic and the situations of each claim say of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cleanclaim.documents import Claim, ClaimAcknowledgement, Party, StatusCode
from cleanclaim.x12.envelope.envelope import Envelope
from cleanclaim.x12.implementations.acknowledge import answer_id, plain
from cleanclaim.x12.implementations.check import check
from cleanclaim.x12.implementations.checked import CheckedFile, CheckedTransaction
from cleanclaim.x12.implementations.claim_acknowledgements_write import write_claim_acknowledgements
from cleanclaim.x12.implementations.claims_read import read_claims
from cleanclaim.x12.tokens.findings import ERROR, X12Finding
from cleanclaim.x12.tokens.source import Source

SYNTAX_LEVELS: Final = frozenset({1, 2})
"""What a 999 rejects when claims are answered one by one: syntax and guide. The rest is the 277CA's."""
_TAKEN: Final = StatusCode("A2", "20", "PR")


def acknowledge_claims(source: Source, *, instant: datetime, control_number: int = 1, checked: CheckedFile | None = None) -> bytes:
    """Write the 277CA of a claim file; empty bytes when it holds no claim of a transaction that its 999 accepts."""
    checked = checked or check(source)
    answers = [(_repeatable(claim), answer) for claim, answer in judged_claims(source, checked)]
    if not answers:
        return b""
    interchange = checked.interchanges[0] if checked.interchanges else None
    sender = answer_id(interchange.receiver if interchange else "")
    receiver = answer_id(interchange.sender if interchange else "")
    usage = interchange.usage if interchange and interchange.usage in {"T", "P"} else "P"
    envelope = Envelope(sender, receiver, instant, control_number, control_number, usage=usage)
    return write_claim_acknowledgements(answers, envelope, received_on=instant.date())


def _repeatable(claim: Claim) -> Claim:
    """Keep of a claim what its answer repeats, in characters that an answer can carry."""
    subscriber = claim.subscriber
    return claim._replace(
        patient_control_number=plain(claim.patient_control_number)[:38] or "0", facility_code=plain(claim.facility_code),
        frequency=plain(claim.frequency), billing=_plain_party(claim.billing),
        patient=_plain_party(claim.patient) if claim.patient else None,
        subscriber=subscriber._replace(party=_plain_party(subscriber.party), payer=_plain_party(subscriber.payer)),
        submitter=_plain_party(claim.submitter) if claim.submitter else None,
    )  # fmt: skip


def _plain_party(party: Party) -> Party:
    return party._replace(
        entity=plain(party.entity), last_name=plain(party.last_name), first_name=plain(party.first_name), middle_name=plain(party.middle_name),
        suffix=plain(party.suffix), id_qualifier=plain(party.id_qualifier), id=plain(party.id),
    )  # fmt: skip


def judged_claims(source: Source, checked: CheckedFile) -> Iterator[tuple[Claim, ClaimAcknowledgement]]:
    """Pair every claim of an accepted transaction with its answer, in the order of the file."""
    faulty = {finding.transaction for finding in checked.findings if finding.severity == ERROR and finding.level in SYNTAX_LEVELS}
    business: dict[tuple[int, str], list[X12Finding]] = {}
    for finding in checked.findings:
        if finding.severity == ERROR and finding.level not in SYNTAX_LEVELS and finding.transaction:
            business.setdefault((finding.transaction, finding.subject), []).append(finding)
    claims = read_claims(source)
    for transaction in checked.transactions:
        if transaction.set_id != "837":
            continue
        for _ in range(transaction.claims):
            claim = next(claims, None)
            if claim is None:
                return
            if transaction.number not in faulty:
                found = business.get((transaction.number, f"CLM01:{claim.patient_control_number}"), [])
                yield claim, _answer(claim, transaction, found)


def _answer(claim: Claim, transaction: CheckedTransaction, found: list[X12Finding]) -> ClaimAcknowledgement:
    batch = plain(transaction.control_number)
    if not found:
        return ClaimAcknowledgement(plain(claim.patient_control_number), (_TAKEN,), batch_reference=batch)
    statuses = tuple(dict.fromkeys(StatusCode("A6" if "MISSING" in finding.rule else "A7", "21", "") for finding in found))
    message = " ".join(dict.fromkeys(finding.says for finding in found))
    return ClaimAcknowledgement(plain(claim.patient_control_number), statuses, message=message, batch_reference=batch)
