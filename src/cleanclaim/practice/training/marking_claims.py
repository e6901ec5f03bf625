"""Marking a corrected claim: what was mended, what is left, what harm was done. Pure.

The rubric, in points: each planted fault 10 when it is mended as the key has it; nothing left that stops the claim 15; sent as a
replacement with the payer's number 10. A right entry that was changed costs 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cleanclaim.practice.training.rules import Item

FAULT: Final = 10
NOTHING_STOPS: Final = 15
REPLACEMENT: Final = 10
HARM: Final = 5

Entries = dict[str, str]


def entries_of(told: Mapping[str, Any]) -> Entries:
    """Return a claim's entries as the correction desk shows them, by name."""
    made = {"diagnoses": " ".join(told["diagnoses"]), "prior authorization": told.get("prior_authorization", "")}
    for place, row in enumerate(told["lines"], 1):
        made |= {
            f"line {place}: code": row["code"], f"line {place}: modifiers": " ".join(row.get("modifiers", ())),
            f"line {place}: units": str(row.get("units", 1)), f"line {place}: charge": f"{row['cents'] / 100:.2f}",
            f"line {place}: pointers": " ".join(str(item) for item in row["pointers"]),
        }  # fmt: skip
    return made


def mark_claim(
    work: Entries, key: Entries, planted: Entries, *, stops: list[str], is_replacement: bool, notes: dict[str, dict[str, str]]
) -> tuple[Item, ...]:
    """Mark a claim's entries against the key and what was planted. `notes` explain each fault by the entry's name."""
    return (*_entries(work, key, planted, notes), _nothing_stops(stops), _replacement(is_replacement=is_replacement))


def _entries(work: Entries, key: Entries, planted: Entries, notes: dict[str, dict[str, str]]) -> Iterable[Item]:
    for name, wanted in key.items():
        given, was, note = work.get(name, ""), planted.get(name, ""), notes.get(name, {})
        words = (wanted or "nothing", given or "nothing")
        if wanted != was:
            verdict = "right" if given == wanted else "left as it was" if given == was else "wrong"
            yield Item("Faults", name, verdict, FAULT if verdict == "right" else 0, FAULT, *words, "" if verdict == "right" else note.get("why", ""),
                       note.get("proof", ""), note.get("rule", ""), "" if verdict == "right" else f"{verdict}: {name}")  # fmt: skip
        elif given != wanted:
            yield Item("Harm", name, "changed", -HARM, 0, *words, "It was right as it stood.", mistake=f"harm: {name}")


def _nothing_stops(stops: list[str]) -> Item:
    why = " ".join(stops)
    return Item("What is left", "findings that stop it", "left" if stops else "right", 0 if stops else NOTHING_STOPS, NOTHING_STOPS, "none",
                f"{len(stops)}" if stops else "none", why, "", "", "findings left" if stops else "")  # fmt: skip


def _replacement(*, is_replacement: bool) -> Item:
    return Item(
        "What is left", "sent as a replacement (7) with the payer's number", "right" if is_replacement else "missing",
        REPLACEMENT if is_replacement else 0, REPLACEMENT, "7", "7" if is_replacement else "", "The same claim again would be a duplicate.",
        "", "005010X222A1 CLM05-3 and REF*F8", "" if is_replacement else "no replacement",
    )  # fmt: skip
