"""Reading charges: prices of a day, the charges of a visit, worklists, and what a claim is built from."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum

from cleanclaim.documents import ServiceLine
from cleanclaim.kernel.findings import Finding
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.charges import estimate_rules, rules
from cleanclaim.practice.charges.basis import AccidentBasis, ClaimBasis, CoverageBasis
from cleanclaim.practice.charges.models import Charge, ChargeItem, ChargeList, ChargeReview, GoodFaithEstimate
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.coding.rules import MAX_DIAGNOSES, from_thousandths, without_dot
from cleanclaim.practice.eligibility.queries import authorization_fact
from cleanclaim.practice.eligibility.rules import check_authorization
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.people.queries import billing_party, billing_provider_on, rendering_party, site_party
from cleanclaim.practice.registration import parties
from cleanclaim.practice.registration import queries as registration
from cleanclaim.practice.scheduling.models import Appointment


class ChargeRow(NamedTuple):
    """A charge of a visit, as lists and screens show it."""

    charge_id: str
    line: int
    system: str
    code: str
    modifiers: tuple[str, ...]
    units: Rate
    unit_cents: int
    cents: int
    pointers: tuple[int, ...]
    served_on: date
    label: str
    national_drug_code: str
    is_late: bool


class ReviewRow(NamedTuple):
    """A late change that waits for a biller."""

    review_id: str
    encounter_id: str
    cause: str
    says: str
    state: str
    raised_at: datetime
    served_on: date
    provider_name: str


class MissingRow(NamedTuple):
    """A visit (or an appointment that took place) for which nothing was charged yet, why, and for how many days."""

    what: str
    appointment_id: str
    encounter_id: str
    served_on: date
    provider_name: str
    days: int
    says: str


class EstimateRow(NamedTuple):
    """A good faith estimate and when it was due."""

    estimate_id: str
    patient_id: str
    appointment_id: str
    served_on: date
    due_on: date | None
    given_on: date | None
    cents: int
    lines: tuple[dict[str, object], ...]


def lists_on(practice_id: int, day: date) -> QuerySet[ChargeList]:
    """Return the charge list in force on a day (none or one)."""
    rows: QuerySet[ChargeList] = ChargeList.objects.of(practice_id).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day
    )
    return rows.order_by("-valid_from")


def charge_lists(practice_id: int) -> list[ChargeList]:
    """Return every charge list, the latest first."""
    return list(ChargeList.objects.of(practice_id).order_by("-valid_from"))


def price_items(practice_id: int, listed: ChargeList, codes: set[str] | None = None) -> tuple[rules.PriceItem, ...]:
    """Return the prices of a list, of some codes or of all."""
    rows = ChargeItem.objects.of(practice_id).filter(charge_list=listed)
    if codes is not None:
        rows = rows.filter(code__in=codes)
    return tuple(
        rules.PriceItem(row.system, row.code, row.cents, row.valid_from, row.valid_to, tuple(row.modifiers.split()), row.label,
                        row.national_drug_code, row.drug_unit,
                        from_thousandths(row.drug_quantity_thousandths) if row.drug_quantity_thousandths is not None else None)
        for row in rows.order_by("code", "modifiers", "valid_from")
    )  # fmt: skip


def prices_on(practice_id: int, day: date, codes: set[str] | None = None) -> tuple[rules.PriceItem, ...]:
    """Return the prices in force on a day."""
    listed = lists_on(practice_id, day).first()
    return price_items(practice_id, listed, codes) if listed else ()


def pricing_of(practice_id: int, encounter: Encounter) -> rules.Pricing:
    """Price a visit's confirmed services, each by the list of its own day."""
    confirmed = coding.confirmed(practice_id, encounter)
    lines: list[rules.PricedLine] = []
    found: list[Finding] = []
    for place, item in enumerate(confirmed.procedures, 1):
        if item.system == "icd10pcs":
            continue
        day = item.served_on or encounter.served_on
        service = rules.Service(item.system, item.code, item.modifiers, item.units, item.pointers, day, item.national_drug_code,
                                item.drug_unit, item.drug_quantity)  # fmt: skip
        one = rules.price_services((service,), prices_on(practice_id, day, {item.code}))
        lines += one.lines
        found += [finding._replace(where=f"line {place}") for finding in one.findings]
    return rules.Pricing(tuple(lines), tuple(found))


