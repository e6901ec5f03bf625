"""Every key of the other desks stands in the engine: what it says is posted, mended, denied and owed is what the program makes of it."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.documents import (
    Address,
    Adjustment,
    ClaimPayment,
    Party,
    ProviderAdjustment,
    RemittanceAdvice,
    RemittanceHeader,
    ServicePayment,
)
from cleanclaim.kernel.money import Money
from cleanclaim.practice.claims import queries as claims
from cleanclaim.practice.claims.corrections import correct_claim
from cleanclaim.practice.claims.submitting import base_document
from cleanclaim.practice.denials.rules import appeal_deadline, cause_of
from cleanclaim.practice.journal import queries as journal
from cleanclaim.practice.payers.queries import payer_party
from cleanclaim.practice.payers.rules import APPEAL_DAYS
from cleanclaim.practice.people.queries import billing_party, billing_provider_on
from cleanclaim.practice.registration.actions import add_coverage, register_patient
from cleanclaim.practice.remittance.paper import post_paper_eob
from cleanclaim.practice.training import actions, exercises, marking_claims, marking_posting, marking_sheets, queries
from cleanclaim.practice.training.billed import take_over
from cleanclaim.practice.training.sandboxes import found_training_practice, staff_of, system_of
from cleanclaim.web.claims.correction import corrected
from practice.training_cast import NOON, acting, begin, learner, training

pytestmark = pytest.mark.django_db


def slugs(kind):
    return tuple(slug for slug in exercises.all_slugs() if exercises.exercise(slug).kind == kind)


def advice(check, told, staff, by):
    """The key as the remittance that it is."""
    answers = []
    for number, row in check.claims.items():
        claim = next(item for item in told if item["number"] == number)
        lines = tuple(
            ServicePayment(line["code"], line["cents"], posted.paid_cents, modifiers=tuple(line.get("modifiers", ())), served_on=claim["served_on"],
                           adjustments=tuple(Adjustment(*part.name.split("-"), part.cents) for part in posted.adjustments),
                           line_control_number=f"{number}L{place}")
            for place, line in enumerate(claim["lines"], 1) for posted in [row.lines[str(place)]]
        )  # fmt: skip
        owed = sum(part.cents for line in lines for part in line.adjustments if part.group == "PR")
        answers.append(
            ClaimPayment(
                number,
                row.status,
                sum(line.charge_cents for line in lines),
                sum(line.paid_cents for line in lines),
                owed,
                lines=lines,
            )
        )
    payer = payer_party(staff.payers[told[0]["payer"]])._replace(id_qualifier="XV")
    payee = billing_party(billing_provider_on(by.practice_id, by.today))._replace(entity="PE")
    plb = tuple(ProviderAdjustment(payee.id, date(2026, 12, 31), part.name, "", part.cents) for part in check.provider)
    header = RemittanceHeader(
        "0001", check.paid_cents, payer, payee, method="CHK", paid_on=by.today, trace_number=check.trace, produced_on=by.today
    )
    return RemittanceAdvice(header, tuple(answers), plb)


def test_every_posting_key_posts_to_the_balances_that_it_names_and_earns_everything():
    lena = learner(training())
    for slug in slugs("posting"):
        attempt = begin(lena, slug)
        key, told, by = exercises.key(slug), exercises.exercise(slug).material["claims"], acting(lena)
        sandbox = attempt.sandbox
        posted = post_paper_eob(advice=advice(marking_posting.check_from(key["check"]), told, staff_of(sandbox), by), by=by)
        assert (slug, posted.refused, posted.duplicates) == (slug, (), ())
        for number, wanted in key["balances"].items():
            found = claims.claim_numbered(sandbox.pk, attempt.material["claims"][number])
            got = {
                "patient_cents": found.patient_balance_cents,
                "insurance_cents": found.insurance_balance_cents,
                "contractual_cents": found.contractual_cents,
            }
            assert (slug, number, got) == (slug, number, wanted)
        done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=by)
        assert (slug, done.score, done.mistakes) == (slug, 100, [])
        assert journal.verify(sandbox.pk) is not None


def test_a_denial_posted_as_a_write_off_is_marked_to_the_cent():
    lena = learner(training(), answers="at-once")
    slug = "post-denied-line-and-interest"
    attempt = begin(lena, slug)
    told = exercises.exercise(slug).material["claims"]
    check = marking_posting.check_from(exercises.key(slug)["check"])
    claim = check.claims["T4201"]
    wrong = {**claim.lines, "2": claim.lines["2"]._replace(adjustments=(marking_posting.Part("CO-45", 7500),))}
    check = check._replace(claims={"T4201": claim._replace(lines=wrong)})
    post_paper_eob(advice=advice(check, told, staff_of(attempt.sandbox), acting(lena)), by=acting(lena))
    done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena))
    assert done.mistakes == ["claim T4201, line 2: CO-50 wrong reason"]
    assert 80 < done.score < 100


def test_what_is_posted_in_training_moves_no_live_money(practice, system):
    before = journal.balances(practice.pk)
    lena = learner(training())
    attempt = begin(lena, "post-two-claims")
    key, told, by = exercises.key("post-two-claims"), exercises.exercise("post-two-claims").material["claims"], acting(lena)
    post_paper_eob(advice=advice(marking_posting.check_from(key["check"]), told, staff_of(attempt.sandbox), by), by=by)
    assert list(journal.balances(practice.pk)) == list(before)
    assert claims.claim_rows(practice.pk) == []


def typed(entries):
    """A claim's entries as the correction desk takes them."""
    made = {"diagnoses": entries["diagnoses"], "prior_authorization": entries["prior authorization"]}
    for name, value in entries.items():
        if name.startswith("line "):
            place, part = name.removeprefix("line ").split(": ")
            made[f"l{place}-{part}"] = value
    return made


