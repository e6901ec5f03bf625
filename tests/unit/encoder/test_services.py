"""Procedures, supplies and visits of small notes written for these tests."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim import encoder
from cleanclaim.documents.coding import Note, NoteContext

CONTEXT = NoteContext(date(2026, 11, 2))


def lines(text: str) -> set[str]:
    answer = encoder.suggest(Note(text), CONTEXT)
    return {
        "-".join((one.code, *one.modifiers)) + (f"x{one.units}" if one.units != 1 else "")
        for one in answer.suggestions
        if one.system != "icd10cm"
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Est pt 58M. POC A1c in office today 8.4.\nA/P: 1. T2DM with hyperglycemia, not at goal - increase metformin to 1000 BID.", {"99214", "83036"}),
        ("Urgent care, est pt 19M. Sore throat. Rapid strep POSITIVE (run here).\nAssessment: streptococcal pharyngitis. Plan: amoxicillin 500 mg BID.", {"99213", "87880"}),
        ("NURSE VISIT est 45M. Fluarix 0.5 mL IM L deltoid by RN. No provider.", {"90656", "90471"}),
        ("Nurse visit Medicare 72F: Fluzone High-Dose 0.5 IM L deltoid given by LPN.", {"90662", "G0008"}),
        ("Derm est 22F return for plantar wart tx only. 2 plantar warts R heel pared and frozen with LN2. Dx plantar warts.", {"17110"}),
        ("Psychotherapy LCSW office est 40F. Individual therapy 45 minutes, CBT. Dx: major depressive disorder, recurrent, moderate.", {"90834"}),
        ("CCM log Oct 2026, clinical staff 44 minutes total. Medicare 77M, HTN and COPD.", {"99490", "99439"}),
        ("PORTAL E-VISIT est 29F. Cumulative physician time over 7 days 14 minutes. Assessment: UTI. nitrofurantoin sent.", {"99422"}),
        ("Ortho est 68F scheduled bilateral knee injections only: each knee injected, triamcinolone 80 mg total. Dx bilateral primary OA knees.", {"20610-50", "J3301x8"}),
        ("Urgent care. Pt checked in for cough, triaged by MA. Left without being seen before provider evaluation.", set()),
    ],
)  # fmt: skip
def test_services_of_a_note(text: str, expected: set[str]) -> None:
    assert lines(text) == expected


def test_what_is_only_ordered_or_declined_is_left_out_and_says_why() -> None:
    answer = encoder.suggest(
        Note("FM est pt 61M, HTN stable.\nP: continue amlodipine 5 mg. EKG not needed today. Mammogram ordered.\n"), CONTEXT
    )
    assert not {"93000", "77067"} & {one.code for one in answer.suggestions}
    assert {"93000", "77067"} <= {one.code for one in answer.not_coded}


def test_time_decides_the_visit_when_it_supports_more() -> None:
    assert "99215" in lines(
        "Est pt 50F. Migraine, stable.\nA: migraine, stable. Plan: continue. Total time today 47 minutes spent by me on this date."
    )
