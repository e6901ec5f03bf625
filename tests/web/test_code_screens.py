"""The code screens: search with its filters, the lists, the books, a code's page, what a practice keeps there, and releases with what they touch."""

from __future__ import annotations

import re
import shutil
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cleanclaim import codesets
from cleanclaim.codesets import importing
from cleanclaim.practice.audit.models import AuditRow
from cleanclaim.practice.coding import code_notes, terms
from cleanclaim.practice.coding import queries as coding
from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.people.actions import add_member
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)
NOW = date(2026, 11, 20)
INDEX = b"""<?xml version='1.0' encoding='utf-8'?><ICD10CM.index><version>2027</version><title>INDEX TO DISEASES</title><letter><title>P</title>
<mainTerm><title>Pain<nemod>(see also Painful)</nemod></title><code>R52</code><term level='1'><title>abdominal</title><code>R10.9</code>
<term level='2'><title>epigastric</title><code>R10.13</code></term></term><term level='1'><title>belly</title><see>Pain, abdominal</see></term></mainTerm>
<mainTerm><title>Zealotry</title><code>Z99.99</code></mainTerm></letter></ICD10CM.index>"""


@pytest.fixture
def enter(system):
    def sign_in(*roles: str) -> Client:
        member = add_member(
            username=f"user-{'-'.join(roles)}", display_name="Cody", roles=frozenset(roles), password=None, by=system
        )
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    """A store of the test's own, which it may import into."""
    shutil.copyfile(codesets.open_store().file, tmp_path / "codesets.sqlite3")
    monkeypatch.setenv("CLEANCLAIM_HOME", str(tmp_path))
    return tmp_path / "codesets.sqlite3"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# search


def test_two_characters_start_the_search_and_one_does_not(enter):
    coder = enter("coder")
    assert "Type two characters" in text(coder.get("/codes/?q=h", headers={"HX-Request": "true"}))
    answer = coder.get("/codes/?q=htn", headers={"HX-Request": "true"})
    assert b"data-enter" in answer.content
    assert "I10" in text(answer)
    assert b"<html" not in answer.content


def test_the_search_is_narrowed_by_system_chapter_day_and_what_a_claim_can_carry(enter):
    coder = enter("coder")
    every = text(coder.get("/codes/?q=E11.3"))
    assert "a heading" in every
    assert "a heading" not in text(coder.get("/codes/?q=E11.3&billable=1"))
    assert "Nothing in force" in text(coder.get("/codes/?q=hypertension&chapter=icd10cm:2"))
    assert "I10" in text(coder.get("/codes/?q=hypertension&chapter=icd10cm:9"))
    gone = next(
        c
        for c in codesets.open_store().iter_codes("icd10cm", date(2026, 9, 30), billable_only=True)
        if c.valid_to == date(2026, 9, 30)
    )
    assert gone.title[:20] in text(coder.get(f"/codes/?q={gone.code}&on=2026-09-30"))
    assert f"> {gone.code} <" not in coder.get(f"/codes/?q={gone.code}&on=2026-10-01").content.decode()


def test_codes_at_hand_stand_on_the_empty_search(enter):
    coder = enter("coder")
    assert "At hand" not in text(coder.get("/codes/"))
    coder.post("/codes/icd10cm/J20.9/at-hand/")
    assert "Acute bronchitis, unspecified" in text(coder.get("/codes/"))


def test_a_code_is_picked_for_the_visit_that_one_came_from(system, enter):
    place = cast.clinic(system)
    who = cast.patient(system)
    cast.coverage(system, who, place.granite)
    visit = cast.signed_visit(system, place, who)
    coder = enter("coder")
    assert b"/codes/pick/" in coder.get(f"/codes/?q=acute+bronchitis&pick={visit.public_id}").content
    assert "is on the visit" in text(coder.post(f"/codes/pick/{visit.public_id}/", {"system": "icd10cm", "code": "J20.9"}))
    assert [item.code for item in coding.chart(system.practice_id, visit.public_id).diagnoses] == ["J20.9"]
    assert "alert-danger" in coder.post(f"/codes/pick/{visit.public_id}/", {"system": "icd10cm", "code": "NOSUCH"}).content.decode()
    for strange in ("<script>alert(1)</script>", "../" * 9, "enc_x", "\u00b2" * 30):
        answer = coder.get("/codes/", {"q": "acute bronchitis", "pick": strange})
        assert answer.status_code == 200
        assert b"/codes/pick/" not in answer.content
    assert b"/codes/pick/" not in enter("front_desk").get(f"/codes/?q=acute+bronchitis&pick={visit.public_id}").content


