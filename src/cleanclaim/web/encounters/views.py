"""A visit's page: the note is written, signed and added to; documents are kept; the visit's facts are corrected until it is billed."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim import codesets
from cleanclaim.kernel.errors import CleanclaimError, InvalidValue, Refused
from cleanclaim.practice.encounters import actions, policy, queries, source_queries
from cleanclaim.practice.encounters.attachment_actions import MAX_ATTACHMENT_BYTES, MEDIA_TYPES
from cleanclaim.practice.encounters.models import Attachment
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.scheduling import queries as scheduling
from cleanclaim.web.access import for_roles
from cleanclaim.web.desk_forms import DayField
from cleanclaim.web.middleware import actor_of
from cleanclaim.web.numbers import number_in

DESK: Final = ("front_desk", "provider", "manager", "biller", "auditor")
_BY_ENDING: Final = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tif": "image/tiff", ".tiff": "image/tiff",
    ".txt": "text/plain", ".xml": "text/xml", ".json": "application/json", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".m4a": "audio/mp4",
    ".mp4": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".webm": "audio/webm", ".flac": "audio/flac",
}  # fmt: skip
_MOST_AT_ONCE: Final = 256 * 1024 * 1024
_ACCIDENTS: Final = [("", "No accident"), ("AA", "Auto accident"), ("EM", "At work"), ("OA", "Other accident")]
_NEW: Final = [("", "Let the coder decide"), ("yes", "New"), ("no", "Established")]


class FactsForm(forms.Form):
    """What a claim says about a visit beside its codes."""

    place_of_service = forms.ChoiceField()
    setting = forms.ChoiceField(choices=[("outpatient", "Outpatient"), ("inpatient", "Inpatient")])
    is_new_patient = forms.ChoiceField(label="Patient is", choices=_NEW, required=False)
    is_self_pay = forms.BooleanField(label="Patient pays this visit themself", required=False)
    accident_cause = forms.ChoiceField(label="Accident", choices=_ACCIDENTS, required=False)
    accident_on = DayField(label="Day of the accident", required=False)
    accident_state = forms.CharField(label="State of the accident", max_length=2, required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place_of_service"].choices = places  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """Return the changes of `change_visit`."""
        given = self.cleaned_data
        accident = None
        if given["accident_cause"]:
            day = given["accident_on"]
            accident = {
                "cause": given["accident_cause"],
                "state": given["accident_state"].upper(),
                "on": day.isoformat() if day else "",
            }
        return {
            "place_of_service": given["place_of_service"], "setting": given["setting"], "is_self_pay": given["is_self_pay"],
            "is_new_patient": {"yes": True, "no": False}.get(given["is_new_patient"]), "accident": accident,
        }  # fmt: skip


@for_roles("front_desk", "provider", "manager")
@require_POST
def begin(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Open the visit of an appointment; the same appointment leads to the same visit."""
    by = actor_of(request)
    row = scheduling.appointment(by.practice_id, appointment_id)
    if row.state not in {"arrived", "completed"}:
        raise Refused("Mark the patient as arrived first.")
    visit = actions.open_encounter(
        patient_id=row.patient_id, provider_id=row.provider_id, site_id=row.site_id, served_on=row.served_on, appointment_id=appointment_id,
        kind=row.kind, by=by,
    )  # fmt: skip
    return redirect("visit", encounter_id=visit.public_id)


@for_roles(*DESK)
def visit(request: HttpRequest, encounter_id: str) -> HttpResponse:
    """Show a visit with its record; the front desk sees everything but the note."""
    by = actor_of(request)
    card = queries.card(by.practice_id, encounter_id)
    return render(request, "encounters/visit.html", _facts(by, card))


@for_roles(*DESK)
@require_POST
def act(request: HttpRequest, encounter_id: str, how: str) -> HttpResponse:
    """Do one thing to a visit; what is refused is said on the page, with everything that was typed still there."""
    by = actor_of(request)
    card = queries.card(by.practice_id, encounter_id)
    form = None
    try:
        if how == "facts":
            form = FactsForm(request.POST, places=_places(card))
            if not form.is_valid():
                raise InvalidValue("The facts of the visit are not right yet.")
            expected = number_in(request.POST.get("version", ""))
            actions.change_visit(encounter_id=encounter_id, changes=form.changes(), by=by, expected_version=expected)
            messages.success(request, "The visit is changed.")
        else:
            messages.success(request, _do(request, by, encounter_id, how))
    except CleanclaimError as wrong:
        facts = _facts(by, queries.card(by.practice_id, encounter_id), form) | {
            "refused": str(wrong),
            "typed": request.POST.get("text", ""),
        }
        return render(request, "encounters/visit.html", facts, status=422)
    return redirect("visit", encounter_id=encounter_id)


