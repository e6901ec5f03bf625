"""Claims and payments at the command line as a biller reads them: every plain answer, and JSON alone on standard output."""

from __future__ import annotations

import json

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.cli.main import main
from cleanclaim.kernel.money import Money
from cleanclaim.practice.claims.models import Claim
from cleanclaim.practice.workflow.actions import drain
from practice import visit_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def claim(system):
    place = cast.clinic(system)
    who = cast.patient(system)
    cast.coverage(system, who, place.granite)
    cast.coded_visit(system, place, who)
    drain(by=system)
    return Claim.objects.of(system.practice_id).get()


@pytest.fixture
def files(tmp_path):
    claims = tmp_path / "one.837"
    claims.write_bytes(x12.write_claims([samples.professional()], samples.ENVELOPE))
    paid = tmp_path / "one.835"
    paid.write_bytes(x12.write_remittances([samples.advice()], samples.ENVELOPE))
    return claims, paid


def test_a_claim_is_shown_line_by_line(claim, capsys):
    assert main(["claims", "show", claim.patient_control_number]) == 0
    said = capsys.readouterr().out
    assert f"Claim {claim.patient_control_number}" in said
    assert "charge                         $195.00" in said
    assert "line 1: 99213 $150.00, paid $0.00" in said
    assert main(["claims", "show", claim.patient_control_number, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["charge_cents"] == 195_00


def test_claims_are_listed_and_what_is_wrong_is_one_sentence(claim, capsys):
    assert main(["claims", "list"]) == 0
    assert "$195.00" in capsys.readouterr().out
    assert main(["claims", "list", "--status", "paid"]) == 0
    assert claim.patient_control_number not in capsys.readouterr().out
    for words, code, says in (
        (["claims", "list", "--status", "lost"], 2, "A claim is one of"),
        (["claims", "show", "999"], 1, "No claim"),
        (["claims", "show"], 2, "Name one"),
        (["claims", "import"], 2, "Name the 837"),
    ):
        assert main(words) == code
        said = capsys.readouterr()
        assert said.out == ""
        assert says in said.err
        assert said.err.count("\n") == 1


def test_a_file_that_breaks_off_or_says_a_claim_twice_says_so(system, tmp_path, capsys):
    one, other = samples.professional(), samples.professional()._replace(patient_control_number="ANOTHER-1")
    content = x12.write_claims([one, other], samples.ENVELOPE)
    (tmp_path / "cut.837").write_bytes(content[: content.index(b"ANOTHER-1") - 8])
    assert main(["claims", "import", "--json", str(tmp_path / "cut.837")]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["imported"] == 1
    assert ["breaks off" in row["why"] for row in said["skipped"]] == [True]
    (tmp_path / "twice.837").write_bytes(x12.write_claims([other, other], samples.ENVELOPE))
    assert main(["claims", "import", "--json", str(tmp_path / "twice.837")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["imported"], [row["why"] for row in said["skipped"]]) == (1, ["It stands in the file twice."])


def test_a_switch_stands_before_or_behind_the_verb(claim, files, capsys):
    for words in (["claims", "import", "--json", str(files[0])], ["claims", "--json", "import", str(files[0])]):
        assert main(words) == 0
        assert json.loads(capsys.readouterr().out)["file"] == str(files[0])
    number = claim.patient_control_number
    for words in (["show", "--json", number], ["show", number, "--json"], ["--json", "show", number]):
        assert main(["claims", *words]) == 0
        assert json.loads(capsys.readouterr().out)["patient_control_number"] == number
    for words in (["list", "--practice", "nowhere"], ["--practice", "nowhere", "list"]):
        assert main(["claims", *words]) == 1


def test_claims_are_taken_over_and_their_payment_posted(system, files, capsys):
    claims, paid = files
    assert main(["claims", "import", str(claims)]) == 0
    assert "1 claims imported, 0 skipped" in capsys.readouterr().out
    assert main(["claims", "import", str(claims)]) in {0, 1}
    assert "0 claims imported" in capsys.readouterr().out
    code = main(["post", str(paid)])
    said = capsys.readouterr().out
    assert code in {0, 1}
    assert f"deposit {Money(samples.advice().header.paid_cents):$}" in said
    assert main(["post", str(paid)]) == 1
    assert "duplicate" in capsys.readouterr().out
    assert main(["post", str(paid), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["posted"] == []


@pytest.mark.parametrize("content", [b"", b"no X12 here", b"ISA*00*", b"\x00\xff" * 4000])
def test_a_file_that_is_no_remittance_is_refused_once_and_in_words(content, system, tmp_path, capsys):
    strange = tmp_path / "strange.835"
    strange.write_bytes(content)
    assert main(["post", str(strange)]) == 2
    said = capsys.readouterr()
    assert said.err.count("refused") == 1
    assert "$0.00" in said.out
    assert main(["post", str(strange), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["posted"] == []
    assert answer["refused"][0]["why"]


def test_the_books_and_the_chain_are_proven(claim, capsys):
    assert main(["ledger", "verify"]) == 0
    assert "0 unbalanced" in capsys.readouterr().out
    assert main(["audit", "verify"]) == 0
    assert "0 broken" in capsys.readouterr().out
    assert main(["doctor"]) in {0, 1}
    assert "books of" in capsys.readouterr().out


def test_a_folder_is_no_file(capsys, tmp_path):
    assert main(["x12", "check", str(tmp_path)]) == 2
    assert "is no file" in capsys.readouterr().err
    assert main(["x12", "check", str(tmp_path / "none")]) == 2
    assert "There is no file" in capsys.readouterr().err
