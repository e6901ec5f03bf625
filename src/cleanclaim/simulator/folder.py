"""The payer at the far end of a folder: takes the files that wait in `outbox/`, puts its answers into `inbox/`, remembers in one file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from cleanclaim import x12
from cleanclaim.kernel.errors import UnreadableInput
from cleanclaim.kernel.money import Rate
from cleanclaim.simulator.payer import Answers, Payer
from cleanclaim.simulator.plans import Memory, Plan


class PayerState(NamedTuple):
    """What a payer remembers between runs: its memory of each plan and the last control number that it gave."""

    memories: Mapping[str, Memory] = MappingProxyType({})
    control_number: int = 0

    @classmethod
    def read(cls, path: Path) -> PayerState:
        """Read the state of an earlier run; a file that is not there is a payer's first day. Raises UnreadableInput."""
        if not path.exists():
            return cls()
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            memories = {str(name): Memory.from_json(kept) for name, kept in facts["memories"].items()}
            return cls(memories, int(facts["control_number"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnreadableInput(f"{path.name} holds no state of a simulated payer.") from None

    @classmethod
    def of(cls, payer: Payer) -> PayerState:
        """Take the state of a payer as it is now."""
        return cls(dict(payer.memories), payer.control_number)

    def write(self, path: Path) -> None:
        """Keep the state; the old file is replaced whole."""
        facts = {
            "control_number": self.control_number,
            "memories": {name: memory.as_json() for name, memory in self.memories.items()},
        }
        draft = path.with_name(f".{path.name}.part")
        draft.write_text(json.dumps(facts, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(path)


def default_plans(content: bytes) -> list[Plan]:
    """Make a usual plan for every payer that a file names: 60% of the charge allowed, 20% coinsurance, a copay of 20.00 for visits.

    A payer that comes second pays what the first left to the patient; Medicaid never more than its own allowed amount.
    """
    named: dict[str, Plan] = {}
    for claim in x12.read_claims(content):
        payer = claim.subscriber.payer
        second = "lesser-of" if claim.subscriber.claim_filing == "MC" else "patient-share"
        named.setdefault(
            payer.id, Plan(payer.id, payer.last_name or payer.id, coinsurance=Rate("0.2"), copay_cents=2000, second=second)
        )
    return list(named.values())


def write_answers(answers: Answers, place: Path, name: str) -> list[Path]:
    """Write the files of an answer, named after the file that they answer; returns them in the order in which a payer sends them."""
    parts = [(".ta1", answers.ta1), (".999", answers.functional), (".277ca", answers.claim_acknowledgements)]
    parts += [(".271", answers.eligibility), (".277", answers.statuses)]
    parts += [(f".{number}.835", content) for number, content in enumerate(answers.remittances, start=1)]
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for ending, content in parts:
        if content:
            path = place / f"{name}{ending}"
            draft = place / f".{name}{ending}.part"
            draft.write_bytes(content)
            draft.replace(path)
            written.append(path)
    return written


class FolderPayer:
    """A payer that serves one folder of the folder transport. What it took moves to `taken/`; its state stands in `payer.json`."""

    def __init__(self, folder: Path, plans: Iterable[Plan]) -> None:
        self.folder = folder
        state = PayerState.read(folder / "payer.json")
        self.payer = Payer(plans, memories=state.memories, control_number=state.control_number)

    def serve(self, *, at: datetime, paid_on: date | None = None) -> list[Path]:
        """Answer every file that waits; returns the files put into the inbox. A second call finds nothing and does nothing."""
        written: list[Path] = []
        outbox, taken = self.folder / "outbox", self.folder / "taken"
        waiting = (
            sorted(path for path in outbox.iterdir() if path.is_file() and not path.name.startswith(".")) if outbox.is_dir() else []
        )
        for path in waiting:
            answers = self.payer.answer(path.read_bytes(), at=at, paid_on=paid_on)
            written += write_answers(answers, self.folder / "inbox", path.stem)
            PayerState.of(self.payer).write(self.folder / "payer.json")
            taken.mkdir(exist_ok=True)
            path.replace(taken / path.name)
        return written
