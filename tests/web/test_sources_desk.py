"""Scans and dictations at the desks: brought in, looked at word by word, made a draft; evidence is shown on the page."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import intake_drawn as drawn
from cleanclaim.practice.encounters import actions, queries, source_actions, source_queries
from cleanclaim.practice.registration.actions import correct_patient
from practice import visit_cast as cast
from practice.encounters.test_sources import READING, SOUND, read

pytestmark = pytest.mark.django_db(transaction=True)


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


def bring(client, visit, *files, **more):
    return client.post(f"/visits/{visit.public_id}/sources/add/", {"files": list(files), "kind": "scan", **more})


def page(name="fax.png"):
    return SimpleUploadedFile(name, drawn.encoded(drawn.picture(("one",))))


def test_front_desk_brings_in_and_a_coder_looks_at_the_words(system, desk, visit):
    front, coder = desk("front_desk"), desk("coder", name="Cora")
    assert bring(front, visit, page())["Location"].endswith(f"/visits/{visit.public_id}/")
    (row,) = source_queries.to_review(system.practice_id)
    path = f"/sources/{row.source_id}/"
    assert front.get(path).status_code == 403
    assert front.get(path + "pages/1.jpg").status_code == 403
    assert b"being read" in coder.get(path).content
    source_actions.read_waiting(by=system, read=read)
    shown = coder.get(path).content.decode()
    assert 'name="w2"' in shown
    assert 'viewBox="0 0 300 100"' in shown
    assert "<script>" not in shown
    assert "style=" not in shown
    assert coder.get(path + "pages/1.jpg").content == b"page one"
    assert coder.get(path + "pages/9.jpg").status_code == 404
    kept = coder.post(path + "words/", {"ok": ["2", "4"], "w2": "3", "w4": "No"}, headers={"Accept": "application/json"})
    assert kept.json() == {"waiting": 1}
    wrong = coder.post(path + "words/", {"ok": ["999"], "w999": "x"}, headers={"Accept": "application/json"})
    assert wrong.status_code == 422
    refused = coder.post(path + "accept/", {"reason": ""})
    assert refused.status_code == 422
    assert "1 word still waits" in refused.content.decode()
    assert coder.post(path + "words/", {"ok": "21", "w21": "bronchitis."}).status_code == 302
    assert coder.post(path + "accept/", {}).status_code == 302
    assert queries.text_of(visit).startswith("Cough for 3 days.")
    assert b"scanned" in desk("provider", name="Ada").get(f"/visits/{visit.public_id}/").content


def test_evidence_is_shown_on_the_page_it_came_from(system, desk, visit):
    provider, coder = desk("provider"), desk("coder", name="Cora")
    bring(provider, visit, page())
    source_actions.read_waiting(by=system, read=read)
    (row,) = source_queries.to_review(system.practice_id)
    provider.post(f"/sources/{row.source_id}/words/", {"ok": ["2", "4", "21"], "w2": "3", "w4": "No", "w21": "bronchitis."})
    provider.post(f"/sources/{row.source_id}/accept/", {})
    provider.post(f"/visits/{visit.public_id}/sign/", {"number": "1"})
    coder.post(f"/coding/{visit.public_id}/suggest/")
    chart = coder.get(f"/coding/{visit.public_id}/").content.decode()
    assert f"/sources/{row.source_id}/pages/2.jpg" in chart
    assert 'class="proof' in chart


def test_dictation_is_played_in_parts_and_typed(system, desk, visit):
    provider = desk("provider")
    made = bring(provider, visit, SimpleUploadedFile("note.wav", SOUND.content), kind="dictation")
    path = made["Location"]
    source_actions.read_waiting(by=system)
    assert b"<audio" in provider.get(path).content
    whole = provider.get(path + "sound/")
    assert (whole.status_code, whole.content, whole["Content-Type"]) == (200, SOUND.content, "audio/wav")
    part = provider.get(path + "sound/", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content, part["Content-Range"]) == (206, SOUND.content[4:8], f"bytes 4-7/{len(SOUND.content)}")
    assert provider.get(path + "sound/", headers={"Range": "bytes=-3"}).content == SOUND.content[-3:]
    assert provider.get(path + "sound/", headers={"Range": "bytes=999-"}).status_code == 416
    refused = provider.post(path + "accept/", {"text": "No fever."})
    assert refused.status_code == 422
    assert b"No fever." in refused.content
    assert provider.post(path + "accept/", {"text": "No fever.", "listened": "1"}).status_code == 302
    assert queries.text_of(visit) == "No fever."


def test_wrong_files_and_strangers_are_answered_plainly(system, desk, visit):
    provider, biller = desk("provider"), desk("biller", name="Bo")
    for upload, more in (
        (SimpleUploadedFile("a.exe", b"MZ"), {}),
        (SimpleUploadedFile("a.png", b"no picture"), {}),
        (page(), {"kind": "letter"}),
    ):
        answer = bring(provider, visit, upload, **more)
        assert answer.status_code == 302
        assert b"alert" in provider.get(answer["Location"]).content
    assert source_queries.to_review(system.practice_id) == []
    made = bring(provider, visit, page())["Location"]
    assert b"words to look at" in desk("coder", name="Cora").get("/sources/").content.lower()
    assert biller.post(made + "refuse/", {"reason": "x"}).status_code == 403
    assert provider.post(made + "refuse/", {"reason": ""}).status_code == 422
    assert provider.get("/sources/src_unknown/").status_code == 404
    assert provider.post(made + "burn/", {}).status_code == 422


def test_restricted_chart_stays_closed_until_a_reason_is_given(system, desk, visit):
    provider = desk("provider")
    made = bring(provider, visit, page())["Location"]
    source_actions.read_waiting(by=system, read=read)
    correct_patient(patient_id=visit.patient.public_id, changes={"is_restricted": True}, by=system)
    for path in (made, made + "pages/1.jpg"):
        assert "/open/" in provider.get(path)["Location"]


def test_reading_of_the_cast_has_what_the_tests_say():
    assert sum(1 for _ in READING.spans()) == 36


def test_files_that_are_too_large_are_refused_before_they_are_read(system, desk, visit, monkeypatch):
    monkeypatch.setattr("cleanclaim.web.encounters.views.MAX_ATTACHMENT_BYTES", 1024 * 1024)
    monkeypatch.setattr("cleanclaim.web.encounters.views._MOST_AT_ONCE", 1024 * 1024)
    front = desk("front_desk")
    large = SimpleUploadedFile("fax.png", b"\x89PNG" + bytes(1024 * 1024))
    half = [SimpleUploadedFile(f"{number}.png", b"\x89PNG" + bytes([number]) * 600 * 1024) for number in (1, 2)]
    for files, says in (([large], b"larger than 1 MB"), (half, b"at most 1 MB at once")):
        answer = front.post(f"/visits/{visit.public_id}/sources/add/", {"files": files, "kind": "scan"}, follow=True)
        assert says in answer.content
    assert source_queries.to_review(system.practice_id) == []


def test_the_words_of_a_long_record_are_kept_at_once(system, desk, visit):
    coder = desk("coder", name="Cora")
    bring(coder, visit, page())
    (row,) = source_queries.to_review(system.practice_id)
    source_actions.read_waiting(by=system, read=read)
    typed = {f"w{number}": "word" for number in range(1_500)}
    kept = coder.post(
        f"/sources/{row.source_id}/words/",
        {**typed, "ok": ["2", "4"], "w2": "3", "w4": "No"},
        headers={"Accept": "application/json"},
    )
    assert kept.json() == {"waiting": 1}
