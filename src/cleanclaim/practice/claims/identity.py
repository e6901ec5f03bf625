"""Blind keys of a patient, by which an answer is compared with a claim without either standing open in the database."""

from __future__ import annotations

from cleanclaim.documents import Party
from cleanclaim.practice.foundation.fields import blind_index


def _letters(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())


def name_key(person: Party) -> str:
    """Return the key of last and first name; empty when either is missing."""
    last, first = _letters(person.last_name), _letters(person.first_name)
    return blind_index(f"{last} {first}", "claim-name") if last and first else ""


def last_name_key(person: Party) -> str:
    """Return the key of the last name alone."""
    last = _letters(person.last_name)
    return blind_index(last, "claim-last-name") if last else ""


def member_key(member_id: str) -> str:
    """Return the key of a member id."""
    folded = _letters(member_id)
    return blind_index(folded, "claim-member") if folded else ""
