"""Situations of a dental claim (level 4): tooth, surfaces, prosthesis, orthodontics, the day of the service."""

from __future__ import annotations

import re

import pytest

import x12_samples as samples
from cleanclaim import x12
from x12_changed import changed


def rules(claim, *changes):
    written = x12.write_claims([claim], samples.ENVELOPE)
    return {finding.rule for finding in x12.check(changed(written, *((re.escape(old), new) for old, new in changes))).findings}


def dental(code="D2150", tooth=("12:MO",)):
    (line,) = samples.dental().lines
    return samples.dental(lines=(line._replace(procedure=code, tooth=tooth),))


@pytest.mark.parametrize(
    ("code", "tooth"),
    [
        ("D2150", ("12:MO",)),
        ("D2161", ("3:MODBL",)),
        ("D2740", ("8",)),
        ("D0120", ()),
        ("D1110", ()),
        ("D7140", ("17",)),
        ("D4341", ()),
    ],
)
def test_a_sound_line_has_no_situation(code, tooth):
    assert rules(dental(code, tooth)) == set()


@pytest.mark.parametrize("code", ["D2140", "D2392", "D2740", "D2950", "D3310", "D3330", "D7140", "D7240"])
def test_a_tooth_is_named(code):
    assert "TOOTH_MISSING" in rules(dental(code, ()))


@pytest.mark.parametrize(("code", "tooth"), [("D2140", "12:MO"), ("D2150", "12:M"), ("D2161", "3:MOD"), ("D2330", "8")])
def test_surfaces_are_as_many_as_the_filling_covers(code, tooth):
    assert rules(dental(code, (tooth,))) == {"SURFACES_DIFFER"}


def test_a_denture_says_whether_it_is_the_first_one_and_what_it_replaces():
    denture = dental("D5110", ())
    service = "SV3*AD:D5110*150****1"
    assert rules(denture) == {"PROSTHESIS_UNSAID"}
    assert rules(denture, (service, "SV3*AD:D5110*150***I*1")) == set()
    assert rules(denture, (service, "SV3*AD:D5110*150***R*1")) == {"PRIOR_PLACEMENT_MISSING"}
    day = "DTP*472*D8*20261104"
    assert rules(denture, (service, "SV3*AD:D5110*150***R*1"), (day, f"DTP*441*D8*20190304~{day}")) == set()


def test_orthodontics_say_how_long_or_since_when():
    braces = dental("D8080", ())
    claim = "CLM*3001*150***11:B:1*Y*A*Y*Y"
    assert rules(braces) == {"ORTHODONTIC_FACTS_MISSING"}
    assert rules(braces, (claim, f"{claim}~DN1*36*34")) == set()
    assert rules(braces, ("DTP*472*D8*20261104", "DTP*452*D8*20261001~DTP*472*D8*20261104")) == set()


def test_a_service_has_a_day_on_its_line_or_its_claim_unless_it_is_only_estimated():
    claim, day = "CLM*3001*150***11:B:1*Y*A*Y*Y", "~DTP*472*D8*20261104"
    assert rules(dental(), (day, "")) == {"DENTAL_DATE_MISSING"}
    assert rules(dental(), (day, ""), (claim, f"{claim}~DTP*472*D8*20261104")) == set()
    assert rules(dental(), (day, ""), (claim, f"{claim}**********PB")) == set()


def test_each_claim_is_judged_by_its_own_facts():
    braces = dental("D8080", ())
    written = x12.write_claims([braces._replace(patient_control_number="3002"), braces], samples.ENVELOPE)
    claim = "CLM*3001*150***11:B:1*Y*A*Y*Y"
    first = changed(written, (re.escape(claim), f"{claim}~DN1*36*34"))
    assert [finding.rule for finding in x12.check(first).findings] == ["ORTHODONTIC_FACTS_MISSING"]
