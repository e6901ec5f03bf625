"""The files that random operations are made of: 837s to take over, 835s with drawn answers, 277CAs; and what is known of each live claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cleanclaim.documents import OtherCoverage
from golden.money.writing import GRANITE, MEDICAID, answer, claim, paid_line, person, subscriber

if TYPE_CHECKING:
    from random import Random

CODES = ("99213", "99214", "93000", "97110", "36415")
PAYERS = {"P": GRANITE, "S": MEDICAID}
_REFUSALS = ("16", "50", "197", "29", "18")


@dataclass
class Live:
    """A claim that is worked on: how it was sent, whose account it is, and which answers of each payer stand."""

    number: str
    claim_id: str
    account: str
    who: Any
    lines: list[tuple[str, int, str]]
    has_second: bool = False
    standing: dict[str, list[Any]] = field(default_factory=lambda: {"P": [], "S": []})
    moves: int = 0
    is_accepted: bool = False
    icn: str = ""


def drawn_claim(draw: Random, number: str) -> tuple[Any, Live]:
    """Draw a claim of one to three lines, every fifth with a second payer."""
    lines = [(draw.choice(CODES), draw.randrange(500, 40000)) for _ in range(draw.choice((1, 2, 2, 3)))]
    who = person(member=f"M{number}")
    more = {}
    if second := draw.random() < 0.2:
        more["other_coverages"] = (OtherCoverage(subscriber(MEDICAID, "S", insured=who)),)
    made = claim(number, lines, insured=who, **more)
    return made, Live(
        number, "", "", who, [(code, cents, f"{number}L{place}") for place, (code, cents) in enumerate(lines, 1)], second
    )


def stranger(draw: Random) -> Any:
    """Draw an answer about nobody that the practice knows."""
    cents = draw.randrange(0, 9000)
    return answer(f"X{draw.randrange(9999)}", [paid_line("99213", cents, cents, [])], insured=person("NOBODY", "ANN", "ZZ"))


def drawn_answers(draw: Random, live: Live, turn: str) -> list[Any]:
    """Draw what a payer says of a claim: a decision, a reversal of one that stands, both, or one too many; nothing when it has no more to say."""
    standing = live.standing[turn]
    if not standing:
        return [_decided(draw, live, turn)]
    fate = draw.random()
    if fate < 0.55:
        taken_back = _reversed(live, standing.pop(draw.randrange(len(standing))))
        return [taken_back, _decided(draw, live, turn)] if fate < 0.25 else [taken_back]
    return [_decided(draw, live, turn, is_extra=True)] if fate < 0.65 else []


def _reversed(live: Live, back: Any) -> Any:
    lines = [
        row._replace(charge_cents=-row.charge_cents, paid_cents=-row.paid_cents, adjustments=tuple(a._replace(cents=-a.cents) for a in row.adjustments))
        for row in back.lines
    ]  # fmt: skip
    return answer(live.number, lines, status="22", icn=back.payer_claim_control_number, insured=live.who)


def _decided(draw: Random, live: Live, turn: str, *, is_extra: bool = False) -> Any:
    fate = draw.random()
    refuses = fate > 0.9
    earlier = live.standing["P"][-1] if turn == "S" and live.standing["P"] else None
    lines = []
    for place, (code, cents, control) in enumerate(live.lines):
        off, share = draw.randrange(cents // 2), draw.randrange(cents // 4 + 1)
        adjustments = [("CO", "45", off), ("PR", draw.choice("123"), share)]
        if earlier is not None:
            mine = earlier.lines[place]
            prior = mine.paid_cents + sum(a.cents for a in mine.adjustments if a.reason == "45")
            left = cents - prior
            off, share = prior, draw.randrange(left + 1) if left else 0
            adjustments = [("OA", "23", prior), (draw.choice(("PR", "CO")), draw.choice(("1", "45")), share)]
        elif refuses:
            adjustments, off, share = [("CO", draw.choice(_REFUSALS), cents)], cents, 0
        elif fate < 0.08:
            sequestered = (cents - off - share) * 2 // 100
            adjustments.append(("CO", "253", sequestered))
            off += sequestered
        lines.append(paid_line(code, cents, cents - off - share, [row for row in adjustments if row[2]], control))
    nothing = not any(row.paid_cents for row in lines)
    live.icn = live.icn or (f"ICN{live.number}" if draw.random() < 0.5 else "")
    made = answer(
        live.number, lines, status="4" if nothing and fate > 0.95 else {"P": "1", "S": "2"}[turn], icn=live.icn if turn == "P" else "", insured=live.who
    )  # fmt: skip
    if not is_extra:
        live.standing[turn].append(made)
    return made
