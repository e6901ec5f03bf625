"""Reading registrations: the card of a patient, search, duplicates, the account behind aliases, coverages on a day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from django.db.models import Q

from cleanclaim.documents import Address, Party
from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import InvalidValue, NotFound
from cleanclaim.kernel.findings import Finding
from cleanclaim.practice.foundation.fields import blind_index
from cleanclaim.practice.foundation.paging import Page, Place, page_of
from cleanclaim.practice.foundation.transactions import get_or_refuse
from cleanclaim.practice.registration import coverage_order, rules
from cleanclaim.practice.registration.models import Coverage, Guarantor, Merge, Patient, PatientKey
from cleanclaim.practice.registration.parties import address_of, guarantor_party, party_from_json, patient_party

_SUSPECT_KINDS: Final = ("ssn", "sound-born", "first-born", "phone")
"""Keys under which a duplicate would be found; a shared name alone is no suspicion."""


class PatientRow(NamedTuple):
    """A line of a list of patients."""

    patient_id: str
    chart_number: int
    name: str
    born_on: date
    sex: str
    is_restricted: bool
    merged_into: str


class PatientCard(NamedTuple):
    """A patient as the desk reads them. Of the social security number only the last four digits are shown."""

    patient_id: str
    chart_number: int
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    born_on: date
    sex: str
    address: Address | None
    phone: str
    email: str
    ssn_last4: str
    is_restricted: bool
    releases_information: bool
    assigns_benefits: bool
    merged_into: str
    alias_ids: tuple[str, ...]
    version: int

    @property
    def name(self) -> str:
        """Last name, first name."""
        return f"{self.last_name}, {self.first_name}"

    def __repr__(self) -> str:
        return f"PatientCard({self.patient_id})"


class CoverageCard(NamedTuple):
    """A coverage as the desk reads it."""

    coverage_id: str
    patient_id: str
    payer_id: str
    payer_name: str
    payer_kind: str
    sequence: str
    member_id: str
    group_number: str
    group_name: str
    plan_name: str
    relationship: str
    subscriber_name: str
    claim_filing: str
    insurance_type: str
    copay_cents: int | None
    valid_from: date
    valid_to: date | None
    is_voided: bool
    version: int

    def __repr__(self) -> str:
        return f"CoverageCard({self.coverage_id})"


class OrderedCoverages(NamedTuple):
    """The coverages of a day, first payer first, and what is wrong with them."""

    cards: tuple[CoverageCard, ...]
    findings: tuple[Finding, ...]


class MergeCard(NamedTuple):
    """A merge and whether it was undone."""

    merge_id: str
    survivor_id: str
    absorbed_id: str
    reason: str
    merged_by: str
    merged_on: date
    is_undone: bool


def identity_of(patient: Patient) -> rules.Identity:
    """Return what a duplicate search compares."""
    address = patient.address or {}
    members = (
        frozenset(row.member_id_index for row in patient.coverages.all() if row.voided_at is None)
        if patient.pk
        else frozenset[str]()
    )
    return rules.Identity(patient.last_name, patient.first_name, patient.middle_name, patient.born_on, patient.sex, patient.ssn,
                          patient.phone, patient.email, address.get("zip", ""), address.get("line1", ""), members)  # fmt: skip


def merge_side(patient: Patient) -> rules.MergeSide:
    """Return a patient as a merge sees them."""
    return rules.MergeSide(patient.public_id, patient.merged_into.public_id if patient.merged_into else "", identity_of(patient))


def patient_row(practice_id: int, patient_id: str) -> Patient:
    """Return one registration as it was named, alias or not. Raises NotFound."""
    rows = Patient.objects.of(practice_id).select_related("merged_into")
    found: Patient = get_or_refuse(rows, what="patient", public_id=patient_id)
    return found


def card(practice_id: int, patient_id: str) -> PatientCard:
    """Return a patient's card. Raises NotFound."""
    patient = patient_row(practice_id, patient_id)
    return PatientCard(
        patient.public_id, patient.chart_number, patient.last_name, patient.first_name, patient.middle_name, patient.suffix,
        patient.born_on, patient.sex, address_of(patient.address), patient.phone, patient.email, patient.ssn[-4:], patient.is_restricted,
        patient.releases_information, patient.assigns_benefits, patient.merged_into.public_id if patient.merged_into else "",
        account_ids(practice_id, patient_id)[1:] if patient.merged_into is None else (), patient.version,
    )  # fmt: skip


