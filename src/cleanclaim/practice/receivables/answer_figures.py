"""Figures of payers' answers: denials by count and by money, first answers, first-pass resolution, time to answer, appeals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from cleanclaim.practice.denials.models import Appeal, Denial
from cleanclaim.practice.receivables.figure_parts import listed
from cleanclaim.practice.receivables.figures import Figure, Part, Row, Span, days_of, share
from cleanclaim.practice.remittance.models import Decision

_ZERO_PAID: Final = Q(paid_cents=0) & (Q(status="4") | Q(claim__denied_cents__gt=0))
"""An answer that pays nothing on a claim of which something is denied."""


def answer_figures(span: Span) -> list[Figure]:
    """Return the figures of what payers answered in the period."""
    return [
        _remittance_denials(span),
        _first_pass(span),
        _denied_cents(span),
        *_initial_denials(span),
        _to_first_answer(span),
        _appeals_won(span),
    ]


def _decisions(span: Span) -> QuerySet[Any]:
    return Decision.objects.of(span.practice_id).filter(remittance__posted_on__range=(span.first, span.last), reverses__isnull=True)


def _remittance_denials(span: Span) -> Figure:
    rows = _decisions(span)
    names = ("claim", "payer", "posted_on", "trace_number", "paid_cents", "answers")

    def part(says: str, some: QuerySet[Any]) -> Part:
        def read() -> Iterator[Row]:
            found = some.order_by("-id").values_list(
                "claim__patient_control_number", "payer__name", "remittance__posted_on", "remittance__trace_number", "paid_cents"
            )
            return ((*row, 1) for row in found.iterator(chunk_size=2000))

        return Part(says, some.count(), names, read)

    return share(
        "Remittance denial rate", part("answers that pay nothing and deny", rows.filter(_ZERO_PAID)), part("answers", rows),
        "denied answers / answers",
    )  # fmt: skip


def _first_pass(span: Span) -> Figure:
    per_claim = (
        _decisions(span)
        .filter(sequence="P")
        .values("claim__patient_control_number", "claim__denied_cents")
        .annotate(times=Count("id"))
    )
    resolved = per_claim.filter(times=1).exclude(claim__denied_cents__gt=0)

    def part(says: str, some: QuerySet[Any]) -> Part:
        def read() -> Iterator[Row]:
            for row in some.order_by("claim__patient_control_number").iterator(chunk_size=2000):
                yield row["claim__patient_control_number"], row["times"], int(row["claim__denied_cents"]), 1

        return Part(says, some.count(), ("claim", "answers", "denied_cents", "claims"), read)

    return share(
        "First-pass resolution", part("claims settled by their first answer", resolved), part("claims answered", per_claim),
        "claims settled by their first answer / claims answered",
    )  # fmt: skip


def _denied_cents(span: Span) -> Figure:
    refused = Denial.objects.of(span.practice_id).filter(decided_on__range=(span.first, span.last))
    answered = _decisions(span).filter(sequence="P")

    def denials() -> Iterator[Row]:
        rows = refused.order_by("-amount_cents").values_list(
            "claim__patient_control_number", "payer__name", "group", "reason", "cause", "state", "amount_cents"
        )
        for number, payer, group, reason, cause, state, cents in rows.iterator(chunk_size=2000):
            yield number, payer, f"{group}-{reason}", cause, state, int(cents)

    def answers() -> Iterator[Row]:
        rows = answered.order_by("-charge_cents")
        return rows.values_list("claim__patient_control_number", "payer__name", "remittance__posted_on", "charge_cents").iterator(
            chunk_size=2000
        )

    above = Part("refused", _sum(refused, "amount_cents"), ("claim", "payer", "reason", "cause", "state", "refused_cents"), denials)
    below = Part(
        "charged on answered claims", _sum(answered, "charge_cents"), ("claim", "payer", "posted_on", "charge_cents"), answers
    )
    return share("Denial rate by amount", above, below, "cents refused / cents charged on answered claims")


def _sum(rows: QuerySet[Any], name: str) -> int:
    return int(rows.aggregate(cents=Sum(name))["cents"] or 0)


def _first_answers(span: Span) -> list[Row]:
    """Return claims whose first payer answered them for the first time in the period: number, day, payer, what it was, charge."""
    rows = Decision.objects.of(span.practice_id).filter(sequence="P", reverses__isnull=True, remittance__posted_on__lte=span.last)
    seen: dict[int, Row] = {}
    names = (
        "claim_id", "claim__patient_control_number", "remittance__posted_on", "payer__name", "charge_cents", "paid_cents", "status", "effects",
    )  # fmt: skip
    recent = rows.filter(claim__in=rows.filter(remittance__posted_on__gte=span.first).values("claim"))
    for claim, number, day, payer, charge, paid, status, effects in (
        recent.order_by("id").values_list(*names).iterator(chunk_size=2000)
    ):
        if claim not in seen:
            refused = paid == 0 and (status == "4" or any(effect[1] == "denied" for effect in effects))
            seen[claim] = (number, day, payer, "denied" if refused else "not denied", int(charge))
    return [row for row in seen.values() if row[1] >= span.first]


def _initial_denials(span: Span) -> list[Figure]:
    answers = _first_answers(span)
    denied = [row for row in answers if row[3] == "denied"]
    names = ("claim", "answered_on", "payer", "first_answer")
    says = ("denied by the first answer", "first answered")
    counted = [
        listed(word, (*names, "claims"), [(*row[:4], 1) for row in rows])
        for word, rows in zip(says, (denied, answers), strict=True)
    ]
    summed = [listed(word, (*names, "charge_cents"), rows) for word, rows in zip(says, (denied, answers), strict=True)]
    return [
        share("Initial denial rate", counted[0], counted[1], "claims whose first answer denied them, in whole / claims first answered"),
        share("Initial denial rate by amount", summed[0], summed[1], "cents charged on claims whose first answer denied them / cents charged on claims first answered"),
    ]  # fmt: skip


def _to_first_answer(span: Span) -> Figure:
    rows = _decisions(span).filter(sequence="P", claim__billed_on__isnull=False).order_by("id")
    seen: dict[int, tuple[Any, ...]] = {}
    names = ("claim_id", "claim__patient_control_number", "claim__billed_on", "remittance__posted_on")
    for claim, number, billed, posted in rows.values_list(*names).iterator(chunk_size=5000):
        if claim not in seen and posted >= billed:
            seen[claim] = (number, billed, posted, (posted - billed).days)
    waited = sorted(seen.values(), key=lambda row: -row[3])
    above = listed("days from billing to the first answer", ("claim", "billed_on", "answered_on", "days"), waited)
    below = listed("claims answered", ("claim", "billed_on", "answered_on", "claims"), [(*row[:3], 1) for row in waited])
    return days_of(
        "Days to the first answer", above, below, "days from billing to the first payer's answer, summed / claims answered"
    )


def _appeals_won(span: Span) -> Figure:
    rows = Appeal.objects.of(span.practice_id).filter(decided_on__range=(span.first, span.last)).order_by("-decided_on", "id")
    facts = rows.values_list(
        "denial__claim__patient_control_number", "denial__payer__name", "level", "sent_on", "decided_on", "outcome"
    )
    decided = [(*row, 1) for row in facts]
    names = ("claim", "payer", "level", "sent_on", "decided_on", "outcome", "appeals")
    won = listed("appeals overturned", names, [row for row in decided if row[5] == "overturned"])
    return share("Appeals won", won, listed("appeals decided", names, decided), "appeals overturned / appeals decided")
