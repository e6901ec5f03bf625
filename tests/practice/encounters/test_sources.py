"""Scanned and dictated records: read outside the page, looked at word by word, made a draft that only a provider signs."""

import pytest
from django.db import IntegrityError, transaction

import intake_drawn as drawn
from cleanclaim import intake
from cleanclaim.intake import Document, Line, Page, Reading, Word, superbill
from cleanclaim.kernel.errors import InvalidValue, NotAllowed, NotFound, Refused, SettingsError, UnreadableInput
from cleanclaim.practice.audit.models import AuditRow
from cleanclaim.practice.encounters import actions, queries, source_actions, source_queries, superbills
from cleanclaim.practice.encounters.models import SourceDocument
from practice import visit_cast as cast

SCAN = source_actions.Upload(drawn.encoded(drawn.picture(("one",))), "fax.png", "image/png")
SOUND = source_actions.Upload(b"RIFF....WAVEfmt ", "dictation.wav", "audio/wav")


def line(*words):
    return Line(tuple(Word(text, sure, (10 * place, 5, 10 * place + 9, 15)) for place, (text, sure) in enumerate(words)))


SURE = line(*((word, 1.0) for word in "Lungs are clear on listening over the chest and back throughout all fields today".split()))
READING = Reading(
    (
        Page(1, 300, 100, (line(("Cough", 1.0), ("for", 1.0), ("8", 0.4), ("days.", 1.0)), line(("Na", 0.6), ("fever.", 1.0)), SURE)),
        Page(2, 300, 100, (line(("Acute", 1.0), ("bronchitis.", 0.5)), SURE)),
    ),
    "a reader of this test",
)  # fmt: skip


def read(_content):
    return Document(READING, (b"page one", b"page two"))


@pytest.fixture
def visit(system):
    place, ines = cast.clinic(system), cast.patient(system)
    return actions.open_encounter(
        patient_id=ines.public_id,
        provider_id=place.provider.public_id,
        site_id=place.site.public_id,
        served_on=cast.VISIT_DAY,
        by=system,
    )


@pytest.fixture
def source(system, visit):
    made = source_actions.bring_in(encounter_id=visit.public_id, files=[SCAN], kind="scan", by=system)
    assert source_actions.read_waiting(by=system, read=read) == 1
    return made


def role(system, *roles):
    return system._replace(roles=frozenset(roles), name="Somebody")


def test_document_waits_is_read_once_and_shows_what_waits(system, visit):
    first = source_actions.bring_in(encounter_id=visit.public_id, files=[SCAN], kind="fax", by=role(system, "front_desk"))
    again = source_actions.bring_in(encounter_id=visit.public_id, files=[SCAN], kind="fax", by=system)
    assert first.pk == again.pk
    assert [row.state for row in source_queries.to_review(system.practice_id)] == ["waiting"]
    assert source_actions.read_waiting(by=system, read=read) == 1
    assert source_actions.read_waiting(by=system, read=read) == 0
    card = source_queries.card(system.practice_id, first.public_id)
    assert (card.row.state, card.row.pages, card.row.words_waiting) == ("read", 2, 3)
    assert [cell.read for page in card.pages for cell in page.cells if cell.is_waiting] == ["8", "Na", "bronchitis."]
    assert source_queries.page_picture(system.practice_id, first.public_id, 2) == b"page two"
    with pytest.raises(NotFound):
        source_queries.page_picture(system.practice_id, first.public_id, 3)
    assert len(queries.card(system.practice_id, visit.public_id).attachments) == 1


def test_words_are_decided_and_the_draft_says_where_it_came_from(system, visit, source):
    coder = role(system, "coder")
    with pytest.raises(Refused, match="3 words still wait"):
        source_actions.accept_source(source_id=source.public_id, by=coder)
    assert source_actions.decide_words(source_id=source.public_id, words={"2": "3", "4": "No"}, by=coder) == 1
    assert source_actions.decide_words(source_id=source.public_id, words={"21": "bronchitis. "}, by=coder) == 0
    note = source_actions.accept_source(source_id=source.public_id, by=coder)
    assert note.text == f"Cough for 3 days.\nNo fever.\n{SURE.text}\n\nAcute bronchitis.\n{SURE.text}"
    assert note.signed_at is None
    card = queries.card(system.practice_id, visit.public_id)
    assert (card.row.state, card.notes[0].origin, card.notes[0].source_id) == ("open", "scanned", source.public_id)
    with pytest.raises(Refused, match="already"):
        source_actions.accept_source(source_id=source.public_id, by=coder)
    with pytest.raises(NotAllowed):
        actions.sign_note(encounter_id=visit.public_id, by=coder)


