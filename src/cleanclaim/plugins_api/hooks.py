"""The hooks that a plugin may fill. A protocol stands where it is consumed; those of higher layers stand here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple, Protocol, runtime_checkable

from cleanclaim.documents import Claim, RemittanceAdvice
from cleanclaim.encoder import Suggester
from cleanclaim.kernel.findings import Finding

GROUPS: Final = {
    "edit": "cleanclaim.edits",
    "connection": "cleanclaim.connections",
    "code_set": "cleanclaim.code_sets",
    "suggester": "cleanclaim.suggesters",
    "exporter": "cleanclaim.exporters",
}
"""Hook -> the entry-point group in which a package announces what fills it."""


@runtime_checkable
class Edit(Protocol):
    """A claim rule of a site: a document in, findings out. It never raises on a bad claim and knows no database."""

    name: str

    def check(self, claim: Claim, *, on: date) -> Iterable[Finding]:
        """Return what is wrong with the claim on its date of service."""
        ...


class ReceivedFile(NamedTuple):
    """A file that waits at a trading partner, with the name by which it is set aside."""

    name: str
    content: bytes


@runtime_checkable
class Connection(Protocol):
    """A way in which files travel to and from a trading partner (SFTP, an API). `location` and `settings` are the partner's own."""

    name: str

    def deliver(self, location: str, file_name: str, content: bytes, settings: dict[str, Any]) -> None:
        """Hand a file over; raise OSError (or a CleanclaimError with one plain sentence) when it did not arrive."""
        ...

    def waiting(self, location: str, settings: dict[str, Any]) -> Iterable[ReceivedFile]:
        """Return the files that wait, the oldest first."""
        ...

    def set_aside(self, location: str, file_name: str, settings: dict[str, Any]) -> None:
        """Note that a file was taken in, so that it is not offered again."""
        ...


@runtime_checkable
class CodeSet(Protocol):
    """A coding system that a site adds: it answers for a code on a day, as the store does."""

    system: str

    def title(self, code: str, on: date) -> str | None:
        """Return the code's title in force on a day; None when it is not in force."""
        ...


@runtime_checkable
class Exporter(Protocol):
    """Writes claims or remittances in a form of the site's own (an accounting system's import, say)."""

    name: str

    def export(self, documents: Iterable[Claim | RemittanceAdvice]) -> bytes:
        """Return the file."""
        ...


__all__ = ["GROUPS", "CodeSet", "Connection", "Edit", "Exporter", "ReceivedFile", "Suggester"]