# lists and books


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/codes/lists/icd10cm/", "Chapter 1"),
        ("/codes/lists/icd10cm/?at=4", "E08-E13"),
        ("/codes/lists/icd10cm/?at=E11", "type 1 diabetes mellitus"),
        ("/codes/lists/icd10cm/?at=E11&on=2024-01-01", "E11.9"),
        ("/codes/lists/icd10cm/?q=acute+bronch", "J20.9"),
        ("/codes/lists/icd10cm/?q=acute_bronch", "J20.9"),
        ("/codes/lists/icd10pcs/", "Medical and Surgical"),
        ("/codes/lists/icd10pcs/?at=0DTJ4Z", "0DTJ4ZZ"),
        ("/codes/lists/hcpcs/", "Transport, supplies"),
        ("/codes/lists/hcpcs/?at=J1", "J1885"),
        ("/codes/lists/cpt/", "skin procedure"),
        ("/codes/lists/modifier/", "25"),
        ("/codes/lists/pos/", "Telehealth"),
        ("/codes/lists/carc/", "Above the fee schedule"),
        ("/codes/lists/taxonomy/", "imported"),
    ],
)
def test_a_list_is_walked_from_its_top(enter, path, words):
    answer = enter("biller").get(path)
    assert answer.status_code == 200
    assert words.lower() in text(answer).lower()


@pytest.mark.parametrize(
    "path", ["/codes/lists/klingon/", "/codes/lists/icd10cm/?at=ZZZ", "/codes/lists/icd10pcs/?at=ZZZZZZZZ", "/codes/books/none/"]
)
def test_a_place_that_is_not_there_is_a_plain_page(enter, path):
    assert enter("coder").get(path).status_code == 404


def test_a_book_that_is_not_imported_says_how_it_comes_in(enter):
    assert "codesets import FILE.zip --as icd10cm-drug" in text(enter("coder").get("/codes/books/drug/"))


def test_the_index_is_walked_searched_and_followed(enter, own_store, tmp_path):
    file = tmp_path / "icd10cm-index-2027.xml"
    file.write_bytes(INDEX)
    importing.import_files([str(file)], path=own_store)
    coder = enter("coder")
    assert "Pain" in text(coder.get("/codes/books/index/?letter=P"))
    assert "Pain, abdominal, epigastric R10.13" in text(coder.get("/codes/books/index/?q=pain+epigas")).replace(" ,", ",")
    followed = coder.get("/codes/books/index/?see=Pain,+abdominal")
    assert "epigastric" in text(followed)
    assert b"/codes/icd10cm/R109/" in followed.content
    assert "no main term" in text(coder.get("/codes/books/index/?see=Nonsense"))
    assert b"/codes/icd10cm/Z9999/" not in coder.get("/codes/books/index/?letter=Z").content  # no such code is in force
    assert "Pain, abdominal" in text(coder.get("/codes/icd10cm/R10.9/"))


# a code's page


def test_the_page_of_a_code_shows_what_stands_around_it(enter):
    coder = enter("coder")
    page = text(coder.get("/codes/icd10cm/E11.40/"))
    for words in (
        "Endocrine",
        "billable on",
        "Excludes1",
        "from E11",
        "HCC 37",
        "Neighbours",
        "10/01/2015",
        "Neither CC nor MCC",
        "Excludes1: not coded here",
    ):
        assert words in page, words
    linked = coder.get("/codes/icd10cm/E11.40/").content
    assert b'href="/codes/icd10cm/E10/?on=' in linked
    assert b'href="/codes/icd10cm/Z794/?on=' in linked


