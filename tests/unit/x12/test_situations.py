"""Situations of a claim (level 4): each rule fires on the slip that it is for, and stays silent on a sound claim."""

from __future__ import annotations

from datetime import date

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.documents import AmbulanceTrip, Party, Reference


def rules(claim, change=lambda written: written):
    return {finding.rule for finding in x12.check(change(x12.write_claims([claim], samples.ENVELOPE))).findings}


@pytest.mark.parametrize("name", ["professional", "dependent", "secondary", "institutional", "dental"])
def test_sound_claim_has_no_situation(name):
    assert rules(getattr(samples, name)()) == set()


def lines(**changes):
    return samples.professional(charge_cents=12500, lines=(samples.line(1, 12500, **changes),))


CASES = {
    "AMBULANCE_TRIP_MISSING": lines(procedure="A0429"),
    "AMBULANCE_PLACES_MISSING": lines(procedure="A0429", ambulance=AmbulanceTrip("A", samples.Decimal(3))),
    "ANESTHESIA_MINUTES": lines(procedure="00142"),
    "DESCRIPTION_MISSING": lines(procedure="J3499"),
    "CLIA_MISSING": samples.professional(clia_number=""),
    "SERVICE_AFTER_FILE": lines(served_on=date(2026, 11, 21)),
    "VISIT_ADMISSION_MISSING": samples.professional(facility_code="21"),
    "PROPERTY_CLAIM_NUMBER_MISSING": samples.professional(subscriber=samples.SUBSCRIBER._replace(claim_filing="WC")),
    "RENDERING_IS_BILLING": samples.professional(providers=(samples.RENDERING._replace(id=samples.BILLING.id),)),
    "PAYER_RANK_REPEATED": samples.secondary(subscriber=samples.SUBSCRIBER._replace(sequence="P", payer=samples.SECOND_PAYER)),
    "ATTENDING_MISSING": samples.institutional(providers=()),
    "ADMITTING_DIAGNOSIS_MISSING": samples.institutional(diagnoses=samples.institutional().diagnoses[:1]),
    "ORIGINAL_NUMBER_MISSING": samples.professional(frequency="7"),
    "ACCIDENT_DATE_MISSING": samples.professional(accident_causes=("AA",), accident_state="IL"),
    "ACCIDENT_STATE_MISSING": samples.professional(accident_causes=("AA",)),
    "OTHER_COVERAGE_MISSING": samples.professional(subscriber=samples.SUBSCRIBER._replace(sequence="S")),
    "MEDICARE_SECONDARY_REASON": samples.professional(subscriber=samples.SUBSCRIBER._replace(sequence="S", claim_filing="MB")),
}


@pytest.mark.parametrize("rule", CASES)
def test_slip_is_named(rule):
    assert rule in rules(CASES[rule])


def test_insurers_own_number_settles_a_workers_compensation_claim():
    insured = samples.INSURED._replace(references=(Reference("Y4", "WC778"),))
    claim = samples.professional(subscriber=samples.SUBSCRIBER._replace(claim_filing="WC", party=insured))
    assert rules(claim) == set()


def test_ambulance_with_its_trip_and_places_is_sound():
    place = samples.BILLING.address
    claim = lines(procedure="A0429")._replace(
        ambulance=AmbulanceTrip("A", samples.Decimal(3)),
        providers=(Party("PW", address=place), Party("45", last_name="GENERAL HOSPITAL", address=place)),
    )
    assert not rules(claim) & {"AMBULANCE_TRIP_MISSING", "AMBULANCE_PLACES_MISSING"}


def test_two_claims_of_one_number_are_named():
    written = x12.write_claims([samples.professional(), samples.professional()], samples.ENVELOPE)
    assert [finding.rule for finding in x12.check(written).findings] == ["CLAIM_NUMBER_REPEATED"]


def test_decision_of_a_payer_that_the_claim_does_not_have_is_named():
    assert "DECIDING_PAYER_UNKNOWN" in rules(samples.secondary(), lambda written: written.replace(b"SVD*99999*", b"SVD*77777*"))
