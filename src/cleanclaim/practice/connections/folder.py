"""The folder transport: files are put into `outbox/` and taken from `inbox/` below the partner's folder, as SFTP drop boxes do.

A file is written under a hidden name and renamed, so the other side never reads half of it; what was collected moves to `collected/`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from cleanclaim.kernel.errors import UnreadableInput

MAX_FILE_BYTES = 512 * 1024 * 1024
"""A larger file is refused with a plain word rather than read into memory."""


def deliver(folder: Path, file_name: str, content: bytes) -> None:
    """Put a file into the partner's outbox; delivering the same name again replaces the same bytes."""
    place = folder / "outbox"
    place.mkdir(parents=True, exist_ok=True)
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", file_name)
    draft = place / f".{safe}.part"
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place / safe)


def prepare(folder: Path) -> None:
    """Make the partner's drop boxes where they are missing, and find out whether a file can be put there. Raises OSError when not."""
    for name in ("outbox", "inbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    probe = folder / "outbox" / ".can-write"
    probe.touch()
    probe.unlink()


def waiting(folder: Path) -> list[Path]:
    """Return the files that wait in the partner's inbox, oldest name first."""
    place = folder / "inbox"
    if not place.is_dir():
        return []
    return sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith("."))


def read(path: Path) -> bytes:
    """Read a waiting file. Raises UnreadableInput when it is larger than a remittance can be."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnreadableInput(f"{path.name} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB.")
    return path.read_bytes()


def set_aside(path: Path) -> None:
    """Move a collected file out of the inbox."""
    place = path.parent.parent / "collected"
    place.mkdir(parents=True, exist_ok=True)
    path.replace(place / path.name)
