"""Where a site adds a suggester of its own: a local language model, a commercial engine, a list of the practice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cleanclaim.documents.coding import Note, NoteContext, Suggestion


class Suggester(Protocol):
    """Proposes codes for a note. What it proposes passes through the encoder's rules; a code without its words in the note is dropped."""

    name: str

    def suggest(self, note: Note, context: NoteContext) -> Iterable[Suggestion]:
        """Return proposals, each with the spans of the note that prove it."""
        ...
