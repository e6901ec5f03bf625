"""The visit and its note: what may follow what, who signs, and what stays for ever once signed. Pure decisions, no database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from cleanclaim.kernel.errors import Refused
from cleanclaim.kernel.findings import Finding, Severity

STATES: Final = ("open", "signed", "coded", "charged", "billed")
"""A visit's way: the note is written (open), signed, coded, its charges priced, its claim built."""

FOLLOWS: Final = {
    "open": frozenset({"signed", "void"}),
    "signed": frozenset({"coded", "void"}),
    "coded": frozenset({"charged", "signed"}),
    "charged": frozenset({"billed", "coded", "signed"}),
    "billed": frozenset({"charged"}),
    "void": frozenset[str](),
}
"""Coding may be reopened until the claim is built; a billed visit goes back only when its claim is voided or replaced."""

MAX_NOTE_CHARACTERS: Final = 2_000_000
"""Longer texts are documents: they are attached."""


class NoteFact(NamedTuple):
    """A version of a note: its number in the visit, kind (note or addendum), author, and when and by whom it was signed."""

    number: int
    kind: str
    written_by: str
    signed_by: str = ""
    signed_at: datetime | None = None

    @property
    def is_signed(self) -> bool:
        """Signed text never changes again."""
        return self.signed_at is not None


def check_move(now: str, wanted: str) -> None:
    """Raises Refused when a visit in state `now` cannot become `wanted`."""
    if wanted not in FOLLOWS.get(now, frozenset()):
        raise Refused(f"A visit that is {now} cannot become {wanted}.")


def check_text(text: str) -> None:
    """Raises Refused for a note without words, with control characters or of unreasonable length."""
    if not text.strip():
        raise Refused("A note needs words.")
    if len(text) > MAX_NOTE_CHARACTERS:
        raise Refused("The text is too long for a note: attach it as a document.")
    if "\x00" in text:
        raise Refused("The text is not readable as a note: attach it as a document.")


def check_may_write(state: str, notes: tuple[NoteFact, ...]) -> None:
    """Raises Refused when the note can no longer be rewritten: once signed, only an addendum adds to it."""
    if state == "void":
        raise Refused("The visit has been voided.")
    if any(note.kind == "note" and note.is_signed for note in notes):
        raise Refused("The note is signed: add an addendum.")


def number_to_sign(notes: tuple[NoteFact, ...]) -> int:
    """Return the version that a signature means: the note's last one, or once that is signed the last addendum that is not; 0 for none."""
    versions = [note for note in notes if note.kind == "note"]
    last = max(versions, key=lambda note: note.number, default=None)
    waiting = [note.number for note in notes if note.kind == "addendum" and not note.is_signed]
    if last is not None and last.is_signed and waiting:
        return max(waiting)
    return last.number if last is not None else 0


def check_may_sign(notes: tuple[NoteFact, ...], *, number: int, signer: str, is_provider: bool) -> NoteFact:
    """Return the version to sign. Raises Refused when there is none, it is signed already, or the signer is no provider."""
    if not is_provider:
        raise Refused("Only a provider signs a note.")
    chosen = next((note for note in notes if note.number == number), None)
    if chosen is None:
        raise Refused("There is no note to sign.")
    if chosen.is_signed:
        raise Refused("The note is signed already.")
    later = [note for note in notes if note.kind == chosen.kind == "note" and note.number > number]
    if later:
        raise Refused("A later version of the note exists: sign that one.")
    if not signer:
        raise Refused("A signature needs a name.")
    return chosen


def check_may_add(notes: tuple[NoteFact, ...]) -> None:
    """Raises Refused for an addendum before the note is signed: until then the note itself is changed."""
    if not any(note.kind == "note" and note.is_signed for note in notes):
        raise Refused("The note is not signed yet: change the note itself.")


def addendum_consequence(state: str) -> Finding | None:
    """Say what an addendum means for the money: after billing the charges are reviewed, and the claim is never changed silently."""
    if state in {"billed", "charged"}:
        return Finding("ADDENDUM_AFTER_BILLING", Severity.WARN, "note",
                       "The note was added to after the charges were made: review the codes; the claim stays as it is until somebody replaces it.")  # fmt: skip
    if state == "coded":
        return Finding(
            "ADDENDUM_AFTER_CODING", Severity.WARN, "note", "The note was added to after coding: look at the codes again."
        )
    return None


def full_text(parts: tuple[tuple[NoteFact, str], ...]) -> str:
    """Return the text that coding reads: the signed note (or its last version) and every signed addendum, in order.

    Addenda follow under a line of their own, so that the note's characters keep their places and evidence stays where it was.
    """
    notes = [(fact, text) for fact, text in parts if fact.kind == "note"]
    if not notes:
        return ""
    signed = [row for row in notes if row[0].is_signed]
    _, text = max(signed or notes, key=lambda row: row[0].number)
    addenda = sorted((row for row in parts if row[0].kind == "addendum" and row[0].is_signed), key=lambda row: row[0].number)
    return text + "".join(f"\n\nADDENDUM:\n{added}" for _, added in addenda)


def check_visit(*, served_on: date, today: date, born_on: date | None, place_of_service: str, setting: str) -> tuple[Finding, ...]:
    """Say what is wrong with a visit's facts before it is opened."""
    found = []
    if served_on > today:
        found.append(Finding("VISIT_FUTURE", Severity.STOP, "date of service", "The date of service lies in the future."))
    if born_on is not None and served_on < born_on:
        found.append(
            Finding("VISIT_BEFORE_BIRTH", Severity.STOP, "date of service", "The date of service is before the patient's birth.")
        )
    if not (len(place_of_service) == 2 and place_of_service.isdigit()):
        found.append(Finding("POS_MISSING", Severity.STOP, "place of service", "The place of service is a two-digit code."))
    if setting not in {"outpatient", "inpatient"}:
        found.append(Finding("SETTING_UNKNOWN", Severity.STOP, "setting", "The setting is outpatient or inpatient."))
    return tuple(found)
