"""Reading what was posted: the answer of `post`, remittances, exceptions, the provider-level ledger, deposits without remittance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import Count, Sum

from cleanclaim.practice.claims.effects import EffectKind
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.paging import Page, Place, page_of
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.remittance.models import BankDeposit, Decision, PostingException, ProviderLevelItem, Remittance


def remittance(practice_id: int, public_id: str) -> Remittance:
    """Return one remittance. Raises NotFound."""
    found: Remittance = get_or_refuse(
        Remittance.objects.of(practice_id).select_related("payer"), what="remittance", public_id=public_id
    )
    return found


def content_of(found: Remittance) -> bytes:
    """Return the file that a remittance came in."""
    return blobs.get(found.blob)


def remittances(practice_id: int, *, limit: int = 200) -> list[Remittance]:
    """Return the latest remittances, newest first."""
    return list(Remittance.objects.of(practice_id).select_related("payer").order_by("-id")[:limit])


def decisions_of(practice_id: int, remittance_id: str) -> list[Decision]:
    """Return what a remittance decided, in its order."""
    rows = Decision.objects.of(practice_id).filter(remittance__public_id=remittance_id)
    return list(rows.select_related("claim", "payer").order_by("ordinal"))


def decisions_of_claim(practice_id: int, claim_id: str) -> list[Decision]:
    """Return every decision on a claim, oldest first."""
    rows = Decision.objects.of(practice_id).filter(claim__public_id=claim_id)
    return list(rows.select_related("remittance", "payer").order_by("id"))


def open_exceptions(practice_id: int, *, remittance_id: str = "") -> list[PostingException]:
    """Return the exceptions that wait for a person, the most money first."""
    rows = (
        PostingException.objects.of(practice_id)
        .filter(state=PostingException.State.OPEN)
        .select_related("remittance", "remittance__payer")
    )
    if remittance_id:
        rows = rows.filter(remittance__public_id=remittance_id)
    return list(rows.order_by("-amount_cents", "id"))


def posted_rows(practice_id: int, remittance_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield each posted answer as `post --json` prints it, in the order of the file."""
    rows = Decision.objects.of(practice_id).filter(remittance__public_id__in=remittance_ids, source__startswith="remittance:")
    rows = rows.select_related("claim", "payer")
    for row in rows.order_by("remittance_id", "ordinal").iterator(chunk_size=1000):
        yield _posted_json(row)


def _posted_json(row: Decision) -> dict[str, Any]:
    sums = {kind.value: 0 for kind in EffectKind}
    for effect in row.effects:
        sums[effect[1]] += effect[2]
    return {
        "patient_control_number": row.claim.patient_control_number,
        "claim": row.claim.public_id,
        "status": row.status,
        "charge_cents": row.charge_cents,
        "paid_cents": row.paid_cents,
        "contractual_cents": sums["contractual"] + sums["sequestration"],
        "capitation_cents": sums["capitation"],
        "patient_responsibility_cents": sums["responsibility"] + sums["held"],
        "denied_cents": sums["denied"] + sums["held"],
        "payer": row.payer.name,
        "payer_claim_control_number": row.payer_claim_control_number,
        "matched_by": row.matched_by,
        "is_reversal": row.reverses_id is not None,
        "warnings": row.warnings,
    }


def posted_page(practice_id: int, remittance_id: str, *, after: Place | None, size: int) -> Page:
    """Return a page of what a remittance decided, each as `post --json` prints it, in the order of the file."""
    rows = Decision.objects.of(practice_id).filter(remittance__public_id=remittance_id, source__startswith="remittance:")
    page = page_of(rows.select_related("claim", "payer"), order=("ordinal", "id"), after=after, size=size)
    return page._replace(rows=tuple(_posted_json(row) for row in page.rows))


def decision_page(practice_id: int, *, after: Place | None, size: int, **where: Any) -> Page:
    """Return a page of what payers decided; `where` names claim (clm_), patients, remittance (rem_), ordinal, and what is empty is not asked."""
    names = {"claim": "claim__public_id", "patients": "claim__patient__in", "remittance": "remittance__public_id"}
    wanted = {names.get(name, name): value for name, value in where.items() if value not in (None, "")}
    rows = Decision.objects.of(practice_id).filter(**wanted).select_related("claim", "payer", "remittance")
    return page_of(rows, order=("id",), after=after, size=size)