def test_place_on_the_page_is_found_after_the_draft_was_changed(system, visit, source):
    source_actions.decide_words(source_id=source.public_id, words={"2": "3", "4": "No", "21": "bronchitis."}, by=system)
    source_actions.accept_source(source_id=source.public_id, by=system)
    text = "HPI:\nCough for 3 weeks.\nNo fever.\n\nAcute viral bronchitis."
    actions.write_note(encounter_id=visit.public_id, text=text, by=system)
    actions.sign_note(encounter_id=visit.public_id, by=system)
    spots = source_queries.spots(system.practice_id, visit.public_id, queries.text_of(visit))
    found = {text[spot.start : spot.end]: (spot.page, spot.box) for spot in spots}
    assert found["bronchitis."] == (2, (10, 5, 19, 15))
    assert found["No"] == (1, (0, 5, 9, 15))
    assert "weeks." not in found


def test_accepting_with_words_that_wait_needs_a_reason_and_a_signed_note_gets_an_addendum(system, visit, source):
    actions.write_note(encounter_id=visit.public_id, text="Cough.", by=system)
    actions.sign_note(encounter_id=visit.public_id, by=system)
    note = source_actions.accept_source(source_id=source.public_id, reason="The provider knows the page.", by=system)
    assert (note.kind, note.signed_at) == ("addendum", None)
    assert queries.text_of(visit) == "Cough."
    row = AuditRow.objects.of(system.practice_id).filter(action="accept_source").get()
    assert "provider knows" in row.facts
    assert "bronchitis" not in "".join(AuditRow.objects.of(system.practice_id).values_list("facts", flat=True))


def test_handwritten_page_lets_every_weighty_word_wait(system, visit):
    made = source_actions.bring_in(encounter_id=visit.public_id, files=[SCAN], kind="photo", is_handwritten=True, by=system)
    source_actions.read_waiting(by=system, read=read)
    cells = [
        cell for page in source_queries.card(system.practice_id, made.public_id).pages for cell in page.cells if cell.is_waiting
    ]
    assert {"8", "days.", "Na", "Acute", "bronchitis."} <= {cell.read for cell in cells}
    assert "Lungs" not in {cell.read for cell in cells}


def test_what_cannot_be_read_says_so_and_can_be_tried_again(system, visit):
    def broken(_content):
        raise UnreadableInput("The picture cannot be opened.")

    def missing(_content):
        raise SettingsError("Nothing reads pictures here.")

    made = source_actions.bring_in(encounter_id=visit.public_id, files=[SCAN], kind="scan", by=system)
    for reader, says in ((broken, "The picture cannot be opened."), (missing, "Nothing reads pictures here.")):
        source_actions.read_waiting(by=system, read=reader)
        row = source_queries.source_row(system.practice_id, made.public_id)
        assert (row.state, row.says) == ("unreadable", says)
        source_actions.read_again(source_id=made.public_id, by=system)
    source_actions.read_waiting(by=system, read=read)
    assert source_queries.source_row(system.practice_id, made.public_id).state == "read"


def test_reading_that_was_interrupted_is_begun_again(system, visit):
    made = source_actions.bring_in(encounter_id=visit.public_id, files=[SCAN], kind="scan", by=system)
    rows = SourceDocument.objects.of(system.practice_id).filter(pk=made.pk)
    rows.update(state="reading", started_at=system.at)
    assert source_actions.read_waiting(by=system, read=read) == 0
    rows.update(started_at=system.at.replace(year=system.at.year - 1))
    assert source_actions.read_waiting(by=system, read=read) == 1


def test_dictation_is_typed_or_drafted_and_somebody_has_listened(system, visit, settings):
    settings.TRANSCRIBER = ("/bin/sh", "-c", "echo 'Sore throat, no fever.'", "say")
    made = source_actions.bring_in(encounter_id=visit.public_id, files=[SOUND], kind="dictation", by=system)
    source_actions.read_waiting(by=system)
    assert source_queries.card(system.practice_id, made.public_id).transcript == "Sore throat, no fever."
    source_actions.keep_transcript(source_id=made.public_id, text="Sore throat. No fever.", by=system)
    with pytest.raises(Refused, match="Listen"):
        source_actions.accept_source(source_id=made.public_id, by=system)
    note = source_actions.accept_source(source_id=made.public_id, has_listened=True, by=system)
    assert note.text == "Sore throat. No fever."
    assert queries.card(system.practice_id, visit.public_id).notes[0].origin == "dictated"
    assert source_queries.sound(system.practice_id, made.public_id) == (SOUND.content, "audio/wav")