def charge_rows(practice_id: int, encounter: Encounter) -> tuple[Charge, ...]:
    """Return the standing charges of a visit in order of their lines."""
    return tuple(Charge.objects.of(practice_id).filter(encounter=encounter, voided_at__isnull=True).order_by("line"))


def charges_of(practice_id: int, encounter_id: str) -> list[ChargeRow]:
    """Return the standing charges of a visit. Raises NotFound."""
    return [_row(row) for row in charge_rows(practice_id, encounters.encounter_row(practice_id, encounter_id))]


def standing_charges(practice_id: int, encounter: Encounter) -> tuple[rules.OldCharge, ...]:
    """Return the standing charges as the plan compares them."""
    return tuple(
        rules.OldCharge(row.public_id, row.line, row.code, tuple(row.modifiers), from_thousandths(row.units_thousandths), tuple(row.pointers),
                        row.cents, row.served_on, row.national_drug_code)
        for row in charge_rows(practice_id, encounter)
    )  # fmt: skip


def claim_basis(practice_id: int, encounter_id: str) -> ClaimBasis:
    """Return what a claim for a visit is built from, as things stand now. Raises NotFound."""
    encounter = encounters.encounter_row(practice_id, encounter_id)
    patient = encounter.patient
    account = registration.account_of(practice_id, patient.public_id)
    rows, findings = (
        ((), ()) if encounter.is_self_pay else registration.coverage_rows_on(practice_id, patient.public_id, encounter.served_on)
    )
    codes = coding.confirmed(practice_id, encounter)
    billing = billing_provider_on(practice_id, encounter.served_on)
    accident = encounter.accident
    charges = charge_rows(practice_id, encounter)
    findings = (*findings, *_permission_findings(encounter, frozenset(charge.code for charge in charges)))
    return ClaimBasis(
        encounter_id=encounter_id, patient_id=patient.public_id, account_id=account.public_id, patient=parties.patient_party(account),
        coverages=tuple(CoverageBasis(row.public_id, row.payer.public_id, parties.subscriber_of(row)) for row in rows),
        billing=billing_party(billing), rendering=rendering_party(encounter.provider),
        referring=rendering_party(encounter.referring_provider, "DN") if encounter.referring_provider else None,
        facility=site_party(encounter.site), place_of_service=encounter.place_of_service,
        diagnoses=tuple(without_dot(item.code) for item in codes.diagnoses)[:MAX_DIAGNOSES],
        lines=tuple(_line(number, charge) for number, charge in enumerate(charges, 1)),
        prior_authorization=encounter.authorization.number if encounter.authorization else "",
        supervising=rendering_party(encounter.supervising_provider, "DQ") if encounter.supervising_provider else None,
        referral_number=encounter.referral.number if encounter.referral else "",
        accident=AccidentBasis(accident.get("cause", ""), accident.get("state", ""), date.fromisoformat(accident["on"]) if accident.get("on") else None)
        if accident else None,
        served_on=encounter.served_on, setting=encounter.setting, is_self_pay=encounter.is_self_pay or not rows,
        releases_information=account.releases_information, assigns_benefits=account.assigns_benefits, findings=tuple(findings),
        charge_ids=tuple(charge.public_id for charge in charges),
        present_on_admission=tuple(item.present_on_admission for item in codes.diagnoses)[:MAX_DIAGNOSES],
        inpatient_procedures=tuple((item.code, item.served_on or encounter.served_on) for item in codes.procedures if item.system == "icd10pcs"),
    )  # fmt: skip