def test_the_seventh_character_is_built_with_its_placeholders(enter):
    page = enter("coder").get("/codes/icd10cm/T51.3X1/")
    assert b"/codes/icd10cm/T51.3X1A/" in page.content
    assert "filled with X" in text(page)


def test_a_procedure_is_explained_character_by_character_and_a_service_by_its_edits(enter):
    coder = enter("coder")
    assert "Percutaneous Endoscopic" in text(coder.get("/codes/icd10pcs/0DTJ4ZZ/"))
    service = text(coder.get("/codes/cpt/20610/"))
    assert "Takes in" in service
    assert "relative units" in service


def test_a_code_that_ended_says_so(enter):
    gone = next(c for c in codesets.open_store().iter_codes("icd10cm", date(2026, 9, 30), billable_only=True)
                if c.valid_to == date(2026, 9, 30) and codesets.open_store().get("icd10cm", c.code, NOW) is None)  # fmt: skip
    coder = enter("coder")
    assert "not in force on 10/01/2026" in text(coder.get(f"/codes/icd10cm/{gone.code}/?on=2026-10-01"))
    assert "billable on 09/30/2026" in text(coder.get(f"/codes/icd10cm/{gone.code}/?on=2026-09-30"))


def test_a_practice_keeps_words_remarks_and_codes_at_hand(system, enter):
    coder = enter("coder")
    coder.post("/codes/icd10cm/J20.9/word/", {"term": "chest cold"})
    coder.post("/codes/icd10cm/J20.9/remark/", {"text": "Ask for the smoking status."})
    coder.post("/codes/icd10cm/J20.9/remark/", {"text": "Ask for the smoking status, always."})
    coder.post("/codes/icd10cm/J20.9/at-hand/", {"shared": "1"})
    page = text(coder.get("/codes/icd10cm/J20.9/"))
    assert "chest cold" in page
    assert "always." in page
    assert "1 earlier remark" in page
    assert "At hand (practice)" in re.sub(r"\s+", " ", page)
    assert "J20.9" in text(coder.get("/codes/?q=chest+cold"))
    assert [note.revision for note in code_notes.code_notes(system.practice_id, "icd10cm", "J209")] == [2, 1]
    coder.post("/codes/icd10cm/J20.9/remark/", {"text": ""})
    kept = terms.favourites(system.practice_id, "Cody")[0]
    coder.post("/codes/icd10cm/J20.9/put-away/", {"favourite": kept.favourite_id})
    coder.post("/codes/icd10cm/J20.9/end-word/", {"word": terms.local_terms(system.practice_id)[0].term_id})
    page = text(coder.get("/codes/icd10cm/J20.9/"))
    assert "chest cold" not in page
    assert "Our practice:" not in page
    assert terms.favourites(system.practice_id, "Cody") == []


def test_a_remark_is_the_practices_own(system, enter):
    code_notes.set_code_note(system="icd10cm", code="J20.9", text="Ours alone.", by=system)
    other = found_practice(name="Elsewhere", at=system.at)
    assert code_notes.code_notes(other.pk, "icd10cm", "J20.9") == []


def test_who_may_not_code_keeps_nothing(enter):
    reader = enter("auditor")
    assert b"Keep at hand" not in reader.get("/codes/icd10cm/J20.9/").content
    assert reader.post("/codes/icd10cm/J20.9/at-hand/").status_code == 403
    assert enter("provider").post("/codes/icd10cm/J20.9/word/", {"term": "x"}).status_code == 403
    assert enter("coder").post("/codes/icd10cm/NOSUCH/at-hand/").status_code == 404
    assert enter("front_desk").post("/codes/icd10cm/J20.9/remark/", {"text": "x" * 5000}).status_code in {400, 403}


# releases


def april_file(name="icd10cm_order_april_2027.txt"):
    line = f"00001 {'A008':<7} 1 {'Invented cholera':<60} Invented cholera\n"
    return SimpleUploadedFile(name, line.encode())


