"""The keys and exit codes that integrators rely on, command by command: more keys may come, none of these goes."""

from __future__ import annotations

import io
import json
import sys

import pytest

import x12_samples as samples
from cleanclaim import x12
from cleanclaim.cli.main import main

NOTE = "Assessment: Type 2 diabetes mellitus. Essential hypertension. No chest pain.\nPlan: continue metformin, lisinopril. Return in 3 months.\n"
CLAIM_KEYS = {
    "patient_control_number", "status", "payer_claim_control_number", "charge_cents", "insurance_paid_cents", "contractual_cents",
    "patient_responsibility_cents", "patient_paid_cents", "other_write_off_cents", "insurance_balance_cents", "patient_balance_cents",
    "denied_cents", "next_payer", "history", "lines",
}  # fmt: skip
LINE_KEYS = {
    "line",
    "procedure",
    "modifiers",
    "units",
    "charge_cents",
    "paid_cents",
    "contractual_cents",
    "patient_responsibility_cents",
    "denied_cents",
}


@pytest.fixture
def files(tmp_path):
    made = {
        "one.837": x12.write_claims([samples.professional()], samples.ENVELOPE),
        "one.835": x12.write_remittances([samples.advice()], samples.ENVELOPE),
        "bad.837": b"this is no X12",
        "note.txt": NOTE.encode(),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture
def said(capsys):
    def run(*words: str) -> tuple[int, list]:
        code = main([*words, "--json"])
        out = capsys.readouterr().out
        lines = out.splitlines()
        if len(lines) > 1 and not all(line[:1] in "[{" and line[-1:] in "]}" for line in lines):
            return code, [json.loads(out)]  # one value may stand on several lines
        return code, [json.loads(line) for line in lines]

    return run


def test_lookup(said, monkeypatch):
    code, (hits,) = said("lookup", "type 2 diabetes", "--on", "2026-11-01", "--limit", "5")
    assert code == 0
    assert len(hits) == 5
    assert set(hits[0]) >= {"system", "code", "title", "billable", "valid_from", "valid_to", "why"}
    assert "E11.9" in {hit["code"] for hit in hits[:2]}
    assert hits[0]["valid_to"] is None
    code, (hits,) = said("lookup", "99213", "--system", "cpt")
    assert [hit["code"] for hit in hits][:1] == ["99213"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"htn\n\nfx distal radius\n")))
    code, answers = said("lookup", "--stdin")
    assert code == 0
    assert len(answers) == 3
    assert [answers[0][0]["code"], answers[1]] == ["I10", []]
    assert main(["lookup", "x", "--on", "someday"]) == 2
    assert main(["lookup", "x", "--system", "snomed"]) == 2


def test_code(said, files, tmp_path):
    code, (answer,) = said("code", str(files / "note.txt"), "--on", "2026-11-01")
    assert code == 0
    assert set(answer) >= {"file", "suggestions", "not_coded", "em"}
    first = answer["suggestions"][0]
    assert set(first) >= {"system", "code", "title", "modifiers", "units", "confidence", "band", "reasons", "evidence"}
    assert set(first["evidence"][0]) >= {"start", "end", "text", "section", "assertion"}
    assert {item["code"] for item in answer["suggestions"]} >= {"E11.9", "I10"}
    proof = first["evidence"][0]
    assert NOTE[proof["start"] : proof["end"]] == proof["text"]
    assert all(set(item) >= {"text", "code", "why"} for item in answer["not_coded"])
    assert set(answer["em"]) >= {"level", "code", "problems", "data", "risk", "reasons"}
    (tmp_path / "context.json").write_text(json.dumps({"age_years": 61, "sex": "F"}))
    code, answers = said("code", str(files / "note.txt"), str(files / "note.txt"), "--context", str(tmp_path / "context.json"))
    assert (code, len(answers)) == (0, 2)
    assert main(["code", str(files / "none.txt")]) == 2


