"""Registering and correcting patients, merging duplicates and undoing it. The only writer of patients."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.documents import Address
from cleanclaim.kernel.errors import InvalidValue, Refused
from cleanclaim.kernel.identifiers import Zip
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.fields import blind_index
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require
from cleanclaim.practice.registration import policy, queries, rules
from cleanclaim.practice.registration.coverage_actions import add_coverage, end_coverage, replace_coverage, void_coverage
from cleanclaim.practice.registration.models import Guarantor, Merge, Patient, PatientKey

__all__ = [
    "add_coverage", "correct_patient", "end_coverage", "merge_patients", "name_guarantor", "open_restricted", "register_patient",
    "replace_coverage", "unmerge", "void_coverage",
]  # fmt: skip


def register_patient(
    *,
    last_name: str,
    first_name: str,
    born_on: date,
    sex: str,
    by: Actor,
    middle_name: str = "",
    suffix: str = "",
    address: Address | None = None,
    phone: str = "",
    email: str = "",
    ssn: str = "",
    is_restricted: bool = False,
    is_somebody_new: bool = False,
    source: str = "",
) -> Patient:
    """Register a person and return the record.

    Raises rules.DuplicateSuspected when somebody alike is registered and the desk has not said that this is somebody new. `source` names
    where the facts came from, once: the same source again returns the first record.
    """
    policy.require_registrar(by)
    known: Patient | None = Patient.objects.of(by.practice_id).filter(source=source).first() if source else None
    if known is not None:
        return known
    where = _checked_address(address)
    person = rules.Identity(last_name.strip(), first_name.strip(), middle_name.strip(), born_on, sex.upper(), ssn, phone, email,
                            where.zip if where else "", where.line1 if where else "")  # fmt: skip
    rules.check_identity(person, today=by.today)
    with transaction_for(by):
        # the number is taken first: until this transaction ends no other registration of the practice can pass here
        number = next_number(by.practice_id, "chart")
        registered: Patient | None = Patient.objects.of(by.practice_id).filter(source=source).first() if source else None
        if registered is not None:
            return registered
        if not is_somebody_new:
            alike = tuple(row for row in queries.duplicates_of(by.practice_id, person) if row[1].verdict == "likely")
            if alike:
                raise rules.DuplicateSuspected(alike)
        patient = Patient(
            practice_id=by.practice_id, chart_number=number, last_name=person.last_name,
            first_name=person.first_name, middle_name=person.middle_name, suffix=suffix.strip(), born_on_text=born_on.isoformat(),
            sex=person.sex, address=where._asdict() if where else {}, phone=rules.digits(phone), email=email.strip(),
            ssn=rules.digits(ssn), is_restricted=is_restricted, source=source, created_at=by.at,
        )  # fmt: skip
        patient.save()
        _write_keys(patient, person)
        record(by, "register_patient", patient.public_id, chart_number=patient.chart_number, somebody_new=is_somebody_new)
        emit(by, "patient-registered", patient.public_id)
    return patient


_TEXTS = frozenset({"last_name", "first_name", "middle_name", "suffix", "phone", "email", "ssn"})
_FLAGS = frozenset({"is_restricted", "releases_information", "assigns_benefits"})


def correct_patient(*, patient_id: str, changes: dict[str, Any], by: Actor, expected_version: int | None = None) -> Patient:
    """Correct facts of a registration; claims that were built keep what they were built from.

    `changes` may name last_name, first_name, middle_name, suffix, born_on, sex, address (documents.Address), phone, email, ssn,
    is_restricted, releases_information, assigns_benefits. The audit names the fields, never their values.
    """
    policy.require_registrar(by)
    unknown = set(changes) - _TEXTS - _FLAGS - {"born_on", "sex", "address"}
    if unknown:
        raise InvalidValue(f"A registration has no {', '.join(sorted(unknown))}.")
    with transaction_for(by):
        patient: Patient = locked(Patient.objects.of(by.practice_id), what="patient", public_id=patient_id)
        before = patient.version
        for name, value in changes.items():
            if name == "born_on":
                patient.born_on_text = value.isoformat()
            elif name == "address":
                patient.address = _checked_address(value)._asdict() if value else {}  # type: ignore[union-attr]
            elif name in {"phone", "ssn"}:
                setattr(patient, name, rules.digits(value))
            else:
                setattr(patient, name, value.strip() if isinstance(value, str) else value)
        person = queries.identity_of(patient)
        rules.check_identity(person, today=by.today)
        save_checked(patient, expected_version=before if expected_version is None else expected_version)
        PatientKey.objects.of(by.practice_id).filter(patient=patient).delete()
        _write_keys(patient, person)
        record(by, "correct_patient", patient.public_id, fields=sorted(changes))
    return patient


def name_guarantor(
    *, patient_id: str, relationship: str, last_name: str, first_name: str, valid_from: date, by: Actor,
    address: Address | None = None, phone: str = "",
) -> Guarantor:  # fmt: skip
    """Name who answers for the patient's share from a day on; the guarantor before ends the day before. Naming the same one again changes nothing."""
    policy.require_registrar(by)
    if not rules.plain(last_name):
        raise InvalidValue("A guarantor has a name.")
    with transaction_for(by):
        patient = get_or_refuse(Patient.objects.of(by.practice_id), what="patient", public_id=patient_id)
        where = _checked_address(address)
        named = (valid_from, relationship, last_name.strip(), first_name.strip())
        rows = Guarantor.objects.of(by.practice_id).filter(patient=patient)
        later: list[Guarantor] = list(rows.filter(valid_from__gte=valid_from))
        for row in later:
            if (row.valid_from, row.relationship, row.last_name, row.first_name) == named:
                return row
        if later:
            raise Refused("A later guarantor is on file already.")
        for before in rows.filter(valid_to__isnull=True):
            before.valid_to = date.fromordinal(valid_from.toordinal() - 1)
            save_checked(before, fields=["valid_to"])
        guarantor = Guarantor(
            practice_id=by.practice_id, patient=patient, relationship=relationship, last_name=named[2], first_name=named[3],
            address=where._asdict() if where else {}, phone=rules.digits(phone), valid_from=valid_from, created_at=by.at,
        )  # fmt: skip
        guarantor.save()
        record(by, "name_guarantor", guarantor.public_id, patient=patient.public_id)
    return guarantor


