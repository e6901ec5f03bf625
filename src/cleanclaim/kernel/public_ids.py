"""Public ids: a prefix that names the kind and a sortable, unguessable tail (`clm_01J9Z…`). A database id never leaves the database.

The tail is 26 characters of Crockford base 32: 48 bits of milliseconds, then 80 random bits (the ULID layout).
"""

from __future__ import annotations

import re
import secrets
import time

from cleanclaim.kernel.errors import InvalidValue

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHAPE = re.compile(r"[a-z]{2,5}_[0-9A-HJKMNP-TV-Z]{26}")


def new_public_id(prefix: str, *, at_ms: int | None = None) -> str:
    """Make a new id of a kind; ids made later sort later."""
    number = ((time.time_ns() // 1_000_000 if at_ms is None else at_ms) << 80) | secrets.randbits(80)
    return prefix + "_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def check_public_id(text: str, prefix: str) -> str:
    """Return the id when it is of the kind. Raises InvalidValue otherwise."""
    if not _SHAPE.fullmatch(text) or not text.startswith(prefix + "_"):
        raise InvalidValue(f"An id of this kind starts with {prefix}_.")
    return text
