"""A new password for a command: asked for twice at the keyboard, or read as one line of standard input; never a word of the command."""

from __future__ import annotations

import getpass
import sys

from cleanclaim.kernel.errors import UsageError


def new_password(username: str) -> str:
    """Return what was typed. Raises UsageError when the two entries differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"New password of {username}: ")
    if getpass.getpass("The same again: ") != first:
        raise UsageError("The two passwords differ; nothing was changed.")
    return first
