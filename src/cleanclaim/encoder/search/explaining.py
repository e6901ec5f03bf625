"""Says in a coder's words why a code was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanclaim.encoder.search.index import KINDS, SystemIndex

if TYPE_CHECKING:
    from cleanclaim.encoder.search.ranking import Candidate
    from cleanclaim.encoder.search.understanding import Understood

_SAYS: Final = {
    "title": "title", "inclusion": "inclusion term", "index": "index", "own": "our index", "short": "short description", "drug": "drug list", "local": "local term",
}  # fmt: skip


def why(part: SystemIndex, query: Understood, found: Candidate) -> str:
    """One line: which term matched, how typed words were read, what was not found, what was taken by default."""
    text = part.text(found.term)
    owner = int(part.term_node[found.term])
    pieces = [f'{_SAYS[KINDS[int(part.term_kind[found.term])]]} "{text}"']
    if owner != found.node:
        pieces[0] += f" at {part.code(owner)}"
    present = set(part.stems_of(found.term).tolist()) | set(part.stems_of(found.node).tolist())
    missed = []
    for slot in query.slots:
        reading = max(
            slot.readings, key=lambda r: r.trust * sum(share for stem, share in r.shares if stem in present), default=None
        )
        if reading is None or not any(stem in present for stem, _ in reading.shares):
            missed.append(slot.typed)
        elif reading.says:
            pieces.append(f"{slot.typed} read as {reading.says}")
    if missed:
        pieces.append("not matched: " + ", ".join(missed))
    title = part.title(found.node).lower()
    if owner != found.node and "unspecified" in title:
        pieces.append("unspecified where nothing was said")
    return "; ".join(pieces)
