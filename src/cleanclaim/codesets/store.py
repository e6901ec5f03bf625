"""The store: codes in force on a date, read from one memory-mapped SQLite file that nobody writes while it is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from cleanclaim.codesets import instructions, necessity, payment_rules, pcs_walk
from cleanclaim.codesets.store_file import StoreFile
from cleanclaim.codesets.values import (
    OPEN,
    AddOn,
    Code,
    Coverage,
    CoverageArticle,
    Drg,
    Excludes,
    Fee,
    Gpci,
    MceAttributes,
    Mue,
    NcciEdit,
    Necessity,
    Notes,
    Provider,
    Rvu,
    Source,
    Term,
    as_date,
    as_first_date,
    bare,
    day_number,
    dotted,
)

_COLUMNS: Final = "code, title, billable, valid_from, valid_to, short, kind, parent"
_GET: Final = f"SELECT {_COLUMNS} FROM code WHERE system = ? AND code = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1"


class Store(StoreFile):
    """Every code set in force on a date. Safe to share across threads: each thread has a connection of its own."""

    # codes

    def get(self, system: str, code: str, on: date) -> Code | None:
        """Return a code as it stands on a date, with or without its dot; None when it is not in force then."""
        row = self.connection.execute(_GET, (system, bare(code), day_number(on))).fetchone()
        if row is None or row[4] < day_number(on):
            return None
        return _code(system, row)

    def history(self, system: str, code: str) -> tuple[Code, ...]:
        """Return every period of a code, oldest first."""
        found = self.query(f"SELECT {_COLUMNS} FROM code WHERE system = ? AND code = ? ORDER BY valid_from", system, bare(code))
        return tuple(_code(system, row) for row in found)

    def children(self, system: str, code: str, on: date) -> tuple[Code, ...]:
        """Return what stands directly below a code, section or chapter; `""` asks for the top."""
        day = day_number(on)
        found = self.query(
            f"SELECT {_COLUMNS} FROM code WHERE system = ? AND parent = ? AND valid_from <= ? AND valid_to >= ? ORDER BY code",
            system, bare(code), day, day,
        )  # fmt: skip
        codes = [_code(system, row) for row in found]
        if codes and codes[0].kind == "chapter":
            codes.sort(key=lambda c: int(c.code))
        return tuple(codes)

    def parent(self, system: str, code: str, on: date) -> Code | None:
        """Return the code, section or chapter directly above."""
        found = self.get(system, code, on)
        return self.get(system, found.parent, on) if found and found.parent else None

    def path(self, system: str, code: str, on: date) -> tuple[Code, ...]:
        """Return the way down to a code, chapter first, the code itself last; empty when it is not in force."""
        way: list[Code] = []
        found = self.get(system, code, on)
        while found is not None and len(way) < 12:
            way.append(found)
            found = self.get(system, found.parent, on) if found.parent else None
        return tuple(reversed(way))

    def neighbours(self, system: str, code: str, on: date, reach: int = 3) -> tuple[Code, ...]:
        """Return the billable codes that stand just before and after a code in the book."""
        day, key = day_number(on), bare(code)
        sql = f"SELECT {_COLUMNS} FROM code WHERE system = ? AND code %s ? AND billable = 1 AND valid_from <= ? AND valid_to >= ? ORDER BY code %s LIMIT ?"
        before = self.query(sql % ("<", "DESC"), system, key, day, day, reach).fetchall()
        after = self.query(sql % (">", "ASC"), system, key, day, day, reach).fetchall()
        return tuple(_code(system, row) for row in (*reversed(before), *after))

    def iter_codes(self, system: str, on: date, *, billable_only: bool = False) -> Iterator[Code]:
        """Yield every code of a system in force on a date, in the order of the code."""
        day = day_number(on)
        wanted = " AND billable = 1" if billable_only else ""
        sql = f"SELECT {_COLUMNS} FROM code WHERE system = ? AND valid_from <= ? AND valid_to >= ?{wanted} ORDER BY code"
        for row in self.query(sql, system, day, day):
            yield _code(system, row)

    def iter_terms(self, system: str, on: date) -> Iterator[Term]:
        """Yield every wording for a code in force on a date: titles, inclusion terms, index entries, our synonyms."""
        yield from instructions.terms(self, system, on)

    def count(self, system: str, on: date, *, billable_only: bool = True) -> int:
        """Count the codes of a system in force on a date."""
        day = day_number(on)
        wanted = " AND billable = 1" if billable_only else ""
        sql = f"SELECT count(DISTINCT code) FROM code WHERE system = ? AND valid_from <= ? AND valid_to >= ?{wanted}"
        return int(self.query(sql, system, day, day).fetchone()[0])

    def known_since(self, system: str) -> date | None:
        """Return the first day from which the store has whole lists of a system: before it, and where it is None, absence says nothing."""
        row = self.query("SELECT min(first_day) FROM full_list WHERE system = ?", system).fetchone()
        if row[0]:
            return as_date(row[0])
        undated = (
            system not in {"cpt", "taxonomy", "drg"}
            and self.query("SELECT 1 FROM code WHERE system = ? LIMIT 1", system).fetchone()
        )
        return date(1900, 1, 1) if undated else None

    def pcs_axes(self, code: str) -> tuple[pcs_walk.Axis, ...]:
        """Return what each character of an ICD-10-PCS code (or of its beginning) means."""
        return pcs_walk.axes(self, code)

    def pcs_choices(self, prefix: str, on: date) -> tuple[pcs_walk.Choice, ...]:
        """Return the values that may follow the first characters of an ICD-10-PCS code on a date."""
        return pcs_walk.choices(self, prefix, on)

    # what the book prints around a code

    def notes(self, code: str, on: date) -> Notes:
        """Return the instructional notes that bear on an ICD-10-CM code, those of its parents included."""
        return instructions.notes(self, bare(code), on)

    def excludes1(self, code_a: str, code_b: str, on: date) -> Excludes | None:
        """Return the Excludes1 note that keeps two ICD-10-CM codes apart, or None."""
        return instructions.excludes1(self, bare(code_a), bare(code_b), on)

    # payment rules: NCCI, MUE, fee schedule, code editor

    def ncci(self, column1: str, column2: str, on: date, setting: str = "practitioner") -> NcciEdit | None:
        """Return the NCCI edit of a pair in this order on a date (setting: practitioner or hospital)."""
        return payment_rules.ncci(self.connection, column1, column2, on, setting, is_seed=("ncci", setting) not in self._official())

    def mue(self, code: str, on: date, setting: str = "practitioner") -> Mue | None:
        """Return the most units of a code on a date (setting: practitioner, hospital or dme)."""
        return payment_rules.mue(self.connection, code, on, setting, is_seed=("mue", setting) not in self._official())

    def _official(self) -> frozenset[tuple[str, str]]:
        """Return the (table, setting) pairs of which an official file has been imported; of the others a seed answers."""

        def read() -> frozenset[tuple[str, str]]:
            rows = self.query("SELECT key FROM meta WHERE key LIKE 'official:%'").fetchall()
            names = {letter: name for name, letter in payment_rules.SETTINGS.items()}
            return frozenset((key.split(":")[1], names[key.split(":")[2]]) for (key,) in rows)

        return self.memo("official", read)

    def addon(self, code: str, on: date) -> AddOn | None:
        """Return the primary codes that an add-on code needs, or None when it is no add-on."""
        return payment_rules.addon(self.connection, code, on)

    def rvu(self, code: str, modifier: str, on: date) -> Rvu | None:
        """Return the Medicare fee schedule row of a code (modifier: empty, 26, TC or 53)."""
        return payment_rules.rvu(self.connection, code, modifier, on)

    def gpci(self, carrier: str, locality: str, on: date) -> Gpci | None:
        """Return the geographic indices of a Medicare locality in the year of a date."""
        return payment_rules.gpci(self.connection, carrier, locality, on)

    def localities(self, on: date) -> tuple[Gpci, ...]:
        """Return every Medicare locality of the year of a date."""
        return payment_rules.localities(self.connection, on)

    def fee(self, schedule: str, code: str, on: date, *, modifier: str = "", area: str = "") -> Fee | None:
        """Return a row of a fee schedule (clfs, asp, opps; dmepos by state; anes and oppscap by carrier-locality)."""
        return payment_rules.fee(self.connection, schedule, code, on, modifier, area)

    def locality_of(self, zip_code: str) -> tuple[str, str] | None:
        """Return the Medicare (carrier, locality) of a ZIP code; None until the ZIP file is imported."""
        row = self.query("SELECT carrier, locality FROM zip_locality WHERE zip = ? LIMIT 1", zip_code[:5]).fetchone()
        return (row[0], row[1]) if row else None

    def drg(self, drg: str, on: date) -> Drg | None:
        """Return the weight and lengths of stay of an MS-DRG in the fiscal year of a date; None until table 5 of that year is imported."""
        return payment_rules.drg(self.connection, drg, on)

    def coverage_articles(self, procedure: str, on: date) -> tuple[CoverageArticle, ...]:
        """Return the Medicare coverage articles in force that name a procedure, with the diagnoses (no dot) that they cover."""
        return necessity.articles_for(self.connection, procedure, on)

    def articles_naming(self, diagnosis: str, on: date) -> tuple[tuple[str, str, str], ...]:
        """Return (document, title, covered or noncovered) of the coverage articles in force that list a diagnosis."""
        return necessity.articles_naming(self.connection, diagnosis, on)

    def necessity(
        self, procedure: str, diagnoses: Sequence[str], on: date, *, carrier: str = "", state: str = ""
    ) -> Necessity | None:
        """Say whether the coverage articles in force cover a procedure with these diagnoses; None where none lists diagnoses for it."""
        return necessity.necessity(self.connection, procedure, diagnoses, on, carrier=carrier, state=state)

    def provider(self, npi: str) -> Provider | None:
        """Return a provider of the national register; None when it is not there, or the register is not imported."""
        row = self.query(
            "SELECT npi, entity, name, taxonomies, state, zip, deactivated FROM provider WHERE npi = ?", npi.strip()
        ).fetchone()
        return Provider(row[0], row[1], row[2], tuple(row[3].split()), row[4], row[5], row[6]) if row else None

    def crosswalk(self, code: str, direction: str = "10to9") -> tuple[tuple[str, str], ...]:
        """Return the (code, flags) pairs that the general equivalence mappings give a code; `direction` is 10to9 or 9to10."""
        sql = "SELECT target_code, flags FROM gem WHERE direction = ? AND source_code = ? ORDER BY target_code"
        return tuple((row[0], row[1]) for row in self.query(sql, direction, bare(code)))

    def poa_exempt(self, code: str, on: date) -> bool:
        """Say whether a diagnosis is exempt from present-on-admission reporting on a date."""
        return payment_rules.poa_exempt(self.connection, code, on)

    def mce(self, code: str, on: date, system: str = "icd10cm") -> MceAttributes:
        """Return what the Medicare Code Editor holds against a code on a date."""
        return payment_rules.mce(self.connection, system, code, on)

    # where the content comes from

    def sources(self) -> tuple[Source, ...]:
        """Return every table with its release, origin, hash and how much of it is there."""
        sql = "SELECT name, release, coverage, effective_from, origin, source, licence, sha256, row_count, imported_on FROM source ORDER BY name, id"
        return tuple(Source(r[0], r[1], r[2], as_date(r[3]), *r[4:]) for r in self.query(sql))

    def coverage(self, table: str) -> Coverage:
        """Say how much of a table the store has: full, seed or none, with the latest release."""
        row = self.query(
            "SELECT name, release, coverage FROM source WHERE name = ? ORDER BY effective_from DESC, id DESC LIMIT 1", table
        ).fetchone()
        return Coverage(*row) if row else Coverage(table, "", "none")


def _code(system: str, row: tuple[Any, ...]) -> Code:
    code, title, billable, first, last, short, kind, parent = row
    text = dotted(code) if system == "icd10cm" else code
    above = dotted(parent) if system == "icd10cm" else parent
    return Code(
        system, text, title, bool(billable), as_first_date(first), None if last == OPEN else as_date(last), short, kind, above
    )
