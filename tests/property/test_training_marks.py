"""Marks of codes hold for whatever is handed in: 0 to 100, the key is 100, order that says nothing costs nothing, leaving out what is right earns nothing."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.practice.training import exercises, rules
from cleanclaim.practice.training.marking_codes import CodedService, CodedVisit, key_from, mark_codes, work_of_key
from cleanclaim.practice.training.marking_posting import Part, PostedLine, check_from, mark_posting
from cleanclaim.practice.training.marking_sheets import fields_from, mark_fields

CODING = tuple(slug for slug in exercises.all_slugs() if exercises.exercise(slug).kind == "coding")
STRAY = (
    "J20.9",
    "J45.30",
    "E11.9",
    "E11.65",
    "I10",
    "H61.23",
    "H61.20",
    "S01.01XD",
    "Z23",
    "Z00.00",
    "L57.0",
    "L02.419",
    "M76.51",
    "J03.01",
    "F17.211",
)
STRAY_SERVICES = ("99213", "99214", "99203", "69209", "94010", "90471", "10060", "12001", "99396", "J0696", "93005", "G0008")


@cache
def key_of(slug):
    return key_from(exercises.key(slug))


def score(work, key):
    return rules.marked(mark_codes(work, key)).score


@st.composite
def handed_in(draw):
    """A key, and some of its codes among strays: modifiers, units and pointers as they may come."""
    slug = draw(st.sampled_from(CODING))
    key = key_of(slug)
    wanted = [row.code for row in key.diagnoses]
    diagnoses = draw(st.lists(st.sampled_from([*wanted, *STRAY]), unique=True, max_size=8))
    codes = draw(st.lists(st.sampled_from([*(row.code for row in key.services), *STRAY_SERVICES]), unique=True, max_size=8))
    services = tuple(
        CodedService(code, tuple(draw(st.lists(st.sampled_from(["25", "59", "RT", "QW"]), unique=True, max_size=2))),
                     draw(st.sampled_from(["1", "2", "4", "10", "6"])), tuple(draw(st.lists(st.sampled_from(diagnoses), unique=True, max_size=4)) if diagnoses else ()))
        for code in codes
    )  # fmt: skip
    return slug, CodedVisit(tuple(diagnoses), services)


@given(handed_in())
@settings(max_examples=150, deadline=None)
def test_the_score_is_from_0_to_100_and_the_same_each_time(case):
    slug, work = case
    assert 0 <= score(work, key_of(slug)) <= 100
    assert mark_codes(work, key_of(slug)) == mark_codes(work, key_of(slug))


def test_the_key_itself_is_100():
    for slug in CODING:
        made = rules.marked(mark_codes(work_of_key(key_of(slug)), key_of(slug)))
        assert (slug, made.score, made.mistakes) == (slug, 100, ())
        assert all(item.is_right for item in made.items)


@given(handed_in(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_that_says_nothing_changes_nothing(case, luck):
    slug, work = case
    later, services = list(work.diagnoses[1:]), list(work.services)
    luck.shuffle(later)
    luck.shuffle(services)
    turned = tuple(
        row._replace(modifiers=tuple(reversed(row.modifiers)), diagnoses=tuple(reversed(row.diagnoses))) for row in services
    )
    assert score(CodedVisit((*work.diagnoses[:1], *later), turned), key_of(slug)) == score(work, key_of(slug))


def without(work, code):
    services = tuple(
        row._replace(diagnoses=tuple(item for item in row.diagnoses if item != code)) for row in work.services if row.code != code
    )
    return CodedVisit(tuple(item for item in work.diagnoses if item != code), services)


@given(handed_in())
@settings(max_examples=150, deadline=None)
def test_leaving_out_a_right_code_never_earns_more(case):
    slug, work = case
    key = key_of(slug)
    right = {row.code for row in key.diagnoses} | {row.code for row in key.services}
    for code in right & {*work.diagnoses, *(row.code for row in work.services)}:
        assert score(without(work, code), key) <= score(work, key), code


@given(handed_in(), st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_hints_never_earn_anything(case, cost):
    slug, work = case
    items = mark_codes(work, key_of(slug))
    assert 0 <= rules.marked(items, hints_cost=cost).score <= rules.marked(items).score


@given(handed_in())
@settings(max_examples=150, deadline=None)
def test_withheld_answers_name_no_code_that_was_not_given(case):
    slug, work = case
    key = key_of(slug)
    shown = rules.without_answers(rules.marked(mark_codes(work, key)))
    given_codes = {*work.diagnoses, *(row.code for row in work.services)}
    words = " ".join(" ".join(str(part) for part in item) for item in shown.items)
    for row in (*key.diagnoses, *key.services):
        if row.code not in given_codes and not any(row.code in code for code in given_codes):
            assert row.code not in words
        assert row.proof not in words


POSTING = tuple(slug for slug in exercises.all_slugs() if exercises.exercise(slug).kind == "posting")
PARTS = st.tuples(
    st.sampled_from(["CO-45", "CO-50", "PR-1", "PR-2", "PR-3", "CO-253"]), st.sampled_from([100, 749, 1056, 2066, 5170, 7500])
)


@st.composite
def posted(draw):
    """A posting key with some lines changed, left out or posted otherwise."""
    slug = draw(st.sampled_from(POSTING))
    key = check_from(exercises.key(slug)["check"])
    claims = {}
    for number, claim in key.claims.items():
        if draw(st.booleans()):
            lines = {
                place: PostedLine(draw(st.sampled_from([line.paid_cents, 0, 999])),
                                  tuple(draw(st.lists(st.one_of(st.sampled_from(line.adjustments), PARTS.map(lambda pair: Part(*pair))), max_size=4))))
                for place, line in claim.lines.items()
            }  # fmt: skip
            claims[number] = claim._replace(lines=lines)
    provider = tuple(draw(st.lists(st.sampled_from([*key.provider, Part("WO", 100), Part("L6", -1)]), max_size=2)))
    return slug, key, key._replace(claims=claims, provider=provider)


def posting_score(work, key):
    return rules.marked(mark_posting(work, key, notes={})).score


def test_a_posting_key_itself_is_100():
    for slug in POSTING:
        key = check_from(exercises.key(slug)["check"])
        assert posting_score(key, key) == 100


@given(posted())
@settings(max_examples=150, deadline=None)
def test_a_posting_is_marked_from_0_to_100_whatever_the_order_of_its_amounts(case):
    _, key, work = case
    turned = {
        number: claim._replace(
            lines={place: line._replace(adjustments=tuple(reversed(line.adjustments))) for place, line in claim.lines.items()}
        )
        for number, claim in work.claims.items()
    }
    assert 0 <= posting_score(work, key) <= 100
    assert posting_score(work._replace(claims=turned, provider=tuple(reversed(work.provider))), key) == posting_score(work, key)


@given(posted())
@settings(max_examples=150, deadline=None)
def test_leaving_out_a_right_amount_never_earns_more(case):
    _, key, work = case
    for number, claim in work.claims.items():
        for place, line in claim.lines.items():
            for part in set(line.adjustments) & set(key.claims[number].lines[place].adjustments):
                if line.adjustments.count(part) > 1:
                    continue  # twice on the desk, once on the paper: one of them is no right amount
                fewer = line._replace(adjustments=tuple(item for item in line.adjustments if item != part))
                left = {**work.claims, number: claim._replace(lines={**claim.lines, place: fewer})}
                assert posting_score(work._replace(claims=left), key) <= posting_score(work, key)


@given(
    st.dictionaries(st.sampled_from(["cause", "action", "deadline", "amount", "patient", "copay", "reason"]), st.text(max_size=20))
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_into_a_sheet_is_marked(sheet):
    for slug in ("deny-filed-too-late", "balance-deductible", "register-child"):
        key = fields_from(exercises.key(slug)["fields"])
        assert 0 <= rules.marked(mark_fields(sheet, key)).score <= 100
        assert rules.marked(mark_fields({row.name: row.expected for row in key}, key)).score == 100
