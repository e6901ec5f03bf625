"""Figures of what comes before the money: registration, verification, charges late and unbilled, claims clean and not sent, the case mix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from cleanclaim import codesets
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.charges.models import Charge
from cleanclaim.practice.claims.models import Claim, Submission
from cleanclaim.practice.claims.rules import Status
from cleanclaim.practice.eligibility.models import EligibilityCheck
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.receivables.figure_parts import Books, listed, told
from cleanclaim.practice.receivables.figures import Figure, Part, Row, Span, days_of, share
from cleanclaim.practice.registration.models import Coverage
from cleanclaim.practice.scheduling.models import Appointment

VERIFIED_DAYS: Final = 30
"""An answer about a coverage speaks for the visits of so many days after the day it was asked for."""
_LONGEST_STAY_DAYS: Final = 366
_NOT_SENT: Final = (Status.BUILT, Status.HELD, Status.READY)


def front_figures(books: Books) -> list[Figure]:
    """Return the figures of a period; what is not sent or not billed is counted as it stands now."""
    span = books.span
    return [
        _clean_claims(span), _pre_registration(span), _verification(span), _charge_lag(span), _late_charges(span), _unbilled(books),
        _not_submitted(books), case_mix(span),
    ]  # fmt: skip


def _yes(known: object) -> str:
    return "yes" if known else "no"


def _clean_claims(span: Span) -> Figure:
    made = Submission.objects.of(span.practice_id).filter(created_at__date__range=(span.first, span.last), frequency="1")
    clean = made.filter(touched_by_hand=False).exclude(state__in=["rejected", "built"])

    def part(says: str, some: QuerySet[Any]) -> Part:
        def read() -> Iterator[Row]:
            rows = some.order_by("-id").values_list(
                "claim__patient_control_number", "payer__name", "created_at", "state", "touched_by_hand"
            )
            for number, payer, made_at, state, touched in rows.iterator(chunk_size=2000):
                yield number, payer, made_at.date(), state, _yes(touched), 1

        return Part(says, some.count(), ("claim", "payer", "made_on", "state", "touched_by_hand", "claims"), read)

    return share(
        "Clean claim rate", part("sent without a touch or rejection", clean), part("claims made", made),
        "claims sent without a touch or rejection / claims made",
    )  # fmt: skip


def _pre_registration(span: Span) -> Figure:
    """Appointments that were booked before their day, and whether the patient was registered with a coverage by then."""
    known = Coverage.objects.of(span.practice_id).filter(
        patient=OuterRef("patient"), voided_at__isnull=True, recorded_at__date__lt=OuterRef("served_on")
    )
    rows = Appointment.objects.of(span.practice_id).filter(
        served_on__range=(span.first, span.last), created_at__date__lt=F("served_on")
    )
    found = rows.exclude(state="cancelled").annotate(known=Exists(known)).order_by("served_on", "id")
    booked = [
        (public_id, day, _yes(known or self_pay), 1)
        for public_id, day, known, self_pay in found.values_list("public_id", "served_on", "known", "is_self_pay")
    ]
    names = ("appointment", "served_on", "pre_registered", "appointments")
    return share(
        "Pre-registration rate", listed("pre-registered", names, [row for row in booked if row[2] == "yes"]), listed("booked ahead", names, booked),
        "appointments booked a day or more ahead with a coverage on file before the day (or self-pay) / appointments booked a day or more ahead",
    )  # fmt: skip


def _verification(span: Span) -> Figure:
    """The insured visits of the period, and whether the payer had answered about the patient's coverage."""
    asked: dict[int, list[date]] = defaultdict(list)
    checks = EligibilityCheck.objects.of(span.practice_id).filter(
        state=EligibilityCheck.State.ANSWERED, asked_for__range=(span.first - timedelta(days=VERIFIED_DAYS), span.last)
    )
    for patient, day in checks.values_list("coverage__patient_id", "asked_for").iterator(chunk_size=5000):
        asked[patient].append(day)
    rows = (
        Encounter.objects.of(span.practice_id)
        .filter(served_on__range=(span.first, span.last), is_self_pay=False)
        .exclude(state=Encounter.State.VOID)
    )
    visits = [
        (public_id, served, _yes(any(0 <= (served - day).days <= VERIFIED_DAYS for day in asked.get(patient, ()))), 1)
        for public_id, served, patient in rows.order_by("served_on", "id").values_list("public_id", "served_on", "patient_id")
    ]
    names = ("visit", "served_on", "verified", "visits")
    return share(
        "Insurance verification rate", listed("verified", names, [row for row in visits if row[2] == "yes"]), listed("insured visits", names, visits),
        f"insured visits with an answered coverage check for the day or the {VERIFIED_DAYS} days before / insured visits",
    )  # fmt: skip


def _charge_lag(span: Span) -> Figure:
    rows = Claim.objects.of(span.practice_id).filter(billed_on__range=(span.first, span.last), served_to__isnull=False)
    found = rows.order_by("-billed_on", "id").values_list("patient_control_number", "served_to", "billed_on")
    lags = [(number, served, billed, (billed - served).days) for number, served, billed in found]
    above = listed(
        "days from service to the claim", ("claim", "served_to", "billed_on", "days"), sorted(lags, key=lambda row: -row[3])
    )
    below = listed("claims", ("claim", "served_to", "billed_on", "claims"), [(*row[:3], 1) for row in lags])
    return days_of("Charge lag", above, below, "days from service to the claim, summed / claims")


