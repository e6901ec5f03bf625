"""Blobs: encrypted, content-addressed files below CLEANCLAIM_HOME, written before the row that names them.

A blob's name is a keyed digest of its content, so the same 835 has one blob and the name tells nothing. What no row names is swept.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from cleanclaim.kernel.errors import NotFound
from cleanclaim.practice.foundation.fields import ring

_PURPOSE = b"blob"


def _path(digest: str) -> Path:
    return Path(settings.HOME) / "blobs" / digest[:2] / digest[2:]


def put(content: bytes) -> str:
    """Store bytes and return their digest; the file is on disk when this returns. Storing the same bytes again changes nothing."""
    digest = ring().digest(content)
    path = _path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_id, sealed = ring().encrypt(zlib.compress(content, 1), purpose=_PURPOSE)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key_id.encode() + b"\n" + sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    return digest


def get(digest: str) -> bytes:
    """Return a blob's bytes. Raises NotFound when there is none."""
    try:
        stored = _path(digest).read_bytes()
    except FileNotFoundError:
        raise NotFound("The stored file is missing. Restore it from the backup.") from None
    key_id, _, sealed = stored.partition(b"\n")
    return zlib.decompress(ring().decrypt(key_id.decode(), sealed, purpose=_PURPOSE))


def every_digest() -> Iterator[str]:
    """Yield the digest of each stored blob."""
    for path in sorted((Path(settings.HOME) / "blobs").glob("??/*")):
        if not path.name.startswith("."):
            yield path.parent.name + path.name


def sweep(named: Iterable[str]) -> int:
    """Delete blobs that no row names; returns how many. The caller holds the database still."""
    keep = set(named)
    gone = [digest for digest in every_digest() if digest not in keep]
    for digest in gone:
        _path(digest).unlink(missing_ok=True)
    return len(gone)
