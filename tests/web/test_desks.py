"""The desks, as people use and misuse them: what is refused is said in one sentence, and nothing is lost."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.coding import queries as coding
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def visit(system, place):
    who = cast.patient(system)
    cast.coverage(system, who, place.granite)
    return cast.signed_visit(system, place, who)


def do(client, visit, how, **given):
    return client.post(f"/coding/{visit.public_id}/{how}/", given)


def test_a_visit_is_coded_priced_and_its_claim_built(system, desk, visit):
    coder = desk("coder")
    assert b"Suggest codes" in coder.get(f"/coding/{visit.public_id}/").content
    assert do(coder, visit, "suggest").status_code == 200
    assert b"<mark" in coder.get(f"/coding/{visit.public_id}/").content
    for name, code in (("icd10cm", "j20.9"), ("icd10cm", "J4521"), ("cpt", "99213"), ("cpt", "94640")):
        assert do(coder, visit, "add", system=name, code=code).status_code == 200
    assert do(coder, visit, "edit", place="1", code="99213", units="1", modifiers="25", pointers="1 2").status_code == 200
    listed = coding.chart(system.practice_id, visit.public_id)
    assert [item.code for item in listed.diagnoses] == ["J20.9", "J45.21"]
    assert listed.procedures[0].desk.modifiers == ("25",)
    assert do(coder, visit, "finalise").status_code == 302
    claim = Claim.objects.of(system.practice_id).get()
    assert claim.charge_cents == 195_00


@pytest.mark.parametrize(
    ("how", "given", "says"),
    [
        ("add", {"system": "icd10cm", "code": ""}, "Say which code"),
        ("add", {"system": "icd10cm", "code": "J20"}, "J20"),
        ("add", {"system": "martian", "code": "J20.9"}, "code system"),
        ("confirm", {"system": "icd10cm", "code": "A00.0"}, "not among the suggestions"),
        ("edit", {"place": "9", "code": "99213"}, "Say which line"),
        ("drop", {"system": "cpt", "code": "99213", "place": "x"}, "Say which line"),
        ("nonsense", {"code": "J20.9"}, "does not know"),
        ("pend", {"reason": ""}, "reason"),
        ("finalise", {}, "diagnos"),
    ],
)
def test_what_cannot_be_is_said_beside_the_codes(how, given, says, desk, visit):
    answer = do(desk("coder"), visit, how, **given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert b"Traceback" not in answer.content


def test_what_was_typed_stays_when_it_is_refused(desk, visit):
    added = do(desk("coder"), visit, "add", system="hcpcs", code='99x"9').content.decode()
    assert 'name="code" value="99x&quot;9"' in added
    assert '<option value="hcpcs" selected>' in added
    asked = do(desk("coder"), visit, "ask", question="", choices="Left knee").content.decode()
    assert ">Left knee</textarea>" in asked


def test_an_unspecified_code_offers_the_question_that_it_leaves_open(system, desk, visit):
    coder, provider = desk("coder"), desk("provider")
    do(coder, visit, "suggest")
    body = do(coder, visit, "add", system="icd10cm", code="M25.519").content.decode()
    assert "leaves something open" in body
    assert "Which side is affected" in body
    asked = do(coder, visit, "ask", code="M25.519", question="Which side is affected?",
               choices="Right side\nLeft side\nOther (please state)\nUnable to determine")  # fmt: skip
    assert "leaves something open" not in asked.content.decode(), "it was asked"
    query = coding.queries_of(system.practice_id, state="open")[0]
    assert b'value="Left side"' in provider.get(f"/coding/{visit.public_id}/").content
    assert (
        provider.post(f"/coding/queries/{query.query_id}/answer/", {"choice": "Left side", "answer": "since the fall"}).status_code
        == 302
    )
    assert coding.queries_of(system.practice_id, state="answered")[0].answer == "Left side: since the fall"
    assert do(coder, visit, "withdraw-question", query=query.query_id).status_code == 422, "it is answered already"


def test_a_suspected_duplicate_is_shown_before_a_second_record_is_made(system, desk, place):
    cast.patient(system)
    given = {"last_name": "Carvalho", "first_name": "Ines", "born_on": "1988-04-02", "sex": "F", "line1": "12 Elm Street", "city": "Barre",
             "state": "VT", "zip": "05641", "phone": "802-555-0123"}  # fmt: skip
    front = desk("front_desk")
    asked = front.post("/patients/new/", given)
    assert b"registered already" in asked.content
    assert front.post("/patients/new/", {**given, "is_somebody_new": "on"}).status_code == 302
    assert b"Enter a valid date" in front.post("/patients/new/", {**given, "born_on": "yesterday"}).content


@pytest.mark.parametrize("content", [b"", b"not an 835", b"ISA*00*", b"\x00\xff" * 5000, b"%PDF-1.7"])
def test_a_file_that_is_no_remittance_posts_nothing_and_says_so(content, desk, place):
    answer = desk("biller").post("/payments/post/", {"files": SimpleUploadedFile("strange.835", content)}, follow=True)
    assert answer.status_code == 200
    assert b"strange.835" in answer.content or not content
    assert b"No remittance was posted yet" in answer.content


def test_a_statement_is_refused_while_nothing_is_due(system, desk, place):
    who = cast.patient(system)
    answer = desk("biller").post(f"/patients/{who.public_id}/statement/produce/")
    assert answer.status_code == 422
    assert b"Nothing is due" in answer.content


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("", "required"),
        ("abc", "amount of money"),
        ("0", "more than nothing"),
        ("-5", "more than nothing"),
        ("1.005", "two decimals"),
    ],
)
def test_a_payment_that_is_none_is_refused(amount, says, system, desk, place):
    who = cast.patient(system)
    answer = desk("front_desk").post(f"/patients/{who.public_id}/statement/pay/", {"amount": amount, "method": "cash"})
    assert answer.status_code in {400, 422}
    assert says in answer.content.decode()


def test_code_names_in_a_note_cannot_become_markup(system, desk, place):
    who = cast.patient(system, last_name="<script>alert(1)</script>")
    visit = cast.signed_visit(
        system, place, who, note="Assessment: <script>alert('x')</script> acute bronchitis <img src=x onerror=y>."
    )
    coder = desk("coder", "biller")
    do(coder, visit, "suggest")
    for path in (f"/coding/{visit.public_id}/", f"/patients/{who.public_id}/", "/patients/?q=script"):
        body = coder.get(path).content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
