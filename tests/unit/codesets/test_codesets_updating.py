"""A local server plays the official pages."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from codesets_official import RVU_HEAD, mue_file, ptp_file, rvu_line, zipped

from cleanclaim.cli.main import main
from cleanclaim.codesets import importing, updating
from cleanclaim.kernel.errors import CodeSetError

BASE = "/medicare/coding-billing"
PAIR = ("11111", "22222", "", "20200101", "*", "0", "Why")
PAGES = {
    f"{BASE}/icd-10-codes": '<a href="/files/zip/2027-code-descriptions-tabular-order.zip">2027</a> <a href="/files/zip/2026-code-descriptions-tabular-order.zip">',
    f"{BASE}/healthcare-common-procedure-system/quarterly-update": '<a href="/files/zip/july-2026-alpha-numeric-hcpcs-file.zip">July</a>',
    f"{BASE}/national-correct-coding-initiative-ncci-edits/medicare-ncci-procedure-procedure-ptp-edits": (
        '<a href="/license/ama?file=/files/zip/medicare-ncci-2026-q4-practitioner-ptp-edits-ccipra-v324r0-f1.zip">f1</a>'
    ),
    f"{BASE}/national-correct-coding-initiative-ncci-edits/medicare-ncci-medically-unlikely-edits": (
        '<a href="/files/zip/medicare-ncci-2026-q4-practitioner-services-mue-table.zip">Q4</a>'
        '<a href="/files/zip/medicare-ncci-2026-q3-practitioner-services-mue-table.zip">Q3</a>'
        '<a href="http://10.0.0.5/files/zip/medicare-ncci-2027-q1-practitioner-services-mue-table.zip">a machine inside</a>'
    ),
    "/medicare/payment/fee-schedules/physician/pfs-relative-value-files": '<a href="/medicare/payment/fee-schedules/physician/pfs-relative-value-files/rvu26d">D</a>',
    "/medicare/payment/fee-schedules/physician/pfs-relative-value-files/rvu26d": '<a href="/files/zip/rvu26d.zip">RVU26D</a>',
}
FILES = {
    "/files/zip/rvu26d.zip": zipped(PPRRVU2026_Oct_nonQPP__csv=RVU_HEAD + rvu_line("99213", work="1.31")),
    "/files/zip/medicare-ncci-2026-q4-practitioner-services-mue-table.zip": zipped(
        **{"MCR_MUE_PractitionerServices_Eff_10-01-2026__csv": mue_file([("99213", 2, "3 Date of Service Edit: Clinical", "x")])}
    ),
    "/files/zip/medicare-ncci-2026-q4-practitioner-ptp-edits-ccipra-v324r0-f1.zip": zipped(
        **{"ccipra-v324r0-f1__TXT": ptp_file([PAIR])}
    ),
}


class Official(BaseHTTPRequestHandler):
    broken = False

    def do_GET(self):
        page, file = PAGES.get(self.path), FILES.get(self.path)
        answer = page.encode() if page is not None else file
        if answer is not None and self.broken and file is not None:
            answer = b"<html>Please accept the licence</html>"
        self.send_response(403 if "hospital-outpatient" in self.path else 200 if answer is not None else 404)
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = HTTPServer(("127.0.0.1", 0), Official)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_plan_says_what_is_newer_held_or_behind_the_licence_page(path, site):
    offered = updating.offers(path, site)
    refused = {offer.table: offer.name for offer in offered if offer.state == "unread"}
    assert refused["opps"] == "the page answers with 403"
    plan = {offer.table: (offer.name, offer.state) for offer in offered if offer.state != "unread"}
    assert plan == {
        "icd10cm": ("2027-code-descriptions-tabular-order.zip", "held"),
        "hcpcs": ("july-2026-alpha-numeric-hcpcs-file.zip", "held"),
        "ncci": ("medicare-ncci-2026-q4-practitioner-ptp-edits-ccipra-v324r0-f1.zip", "licence"),
        "mue": ("medicare-ncci-2026-q4-practitioner-services-mue-table.zip", "newer"),
        "rvu": ("rvu26d.zip", "newer"),
    }


def test_an_update_is_one_step_and_is_taken_back_whole(path, site, file_hash):
    before = file_hash(path)
    report = updating.update(updating.offers(path, site, licensed=True), path, licensed=True)
    assert sorted(item.table for item in report.items if item.state == "imported") == ["mue", "ncci", "rvu"]
    assert len(importing.history(path)) == 1
    importing.undo(path)
    assert file_hash(path) == before


def test_a_licence_page_instead_of_a_file_changes_nothing(path, site, file_hash, monkeypatch):
    monkeypatch.setattr(Official, "broken", True)
    before = file_hash(path)
    with pytest.raises(CodeSetError, match="web page"):
        updating.update(updating.offers(path, site), path)
    assert file_hash(path) == before


def test_a_preview_fetches_lists_and_leaves_the_store_alone(path, site, file_hash, capsys):
    before = file_hash(path)
    assert main(["codesets", "update", "--store", str(path), "--site", site, "--preview", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sorted(item["table"] for item in told["preview"] if item["state"] == "imported") == ["mue", "rvu"]
    assert (told["added"], told["deleted"]) == ([], [])
    assert file_hash(path) == before
    assert importing.prepared(path) is None
    assert importing.history(path) == []


@pytest.mark.parametrize(
    ("name", "day"),
    [("2027-code-descriptions-tabular-order.zip", 20261001), ("april-1-2026-code-descriptions-tabular-order.zip", 20260401), ("rvu26d.zip", 20261001),
     ("26clabq4.zip", 20261001), ("dme26-b.zip", 20260401), ("dme26.zip", 20260101), ("october-2026-asp-pricing-file.zip", 20261001),
     ("zip-code-carrier-locality-file-updated-05-13-2026.zip", 20260513), ("current_article.zip", 0)],
)  # fmt: skip
def test_a_file_name_tells_its_first_day(name, day):
    assert updating.release_number(name) == day


def test_without_a_network_one_plain_sentence(path, capsys):
    assert main(["codesets", "update", "--store", str(path), "--site", "http://127.0.0.1:9"]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_the_command_shows_the_plan_and_imports_with_yes(path, site, capsys):
    assert main(["codesets", "update", "--store", str(path), "--site", site]) == 0
    assert "2 files are newer" in capsys.readouterr().out
    assert main(["codesets", "update", "--store", str(path), "--site", site, "--yes", "--json", "--no-search-index"]) == 0
    assert '"rvu"' in capsys.readouterr().out
    assert len(importing.history(path)) == 1
