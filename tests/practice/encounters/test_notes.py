"""The note: versions, signature, addenda; the database refuses to change signed text. Documents are kept whole."""

import pytest
from django.db import DatabaseError, transaction

from cleanclaim.kernel.errors import Conflict, InvalidValue, NotAllowed, Refused
from cleanclaim.practice.encounters import actions, queries, rules
from cleanclaim.practice.encounters.models import NoteVersion
from cleanclaim.practice.foundation.models import Event
from practice import visit_cast as cast


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def visit(system, place):
    ines = cast.patient(system)
    return actions.open_encounter(patient_id=ines.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
                                  served_on=cast.VISIT_DAY, by=system)  # fmt: skip


def test_a_note_has_versions_until_it_is_signed(system, visit):
    actions.write_note(encounter_id=visit.public_id, text="Cough.", by=system)
    actions.write_note(encounter_id=visit.public_id, text="Cough.", by=system)
    actions.write_note(encounter_id=visit.public_id, text="Cough for 3 days.", by=system)
    card = queries.card(system.practice_id, visit.public_id)
    assert [note.number for note in card.notes] == [1, 2]
    assert (card.text, card.row.state) == ("Cough for 3 days.", "open")
    with pytest.raises(Conflict, match="Somebody else"):
        actions.write_note(encounter_id=visit.public_id, text="Mine.", by=system, expected_number=1)
    with pytest.raises(Refused, match="not signed yet"):
        actions.add_addendum(encounter_id=visit.public_id, text="x", by=system)
    signed = actions.sign_note(encounter_id=visit.public_id, by=system)
    assert (signed.number, signed.signed_by) == (2, system.name)
    assert queries.card(system.practice_id, visit.public_id).row.state == "signed"
    with pytest.raises(Refused, match="addendum"):
        actions.write_note(encounter_id=visit.public_id, text="Other words.", by=system)
    with pytest.raises(Refused, match="signed already"):
        actions.sign_note(encounter_id=visit.public_id, by=system)


def test_the_database_itself_refuses_to_change_or_delete_signed_text(system, visit):
    note = actions.write_note(encounter_id=visit.public_id, text="Cough.", by=system)
    NoteVersion.objects.of(system.practice_id).filter(pk=note.pk).update(text="Cough!")
    actions.sign_note(encounter_id=visit.public_id, by=system)
    rows = NoteVersion.objects.of(system.practice_id).filter(pk=note.pk)
    for change in (
        lambda: rows.update(text="No cough."),
        lambda: rows.update(signed_by="Other"),
        lambda: rows._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_addenda_follow_the_note_and_leave_its_characters_where_they_are(system, visit):
    actions.write_note(encounter_id=visit.public_id, text=cast.NOTE, by=system)
    actions.sign_note(encounter_id=visit.public_id, by=system)
    actions.add_addendum(encounter_id=visit.public_id, text="Left side.", by=system)
    actions.add_addendum(encounter_id=visit.public_id, text="Draft.", by=system, sign=False)
    text = queries.card(system.practice_id, visit.public_id).text
    assert text == cast.NOTE + "\n\nADDENDUM:\nLeft side."


def test_an_addendum_after_billing_calls_for_a_review_and_changes_nothing(system, place):
    billed = cast.coded_visit(system, place, cast.patient(system))
    actions.move_on(encounter_id=billed.public_id, state="charged", by=system)
    actions.move_on(encounter_id=billed.public_id, state="billed", by=system)
    actions.add_addendum(encounter_id=billed.public_id, text="Chest film was done.", by=system)
    event = Event.objects.of(system.practice_id).get(kind="addendum-signed")
    assert (event.facts["state"], event.facts["rule"]) == ("billed", "ADDENDUM_AFTER_BILLING")
    assert queries.card(system.practice_id, billed.public_id).row.state == "billed"


def test_only_a_provider_signs_and_only_words_are_a_note(system, visit, actor):
    actions.write_note(encounter_id=visit.public_id, text="Cough.", by=actor("provider"))
    for role in ("coder", "front_desk", "manager"):
        with pytest.raises(NotAllowed):
            actions.sign_note(encounter_id=visit.public_id, by=actor(role))
    for text in ("", "  \n", "a\x00b", "x" * (rules.MAX_NOTE_CHARACTERS + 1)):
        with pytest.raises(Refused):
            actions.write_note(encounter_id=visit.public_id, text=text, by=system)


def test_what_cannot_be_a_visit_is_refused(system, place):
    from datetime import date

    ines = cast.patient(system)
    for served_on, words in ((date(2026, 12, 24), "future"), (date(1980, 1, 1), "birth")):
        with pytest.raises(Refused, match=words):
            actions.open_encounter(patient_id=ines.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
                                   served_on=served_on, by=system)  # fmt: skip


def test_a_visit_is_voided_before_coding_and_never_after(system, place, visit):
    actions.void_encounter(encounter_id=visit.public_id, reason="wrong patient", by=system)
    with pytest.raises(Refused):
        actions.write_note(encounter_id=visit.public_id, text="Cough.", by=system)
    other = cast.coded_visit(system, place, cast.patient(system, first_name="Otto", is_somebody_new=True))
    with pytest.raises(Refused):
        actions.void_encounter(encounter_id=other.public_id, reason="wrong", by=system)


def test_a_document_is_kept_whole_filed_and_withdrawn(system, visit):
    waiting = actions.attach(content=b"%PDF-1.7 scan", file_name="card.pdf", media_type="application/pdf", by=system)
    assert [row.attachment_id for row in queries.unfiled(system.practice_id)] == [waiting.public_id]
    actions.file_attachment(attachment_id=waiting.public_id, encounter_id=visit.public_id, by=system)
    assert queries.unfiled(system.practice_id) == []
    same = actions.attach(
        content=b"%PDF-1.7 scan", file_name="again.pdf", media_type="application/pdf", encounter_id=visit.public_id, by=system
    )
    assert same.pk == waiting.pk
    assert queries.content_of(system.practice_id, waiting.public_id) == (b"%PDF-1.7 scan", "application/pdf")
    actions.withdraw_attachment(attachment_id=waiting.public_id, reason="other patient", by=system)
    assert queries.card(system.practice_id, visit.public_id).attachments == ()


@pytest.mark.parametrize(("content", "media_type"), [
    (b"", "application/pdf"), (b"MZ program", "application/pdf"), (b"x", "application/x-msdownload"), (b"<html>", "image/png"),
])  # fmt: skip
def test_an_upload_that_fails_says_so(system, visit, content, media_type):
    with pytest.raises(InvalidValue):
        actions.attach(content=content, file_name="x", media_type=media_type, encounter_id=visit.public_id, by=system)
