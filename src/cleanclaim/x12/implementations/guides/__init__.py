"""The guide tables of the HIPAA sets, read on first use, and which guide a transaction asks for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from cleanclaim.x12.grammar.guide import Blocks, Guide, read_blocks, read_guide

_HERE: Final = Path(__file__).parent
NAMES: Final = (
    "837p", "837i", "837d", "835", "270", "271", "276", "277", "277ca", "278-request", "278-response", "834", "820", "999",
)  # fmt: skip
_BY_VERSION: Final = {
    ("837", "X222"): "837p", ("837", "X223"): "837i", ("837", "X224"): "837d", ("835", "X221"): "835", ("270", "X279"): "270",
    ("271", "X279"): "271", ("276", "X212"): "276", ("277", "X212"): "277", ("277", "X214"): "277ca", ("834", "X220"): "834",
    ("820", "X218"): "820", ("999", "X231"): "999",
}  # fmt: skip
SHOWN: Final = {
    ("837", "X098"): "837P", ("837", "X096"): "837I", ("837", "X097"): "837D", ("837", "X222"): "837P", ("837", "X223"): "837I",
    ("837", "X224"): "837D", ("277", "X214"): "277CA", ("277", "X070"): "277U",
}  # fmt: skip


@cache
def _blocks() -> Blocks:
    return read_blocks((_HERE / "shared.txt").read_text(encoding="ascii"))


@cache
def guide(name: str) -> Guide:
    """Return one guide by the name of its table."""
    return read_guide((_HERE / f"{name}.txt").read_text(encoding="ascii"), _blocks())


def guide_for(set_id: str, version: str, *, is_response: bool = False) -> Guide | None:
    """Return the guide of a transaction by its set and version (005010X222A1); None when we have none, or when it is of another release.

    The addenda of one guide (A1, A2, A3) are read alike.
    """
    if not version.startswith("005010X") or len(version) > 12:
        return None
    number = version[6:10]
    if set_id == "278" and number == "X217":
        return guide("278-response" if is_response else "278-request")
    name = _BY_VERSION.get((set_id, number))
    return guide(name) if name else None


def shown_set(set_id: str, version: str) -> str:
    """Name a set as billers do: 837P, 837I, 837D, 277CA; other sets by their number."""
    at = version.find("X")
    return SHOWN.get((set_id, version[at : at + 4] if at >= 0 else ""), set_id)
