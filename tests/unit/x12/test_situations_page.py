"""The page of balances and situations lists each rule of levels 3 and 4, and no other, as severe as it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).resolve().parents[3]


def rules_of_source():
    found = {}
    for path in (HERE / "src/cleanclaim/x12/implementations").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            if name == "_slip":
                found[call.args[0].value] = "warning"
            elif name == "Fault" and isinstance(call.args[1], ast.Constant) and call.args[1].value in {3, 4}:
                words = [ast.unparse(part) for part in (*call.args, *(keyword.value for keyword in call.keywords))]
                found[call.args[0].value] = "warning" if "WARNING" in words else "error"
    return found


def test_the_page_lists_each_rule_as_severe_as_it_is():
    listed = {}
    for line in (HERE / "docs/x12/situations.md").read_text().splitlines():
        names, severity = re.findall(r"`([A-Z_]+)`", line), re.search(r"\| (error|warning):", line)
        listed |= {name: severity[1] for name in names if severity}
    assert listed == rules_of_source()