def _permission_findings(encounter: Encounter, procedures: frozenset[str]) -> tuple[Finding, ...]:
    if encounter.authorization is None or encounter.is_self_pay:
        return ()
    fact = authorization_fact(encounter.authorization, but_encounter=encounter.public_id)
    return check_authorization(fact, served_on=encounter.served_on, procedures=procedures)


def _line(number: int, charge: Charge) -> ServiceLine:
    return ServiceLine(
        number=number, procedure=charge.code, charge_cents=charge.cents, quantity=from_thousandths(charge.units_thousandths),
        modifiers=tuple(charge.modifiers), pointers=tuple(charge.pointers), served_on=charge.served_on, unit=rules.line_unit(charge.code),
        national_drug_code=charge.national_drug_code, drug_unit=charge.drug_unit,
        drug_quantity=from_thousandths(charge.drug_quantity_thousandths) if charge.drug_quantity_thousandths is not None else None,
    )  # fmt: skip


def reviews(practice_id: int, *, state: str = "open", encounter_id: str = "") -> list[ReviewRow]:
    """Return late changes in a state, the oldest first."""
    rows = ChargeReview.objects.of(practice_id).filter(state=state)
    if encounter_id:
        rows = rows.filter(encounter__public_id=encounter_id)
    return [
        ReviewRow(row.public_id, row.encounter.public_id, row.cause, row.says, row.state, row.created_at, row.encounter.served_on,
                  row.encounter.provider.display_name)
        for row in rows.select_related("encounter__provider").order_by("id")
    ]  # fmt: skip


def missing_charges(practice_id: int, *, today: date, after_days: int = 1, limit: int = 500) -> list[MissingRow]:
    """Return visits that nobody was charged for, the oldest first.

    An appointment that took place without a visit record, a note not signed, a signed visit not coded, a coded visit without charges, a
    charged visit that was not billed: each for more than `after_days` days.
    """
    last = today - timedelta(days=after_days)
    took_place = Appointment.objects.of(practice_id).filter(
        state__in=[Appointment.State.ARRIVED, Appointment.State.COMPLETED], encounter__isnull=True, served_on__lte=last
    )
    found = [
        MissingRow("no-visit", row.public_id, "", row.served_on, row.provider.display_name, (today - row.served_on).days,
                   "The patient was here, and no visit was recorded.")
        for row in took_place.select_related("provider").order_by("served_on")[:limit]
    ]  # fmt: skip
    says = {
        "open": ("no-signature", "The note is not signed."),
        "signed": ("no-codes", "The visit is not coded."),
        "coded": ("no-charges", "The visit is coded and has no charges: look for a missing price."),
        "charged": ("no-bill", "The charges have not been billed."),
    }
    waiting = (
        Encounter.objects.of(practice_id)
        .filter(state__in=list(says), served_on__lte=last)
        .select_related("provider", "appointment")
    )
    found += [
        MissingRow(says[row.state][0], row.appointment.public_id if row.appointment else "", row.public_id, row.served_on,
                   row.provider.display_name, (today - row.served_on).days, says[row.state][1])
        for row in waiting.order_by("served_on")[:limit]
    ]  # fmt: skip
    return sorted(found, key=lambda row: row.served_on)[:limit]


def charged_cents(practice_id: int, first: date, last: date) -> int:
    """Return the charges of services on the days of a period."""
    rows = Charge.objects.of(practice_id).filter(voided_at__isnull=True, served_on__gte=first, served_on__lte=last)
    return int(rows.aggregate(total=Sum("cents"))["total"] or 0)


class ChargeFigures(NamedTuple):
    """A period's charges by day of service: whole cents, the late part, mean days from service to charge, and what is not billed yet."""

    cents: int
    late_cents: int
    mean_lag_days: Rate | None
    unbilled_cents: int
    unbilled_visits: int


