"""The reports desk: figures lead to their records, balances of any day tie, a period closes only with its proof."""

from __future__ import annotations

import pytest

from cleanclaim.practice.journal.models import ClosedPeriod
from cleanclaim.practice.receivables import key_figures
from cleanclaim.web.numbers import day_in
from web.desk_cast import open_claim, pay, sign_in

pytestmark = pytest.mark.django_db

PERIOD = "first=2026-01-01&last=2026-12-31"


@pytest.fixture
def booked(system):
    open_claim(system, "1001")
    open_claim(system, "1002")
    pay(system, "1001", cas=(("CO", "45", 6000), ("PR", "2", 2000)))
    pay(system, "1002", paid=0, cas=(("CO", "50", 20000),), status="4", trace="C2", file_name="c2")


def test_every_figure_prints_its_formula_and_leads_to_its_records(system, booked):
    auditor = sign_in(system, "auditor")
    page = auditor.get(f"/reports/?{PERIOD}").content.decode()
    rows = key_figures.all_figures(system.practice_id, first=system.today.replace(month=1, day=1), last=system.today)
    assert len(rows) >= 20
    assert "payments / (charges - contractual)" in page
    assert "35.29 %" in page, "120.00 of 340.00"
    for row in rows:
        answer = auditor.get(f"/reports/figures/{row.slug}/?{PERIOD}")
        assert answer.status_code == 200, row.name
        for side in ("above", "below"):
            assert auditor.get(f"/reports/figures/{row.slug}/?{PERIOD}&side={side}&as=csv").status_code == 200
            assert auditor.get(f"/reports/figures/{row.slug}/?{PERIOD}&side={side}&as=xlsx").content.startswith(b"PK")
    assert auditor.get("/reports/figures/nothing/").status_code == 404
    assert "1002" in auditor.get(f"/reports/figures/remittance-denial-rate/?{PERIOD}").content.decode()


@pytest.mark.parametrize(
    "query", ["", "period=month", "period=last-year", "first=x&last=y", "first=2026-12-31&last=2026-01-01", "first=0001-01-01"]
)
def test_any_period_is_answered(query, system, booked):
    assert sign_in(system, "manager").get(f"/reports/?{query}").status_code == 200


def test_balances_of_a_day_tie_and_lead_to_entries(system, booked):
    biller = sign_in(system, "biller")
    page = biller.get("/reports/balances/?other=2026-01-01").content.decode()
    assert "debits and credits tie" in page
    assert "Nothing was booked yet" in biller.get("/reports/balances/?day=2020-01-01").content.decode()
    assert "120.00" in biller.get("/reports/entries/?account=cash").content.decode()
    assert "120.00" in biller.get("/reports/entries/?claim=1001").content.decode()
    assert biller.get("/reports/entries/?claim=NOSUCH").status_code == 404
    assert biller.get("/reports/entries/?as=csv").content.decode().count("\n") > 4
    assert biller.get("/reports/balances/?as=xlsx").content.startswith(b"PK")


def test_a_period_closes_by_a_manager_with_its_proof(system, booked):
    given = {"last": "2026-10-31", "understood": "on"}
    assert sign_in(system, "biller").post("/reports/closing/close/", given).status_code == 403
    manager = sign_in(system, "manager", name="Mina")
    assert manager.post("/reports/closing/close/", {"last": "2026-10-31"}).status_code == 422
    assert manager.post("/reports/closing/close/", {**given, "last": "2999-01-01"}).status_code == 422
    assert manager.post("/reports/closing/close/", given, follow=True).status_code == 200
    assert ClosedPeriod.objects.of(system.practice_id).get().closed_by == "Mina"
    assert b"10/31/2026" in manager.get("/reports/closing/").content
    early = manager.post("/reports/closing/close/", {**given, "last": "2026-09-30"})
    assert early.status_code == 422
    assert "already closed" in early.content.decode()


def test_the_books_are_proved_on_the_screen(system, booked):
    auditor = sign_in(system, "auditor")
    assert b"may take a while" in auditor.get("/reports/proof/").content
    page = auditor.get("/reports/proof/?run=1").content.decode()
    assert "0 broken" in page
    assert page.count("holds</span>") >= 12


def test_a_manager_enters_what_a_month_cost(system, booked):
    manager, biller = sign_in(system, "manager", name="Mina"), sign_in(system, "biller")
    assert "no cost is entered" in biller.get("/reports/figures/cost-to-collect/?first=2026-10-01&last=2026-10-31").content.decode()
    assert "Enter a month" not in biller.get("/reports/costs/").content.decode()
    given = {"month": "10/15/2026", "amount": "1,250.00", "says": "Wages"}
    assert biller.post("/reports/costs/enter/", given).status_code == 403
    assert manager.post("/reports/costs/enter/", given).status_code == 302
    assert manager.post("/reports/costs/enter/", {**given, "amount": "1300"}).status_code == 302
    page = biller.get("/reports/costs/").content.decode()
    assert "$1,300.00" in page
    assert "$1,250.00" not in page
    for wrong in (
        {"month": f"{system.today:%m/%d/%Y}"},
        {"month": "13/45/2026"},
        {"month": "01/01/0001"},
        {"amount": "0"},
        {"amount": "-5"},
    ):
        refused = manager.post("/reports/costs/enter/", {**given, **wrong})
        assert refused.status_code == 422, wrong
        typed = next(iter(wrong.values()))
        day = day_in(typed)  # a real day is shown as the browser's field wants it
        assert f'value="{day.isoformat() if day else typed}"' in refused.content.decode()
