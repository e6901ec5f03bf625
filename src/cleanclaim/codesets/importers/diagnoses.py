"""Importers of ICD-10-CM: order and code files, tabular list, index books, present-on-admission exemptions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from cleanclaim.codesets.building import nearest_parent
from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.plan import Importer, Loaded, Loader, Options, Tell, check_size, fiscal_day
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.importers.xml_files import root_of, starts_with, version_of, words
from cleanclaim.codesets.instructions import release_name
from cleanclaim.codesets.periods import Stated, lay_over, previous_day, window
from cleanclaim.codesets.values import CATEGORY, OPEN

_CM = re.compile(rf"{CATEGORY}[0-9A-Z]{{0,4}}")
_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}|[0-9A-HJ-NP-Z]{3}")
_LEAVES = frozenset({"code"})
_ALL = frozenset({"code", "category", "heading"})


def _order_lines(file: Incoming, pattern: re.Pattern[str]) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield (line, code, flag, short title, long title) of the fixed-width order file, each field in its place."""
    for number, line in file.lines(file.encoding()):
        if not line.strip():
            continue
        if len(line) < 78:
            raise ImportRefused(
                file.name, "the line ends before the long title: the file is cut off.", line=number, column=len(line) + 1
            )
        code, flag = line[6:13].strip(), line[14]
        if not line[:5].isdigit():
            raise ImportRefused(file.name, "an order number belongs in columns 1-5.", line=number, column=1)
        if not pattern.fullmatch(code):
            raise ImportRefused(file.name, f"“{code}” is no code of this table.", line=number, column=7)
        if flag not in "01":
            raise ImportRefused(file.name, "the flag is 0 (heading) or 1 (billable).", line=number, column=15)
        yield number, code, flag, line[16:76].strip(), line[77:].strip()


def _load_order(system: str, pattern: re.Pattern[str]) -> Loader:
    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        first = fiscal_day(file, options)
        listed: dict[str, tuple[int, str, str]] = {}
        for number, code, flag, short, title in _order_lines(file, pattern):
            listed[code] = (int(flag), title, short if short != title else "")
            if number % 5000 == 0:
                tell(number)
        billable = sum(flag for flag, _, _ in listed.values())
        return _lay_codes(connection, file, options, system, first, listed, billable, "FY order file", headings=True)

    return load


def _load_codes(system: str, pattern: re.Pattern[str], length: int) -> Loader:
    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        first = fiscal_day(file, options)
        listed = {}
        for number, line in file.lines(file.encoding()):
            if not line.strip():
                continue
            code, title = line[:7].strip(), line[8:].strip()
            if not pattern.fullmatch(code) or len(code) < length:
                raise ImportRefused(file.name, f"“{code}” is no code of this table.", line=number, column=1)
            if not title:
                raise ImportRefused(file.name, "the title is missing: the file is cut off.", line=number, column=9)
            listed[code] = (1, title, "")
            if number % 5000 == 0:
                tell(number)
        return _lay_codes(connection, file, options, system, first, listed, len(listed), "FY code file", headings=False)

    return load


def _lay_codes(
    connection: sqlite3.Connection, file: Incoming, options: Options, system: str, first: int, listed: dict[str, tuple[int, str, str]],
    billable: int, what: str, *, headings: bool,
) -> Loaded:  # fmt: skip
    days = window(connection, system, first)
    known_count = connection.execute(
        "SELECT count(*) FROM code WHERE system = ? AND billable = 1 AND valid_from <= ? AND valid_to >= ?", (system, first, first)
    ).fetchone()[0]
    if not options.partial:
        check_size(file, billable, known_count, "billable codes")
    parents = dict(connection.execute("SELECT code, parent FROM code WHERE system = ? ORDER BY valid_from", (system,)).fetchall())
    known = set(parents) | set(listed)
    stated = {}
    for code, (flag, title, short) in listed.items():
        above = parents.get(code) or (code[:3] if system == "icd10pcs" and len(code) == 7 else nearest_parent(code, known))
        kind = "code" if flag else ("table" if system == "icd10pcs" else "category" if len(code) == 3 else "heading")
        stated[code] = Stated(flag, title, short, kind, above)
    changed = lay_over(connection, system, days, stated, full=not options.partial, kinds=_ALL if headings else _LEAVES)
    if not options.partial:
        connection.execute("INSERT OR IGNORE INTO full_list VALUES (?, ?)", (system, first))
    return Loaded(f"{release_name(first)} ({what.removeprefix('FY ')})", first, len(listed), changed=changed)


_NOTE_KINDS = {
    "inclusionTerm": "inclusion", "includes": "includes", "excludes1": "excludes1", "excludes2": "excludes2",
    "codeFirst": "code_first", "useAdditionalCode": "use_additional", "codeAlso": "code_also", "notes": "note",
    "sevenChrNote": "seventh_note",
}  # fmt: skip


