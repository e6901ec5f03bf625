"""What is owed on each line of a claim, and how one decision of a payer moves it: the legs of its entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cleanclaim.ledger import Account, Posting
from cleanclaim.ledger.accounts import PATIENT_MONEY, RECEIVABLE_FROM_PATIENTS
from cleanclaim.practice.claims.effects import POSTED_KINDS, Effect, EffectKind

_A = Account

ACCOUNT_OF: Final = {
    EffectKind.CONTRACTUAL: _A.CONTRACTUAL,
    EffectKind.SEQUESTRATION: _A.SEQUESTRATION,
    EffectKind.CAPITATION: _A.CAPITATION_WRITE_OFF,
}
"""Where each kind of write-off goes."""


@dataclass
class LineBalance:
    """What is owed on a line: by each payer that holds a part of it, and by the patient."""

    held: dict[str, int] = field(default_factory=dict)
    patient_cents: int = 0
    patient_paid_cents: int = 0

    @property
    def insurance_cents(self) -> int:
        """What all payers together owe."""
        return sum(self.held.values())

    def available_cents(self, payer_id: str, *, is_first: bool) -> int:
        """The most that a decision of this payer may settle: what it holds, what insurance owes, and, for a later payer, the patient's part."""
        owed = max(self.held.get(payer_id, 0), self.insurance_cents)
        return owed if is_first else owed + self.patient_cents + self.patient_paid_cents

    def take(self, cents: int, payer_id: str) -> list[tuple[str, int]]:
        """Take an amount off: from what the payer holds, then other payers, then the patient (an empty name), the rest from the payer."""
        if cents <= 0:
            return [(payer_id, cents)] if cents else []
        taken, left = [], cents
        for holder in (payer_id, *(name for name in sorted(self.held) if name != payer_id)):
            part = min(left, max(0, self.held.get(holder, 0)))
            if part:
                taken.append((holder, part))
                left -= part
        part = min(left, max(0, self.patient_cents + self.patient_paid_cents))
        if part:
            taken.append(("", part))
            left -= part
        if left:
            taken.append((payer_id, left))
        return taken


class Balances:
    """The lines of one claim while a plan is made; line 0 is what stands on the claim as a whole."""

    def __init__(self, lines: dict[int, LineBalance]) -> None:
        self.lines = lines

    def line(self, number: int) -> LineBalance:
        """Return a line's balance; a line that nothing was posted to has none yet."""
        return self.lines.setdefault(number, LineBalance())

    def apply(self, legs: Iterable[Posting]) -> None:
        """Follow the legs of an entry."""
        for leg in legs:
            balance = self.line(leg.line)
            if leg.account is _A.INSURANCE_RECEIVABLE:
                balance.held[leg.payer] = balance.held.get(leg.payer, 0) + leg.cents
            elif leg.account in RECEIVABLE_FROM_PATIENTS:
                balance.patient_cents += leg.cents
            elif leg.account in PATIENT_MONEY:
                balance.patient_paid_cents += leg.cents

    def overposted_by(self, effects: Sequence[Effect], payer_id: str, *, is_first: bool) -> int:
        """Return by how many cents a decision would settle more than is open, on its worst line or on the claim; 0 when it fits."""
        needed: dict[int, int] = {}
        for effect in effects:
            if effect.kind in POSTED_KINDS and not (effect.kind == EffectKind.RESPONSIBILITY and effect.to):
                needed[effect.line] = needed.get(effect.line, 0) + effect.cents
        excess = [
            cents - self.line(number).available_cents(payer_id, is_first=is_first)
            for number, cents in needed.items()
            if number and cents > 0
        ]
        total = sum(needed.values())
        if total > 0:
            excess.append(total - self.whole().available_cents(payer_id, is_first=is_first))
        return max([0, *excess])

    def whole(self) -> LineBalance:
        """Return the balance of the claim: all of its lines together."""
        whole = LineBalance()
        for balance in self.lines.values():
            for holder, cents in balance.held.items():
                whole.held[holder] = whole.held.get(holder, 0) + cents
            whole.patient_cents += balance.patient_cents
            whole.patient_paid_cents += balance.patient_paid_cents
        return whole

    def still_asked(self, effects: Sequence[Effect], payer_id: str, *, is_first: bool) -> list[Effect]:
        """Leave out of what goes on to the next payer as much as is settled already: that payer's answer came before this one."""
        made = list(effects)
        if not any(effect.to for effect in made):
            return made
        needed: dict[int, int] = {}
        for effect in made:
            if effect.kind in POSTED_KINDS:
                needed[effect.line] = needed.get(effect.line, 0) + effect.cents
        short = sum(needed.values()) - self.whole().available_cents(payer_id, is_first=is_first)
        for by_line in (True, False):
            for place, effect in enumerate(made):
                if short > 0 and effect.kind == EffectKind.RESPONSIBILITY and effect.to and effect.cents > 0:
                    over = short
                    if by_line and effect.line:
                        over = needed[effect.line] - self.line(effect.line).available_cents(payer_id, is_first=is_first)
                    cut = max(0, min(short, over, effect.cents))
                    made[place] = effect._replace(cents=effect.cents - cut)
                    needed[effect.line] -= cut
                    short -= cut
        return made


def decision_legs(
    effects: Sequence[Effect], balances: Balances, *, claim_id: str, patient_id: str, payer_id: str, money: Account = Account.CASH,
    is_first: bool = False,
) -> tuple[Posting, ...]:  # fmt: skip
    """Return the legs that book a payer's decision.

    Paid: cash; contractual, sequestration, capitation: their write-off accounts; responsibility: the next payer's receivable or the
    patient's. What all of them settle on a line is taken off whoever holds it.
    """
    legs: list[Posting] = []
    settled: dict[int, int] = {}
    for effect in balances.still_asked(effects, payer_id, is_first=is_first):
        if effect.kind not in POSTED_KINDS or not effect.cents:
            continue
        settled[effect.line] = settled.get(effect.line, 0) + effect.cents
        if effect.kind == EffectKind.RESPONSIBILITY:
            account = _A.INSURANCE_RECEIVABLE if effect.to else _A.PATIENT_RECEIVABLE
            payer = effect.to
        else:
            account = ACCOUNT_OF.get(EffectKind(effect.kind), money)
            payer = payer_id
        legs.append(Posting(account, effect.cents, claim_id, effect.line, patient_id, payer, effect.group, effect.reason))
    for line, cents in settled.items():
        for holder, part in balances.line(line).take(cents, payer_id):
            account = _A.INSURANCE_RECEIVABLE if holder else _A.PATIENT_RECEIVABLE
            legs.append(Posting(account, -part, claim_id, line, patient_id, holder))
    return tuple(leg for leg in legs if leg.cents)
