"""Quality of coding on screen: agreement, pace, learning, and an audit by two blind readers with a third who settles."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.coding import audits
from cleanclaim.practice.coding.auditing import AuditCode
from cleanclaim.web.quality.typed_codes import as_lines, read_codes
from practice import visit_cast as cast

DRAWN = {"name": "November", "first_day": "2026-11-01", "last_day": "2026-11-30", "size": "5"}


@pytest.fixture
def coded(system):
    place = cast.clinic(system)
    who = cast.patient(system)
    cast.coverage(system, who, place.granite)
    return cast.coded_visit(system, place, who)


@pytest.mark.django_db(transaction=True)
def test_agreement_pace_and_learning_are_shown(desk, coded):
    manager = desk("manager", name="Mona")
    body = manager.get("/coding/quality/").content.decode()
    assert "icd10cm J20.9" in body
    assert "icd10cm R05.9" in body
    assert "Cleanclaim" in manager.get("/coding/quality/pace/").content.decode()
    assert manager.get("/coding/quality/?first=2026-12-01&last=2026-11-01").status_code == 400
    assert manager.get("/coding/quality/?first=tomorrow").status_code == 400
    assert b"takes 20 finalised visits" in manager.get("/coding/quality/learned/").content
    refused = manager.post("/coding/quality/learned/learn/")
    assert refused.status_code == 422
    assert b"there are 1" in refused.content


@pytest.mark.django_db(transaction=True)
def test_two_readers_read_blind_and_a_third_settles(desk, coded, system):
    one, two, chief = desk("coder", name="Ana"), desk("coder", name="Ben"), desk("auditor", name="Cleo")
    drawn = {**DRAWN, "first_reader": "Ana", "second_reader": "Ben"}
    assert one.post("/coding/quality/audits/", drawn).status_code == 422
    assert chief.post("/coding/quality/audits/", {**drawn, "second_reader": "Ana"}).status_code == 422
    audit = chief.post("/coding/quality/audits/", drawn)["Location"]
    card = audits.sample(system.practice_id, audit.split("/")[-2], viewer="Cleo")
    case = f"{audit}{card.cases[0].case_id}/"
    first_look = one.get(case).content.decode()
    assert "Acute bronchitis" in first_look
    assert "94640" not in first_look, "a reader is blind to what was reported"
    bad = one.post(case, {"diagnoses": "J20.9\nbronchitis", "services": ""})
    assert bad.status_code == 422
    assert "Diagnosis line 2" in bad.content.decode()
    assert "bronchitis" in bad.content.decode()
    assert one.post(case, {"diagnoses": "J20.9\nJ45.21", "services": "99213-25 x1 @1,2\n94640 @2"}).status_code == 302
    assert one.post(case, {"diagnoses": "J20.9", "services": ""}).status_code == 422, "a reading is final"
    assert "94640" not in two.get(case).content.decode(), "the second reader does not see the first"
    assert two.post(case, {"diagnoses": "J20.9\nJ45.21", "services": "99214-25 @1,2\n94640 @2"}).status_code == 302
    assert "disputed" in chief.get(audit).content.decode()
    assert chief.post(case, {"diagnoses": "J20.9\nJ45.21", "services": "99213-25 @1,2\n94640 @2"}).status_code == 302
    card = audits.sample(system.practice_id, audit.split("/")[-2], viewer="Cleo")
    assert card.cases[0].state == "settled"
    assert card.scores[0].accuracy == 1
    assert chief.post(audit + "close/").status_code == 302
    assert one.post(audit + "close/").status_code == 403


def test_codes_are_read_as_they_are_typed_and_written_back():
    codes = read_codes(" j4521 \n\nR05.9", "99213-25 x1 @1,2\nj1100 x 4\n96372-59-RT@2\n0DTJ4ZZ")
    assert [item.code for item in codes.diagnoses] == ["J45.21", "R05.9"]
    assert [(item.system, item.code, item.modifiers, item.units, item.pointers) for item in codes.procedures] == [
        ("cpt", "99213", ("25",), Decimal(1), (1, 2)), ("hcpcs", "J1100", (), Decimal(4), ()), ("cpt", "96372", ("59", "RT"), Decimal(1), (2,)),
        ("icd10pcs", "0DTJ4ZZ", (), Decimal(1), ()),
    ]  # fmt: skip
    written = as_lines((AuditCode("icd10cm", "J45.21", 1), AuditCode("hcpcs", "J1100", 2, ("JZ",), Decimal(4), (1,))))
    assert written == ("J45.21", "J1100-JZ x4 @1")


@pytest.mark.parametrize(
    ("diagnoses", "services"),
    [("J45.21 J20.9", ""), ("<script>", ""), ("", "9921"), ("", "99213 x"), ("", "99213 @0"), ("", "99213 x1e9")],
)
def test_a_line_that_is_no_code_is_refused_with_its_number(diagnoses, services):
    with pytest.raises(InvalidValue, match="line 1"):
        read_codes(diagnoses, services)
