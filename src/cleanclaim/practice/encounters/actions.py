"""Opening visits, writing, signing and adding to notes. The only writer of visits and notes."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.kernel.errors import Conflict, Refused
from cleanclaim.kernel.findings import stops
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.eligibility.models import Authorization
from cleanclaim.practice.encounters import policy, queries, rules
from cleanclaim.practice.encounters.attachment_actions import attach, file_attachment, withdraw_attachment
from cleanclaim.practice.encounters.models import Encounter, NoteVersion
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import get_or_refuse, locked, save_checked, transaction_for
from cleanclaim.practice.people.models import Provider, Site
from cleanclaim.practice.people.policy import may, require
from cleanclaim.practice.registration.models import Patient
from cleanclaim.practice.registration.queries import account_of
from cleanclaim.practice.scheduling.models import Appointment

__all__ = [
    "add_addendum", "add_version", "attach", "change_visit", "file_attachment", "move_on", "open_encounter", "sign_note", "void_encounter",
    "withdraw_attachment", "write_note",
]  # fmt: skip


def open_encounter(
    *,
    patient_id: str,
    provider_id: str,
    site_id: str,
    served_on: date,
    by: Actor,
    appointment_id: str = "",
    place_of_service: str = "",
    setting: str = "outpatient",
    kind: str = "visit",
    referring_provider_id: str = "",
    supervising_provider_id: str = "",
    authorization_id: str = "",
    referral_id: str = "",
    is_self_pay: bool = False,
    is_new_patient: bool | None = None,
    served_to: date | None = None,
    accident: dict[str, str] | None = None,
    source: str = "",
) -> Encounter:
    """Open a visit; an appointment has one, and the same source again returns the first. An alias's visit opens on its account.

    `accident` keeps cause (AA auto, EM employment, OA other), state and day for the claim. Raises Refused with the first fault.
    """
    require(by, *policy.OPENS)
    with transaction_for(by):
        rows = Encounter.objects.of(by.practice_id)
        appointment: Appointment | None = None
        if appointment_id:
            appointment = locked(Appointment.objects.of(by.practice_id), what="appointment", public_id=appointment_id)
        patient: Patient = locked(
            Patient.objects.of(by.practice_id), what="patient", public_id=account_of(by.practice_id, patient_id).public_id
        )
        known: Encounter | None = rows.filter(source=source).first() if source else None
        if appointment is not None:
            known = known or rows.filter(appointment=appointment).first()
        if known is not None:
            return known
        site: Site = get_or_refuse(Site.objects.of(by.practice_id), what="site", public_id=site_id)
        place = place_of_service or site.place_of_service
        found = rules.check_visit(
            served_on=served_on, today=by.today, born_on=patient.born_on, place_of_service=place, setting=setting
        )
        if stops(list(found)):
            raise Refused(found[0].says)
        encounter = Encounter(
            practice_id=by.practice_id, patient=patient, site=site, appointment=appointment, served_on=served_on, served_to=served_to,
            provider=get_or_refuse(Provider.objects.of(by.practice_id), what="provider", public_id=provider_id),
            referring_provider=_provider(by, referring_provider_id), supervising_provider=_provider(by, supervising_provider_id),
            place_of_service=place, setting=setting, kind=kind, authorization=_permission(by, authorization_id) or _of(appointment),
            referral=_permission(by, referral_id), is_self_pay=is_self_pay or bool(appointment and appointment.is_self_pay),
            is_new_patient=is_new_patient, accident=accident, source=source, created_at=by.at,
        )  # fmt: skip
        encounter.save()
        record(by, "open_encounter", encounter.public_id, patient=patient.public_id, served_on=served_on.isoformat())
        emit(by, "encounter-opened", encounter.public_id)
    return encounter


_CHANGEABLE = frozenset(
    {"place_of_service", "setting", "kind", "is_self_pay", "is_new_patient", "served_on", "served_to", "accident"}
)


def change_visit(*, encounter_id: str, changes: dict[str, Any], by: Actor, expected_version: int | None = None) -> Encounter:
    """Correct a visit's facts until its charges are made; a billed visit keeps what its claim was built from."""
    require(by, *policy.OPENS, "biller")
    unknown = set(changes) - _CHANGEABLE - {"authorization_id", "referral_id", "referring_provider_id", "supervising_provider_id"}
    if unknown:
        raise Refused(f"A visit has no {', '.join(sorted(unknown))} to change.")
    with transaction_for(by):
        encounter = _one(by, encounter_id)
        if encounter.state in {Encounter.State.BILLED, Encounter.State.VOID}:
            raise Refused(f"A visit that is {encounter.state} is not changed.")
        for name, value in changes.items():
            if name in {"authorization_id", "referral_id"}:
                setattr(encounter, name.removesuffix("_id"), _permission(by, value))
            elif name.endswith("_provider_id"):
                setattr(encounter, name.removesuffix("_id"), _provider(by, value))
            else:
                setattr(encounter, name, value)
        found = rules.check_visit(served_on=encounter.served_on, today=by.today, born_on=encounter.patient.born_on,
                                  place_of_service=encounter.place_of_service, setting=encounter.setting)  # fmt: skip
        if stops(list(found)):
            raise Refused(found[0].says)
        save_checked(encounter, expected_version=expected_version)
        record(by, "change_visit", encounter.public_id, fields=sorted(changes))
        emit(by, "encounter-changed", encounter.public_id, fields=sorted(changes))
    return encounter


