"""Reading in a child process: a decoder that crashes, hangs or swells takes nothing with it."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from cleanclaim.intake import limits
from cleanclaim.intake.reading import Page, Reading, from_json
from cleanclaim.kernel.errors import SettingsError, UnreadableInput


class Document(NamedTuple):
    """A document's reading, and its upright pages as JPEG pictures in the same order."""

    reading: Reading
    pictures: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Document({len(self.pictures)} pages)"


def read_document(content: bytes, *, seconds: float | None = None) -> Document:
    """Read a picture (PNG, JPEG, TIFF) or PDF. Raises UnreadableInput in one sentence, SettingsError when the recogniser is missing.

    `seconds` is the most that it may take; by default what its largest number of pages may take.
    """
    if not content:
        raise UnreadableInput("The document is empty.")
    if len(content) > limits.MAX_BYTES:
        raise UnreadableInput(f"The document is larger than {limits.MAX_BYTES // 1024 // 1024} MB.")
    most = seconds if seconds is not None else limits.SECONDS_FIRST + limits.SECONDS_A_PAGE * limits.MAX_PAGES
    with tempfile.TemporaryFile() as paper:
        paper.write(content)
        paper.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "cleanclaim.intake.child"], stdin=paper, capture_output=True, timeout=most, check=False,
                env=_environment(), cwd="/",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise UnreadableInput("Reading the document took too long: scan it anew, or bring it in in parts.") from None
    if done.returncode == -getattr(signal, "SIGPROF", 0) and done.returncode:
        raise UnreadableInput("Reading a page took too long: scan it anew, at 200 to 300 dots an inch.")
    return _document(done.stdout)


def _document(answer: bytes) -> Document:
    pages: list[Page] = []
    pictures: list[bytes] = []
    engines: list[str] = []
    for line in answer.splitlines():
        try:
            said: dict[str, Any] = json.loads(line)
        except ValueError:
            break  # the child was ended in the middle of a line
        if "missing" in said:
            raise SettingsError(said["missing"])
        if "refused" in said:
            raise UnreadableInput(said["refused"])
        if "done" in said and pages:
            return Document(Reading(tuple(pages), ", ".join(sorted(set(engines)))), tuple(pictures))
        pages += from_json(said).pages
        engines.append(said["engine"])
        pictures.append(base64.b64decode(said["image"]))
    raise UnreadableInput("The document could not be read: its content breaks the reader.")


def _environment() -> dict[str, str]:
    """Return the child's environment: where Python and our code are, one thread, and nothing secret."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    here = str(Path(__file__).resolve().parents[2])
    paths = [here, *(path for path in sys.path if path and path != here)]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
    }
