"""The key ring: what encrypts fields and blobs, blinds indexes, chains the audit, and signs sessions.

It lives in a file of its own, outside database and backup (45 CFR 164.312(a)(2)(iv)). Every encrypted value carries the id of its
key, so keys can be rotated one at a time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cleanclaim.kernel.errors import SettingsError


class KeyRing:
    """Keys by id; the current one encrypts, every one decrypts."""

    _rings: dict[Path, KeyRing] = {}  # noqa: RUF012 - one ring per file and process, on purpose

    def __init__(self, facts: dict[str, Any]) -> None:
        try:
            self.current = str(facts["current"])
            self._ciphers = {name: AESGCM(base64.b64decode(key)) for name, key in facts["keys"].items()}
            self._ciphers[self.current]
            self._index = base64.b64decode(facts["index"])
            self._audit = base64.b64decode(facts["audit"])
            self.django_secret = str(facts["django"])
        except (KeyError, ValueError, TypeError, AttributeError):
            raise SettingsError(
                "The key file is damaged. Restore it from its safe copy; without it nothing can be decrypted."
            ) from None

    @classmethod
    def at(cls, path: Path) -> KeyRing:
        """Return the ring of a key file, creating the file with owner-only rights when there is none."""
        path = path.absolute()
        if path not in cls._rings:
            if not path.exists():
                _create(path)
            try:
                facts = json.loads(path.read_text(encoding="ascii"))
            except (OSError, ValueError):
                raise SettingsError(f"The key file {path} cannot be read.") from None
            cls._rings[path] = cls(facts)
        return cls._rings[path]

    def encrypt(self, plain: bytes, *, purpose: bytes) -> tuple[str, bytes]:
        """Encrypt with the current key (AES-256-GCM); the purpose must be given again to decrypt. Returns (key id, nonce + text)."""
        nonce = secrets.token_bytes(12)
        return self.current, nonce + self._ciphers[self.current].encrypt(nonce, plain, purpose)

    def decrypt(self, key_id: str, sealed: bytes, *, purpose: bytes) -> bytes:
        """Decrypt what a key of this ring encrypted. Raises SettingsError when the key is missing or the value was tampered with."""
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SettingsError(f"The key {key_id} is not in the key file.")
        try:
            return cipher.decrypt(sealed[:12], sealed[12:], purpose)
        except InvalidTag:
            raise SettingsError("An encrypted value does not open with its key: wrong key file, or it was altered.") from None

    def blind(self, text: str, *, purpose: str) -> str:
        """Return a keyed digest for equality look-ups of an encrypted value."""
        return hmac.new(self._index, f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()[:40]

    def digest(self, content: bytes) -> str:
        """Return the keyed digest that names a blob."""
        return hmac.new(self._index, content, hashlib.sha256).hexdigest()

    def chain(self, previous: str, text: str) -> str:
        """Return the link of the audit chain that follows `previous`."""
        return hmac.new(self._audit, f"{previous}\x00{text}".encode(), hashlib.sha256).hexdigest()


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "current": "k1",
        "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()},
        "index": base64.b64encode(secrets.token_bytes(32)).decode(),
        "audit": base64.b64encode(secrets.token_bytes(32)).decode(),
        "django": secrets.token_urlsafe(48),
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(facts, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # two processes that start together agree on the first one's keys
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def rotate(path: Path) -> str:
    """Add a new key to the file and make it current; old values stay readable. Returns the new key's id."""
    facts = json.loads(path.read_text(encoding="ascii"))
    name = f"k{len(facts['keys']) + 1}"
    facts["keys"][name] = base64.b64encode(secrets.token_bytes(32)).decode()
    facts["current"] = name
    draft = path.with_name(f".{path.name}.rotating")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(facts, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    KeyRing._rings.pop(path.absolute(), None)
    return name