def write_note(*, encounter_id: str, text: str, by: Actor, expected_number: int | None = None) -> NoteVersion:
    """Write a new version of the note; the same words again change nothing. A signed note is only added to.

    `expected_number` is the version that the writer had read: another's version since then raises Conflict.
    """
    require(by, *policy.WRITES)
    rules.check_text(text)
    with transaction_for(by):
        encounter = _one(by, encounter_id)
        notes = queries.note_facts(encounter)
        rules.check_may_write(encounter.state, notes)
        last = queries.last_note(encounter)
        if last is not None and expected_number is not None and last.number != expected_number:
            raise Conflict("Somebody else wrote a version of this note since you opened it: read it first.")
        if last is not None and last.text == text:
            return last
        note = add_version(encounter, "note", text, by)
        record(by, "write_note", note.public_id, encounter=encounter.public_id, number=note.number, characters=len(text))
    return note


def sign_note(*, encounter_id: str, by: Actor, number: int | None = None) -> NoteVersion:
    """Sign the note's last version (or an addendum by its number). From then on its words stand; the visit goes to the coders."""
    require(by, *policy.SIGNS)
    with transaction_for(by):
        encounter = _one(by, encounter_id)
        facts = queries.note_facts(encounter)
        wanted = number if number is not None else rules.number_to_sign(facts)
        fact = rules.check_may_sign(facts, number=wanted, signer=by.name, is_provider=may(by, *policy.SIGNS))
        note: NoteVersion = locked(NoteVersion.objects.of(by.practice_id), what="note", encounter=encounter, number=wanted)
        note.signed_by, note.signed_at = by.name, by.at
        save_checked(note, fields=["signed_by", "signed_at"])
        record(by, "sign_note", note.public_id, encounter=encounter.public_id, number=wanted)
        if fact.kind == "addendum":
            _tell_of_addendum(encounter, note, by)
        elif encounter.state == Encounter.State.OPEN:
            encounter.state, encounter.signed_at = Encounter.State.SIGNED, by.at
            save_checked(encounter, fields=["state", "signed_at"])
            emit(by, "note-signed", encounter.public_id)
    return note


def add_addendum(*, encounter_id: str, text: str, by: Actor, sign: bool = True) -> NoteVersion:
    """Add to a signed note. After coding or billing this raises a review; nothing that was coded, charged or claimed changes by itself."""
    require(by, *policy.WRITES)
    rules.check_text(text)
    with transaction_for(by):
        encounter = _one(by, encounter_id)
        rules.check_may_add(queries.note_facts(encounter))
        note = add_version(encounter, "addendum", text, by)
        record(by, "add_addendum", note.public_id, encounter=encounter.public_id, number=note.number)
    return sign_note(encounter_id=encounter_id, number=note.number, by=by) if sign else note


def move_on(*, encounter_id: str, state: str, by: Actor, expected_version: int | None = None) -> Encounter:
    """Move a visit along its way; the stages above (coding, charges, claims) call this inside their own transaction."""
    with transaction_for(by):
        encounter = _one(by, encounter_id)
        if encounter.state == state:
            return encounter
        rules.check_move(encounter.state, state)
        before = encounter.state
        encounter.state = state
        save_checked(encounter, expected_version=expected_version, fields=["state"])
        record(by, "move_encounter", encounter.public_id, before=before, after=state)
        emit(by, f"encounter-{state}", encounter.public_id, before=before)
    return encounter


def void_encounter(*, encounter_id: str, reason: str, by: Actor) -> Encounter:
    """Void a visit that never was. Its note stays readable; only a visit that is not coded yet can be voided."""
    require(by, *policy.VOIDS)
    if not reason.strip():
        raise Refused("Voiding a visit needs a reason.")
    with transaction_for(by):
        encounter = _one(by, encounter_id)
        encounter.void_reason = reason[:120]
        save_checked(encounter, fields=["void_reason"])
    return move_on(encounter_id=encounter_id, state=Encounter.State.VOID, by=by)


def _tell_of_addendum(encounter: Encounter, note: NoteVersion, by: Actor) -> None:
    found = rules.addendum_consequence(encounter.state)
    emit(by, "addendum-signed", encounter.public_id, number=note.number, state=encounter.state, rule=found.rule if found else "")


def add_version(encounter: Encounter, kind: str, text: str, by: Actor) -> NoteVersion:
    """Add a version of a visit's note or an addendum, inside the caller's transaction, which has checked that it may."""
    number = 1 + (
        NoteVersion.objects.of(by.practice_id)
        .filter(encounter=encounter)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
        or 0
    )
    note = NoteVersion(
        practice_id=by.practice_id, encounter=encounter, number=number, kind=kind, text=text, written_by=by.name, created_at=by.at
    )
    note.save()
    return note


def _one(by: Actor, encounter_id: str) -> Encounter:
    found: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
    return found


def _provider(by: Actor, provider_id: str) -> Provider | None:
    return get_or_refuse(Provider.objects.of(by.practice_id), what="provider", public_id=provider_id) if provider_id else None


def _permission(by: Actor, authorization_id: str) -> Authorization | None:
    return (
        get_or_refuse(Authorization.objects.of(by.practice_id), what="authorisation", public_id=authorization_id)
        if authorization_id
        else None
    )


def _of(appointment: Appointment | None) -> Authorization | None:
    return appointment.authorization if appointment else None
