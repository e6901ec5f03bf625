"""`cleanclaim x12`: check, show, acknowledge, rewrite, split and mask X12 files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from cleanclaim.kernel.errors import UnreadableInput, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, (says, _) in _VERBS.items():
        verb = verbs.add_parser(name, help=says, description=says)
        verb.add_argument("files", nargs="+", metavar="FILE", help="an X12 file, or - for standard input")
        verb.add_argument("--json", action="store_true", help="print JSON alone")
        if name in {"check", "ack"}:
            verb.add_argument("--codes", action="store_true", help="look external codes up in the code-set store (level 5)")
            verb.add_argument("--partner", metavar="FILE", help="a trading partner's companion guide in JSON (level 7)")
        if name == "ack":
            verb.add_argument("--claims", action="store_true", help="also answer each claim (277CA)")
            verb.add_argument("--control-number", type=int, default=1, help="the first control number of the answers")
        if name == "mask":
            verb.add_argument("--key", default="", help="the same key masks a name the same way every time; a random one otherwise")
        if name in {"ack", "rewrite", "split", "mask"}:
            verb.add_argument("-o", "--output", help="where to write; a folder for split and for several files")


def run(args: argparse.Namespace) -> int:
    """Run one verb on each file; one that cannot be read is named, and the others are still done."""
    worst = 0
    for name in args.files:
        try:
            worst = max(worst, _VERBS[args.verb][1](args, name))
        except UnreadableInput as refused:
            if len(args.files) == 1:
                raise
            print(refused, file=sys.stderr)
            worst = 2
    return worst


def _source(name: str) -> Any:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if not path.exists():
        raise UnreadableInput(f"There is no file {name}.")
    if not path.is_file():
        raise UnreadableInput(f"{name} is no file: name one, or - for standard input.")
    return path


def _x12_source(name: str) -> Any:
    """Return a source that is written again. Raises UnreadableInput where nothing of X12 is in it: its text would pass as it stands."""
    from cleanclaim.x12.implementations.rewrite import holds_segments

    source = _source(name)
    if not holds_segments(source):
        raise UnreadableInput(f"{name}: no X12 was found in it; nothing is written.")
    return source


def _check(args: argparse.Namespace, name: str) -> int:
    from cleanclaim.x12.implementations.check import check

    checked = check(_source(name), progress=_progress(name), **_demands(args))
    if args.json:
        print(json.dumps(checked.as_json(name)))
    else:
        print(
            f"{name}: {'well formed' if checked.well_formed else 'not well formed'}, {'valid' if checked.is_valid else 'not valid'}"
        )
        for transaction in checked.transactions[:50]:
            print(
                f"  {transaction.set} {transaction.version} {transaction.control_number}: {'valid' if transaction.valid else 'not valid'}, "
                f"{transaction.claims} claims, {transaction.lines} lines, charge {_dollars(transaction.charge_cents)}, "
                f"paid {_dollars(transaction.paid_cents)}"
            )
        for finding in checked.findings[:200]:
            print(f"  {finding.severity} {finding.rule} segment {finding.segment} {finding.path} {finding.element}: {finding.says}")
        left = len(checked.findings) - 200 + checked.findings_left_out
        if left > 0:
            print(f"  and {left} more findings (--json prints {len(checked.findings)})")
    if not checked.interchanges and not checked.transactions:
        return 2
    return 0 if checked.is_valid else 1


def _demands(args: argparse.Namespace) -> dict[str, Any]:
    """Return what a check holds a file to beyond the guides."""
    demands: dict[str, Any] = {}
    if args.codes:
        from cleanclaim.codesets import open_store
        from cleanclaim.x12.implementations.code_book import StoreBook

        demands["codes"] = StoreBook(open_store())
    if args.partner:
        from cleanclaim.x12.implementations.partners import read_partner

        demands["partner"] = read_partner(args.partner)
    return demands


def _dollars(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _progress(name: str) -> Callable[[int], None] | None:
    """Return a progress bar for a long file on a terminal."""
    if name == "-" or not sys.stderr.isatty():
        return None
    size = Path(name).stat().st_size
    if size < 8_000_000:
        return None

    def show(done: int) -> None:
        share = min(done / size, 1.0)
        print(f"\r{name} [{'#' * int(30 * share):30}] {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

    return show


def _show(args: argparse.Namespace, name: str) -> int:
    """Print the typed documents of a file, one JSON value each without --json, one list with it."""
    from cleanclaim.x12.implementations.documents_of import documents_of

    source = _source(name)
    found = ({"document": type(item).__name__, **_plain(item)} for item in documents_of(source))
    shown = 0
    if args.json:
        listed = list(found)
        shown = len(listed)
        print(json.dumps(listed))
    else:
        for item in found:
            shown += 1
            print(json.dumps(item, indent=2))
    return 0 if shown or _is_x12(source, name) else 2


def _is_x12(source: Any, name: str) -> bool:
    """Tell whether a file without documents is X12 at all, and say so where it is not."""
    from cleanclaim.x12.implementations.check import check

    checked = check(source)
    if checked.interchanges or checked.transactions:
        return True
    print(f"{name}: no X12 was found in it.", file=sys.stderr)
    return False


def _plain(value: Any) -> Any:
    """Turn a document into what JSON knows."""
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _ack(args: argparse.Namespace, name: str) -> int:
    from cleanclaim.x12.implementations.acknowledge import ALL_LEVELS, acknowledge
    from cleanclaim.x12.implementations.acknowledge_claims import SYNTAX_LEVELS, acknowledge_claims
    from cleanclaim.x12.implementations.check import check

    source = _source(name)
    instant = datetime.now(UTC)
    if not 0 < args.control_number < 999_999_000:
        raise UsageError("A control number lies between 1 and 999999999.")
    checked = check(source, **_demands(args))
    levels = SYNTAX_LEVELS if args.claims else ALL_LEVELS
    answer = acknowledge(source, instant=instant, control_number=args.control_number, checked=checked, levels=levels)
    claims = b""
    if args.claims:
        number = args.control_number + max(1, len(checked.interchanges))
        claims = acknowledge_claims(source, instant=instant, control_number=number, checked=checked)
    if not answer.together and not claims:
        print(f"{name}: there is nothing here that is acknowledged.", file=sys.stderr)
    if args.json:
        print(json.dumps({
            "file": name, "accepted": answer.is_accepted, "ta1": answer.ta1.decode("ascii"), "functional": answer.functional.decode("ascii"),
            "claims": claims.decode("ascii"),
        }))  # fmt: skip
        if args.output:
            _write(_target(args, name), answer.together + claims)
    else:
        _write(_target(args, name), answer.together + claims)
    if not checked.interchanges and not checked.transactions:
        return 2
    return 0 if answer.is_accepted else 1


def _write(output: str | None, content: bytes | Iterator[bytes]) -> None:
    pieces = [content] if isinstance(content, bytes) else content
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    with Path(output).open("wb") as file:
        for piece in pieces:
            file.write(piece)


def _target(args: argparse.Namespace, name: str) -> str | None:
    """Return where the result of one file goes: of several files each keeps its name in the folder that -o names."""
    if args.output is None or len(args.files) == 1:
        return args.output  # type: ignore[no-any-return]
    folder = Path(args.output)
    if folder.exists() and not folder.is_dir():
        raise UsageError("Several files are written into a folder: -o names a file.")
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / ("stdin.x12" if name == "-" else Path(name).name))


def _deliver(args: argparse.Namespace, name: str, content: Iterator[bytes]) -> int:
    """Write a file's new bytes; with --json say where they went, or print them as text."""
    target = _target(args, name)
    if target is not None and name != "-" and Path(target).exists() and Path(target).samefile(name):
        raise UsageError("The output is the input: write to another file.")
    if args.json:
        whole = b"".join(content)
        if target is not None:
            _write(target, whole)
            print(json.dumps({"file": name, "output": target, "bytes": len(whole)}))
        else:
            print(json.dumps({"file": name, "content": whole.decode("latin-1")}))
        return 0
    _write(target, content)
    return 0