def merge_patients(*, survivor_id: str, absorbed_id: str, reason: str, by: Actor, despite_warnings: bool = False) -> Merge:
    """Make one registration an alias of another. Nothing is moved: the alias's visits, coverages and entries are read with the account.

    Raises Refused with the first objection: always for what forbids it, and for warnings unless they have been looked at.
    """
    require(by, *policy.MERGES)
    if not reason.strip():
        raise Refused("A merge needs a reason.")
    with transaction_for(by):
        rows = Patient.objects.of(by.practice_id)
        list(
            rows.filter(public_id__in=[survivor_id, absorbed_id]).select_for_update().order_by("pk")
        )  # one order, so two merges never wait for each other
        survivor: Patient = get_or_refuse(rows, what="patient", public_id=survivor_id)
        absorbed: Patient = get_or_refuse(rows, what="patient", public_id=absorbed_id)
        plan = rules.plan_merge(queries.merge_side(survivor), queries.merge_side(absorbed))
        if plan.is_refused or (plan.findings and not despite_warnings):
            raise Refused(plan.findings[0].says)
        absorbed.merged_into = survivor
        save_checked(absorbed, fields=["merged_into"])
        # aliases of the absorbed account keep pointing at it: the account is read by following the chain, so undoing restores them too
        merge = Merge(
            practice_id=by.practice_id,
            survivor=survivor,
            absorbed=absorbed,
            reason=reason[:200],
            merged_by=by.name,
            created_at=by.at,
        )
        merge.save()
        record(by, "merge_patients", merge.public_id, survivor=survivor_id, absorbed=absorbed_id,
               warnings=[finding.rule for finding in plan.findings])  # fmt: skip
        emit(by, "patients-merged", merge.public_id, survivor=survivor_id, absorbed=absorbed_id)
    return merge


def unmerge(*, merge_id: str, reason: str, by: Actor) -> Merge:
    """Undo a merge: the alias is an account of its own again, with everything that it had."""
    require(by, *policy.UNMERGES)
    if not reason.strip():
        raise Refused("Undoing a merge needs a reason.")
    with transaction_for(by):
        merge: Merge = locked(Merge.objects.of(by.practice_id), what="merge", public_id=merge_id)
        if merge.undone_at is not None:
            return merge
        absorbed = Patient.objects.of(by.practice_id).get(pk=merge.absorbed_id)
        absorbed.merged_into = None
        save_checked(absorbed, fields=["merged_into"])
        merge.undone_at, merge.undone_by, merge.undo_reason = by.at, by.name, reason[:200]
        save_checked(merge, fields=["undone_at", "undone_by", "undo_reason"])
        record(by, "unmerge", merge.public_id, restored=absorbed.public_id)
        emit(by, "patients-unmerged", merge.public_id, restored=absorbed.public_id)
    return merge


def open_restricted(*, patient_id: str, reason: str, by: Actor) -> None:
    """Open a restricted chart for a stated reason; the reason stands in the audit before anything is shown (45 CFR 164.312(a)(2)(ii))."""
    require(by, *policy.SEES_PATIENTS)
    if len(reason.strip()) < 8:
        raise Refused("Say in a few words why this restricted chart must be opened.")
    with transaction_for(by):
        patient = get_or_refuse(Patient.objects.of(by.practice_id), what="patient", public_id=patient_id)
        record(by, "open_restricted_chart", patient.public_id, reason=reason.strip()[:200])


def _write_keys(patient: Patient, person: rules.Identity) -> None:
    PatientKey.objects.bulk_create(
        PatientKey(practice_id=patient.practice_id, patient=patient, kind=kind, value=blind_index(value, f"patient-{kind}"))
        for kind, value in sorted(rules.search_keys(person))
    )


def _checked_address(address: Address | None) -> Address | None:
    if address is None:
        return None
    if address.zip:
        address = address._replace(zip=str(Zip(address.zip)))
    if address.state and not (len(address.state) == 2 and address.state.isalpha()):
        raise InvalidValue("A state is written with two letters.")
    return address._replace(state=address.state.upper())
