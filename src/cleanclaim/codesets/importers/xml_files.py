"""Reads the XML books of ICD-10-CM and ICD-10-PCS, refusing what is damaged or tries to declare entities."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from cleanclaim.codesets.importers.incoming import MOST_TIMES, READ_ERRORS, SMALL, Incoming
from cleanclaim.codesets.importers.problems import ImportRefused


def root_of(file: Incoming) -> ET.Element:
    """Parse a whole book; it is at most some ten megabytes."""
    if b"<!DOCTYPE" in file.head or b"<!ENTITY" in file.head:
        raise ImportRefused(file.name, "the file declares entities, which no official book does.", line=1)
    with file.open() as stream:
        try:
            text = stream.read(200_000_000)
        except READ_ERRORS:
            raise ImportRefused(file.name, "the packed file is damaged or cut off.") from None
    if len(text) > SMALL and len(text) > file.packed_size * MOST_TIMES:
        raise ImportRefused(file.name, "the file unpacks to far more than any official file holds.")
    try:
        return ET.fromstring(text)  # noqa: S314 - entities are refused above
    except ET.ParseError as wrong:
        line, column = wrong.position
        raise ImportRefused(file.name, "the XML is damaged or cut off here.", line=line, column=column + 1) from None
    except (LookupError, ValueError) as wrong:
        raise ImportRefused(file.name, f"the XML cannot be read: {wrong}.", line=1) from None


def words(text: str | None) -> str:
    """Return text with its blanks made single."""
    return re.sub(r"\s+", " ", text or "").strip()


def version_of(root: ET.Element) -> int:
    """Return the year that a book says it is for, or 0."""
    found = re.search(r"20\d\d", root.findtext("version") or "")
    return int(found[0]) if found else 0


def starts_with(file: Incoming, root: bytes) -> bool:
    """Say whether a file's root element is this one."""
    return b"<" + root in file.head[:2048]