def cards_by_id(practice_id: int, patient_ids: Iterable[str]) -> dict[str, PatientRow]:
    """Return the lines of many patients at once, for lists."""
    rows = Patient.objects.of(practice_id).filter(public_id__in=set(patient_ids)).select_related("merged_into")
    return {row.public_id: _row(row) for row in rows}


def patients(practice_id: int, *, limit: int = 50, offset: int = 0) -> list[PatientRow]:
    """Return accounts (no aliases), the newest first."""
    rows = Patient.objects.of(practice_id).filter(merged_into__isnull=True).order_by("-id")[offset : offset + limit]
    return [_row(row) for row in rows]


def find_patients(practice_id: int, words: str, *, limit: int = 20) -> list[PatientRow]:
    """Find patients by any of: beginnings of names, birth date, telephone, social security number, chart number, e-mail.

    Every word must fit, the best fit first. Aliases are found too and name the account they belong to.
    """
    wanted = [keys for word in re.split(r"[\s,]+", words.strip()) if word and (keys := _keys_of_word(word))]
    if not wanted:
        return []
    found: set[int] | None = None
    for word_keys, chart in wanted:
        condition = Q(pk__in=[])
        for kind, value in word_keys:
            condition |= Q(kind=kind, value=blind_index(value, f"patient-{kind}"))
        ids = set(PatientKey.objects.of(practice_id).filter(condition).values_list("patient_id", flat=True)[:2000])
        if chart is not None:
            ids |= set(Patient.objects.of(practice_id).filter(chart_number=chart).values_list("id", flat=True))
        found = ids if found is None else found & ids
    plain_words = [rules.plain(word) for word in re.split(r"[\s,]+", words.strip())]
    rows = [_row(row) for row in Patient.objects.of(practice_id).filter(pk__in=found or ()).select_related("merged_into")[:500]]
    fitting = [row for row in rows if _fits(row, plain_words)]
    return sorted(fitting, key=lambda row: (bool(row.merged_into), _rank(row, plain_words), row.name.casefold()))[:limit]


def _keys_of_word(word: str) -> tuple[list[tuple[str, str]], int | None] | None:
    if "@" in word:
        return [("email", word.casefold())], None
    number = rules.digits(word)
    if number and re.fullmatch(r"[0-9()+./-]+", word):
        keys: list[tuple[str, str]] = []
        if len(number) == 10:
            keys.append(("phone", number))
        if len(number) == 9:
            keys.append(("ssn", number))
        born = _date_of(word)
        if born:
            keys.append(("born", born.isoformat()))
        chart = int(number) if word.isdigit() and len(number) < 9 else None
        return (keys, chart) if keys or chart is not None else None
    letters = rules.plain(word)
    if not letters:
        return None
    count = 2 if len(letters) <= 2 else 3
    return [(f"last{count}", letters[:count]), (f"first{count}", letters[:count])], None


def _date_of(word: str) -> date | None:
    american = re.fullmatch(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})", word)
    try:
        if american:
            return date(int(american.group(3)), int(american.group(1)), int(american.group(2)))
        return parse_date(word)
    except (InvalidValue, ValueError):
        return None


def _fits(row: PatientRow, words: list[str]) -> bool:
    last, _, first = row.name.partition(", ")
    names = [rules.plain(last), rules.plain(first), *(rules.plain(part) for part in re.split(r"[\s-]+", row.name))]
    return all(not word.isalpha() or any(name.startswith(word) for name in names) for word in words if word)


def _rank(row: PatientRow, words: list[str]) -> int:
    last = rules.plain(row.name.partition(", ")[0])
    return 0 if last in words else 1 if any(last.startswith(word) for word in words if word) else 2


def _row(patient: Patient) -> PatientRow:
    return PatientRow(patient.public_id, patient.chart_number, patient.display_name, patient.born_on, patient.sex, patient.is_restricted,
                      patient.merged_into.public_id if patient.merged_into else "")  # fmt: skip


