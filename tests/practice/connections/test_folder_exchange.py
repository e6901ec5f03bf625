"""Files out and in through a folder: once each, whole, retried when the folder is away."""

from pathlib import Path

import pytest

from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.connections import actions, queries
from cleanclaim.practice.foundation.models import Practice


@pytest.fixture
def partner(system, tmp_path):
    return actions.add_partner(
        name="Granite Exchange", location=str(tmp_path / "x"), sender_id="MAPLE", receiver_id="GRANITE", by=system
    )


def test_a_queued_file_is_delivered_once(system, partner):
    item = actions.enqueue(system, partner, "837P", b"ISA*one~", interchange=1, group=1)
    assert [sent.pk for sent in actions.deliver(system)] == [item.pk]
    assert actions.deliver(system) == []
    out = Path(partner.location) / "outbox"
    assert [path.read_bytes() for path in out.iterdir()] == [b"ISA*one~"]


def test_a_delivery_that_fails_stays_queued_with_its_reason(system, partner):
    Path(partner.location).write_text("a file where the folder should be")
    actions.enqueue(system, partner, "837P", b"ISA*two~", interchange=2, group=2)
    assert actions.deliver(system) == []
    waiting = queries.outbox(system.practice_id, state="queued")
    assert waiting[0].attempts == 1
    assert waiting[0].failure
    Path(partner.location).unlink()
    assert len(actions.deliver(system)) == 1


def test_the_same_content_under_another_name_arrives_once(system, partner):
    inbox = Path(partner.location) / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "a.835").write_bytes(b"ISA*answer~")
    (inbox / "b.835").write_bytes(b"ISA*answer~")
    taken = actions.collect(system)
    assert [item.file_name for item in taken] == ["a.835"]
    assert queries.content_of_inbox(system.practice_id, taken[0].public_id) == b"ISA*answer~"
    assert not list(inbox.iterdir())


def test_control_numbers_of_one_second_differ(system, partner):
    assert [actions.next_control_numbers(system, partner) for _ in range(2)] == [(1, 1), (2, 2)]


def test_a_training_practice_gets_no_production_partner(system, tmp_path):
    Practice.objects.filter(pk=system.practice_id).update(is_training=True)
    with pytest.raises(Refused):
        actions.add_partner(name="P", location=str(tmp_path), sender_id="AA", receiver_id="BB", by=system, is_production=True)
