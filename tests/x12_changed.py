"""X12 text changed by hand for a test, with the counts of its segments kept right."""

from __future__ import annotations

import re


def changed(written: bytes, *changes: tuple[str, str]) -> bytes:
    """Replace patterns in a file, each of which must be there, and count the segments of its transactions anew."""
    text = written.decode()
    for pattern, new in changes:
        text, times = re.subn(pattern, new, text)
        assert times, f"{pattern} is not in the file"
    parts = re.split(r"(?<=~)(?=ST\*)", text)
    return "".join(
        re.sub(r"SE\*\d+\*", f"SE*{part.split('~SE*')[0].count('~') + 2}*", part) if part.startswith("ST*") else part
        for part in parts
    ).encode()