def duplicates_of(practice_id: int, person: rules.Identity, *, but: str = "") -> tuple[tuple[str, rules.Likeness], ...]:
    """Return registrations that look like this person, the likeliest first; aliases of an account are not told again."""
    condition = Q(pk__in=[])
    for kind, value in rules.search_keys(person):
        if kind in _SUSPECT_KINDS:
            condition |= Q(kind=kind, value=blind_index(value, f"patient-{kind}"))
    ids = PatientKey.objects.of(practice_id).filter(condition).values_list("patient_id", flat=True).distinct()[:200]
    rows = Patient.objects.of(practice_id).filter(pk__in=list(ids), merged_into__isnull=True).prefetch_related("coverages")
    scored = [(row.public_id, rules.score_duplicate(person, identity_of(row))) for row in rows if row.public_id != but]
    return tuple(sorted((item for item in scored if item[1].verdict != "unlikely"), key=lambda item: -item[1].points))


class DuplicatePair(NamedTuple):
    """Two accounts that look like one person."""

    first: PatientRow
    second: PatientRow
    likeness: rules.Likeness


def duplicate_pairs(practice_id: int, *, limit: int = 100) -> list[DuplicatePair]:
    """Return the worklist of suspected duplicates, the likeliest first."""
    shared: dict[tuple[str, str], list[int]] = {}
    keys = PatientKey.objects.of(practice_id).filter(kind__in=_SUSPECT_KINDS, patient__merged_into__isnull=True)
    for kind, value, patient in keys.values_list("kind", "value", "patient_id"):
        shared.setdefault((kind, value), []).append(patient)
    pairs = {(a, b) for group in shared.values() if 1 < len(group) <= 20 for a in group for b in group if a < b}
    wanted = {pk for pair in pairs for pk in pair}
    rows = {row.pk: row for row in Patient.objects.of(practice_id).filter(pk__in=wanted).prefetch_related("coverages")}
    found = []
    for one, other in sorted(pairs):
        likeness = rules.score_duplicate(identity_of(rows[one]), identity_of(rows[other]))
        if likeness.verdict != "unlikely":
            found.append(DuplicatePair(_row(rows[one]), _row(rows[other]), likeness))
    return sorted(found, key=lambda pair: -pair.likeness.points)[:limit]


def account_of(practice_id: int, patient_id: str) -> Patient:
    """Return the account that a registration belongs to: itself, or what it was merged into. Raises NotFound."""
    key, _ = _account_key(practice_id, patient_id)
    found: Patient = Patient.objects.of(practice_id).get(pk=key)
    return found


def account_ids(practice_id: int, patient_id: str) -> tuple[str, ...]:
    """Return the public ids under which the account's visits, claims and entries stand: the account first, then its aliases."""
    key, account = _account_key(practice_id, patient_id)
    ids, front = [account], [key]
    while front:
        rows = list(Patient.objects.of(practice_id).filter(merged_into__in=front).order_by("id").values_list("id", "public_id"))
        ids += [public_id for _, public_id in rows]
        front = [pk for pk, _ in rows]
    return tuple(ids)


def _account_key(practice_id: int, patient_id: str) -> tuple[int, str]:
    """Follow a registration to its account without reading (and decrypting) anybody."""
    rows = Patient.objects.of(practice_id).values_list("id", "public_id", "merged_into_id")
    row = rows.filter(public_id=patient_id).first()
    for _ in range(50):
        if row is None:
            break
        if row[2] is None:
            return int(row[0]), str(row[1])
        row = rows.filter(pk=row[2]).first()
    raise NotFound("There is no such patient in this practice.")


def merges_of(practice_id: int, patient_id: str) -> list[MergeCard]:
    """Return the merges into an account, the latest first."""
    ids = account_ids(practice_id, patient_id)
    rows = Merge.objects.of(practice_id).filter(Q(survivor__public_id__in=ids) | Q(absorbed__public_id=patient_id))
    return [
        MergeCard(row.public_id, row.survivor.public_id, row.absorbed.public_id, row.reason, row.merged_by, row.created_at.date(), row.undone_at is not None)
        for row in rows.select_related("survivor", "absorbed").order_by("-id")
    ]  # fmt: skip


