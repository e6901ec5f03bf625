"""Tenancy, encryption, blobs, numbers."""

import json
import stat
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from cleanclaim.kernel.errors import Conflict, NotFound, SettingsError
from cleanclaim.practice.foundation import blobs
from cleanclaim.practice.foundation.fields import blind_index, seal, unseal
from cleanclaim.practice.foundation.keys import KeyRing, rotate
from cleanclaim.practice.foundation.models import Counter, TenantRow
from cleanclaim.practice.foundation.numbers import next_number
from cleanclaim.practice.foundation.transactions import save_checked, transaction_for
from cleanclaim.practice.people.actions import add_site
from cleanclaim.practice.people.models import Site

GLOBAL_TABLES = {"Practice", "User"}


def _own_models():
    return [model for model in apps.get_models() if model.__module__.startswith("cleanclaim.practice")]


@pytest.mark.parametrize("model", _own_models(), ids=lambda model: model.__name__)
def test_every_table_belongs_to_a_practice(model):
    if model.__name__ in GLOBAL_TABLES:
        return
    assert issubclass(model, TenantRow)


@pytest.mark.parametrize("model", _own_models(), ids=lambda model: model.__name__)
def test_every_unique_rule_counts_within_a_practice(model):
    if model.__name__ in GLOBAL_TABLES:
        return
    for constraint in model._meta.constraints:
        if constraint.__class__.__name__ == "UniqueConstraint":
            assert "practice" in constraint.fields or any("practice" in str(e) for e in constraint.expressions), constraint.name
    for field in model._meta.fields:
        if field.unique and not field.primary_key:
            assert field.name == "public_id" or field.one_to_one, f"{model.__name__}.{field.name}"


def test_sealed_text_opens_and_tampering_is_refused():
    sealed = seal("Rosalind Okafor")
    assert "Okafor" not in sealed
    assert unseal(sealed) == "Rosalind Okafor"
    key, _, body = sealed.partition("$")
    with pytest.raises(SettingsError):
        unseal(f"{key}${'A' + body[1:] if body[0] != 'A' else 'B' + body[1:]}")


def test_a_blind_index_folds_case_and_spaces_and_tells_purposes_apart():
    assert blind_index(" Okafor ", "name") == blind_index("OKAFOR", "name")
    assert blind_index("Okafor", "name") != blind_index("Okafor", "phone")
    assert blind_index("  ", "name") == ""


def test_the_key_file_is_its_owners_alone():
    assert stat.S_IMODE(Path(settings.KEYS_PATH).stat().st_mode) == 0o600


def test_rotated_keys_still_open_old_values(tmp_path):
    path = tmp_path / "keys.json"
    key, sealed = KeyRing.at(path).encrypt(b"words", purpose=b"p")
    assert rotate(path) == "k2"
    ring = KeyRing.at(path)
    assert ring.current == "k2"
    assert ring.decrypt(key, sealed, purpose=b"p") == b"words"


def test_a_damaged_key_file_is_one_plain_sentence(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"current": "k1"}))
    with pytest.raises(SettingsError, match="key file"):
        KeyRing.at(path)


def test_a_blob_is_stored_once_encrypted_and_swept_when_unnamed():
    digest = blobs.put(b"ISA*00*the words of a file")
    assert blobs.put(b"ISA*00*the words of a file") == digest
    assert blobs.get(digest) == b"ISA*00*the words of a file"
    assert b"words" not in (Path(settings.HOME) / "blobs" / digest[:2] / digest[2:]).read_bytes()
    blobs.sweep([])
    with pytest.raises(NotFound):
        blobs.get(digest)


def test_numbers_grow_and_a_rollback_gives_them_back(practice):
    assert [next_number(practice.pk, "x") for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number(practice.pk, "x", count=10)
        raise ZeroDivisionError
    assert next_number(practice.pk, "x") == 4


def test_a_lost_race_is_a_conflict(system):
    site = add_site(name="Main", line1="1 Elm St", city="Barre", state="VT", zip_code="05641", by=system)
    mine, theirs = (Site.objects.of(system.practice_id).get(pk=site.pk) for _ in range(2))
    mine.phone = "802-555-0100"
    save_checked(mine)
    theirs.phone = "802-555-0199"
    with pytest.raises(Conflict):
        save_checked(theirs)


@pytest.mark.django_db
def test_a_name_that_somebody_took_at_the_same_moment_is_a_conflict_in_plain_words(system):
    next_number(system.practice_id, "receipt")
    with pytest.raises(Conflict, match="at the same moment"), transaction_for(system):
        Counter.objects.create(practice_id=system.practice_id, name="receipt")
    with pytest.raises(IntegrityError), transaction_for(system):
        Counter.objects.create(practice_id=system.practice_id, name=None)
