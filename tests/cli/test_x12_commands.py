"""`cleanclaim x12` as its users type it: every verb, files and standard input, JSON and plain, good files and bad ones."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.cli.main import main
from cli.program import cleanclaim

GOOD = x12.write_claims([samples.professional(), samples.dependent()], samples.ENVELOPE)
ADVICE = x12.write_remittances([samples.advice()], samples.ENVELOPE)
BAD = GOOD.replace(b"N3*12 MAPLE ST~", b"").replace(b"CLM*1002*175.5", b"CLM*1002*100")


@pytest.fixture
def said(capsysbinary, monkeypatch):
    def run(*words, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(["x12", *map(str, words)])
        out, err = capsysbinary.readouterr()
        assert b"Traceback" not in err
        return code, out, err.decode()

    return run


@pytest.fixture
def file(tmp_path):
    def make(content, name="one.837"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def test_check_says_what_a_file_adds_up_to(said, file):
    code, out, _ = said("check", file(GOOD))
    assert code == 0
    assert b"well formed, valid" in out
    assert b"837P 005010X222A1 0001: valid, 2 claims, 4 lines, charge 351.00" in out


def test_check_answers_one_json_value_a_file_in_their_order(said, file):
    code, out, _ = said("check", "--json", file(GOOD), file(BAD, "bad.837"), file(ADVICE, "one.835"))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [[item["set"] for item in answer["transactions"]] for answer in answers] == [["837P"], ["837P"], ["835"]]
    assert [answer["transactions"][0]["valid"] for answer in answers] == [True, False, True]
    finding = next(finding for finding in answers[1]["findings"] if finding["rule"] == "CLAIM_TOTAL_DIFFERS")
    assert {"rule", "level", "severity", "segment", "start", "end", "path", "element", "value", "code", "says"} <= set(finding)
    assert BAD[finding["start"] : finding["end"]].startswith(b"CLM*1002*100")


def test_check_reads_standard_input(said):
    code, out, _ = said("check", "-", "--json", stdin=GOOD)
    assert (code, json.loads(out)["transactions"][0]["claims"]) == (0, 2)


@pytest.mark.parametrize("content", [b"", b"this is no X12 at all", b"\x00\xff\xfe" * 40, "ISA*00*".encode("utf-16")])
@pytest.mark.parametrize("verb", ["check", "show", "ack", "rewrite", "split", "mask"])
def test_what_is_no_x12_is_unreadable_input(said, file, content, verb):
    assert said(verb, file(content))[0] == 2


@pytest.mark.parametrize("verb", ["check", "show", "ack", "rewrite", "split", "mask"])
def test_absent_file_gets_one_sentence(said, tmp_path, verb):
    code, _, err = said(verb, tmp_path / "absent")
    assert code == 2
    assert err.count("\n") == 1
    assert "absent" in err


def test_absent_file_among_others_does_not_stop_them(said, file, tmp_path):
    code, out, err = said("check", "--json", tmp_path / "absent", file(GOOD))
    assert code == 2
    assert "absent" in err
    assert [json.loads(line)["transactions"][0]["claims"] for line in out.splitlines()] == [2]


def test_show_prints_typed_documents(said, file):
    code, out, _ = said("show", "--json", file(GOOD))
    claims = json.loads(out)
    assert code == 0
    assert [claim["patient_control_number"] for claim in claims] == ["1001", "1002"]
    assert claims[0]["document"] == "Claim"
    assert claims[0]["lines"][1]["served_on"] == "2026-11-02"
    assert json.loads(said("show", file(ADVICE))[1].split(b"\n}\n")[0] + b"}")["document"] == "RemittanceHeader"


def test_ack_answers_a_good_file_and_a_bad_one(said, file, tmp_path):
    code, out, _ = said("ack", file(GOOD))
    assert code == 0
    assert b"AK9*A*1*1*1~" in out
    code, out, _ = said("ack", file(BAD), "-o", tmp_path / "answer.999", "--claims", "--control-number", "77")
    assert (code, out) == (1, b"")
    answer = (tmp_path / "answer.999").read_bytes()
    assert b"IK3*N3*" in answer
    assert b"*000000077*" in answer
    assert b"ST*277*" not in answer  # what the 999 refuses has no word on its claims


def test_ack_answers_each_claim_where_the_structure_stands(said, file):
    unbalanced = file(GOOD.replace(b"CLM*1002*175.5", b"CLM*1002*100"))
    out = said("ack", unbalanced, "--claims", "--control-number", "77")[1]
    assert b"AK9*A*1*1*1~" in out
    assert b"*000000078*" in out  # the 277CA is an interchange of its own
    assert b"STC*A2:20:PR*" in out
    assert b"STC*A7:21*" in out


def test_ack_in_json_has_each_answer_apart(said, file):
    answer = json.loads(said("ack", "--json", "--claims", file(GOOD))[1])
    assert answer["accepted"] is True
    assert "ST*999*" in answer["functional"]
    assert "ST*277*" in answer["claims"]


def test_control_number_beyond_nine_digits_is_refused(said, file):
    code, _, err = said("ack", file(GOOD), "--control-number", "1000000000")
    assert code == 2
    assert "control number" in err


def test_rewrite_gives_the_same_bytes(said, file, tmp_path):
    odd = GOOD.replace(b"~", b"~\r\n")
    assert said("rewrite", file(odd)) == (0, odd, "")
    assert said("rewrite", "-", stdin=odd)[1] == odd
    assert json.loads(said("rewrite", "--json", file(odd))[1])["content"] == odd.decode()
    out = said("rewrite", "--json", file(odd), "-o", tmp_path / "out")[1]
    assert json.loads(out)["bytes"] == len(odd)
    assert (tmp_path / "out").read_bytes() == odd


def test_output_is_never_the_input(said, file):
    path = file(GOOD)
    code, _, err = said("mask", path, "-o", path)
    assert code == 2
    assert "another file" in err
    assert path.read_bytes() == GOOD


def test_mask_hides_people_and_keeps_the_file_valid(said, file):
    code, out, _ = said("mask", file(GOOD), "--key", "one")
    assert code == 0
    assert b"FICTION" not in out
    assert b"ABC123456" not in out
    assert x12.check(out).is_valid
    assert said("mask", file(GOOD), "--key", "one")[1] == out
    assert said("mask", file(GOOD), "--key", "two")[1] != out


def test_several_files_are_written_into_a_folder(said, file, tmp_path):
    folder = tmp_path / "masked"
    code, _, _ = said("mask", file(GOOD), file(ADVICE, "one.835"), "-o", folder, "--key", "k")
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["one.835", "one.837"]
    assert all(x12.check(path.read_bytes()).is_valid for path in folder.iterdir())


def test_split_writes_a_whole_file_per_transaction(said, file, tmp_path):
    both = x12.write_claims([samples.professional(), samples.institutional()], samples.ENVELOPE)
    code, out, _ = said("split", "--json", file(both), "-o", tmp_path / "parts")
    written = json.loads(out)
    assert code == 0
    assert len(written) == 2
    for item in written:
        checked = x12.check(Path(item["file"]).read_bytes())
        assert checked.is_valid
        assert len(checked.transactions) == 1


def test_partner_rules_are_held_against_a_file(said, file, tmp_path):
    guide = tmp_path / "plan.json"
    guide.write_text(json.dumps({
        "name": "EXAMPLE HEALTH PLAN",
        "rules": [{"segment": "2300/REF", "where": {"1": ["G1"]}, "demand": "require", "says": "Ask for an authorization first."}],
    }))  # fmt: skip
    code, out, _ = said("check", "--json", "--partner", guide, file(GOOD))
    found = json.loads(out)["findings"]
    assert code == 1
    assert [(item["rule"], item["level"], item["says"]) for item in found] == [
        ("PARTNER_REQUIRES", 7, "Ask for an authorization first.")
    ] * 2


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"name": "A", "rules": [{"segment": "nonsense", "demand": "require"}]}',
                                     '{"name": "A", "rules": [{"segment": "REF", "demand": "pattern", "element": 1, "pattern": "("}]}'])  # fmt: skip
def test_broken_companion_guide_gets_a_sentence(said, file, tmp_path, content):
    guide = tmp_path / "plan.json"
    guide.write_text(content)
    code, _, err = said("check", "--partner", guide, file(GOOD))
    assert code == 2
    assert "companion guide" in err


def test_command_stands_on_its_own(tmp_path, file):
    done = cleanclaim("x12", "check", str(file(GOOD)), "--json", home=tmp_path)
    assert (done.code, done.json["transactions"][0]["claims"]) == (0, 2)
    wrong = cleanclaim("x12", "check", home=tmp_path)
    assert wrong.code == 2
    assert "Traceback" not in wrong.err
