"""Marking a posted EOB, to the cent: the check, each claim, each line's payment and adjustments, what stands outside claims. Pure.

The rubric, in points: the check's number 3 and its amount 5; how a claim was decided 3; a line's payment 5; each adjustment 5 (2 when the
amount stands under another group or reason, or the reason with another amount); each amount outside claims 6 (3 likewise). An amount that
the paper does not have costs 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.money import Money
from cleanclaim.practice.training.rules import Item

TRACE: Final = 3
CHECK: Final = 5
STATUS: Final = 3
PAID: Final = 5
ADJUSTMENT: Final = 5
NEARLY: Final = 2
PROVIDER: Final = 6
PROVIDER_NEARLY: Final = 3
NOT_ON_PAPER: Final = 3


class Part(NamedTuple):
    """An amount under a name: an adjustment (`CO-45`) or what stands outside claims (`WO`)."""

    name: str
    cents: int

    def __str__(self) -> str:
        return f"{self.name} {Money(self.cents):$}"


class PostedLine(NamedTuple):
    """A line as it was paid."""

    paid_cents: int
    adjustments: tuple[Part, ...]


class PostedClaim(NamedTuple):
    """A claim as it was decided; lines by their number."""

    status: str
    lines: dict[str, PostedLine]


class PostedCheck(NamedTuple):
    """A check with its claims by number and what stands outside them."""

    trace: str
    paid_cents: int
    claims: dict[str, PostedClaim]
    provider: tuple[Part, ...]


def check_from(told: dict[str, Any]) -> PostedCheck:
    """Read a check as exercises and handed-in work keep it."""
    claims = {
        number: PostedClaim(
            str(row["status"]),
            {
                place: PostedLine(line["paid_cents"], tuple(Part(name, cents) for name, cents in line["adjustments"]))
                for place, line in row["lines"].items()
            },
        )
        for number, row in told["claims"].items()
    }
    return PostedCheck(
        told["trace"], told["paid_cents"], claims, tuple(Part(name, cents) for name, cents in told.get("provider", ()))
    )


def mark_posting(work: PostedCheck, key: PostedCheck, *, notes: dict[str, dict[str, str]]) -> tuple[Item, ...]:
    """Mark a posted check. `notes` explain parts of the key by their name (`CO-45`, `WO`): why, proof, rule."""
    return (*_check(work, key), *_claims(work, key, notes), *_provider(work, key, notes))


def _check(work: PostedCheck, key: PostedCheck) -> Iterable[Item]:
    same = work.trace.strip().upper() == key.trace.upper()
    yield Item("Check", "number", "right" if same else _missing(work.trace), TRACE if same else 0, TRACE, key.trace, work.trace,
               "" if same else "The number keeps the EOB from posting twice.", "", "", "" if same else "check number")  # fmt: skip
    same = bool(work.trace) and work.paid_cents == key.paid_cents
    given = f"{Money(work.paid_cents):$}" if work.trace else ""
    yield Item("Check", "amount", "right" if same else _missing(given), CHECK if same else 0, CHECK, f"{Money(key.paid_cents):$}", given,
               "" if same else "The check ties to its claims less what stands outside them.", "", "005010X221A1 section 1.10.2.17",
               "" if same else "check amount")  # fmt: skip


def _missing(given: str) -> str:
    return "wrong" if given else "missing"


def _claims(work: PostedCheck, key: PostedCheck, notes: dict[str, dict[str, str]]) -> Iterable[Item]:
    for number, wanted in key.claims.items():
        group = f"Claim {number}"
        mine = work.claims.get(number, PostedClaim("", {}))
        same = mine.status == wanted.status
        yield Item(group, "how it was decided", "right" if same else _missing(mine.status), STATUS if same else 0, STATUS, wanted.status,
                   mine.status, "", "", "CLP02", "" if same else f"claim {number}: decision")  # fmt: skip
        for place, line in wanted.lines.items():
            yield from _line(group, number, place, mine.lines.get(place), line, notes)


def _line(
    group: str, number: str, place: str, mine: PostedLine | None, line: PostedLine, notes: dict[str, dict[str, str]]
) -> Iterable[Item]:
    same = mine is not None and mine.paid_cents == line.paid_cents
    given = f"{Money(mine.paid_cents):$}" if mine else ""
    yield Item(group, f"line {place}: paid", "right" if same else _missing(given), PAID if same else 0, PAID, f"{Money(line.paid_cents):$}",
               given, "", "", "", "" if same else f"claim {number}, line {place}: paid")  # fmt: skip
    yield from _parts(group, f"line {place}", mine.adjustments if mine else (), line.adjustments, (ADJUSTMENT, NEARLY), notes,
                      f"claim {number}, line {place}")  # fmt: skip


def _provider(work: PostedCheck, key: PostedCheck, notes: dict[str, dict[str, str]]) -> Iterable[Item]:
    yield from _parts("Outside claims", "", work.provider, key.provider, (PROVIDER, PROVIDER_NEARLY), notes, "outside claims")


def _parts(
    group: str,
    where: str,
    given: Sequence[Part],
    wanted: Sequence[Part],
    worth: tuple[int, int],
    notes: dict[str, dict[str, str]],
    place: str,
) -> Iterable[Item]:
    """Pair amounts: the same first, then the same name or the same amount; what is left over is on nobody's paper."""
    left = list(given)
    prefix = f"{where}: " if where else ""
    nearly: list[tuple[Part, Part | None]] = []
    for part in wanted:
        note = notes.get(part.name, {})
        if part in left:
            left.remove(part)
            yield Item(
                group,
                f"{prefix}{part.name}",
                "right",
                worth[0],
                worth[0],
                str(part),
                str(part),
                "",
                note.get("proof", ""),
                note.get("rule", ""),
            )
        else:
            nearly.append((part, None))
    for part, _ in nearly:
        note = notes.get(part.name, {})
        near = next((one for one in sorted(left) if one.name == part.name), None) or next(
            (one for one in sorted(left) if one.cents == part.cents), None
        )
        if near is not None:
            left.remove(near)
        verdict = "missing" if near is None else "wrong amount" if near.name == part.name else "wrong reason"
        yield Item(group, f"{prefix}{part.name}", verdict, worth[1] if near else 0, worth[0], str(part), str(near) if near else "",
                   note.get("why", ""), note.get("proof", ""), note.get("rule", ""), f"{place}: {part.name} {verdict}")  # fmt: skip
    for part in sorted(left):
        yield Item(
            group,
            f"{prefix}{part.name}",
            "extra",
            -NOT_ON_PAPER,
            0,
            "",
            str(part),
            "The paper does not have it.",
            mistake=f"{place}: {part.name} extra",
        )
