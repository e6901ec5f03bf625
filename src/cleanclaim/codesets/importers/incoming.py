"""Files that come in: plain, gzipped, in a zip (also one inside another) or from a URL, opened with care and read as streams."""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import io
import lzma
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from cleanclaim.codesets.fetching import NotFetched, fetch_to
from cleanclaim.codesets.importers.problems import ImportRefused

MOST_BYTES: Final = 12_000_000_000
"""The largest official file, the NPPES monthly, unpacks to about 10 GB."""
MOST_TIMES: Final = 400
"""Official text shrinks at most some thirty-fold in a zip; a bomb shrinks a thousandfold."""
SMALL: Final = 20_000_000
"""Below this unpacked size the ratio does no harm."""
MOST_MEMBERS: Final = 2_000
LARGEST_WORKBOOK: Final = 600_000_000
HEAD: Final = 65_536
LONGEST_LINE: Final = 4_000_000
"""So many characters a line may have: the text of a coverage article is the longest there is."""

READ_ERRORS: Final = (EOFError, zlib.error, OSError, zipfile.BadZipFile, lzma.LZMAError, NotImplementedError, RuntimeError)
"""What damaged archives make the standard library raise."""


class Incoming:
    """One table file on its way in: a name to show, its first bytes, and as many fresh streams as a reader asks for."""

    def __init__(self, name: str, opener: Callable[[], IO[bytes]], sha256: str, packed_size: int) -> None:
        self.name, self._opener, self.sha256, self.packed_size = name, opener, sha256, packed_size
        with self.open() as stream:
            self.head = self._guarded(lambda: stream.read(HEAD))
        self._check_head()

    @property
    def base(self) -> str:
        """The file's own name without folders and archives, lower case."""
        return self.name.rsplit("/", 1)[-1].rsplit(" in ", 1)[0].lower()

    def _check_head(self) -> None:
        start = self.head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if not self.head:
            raise ImportRefused(self.name, "the file is empty.", line=1)
        if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
            raise ImportRefused(self.name, "this is a web page, not a table; download the file itself.", line=1, column=1)
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ImportRefused(
                self.name, "the file is saved as UTF-16; official ones are plain text: save it as UTF-8.", line=1, column=1
            )
        if b"\x00" in self.head[:4096] and not start.startswith(b"pk\x03\x04"):
            raise ImportRefused(self.name, "this is no text file.", line=1, column=1)

    def _guarded(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except READ_ERRORS:
            raise ImportRefused(self.name, "the packed file is damaged or cut off.") from None

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open a fresh stream of bytes."""
        try:
            stream = self._opener()
        except READ_ERRORS as wrong:
            raise ImportRefused(self.name, f"the archive cannot be opened: {wrong}.") from None
        with stream:
            yield stream

    def lines(self, encoding: str = "latin-1") -> Iterator[tuple[int, str]]:
        """Yield (line number, text without its end), guarding against archives that end early or never."""
        read = 0
        with self.open() as stream:
            text = io.TextIOWrapper(
                io.BufferedReader(_Buffered(stream), 1 << 20), encoding=encoding, errors="replace", newline=None
            )
            number = 0
            while True:
                try:
                    line = text.readline(LONGEST_LINE)
                except READ_ERRORS:
                    raise ImportRefused(self.name, "the packed file is damaged or cut off here.", line=number + 1) from None
                if not line:
                    return
                number += 1
                read += len(line)
                if len(line) == LONGEST_LINE:
                    raise ImportRefused(
                        self.name, "the line is longer than any of an official file.", line=number, column=LONGEST_LINE
                    )
                if read > MOST_BYTES or (read > SMALL and read > self.packed_size * MOST_TIMES):
                    raise ImportRefused(self.name, "the file unpacks to far more than any official file holds.", line=number)
                yield number, line.rstrip("\r\n\x1a")

    def encoding(self) -> str:
        """Return the text encoding: UTF-8 when the first bytes are valid UTF-8, else the Windows one that CMS uses."""
        if self.head.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        try:
            self.head.decode("utf-8")
        except UnicodeDecodeError as wrong:
            if wrong.start < len(self.head) - 4:
                return "cp1252"
        return "utf-8"


class _Buffered(io.RawIOBase):
    """Lets TextIOWrapper read any binary stream."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        found = self._stream.read(len(view))
        view[: len(found)] = found
        return len(found)


@contextlib.contextmanager
def gathered(source: str) -> Iterator[list[Incoming]]:
    """Open a path or URL and give every file in it."""
    with contextlib.ExitStack() as stack:
        if source.lower().startswith(("http://", "https://")):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="codesets-")))
            path = download(source, folder)
        elif re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:(?://|\w)", source) and not Path(source).exists():
            raise ImportRefused(source[:200], "only http and https addresses are fetched.")
        else:
            path = Path(source)
        if path.is_dir():
            raise ImportRefused(source, "this is a folder; name the file.")
        if not path.exists():
            raise FileNotFoundError(2, "no file", source)
        if not path.is_file():
            raise ImportRefused(source, "this is no plain file.")
        yield list(_unpacked(path, path.name, stack))


def download(url: str, folder: Path, most_bytes: int = 2_000_000_000) -> Path:
    """Fetch a file into a folder; one plain sentence when the network or the site refuses."""
    name = re.sub(r"[^\w. -]", "_", url.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1])[-120:].lstrip(".") or "download"
    target = folder / name
    try:
        fetch_to(url, target, most_bytes)
    except NotFetched as wrong:
        raise ImportRefused(re.sub(r"//[^/@]*@", "//", url)[:200], str(wrong)) from None
    return target


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unpacked(path: Path, shown: str, stack: contextlib.ExitStack, depth: int = 0) -> Iterator[Incoming]:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith(b"PK\x05\x06"):
        raise ImportRefused(shown, "the zip is empty.")
    if start.startswith(b"PK\x03\x04") and not shown.lower().endswith((".xlsx", ".xlsm")):
        yield from _zip_members(path, shown, stack, depth)
        return
    size = path.stat().st_size
    if start[:2] == b"\x1f\x8b":
        yield Incoming(shown.removesuffix(".gz"), lambda: _as_bytes(gzip.GzipFile(path)), _sha256(path), size)
    elif start == b"\xfd7zX":
        yield Incoming(shown.removesuffix(".xz"), lambda: _as_bytes(lzma.LZMAFile(path)), _sha256(path), size)  # noqa: SIM115 - closed by its reader
    elif start.startswith(b"PK\x03\x04"):
        yield Workbook(shown, path, _sha256(path), size)
    else:
        yield Incoming(shown, lambda: path.open("rb"), _sha256(path), max(size, 1))


