"""Words of the environment into settings; what cannot be read is refused in one sentence, and nothing starts."""

from __future__ import annotations

import logging
import shlex
import shutil
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cleanclaim.kernel.errors import SettingsError


def home_from(text: str) -> Path:
    """Return the folder of the state, made where it is missing, for its owner alone. Raises SettingsError where it cannot be made."""
    home = Path(text).resolve()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failed:
        raise SettingsError(f"CLEANCLAIM_HOME names {home}, which is no folder that can be made: {failed.strerror}.") from None
    return home


def seconds_from(name: str, text: str) -> int:
    """Return a whole number of seconds. Raises SettingsError for anything else."""
    if not (text.isascii() and text.isdigit() and int(text[:10]) > 0 and len(text) <= 9):
        raise SettingsError(f"{name} is a whole number of seconds, such as 28800.")
    return int(text)


def log_level_from(text: str) -> str:
    """Return a level of the log. Raises SettingsError for a word that is none."""
    level = text.upper()
    if level not in logging.getLevelNamesMapping():
        raise SettingsError("CLEANCLAIM_LOG is DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    return level


def proxy_from(text: str) -> str:
    """Return the address of the proxy in front; nothing stays nothing. Raises SettingsError for what is no address."""
    try:
        return str(ip_address(text)) if text else ""
    except ValueError:
        raise SettingsError("CLEANCLAIM_PROXY is the address of the proxy in front, such as 127.0.0.1.") from None


def address_from(name: str, text: str) -> str:
    """Return an address of https without its last slash (http on this machine alone); nothing stays nothing. Raises SettingsError for others."""
    if not text:
        return ""
    wrong = SettingsError(f"{name} is an address such as https://pay.example.org.")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise wrong from None
    here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if not (parts.scheme == "https" or here) or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise wrong
    return text.rstrip("/")


def command_from(name: str, text: str) -> tuple[str, ...]:
    """Return the words of a command of this machine; nothing stays nothing. Raises SettingsError for one that is not there."""
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        raise SettingsError(f"{name} has a quotation mark without its other half.") from None
    if words and shutil.which(words[0]) is None:
        raise SettingsError(f"{name} names {words[0]}, which is no command of this machine.")
    return words