def remittance_page(practice_id: int, *, after: Place | None, size: int, newest_first: bool = False) -> Page:
    """Return a page of the remittances in the order in which they were posted."""
    rows = Remittance.objects.of(practice_id).select_related("payer")
    return page_of(rows, order=("-id",) if newest_first else ("id",), after=after, size=size)


EXCEPTION_SORTS: Final = {"created": ("id",), "-created": ("-id",), "-amount": ("-amount_cents", "id")}
"""The orders in which exceptions are read page by page."""


def exception_page(practice_id: int, *, after: Place | None, size: int, sort: str = "created", **where: str) -> Page:
    """Return a page of exceptions; `where` names state, problem, owner, and what is empty is not asked."""
    rows = PostingException.objects.of(practice_id).filter(**{name: value for name, value in where.items() if value})
    return page_of(rows.select_related("remittance__payer"), order=EXCEPTION_SORTS[sort], after=after, size=size)


def exception_rows(practice_id: int, remittance_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield each exception as `post --json` prints it."""
    rows = PostingException.objects.of(practice_id).filter(remittance__public_id__in=remittance_ids)
    for row in rows.order_by("remittance_id", "ordinal").iterator(chunk_size=1000):
        yield {
            "exception": row.public_id,
            "patient_control_number": row.patient_control_number,
            "amount_cents": row.amount_cents,
            "reason": row.problem,
            "says": row.says,
            "candidates": row.candidates,
        }


class PostedTotals(NamedTuple):
    """The sums of a posting: what was posted, held, adjusted at provider level, and the deposit that they make."""

    posted_cents: int
    exceptions_cents: int
    provider_cents: int
    deposit_cents: int

    @property
    def ties(self) -> bool:
        """Posted and held money less provider-level adjustments is the deposit, to the cent."""
        return self.posted_cents + self.exceptions_cents - self.provider_cents == self.deposit_cents


def posted_totals(practice_id: int, remittance_ids: Sequence[str]) -> PostedTotals:
    """Sum what was written for some remittances, each from its own table."""
    where = {"remittance__public_id__in": list(remittance_ids)}

    def total(rows: Any, name: str) -> int:
        return int(rows.aggregate(cents=Sum(name))["cents"] or 0)

    return PostedTotals(
        total(Decision.objects.of(practice_id).filter(source__startswith="remittance:", **where), "paid_cents"),
        total(PostingException.objects.of(practice_id).filter(**where), "amount_cents"),
        total(ProviderLevelItem.objects.of(practice_id).filter(**where), "amount_cents"),
        total(Remittance.objects.of(practice_id).filter(public_id__in=list(remittance_ids)), "paid_cents"),
    )


def provider_rows(practice_id: int, remittance_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the provider-level amounts as `post --json` prints them, signed as in the file."""
    rows = (
        ProviderLevelItem.objects.of(practice_id)
        .filter(remittance__public_id__in=remittance_ids)
        .order_by("remittance_id", "number")
    )
    return [
        {
            "reason": row.reason,
            "amount_cents": row.amount_cents,
            "reference": row.reference,
            "account": row.account,
            "claim": row.claim,
        }
        for row in rows
    ]


class ProviderBalance(NamedTuple):
    """What is open with a payer outside claims, by account and reference; negative: the payer brought it forward to us."""

    payer: str
    account: str
    reference: str
    cents: int
    payer_id: str = ""


def provider_ledger(practice_id: int) -> list[ProviderBalance]:
    """Return every open balance of the provider-level ledger."""
    rows = (
        ProviderLevelItem.objects.of(practice_id)
        .values("payer__name", "payer__public_id", "account", "reference")
        .annotate(cents=Sum("amount_cents"))
        .exclude(cents=0)
        .order_by("payer__name", "account", "reference")
    )
    return [
        ProviderBalance(row["payer__name"], row["account"], row["reference"], int(row["cents"]), row["payer__public_id"])
        for row in rows
    ]


def remittances_without_deposit(practice_id: int) -> list[Remittance]:
    """Return remittances that paid something and whose money the bank has not reported, oldest first."""
    rows = Remittance.objects.of(practice_id).filter(paid_cents__gt=0, deposits__isnull=True).exclude(method="NON")
    return list(rows.select_related("payer").order_by("posted_on", "id"))


def loose_counts(practice_id: int) -> tuple[int, int]:
    """Return how many remittances the bank has not reported, and how many deposits no remittance explains."""
    unbanked = Remittance.objects.of(practice_id).filter(paid_cents__gt=0, deposits__isnull=True).exclude(method="NON").count()
    return int(unbanked), int(BankDeposit.objects.of(practice_id).filter(remittance__isnull=True).count())


def deposits_without_remittance(practice_id: int) -> list[BankDeposit]:
    """Return the bank's money that no remittance explains yet, oldest first."""
    return list(BankDeposit.objects.of(practice_id).filter(remittance__isnull=True).order_by("received_on", "id"))


def deposit_days(practice_id: int, *, first: date, last: date) -> list[dict[str, Any]]:
    """Return day by day what was posted as deposit and what the bank reported: the daily tie-out."""
    posted = (
        Remittance.objects.of(practice_id)
        .filter(posted_on__range=(first, last))
        .values("posted_on")
        .annotate(cents=Sum("paid_cents"))
    )
    banked = (
        BankDeposit.objects.of(practice_id)
        .filter(received_on__range=(first, last))
        .values("received_on")
        .annotate(cents=Sum("amount_cents"))
    )
    days: dict[date, list[int]] = {}
    for row in posted:
        days.setdefault(row["posted_on"], [0, 0])[0] = int(row["cents"])
    for row in banked:
        days.setdefault(row["received_on"], [0, 0])[1] = int(row["cents"])
    return [
        {"day": day, "posted_cents": mine, "banked_cents": bank, "gap_cents": mine - bank}
        for day, (mine, bank) in sorted(days.items())
    ]


def exceptions(
    practice_id: int, *, state: str = "open", problem: str = "", owner: str = "", start: int = 0, size: int = 100
) -> list[PostingException]:
    """Return a page of the exceptions in a state, the most money first."""
    rows = PostingException.objects.of(practice_id).filter(state=state).select_related("remittance__payer")
    if problem:
        rows = rows.filter(problem=problem)
    if owner:
        rows = rows.filter(owner=owner)
    return list(rows.order_by("-amount_cents", "id")[start : start + size])


def exception_counts(practice_id: int) -> dict[str, int]:
    """Return how many exceptions stand in each state, and `open_cents`: the money that waits."""
    rows = (
        PostingException.objects.of(practice_id).values("state").annotate(times=Count("id"), cents=Sum("amount_cents")).order_by()
    )
    counts = {state.value: 0 for state in PostingException.State} | {"open_cents": 0}
    for row in rows:
        counts[row["state"]] = int(row["times"])
        if row["state"] == PostingException.State.OPEN:
            counts["open_cents"] = int(row["cents"] or 0)
    return counts


def exception_problems(practice_id: int, *, state: str = "open") -> list[dict[str, Any]]:
    """Return the problems of the exceptions in a state with their counts."""
    rows = PostingException.objects.of(practice_id).filter(state=state).values("problem")
    return [dict(row) for row in rows.annotate(times=Count("id"), cents=Sum("amount_cents")).order_by("-times", "problem")]


def provider_items(
    practice_id: int, *, payer: str = "", reference: str | None = None, account: str = ""
) -> list[ProviderLevelItem]:
    """Return the amounts booked outside claims, newest first, of a payer, a reference, an account."""
    rows = ProviderLevelItem.objects.of(practice_id).select_related("remittance", "payer")
    if payer:
        rows = rows.filter(payer__public_id=payer)
    if reference is not None:
        rows = rows.filter(reference=reference)
    if account:
        rows = rows.filter(account=account)
    return list(rows.order_by("-id")[:500])
