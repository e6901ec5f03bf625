"""Reads the XML books of ICD-10-CM and ICD-10-PCS, refusing what is damaged or tries to declare entities."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

from cleanclaim.codesets.importers.incoming import MOST_TIMES, READ_ERRORS, SMALL, Incoming
from cleanclaim.codesets.importers.problems import ImportRefused

LARGEST: Final = 80_000_000
"""The largest book, the tabular list, has ten megabytes."""
DEEPEST: Final = 60
"""The deepest book, the index, has some twenty levels."""
_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"})


def root_of(file: Incoming) -> ET.Element:
    """Parse a whole book; nothing in it may declare a document type, name an entity of its own, or nest without end."""
    with file.open() as stream:
        try:
            text = stream.read(LARGEST + 1)
        except READ_ERRORS:
            raise ImportRefused(file.name, "the packed file is damaged or cut off.") from None
    if len(text) > LARGEST:
        raise ImportRefused(file.name, "the file is larger than any official book.")
    for mark in (b"<!DOCTYPE", b"<!ENTITY"):
        at = text.find(mark)
        if at >= 0:
            raise ImportRefused(
                file.name,
                "the file declares a document type or entities, which no official book does.",
                line=text.count(b"\n", 0, at) + 1,
            )
    told = re.match(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""", text.removeprefix(b"\xef\xbb\xbf")[:400])
    if told and told[1].decode("ascii", "replace").lower() not in _ENCODINGS:
        raise ImportRefused(
            file.name, f"the encoding {told[1].decode('ascii', 'replace')[:20]} is none of an official book.", line=1
        )
    if len(text) > SMALL and len(text) > file.packed_size * MOST_TIMES:
        raise ImportRefused(file.name, "the file unpacks to far more than any official file holds.")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities are refused above
    except ET.ParseError as wrong:
        line, column = wrong.position
        raise ImportRefused(file.name, "the XML is damaged or cut off here.", line=line, column=column + 1) from None
    except (LookupError, ValueError) as wrong:
        raise ImportRefused(file.name, f"the XML cannot be read: {wrong}.", line=1) from None
    _check_depth(file, root)
    return root


def _check_depth(file: Incoming, root: ET.Element) -> None:
    level, depth = [root], 0
    while level:
        level = [child for element in level for child in element]
        depth += 1
        if depth > DEEPEST:
            raise ImportRefused(file.name, f"the XML nests more than {DEEPEST} levels deep, which no official book does.", line=1)


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
