"""The screens of training: a learner works and is marked, no key reaches the browser before that, nobody sees another's work."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from cleanclaim.cli import demo
from cleanclaim.practice.foundation.queries import practice_named
from cleanclaim.practice.people.actions import add_member
from cleanclaim.practice.training import actions, exercises, queries
from cleanclaim.practice.training.sandboxes import staff_of
from practice.training_cast import PASSWORD, acting, code_like_the_key, course_of, learner, training

pytestmark = pytest.mark.django_db
SLUG = "code-diabetes-in-house"


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def iris():
    return training()


@pytest.fixture
def teacher(iris):
    member = add_member(username="iris", display_name="Iris", roles=frozenset({"manager"}), password=None, by=iris)
    return browser(member.user)


def key_words(slug):
    """Sentences of the key: why something is wrong and by which rule."""
    key = exercises.key(slug)
    rows = [row for part in ("diagnoses", "services", "fields") for row in key.get(part, ())] + list(key.get("notes", {}).values())
    said = [row[name] for row in rows for name in ("rule", "why") if row.get(name)]
    return [*said, *key.get("traps", {}).values()]


def opened(client, row, slug=SLUG):
    assignment = queries.progress_of(row)[0].assignment
    answer = client.post(f"/training/exercises/{assignment.public_id}/{slug}/begin/")
    assert answer.status_code == 302
    return answer["Location"]


def test_a_learner_works_at_the_live_desk_and_is_marked(iris):
    lena = learner(iris, answers="at-once")
    client = browser(lena.user)
    assert b"A fingerstick and a flu shot" not in client.get("/").content
    assert b"Diabetes, a fingerstick and a flu shot" in client.get("/training/").content
    place = opened(client, lena)
    page = client.get(place).content.decode()
    row = queries.own_attempt(lena, place.split("/")[3])
    assert f"/coding/{row.material['encounter']}/" in page
    chart = client.get(f"/coding/{row.material['encounter']}/").content.decode()
    assert "Suggestions are hidden" in chart
    assert "Reading the note" not in chart
    assert f'href="{place}"' in chart
    code_like_the_key(row, acting(lena), without=("36416", "Z23"))
    assert client.post(f"{place}hand-in/").status_code == 302
    marked = client.get(place).content.decode()
    assert "Flu shot Flucelvax 0.5 mL IM" in marked
    assert "missing" in marked


@pytest.mark.parametrize("slug", exercises.all_slugs())
def test_no_page_holds_the_key_before_answers_may_be_seen(iris, slug):
    lena = learner(iris, answers="withheld")
    client = browser(lena.user)
    assignment = queries.progress_of(lena)[0].assignment
    pages = [client.get("/training/"), client.get(f"/training/exercises/{assignment.public_id}/{slug}/")]
    place = opened(client, lena, slug)
    pages += [client.get(place), client.get("/"), client.post(f"{place}hand-in/", follow=True), client.get(place)]
    words = key_words(slug)
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert [word for word in words if word in text] == []


def test_hints_are_told_by_their_cost_and_shown_when_taken(iris):
    lena = learner(iris)
    client = browser(lena.user)
    place = opened(client, lena)
    says = exercises.hints(SLUG, 1)[0].says
    before = client.get(place).content.decode()
    assert "costs 3 points" in before
    assert says not in before
    assert says in client.post(f"{place}hint/", {"hint": "1"}, follow=True).content.decode()
    client.post(f"{place}hint/", {"hint": "1"})  # a page that is sent twice
    assert queries.own_attempt(lena, place.split("/")[3]).hints == 1


def test_an_eob_is_typed_at_the_payments_desk_and_marked_to_the_cent(iris):
    lena = learner(iris, answers="at-once")
    client = browser(lena.user)
    place = opened(client, lena, "post-denied-line-and-interest")
    assert b"Add the claims by their numbers: T4201" in client.get(place).content
    payer = staff_of(queries.own_attempt(lena, place.split("/")[3]).sandbox).payers["granite"].public_id
    typed = {
        "payer": payer, "trace": "9900417733", "method": "ACH", "paid_on": "11/12/2026", "paid": "148.49", "c0-number": "T4201", "c0-status": "1",
        "c0-l1-paid": "146.64", "c0-l1-0-group": "CO", "c0-l1-0-reason": "45", "c0-l1-0-amount": "51.70", "c0-l1-1-group": "PR",
        "c0-l1-1-reason": "2", "c0-l1-1-amount": "36.66", "c0-l2-paid": "0.00", "c0-l2-0-group": "CO", "c0-l2-0-reason": "50",
        "c0-l2-0-amount": "75.00", "p-0-group": "", "p-0-reason": "L6", "p-0-amount": "1.85", "step": "post",
    }  # fmt: skip
    refused = client.post("/payments/eob/", typed)
    assert refused.status_code == 422  # interest lowers no check: it does not balance
    assert client.post("/payments/eob/", typed | {"p-0-amount": "-1.85"}).status_code == 302
    client.post(f"{place}hand-in/")
    assert queries.own_attempt(lena, place.split("/")[3]).score == 100


def test_a_sheet_keeps_its_entries_when_a_day_cannot_be_read(iris):
    lena = learner(iris)
    client = browser(lena.user)
    place = opened(client, lena, "deny-filed-too-late")
    refused = client.post(f"{place}hand-in/", {"cause": "timely-filing", "deadline": "next week", "amount": "235"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="next week"' in page
    assert "A day is written 11/22/2026" in page
    kept = client.post(f"{place}hint/", {"cause": "timely-filing", "deadline": "05/01/2027", "hint": "1"}).content.decode()
    assert 'value="05/01/2027"' in kept


def test_the_demo_has_a_learner_and_an_instructor_once(practice):
    demo._training(PASSWORD)
    demo._training(PASSWORD)
    iris = queries.training_practice()
    assert [row.user.username for row in queries.learners(iris.pk)] == ["leaf"]
    assert practice_named(None).pk == practice.pk


def test_nobody_opens_what_is_not_theirs(iris, teacher, system, desk):
    lena, omar = learner(iris), learner(iris, "omar")
    place = opened(browser(lena.user), lena)
    browser(lena.user).post(f"{place}give-up/")
    first, place = place, opened(browser(lena.user), lena)
    attempt_id = place.split("/")[3]
    assert f"/training/marked/{first.split('/')[3]}/".encode() in teacher.get(f"/training/marked/{attempt_id}/").content
    other, live = browser(omar.user), desk("manager")
    assert other.get(place).status_code == 404
    assert other.post(f"{place}hand-in/").status_code == 404
    assert other.get(f"/training/marked/{attempt_id}/").status_code == 403
    assert other.get(f"/training/gradebook/{course_of(iris).public_id}/").status_code == 403
    assert live.get(f"/training/marked/{attempt_id}/").status_code == 404
    assert live.get("/training/").status_code == 404
    assert desk("coder").get("/training/").status_code == 403
    assert browser(lena.user).get("/people/").status_code in {403, 404}
    assert browser(lena.user).get("/audit/").status_code == 403
    assert teacher.get(f"/training/marked/{attempt_id}/").status_code == 200
    assert teacher.get(place).status_code == 403


def test_the_training_desk_and_band_stand_in_training_practices_alone(iris, teacher, desk):
    lena = learner(iris)
    live, page = desk("manager").get("/").content, browser(lena.user).get("/").content
    assert b"training-band" not in live
    assert b'href="/training/"' not in live
    assert b"training-band" in page
    assert b'href="/training/"' in page
    assert b"training-band" in teacher.get("/patients/").content


def test_an_instructor_enrols_assigns_and_reads_the_gradebook(iris, teacher):
    assert teacher.get("/training/", follow=True).status_code == 200
    refused = teacher.post("/training/learners/do/enrol/", {"display_name": "Lena", "username": "lena", "password": "short"})
    assert refused.status_code == 422
    assert b'value="lena"' in refused.content
    assert (
        teacher.post(
            "/training/learners/do/enrol/", {"display_name": "=Lena", "username": "lena", "password": PASSWORD}
        ).status_code
        == 302
    )
    row = queries.learner_named(iris.practice_id, "lena")
    course = course_of(iris).public_id
    nobody = teacher.post(f"/training/gradebook/{course}/assign/", {"due_on": "12/01/2026", "answers": "after-due"})
    assert nobody.status_code == 422
    given = {"learners": [row.public_id], "due_on": "12/31/2026", "answers": "withheld"}
    assert teacher.post(f"/training/gradebook/{course}/assign/", given).status_code == 302
    client = browser(row.user)
    place = opened(client, row)
    client.post(f"{place}hand-in/")
    attempt_id = place.split("/")[3]
    changed = teacher.post(f"/training/marked/{attempt_id}/grade/", {"grade": "60", "reason": "A worked example in class."})
    assert changed.status_code == 302
    assert teacher.post(f"/training/marked/{attempt_id}/grade/", {"grade": "160", "reason": "far too much"}).status_code == 422
    book = teacher.get(f"/training/gradebook/{course}/").content.decode()
    assert "missing: Z23" in book
    assert ">60</a>" in book
    lines = list(csv.reader(io.StringIO(teacher.get(f"/training/gradebook/{course}/?as=csv").content.decode())))
    assert {line[0] for line in lines[1:]} == {"'=Lena"}
    assert next(line for line in lines if line[3] == exercises.exercise(SLUG).title)[6] == "60"


def test_released_answers_are_seen_and_withheld_ones_are_not(iris, teacher):
    lena = learner(iris, answers="withheld")
    client = browser(lena.user)
    place = opened(client, lena)
    client.post(f"{place}hand-in/")
    proof = "Flu shot Flucelvax 0.5 mL IM"
    assert proof not in client.get(place).content.decode()
    actions.assign(course_id=course_of(iris).public_id, learner_ids=[lena.public_id], due_on=None, answers="released", by=iris)
    assert proof in client.get(place).content.decode()


def test_a_learner_resets_by_the_instructor_and_signs_on(iris, teacher):
    lena = learner(iris)
    client = browser(lena.user)
    opened(client, lena)
    assert teacher.post(f"/training/learners/{lena.public_id}/reset/").status_code == 302
    assert b"open: go on" not in client.get("/training/").content
    short = teacher.post(f"/training/learners/{lena.public_id}/password/", {"password": "short"})
    assert short.status_code == 422
    assert b"too short" in short.content
    assert b'"short"' not in short.content
    assert teacher.post(f"/training/learners/{lena.public_id}/end/").status_code == 302
    assert client.get("/training/").status_code == 404
    ended = teacher.post(f"/training/learners/{lena.public_id}/reset/")
    assert ended.status_code == 422
    assert b"enrolment has ended" in ended.content


def test_a_wrong_word_in_an_address_is_a_plain_page(iris, teacher):
    lena = learner(iris)
    client = browser(lena.user)
    assignment = queries.progress_of(lena)[0].assignment.public_id
    assert client.get(f"/training/exercises/{assignment}/nothing/").status_code == 404
    assert client.post(f"/training/exercises/{assignment}/nothing/begin/").status_code == 404
    assert client.get("/training/attempts/att_0/").status_code == 404
    place = opened(client, lena)
    assert client.post(f"{place}dance/").status_code == 404
    second = client.post(f"/training/exercises/{assignment}/code-wax-curette/begin/")
    assert second.status_code == 422
    assert b"Another exercise is open" in second.content
    assert teacher.get("/training/gradebook/crs_0/").status_code == 404
