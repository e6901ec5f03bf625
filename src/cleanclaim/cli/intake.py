"""`cleanclaim intake read FILE...`: what stands on scanned, photographed or faxed pages, word by word with its confidence and place."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from cleanclaim import intake
from cleanclaim.intake import limits
from cleanclaim.kernel.errors import UnreadableInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    read = verbs.add_parser("read", help="read PDFs and pictures (PNG, JPEG, TIFF); nothing leaves this machine")
    read.add_argument("files", nargs="+", metavar="FILE", help="files to read, or - for standard input")
    read.add_argument("--json", action="store_true", help="print JSON alone on standard output, one value a file")


def run(args: argparse.Namespace) -> int:
    """Exit 0 when every file was read, 2 when one could not be; words that wait for a person are no error."""
    unreadable = 0
    for name in args.files:
        try:
            reading = intake.read_document(_content(name)).reading
        except UnreadableInput as wrong:
            unreadable += 1
            print(f"{name}: {wrong}", file=sys.stderr)
            continue
        if args.json:
            print(json.dumps(_as_json(name, reading), ensure_ascii=False))
        else:
            _show(name, reading)
    return 2 if unreadable else 0


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(limits.MAX_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(limits.MAX_BYTES + 1)


def _as_json(name: str, reading: intake.Reading) -> dict[str, Any]:
    return {
        "file": name,
        "engine": reading.engine,
        "pages": [
            {"page": page.number, "width": page.width, "height": page.height, "origin": page.origin, "turned": page.turned,
             "lines": [{"text": line.text, "confidence": line.confidence, "box": line.box,
                        "words": [{"text": word.text, "confidence": word.confidence, "box": word.box} for word in line.words]}
                       for line in page.lines]}
            for page in reading.pages
        ],
        "words": sum(1 for _ in reading.spans()),
        "words_unsure": [
            {"page": item.span.page, "start": item.span.start, "end": item.span.end, "text": item.span.word.text,
             "confidence": item.span.word.confidence, "box": item.span.word.box, "why": item.why}
            for item in intake.waiting(reading)
        ],
        "text": reading.text(),
    }  # fmt: skip


def _show(name: str, reading: intake.Reading) -> None:
    waits = intake.waiting(reading)
    starts = {item.span.start: item for item in waits}
    print(f"{name}: {len(reading.pages)} page{'s' if len(reading.pages) > 1 else ''}, {sum(1 for _ in reading.spans())} words, "
          f"{len(waits)} to look at, shown [so?]")  # fmt: skip
    at, text, out = 0, reading.text(), []
    for span in reading.spans():
        out.append(text[at : span.start])
        out.append(f"[{span.word.text}?]" if span.start in starts else span.word.text)
        at = span.end
    print("".join(out))
