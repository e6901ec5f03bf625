"""What a coder types ends at the code that is meant."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.encoder import search
from cleanclaim.encoder.search import wordlists

ON = date(2026, 10, 15)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("htn", "I10"),
        ("type 2 dm w neuropathy", "E11.40"),
        ("fx r distal radius", "S52.501A"),
        ("s/p cabg", "Z95.1"),
        ("asthma exacerbation", "J45.901"),
        ("pnuemonia", "J18.9"),
    ],
)
def test_what_coders_type_is_understood(store, typed, code):
    assert search.find(typed, store, system="icd10cm", on=ON)[0].code == code


def test_brand_name_finds_the_ingredient_that_hcpcs_bills(store):
    assert search.find("rocephin", store, system="hcpcs", on=ON)[0].code == "J0696"


def test_beginning_of_a_code_lists_what_stands_below_it(store):
    hits = search.find("e11.4", store, system="icd10cm", on=ON, limit=3)
    assert [hit.code for hit in hits] == ["E11.4", "E11.40", "E11.41"]


def test_deleted_code_is_found_on_its_last_day_only(store):
    known = {code.code for code in store.iter_codes("icd10cm", date(2026, 9, 30), billable_only=True)}
    later = {code.code for code in store.iter_codes("icd10cm", date(2026, 10, 1), billable_only=True)}
    gone = min(known - later)
    assert gone in {hit.code for hit in search.find(gone, store, system="icd10cm", on=date(2026, 9, 30))}
    assert gone not in {hit.code for hit in search.find(gone, store, system="icd10cm", on=date(2026, 10, 1)) if hit.billable}


def test_local_term_wins_over_the_book(store):
    own = search.LocalTerm("icd10cm", "R53.83", "tired tuesday")
    hit = search.find("tired tuesday", store, on=ON, local_terms=[own])[0]
    assert (hit.code, hit.why) == ("R53.83", "local term: tired tuesday")


@pytest.mark.parametrize(
    "typed", ["", "   ", "((", "%", "zzzzqq", "'\"; drop table code", "ü" * 300, "a" * 5000, "no", "w/", "l4-5 l4-5 l4-5"]
)
def test_no_input_is_too_odd(store, typed):
    assert isinstance(search.find(typed, store, on=ON), list)


def test_every_hit_says_why(store):
    assert all(hit.why for hit in search.find("copd flare", store, on=ON))


def test_every_code_of_our_lists_is_in_force(store):
    known = {system: {code.code for code in store.iter_codes(system, ON)} for system in ("icd10cm", "hcpcs")}
    everything = known["icd10cm"] | known["hcpcs"]
    assert not {entry.code for entry in wordlists.entries()} - everything
    named = {code for drug in wordlists.drugs() for code in (drug.poisoning, drug.long_term) if code}
    assert not named - everything


def test_side_and_episode_choose_the_code_below_a_heading(store):
    assert search.find("twisted ankle left subs", store, system="icd10cm", on=ON)[0].code == "S93.402D"


def test_medicine_that_did_harm_is_told_from_one_that_is_taken(store):
    assert search.find("on coumadin", store, system="icd10cm", on=ON)[0].code == "Z79.01"
    assert search.find("coumadin overdose accidental", store, system="icd10cm", on=ON)[0].code == "T45.511A"


def test_negated_words_choose_the_code_without(store):
    assert search.find("gerd without esophagitis", store, system="icd10cm", on=ON)[0].code == "K21.9"
