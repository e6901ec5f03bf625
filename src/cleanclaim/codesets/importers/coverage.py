"""Importers of the Medicare Coverage Database exports: articles with their codes and places, and the determinations above them (LCD, NCD)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from cleanclaim.codesets.importers.incoming import Incoming
from cleanclaim.codesets.importers.plan import PUBLIC, Importer, Loaded, Loader, Options, Tell
from cleanclaim.codesets.importers.problems import ImportRefused
from cleanclaim.codesets.importers.reading import Columns, Row, complete, day_of, table
from cleanclaim.codesets.values import OPEN

_BATCH = 20_000


def _date(row: Row, name: str, default: int) -> int:
    """Read `2026-04-01 00:00:00` or 04/01/2026; blank is the default, anything else is refused."""
    return row.day(name, default)


def _last_change(latest: str) -> int:
    """The day on which the newest row was written: the exports carry no other date of their own."""
    return day_of(latest) if latest else 0


def _insert(connection: sqlite3.Connection, sql: str, rows: Iterator[tuple[object, ...]], tell: Tell) -> int:
    count, batch = 0, []
    for row in rows:
        batch.append(row)
        count += 1
        if len(batch) == _BATCH:
            connection.executemany(sql, batch)
            batch.clear()
            tell(count)
    connection.executemany(sql, batch)
    tell(count)
    return count


def _relation(relation: str, system: str, key: tuple[str, ...], group: tuple[str, ...] = ()) -> Loader:
    """Return the loader of one table that joins articles with codes, contractors or determinations."""
    columns: Columns = {
        "article": ("article_id",), "version": ("article_version",), **{f"key{n}": (name,) for n, name in enumerate(key)},
        "group?": group or ("no group",), "updated?": ("last_updated",),
    }  # fmt: skip

    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        latest = [""]

        def rows() -> Iterator[tuple[object, ...]]:
            for row in complete(table(file, columns), "article", "version", "key0"):
                code = "-".join(row[f"key{n}"] for n in range(len(key))) if len(key) > 1 else row["key0"].replace(".", "").upper()
                if not row["article"].isdigit():
                    raise row.refuse("article", f"“{row['article'][:20]}” is no article number.")
                if not code:
                    raise row.refuse("key0", "the code is missing.")
                if code == "0":
                    continue  # no determination
                latest[0] = max(latest[0], row["updated"])
                yield row["article"], row["version"], system, code, row["group"], relation

        if not options.partial:
            connection.execute("DELETE FROM coverage_article WHERE relation = ?", (relation,))
        count = _insert(connection, "INSERT OR IGNORE INTO coverage_article VALUES (?, ?, ?, ?, ?, ?)", rows(), tell)
        return Loaded(
            relation, options.effective or _last_change(latest[0]), count, licence=f"{PUBLIC}; CPT numbers belong to the AMA"
        )

    return load


_ARTICLE: Columns = {
    "article": ("article_id",), "version": ("article_version",), "title": ("title", "article_title"), "status?": ("status",),
    "effective": ("article_eff_date", "effective_date"), "ended?": ("article_end_date", "ending_effective_date"),
    "document?": ("display_id",), "updated?": ("last_updated",),
}  # fmt: skip


def _load_articles(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
    latest = [""]

    def rows() -> Iterator[tuple[object, ...]]:
        for row in complete(table(file, _ARTICLE), "article", "version", "title", "effective"):
            if not row["article"].isdigit():
                raise row.refuse("article", f"“{row['article'][:20]}” is no article number.")
            latest[0] = max(latest[0], row["updated"])
            document = row["document"] or f"A{row['article']}"
            yield (row["article"], row["version"], row["title"], row["status"].upper(), _date(row, "effective", 0), _date(row, "ended", OPEN),
                   document)  # fmt: skip

    if not options.partial:
        connection.execute("DELETE FROM article")
    count = _insert(connection, "INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?, ?, ?)", rows(), tell)
    if not count:
        raise ImportRefused(file.name, "the file holds no article.", line=1)
    return Loaded("articles", options.effective or _last_change(latest[0]), count)


_LCD: Columns = {
    "id": ("lcd_id",), "version": ("lcd_version",), "title": ("title",), "document?": ("display_id",), "status?": ("status",),
    "effective": ("rev_eff_date", "orig_det_eff_date"), "ended?": ("rev_end_date", "ent_det_end_date"),
}  # fmt: skip
_NCD: Columns = {
    "id": ("NCD_id",), "version": ("NCD_vrsn_num", "NCD_version"), "title": ("NCD_mnl_sect_title",), "document": ("NCD_mnl_sect",),
    "effective": ("NCD_efctv_dt",), "ended?": ("NCD_trmntn_dt",),
}  # fmt: skip


def _determinations(kind: str, columns: Columns, prefix: str) -> Loader:
    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        def rows() -> Iterator[tuple[object, ...]]:
            for row in complete(table(file, columns), "id", "version", "title"):
                document = row["document"] or row["id"]
                named = document if document.upper().startswith(prefix.strip()) else f"{prefix}{document}"
                yield (
                    kind,
                    row["id"],
                    row["version"],
                    named,
                    row["title"],
                    row["status"],
                    _date(row, "effective", 0),
                    _date(row, "ended", OPEN),
                )

        if not options.partial:
            connection.execute("DELETE FROM determination WHERE kind = ?", (kind,))
        count = _insert(connection, "INSERT OR REPLACE INTO determination VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows(), tell)
        return Loaded(f"{kind.upper()}s", options.effective, count)

    return load


_KEY = ("contractor_id", "contractor_type_id", "contractor_version")
_CONTRACTOR: Columns = {
    **{name: (name,) for name in _KEY}, "number?": ("contractor_number",), "name": ("contractor_bus_name",),
}  # fmt: skip
_JURISDICTION: Columns = {**{name: (name,) for name in _KEY}, "state": ("state_id",), "ended?": ("term_date",)}
_STATE: Columns = {"state": ("state_id",), "letters": ("state_abbrev",)}


def _contractor(row: Row) -> str:
    return "-".join(row[name] for name in _KEY)


def _small(name: str, columns: Columns, sql: str, make: Callable[[Row], tuple[object, ...] | None]) -> Loader:
    def load(connection: sqlite3.Connection, file: Incoming, options: Options, tell: Tell) -> Loaded:
        if not options.partial:
            connection.execute(f"DELETE FROM {name}")
        needed = [column for column in columns if not column.endswith("?")]
        rows = (made for row in complete(table(file, columns), *needed) if (made := make(row)) is not None)
        count = _insert(connection, sql, rows, tell)
        return Loaded(name, options.effective, count)

    return load


def _open_jurisdiction(row: Row) -> tuple[object, ...] | None:
    return None if row["ended"] else (_contractor(row), row["state"])


def _named(name: str, *columns: bytes) -> Callable[[Incoming], bool]:
    """Know a file by its own name and its header: `lcd.csv` is also what others call theirs."""
    return lambda file: file.base == name and all(column in file.head[:4000].lower() for column in columns)


IMPORTERS = (
    Importer(
        "article-procedures", "coverage", "coverage articles: procedures", _named("article_x_hcpc_code.csv", b"hcpc_code_id"),
        _relation("procedure", "hcpcs", ("hcpc_code_id",), ("hcpc_code_group",)),
    ),
    Importer(
        "article-covered", "coverage", "coverage articles: covered diagnoses", _named("article_x_icd10_covered.csv", b"icd10_code_id"),
        _relation("covered", "icd10cm", ("icd10_code_id",), ("icd10_covered_group",)),
    ),
    Importer(
        "article-noncovered", "coverage", "coverage articles: diagnoses not covered",
        _named("article_x_icd10_noncovered.csv", b"icd10_code_id"),
        _relation("noncovered", "icd10cm", ("icd10_code_id",), ("icd10_noncovered_group",)),
    ),
    Importer(
        "article-contractors", "coverage", "coverage articles: contractors", _named("article_x_contractor.csv", b"contractor_id"),
        _relation("contractor", "contractor", _KEY),
    ),
    Importer(
        "article-lcds", "coverage", "coverage articles: their LCDs", _named("article_related_documents.csv", b"r_lcd_id"),
        _relation("lcd", "lcd", ("r_lcd_id",)),
    ),
    Importer(
        "article-ncds", "coverage", "coverage articles: their NCDs", _named("article_related_ncd_documents.csv", b"r_ncd_id"),
        _relation("ncd", "ncd", ("r_ncd_id",)),
    ),
    Importer("article", "coverage", "coverage articles", _named("article.csv", b"article_id", b"article_version"), _load_articles),
    Importer("lcd", "determination", "local coverage determinations", _named("lcd.csv", b"lcd_id"), _determinations("lcd", _LCD, "L")),
    Importer("ncd", "determination", "national coverage determinations", _named("ncd_trkg.csv", b"ncd_id"), _determinations("ncd", _NCD, "NCD ")),
    Importer(
        "contractor", "contractor", "Medicare contractors", _named("contractor.csv", b"contractor_id"),
        _small("contractor", _CONTRACTOR, "INSERT OR REPLACE INTO contractor VALUES (?, ?, ?)", lambda row: (_contractor(row), row["number"], row["name"])),
    ),
    Importer(
        "contractor-states", "contractor", "states of the Medicare contractors", _named("contractor_jurisdiction.csv", b"state_id"),
        _small("contractor_state", _JURISDICTION, "INSERT OR REPLACE INTO contractor_state VALUES (?, ?)", _open_jurisdiction),
    ),
    Importer(
        "coverage-states", "contractor", "states of the coverage database", _named("state_lookup.csv", b"state_id"),
        _small("coverage_state", _STATE, "INSERT OR REPLACE INTO coverage_state VALUES (?, ?)", lambda row: (row["state"], row["letters"].upper())),
    ),
)  # fmt: skip
