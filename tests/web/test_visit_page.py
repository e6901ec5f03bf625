"""A visit from the front desk's arrival to the signed note, as provider and front desk use and misuse its page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.registration.actions import correct_patient
from cleanclaim.practice.scheduling.actions import book_appointment
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def booked(system, place):
    who = cast.patient(system)
    cast.coverage(system, who, place.granite)
    start = datetime.now(UTC).replace(microsecond=0)
    return book_appointment(patient_id=who.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id, starts_at=start,
                            ends_at=start + timedelta(minutes=20), by=system)  # fmt: skip


def opened(client, booked) -> str:
    client.post(f"/schedule/{booked.public_id}/arrive/")
    answer = client.post(f"/schedule/{booked.public_id}/visit/")
    assert answer.status_code == 302
    return answer["Location"]


def test_a_visit_is_opened_written_signed_and_added_to(system, desk, booked):
    provider = desk("provider")
    page = opened(provider, booked)
    assert provider.post(f"/schedule/{booked.public_id}/visit/")["Location"] == page, "one appointment, one visit"
    assert provider.post(page + "write/", {"text": cast.NOTE, "number": ""}).status_code == 302
    assert b"Acute bronchitis" in provider.get(page).content
    assert provider.post(page + "sign/", {"text": cast.NOTE + "Return in a week.", "number": "1"}).status_code == 302
    visit = Encounter.objects.of(system.practice_id).get()
    assert visit.state == "signed"
    assert encounters.text_of(visit).endswith("Return in a week.")
    assert provider.post(page + "add/", {"text": "Late entry: peak flow 310."}).status_code == 302
    card = encounters.card(system.practice_id, visit.public_id)
    assert [note.kind for note in card.notes] == ["note", "note", "addendum"]
    assert card.notes[-1].signed_by == "Ruth"
    refused = provider.post(page + "write/", {"text": "Rewritten", "number": "2"})
    assert refused.status_code == 422
    assert encounters.text_of(visit).count("Rewritten") == 0


def test_a_note_that_somebody_else_wrote_meanwhile_is_not_overwritten(desk, booked):
    provider = desk("provider")
    page = opened(provider, booked)
    provider.post(page + "write/", {"text": "First words.", "number": ""})
    provider.post(page + "write/", {"text": "Second words.", "number": "1"})
    answer = provider.post(page + "write/", {"text": "My long text.", "number": "1"})
    assert answer.status_code == 422
    assert b"Somebody else wrote" in answer.content
    assert b"My long text." in answer.content, "what was typed is still there"


def test_the_front_desk_opens_visits_and_files_documents_without_reading_notes(desk, booked, system):
    front = desk("front_desk")
    page = opened(front, booked)
    desk("provider").post(page + "write/", {"text": "Confidential words.", "number": ""})
    assert b"Confidential" not in front.get(page).content
    assert front.post(page + "write/", {"text": "Mine"}).status_code == 422
    kept = front.post(page + "attach/", {"files": SimpleUploadedFile("card.png", b"\x89PNG\r\n\x1a\n123")})
    assert kept.status_code == 302
    document = encounters.card(system.practice_id, page.split("/")[-2]).attachments[0]
    shown = front.get(f"/documents/{document.attachment_id}/")
    assert shown["Content-Type"] == "image/png"
    assert "sandbox" in shown["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<script>", "A document is a PDF"),
        ("fake.pdf", b"MZ....", "not of the kind"),
        ("empty.pdf", b"", "empty"),
        ("noending", b"%PDF", "A document is a PDF"),
    ],
)
def test_what_is_no_document_is_refused_in_words(name, content, says, desk, booked):
    front = desk("front_desk")
    page = opened(front, booked)
    answer = front.post(page + "attach/", {"files": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_document_is_withdrawn_at_its_own_visit_alone(desk, booked, system, place):
    front = desk("front_desk")
    page = opened(front, booked)
    other = cast.signed_visit(
        system, place, cast.patient(system, last_name="Abbot", first_name="Lee", phone="", is_somebody_new=True)
    )
    front.post(page + "attach/", {"files": SimpleUploadedFile("card.png", b"\x89PNG\r\n\x1a\n123")})
    document = encounters.card(system.practice_id, page.split("/")[-2]).attachments[0]
    given = {"attachment": document.attachment_id, "reason": "wrong chart"}
    assert front.post(f"/visits/{other.public_id}/withdraw/", given).status_code == 422
    assert front.post(page + "withdraw/", given).status_code == 302
    assert encounters.card(system.practice_id, page.split("/")[-2]).attachments == ()


def test_facts_of_the_claim_are_changed_once_by_whoever_read_them(desk, booked, system):
    front = desk("front_desk")
    page = opened(front, booked)
    visit = Encounter.objects.of(system.practice_id).get()
    facts = {"place_of_service": "02", "setting": "outpatient", "is_new_patient": "yes", "accident_cause": "AA", "accident_on": "2026-11-01",
             "accident_state": "vt", "version": str(visit.version)}  # fmt: skip
    assert front.post(page + "facts/", facts).status_code == 302
    visit.refresh_from_db()
    assert (visit.place_of_service, visit.is_new_patient) == ("02", True)
    assert visit.accident == {"cause": "AA", "state": "VT", "on": "2026-11-01"}
    assert front.post(page + "facts/", facts).status_code == 422, "the version is from before"
    assert front.post(page + "facts/", {**facts, "place_of_service": "ZZ"}).status_code == 422


def test_documents_of_no_chart_wait_and_are_filed(desk, booked, system, place):
    who = cast.patient(system, last_name="Abbot", first_name="Lee", born_on=cast.VISIT_DAY.replace(year=1950), phone="")
    front = desk("front_desk")
    assert front.post("/documents/", {"files": SimpleUploadedFile("fax.pdf", b"%PDF-1.4 fax")}).status_code == 302
    row = encounters.unfiled(system.practice_id)[0]
    assert front.post(f"/documents/{row.attachment_id}/file/", {"chart": "999999"}).status_code == 422
    assert front.post(f"/documents/{row.attachment_id}/file/", {"chart": str(who.chart_number)}).status_code == 302
    assert encounters.unfiled(system.practice_id) == []
    assert encounters.attachments_of(system.practice_id, who.public_id)[0].file_name == "fax.pdf"


def test_a_restricted_chart_opens_for_a_stated_reason_alone(desk, booked, system):
    patient_id = booked.patient.public_id
    correct_patient(patient_id=patient_id, changes={"is_restricted": True}, by=system)
    front = desk("front_desk")
    page = opened(front, booked)
    for path in (f"/patients/{patient_id}/", page, f"/patients/{patient_id}/correct/", f"/patients/{patient_id}/statement/"):
        answer = front.get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/patients/{patient_id}/open/")
    assert front.post(f"/patients/{patient_id}/open/", {"reason": "x"}).status_code == 422
    assert front.post(f"/patients/{patient_id}/open/", {"reason": "Patient is at the desk"}).status_code == 302
    assert front.get(f"/patients/{patient_id}/").status_code == 200
    assert front.get(page).status_code == 200
