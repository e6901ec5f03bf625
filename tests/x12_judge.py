"""pyx12 as an outside judge of the files that we write. It is a test dependency only."""

from __future__ import annotations

import io
import logging
import tempfile
from pathlib import Path


def complaints(content: bytes) -> list[str]:
    """Return what pyx12 holds against a file; an empty list when it accepts it."""
    import pyx12.error_handler
    import pyx12.params
    import pyx12.x12n_document

    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    logger = logging.getLogger("pyx12")
    listener = Listener(level=logging.ERROR)
    logger.addHandler(listener)
    before = logger.level, logger.propagate
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.x12"
            path.write_bytes(content)
            verdict = pyx12.x12n_document.x12n_document(
                pyx12.params.params(), str(path), fd_997=io.StringIO(), fd_html=None, fd_xmldoc=None
            )
    finally:
        logger.removeHandler(listener)
        logger.setLevel(before[0])
        logger.propagate = before[1]
    if verdict:
        return []
    return found or ["refused without a word"]