def _rewrite(args: argparse.Namespace, name: str) -> int:
    from cleanclaim.x12.implementations.rewrite import rewrite

    return _deliver(args, name, rewrite(_x12_source(name)))


def _mask(args: argparse.Namespace, name: str) -> int:
    from cleanclaim.x12.implementations.mask import mask, random_key

    return _deliver(args, name, mask(_x12_source(name), args.key.encode() or random_key()))


def _split(args: argparse.Namespace, name: str) -> int:
    from cleanclaim.x12.implementations.rewrite import split

    source = _x12_source(name)
    folder = Path(args.output or ".")
    folder.mkdir(parents=True, exist_ok=True)
    stem = "stdin" if name == "-" else Path(name).stem
    suffix = ".x12" if name == "-" else Path(name).suffix or ".x12"
    written = []
    for number, (control_number, content) in enumerate(split(source), 1):
        path = folder / f"{stem}-{number:04d}{suffix}"
        path.write_bytes(content)
        written.append({"file": str(path), "control_number": control_number, "bytes": len(content)})
    if args.json:
        print(json.dumps(written))
    else:
        for item in written:
            print(item["file"])
    return 0 if written else 1


_VERBS: Final[dict[str, tuple[str, Callable[[argparse.Namespace, str], int]]]] = {
    "check": ("say everything that is wrong with files, and what they add up to", _check),
    "show": ("print the typed documents of a file", _show),
    "ack": ("write the TA1 and 999 that answer a file, with --claims also the 277CA", _ack),
    "rewrite": ("read a file and write it again: the same bytes", _rewrite),
    "split": ("write one file per transaction", _split),
    "mask": ("replace every identifier of a person, and keep the file valid", _mask),
}
