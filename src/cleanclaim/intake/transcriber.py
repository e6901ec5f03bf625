"""Sound to a draft of its words, by a command that the site sets. We ship no recogniser: see docs/decisions/0061-dictation.md."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cleanclaim.kernel.errors import UnreadableInput

SECONDS: Final = 900
MOST_LETTERS: Final = 200_000
_ENDINGS: Final = {
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/webm": ".webm",
    "audio/flac": ".flac",
}


def transcribe(sound: bytes, media_type: str, command: Sequence[str], *, seconds: float = SECONDS) -> str:
    """Return the command's draft of what was said; nothing when no command is set. Raises UnreadableInput in one sentence.

    The command runs without a shell. It gets the name of a file of ours as its last word (or in the place of `{file}`), answers with the
    text on standard output, and sees neither our keys nor our database. The file is gone when it ends.
    """
    if not command:
        return ""
    with tempfile.TemporaryDirectory(prefix="cleanclaim-sound-") as folder:
        path = Path(folder) / f"dictation{_ENDINGS.get(media_type, '.bin')}"
        path.touch(mode=0o600)
        path.write_bytes(sound)
        words = [word.replace("{file}", str(path)) for word in command]
        if words == list(command):
            words.append(str(path))
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        try:
            done = subprocess.run(  # noqa: S603 - the site's own command, never through a shell
                words, capture_output=True, timeout=seconds, check=False, cwd=folder, env=kept, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise UnreadableInput(f"The transcriber took longer than {seconds:.0f} seconds: type the dictation.") from None
        except OSError:
            raise UnreadableInput(
                "The transcriber cannot be started: type the dictation, and ask who runs this program to look."
            ) from None
    if done.returncode:
        raise UnreadableInput(f"The transcriber ended with {done.returncode}: type the dictation.")
    text = done.stdout.decode("utf-8", errors="replace").replace("\x00", "").strip()
    if len(text) > MOST_LETTERS:
        raise UnreadableInput("The transcriber answered with more than anybody dictates: type the dictation.")
    return text
