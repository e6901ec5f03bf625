"""The provider-level part of a remittance (PLB): money between payer and practice outside any claim, each amount in its own account."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, Sum

from cleanclaim.documents import ProviderAdjustment
from cleanclaim.ledger import Account, Entry
from cleanclaim.ledger.movements import PROVIDER_LEVEL_ACCOUNTS, Tag, provider_adjustment, takeback
from cleanclaim.practice.claims.books import post_to_claims
from cleanclaim.practice.claims.models import Claim, ClaimEvent, ClaimLine, ClaimPayer
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.remittance.models import Decision, ProviderLevelItem, Remittance
from cleanclaim.practice.remittance.rules import recoupment_claims

_RECOVERIES = frozenset({"WO", "WU"})


def book_provider_level(remittance: Remittance, items: Sequence[ProviderAdjustment], *, by: Actor) -> None:
    """Book each amount of the PLBs.

    A recovery (WO) that no earlier PLB of the payer explains, and that is not answered by a refund check (72) in the same remittance, is
    taken back from the claim whose number it bears. Everything else goes to the account of its reason.
    """
    entries: list[Entry] = []
    rows: list[ProviderLevelItem] = []
    checks = sum(-item.cents for item in items if item.reason == "72")
    for number, item in enumerate(items, 1):
        reference = item.reference.strip()[:80]
        source = f"remittance:{remittance.public_id}:plb:{number}"
        account = PROVIDER_LEVEL_ACCOUNTS.get(item.reason, Account.PROVIDER_LEVEL_ADJUSTMENT)
        claim_id, says = "", ""
        if item.reason in _RECOVERIES and item.cents > 0:
            if checks >= item.cents:
                checks -= item.cents
                says = "Answered by a refund check that the payer acknowledges in the same remittance."
            elif _open_recovery(remittance, reference, rows) <= -item.cents:
                says = "Closes a balance that the payer brought forward."
            else:
                claim_id, says = _claim_meant(remittance, reference, item.cents)
        if claim_id:
            entries += _takeback(source, claim_id, item, by)
            account = Account.INSURANCE_RECEIVABLE
        elif item.cents:
            entries.append(
                provider_adjustment(
                    source=source,
                    on=by.today,
                    payer=remittance.payer.public_id,
                    reason=item.reason[:5],
                    cents=item.cents,
                    reference=reference,
                )
            )
        rows.append(
            ProviderLevelItem(
                practice_id=by.practice_id,
                remittance=remittance,
                number=number,
                payer=remittance.payer,
                provider_id=item.provider_id[:80],
                reason=item.reason[:5],
                reference=reference,
                amount_cents=item.cents,
                account=account.value,
                claim=claim_id,
                says=says,
            )
        )
    ProviderLevelItem.objects.bulk_create(rows)
    post_to_claims(entries, by=by)


def _open_recovery(remittance: Remittance, reference: str, fresh: Sequence[ProviderLevelItem]) -> int:
    """Return what is open with the payer under a reference, or under one that names the same claim (negative: it will still be taken)."""
    numbers = recoupment_claims(reference)
    named = Q(reference=reference)
    for number in numbers:
        named |= Q(reference=number) | Q(reference__startswith=f"{number} ") | Q(reference__startswith=f"{number}/")
    rows = ProviderLevelItem.objects.of(remittance.practice_id).filter(
        named, payer_id=remittance.payer_id, account=Account.PAYER_RECOUPMENT_DUE.value
    )
    earlier = int(rows.aggregate(cents=Sum("amount_cents"))["cents"] or 0)
    now = sum(
        row.amount_cents
        for row in fresh
        if row.account == Account.PAYER_RECOUPMENT_DUE.value
        and (row.reference == reference or numbers & recoupment_claims(row.reference))
    )
    return earlier + now


def _claim_meant(remittance: Remittance, reference: str, cents: int) -> tuple[str, str]:
    """Return the claim that a recovery's reference names and that has as much of this payer's money; else nothing and why."""
    practice_id = remittance.practice_id
    numbers = recoupment_claims(reference)
    if not numbers:
        return "", "It names no claim: held against the payer until somebody asks."
    by_icn = ClaimPayer.objects.of(practice_id).filter(payer_claim_control_number__in=numbers)
    ids = set(by_icn.filter(payer_id=remittance.payer_id).values_list("claim__public_id", flat=True))
    answered = Decision.objects.of(practice_id).filter(
        claim__in=by_icn.values("claim"), remittance__payer_id=remittance.payer_id
    )  # the payer may write another name in its remittances than the claim was sent to
    ids |= set(answered.values_list("claim__public_id", flat=True))
    ids |= set(Claim.objects.of(practice_id).filter(sent_number__in=numbers).values_list("public_id", flat=True))
    rows = Claim.objects.of(practice_id).filter(public_id__in=ids, insurance_paid_cents__gte=cents)
    found = list(rows.values_list("public_id", flat=True)[:2])
    if len(found) == 1:
        return found[0], "Taken back from the claim that it names."
    return "", "It names no claim of ours with as much money: held against the payer until somebody asks."


def _takeback(source: str, claim_id: str, item: ProviderAdjustment, by: Actor) -> list[Entry]:
    """Take an amount back from a claim, line by line as far as each was paid."""
    claim = Claim.objects.of(by.practice_id).get(public_id=claim_id)
    left = item.cents
    entries = []
    payer = claim.payer.public_id if claim.payer else ""
    for line in ClaimLine.objects.of(by.practice_id).filter(claim=claim, paid_cents__gt=0).order_by("number"):
        part = min(left, line.paid_cents)
        if part > 0:
            tag = Tag(claim_id, line.number, claim.patient, payer)
            entries.append(takeback(source=f"{source}:{line.number}", on=by.today, tag=tag, reason=item.reason[:5], cents=part))
            left -= part
    if left:
        whole = Tag(claim_id, 0, claim.patient, payer)
        entries.append(takeback(source=f"{source}:0", on=by.today, tag=whole, reason=item.reason[:5], cents=left))
    ClaimEvent.objects.create(
        practice_id=by.practice_id, claim=claim, on=by.today, at=by.at, what="takeback", source=source, amount_cents=-item.cents,
        says=f"The payer recovered an overpayment (PLB {item.reason}).",
    )  # fmt: skip
    return entries