def _do(request: HttpRequest, by: Actor, encounter_id: str, how: str) -> str:
    text = request.POST.get("text", "").replace("\r\n", "\n")
    number = request.POST.get("number", "")
    if how in {"write", "sign"}:
        expected = number_in(number)
        if text:
            actions.write_note(encounter_id=encounter_id, text=text, by=by, expected_number=expected)
        if how == "write":
            return "The note is kept as a draft."
        actions.sign_note(encounter_id=encounter_id, by=by)
        return "The note is signed; the visit goes to the coders."
    if how == "add":
        actions.add_addendum(encounter_id=encounter_id, text=text, by=by, sign=bool(by.roles & set(policy.SIGNS)))
        return "The addendum is kept."
    if how == "sign-addendum":
        actions.sign_note(encounter_id=encounter_id, by=by, number=number_in(number))
        return "The addendum is signed."
    if how == "attach":
        kept = [keep(by, upload, encounter_id=encounter_id) for upload in request.FILES.getlist("files")]
        if not kept:
            raise InvalidValue("Choose a document.")
        return f"{len(kept)} document{'s' if len(kept) > 1 else ''} kept with the visit."
    if how == "withdraw":
        mine = {item.attachment_id for item in queries.card(by.practice_id, encounter_id).attachments}
        if request.POST.get("attachment", "") not in mine:
            raise InvalidValue("This document is not kept with this visit.")
        actions.withdraw_attachment(attachment_id=request.POST.get("attachment", ""), reason=request.POST.get("reason", ""), by=by)
        return "The document is out of the record; it is kept with your reason."
    if how == "void":
        actions.void_encounter(encounter_id=encounter_id, reason=request.POST.get("reason", ""), by=by)
        return "The visit is void."
    raise InvalidValue("A visit is not changed in this way.")


def keep(by: Actor, upload: Any, encounter_id: str = "") -> Attachment:
    """Keep one uploaded file as a document. Raises InvalidValue for a kind that is not kept."""
    name = upload.name or "document"
    check_size(upload)
    return actions.attach(content=upload.read(), file_name=name, media_type=media_type_of(name), by=by, encounter_id=encounter_id)


def check_size(*uploads: Any) -> None:
    """Raises InvalidValue for files that are too large, before they are read into memory."""
    if any((upload.size or 0) > MAX_ATTACHMENT_BYTES for upload in uploads):
        raise InvalidValue(f"The document is larger than {MAX_ATTACHMENT_BYTES // 1024 // 1024} MB.")
    if sum(upload.size or 0 for upload in uploads) > _MOST_AT_ONCE:
        raise InvalidValue(f"Bring in at most {_MOST_AT_ONCE // 1024 // 1024} MB at once.")


def media_type_of(name: str) -> str:
    """Return the kind of a file by its name's ending. Raises InvalidValue for a kind that is not kept."""
    kind = _BY_ENDING.get("." + name.rsplit(".", 1)[-1].lower(), "")
    if kind not in MEDIA_TYPES:
        raise InvalidValue(
            "A document is a PDF, an image (PNG, JPEG, TIFF), a sound (WAV, MP3, M4A, OGG, WebM, FLAC), text, XML or JSON."
        )
    return kind


def _places(card: queries.EncounterCard) -> list[tuple[str, str]]:
    rows = codesets.open_store().iter_codes("pos", card.row.served_on)
    return [(row.code, f"{row.code} {row.title}") for row in rows]


def _facts(by: Actor, card: queries.EncounterCard, form: FactsForm | None = None) -> dict[str, Any]:
    last = next((note for note in reversed(card.notes) if note.kind == "note"), None)
    reads = bool(by.roles & {*policy.READS} & {*DESK})
    accident = card.accident or {}
    if form is None:
        form = FactsForm(places=_places(card), initial={
            "place_of_service": card.row.place_of_service, "setting": card.row.setting, "is_self_pay": card.row.is_self_pay,
            "is_new_patient": "" if card.is_new_patient is None else "yes" if card.is_new_patient else "no",
            "accident_cause": accident.get("cause", ""), "accident_on": accident.get("on", ""), "accident_state": accident.get("state", ""),
        })  # fmt: skip
    return {
        "sources": source_queries.sources_of(by.practice_id, card.row.encounter_id), "sees_sources": bool(by.roles & {*policy.REVIEWS, "auditor", "biller"}),
        "card": card, "row": card.row, "form": form, "reads": reads, "last": last, "is_signed": last is not None and last.signed_at is not None,
        "addenda": [note for note in card.notes if note.kind == "addendum"], "drafts": [note for note in card.notes if note.kind == "note"][:-1],
        "may_write": bool(by.roles & set(policy.WRITES)) and card.row.state != "void", "may_sign": bool(by.roles & set(policy.SIGNS)),
        "may_file": bool(by.roles & set(policy.FILES)), "may_change": card.row.state not in {"billed", "void"} and bool(by.roles & {*policy.OPENS, "biller"}),
        "may_void": bool(by.roles & set(policy.VOIDS)) and card.row.state in {"open", "signed"},
        "may_code": bool(by.roles & {"provider", "manager", "auditor", "biller"}) and last is not None,
    }  # fmt: skip
