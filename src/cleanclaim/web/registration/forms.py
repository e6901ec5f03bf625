"""What the front desk types about a patient and a coverage."""

from __future__ import annotations

from typing import Any

from django import forms

from cleanclaim.documents import Address, Party
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.kernel.money import Money
from cleanclaim.web.desk_forms import DayField

SEXES = [("F", "Female"), ("M", "Male"), ("U", "Unknown or not told")]
RELATIONSHIPS = [("18", "Self"), ("01", "Spouse"), ("19", "Child"), ("G8", "Other relationship")]
SEQUENCES = [("P", "Primary"), ("S", "Secondary"), ("T", "Tertiary")]


class PatientForm(forms.Form):
    """A registration."""

    last_name = forms.CharField(max_length=60)
    first_name = forms.CharField(max_length=35)
    middle_name = forms.CharField(max_length=25, required=False)
    born_on = DayField(label="Date of birth")
    sex = forms.ChoiceField(choices=SEXES)
    line1 = forms.CharField(label="Street", max_length=55)
    city = forms.CharField(max_length=30)
    state = forms.CharField(max_length=2, min_length=2)
    zip = forms.CharField(label="ZIP code", max_length=10)
    phone = forms.CharField(max_length=20, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    is_somebody_new = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def facts(self) -> dict[str, Any]:
        """Return the keyword arguments of `register_patient`."""
        given = self.cleaned_data
        address = Address(
            given["line1"].strip(), "", given["city"].strip(), given["state"].upper(), given["zip"].replace("-", "").strip()
        )
        names = ("last_name", "first_name", "middle_name", "born_on", "sex", "phone", "email", "is_somebody_new")
        return {name: given[name] for name in names} | {"address": address}


class CoverageForm(forms.Form):
    """A coverage."""

    payer = forms.ChoiceField()
    member_id = forms.CharField(label="Member number", max_length=40)
    sequence = forms.ChoiceField(label="Order", choices=SEQUENCES)
    valid_from = DayField(label="First day")
    valid_to = DayField(label="Last day", required=False)
    relationship = forms.ChoiceField(label="Patient is the subscriber's", choices=RELATIONSHIPS)
    group_number = forms.CharField(max_length=50, required=False)
    copay = forms.CharField(label="Copay", max_length=10, required=False)
    subscriber_last_name = forms.CharField(max_length=60, required=False)
    subscriber_first_name = forms.CharField(max_length=35, required=False)
    subscriber_born_on = DayField(required=False)

    def __init__(self, *args: Any, payers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].choices = payers  # type: ignore[attr-defined]

    def clean_copay(self) -> int | None:
        """Read dollars into cents."""
        text = self.cleaned_data["copay"].strip().lstrip("$")
        if not text:
            return None
        try:
            return int(Money.parse(text))
        except InvalidValue as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean(self) -> dict[str, Any]:
        """A subscriber who is somebody else has a name."""
        given = super().clean() or {}
        if given.get("relationship") != "18" and not given.get("subscriber_last_name"):
            self.add_error("subscriber_last_name", "The subscriber is somebody else: give their name.")
        return given

    def facts(self) -> dict[str, Any]:
        """Return the keyword arguments of `add_coverage`."""
        given = self.cleaned_data
        subscriber = None
        if given["relationship"] != "18":
            subscriber = Party(
                entity="IL", is_person=True, last_name=given["subscriber_last_name"], first_name=given["subscriber_first_name"],
                born_on=given["subscriber_born_on"],
            )  # fmt: skip
        names = ("member_id", "sequence", "valid_from", "valid_to", "relationship", "group_number")
        return {name: given[name] for name in names} | {
            "payer_id": given["payer"],
            "copay_cents": given["copay"],
            "subscriber": subscriber,
        }
