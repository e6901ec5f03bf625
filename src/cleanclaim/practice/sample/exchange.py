"""The far end of the folder connection: the simulated payers take what was delivered and answer when their day comes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cleanclaim.documents import ClaimPayment, Party
from cleanclaim.practice.sample.cast import plans
from cleanclaim.simulator import Memory, Payer


class Answered(NamedTuple):
    """What the payers made of the files that they found: remittances that will go out later, and decisions by control number."""

    remittances: tuple[tuple[str, bytes], ...]
    decisions: dict[str, ClaimPayment]
    payees: dict[str, Party]


class Exchange:
    """Takes files from the folder's outbox and puts acknowledgements and remittances into its inbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._memory = folder / "payers.json"
        kept = json.loads(self._memory.read_text(encoding="utf-8")) if self._memory.exists() else {}
        self.payer = Payer(plans(), memories={name: Memory.from_json(facts) for name, facts in kept.items()})

    def answer(self, *, at: datetime) -> Answered:
        """Acknowledge every delivered file at once; the remittances are returned, to be put out on their day."""
        from cleanclaim import x12

        remittances: list[tuple[str, bytes]] = []
        decisions: dict[str, ClaimPayment] = {}
        payees: dict[str, Party] = {}
        for path in sorted((self.folder / "outbox").glob("*.x12")):
            content = path.read_bytes()
            answers = self.payer.answer(content, at=at)
            for kind, answer in (("ta1", answers.ta1), ("999", answers.functional), ("277ca", answers.claim_acknowledgements)):
                if answer:
                    self.put(f"{path.stem}.{kind}", answer)
            remittances += [(f"{path.stem}.{number}.835", answer) for number, answer in enumerate(answers.remittances, 1)]
            for claim in x12.read_claims(content):
                payees[claim.patient_control_number] = claim.billing
            decisions |= {payment.patient_control_number: payment for payment in answers.decisions}
            taken = self.folder / "taken"
            taken.mkdir(exist_ok=True)
            path.replace(taken / path.name)
        self.remember()
        return Answered(tuple(remittances), decisions, payees)

    def put(self, name: str, content: bytes) -> None:
        """Put a file into the inbox."""
        inbox = self.folder / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        draft = inbox / f".{name}"
        draft.write_bytes(content)
        draft.replace(inbox / name)

    def remember(self) -> None:
        """Keep what the payers know for the next time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        facts = {name: memory.as_json() for name, memory in self.payer.memories.items()}
        self._memory.write_text(json.dumps(facts), encoding="utf-8")
