"""Scans, photos and PDFs to text with a confidence for every word. See README.md."""

from cleanclaim.intake.caution import Waiting, waiting, why_it_waits
from cleanclaim.intake.confined import Document, read_document
from cleanclaim.intake.reading import Box, Line, Page, Reading, Span, Word, from_json
from cleanclaim.intake.recognition import is_installed

__all__ = [
    "Box", "Document", "Line", "Page", "Reading", "Span", "Waiting", "Word", "from_json", "is_installed", "read_document", "waiting", "why_it_waits",
]  # fmt: skip