def test_front_desk_files_but_does_not_decide(system, source):
    desk = role(system, "front_desk")
    for act in (
        lambda: source_actions.decide_words(source_id=source.public_id, words={"2": "3"}, by=desk),
        lambda: source_actions.accept_source(source_id=source.public_id, reason="x", by=desk),
        lambda: source_actions.refuse_source(source_id=source.public_id, reason="x", by=desk),
        lambda: source_actions.read_again(source_id=source.public_id, by=desk),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_refused_document_stays_with_its_reason(system, visit, source):
    with pytest.raises(Refused, match="needs a reason"):
        source_actions.refuse_source(source_id=source.public_id, reason=" ", by=system)
    source_actions.refuse_source(source_id=source.public_id, reason="Another patient's page.", by=system)
    assert source_queries.to_review(system.practice_id) == []
    assert source_queries.sources_of(system.practice_id, visit.public_id)[0].reason == "Another patient's page."
    with pytest.raises(Refused):
        source_actions.accept_source(source_id=source.public_id, reason="x", by=system)


def test_file_that_was_withdrawn_makes_no_note(system, visit, source):
    actions.withdraw_attachment(attachment_id=source.parts.first().attachment.public_id, reason="Wrong visit", by=system)
    with pytest.raises(Refused, match="withdrawn"):
        source_actions.accept_source(source_id=source.public_id, reason="x", by=system)


@pytest.mark.parametrize(
    ("kind", "files"), [("scan", []), ("scan", [SOUND]), ("dictation", [SCAN]), ("dictation", [SOUND, SOUND]), ("letter", [SCAN])]
)
def test_files_of_another_kind_are_refused(system, visit, kind, files):
    with pytest.raises(InvalidValue):
        source_actions.bring_in(encounter_id=visit.public_id, files=files, kind=kind, by=system)


@pytest.mark.parametrize("words", [{"99": "x"}, {"-1": "x"}, {"a": "x"}, {"1": "y" * 201}, {"1": "a\nb\x01"}])
def test_decisions_about_no_word_are_refused(system, source, words):
    with pytest.raises(InvalidValue):
        source_actions.decide_words(source_id=source.public_id, words=words, by=system)


def test_the_database_holds_states_and_encrypts_words(system, source):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT reading FROM encounters_sourcedocument")
        assert "Cough" not in cursor.fetchone()[0]
    rows = SourceDocument.objects.of(system.practice_id).filter(pk=source.pk)
    for change in ({"state": "lost"}, {"kind": "letter"}, {"state": "accepted"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_other_practice_sees_nothing(system, source):
    other = system.practice_id + 1
    assert source_queries.to_review(other) == []
    with pytest.raises(NotFound):
        source_queries.card(other, source.public_id)


def test_typed_pdf_is_read_by_the_real_reader(system, visit):
    upload = source_actions.Upload(drawn.typed_pdf(), "letter.pdf", "application/pdf")
    made = source_actions.bring_in(encounter_id=visit.public_id, files=[upload], kind="scan", by=system)
    source_actions.read_waiting(by=system, read=intake.read_document)
    note = source_actions.accept_source(source_id=made.public_id, by=system)
    assert note.text == "\n".join(drawn.NOTE)


def test_superbill_of_the_practice_is_read_box_by_box(system, visit):
    form = superbill.form(
        "Maple Hill", (superbill.Choice("Visits", "99213", "Known"), superbill.Choice("Diagnoses", "I10", "Hypertension"))
    )
    assert superbills.keep_superbill(form=form, by=system) == superbills.keep_superbill(form=form, by=system)
    upload = source_actions.Upload(superbill.draw(form), "form.pdf", "application/pdf")
    made = source_actions.bring_in(encounter_id=visit.public_id, files=[upload], kind="scan", by=system)
    source_actions.read_waiting(by=system)
    card = source_queries.card(system.practice_id, made.public_id)
    assert (card.row.state, [cell.read for page in card.pages for cell in page.cells]) == ("read", [])
    with pytest.raises(NotAllowed):
        superbills.keep_superbill(form=form, by=role(system, "provider"))