def _as_bytes(stream: object) -> IO[bytes]:
    return stream  # type: ignore[return-value]


def _zip_members(path: Path, shown: str, stack: contextlib.ExitStack, depth: int) -> Iterator[Incoming]:
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        raise ImportRefused(shown, "the zip file is damaged or cut off.") from None
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(members) > MOST_MEMBERS:
        raise ImportRefused(shown, f"the zip holds {len(members):,} files; no official one holds so many.")
    total = sum(m.file_size for m in members)
    too_much = total > SMALL and total > path.stat().st_size * MOST_TIMES
    if total > MOST_BYTES or too_much or any(m.file_size > SMALL and m.file_size > m.compress_size * MOST_TIMES for m in members):
        raise ImportRefused(shown, "the zip unpacks to far more than any official file holds.")
    for member in members:
        if member.flag_bits & 1:
            raise ImportRefused(f"{member.filename} in {shown}", "the file is locked with a password.")
        lower = member.filename.lower()
        name = f"{member.filename.rsplit('/', 1)[-1]} in {shown}"
        if lower.endswith((".zip", ".xlsx")):
            if depth >= 2:
                raise ImportRefused(name, "zips are packed into each other too deeply.")
            inner = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="codesets-"))) / Path(member.filename).name
            try:
                with archive.open(member) as packed, inner.open("wb") as out:
                    shutil.copyfileobj(packed, out)
            except READ_ERRORS:
                raise ImportRefused(name, "the packed file is damaged or cut off.") from None
            yield from _unpacked(inner, Path(member.filename).name, stack, depth + 1)
        elif lower.endswith((".pdf", ".docx", ".doc", ".htm", ".html", ".xsd", ".xls", ".pptx")) or not member.file_size:
            continue
        else:
            yield Incoming(name, _member_opener(archive, member), _member_hash(archive, member, name), max(member.compress_size, 1))


def _member_opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(member)


def _member_hash(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> str:
    total = hashlib.sha256()
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(1 << 20):
                total.update(chunk)
    except READ_ERRORS:
        raise ImportRefused(name, "the packed file is damaged or cut off.") from None
    return total.hexdigest()


class Workbook(Incoming):
    """An Excel file: its first sheet is read as comma-separated lines."""

    def __init__(self, name: str, path: Path, sha256: str, packed_size: int) -> None:
        self._path, self._shown = path, name
        self._check_parts()
        super().__init__(name, self._as_csv, sha256, packed_size * 10)

    def _check_parts(self) -> None:
        """A workbook is a zip of XML: refuse one that unpacks without end or declares entities."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                parts = archive.infolist()
                total = sum(part.file_size for part in parts)
                if (
                    len(parts) > MOST_MEMBERS
                    or total > LARGEST_WORKBOOK
                    or (total > SMALL and total > self._path.stat().st_size * MOST_TIMES)
                ):
                    raise ImportRefused(self._shown, "the workbook unpacks to far more than any official file holds.")
                for part in parts:
                    if part.filename.lower().endswith((".xml", ".rels")):
                        with archive.open(part) as stream:
                            if b"<!DOCTYPE" in stream.read(HEAD):
                                raise ImportRefused(
                                    self._shown, "the workbook declares a document type, which no official one does."
                                )
        except READ_ERRORS:
            raise ImportRefused(self._shown, "the workbook is damaged or cut off.") from None

    def _as_csv(self) -> IO[bytes]:
        import openpyxl

        try:
            text = _first_sheet(
                openpyxl.load_workbook(self._path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
            )
        except Exception as wrong:  # noqa: BLE001 - openpyxl raises whatever a damaged sheet makes it raise
            raise ImportRefused(self._shown, f"the workbook cannot be read ({type(wrong).__name__}).") from None
        if text is None:
            raise ImportRefused(self._shown, "the workbook holds far more than any official one.")
        return io.BytesIO(text.encode())


def _first_sheet(rows: Iterable[Sequence[object]]) -> str | None:
    """Return a sheet as comma-separated lines; None where it never ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
        if out.tell() > LARGEST_WORKBOOK:
            return None
    return out.getvalue()


def _cell(value: object) -> object:
    """Write a cell as an official text file has it: a day as CCYYMMDD, a whole number without a fraction."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y%m%d")
    return int(value) if isinstance(value, float) and value.is_integer() else value
