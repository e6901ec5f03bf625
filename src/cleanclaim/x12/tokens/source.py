"""What a file is read from: bytes, a path, or an open binary file. Read in pieces, never as a whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

from cleanclaim.kernel.errors import UnreadableInput

Source: TypeAlias = bytes | bytearray | memoryview | str | Path | BinaryIO
"""Bytes, the path of a file, or a binary file object."""


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Open a source for reading in pieces; a file object that was handed in stays open. Raises UnreadableInput for text files."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        yield io.BytesIO(source)
    elif isinstance(source, (str, Path)):
        with Path(source).open("rb") as file:
            yield file
    elif hasattr(source, "read"):
        yield source
    else:
        raise UnreadableInput(f"X12 is read from bytes, a path or a binary file, not from {type(source).__name__}.")
