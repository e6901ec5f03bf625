"""The sample's run: every figure ties, every kind of case is in it, a second run changes nothing, an outside judge takes its claims."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from cleanclaim.practice.foundation.actions import found_practice
from cleanclaim.practice.journal.models import JournalEntry
from cleanclaim.practice.sample import run
from cleanclaim.practice.sample.cast import facts, visits

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def outcome(django_db_setup, django_db_blocker, tmp_path_factory):
    """One run for the whole module, in a transaction that is taken back."""
    from django.db import transaction

    home = tmp_path_factory.mktemp("sample")
    with django_db_blocker.unblock(), transaction.atomic():
        practice = found_practice(name=facts()["practice"]["name"], at=datetime(2026, 8, 20, 13, tzinfo=UTC))
        result = run(practice, home=home)
        again = run(practice, home=home)
        entries = JournalEntry.objects.of(practice.pk).count()
        kinds = set(JournalEntry.objects.of(practice.pk).values_list("kind", flat=True))
        yield result, again, home, entries, kinds
        transaction.set_rollback(True)


def test_every_figure_ties_to_the_ledger(outcome):
    result, _, _, entries, _ = outcome
    assert result.ties, result
    assert result.unbalanced == 0
    assert result.entries == entries
    assert result.charges_cents == result.payments_cents + result.adjustments_cents + result.balances_cents
    assert len(result.rows) == len(visits()) >= 24


def test_a_second_run_changes_nothing(outcome):
    assert outcome[0] == outcome[1]


def test_every_kind_of_case_is_in_it(outcome):
    result, _, _, _, _ = outcome
    states = {row.state for row in result.rows}
    assert {"paid", "partly_paid", "accepted", "signed"} <= states
    assert any(row.payer == "self-pay" and row.patient_paid_cents and row.patient_balance_cents for row in result.rows)
    assert any(row.insurance_balance_cents and row.state == "partly_paid" for row in result.rows), (
        "a denied line stays with the payer"
    )


def test_each_claim_file_is_accepted_by_an_outside_judge(outcome):
    pyx12_errors = pytest.importorskip("pyx12.error_handler")
    import pyx12.params
    import pyx12.x12n_document

    files = sorted((Path(outcome[2]) / "exchange" / "taken").glob("837P-*.x12"))
    assert len(files) >= 24
    for path in files:
        text = path.read_bytes().decode("ascii")
        said = io.StringIO()
        good = pyx12.x12n_document.x12n_document(pyx12.params.params(), io.StringIO(text), said, None, None)
        assert good, f"{path.name}: {said.getvalue()[:400]}"
    assert pyx12_errors


def test_notes_are_long_enough_to_be_notes():
    for visit in visits():
        assert 100 <= len(visit["text"].split()) <= 400, visit["note"]


def test_gold_codes_are_in_force_on_their_day():
    from cleanclaim import codesets

    store = codesets.open_store()
    for visit in visits():
        for code in visit["diagnoses"]:
            found = store.get("icd10cm", code, visit["on"])
            assert found is not None, (visit["note"], code)
            assert found.billable, (visit["note"], code)


def test_nothing_of_the_sample_stands_open_on_disk(outcome):
    blobs = [path.read_bytes() for path in (Path(settings.HOME) / "blobs").glob("??/*")]
    assert blobs
    assert not any(b"Carvalho" in blob or b"Beaudry" in blob for blob in blobs)
