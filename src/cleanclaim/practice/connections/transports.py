"""How files travel: the folder transport, and whatever a plugin of the site brings (SFTP, a clearinghouse's API)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cleanclaim import plugins_api
from cleanclaim.kernel.errors import CleanclaimError, Refused
from cleanclaim.plugins_api import Connection, ReceivedFile
from cleanclaim.practice.connections import folder


class FolderConnection:
    """The folder transport as a connection: `location` is the partner's folder."""

    name = "folder"

    def deliver(self, location: str, file_name: str, content: bytes, settings: dict[str, Any]) -> None:
        """Put a file into the partner's outbox."""
        del settings
        folder.deliver(Path(location), file_name, content)

    def waiting(self, location: str, settings: dict[str, Any]) -> Iterable[ReceivedFile]:
        """Yield the files of the inbox, each read when its turn comes; one that cannot be read is named after the others."""
        del settings
        unread: Exception | None = None
        for path in folder.waiting(Path(location)):
            try:
                content = folder.read(path)
            except (OSError, CleanclaimError) as wrong:
                unread = unread or wrong
                continue
            yield ReceivedFile(path.name, content)
        if unread is not None:
            raise unread

    def set_aside(self, location: str, file_name: str, settings: dict[str, Any]) -> None:
        """Move a file out of the inbox."""
        del settings
        folder.set_aside(Path(location) / "inbox" / file_name)


_FOLDER = FolderConnection()


def transport_named(name: str) -> Connection:
    """Return a transport. Raises Refused for one that is not installed."""
    if name == "folder":
        return _FOLDER
    found: Connection | None = plugins_api.plugin_named("connection", name)
    if found is None:
        raise Refused(f"The transport {name} is not installed.")
    return found


def reason(failed: Exception) -> str:
    """Say why a transport failed: our own sentence, or only the kind of a stranger's error, which may quote what it sent."""
    return (str(failed) if isinstance(failed, CleanclaimError) else type(failed).__name__)[:200]
