"""The child process that reads one document: limits itself, reads from standard input, writes the reading and its pages to standard output.

Started by `confined` alone. Whatever goes wrong here, however badly, the program that started it lives on.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import IO, TypeVar

from cleanclaim.intake import limits
from cleanclaim.kernel.errors import CleanclaimError, SettingsError

_Page = TypeVar("_Page")


def main() -> int:
    """Read a document; one line of JSON a page, then one that closes. Exit 0 also for a refused one: its sentence is in the answer."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit()
    content = sys.stdin.buffer.read(limits.MAX_BYTES + 1)
    try:
        for line in _lines(content):
            _say(answer, line)
        _say(answer, {"done": True})
    except SettingsError as missing:
        _say(answer, {"missing": str(missing)})
    except CleanclaimError as wrong:
        _say(answer, {"refused": str(wrong)})
    except MemoryError:
        _say(answer, {"refused": "The document needs more memory to read than is allowed."})
    return 0


def _lines(content: bytes) -> Iterator[dict[str, object]]:
    from cleanclaim.intake import layout, pdf, pictures, recognition
    from cleanclaim.intake.reading import Reading

    if content.lstrip()[:5] == b"%PDF-":
        source = ((page.image, page.words) for page in pdf.pages(content))
    else:
        source = ((image, ()) for image in pictures.pages(content))
    for number, (image, words) in enumerate(_each_in_time(source), 1):
        if words:
            page, engine = layout.text_page(words, number, image.size), "text layer"
        else:
            reader = recognition.engine()
            page, image = layout.read_page(image, number, reader)
            engine = reader.name
        yield {**Reading((page,), engine).as_json(), "image": base64.b64encode(pictures.shown(image)).decode()}


def _each_in_time(source: Iterator[_Page]) -> Iterator[_Page]:
    """Yield a source's pages; one that takes more of the processor than its share, decoding and reading, ends this process."""
    while True:
        with contextlib.suppress(AttributeError, ValueError):
            signal.setitimer(signal.ITIMER_PROF, limits.SECONDS_OF_PROCESSOR)
        try:
            item = next(source)
        except StopIteration:
            return
        yield item


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _say(answer: IO[str], line: dict[str, object]) -> None:
    answer.write(json.dumps(line, separators=(",", ":")) + "\n")
    answer.flush()


if __name__ == "__main__":
    sys.exit(main())
