"""`cleanclaim simulate`: a payer answers a file: claims by TA1, 999, 277CA and an 835 for each payer, questions by 271 or 277."""

from __future__ import annotations

import argparse
import json
import tomllib
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanclaim.kernel.dates import parse_date
from cleanclaim.kernel.errors import UnreadableInput

if TYPE_CHECKING:
    from cleanclaim.simulator import Answers, Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's words and switches."""
    parser.add_argument("file", metavar="FILE.837", help="claims (X12 837P, 837I, 837D) or questions (270, 276)")
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="the folder that the answers are written to")
    parser.add_argument("--plans", metavar="FILE", help="what each payer covers: a list of plans in JSON, or [[plans]] in TOML")
    parser.add_argument("--state", metavar="FILE", help="what the payer remembers between runs (default: nothing)")
    parser.add_argument("--on", metavar="DATE", help="the payer's day, CCYY-MM-DD (default: today)")
    parser.add_argument("--json", action="store_true", help="print JSON alone")


def run(args: argparse.Namespace) -> int:
    """Answer the file; exit 1 when the payer rejected the file or a claim of it."""
    from cleanclaim.simulator import Payer, PayerState, default_plans
    from cleanclaim.simulator.folder import write_answers

    path = Path(args.file)
    content = path.read_bytes()
    at = datetime.combine(parse_date(args.on), time(9), tzinfo=UTC) if args.on else datetime.now(UTC)
    state = PayerState.read(Path(args.state)) if args.state else PayerState()
    plans = _plans(Path(args.plans)) if args.plans else default_plans(content)
    payer = Payer(plans, memories=state.memories, control_number=state.control_number)
    answers = payer.answer(content, at=at)
    if not (answers.ta1 or answers.functional or answers.claim_acknowledgements):
        raise UnreadableInput(f"{path.name}: there is no interchange in it that a payer could answer.")
    written = write_answers(answers, Path(args.output), path.stem)
    if args.state:
        PayerState.of(payer).write(Path(args.state))
    answer = _answer(path.name, answers, written)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print(answer)
    return 0 if answer["accepted"] and not answers.rejected else 1


def _plans(path: Path) -> list[Plan]:
    from cleanclaim.simulator import plan_from_json

    try:
        text = path.read_text(encoding="utf-8")
        facts = tomllib.loads(text).get("plans") if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise UnreadableInput(f"{path.name} holds no plans: {wrong}.") from None
    if not isinstance(facts, list) or not all(isinstance(item, dict) for item in facts):
        raise UnreadableInput(f"{path.name} holds no list of plans.")
    return [plan_from_json(item) for item in facts]


def _answer(name: str, answers: Answers, written: list[Path]) -> dict[str, Any]:
    return {
        "file": name,
        "accepted": bool(answers.claim_acknowledgements or answers.eligibility or answers.statuses),
        "written": [str(path) for path in written],
        "rejected": list(answers.rejected),
        "claims": [
            {
                "patient_control_number": payment.patient_control_number, "status": payment.status,
                "payer_claim_control_number": payment.payer_claim_control_number, "charge_cents": payment.charge_cents,
                "paid_cents": payment.paid_cents, "patient_responsibility_cents": payment.patient_responsibility_cents,
            }
            for payment in answers.decisions
        ],
    }  # fmt: skip


def _print(answer: dict[str, Any]) -> None:
    from cleanclaim.kernel.money import Money

    if not answer["accepted"]:
        print(f"{answer['file']}: the payer did not take the file; the 999 and TA1 say why.")
    for claim in answer["claims"]:
        print(f"{claim['patient_control_number']:<20} status {claim['status']:<2} charge {Money(claim['charge_cents']):>10} paid {Money(claim['paid_cents']):>10}"
              f" patient {Money(claim['patient_responsibility_cents']):>9}  {claim['payer_claim_control_number']}")  # fmt: skip
    for number in answer["rejected"]:
        print(f"{number:<20} rejected (277CA)")
    for path in answer["written"]:
        print(path)
