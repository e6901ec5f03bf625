"""`cleanclaim intake read | form | superbill`: what stands on scanned pages, word by word; and a practice's own superbill, printed and read."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

from cleanclaim import intake
from cleanclaim.cli.program import add_practice_argument, open_practice
from cleanclaim.intake import limits, superbill
from cleanclaim.kernel.errors import UnreadableInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    read = verbs.add_parser("read", help="read PDFs and pictures (PNG, JPEG, TIFF); nothing leaves this machine")
    read.add_argument("files", nargs="+", metavar="FILE", help="files to read, or - for standard input")
    read.add_argument("--json", action="store_true", help="print JSON alone on standard output, one value a file")
    form = verbs.add_parser("form", help="draw a superbill from a CSV of section, code, label, to print")
    form.add_argument("codes", metavar="CODES.csv", help="section,code,label: a line each, in the order in which they are printed")
    form.add_argument("--title", default="Superbill", help="what stands above it, such as the practice's name")
    form.add_argument("--out", default="superbill.pdf", metavar="FILE.pdf", help="where the PDF goes (default superbill.pdf)")
    form.add_argument("--keep", action="store_true", help="let the practice know the form, so that scans of it are read box by box")
    add_practice_argument(form)
    filled = verbs.add_parser("superbill", help="read filled superbills: boxes and written lines with confidence and place")
    filled.add_argument("codes", metavar="CODES.csv", help="the file that the form was drawn from")
    filled.add_argument("files", nargs="+", metavar="FILE", help="scans or photos, a page each")
    filled.add_argument("--title", default="Superbill", help="the title that the form was drawn with")
    filled.add_argument("--json", action="store_true", help="print JSON alone on standard output, one value a file")


def run(args: argparse.Namespace) -> int:
    """Exit 0 when every file was read, 2 when one could not be; words that wait for a person are no error."""
    if args.verb == "form":
        return _draw(args)
    form = _form(args) if args.verb == "superbill" else None
    unreadable = 0
    for name in args.files:
        try:
            document = intake.read_document(_content(name))
            if form is not None:
                _show_filled(name, superbill.read(form, document.reading.pages[0], document.pictures[0]), as_json=args.json)
                continue
            reading = document.reading
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


def _form(args: argparse.Namespace) -> superbill.Form:
    try:
        with Path(args.codes).open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error):
        raise UnreadableInput(f"{args.codes} is no CSV file in UTF-8.") from None
    if rows and [cell.strip().casefold() for cell in rows[0]] == ["section", "code", "label"]:
        rows = rows[1:]
    if any(len(row) != 3 for row in rows):
        raise UnreadableInput(f"{args.codes} must have three columns: section, code, label.")
    return superbill.form(args.title, tuple(superbill.Choice(*(cell.strip() for cell in row)) for row in rows))


def _draw(args: argparse.Namespace) -> int:
    form = _form(args)
    Path(args.out).write_bytes(superbill.draw(form))
    if args.keep:
        _, by = open_practice(args)
        from cleanclaim.practice.encounters.superbills import keep_superbill

        keep_superbill(form=form, by=by)
    if args.json:
        print(json.dumps({"file": args.out, "number": form.number, "lines": len(form.choices), "kept": args.keep}))
    else:
        print(f"{args.out}: form {form.number}, {len(form.choices)} lines{', known to the practice' if args.keep else ''}.")
    return 0


def _show_filled(name: str, filled: superbill.Filled, *, as_json: bool) -> None:
    if as_json:
        fields = [{"name": field.name, "label": field.label, "value": field.value, "confidence": field.confidence, "page": filled.page.number,
                   "box": field.box, "waits": field.why} for field in filled.fields]  # fmt: skip
        print(
            json.dumps(
                {"file": name, "form": filled.number, "fields": fields, "waiting": len(filled.waiting())}, ensure_ascii=False
            )
        )
        return
    print(f"{name}: form {filled.number}, {len(filled.waiting())} to look at")
    for field in filled.fields:
        if field.value != "empty" and (field.value or field.why):
            print(f"  {field.name:12} {field.value:24} {field.label:30} {field.confidence:.2f}  {field.why}".rstrip())
