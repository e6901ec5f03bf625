"""Fields whose values stand encrypted in the database, and blind indexes to look them up by."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.conf import settings
from django.db import models

from cleanclaim.kernel.errors import SettingsError
from cleanclaim.practice.foundation.keys import KeyRing

_PURPOSE = b"field"


def ring() -> KeyRing:
    """Return the key ring of this installation."""
    return KeyRing.at(settings.KEYS_PATH)


def seal(text: str) -> str:
    """Encrypt a text into `key id$base64`."""
    key_id, sealed = ring().encrypt(text.encode(), purpose=_PURPOSE)
    return f"{key_id}${base64.b64encode(sealed).decode()}"


def unseal(stored: str) -> str:
    """Decrypt what `seal` made. Raises SettingsError when it was altered."""
    key_id, _, body = stored.partition("$")
    try:
        sealed = base64.b64decode(body, validate=True)
    except ValueError:
        raise SettingsError("An encrypted value in the database is damaged.") from None
    return ring().decrypt(key_id, sealed, purpose=_PURPOSE).decode()


def blind_index(value: str, purpose: str) -> str:
    """Return the digest by which an encrypted value is found; the value is folded (case, spaces) first. Empty stays empty."""
    folded = " ".join(value.casefold().split())
    return ring().blind(folded, purpose=purpose) if folded else ""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that stands encrypted in its column; it cannot be searched or sorted."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or value == "" else seal(str(value))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return value if value is None or value == "" else unseal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked of the database."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class EncryptedJSONField(EncryptedTextField):
    """A JSON value that stands encrypted in its column."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(json.dumps(value, separators=(",", ":"), ensure_ascii=False))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else json.loads(unseal(value))

    def to_python(self, value: Any) -> Any:
        return value