def _charge_part(says: str, rows: QuerySet[Any]) -> Part:
    def read() -> Iterator[Row]:
        found = rows.order_by("served_on", "id").values_list(
            "encounter__public_id", "served_on", "created_at", "code", "encounter__state", "is_late", "cents"
        )
        for visit, served, made_at, code, state, late, cents in found.iterator(chunk_size=2000):
            yield visit, served, made_at.date(), code, state, _yes(late), int(cents)

    names = ("visit", "served_on", "charged_on", "code", "visit_state", "late", "charge_cents")
    return Part(says, int(rows.aggregate(cents=Sum("cents"))["cents"] or 0), names, read)


def _charges(span: Span) -> QuerySet[Any]:
    return Charge.objects.of(span.practice_id).filter(voided_at__isnull=True, served_on__range=(span.first, span.last))


def _late_charges(span: Span) -> Figure:
    rows = _charges(span)
    return share(
        "Late charges", _charge_part("made after billing", rows.filter(is_late=True)), _charge_part("charges of services in the period", rows),
        "charges made after billing / charges of services in the period",
    )  # fmt: skip


def _unbilled(books: Books) -> Figure:
    waiting = _charge_part("not yet billed", _charges(books.span).exclude(encounter__state=Encounter.State.BILLED))
    formula = f"charges of services in the period, not yet billed {told(waiting)} / {books.a_day_of(books.charges)}"
    return days_of("Unbilled charges (DNFB)", waiting, books.charges, formula, span=books.span)


def _not_submitted(books: Books) -> Figure:
    rows = Claim.objects.of(books.span.practice_id).filter(status__in=_NOT_SENT).exclude(kind="self")
    names = ("patient_control_number", "served_on", "status", "hold_reason", "charge_cents")
    waiting = Part(
        "claims built and not sent", int(rows.aggregate(cents=Sum("charge_cents"))["cents"] or 0), ("claim", "served_on", "status", "why", "charge_cents"),
        lambda: rows.order_by("-charge_cents").values_list(*names).iterator(chunk_size=2000),
    )  # fmt: skip
    formula = f"claims built and not sent, as it stands now {told(waiting)} / {books.a_day_of(books.charges)}"
    return days_of("Billed, not submitted", waiting, books.charges, formula, span=books.span)


def case_mix(span: Span) -> Figure:
    """Return the mean MS-DRG weight of the inpatient claims (type of bill 11x) whose stay ended in the period.

    A weight comes from CMS table 5 of the fiscal year of the discharge, where it is loaded. A stay without a DRG on its claim or without
    a weight is left out on both sides, and the formula says how many are.
    """
    weighed: list[tuple[str, date, str, Rate]] = []
    without_drg = 0
    unknown: list[str] = []
    for number, discharged, group in _stays(span):
        found = codesets.open_store().drg(group, discharged) if group else None
        if not group:
            without_drg += 1
        elif found is None or found.weight is None:
            unknown.append(f"{group} of FY{discharged.year + (discharged.month >= 10)}")
        else:
            weighed.append((number, discharged, group, found.weight))
    formula = "sum of MS-DRG weights / inpatient claims with a DRG and a weight"
    if without_drg:
        formula += f"; {without_drg} without a DRG left out"
    if unknown:
        named = sorted(set(unknown))
        formula += f"; {len(unknown)} left out for want of a weight (import table 5): {', '.join(named[:5])}{' ...' if len(named) > 5 else ''}"
    names = ("claim", "discharged_on", "drg")
    above = listed("MS-DRG weights", (*names, "weight"), sorted(weighed, key=lambda row: -row[3]))
    below = listed("cases", (*names, "cases"), [(*row[:3], 1) for row in weighed])
    return Figure("Case-mix index", "weight", formula, above, below)


def _stays(span: Span) -> list[tuple[str, date, str]]:
    """Return the inpatient stays that ended in the period, each once, by the latest submission of its claim: number, last day, DRG."""
    rows = Submission.objects.of(span.practice_id).filter(
        claim__kind="837I", claim__served_on__range=(span.first - timedelta(days=_LONGEST_STAY_DAYS), span.last), sequence="P"
    )
    latest: dict[str, tuple[str, date, str]] = {}
    wanted = rows.exclude(claim__status=Status.VOIDED).order_by("claim_id", "number")
    for submission in wanted.select_related("claim").iterator(chunk_size=500):
        document = submission.document
        if document.get("facility_code", "11") == "11":  # a document leaves out what is as usual
            drg = next((fact["code"] for fact in document.get("coded_facts", ()) if fact["qualifier"] == "DR"), "")
            stay = next((fact for fact in document.get("dates", ()) if fact["qualifier"] == "434"), None)
            last = (stay.get("last") or stay.get("first")) if stay else None
            ended = date.fromisoformat(last) if last else submission.claim.served_to
            latest[submission.claim.public_id] = (submission.claim.patient_control_number, ended, drg)
    return [row for row in latest.values() if row[1] and span.first <= row[1] <= span.last]
