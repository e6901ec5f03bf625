"""Files out and in through a folder: once each, whole, retried when the folder is away."""

from pathlib import Path

import pytest

from cleanclaim import plugins_api
from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.audit.models import AuditRow
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


class Courier:
    """A site's own transport, which may be out of order."""

    name = "courier"

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.here = [plugins_api.ReceivedFile("one.835", b"ISA*one~"), plugins_api.ReceivedFile("two.835", b"ISA*two~")]
        self.is_broken = False

    def deliver(self, location, file_name, content, settings):
        if self.is_broken:
            raise RuntimeError("secret words of the courier")
        self.sent.append((location, content))

    def waiting(self, location, settings):
        if self.is_broken:
            raise RuntimeError("secret words of the courier")
        return list(self.here)

    def set_aside(self, location, file_name, settings):
        self.here = [file for file in self.here if file.name != file_name]


def test_files_travel_by_a_transport_that_the_site_brought(system):
    partner = actions.add_partner(
        name="By courier", location="box 7", sender_id="MAPLE", receiver_id="GRANITE", transport="courier", by=system
    )
    item = actions.enqueue(system, partner, "837P", b"ISA*one~", interchange=1, group=1)
    assert actions.deliver(system) == []
    assert "not installed" in queries.outbox(system.practice_id, state="queued")[0].failure
    courier = Courier()
    with plugins_api.registered("connection", courier):
        assert [sent.pk for sent in actions.deliver(system)] == [item.pk]
        assert courier.sent == [("box 7", b"ISA*one~")]
        assert [row.file_name for row in actions.collect(system)] == ["one.835", "two.835"]
        assert actions.collect(system) == []


def test_one_partner_that_fails_holds_up_no_other_and_its_words_stay_out_of_our_books(system, partner):
    actions.add_partner(
        name="A courier", location="box 7", sender_id="MAPLE", receiver_id="GRANITE", transport="courier", by=system
    )
    broken = Courier()
    broken.is_broken = True
    inbox = Path(partner.location) / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "a.835").write_bytes(b"ISA*answer~")
    with plugins_api.registered("connection", broken):
        actions.enqueue(system, actions.add_partner(name="A courier", location="", sender_id="MAPLE", receiver_id="GRANITE", by=system), "837P",
                        b"ISA*x~", interchange=1, group=1)  # fmt: skip
        assert actions.deliver(system) == []
        assert queries.outbox(system.practice_id, state="queued")[0].failure == "RuntimeError"
        assert [row.file_name for row in actions.collect(system)] == ["a.835"]
    assert not AuditRow.objects.filter(facts__contains="secret").exists()


def test_a_file_that_cannot_be_read_is_left_and_the_others_are_taken(system, partner, monkeypatch):
    inbox = Path(partner.location) / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "a.835").write_bytes(b"ISA*a far too large answer~")
    (inbox / "b.835").write_bytes(b"ISA*answer~")
    monkeypatch.setattr("cleanclaim.practice.connections.folder.MAX_FILE_BYTES", 15)
    assert [row.file_name for row in actions.collect(system)] == ["b.835"]
    assert [path.name for path in inbox.iterdir()] == ["a.835"]


def test_control_numbers_of_one_second_differ(system, partner):
    assert [actions.next_control_numbers(system, partner) for _ in range(2)] == [(1, 1), (2, 2)]


def test_a_training_practice_gets_no_production_partner(system, tmp_path):
    Practice.objects.filter(pk=system.practice_id).update(is_training=True)
    with pytest.raises(Refused):
        actions.add_partner(name="P", location=str(tmp_path), sender_id="AA", receiver_id="BB", by=system, is_production=True)
