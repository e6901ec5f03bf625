"""Charge lists on data, estimates, what a change of code sets touches, what follows events."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cleanclaim.kernel.errors import NotAllowed, Refused
from cleanclaim.kernel.money import Rate
from cleanclaim.practice.charges import actions, queries
from cleanclaim.practice.charges.following import follow
from cleanclaim.practice.charges.impact import impact_of
from cleanclaim.practice.coding import code_notes, terms
from cleanclaim.practice.encounters.actions import add_addendum
from cleanclaim.practice.foundation.models import Event
from cleanclaim.practice.payers.actions import add_contract
from cleanclaim.practice.scheduling.actions import book_appointment
from practice import visit_cast as cast


@pytest.fixture
def place(system):
    return cast.clinic(system)


def drain(system):
    return [follow(system, event.kind, event.subject, event.facts) for event in Event.objects.of(system.practice_id).order_by("id")]


def test_a_new_list_ends_the_one_before_and_old_visits_keep_the_old_price(system, place):
    new = tuple(item._replace(cents=item.cents * 2, valid_from=date(2027, 1, 1)) for item in cast.prices())
    actions.add_charge_list(name="2027", valid_from=date(2027, 1, 1), items=new, by=system)
    place.charge_list.refresh_from_db()
    assert place.charge_list.valid_to == date(2026, 12, 31)
    price = lambda day: next(item.cents for item in queries.prices_on(system.practice_id, day) if item.code == "99213")
    assert (price(date(2026, 12, 31)), price(date(2027, 1, 1))) == (150_00, 300_00)
    with pytest.raises(Refused, match="Another charge list"):
        actions.add_charge_list(name="again", valid_from=date(2027, 1, 1), items=cast.prices(), by=system)


def test_one_price_changes_from_a_day_on(system, place):
    actions.set_price(code="99213", cents=160_00, by=system)
    price = lambda day: [
        item.cents
        for item in queries.prices_on(system.practice_id, day, {"99213"})
        if day >= item.valid_from and (item.valid_to is None or day <= item.valid_to)
    ]
    assert price(cast.VISIT_DAY) == [150_00]
    assert price(system.today) == [160_00]


def test_an_import_tells_first_then_changes_all_or_nothing_and_once(system, place, actor):
    content = b"code,price\n99213,175\n99499,80\n"
    facts = {"content": content, "name": "2027", "valid_from": date(2027, 1, 1), "by": system}
    trial = actions.import_charge_list(**facts, is_trial=True)
    assert [(change.code, change.what) for change in trial.changes] == [("99213", "changed"), ("99499", "new")]
    assert trial.charge_list_id == ""
    bad = actions.import_charge_list(**{**facts, "content": content + b"oops,1\n"})
    assert (bad.charge_list_id, len(bad.errors)) == ("", 1)
    done = actions.import_charge_list(**facts)
    assert actions.import_charge_list(**facts) == done._replace(is_repeat=True, changes=actions.import_charge_list(**facts).changes)
    assert len(queries.charge_lists(system.practice_id)) == 2
    with pytest.raises(NotAllowed):
        actions.import_charge_list(**{**facts, "by": actor("front_desk")})


def test_an_estimate_is_drafted_due_given_and_held_against_the_bill(system, place):
    ines = cast.patient(system)
    at = datetime(2026, 12, 10, 15, tzinfo=UTC)
    appointment = book_appointment(patient_id=ines.public_id, provider_id=place.provider.public_id, site_id=place.site.public_id,
                                   starts_at=at, ends_at=at + timedelta(minutes=30), is_self_pay=True, by=system)  # fmt: skip
    facts = {"patient_id": ines.public_id, "served_on": date(2026, 12, 10), "appointment_id": appointment.public_id, "by": system}
    estimate = actions.draft_estimate(services=(("99213", Rate(1)),), **facts)
    again = actions.draft_estimate(services=(("99213", Rate(1)), ("94640", Rate(1))), **facts)
    assert (again.pk, again.cents, again.due_on) == (estimate.pk, 195_00, date(2026, 11, 25))
    assert [row.estimate_id for row in queries.estimates(system.practice_id, to_give_by=date(2026, 11, 25))] == [estimate.public_id]
    actions.give_estimate(estimate_id=estimate.public_id, by=system)
    assert queries.estimates(system.practice_id, to_give_by=date(2026, 11, 25)) == []
    later = system.later(datetime(2026, 12, 11, tzinfo=UTC))
    visit = cast.coded_visit(later, place, ines, appointment_id=appointment.public_id, served_on=date(2026, 12, 10))
    actions.price_charges(encounter_id=visit.public_id, by=later)
    assert queries.dispute_of(system.practice_id, visit.public_id, billed_on=later.today) == (0, False, None)


def test_a_service_without_a_price_gives_no_estimate(system, place):
    with pytest.raises(actions.NotPriced):
        actions.draft_estimate(
            patient_id=cast.patient(system).public_id, served_on=cast.VISIT_DAY, services=(("99215", Rate(1)),), by=system
        )


def test_a_change_of_codes_names_open_visits_favourites_terms_and_prices(system, place):
    open_visit = cast.coded_visit(system, place, cast.patient(system))
    billed = cast.coded_visit(system, place, cast.patient(system, first_name="Otto", is_somebody_new=True))
    actions.price_charges(encounter_id=billed.public_id, by=system)
    actions.mark_billed(encounter_id=billed.public_id, by=system)
    terms.add_favourite(system="icd10cm", code="J20.9", by=system)
    terms.set_local_term(term="chest cold", code="J20.9", by=system)
    changed = {("icd10cm", "J209"): "deleted", ("cpt", "94640"): "revised", ("icd10cm", "E11.9"): "added"}
    touched = impact_of(system.practice_id, changed, effective=date(2026, 10, 1))
    assert {(item.where, item.code) for item in touched} == {
        ("visit", "J20.9"), ("visit", "94640"), ("favourite", "J20.9"), ("local-term", "J20.9"), ("charge-list", "94640"),
    }  # fmt: skip
    assert {item.thing_id for item in touched if item.where == "visit"} == {open_visit.public_id}
    later = impact_of(system.practice_id, changed, effective=date(2027, 1, 1))
    assert "visit" not in {item.where for item in later}
    assert impact_of(system.practice_id, {("icd10cm", "J20.9"): "added"}, effective=date(2026, 10, 1)) == ()


def test_a_change_of_codes_names_remarks_and_contracts_and_is_judged_by_its_own_first_day(system, place):
    from cleanclaim.codesets.changes import CodeChange, impacts

    visit = cast.coded_visit(system, place, cast.patient(system))  # served on 2026-11-16
    code_notes.set_code_note(system="icd10cm", code="J20.9", text="Ask for the smoking status.", by=system)
    add_contract(
        payer_id=place.granite.public_id, name="Granite 2026", valid_from=date(2026, 1, 1), by=system,
        terms={"method": "schedule", "prices": {"94640": 3000}, "needs_prior_authorization": ["99213"]},
    )  # fmt: skip

    def change(code, kind, first, name="icd10cm"):
        return CodeChange(name, code, kind, "a", "" if kind == "deleted" else "b", first)

    found = {
        (item.what, item.code): item.where
        for item in impacts([change("J20.9", "deleted", date(2026, 10, 1)), change("94640", "deleted", date(2027, 1, 1), "cpt")])
    }
    assert found["open encounter", "J20.9"] == visit.public_id
    assert {what for what, code in found if code == "J20.9"} == {"open encounter", "remark"}
    assert {what for what, code in found if code == "94640"} == {"charge", "rule"}  # the visit was before its last day
    assert any(
        item.code == "99213" for item in impacts([change("99213", "revised", date(2026, 10, 1), "cpt")]) if item.what == "rule"
    )
    assert not any(item.what == "open encounter" for item in impacts([change("J20.9", "deleted", date(2027, 10, 1))]))


def test_events_price_visits_and_call_for_reviews_and_doing_it_twice_changes_nothing(system, place):
    ines = cast.patient(system)
    visit = cast.coded_visit(system, place, ines)
    assert any(drain(system))
    visit.refresh_from_db()
    assert visit.state == "charged"
    actions.mark_billed(encounter_id=visit.public_id, by=system)
    add_addendum(encounter_id=visit.public_id, text="A chest film was done.", by=system)
    cast.coverage(system, ines, place.granite, valid_from=date(2026, 11, 1))
    drain(system)
    drain(system)
    assert [row.cause for row in queries.reviews(system.practice_id)] == ["addendum", "coverage"]
    review = queries.reviews(system.practice_id)[0]
    with pytest.raises(Refused, match="reason"):
        actions.dismiss_review(review_id=review.review_id, reason="", by=system)
    actions.dismiss_review(review_id=review.review_id, reason="nothing to charge", by=system)
    with pytest.raises(Refused, match="dismissed already"):
        actions.apply_review(review_id=review.review_id, by=system)
    assert [row.charge_id for row in queries.charges_of(system.practice_id, visit.public_id)]


def test_the_code_sets_ask_the_practice_what_a_change_touches(system, place):
    from cleanclaim.codesets.changes import CodeChange, impacts

    visit = cast.coded_visit(system, place, cast.patient(system))
    terms.add_favourite(system="icd10cm", code="J20.9", by=system)
    gone, renamed = (
        CodeChange("icd10cm", "J20.9", "deleted", "Acute bronchitis", ""),
        CodeChange("cpt", "94640", "revised", "a", "b"),
    )
    found = {(item.what, item.code): item.where for item in impacts([gone, renamed])}
    assert ("open encounter", "J20.9") not in found  # the installed code sets still have it on the day of service
    assert found["open encounter", "94640"] == visit.public_id
    assert {what for what, code in found} == {"open encounter", "favourite", "charge"}
    assert impacts([CodeChange("icd10cm", "J20.9", "added", "", "x")]) == []


@pytest.mark.django_db
def test_a_coverage_asks_again_only_about_visits_that_were_charged_before_it(system):
    from datetime import timedelta

    from cleanclaim.practice.charges.actions import price_charges
    from cleanclaim.practice.charges.queries import visits_of_coverage
    from practice import visit_cast as cast

    place = cast.clinic(system)
    who = cast.patient(system)
    early = cast.coverage(system, who, place.granite)
    later = system._replace(at=system.at + timedelta(days=1))
    visit = cast.coded_visit(later, place, who)
    price_charges(encounter_id=visit.public_id, by=later)
    assert visits_of_coverage(system.practice_id, early.public_id) == []
    found_late = cast.coverage(
        system._replace(at=system.at + timedelta(days=9)), who, place.medicare, member_id="1EG4TE5MK73", sequence="S"
    )
    assert visits_of_coverage(system.practice_id, found_late.public_id) == [visit.public_id]