def test_scrub(said, files):
    code, (answer,) = said("scrub", str(files / "one.837"))
    assert code in {0, 1}
    assert set(answer) >= {"claims", "tables"}
    claim = answer["claims"][0]
    assert set(claim) >= {"patient_control_number", "findings"}
    assert all(set(item) >= {"rule", "severity", "where", "says", "source", "effective"} for item in claim["findings"])
    assert code == int(any(item["severity"] == "stop" for item in claim["findings"]))
    assert all(
        set(item) >= {"name", "release", "coverage"} and item["coverage"] in {"full", "seed", "none"} for item in answer["tables"]
    )
    assert main(["scrub", str(files / "bad.837")]) == 2


def test_x12(said, files, tmp_path, capsys):
    code, answers = said("x12", "check", str(files / "one.837"), str(files / "one.835"))
    assert (code, len(answers)) == (0, 2)
    assert set(answers[0]) >= {"file", "well_formed", "interchanges", "transactions", "findings"}
    assert set(answers[0]["interchanges"][0]) >= {"control_number", "sender", "receiver"}
    keys = {"set", "version", "control_number", "valid", "claims", "lines", "charge_cents", "paid_cents", "adjustment_cents"}
    assert set(answers[0]["transactions"][0]) >= keys
    assert [answer["transactions"][0]["set"] for answer in answers] == ["837P", "835"]
    code, (answer,) = said("x12", "check", str(files / "bad.837"))
    assert code in {1, 2}
    assert answer["well_formed"] is False
    finding = answer["findings"][0]
    assert set(finding) >= {"rule", "level", "severity", "segment", "start", "end", "path", "element", "value", "code", "says"}
    code, (shown,) = said("x12", "show", str(files / "one.837"))
    assert code == 0
    assert shown
    assert main(["x12", "ack", str(files / "one.837"), "-o", str(tmp_path / "ack.999"), "--claims"]) == 0
    assert b"ST*999" in (tmp_path / "ack.999").read_bytes()
    assert b"ST*277" in (tmp_path / "ack.999").read_bytes()


@pytest.mark.django_db(transaction=True)
def test_claims_and_post(said, files, system):
    code, (answer,) = said("claims", "import", str(files / "one.837"))
    assert (code, answer["imported"], answer["skipped"]) == (0, 1, [])
    number = samples.professional().patient_control_number
    code, (answer,) = said("claims", "import", str(files / "one.837"))
    assert set(answer["skipped"][0]) >= {"patient_control_number", "why"}
    code, (rows,) = said("claims", "list")
    assert [row["patient_control_number"] for row in rows] == [number]
    code, (answer,) = said("post", str(files / "one.835"))
    assert set(answer) >= {"posted", "exceptions", "duplicates", "refused", "provider_adjustments", "deposit_cents", "ties"}
    total = sum(row["paid_cents"] for row in answer["posted"]) + sum(row["amount_cents"] for row in answer["exceptions"])
    assert total - sum(row["amount_cents"] for row in answer["provider_adjustments"]) == answer["deposit_cents"]
    assert answer["ties"] is True
    assert all(set(row) >= {"patient_control_number", "amount_cents", "reason"} for row in answer["exceptions"])
    assert all(set(row) >= {"reason", "amount_cents", "reference"} for row in answer["provider_adjustments"])
    code, (again,) = said("post", str(files / "one.835"))
    assert (code, again["posted"], again["deposit_cents"]) == (1, [], 0)
    assert set(again["duplicates"][0]) >= {"file", "first_seen", "what"}
    code, (claim,) = said("claims", "show", number)
    assert set(claim) >= CLAIM_KEYS
    assert set(claim["lines"][0]) >= LINE_KEYS
    assert set(claim["history"][0]) >= {"on", "what", "source", "amount_cents"}
    parts = ("insurance_paid", "contractual", "patient_paid", "other_write_off", "insurance_balance", "patient_balance")
    assert claim["charge_cents"] == sum(claim[f"{name}_cents"] for name in parts)
    code, (books,) = said("ledger", "verify")
    assert (code, books["unbalanced"]) == (0, 0)
    assert all(set(item) >= {"name", "broken"} for item in books["invariants"])
    code, (chain,) = said("audit", "verify")
    assert (code, set(chain) >= {"rows", "broken", "anchor"}) == (0, True)