def test_every_claim_key_is_built_at_the_correction_desk_and_stops_nothing():
    lena = learner(training())
    for slug in slugs("claim"):
        attempt = begin(lena, slug)
        found = claims.claim_numbered(attempt.sandbox_id, next(iter(attempt.material["claims"].values())))
        assert [row for row in claims.latest_submission(found).findings if row["severity"] == "stop"], slug
        document = corrected(base_document(found), typed(marking_claims.entries_of(exercises.key(slug)["claim"])))
        correct_claim(claim_id=found.public_id, document=document, by=acting(lena))
        stops = [row["says"] for row in claims.latest_submission(found).findings if row["severity"] == "stop"]
        assert (slug, stops) == (slug, [])
        done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena))
        assert (slug, done.score, done.mistakes) == (slug, 100, [])


def test_a_claim_that_is_left_as_it_was_earns_nothing_and_harm_costs():
    lena = learner(training(), answers="withheld")
    attempt = begin(lena, "claim-check-up-age")
    found = claims.claim_numbered(attempt.sandbox_id, "T3201")
    planted = exercises.exercise("claim-check-up-age").material["claims"][0]
    entries = marking_claims.entries_of(planted) | {"line 2: charge": "99.00", "line 1: code": "99395"}
    correct_claim(claim_id=found.public_id, document=corrected(base_document(found), typed(entries)), by=acting(lena))
    done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena))
    assert set(done.mistakes) == {"left as it was: line 2: pointers", "left as it was: line 3: units", "harm: line 2: charge"}
    assert done.score == 100 * (10 + 15 + 10 - 5) // 55
    hidden = repr(queries.marks_for_learner(queries.own_attempt(lena, attempt.public_id), today=NOON.date()))
    assert "line 2: pointers" not in hidden
    assert "line 3: units" not in hidden
    assert "line 2: charge" in hidden


def key_fields(slug):
    return marking_sheets.fields_from(exercises.key(slug)["fields"])


