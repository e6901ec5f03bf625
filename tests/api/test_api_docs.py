"""The worked example of docs/reference/api.md runs as it is printed; the page names what there is."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from api.conftest import token_for
from cleanclaim.api.described import description
from cleanclaim.practice.connections.actions import add_partner
from cleanclaim.simulator import Payer, default_plans
from practice import visit_cast as cast

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md"
SHELL = ("json", "x12", "doctor")


class Shell:
    """As much of a shell as the page needs: variables, three ways to call curl, jq's paths."""

    def __init__(self, **names: str) -> None:
        self.names, self.files, self.answers = dict(names), {}, []

    def run(self, line: str) -> None:
        caught = re.fullmatch(r"(\w+)=\$\((.+) \| jq -r (\S+)\)", line)
        if line.startswith("cleanclaim simulate"):
            answers = Payer(default_plans(self.files["one.837"])).answer(
                self.files["one.837"], at=datetime(2026, 11, 21, 9, tzinfo=UTC)
            )
            assert answers.remittances, answers.rejected
            self.files["answers/one.1.835"] = answers.remittances[0]
        elif caught:
            self.names[caught.group(1)] = str(self.found(self.call(caught.group(2)).json(), caught.group(3)))
        elif not re.match(r"\w+\(\) \{|DAY=", line):
            self.call(line)

    def found(self, value: Any, path: str) -> Any:
        for step in re.findall(r"\w+", path):
            value = value[int(step)] if step.isdigit() else value[step]
        return value

    def call(self, line: str) -> Any:
        line = line.replace("${AT%/api/v1}", "").replace(
            "$(echo $PATIENT | tr _ -)", self.names.get("PATIENT", "").replace("_", "-")
        )
        text = re.sub(r"\$(\w+)", lambda found: self.names[found.group(1)], line)
        words = shlex.split(text)
        who = words.pop(0)
        assert who in SHELL, line
        method, body, target, headers = (
            "",
            b"",
            "",
            {"Authorization": f"Bearer {self.names['DOCTOR' if who == 'doctor' else 'KEY']}"},
        )
        path = ""
        while words:
            word = words.pop(0)
            if word == "-X":
                method = words.pop(0)
            elif word == "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = words.pop(0).encode()
            elif word == "--data-binary":
                body = self.files[words.pop(0).removeprefix("@")]
            elif word == "-o":
                target = words.pop(0)
            else:
                path = word
        kind = "application/edi-x12" if who == "x12" else "application/json"
        answer = Client(SERVER_NAME="localhost").generic(
            method or ("POST" if body else "GET"), path, data=body, content_type=kind, headers=headers
        )
        assert answer.status_code < 300, (line, answer.content)
        if target:
            self.files[target] = answer.content
        self.answers.append(answer)
        return answer


@pytest.mark.django_db
def test_the_worked_example_runs_as_it_is_printed(system, tmp_path):
    cast.clinic(system)
    add_partner(name="Clearing", location=str(tmp_path / "partner"), sender_id="MAPLE", receiver_id="CLEAR", by=system)
    shell = Shell(
        AT="/api/v1",
        DAY="2026-11-20",
        KEY=token_for(system, "front_desk", "coder", "biller", "manager"),
        DOCTOR=token_for(system, "provider"),
    )
    lines = [
        line
        for block in re.findall(r"```sh\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        for line in block.splitlines()
        if line
    ]
    assert len(lines) > 20
    for line in lines:
        shell.run(line)
    assert int(shell.names["PAID"]) > 0
    account = shell.answers[-2].json()["summary"]
    assert len(shell.answers[-1].json()["entry"]) == 1
    assert account["insurance_cents"] == 0
    posted = next(answer.json() for answer in shell.answers if "ties" in answer.content.decode())
    assert posted["ties"] is True
    assert posted["posted_cents"] == int(shell.names["PAID"])


def test_the_page_names_addresses_that_there_are():
    known = {re.sub(r"\{\w+\}", "*", path) for path in description()["paths"]}
    for path in re.findall(r'"\$AT(/[^"?]+)', PAGE.read_text(encoding="utf-8")):
        assert "/api/v1" + re.sub(r"\$\w+", "*", path) in known, path