def full_file_without(*codes):
    store = codesets.open_store()
    kept = [
        (c.code.replace(".", ""), 1, c.title) for c in store.iter_codes("icd10cm", NOW, billable_only=True) if c.code not in codes
    ]
    kept += [
        (c.code.replace(".", ""), 0, c.title or "Untitled")
        for c in store.iter_codes("icd10cm", NOW)
        if c.kind in {"category", "heading"}
    ]
    lines = (f"{n:05d} {code:<7} {flag} {title[:60]:<60} {title}\n" for n, (code, flag, title) in enumerate(sorted(kept), start=1))
    return SimpleUploadedFile("icd10cm_order_2028.txt", "".join(lines).encode())


def test_an_import_is_prepared_read_put_in_force_and_taken_back(enter, own_store):
    manager = enter("manager", "coder")
    manager.post("/codes/icd10cm/J20.9/at-hand/")
    before = own_store.read_bytes()
    assert manager.post("/codes/releases/upload/", {"files": [full_file_without("J20.9", "E11.9")]}).status_code == 302
    assert own_store.read_bytes() == before, "nothing takes effect before somebody says so"
    page = text(manager.get("/codes/releases/"))
    assert "For services on 10/01/2027" in page
    assert "2 deleted" in page
    assert "The favourite J20.9 is deleted." in page
    assert "A note (excludes1) at E11.A names E11.9" in page
    manager.post("/codes/releases/take-effect/")
    assert codesets.open_store().get("icd10cm", "J20.9", date(2027, 10, 1)) is None
    assert "Take back" in text(manager.get("/codes/releases/"))
    manager.post("/codes/releases/take-back/")
    assert own_store.read_bytes() == before
    told = list(AuditRow.objects.values_list("action", flat=True))
    assert {"prepare_code_release", "change_code_sets", "take_back_code_sets"} <= set(told)


def test_a_prepared_import_is_thrown_away_and_one_of_a_former_store_does_not_count(enter, own_store):
    manager = enter("manager")
    manager.post("/codes/releases/upload/", {"files": [april_file()], "partial": "1"})
    assert "Prepared, not in force yet" in text(manager.get("/codes/releases/"))
    manager.post("/codes/releases/throw-away/")
    assert "Prepared, not in force yet" not in text(manager.get("/codes/releases/"))
    manager.post("/codes/releases/upload/", {"files": [april_file()], "partial": "1"})
    gem = own_store.with_name("2018_I10gem.txt")
    gem.write_text("A000    0010    00000\n")
    importing.import_files([str(gem)], path=own_store)
    assert "Prepared, not in force yet" not in text(manager.get("/codes/releases/"))
    assert manager.post("/codes/releases/take-effect/").status_code == 422


def test_a_bad_file_is_said_on_the_page_and_changes_nothing(enter, own_store):
    before = own_store.read_bytes()
    manager = enter("manager")
    answer = manager.post("/codes/releases/upload/", {"files": [SimpleUploadedFile("../../x.csv", b"<html>licence</html>")]})
    assert answer.status_code == 422
    assert "x.csv, line 1, column 1: this is a web page" in text(answer)
    assert manager.post("/codes/releases/upload/", {}).status_code == 422
    assert manager.post("/codes/releases/upload/", {"files": [april_file()], "effective": "soon"}).status_code == 422
    assert own_store.read_bytes() == before


def test_only_a_manager_of_the_only_practice_changes_what_all_read(system, enter, own_store):
    assert enter("coder").post("/codes/releases/upload/", {"files": [april_file()]}).status_code == 403
    assert b"Take in official files" not in enter("coder", "biller").get("/codes/releases/").content
    manager = enter("manager")
    found_practice(name="School", at=system.at, is_training=True)
    assert b"Take in official files" in manager.get("/codes/releases/").content
    found_practice(name="Elsewhere", at=system.at)
    assert "changed by the operator" in text(manager.get("/codes/releases/"))
    assert manager.post("/codes/releases/upload/", {"files": [april_file()], "partial": "1"}).status_code == 403


def test_without_a_network_the_page_says_so(enter, own_store, monkeypatch):
    from cleanclaim.practice.charges import code_releases

    monkeypatch.setattr(code_releases.updating.offers, "__defaults__", (None, "http://127.0.0.1:9"))
    answer = enter("manager").post("/codes/releases/look/")
    assert answer.status_code == 422
    assert "cannot be reached" in text(answer)