def section_ends(name: str) -> tuple[str, str]:
    """Return the first and last category of a section; one of a single category (B10) is keyed B10-B10, apart from the category."""
    ends = name.split("-")
    return ends[0], ends[-1]


def _nodes(root: ET.Element) -> Iterator[tuple[ET.Element, str, str, str]]:
    """Yield (element, key, parent, kind) in the order of the book."""

    def below(element: ET.Element, parent: str) -> Iterator[tuple[ET.Element, str, str, str]]:
        for diag in element.findall("diag"):
            code = words(diag.findtext("name")).replace(".", "")
            yield diag, code, parent, "category" if len(code) == 3 else "heading"
            yield from below(diag, code)

    for chapter in root.findall("chapter"):
        name = words(chapter.findtext("name"))
        yield chapter, name, "", "chapter"
        spans = [(section, *section_ends(section.get("id", ""))) for section in chapter.findall("section")]
        for section, first, last in spans:
            key = f"{first}-{last}"
            inside = [f"{a}-{b}" for _, a, b in spans if a <= first and b >= last and f"{a}-{b}" != key]
            yield section, key, inside[0] if inside else name, "section"
            yield from below(section, key)


def _load_tabular(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    root = root_of(file)
    if root.tag != "ICD10CM.tabular" or root.find("chapter") is None:
        raise ImportRefused(file.name, "this is no ICD-10-CM tabular list.", line=1)
    first = fiscal_day(file, options, version_of(root))
    first_day, last_day = window(connection, "icd10cm", first)
    notes, count = [], 0
    for element, code, parent, kind in _nodes(root):
        count += 1
        seq = 0
        title = words(element.findtext("desc"))
        if kind in {"chapter", "section"}:
            title = re.sub(r" \([A-Z0-9-]+\)$", "", title)
        for child in element:
            texts = []
            if child.tag in _NOTE_KINDS:
                texts = [(_NOTE_KINDS[child.tag], words("".join(note.itertext()))) for note in child.findall("note")]
            elif child.tag == "sevenChrDef":
                texts = [("seventh", f"{ext.get('char')}|{words(ext.text)}") for ext in child.findall("extension")]
            for note_kind, text in texts:
                seq += 1
                notes.append((first, code, seq, note_kind, text))
        _place_node(connection, code, parent, kind, title, first_day, last_day)
        if count % 5000 == 0:
            tell(count)
    if count < 40_000 and not options.partial:
        raise ImportRefused(file.name, f"the list has {count:,} entries; the tabular list has over 45,000: it is cut off.", line=1)
    connection.execute("DELETE FROM note WHERE release = ?", (first,))
    connection.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?)", sorted(notes))
    return Loaded(release_name(first), first, len(notes))


def _place_node(connection: sqlite3.Connection, code: str, parent: str, kind: str, title: str, first: int, last: int) -> None:
    """Give a printed node its parent and, to headings, their title; one that no list has is added as a heading."""
    found = connection.execute(
        "UPDATE code SET parent = ? WHERE system = 'icd10cm' AND code = ? AND valid_from <= ? AND valid_to >= ? AND parent != ?",
        (parent, code, last, first, parent),
    ).rowcount
    found += connection.execute(
        "UPDATE code SET title = ? WHERE system = 'icd10cm' AND code = ? AND billable = 0 AND valid_from >= ? AND valid_from <= ? AND title != ?",
        (title, code, first, last, title),
    ).rowcount
    connection.execute("UPDATE code SET title = ? WHERE system = 'icd10cm' AND code = ? AND title = ''", (title, code))
    if found:
        return
    there = connection.execute("SELECT 1 FROM code WHERE system = 'icd10cm' AND code = ? LIMIT 1", (code,)).fetchone()
    if there is None:
        connection.execute("INSERT INTO code VALUES ('icd10cm', ?, ?, ?, 0, ?, '', ?, ?)", (code, first, OPEN, title, kind, parent))


def _book_of(file: Incoming) -> str:
    head = file.head
    if b"<indexHeading" in head[:2000]:
        return "drug" if b"Substance" in head[:3000] else "neoplasm"
    return "external" if b"EXTERNAL CAUSE" in head[:3000].upper() else "index"


