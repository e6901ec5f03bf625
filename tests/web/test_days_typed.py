"""Days at the desks: typed as 11/22/2026 everywhere, nonsense refused on the form it was typed into, with what was typed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from datetime import date

import pytest
from django import forms

import cleanclaim.web
from cleanclaim.kernel.errors import InvalidValue
from cleanclaim.practice.encounters import queries as encounters
from cleanclaim.practice.encounters.actions import attach
from cleanclaim.practice.registration import queries as registration
from cleanclaim.web.desk_forms import DayField
from cleanclaim.web.numbers import day_in, read_day
from practice import visit_cast as cast

NONSENSE = ("13/45/2026", "02/30/2026", "yesterday", "11-22", "01/01/0001", "12/31/9999", "1/2/26")


def _forms():
    for found in pkgutil.walk_packages(cleanclaim.web.__path__, "cleanclaim.web."):
        if not found.name.endswith(".wsgi"):
            for _, kind in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
                if issubclass(kind, forms.BaseForm) and kind.__module__ == found.name:
                    yield kind


def test_every_form_of_the_web_takes_days_by_the_one_field():
    kinds = list(_forms())
    days = [
        (kind.__name__, name) for kind in kinds for name, field in kind.base_fields.items() if isinstance(field, forms.DateField)
    ]
    plain = [(kind.__name__, name) for kind in kinds for name, field in kind.base_fields.items()
             if isinstance(field, forms.DateField) and not isinstance(field, DayField)]  # fmt: skip
    assert plain == []
    assert len(days) >= 20


@pytest.mark.parametrize("text", ["11/22/2026", "2026-11-22", "20261122", " 11/22/2026 "])
def test_a_day_is_read_as_it_is_typed(text):
    assert read_day(text) == DayField().clean(text) == date(2026, 11, 22)
    assert 'type="date" value="2026-11-22"' in " ".join(DayField().widget.render("day", text).replace('name="day" ', "").split())


@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_no_day_is_refused_and_stays_visible(text):
    with pytest.raises(forms.ValidationError):
        DayField().clean(text)
    with pytest.raises(InvalidValue):
        read_day(text)
    assert day_in(text) is None
    shown = DayField().widget.render("day", text)
    assert 'type="text"' in shown
    assert 'type="date"' not in shown
    assert f'value="{text}"' in shown


@pytest.fixture
def place(system):
    return cast.clinic(system)


@pytest.fixture
def who(system, place):
    return cast.patient(system)


@pytest.mark.django_db
@pytest.mark.parametrize("text", NONSENSE)
def test_the_end_of_a_coverage_is_refused_on_the_patient_s_page(system, desk, who, place, text):
    cover = cast.coverage(system, who, place.granite)
    answer = desk("front_desk").post(f"/coverages/{cover.public_id}/end/", {"last_day": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'name="last_day" value="{text}"' in page
    assert "Coverages" in page
    assert registration.coverages_of(system.practice_id, who.public_id)[0].valid_to is None


@pytest.mark.django_db
def test_a_coverage_ends_on_a_day_as_it_is_typed(system, desk, who, place):
    cover = cast.coverage(system, who, place.granite)
    front = desk("front_desk")
    before = front.post(f"/coverages/{cover.public_id}/end/", {"last_day": "12/31/2025"})
    assert (before.status_code, "12/31/2025" in before.content.decode()) == (422, True)
    assert front.post(f"/coverages/{cover.public_id}/void/", {"reason": ""}).status_code == 422
    assert front.post(f"/coverages/{cover.public_id}/end/", {"last_day": "06/30/2026"}).status_code == 302
    assert registration.coverages_of(system.practice_id, who.public_id)[0].valid_to == date(2026, 6, 30)
    assert desk("auditor").post(f"/coverages/{cover.public_id}/end/", {"last_day": "06/30/2026"}).status_code == 403


@pytest.mark.django_db
def test_filing_a_document_is_refused_in_its_row(system, desk, who):
    kept = attach(content=b"%PDF-1.4 x", file_name="fax.pdf", media_type="application/pdf", by=system)
    front, path = desk("front_desk"), f"/documents/{kept.public_id}/file/"
    for given in ({"chart": "99887766"}, {"chart": "Abbot"}, {"chart": ""}):
        answer = front.post(path, given)
        assert answer.status_code == 422
        assert f'name="chart" value="{given["chart"]}"' in answer.content.decode()
        assert "No patient has this chart number" in answer.content.decode()
    empty = front.post(path, {"reason": ""})
    assert (empty.status_code, "details open" in empty.content.decode()) == (422, True)
    assert len(encounters.unfiled(system.practice_id)) == 1
    assert front.post(path, {"reason": "Another practice's"}).status_code == 302


@pytest.mark.django_db
def test_a_merge_is_refused_with_what_was_typed(system, desk, who):
    other = cast.patient(system, phone="", is_somebody_new=True)
    front, manager = desk("front_desk"), desk("manager", name="Mona")
    pair = {"first": who.public_id, "second": other.public_id, "pair": "second", "reason": "", "despite_warnings": "on"}
    listed = front.get("/patients/duplicates/").content.decode()
    first, second = (
        (pair["first"], pair["second"])
        if listed.index(who.public_id) < listed.index(other.public_id)
        else (pair["second"], pair["first"])
    )
    refused = front.post("/patients/merge/", {**pair, "first": first, "second": second})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'role="alert"' in page
    assert '<option value="second" selected>' in page
    assert 'name="despite_warnings" checked>' in page
    assert front.post("/patients/merge/", {**pair, "reason": "registered twice"}).status_code == 302
    merge = registration.merges_of(system.practice_id, who.public_id)[0]
    undo = {"merge_id": merge.merge_id, "reason": "", "back": who.public_id}
    back = manager.post("/patients/merge/", undo)
    assert (back.status_code, "<details open><summary>Undo" in back.content.decode()) == (422, True)


@pytest.mark.django_db
@pytest.mark.parametrize("text", NONSENSE)
def test_other_desks_show_their_form_again(system, desk, who, place, text):
    cover = cast.coverage(system, who, place.granite)
    front, biller = desk("front_desk"), desk("biller", name="Bill")
    posts = [
        (front, f"/coverages/{cover.public_id}/authorizations/new/", "valid_from", {"number": "PA-77", "kind": "prior"}),
        (front, f"/patients/{who.public_id}/guarantor/", "valid_from", {"relationship": "33", "last_name": "Carvalho", "first_name": "Rosa"}),
        (front, f"/patients/{who.public_id}/book/", "day", {"at": "09:00", "minutes": "20"}),
        (front, "/patients/new/", "born_on", {"last_name": "Abbot", "first_name": "Lee"}),
        (front, f"/patients/{who.public_id}/coverages/new/", "valid_to", {"member_id": "GH1"}),
        (desk("auditor", name="Aud"), "/coding/quality/audits/", "first_day", {"name": "Q4"}),
        (biller, "/payments/deposits/note/", "received_on", {"trace_number": "1", "amount": "5"}),
    ]  # fmt: skip
    for client, path, name, given in posts:
        answer = client.post(path, {**given, name: text})
        assert answer.status_code in {400, 422}, path
        assert f'value="{text}"' in answer.content.decode(), path
        assert next(iter(given.values())) in answer.content.decode(), path


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/schedule/?day={}",
        "/reports/?first={0}&last={0}",
        "/codes/?on={}",
        "/reports/balances/?day={}",
    ],
)
def test_filters_take_a_typed_day_and_fall_back_from_nonsense(system, desk, place, path):
    everybody = desk("front_desk", "manager", "coder")
    pages = [
        re.sub(r"csrf[^>]*>|hx-headers='[^']*'", "", everybody.get(path.format(text)).content.decode())
        for text in ("10/05/2026", "2026-10-05", "")
    ]
    assert pages[0].replace("10%2F05%2F2026", "2026-10-05") == pages[1] != pages[2]
    for text in NONSENSE:
        assert everybody.get(path.format(text)).status_code == 200, text


@pytest.mark.django_db
def test_a_paper_eob_is_dated_like_a_check(system, desk, place):
    biller = desk("biller")
    given = {
        "step": "post",
        "payer": place.granite.public_id,
        "trace": "CK1",
        "method": "CHK",
        "paid": "1.00",
        "plb0-reason": "72",
        "plb0-amount": "-1.00",
    }
    for text in (*NONSENSE, "01/01/1950"):
        answer = biller.post("/payments/eob/", {**given, "paid_on": text})
        assert answer.status_code == 422, text
        assert text in answer.content.decode() or "1950-01-01" in answer.content.decode()