def coverage_row(practice_id: int, coverage_id: str) -> Coverage:
    """Return one coverage with its payer and patient. Raises NotFound."""
    rows = Coverage.objects.of(practice_id).select_related("payer", "patient")
    found: Coverage = get_or_refuse(rows, what="coverage", public_id=coverage_id)
    return found


def coverages_of(practice_id: int, patient_id: str, *, with_voided: bool = False) -> list[CoverageCard]:
    """Return every coverage of an account, its aliases' included, in order of place and period."""
    return [_coverage_card(row) for row in _coverage_rows(practice_id, patient_id, with_voided=with_voided)]


def coverage_rows_on(practice_id: int, patient_id: str, day: date) -> tuple[tuple[Coverage, ...], tuple[Finding, ...]]:
    """Return the coverages in force on a day, first payer first, with what is wrong with them."""
    rows = {row.public_id: row for row in _coverage_rows(practice_id, patient_id, with_voided=False)}
    order = coverage_order.coverages_on(tuple(coverage_fact(row) for row in rows.values()), day)
    return tuple(rows[coverage_id] for coverage_id in order.coverage_ids), order.findings


def coverages_on(practice_id: int, patient_id: str, day: date) -> OrderedCoverages:
    """Return the coverages that answer for a day, first payer first."""
    rows, findings = coverage_rows_on(practice_id, patient_id, day)
    return OrderedCoverages(tuple(_coverage_card(row) for row in rows), findings)


def proposed_order(practice_id: int, patient_id: str, day: date) -> tuple[coverage_order.Placed, ...]:
    """Return the order that the coordination-of-benefits rules propose for a day, with the reason for each place."""
    rows = _coverage_rows(practice_id, patient_id, with_voided=False)
    born_on = account_of(practice_id, patient_id).born_on
    return coverage_order.propose_order(tuple(coverage_fact(row) for row in rows), day, patient_born_on=born_on)


def coverage_fact(row: Coverage) -> coverage_order.CoverageFact:
    """Return a coverage as the order sees it."""
    born = (row.subscriber or {}).get("born_on")
    return coverage_order.CoverageFact(row.public_id, row.sequence, row.valid_from, row.valid_to, row.claim_filing, row.relationship,
                                       date.fromisoformat(born) if born else None, row.insurance_type, row.is_from_employment, row.employer_has_20)  # fmt: skip


def _coverage_rows(practice_id: int, patient_id: str, *, with_voided: bool) -> list[Coverage]:
    rows = Coverage.objects.of(practice_id).filter(patient__public_id__in=account_ids(practice_id, patient_id))
    if not with_voided:
        rows = rows.filter(voided_at__isnull=True)
    place = {"P": 0, "S": 1, "T": 2}
    return sorted(rows.select_related("payer", "patient"), key=lambda row: (place[row.sequence], row.valid_from, row.pk))


def _coverage_card(row: Coverage) -> CoverageCard:
    holder = party_from_json(row.subscriber) if row.subscriber else patient_party(row.patient)
    return CoverageCard(
        row.public_id, row.patient.public_id, row.payer.public_id, row.payer.name, row.payer.kind, row.sequence, row.member_id,
        row.group_number, row.group_name, row.plan_name, row.relationship, f"{holder.last_name}, {holder.first_name}", row.claim_filing,
        row.insurance_type, row.copay_cents, row.valid_from, row.valid_to, row.voided_at is not None, row.version,
    )  # fmt: skip


def guarantor_on(practice_id: int, patient_id: str, day: date) -> Party:
    """Return who answers for the patient's share on a day: the guarantor on file, else the patient."""
    ids = account_ids(practice_id, patient_id)
    rows = Guarantor.objects.of(practice_id).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), patient__public_id__in=ids,
                                                    valid_from__lte=day)  # fmt: skip
    found: Guarantor | None = rows.order_by("-valid_from").first()
    return guarantor_party(found) if found else patient_party(account_of(practice_id, patient_id), "GU")


def patient_page(practice_id: int, *, after: Place | None, size: int, newest_first: bool = False) -> Page:
    """Return a page of the accounts (no aliases) in the order in which they were registered."""
    rows = Patient.objects.of(practice_id).filter(merged_into__isnull=True)
    page = page_of(rows, order=("-id",) if newest_first else ("id",), after=after, size=size)
    return page._replace(rows=tuple(_row(row) for row in page.rows))