def _load_index(book: str) -> Loader:
    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        root = root_of(file)
        if root.tag != "ICD10CM.index":
            raise ImportRefused(file.name, "this is no ICD-10-CM index.", line=1)
        first = fiscal_day(file, options, version_of(root))
        rows: list[tuple[object, ...]] = []
        for main in root.iter("mainTerm"):
            _entry(book, rows, main, 0, 0)
            if len(rows) % 5000 < 20:
                tell(len(rows))
        if not rows:
            raise ImportRefused(file.name, "the index has no main term.", line=1)
        connection.execute("DELETE FROM book_entry WHERE book = ?", (book,))
        connection.executemany("INSERT INTO book_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return Loaded(release_name(first), first, len(rows))

    return load


def _entry(book: str, rows: list[tuple[object, ...]], element: ET.Element, parent: int, level: int) -> None:
    """Add one main term or term and what stands below it."""
    title = element.find("title")
    own, nonessential = "", ""
    if title is not None:
        nonessential = words(" ".join(words(mod.text) for mod in title.findall("nemod")))
        own = words((title.text or "") + " ".join(mod.tail or "" for mod in title))
    see = words(element.findtext("see")) or words(element.findtext("seecat"))
    also = words(element.findtext("seeAlso")) or words(element.findtext("subcat"))
    code = words(element.findtext("code"))
    if element.findtext("manif"):
        code = f"{code} {words(element.findtext('manif'))}".strip()
    cells = ";".join(
        f"{cell.get('col')}={words(cell.text)}" for cell in element.findall("cell") if words(cell.text) not in {"", "--"}
    )
    number = len(rows) + 1
    rows.append((book, number, parent, level, own, nonessential, code, see, also, cells))
    for term in element.findall("term"):
        _entry(book, rows, term, number, level + 1)


def _load_poa(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    first = fiscal_day(file, options)
    codes = set()
    for _, line in file.lines(file.encoding()):
        found = re.match(rf"^\s*\"?(?:\d+[\s,\"]+)?({CATEGORY}(?:\.?[0-9A-Z]{{1,4}})?)[\"\s,]", line + " ")
        if found:
            codes.add(found[1].replace(".", ""))
    tell(len(codes))
    known = connection.execute(
        "SELECT count(*) FROM poa_exempt WHERE valid_from <= ? AND valid_to >= ?", (first, first)
    ).fetchone()[0]
    if not options.partial:
        check_size(file, len(codes), known, "exempt codes")
        connection.execute("DELETE FROM poa_exempt WHERE valid_from >= ?", (first,))
        connection.execute(
            "UPDATE poa_exempt SET valid_to = ? WHERE valid_from < ? AND valid_to >= ?", (previous_day(first), first, first)
        )
    connection.executemany("INSERT OR REPLACE INTO poa_exempt VALUES (?, ?, ?)", [(code, first, OPEN) for code in sorted(codes)])
    return Loaded(release_name(first), first, len(codes))


def _is_order(file: Incoming, pattern: str) -> bool:
    first = file.head.split(b"\n", 1)[0].decode("latin-1")
    return re.match(rf"\d{{5}} {pattern}\s+\d \S", first) is not None


def _is_codes(file: Incoming, pattern: str) -> bool:
    line = file.head.split(b"\n", 1)[0].decode("latin-1")
    return "codes" in file.base and re.match(rf"{pattern}\s+\S", line) is not None and not line[:5].isdigit()


def _is_book(book: str) -> Callable[[Incoming], bool]:
    return lambda file: starts_with(file, b"ICD10CM.index") and _book_of(file) == book


IMPORTERS = (
    Importer(
        "icd10cm-order", "icd10cm", "ICD-10-CM order file", lambda f: _is_order(f, CATEGORY + r"\S* "), _load_order("icd10cm", _CM)
    ),
    Importer(
        "icd10cm-codes",
        "icd10cm",
        "ICD-10-CM code file",
        lambda f: _is_codes(f, CATEGORY + r"[0-9A-Z ]{4}"),
        _load_codes("icd10cm", _CM, 3),
    ),
    Importer(
        "icd10cm-tabular", "icd10cm_notes", "ICD-10-CM tabular list", lambda f: starts_with(f, b"ICD10CM.tabular"), _load_tabular
    ),
    Importer("icd10cm-index", "icd10cm_index", "ICD-10-CM alphabetic index", _is_book("index"), _load_index("index")),
    Importer(
        "icd10cm-external", "icd10cm_external", "ICD-10-CM index of external causes", _is_book("external"), _load_index("external")
    ),
    Importer("icd10cm-drug", "icd10cm_drug", "ICD-10-CM table of drugs and chemicals", _is_book("drug"), _load_index("drug")),
    Importer("icd10cm-neoplasm", "icd10cm_neoplasm", "ICD-10-CM table of neoplasms", _is_book("neoplasm"), _load_index("neoplasm")),
    Importer(
        "icd10pcs-order",
        "icd10pcs",
        "ICD-10-PCS order file",
        lambda f: _is_order(f, r"[0-9A-HJ-NP-Z]{3}(?:[0-9A-HJ-NP-Z]{4}| {4})"),
        _load_order("icd10pcs", _PCS),
    ),
    Importer(
        "icd10pcs-codes",
        "icd10pcs",
        "ICD-10-PCS code file",
        lambda f: _is_codes(f, r"[0-9A-HJ-NP-Z]{7}"),
        _load_codes("icd10pcs", _PCS, 7),
    ),
    Importer(
        "poa-exempt",
        "poa_exempt",
        "codes exempt from present on admission",
        lambda f: "poa" in f.base and "exempt" in f.base,
        _load_poa,
    ),
)
