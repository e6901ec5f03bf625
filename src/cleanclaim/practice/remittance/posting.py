"""Posting 835 files: one file is one transaction. Every answer is posted to its claim or waits as an exception with its money held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleanclaim.documents import ClaimPayment, ProviderAdjustment, RemittanceHeader
from cleanclaim.kernel.errors import Conflict, UnreadableInput
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import transaction_for
from cleanclaim.practice.payers.actions import payer_from_party
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.remittance.days import plausible_on, strange_days_of_check
from cleanclaim.practice.remittance.following import match_deposits, retry_claim_exceptions
from cleanclaim.practice.remittance.models import PostingException, Remittance
from cleanclaim.practice.remittance.provider_level import book_provider_level
from cleanclaim.practice.remittance.reading import LookedAt, envelope_fault, look_at
from cleanclaim.practice.remittance.run import PostingRun
from cleanclaim.practice.remittance.shapes import Problem
from cleanclaim.x12 import Payment, read_payments

_CHUNK = 500


class Duplicate(NamedTuple):
    """A transaction that was posted before: when, in which file, and how it was known again."""

    first_seen: str
    what: str


class Posted(NamedTuple):
    """What posting one file did. `remittances` are the ids of what was posted now; nothing was posted when `refused` says why."""

    remittances: tuple[str, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    refused: tuple[str, ...] = ()


def post_remittance_file(*, content: bytes, file_name: str, by: Actor, override_duplicates: bool = False) -> Posted:
    """Post an 835 file, all of it or nothing. The same content under any name or control number is refused as a duplicate.

    A transaction that is out of balance at line, claim or check level refuses its whole file. Raises UnreadableInput when there is no
    remittance in it. Overriding a duplicate needs the role of a manager.
    """
    require(by, "biller", "manager")
    if override_duplicates:
        require(by, "manager")
    looks = look_at(read_payments(content))
    if not looks:
        raise UnreadableInput(envelope_fault(content) or "There is no remittance (835) in it.")
    refused = _faults(content, looks)
    if refused:
        return Posted(refused=tuple(refused))
    try:
        with transaction_for(by):
            return _post(content, file_name, looks, override=override_duplicates, by=by)
    except Conflict:
        found = [duplicate for look in looks if (duplicate := _known(look, by)) is not None]
        if not found:
            raise
        return Posted(duplicates=tuple(found))


def _faults(content: bytes, looks: Sequence[LookedAt]) -> list[str]:
    broken = envelope_fault(content)
    faults = [broken] if broken else []
    for number, look in enumerate(looks, 1):
        name = f"Transaction {look.header.control_number or number}"
        faults += [f"{name} is out of balance or unreadable: {fault}." for fault in look.faults]
    return faults


def _known(look: LookedAt, by: Actor) -> Duplicate | None:
    """Tell whether a transaction was posted before: by all of its content, or by check number, payer and amount."""
    rows = Remittance.objects.of(by.practice_id)
    same = rows.filter(fingerprint=look.fingerprint).first()
    what = "the same check, payer, amount and claims"
    if same is None and _has_number(look):
        same = rows.filter(check_key=look.check_key).order_by("id").first()
        what = "the same check number, payer and amount, with other claims"
    if same is None:
        return None
    return Duplicate(f"{same.posted_on.isoformat()} in {same.file_name} as {same.public_id}", what)


def _has_number(look: LookedAt) -> bool:
    return bool(look.header.paid_cents and look.header.trace_number.strip())


def _post(content: bytes, file_name: str, looks: Sequence[LookedAt], *, override: bool, by: Actor) -> Posted:
    next_number(by.practice_id, "remittance-posting")  # one posting at a time in a practice: the others wait here, holding nothing
    duplicates: list[Duplicate] = []
    fresh: dict[int, LookedAt] = {}
    seen: set[str] = set()
    for number, look in enumerate(looks, 1):
        known = _known(look, by)
        if known is None and look.fingerprint in seen:
            known = Duplicate(f"earlier in {file_name}", "the same check, payer, amount and claims")
        elif known is None and _has_number(look) and look.check_key in seen:
            known = Duplicate(f"earlier in {file_name}", "the same check number, payer and amount, with other claims")
        seen |= {look.fingerprint, look.check_key}
        if known is not None:
            duplicates.append(known)
        if known is None or override:
            fresh[number] = look
    if not fresh:
        return Posted(duplicates=tuple(duplicates))
    digest = blobs.put(content)
    made = [
        _post_one(remittance, items, by)
        for remittance, items in _transactions(content, fresh, digest, file_name, override=override, by=by)
    ]
    return Posted(tuple(made), () if override else tuple(duplicates))


def _transactions(
    content: bytes, fresh: dict[int, LookedAt], digest: str, file_name: str, *, override: bool, by: Actor
) -> Iterator[tuple[Remittance, Iterator[Payment]]]:
    """Yield each transaction that is to be posted with the stream of its items."""
    stream = read_payments(content)
    item = next(stream, None)
    number = 0
    while item is not None:
        number += 1
        ended: list[Payment | None] = [None]

        def rest(ended: list[Payment | None] = ended) -> Iterator[Payment]:
            for following in stream:
                if isinstance(following, RemittanceHeader):
                    ended[0] = following
                    return
                yield following

        items = rest()
        if number in fresh:
            yield _remittance(fresh[number], number, digest, file_name, override=override, by=by), items
        for _ in items:
            pass  # what a skipped transaction holds
        item = ended[0]


def _remittance(look: LookedAt, number: int, digest: str, file_name: str, *, override: bool, by: Actor) -> Remittance:
    header = look.header
    payer = payer_from_party(party=header.payer._replace(id=header.payer.id or header.payer_identifier), claim_filing="", by=by)
    fingerprint, overrides = look.fingerprint, ""
    if override:
        earlier = Remittance.objects.of(by.practice_id).filter(check_key=look.check_key)
        first = earlier.order_by("id").first()
        if first is not None:
            overrides = first.public_id
            fingerprint = f"{look.fingerprint[:56]}+{earlier.count()}"
    remittance = Remittance(
        practice_id=by.practice_id, created_at=by.at, blob=digest, file_name=file_name[-120:], ordinal=number,
        control_number=header.control_number[:9], payer=payer, payer_identifier=header.payer_identifier[:30],
        trace_number=header.trace_number[:50], method=header.method[:3],
        paid_on=header.paid_on if plausible_on(by.today).holds(header.paid_on) else None, paid_cents=header.paid_cents,
        claims_cents=look.claims_cents, provider_cents=look.provider_cents, claims=look.claims, posted_on=by.today,
        fingerprint=fingerprint, check_key=look.check_key, overrides=overrides,
    )  # fmt: skip
    remittance.save()
    _note_strange_day(remittance, header, by)
    return remittance


def _note_strange_day(remittance: Remittance, header: RemittanceHeader, by: Actor) -> None:
    """Leave an exception without money for a check whose own day cannot be meant: its answers post all the same, without that day."""
    strange = strange_days_of_check(header, plausible_on(by.today))
    if strange:
        says = (
            f"The check itself is dated wrongly: {strange}. It is posted without that day, and what runs from it runs from the day of"
            " posting. Compare it with the bank's deposit, then set this aside."
        )
        PostingException(
            practice_id=by.practice_id, created_at=by.at, remittance=remittance, ordinal=0, problem=Problem.STRANGE_DAY.value,
            amount_cents=0, says=says[:300],
        ).save()  # fmt: skip


def _post_one(remittance: Remittance, items: Iterator[Payment], by: Actor) -> str:
    run = PostingRun(remittance, by)
    chunk: list[tuple[int, ClaimPayment]] = []
    provider_level: list[ProviderAdjustment] = []
    ordinal = 0
    for item in items:
        if isinstance(item, ClaimPayment):
            ordinal += 1
            chunk.append((ordinal, item))
            if len(chunk) >= _CHUNK:
                run.post(chunk)
                chunk = []
        elif isinstance(item, ProviderAdjustment):
            provider_level.append(item)
    if chunk:
        run.post(chunk)
    run.finish()
    book_provider_level(remittance, provider_level, by=by)
    awaited = run.reversed_claims | run.awaited_claims
    while awaited and retry_claim_exceptions(claim_ids=awaited, by=by):
        pass  # what has posted now may be what another one waits for
    match_deposits(by=by)
    record(
        by, "post_remittance", remittance.public_id, cents=remittance.paid_cents, posted=run.posted, exceptions=run.excepted,
        overrides=remittance.overrides,
    )  # fmt: skip
    emit(by, "remittance-posted", remittance.public_id)
    return remittance.public_id
