"""A backup: one gzip-compressed tar of the database, the blobs and the audit anchors, with a manifest of checksums."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleanclaim.kernel.errors import CleanclaimError, Refused, UnreadableInput

_PROOF = b"cleanclaim backup"


class BackupFailed(CleanclaimError):
    """The backup could not be made or restored; nothing was changed."""


def write_backup(target: Path) -> dict[str, Any]:
    """Write a backup. Blobs are written before the rows that name them, so a database taken first finds all of its blobs."""
    from django.conf import settings

    from cleanclaim.practice.foundation.fields import ring

    home = Path(settings.HOME)
    draft = target.with_name(f".{target.name}.part")
    draft.parent.mkdir(parents=True, exist_ok=True)
    key_id, proof = ring().encrypt(_PROOF, purpose=b"backup")
    manifest: dict[str, Any] = {"format": 1, "key": key_id, "proof": proof.hex(), "sha256": {}}
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as tar:
        with _database_snapshot(home) as (name, snapshot):
            manifest["database"] = name
            _add(tar, snapshot, name, manifest)
        for folder in ("blobs", "audit"):
            for path in sorted((home / folder).rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    _add(tar, path, path.relative_to(home).as_posix(), manifest)
        listing = json.dumps(manifest, indent=1).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size, entry.mtime = len(listing), int(time.time())
        tar.addfile(entry, io.BytesIO(listing))
    draft.replace(target)
    return {"file": str(target), "files": len(manifest["sha256"]), "bytes": target.stat().st_size}


def _add(tar: tarfile.TarFile, path: Path, name: str, manifest: dict[str, Any]) -> None:
    content = path.read_bytes()
    manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


@contextlib.contextmanager
def _database_snapshot(home: Path) -> Iterator[tuple[str, Path]]:
    from django.db import connection

    with tempfile.TemporaryDirectory(dir=home) as folder:
        if connection.vendor == "sqlite":
            path = Path(folder) / "database.sqlite3"
            connection.ensure_connection()
            with contextlib.closing(sqlite3.connect(path)) as copy:
                connection.connection.backup(copy)
            yield "database.sqlite3", path
        else:
            path = Path(folder) / "database.dump"
            _run_client("pg_dump", ["--format=custom", "--no-owner", f"--file={path}"])
            yield "database.dump", path


def _run_client(program: str, arguments: list[str]) -> None:
    from django.db import connection

    if shutil.which(program) is None:
        raise BackupFailed(f"PostgreSQL's {program} is not on the PATH; it comes with the postgresql-client package.")
    facts = connection.settings_dict
    environment = {**os.environ, "PGPASSWORD": facts.get("PASSWORD") or ""}
    where = [f"--dbname={facts['NAME']}"]
    where += [
        f"--{key}={facts[name]}" for key, name in (("host", "HOST"), ("port", "PORT"), ("username", "USER")) if facts.get(name)
    ]
    done = subprocess.run([program, *where, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupFailed(
            f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no reason given'}"
        )


def read_backup(source: Path, *, replace: bool) -> dict[str, Any]:
    """Restore a backup into CLEANCLAIM_HOME after proving every checksum and that the keys at hand open it."""
    from django.conf import settings
    from django.db import connection

    home = Path(settings.HOME)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        _prove_key(manifest)
        if not replace and _in_use():
            raise Refused("There is a practice here already. Restore with --replace to set it aside.")
        if (manifest["database"] == "database.sqlite3") != (connection.vendor == "sqlite"):
            raise Refused("The backup is of the other database engine. Set DATABASE_URL to the engine it was made on.")
        aside = home / f"replaced-{time.strftime('%Y%m%d-%H%M%S')}"
        connection.close()
        if connection.vendor == "sqlite":
            database = Path(str(connection.settings_dict["NAME"]))
            for path in (database, Path(f"{database}-wal"), Path(f"{database}-shm")):
                if path.exists():
                    aside.mkdir(exist_ok=True)
                    path.replace(aside / path.name)
            (folder / "database.sqlite3").replace(database)
        else:
            _run_client(
                "pg_restore", ["--clean", "--if-exists", "--no-owner", "--single-transaction", str(folder / "database.dump")]
            )
        for kind in ("blobs", "audit"):
            if (home / kind).exists():
                aside.mkdir(exist_ok=True)
                (home / kind).replace(aside / kind)
            if (folder / kind).exists():
                (folder / kind).replace(home / kind)
    return {"file": str(source), "files": len(manifest["sha256"]), "set_aside": str(aside) if aside.exists() else None}


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source, "r:gz") as tar:
            if sum(entry.size for entry in tar) > shutil.disk_usage(folder).free:
                raise BackupFailed("What the backup unpacks to does not fit on this disk.")
            tar.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
        _prove_shape(manifest, folder)
        for name, expected in manifest["sha256"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                raise BackupFailed(f"The backup is damaged: {name} does not have its checksum.")
    except (
        tarfile.TarError,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        zlib.error,
    ) as wrong:
        if isinstance(wrong, FileNotFoundError) and not source.exists():
            raise UnreadableInput(f"There is no file {source}.") from None
        raise UnreadableInput(f"{source} is no whole backup of Cleanclaim.") from None
    return manifest


def _prove_shape(manifest: dict[str, Any], folder: Path) -> None:
    """Raise ValueError or KeyError for a manifest of another program, and for files of which it says nothing."""
    bytes.fromhex(manifest["proof"])
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()} - {"manifest.json"}
    if manifest["database"] not in {"database.sqlite3", "database.dump"} or {manifest["database"], *held} != set(
        manifest["sha256"]
    ):
        raise ValueError("the manifest does not name what is there")
    if any(not (folder / name).is_file() or (folder / name).is_symlink() for name in held):
        raise ValueError("a backup holds plain files alone")
    str(manifest["key"])


def _prove_key(manifest: dict[str, Any]) -> None:
    from cleanclaim.practice.foundation.fields import ring

    ring().decrypt(str(manifest["key"]), bytes.fromhex(manifest["proof"]), purpose=b"backup")


def _in_use() -> bool:
    from django.db import DatabaseError

    from cleanclaim.practice.foundation.models import Practice

    try:
        return bool(Practice.objects.exists())
    except DatabaseError:
        return False
