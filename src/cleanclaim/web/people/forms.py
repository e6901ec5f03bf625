"""What is typed on the desk of the practice itself: people, clinicians, places, who bills, the name and the clock."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator

from cleanclaim.practice.connections.partners import QUALIFIERS, transports_here
from cleanclaim.practice.foundation.actor import ROLES
from cleanclaim.web.desk_forms import DayField, DeskForm

_PLACE: Final = RegexValidator(r"^[0-9]{2}$", "Two digits, such as 11 for an office.")
_STATE: Final = RegexValidator(r"^[A-Za-z]{2}$", "Two letters, such as VT.")


def role_choices() -> list[tuple[str, str]]:
    """Return the roles that a person may have, in order. A learner's place is made by the training desk."""
    return [(role, role.replace("_", " ").capitalize()) for role in sorted(ROLES - {"system", "learner"})]


class RolesForm(DeskForm):
    """Which desks somebody works at."""

    roles = forms.MultipleChoiceField(choices=role_choices, widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        """Begin with the roles that they have."""
        self.fields["roles"].initial = list(self.subject.roles) if self.subject is not None else []


class PasswordForm(DeskForm):
    """A password, typed twice by whoever gives it out."""

    password = forms.CharField(
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Twelve characters or more. Its owner changes it after signing in.",
    )
    again = forms.CharField(
        label="The same again", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            raise forms.ValidationError("The two passwords differ.")
        return given


class NewMemberForm(PasswordForm):
    """Somebody who is to sign in."""

    username = forms.CharField(label="Signs in as", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="Name that others see", max_length=80)
    roles = forms.MultipleChoiceField(choices=role_choices, widget=forms.CheckboxSelectMultiple)

    field_order = ("username", "name", "roles", "password", "again")


class ClinicianForm(DeskForm):
    """A clinician's name and numbers."""

    first_name = forms.CharField(max_length=60)
    last_name = forms.CharField(max_length=60)
    credential = forms.CharField(max_length=20, required=False, help_text="Such as MD or NP.")
    taxonomy = forms.CharField(label="Taxonomy code", max_length=10, required=False)


class NewClinicianForm(ClinicianForm):
    """A clinician, with the NPI that names them."""

    npi = forms.CharField(label="NPI", max_length=10)

    field_order = ("npi", "first_name", "last_name", "credential", "taxonomy")


class ChangeClinicianForm(ClinicianForm):
    """A clinician as recorded."""

    is_active = forms.BooleanField(label="Sees patients here", required=False)

    def prepare(self) -> None:
        """Begin with what is recorded."""
        for name, field in self.fields.items():
            field.initial = getattr(self.subject, name)


class PlaceForm(DeskForm):
    """An address where patients are seen."""

    place_of_service = forms.CharField(label="Place of service", max_length=2, initial="11", validators=[_PLACE])
    line1 = forms.CharField(label="Street", max_length=80)
    city = forms.CharField(max_length=40)
    state = forms.CharField(max_length=2, validators=[_STATE])
    zip_code = forms.CharField(label="ZIP", max_length=10)
    phone = forms.CharField(max_length=20, required=False)
    npi = forms.CharField(label="NPI of the place, if it has its own", max_length=10, required=False)

    def clean_state(self) -> str:
        """Write the state in capitals."""
        return str(self.cleaned_data["state"]).upper()


class NewPlaceForm(PlaceForm):
    """A place, with its name."""

    name = forms.CharField(max_length=120)

    field_order = ("name", "place_of_service", "line1", "city", "state", "zip_code", "phone", "npi")


class ChangePlaceForm(PlaceForm):
    """A place as recorded."""

    def prepare(self) -> None:
        """Begin with what is recorded."""
        for name, field in self.fields.items():
            field.initial = getattr(self.subject, "zip" if name == "zip_code" else name)


class BillingForm(DeskForm):
    """Who bills from a day on."""

    valid_from = DayField(label="First day of service that it bills for")
    entity_name = forms.CharField(label="Legal owner", max_length=120)
    tax_id = forms.CharField(label="Tax number (EIN)", max_length=10)
    name = forms.CharField(label="Name on the claim", max_length=120)
    npi = forms.CharField(label="NPI", max_length=10)
    taxonomy = forms.CharField(label="Taxonomy code", max_length=10, required=False)
    line1 = forms.CharField(label="Street (no box)", max_length=80)
    city = forms.CharField(max_length=40)
    state = forms.CharField(max_length=2, validators=[_STATE])
    zip_code = forms.CharField(label="ZIP, nine digits", max_length=10)
    phone = forms.CharField(max_length=20, required=False)
    contact_name = forms.CharField(label="Who answers for claims", max_length=60, required=False)

    def prepare(self) -> None:
        """Begin with what is in force: a change is a new record from its first day on."""
        row = self.subject
        if row is None:
            return
        same = ("name", "npi", "taxonomy", "line1", "city", "state", "phone", "contact_name")
        values = {name: getattr(row, name) for name in same}
        values |= {"entity_name": row.entity.name, "tax_id": row.entity.tax_id, "zip_code": row.zip}
        for name, value in values.items():
            self.fields[name].initial = value

    def clean_state(self) -> str:
        """Write the state in capitals."""
        return str(self.cleaned_data["state"]).upper()


class StandingForm(DeskForm):
    """The practice's name and the clock that its days go by."""

    name = forms.CharField(max_length=120)
    time_zone = forms.ChoiceField(
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]
    )

    def prepare(self) -> None:
        """Begin with what stands there."""
        self.fields["name"].initial, self.fields["time_zone"].initial = self.subject.name, self.subject.time_zone


class PartnerIdsForm(DeskForm):
    """The ids on the envelope, as the partner gave them."""

    sender_qualifier = forms.ChoiceField(label="Kind of your id (ISA05)", choices=[(kind, kind) for kind in QUALIFIERS])
    sender_id = forms.CharField(label="Your id there (ISA06)", max_length=15)
    receiver_qualifier = forms.ChoiceField(label="Kind of their id (ISA07)", choices=[(kind, kind) for kind in QUALIFIERS])
    receiver_id = forms.CharField(label="Their id (ISA08)", max_length=15)
    is_production = forms.BooleanField(label="In earnest (production); else files are marked as a test", required=False)


class NewPartnerForm(PartnerIdsForm):
    """A clearinghouse or payer that files are exchanged with."""

    name = forms.CharField(max_length=120)
    transport = forms.ChoiceField(label="Files travel by")
    location = forms.CharField(
        label="Folder, or what the transport asks for",
        max_length=200,
        help_text="A plain name makes drop boxes below the place of exchange.",
    )

    field_order = (
        "name",
        "transport",
        "location",
        "sender_qualifier",
        "sender_id",
        "receiver_qualifier",
        "receiver_id",
        "is_production",
    )

    def prepare(self) -> None:
        """Offer the transports of this installation."""
        self.offer("transport", ((name, name) for name in transports_here()))


class ChangePartnerForm(PartnerIdsForm):
    """A partner as recorded."""

    is_active = forms.BooleanField(label="Files are exchanged", required=False)

    def prepare(self) -> None:
        """Begin with what is recorded."""
        for name, field in self.fields.items():
            field.initial = getattr(self.subject, name)