def figures(practice_id: int, *, first: date, last: date) -> ChargeFigures:
    """Return charge lag, late charges and charges not billed yet (the front of DNFB) for services of a period."""
    rows = Charge.objects.of(practice_id).filter(voided_at__isnull=True, served_on__gte=first, served_on__lte=last)
    total = late = days = count = unbilled = 0
    waiting: set[int] = set()
    for cents, is_late, served_on, made_at, encounter, state in rows.values_list(
        "cents", "is_late", "served_on", "created_at", "encounter_id", "encounter__state"
    ).iterator():
        total, late, count = total + cents, late + (cents if is_late else 0), count + 1
        days += max(0, (made_at.date() - served_on).days)
        if state != Encounter.State.BILLED:
            unbilled += cents
            waiting.add(encounter)
    lag = (Rate(days) / Rate(count)).quantize(Rate("0.1")) if count else None
    return ChargeFigures(total, late, lag, unbilled, len(waiting))


def estimates(practice_id: int, *, patient_id: str = "", to_give_by: date | None = None) -> list[EstimateRow]:
    """Return good faith estimates: an account's, or those still to give by a day, the most urgent first."""
    rows = GoodFaithEstimate.objects.of(practice_id).select_related("patient", "appointment")
    if patient_id:
        rows = rows.filter(patient__public_id__in=registration.account_ids(practice_id, patient_id))
    if to_give_by is not None:
        rows = rows.filter(given_on__isnull=True, due_on__lte=to_give_by)
    return [
        EstimateRow(row.public_id, row.patient.public_id, row.appointment.public_id if row.appointment else "", row.served_on, row.due_on,
                    row.given_on, row.cents, tuple(row.lines))
        for row in rows.order_by("due_on", "id")
    ]  # fmt: skip


def patient_of_estimate(practice_id: int, estimate_id: str) -> str:
    """Return whose estimate it is. Raises NotFound."""
    rows = GoodFaithEstimate.objects.of(practice_id).select_related("patient")
    return str(get_or_refuse(rows, what="estimate", public_id=estimate_id).patient.public_id)


def dispute_of(practice_id: int, encounter_id: str, *, billed_on: date) -> estimate_rules.Dispute | None:
    """Hold a self-pay visit's charges against the estimate that was given for its appointment; None where none was given."""
    encounter = encounters.encounter_row(practice_id, encounter_id)
    estimate = GoodFaithEstimate.objects.of(practice_id).filter(appointment=encounter.appointment, given_on__isnull=False).first() \
        if encounter.appointment else None  # fmt: skip
    if estimate is None:
        return None
    billed = sum(row.cents for row in charge_rows(practice_id, encounter))
    return estimate_rules.compare_with_estimate(estimate_cents=estimate.cents, billed_cents=billed, billed_on=billed_on)


def visits_of_coverage(practice_id: int, coverage_id: str) -> list[str]:
    """Return the visits of a coverage's days that were charged before it was recorded: billing them again may be right."""
    row = registration.coverage_row(practice_id, coverage_id)
    ids = registration.account_ids(practice_id, row.patient.public_id)
    rows = Encounter.objects.of(practice_id).filter(
        patient__public_id__in=ids,
        served_on__gte=row.valid_from,
        state__in=["charged", "billed"],
        charges__created_at__lte=row.created_at,
    )
    if row.valid_to:
        rows = rows.filter(served_on__lte=row.valid_to)
    return list(rows.order_by("served_on").values_list("public_id", flat=True).distinct())


def _row(row: Charge) -> ChargeRow:
    return ChargeRow(
        row.public_id, row.line, row.system, row.code, tuple(row.modifiers), from_thousandths(row.units_thousandths), row.unit_cents, row.cents,
        tuple(row.pointers), row.served_on, row.label, row.national_drug_code, row.is_late,
    )  # fmt: skip