def test_every_registration_key_is_registered_at_the_front_desk():
    lena = learner(training())
    for slug in slugs("registration"):
        attempt = begin(lena, slug)
        wanted, by, staff = {row.name: row.expected for row in key_fields(slug)}, acting(lena), staff_of(attempt.sandbox)
        patient = register_patient(
            last_name=wanted["last_name"], first_name=wanted["first_name"], middle_name=wanted.get("middle_name", ""), sex=wanted["sex"],
            born_on=date.fromisoformat(wanted["born_on"]), phone=wanted.get("phone", ""), by=by,
            address=Address(wanted["line1"], "", wanted.get("city", "Barre"), wanted.get("state", "VT"), wanted["zip"]),
        )  # fmt: skip
        for place in "PS":
            if f"{place}-payer" not in wanted:
                continue
            payer = next(row for row in staff.payers.values() if row.name == wanted[f"{place}-payer"])
            last, _, first = wanted.get(f"{place}-subscriber", "").partition(", ")
            copay = wanted.get(f"{place}-copay")
            add_coverage(
                patient_id=patient.public_id, payer_id=payer.public_id, member_id=wanted[f"{place}-member"], sequence=place,
                valid_from=date.fromisoformat(wanted[f"{place}-from"]), group_number=wanted.get(f"{place}-group", ""),
                relationship=wanted.get(f"{place}-relationship", "18"), copay_cents=int(Money.parse(copay)) if copay else None,
                subscriber=Party("IL", True, last, first) if last else None, by=by,
            )  # fmt: skip
        done = actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=by)
        assert (slug, done.score, done.mistakes) == (slug, 100, [])


def test_nobody_registered_is_nothing_earned():
    lena = learner(training())
    attempt = begin(lena, "register-child")
    assert actions.hand_in(attempt_id=attempt.public_id, sheet={}, by=acting(lena)).score == 0


@pytest.mark.parametrize("slug", slugs("denial"))
def test_every_denial_key_is_what_the_denials_desk_says(slug):
    wanted = {row.name: row.expected for row in key_fields(slug)}
    engine = exercises.key(slug)["engine"]
    assert cause_of(engine["reason"], engine["remarks"]).name == wanted["cause"]
    assert appeal_deadline(engine["decided_on"], 1, APPEAL_DAYS[engine["kind"]]).isoformat() == wanted["deadline"]
    assert cause_of(engine["reason"], engine["remarks"]).is_appealed == wanted["action"].startswith("appeal")


def test_every_balance_key_is_what_the_books_say():
    practice = found_training_practice(name="Books", at=NOON)
    by = system_of(practice, at=NOON)
    for slug in slugs("balance"):
        wanted = {row.name: row.expected for row in key_fields(slug)}
        engine = exercises.key(slug)["engine"]
        staff = staff_of(practice)
        numbers = take_over(engine["claims"], staff, by=by)
        posted = post_paper_eob(advice=advice(marking_posting.check_from(engine["check"]), engine["claims"], staff, by), by=by)
        assert (slug, posted.refused) == (slug, ())
        found = claims.claim_numbered(practice.pk, next(iter(numbers.values())))
        owed = found.patient_balance_cents - engine["paid_at_counter_cents"]
        assert (slug, int(Money.parse(wanted["patient"]))) == (slug, max(0, owed))
        assert int(Money.parse(wanted.get("credit", "0"))) == max(0, -owed)
        assert int(Money.parse(wanted["written_off"])) == found.contractual_cents
        if "insurer" in wanted:
            assert int(Money.parse(wanted["insurer"])) == found.insurance_balance_cents


def test_every_answer_sheet_filled_like_its_key_earns_everything():
    lena = learner(training())
    for slug in (*slugs("denial"), *slugs("balance")):
        attempt = begin(lena, slug)
        wanted = {row.name: row.expected for row in key_fields(slug)}
        assert set(wanted) == {item.name for item in exercises.exercise(slug).questions}
        for item in exercises.exercise(slug).questions:
            assert not item.choices or wanted[item.name] in dict(item.choices)
        assert (slug, actions.hand_in(attempt_id=attempt.public_id, sheet=wanted, by=acting(lena)).score) == (slug, 100)


@pytest.mark.parametrize("slug", [slug for slug in exercises.all_slugs() if "papers" in exercises.exercise(slug).material])
def test_the_proof_stands_on_the_papers(slug):
    papers = " ".join(" ".join(paper["text"] for paper in exercises.exercise(slug).material["papers"]).split())
    key = exercises.key(slug)
    notes = [*key.get("notes", {}).values(), *key.get("fields", ())]
    for note in notes:
        assert " ".join(note.get("proof", "").split()) in papers, note
