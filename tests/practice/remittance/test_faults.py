"""Every SQL statement and every file write of a posting fails once, in turn: the state is that of before, and the retry succeeds."""

import os
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.db import OperationalError, connection

from cleanclaim.practice.claims.importing import import_claims
from cleanclaim.practice.claims.models import Claim, ClaimLine
from cleanclaim.practice.remittance.posting import post_remittance_file
from cleanclaim.practice.remittance.queries import posted_totals
from cleanclaim.practice.workflow.proof import verify
from golden.money.writing import advice, answer, claim, claims_file, paid_line, remittance_file

pytestmark = pytest.mark.django_db


def _state():
    """The number of rows of every table, and every amount of every claim and line."""
    own = [model for model in apps.get_models() if model.__module__.startswith("cleanclaim.practice")]
    counts = {model.__name__: model._default_manager.count() for model in own}
    claims = list(
        Claim._default_manager.order_by("id").values_list(
            "status", "queue", "insurance_balance_cents", "patient_balance_cents", "version"
        )
    )
    lines = list(ClaimLine._default_manager.order_by("id").values_list("held", "paid_cents", "denied_cents"))
    return counts, claims, lines


class Failing:
    def __init__(self, at):
        self.at = at
        self.seen = 0

    def __call__(self, execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:
            self.seen += 1
            if self.seen == self.at:
                raise OperationalError("the disk is full")
        return execute(sql, params, many, context)


@pytest.fixture
def era(system):
    import_claims(content=claims_file(*(claim(f"F{n}", [("99214", 20000)]) for n in range(3))), by=system)
    line = paid_line("99214", 20000, 9600, [("CO", "45", 8000), ("PR", "2", 2400)])
    lost = answer("NOBODY", [paid_line("99213", 11100, 5000, [("CO", "45", 6100)])])
    post_remittance_file(
        content=remittance_file(advice([answer("F0", [line], icn="I0")], trace="FIRST")), file_name="first.835", by=system
    )
    back = paid_line("99214", -20000, -9600, [("CO", "45", -8000), ("PR", "2", -2400)])
    denied = paid_line("99214", 20000, 0, [("CO", "16", 20000)])
    answers = [answer("F0", [back], status="22", icn="I0"), answer("F1", [line]), answer("F2", [denied], status="4"), lost]
    return remittance_file(
        advice(answers, plb=[("L6", "INT", -325), ("WO", "I9", 500)], trace=f"SECOND{uuid.uuid4().hex[:8].upper()}")
    )


def _post(era, system):
    return post_remittance_file(content=era, file_name="second.835", by=system)


def test_every_statement_fails_once(system, era):
    before = _state()
    at = 0
    while True:
        at += 1
        failing = Failing(at)
        try:
            with connection.execute_wrapper(failing):
                done = _post(era, system)
        except OperationalError:
            assert _state() == before, at
            continue
        break
    assert at > 40
    assert failing.seen == at - 1
    totals = posted_totals(system.practice_id, done.remittances)
    assert totals.ties
    assert not [name for name, broken in verify(system.practice_id).invariants if broken]


@pytest.mark.parametrize("what", ["open", "fsync", "replace"])
def test_every_file_write_fails_once(system, era, monkeypatch, what):
    before = _state()
    with monkeypatch.context() as broken:

        def fail(*_args, **_kwargs):
            raise OSError(28, "No space left on device")

        if what == "replace":
            broken.setattr(Path, "replace", fail)
        else:
            broken.setattr(os, what, fail)
        with pytest.raises(OSError):
            _post(era, system)
    assert _state() == before
    assert _post(era, system).remittances
    assert not [name for name, broken in verify(system.practice_id).invariants if broken]
