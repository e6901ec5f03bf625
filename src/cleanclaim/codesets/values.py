"""The values that the code-set store answers with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from cleanclaim.kernel.money import Money

SYSTEMS: Final = (
    "icd10cm", "icd10pcs", "hcpcs", "cpt", "modifier", "pos", "revenue", "tob", "carc", "rarc", "group", "status_category", "status",
    "condition", "occurrence", "value", "discharge", "admit_type", "admit_source", "taxonomy", "drg",
)  # fmt: skip
"""Every coding system that the store knows by name."""


class Code(NamedTuple):
    """One code in one period of validity. `valid_to` is the last valid day, None while open; `code` is written as coders write it."""

    system: str
    code: str
    title: str
    billable: bool
    valid_from: date
    valid_to: date | None = None
    short_title: str = ""
    kind: str = "code"
    parent: str = ""


class CodeRange(NamedTuple):
    """A run of ICD-10-CM codes that a note names: `first` and `last` without dots, each standing for everything below it.

    A note may narrow it: `endings` are the final characters that it asks for ("I69. with final characters -20"); `places` and `characters`
    the place in the code, counted from 1, and what may stand there ("S02.- with 7th character B").
    """

    first: str
    last: str
    endings: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    characters: tuple[str, ...] = ()

    def __contains__(self, code: object) -> bool:
        if not isinstance(code, str):
            return False
        bare = code.replace(".", "")
        if not (self.first <= bare and (bare <= self.last or bare.startswith(self.last))):
            return False
        if self.endings:
            return bare.endswith(self.endings)
        return not self.places or self._has_character(bare)

    def _has_character(self, code: str) -> bool:
        """Look at the named place; of two ("fifth or sixth") at the last one that is filled, since X holds a place and says nothing."""
        width = len(self.characters[0]) if self.characters else 1
        if width > 1:
            return code[self.places[0] - 1 : self.places[0] - 1 + width] in self.characters
        filled = [code[place - 1] for place in self.places if place <= len(code) and code[place - 1] != "X"]
        return bool(filled) and filled[-1] in self.characters

    @property
    def text(self) -> str:
        """The range as the book prints it: `Z22.-`, `P35-P39`, `K22.1`."""
        return dotted(self.first) if self.first == self.last else f"{dotted(self.first)}-{dotted(self.last)}"


class Note(NamedTuple):
    """One instructional note: `code` is where the book prints it, `inherited` whether that is above the code asked for."""

    kind: str
    code: str
    text: str
    ranges: tuple[CodeRange, ...] = ()
    inherited: bool = False


class SeventhCharacter(NamedTuple):
    """One choice of the seventh character: `char` and what it means."""

    char: str
    meaning: str


class Notes(NamedTuple):
    """Everything the book prints that bears on one code, its own notes first, then those of its parents."""

    code: str
    release: str
    loaded: bool
    inclusion: tuple[Note, ...] = ()
    includes: tuple[Note, ...] = ()
    excludes1: tuple[Note, ...] = ()
    excludes2: tuple[Note, ...] = ()
    code_first: tuple[Note, ...] = ()
    use_additional: tuple[Note, ...] = ()
    code_also: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    seventh: tuple[SeventhCharacter, ...] = ()
    seventh_note: str = ""
    seventh_at: str = ""


class Excludes(NamedTuple):
    """An Excludes1 note that two codes on one claim run into: the note stands at `at` above `code` and names `excluded`."""

    code: str
    excluded: str
    at: str
    text: str
    range: CodeRange
    release: str


class Term(NamedTuple):
    """One wording for a code. `kind`: title, short, inclusion, index, drug, neoplasm, external, synonym."""

    code: str
    text: str
    kind: str


class Source(NamedTuple):
    """Where a table's content comes from. `coverage`: full, seed (a beginning of our own) or none."""

    table: str
    release: str
    coverage: str
    effective_from: date | None
    origin: str
    source: str
    licence: str
    sha256: str
    rows: int
    imported_on: str = ""


class Coverage(NamedTuple):
    """How much of a table the store holds, and of which release."""

    name: str
    release: str
    coverage: str


class NcciEdit(NamedTuple):
    """One NCCI procedure-to-procedure edit. `modifier_indicator` 0: never together, 1: a modifier may separate them, 9: not in force. `deleted` is the last day."""

    column1: str
    column2: str
    setting: str
    effective: date
    deleted: date | None
    modifier_indicator: str
    rationale: str = ""
    is_seed: bool = False
    """The pair is of our own beginning, since no official table of its setting has been imported: it warns, it does not forbid."""


class Mue(NamedTuple):
    """The most units of a code that one patient plausibly gets. `mai` 1: per line; 2: per day by policy; 3: per day, clinical."""

    code: str
    setting: str
    units: int
    mai: str
    rationale: str
    effective: date
    is_seed: bool = False
    """The limit is of our own beginning, since no official table of its setting has been imported."""


class Rvu(NamedTuple):
    """A Medicare physician fee schedule row; relative values are exact."""

    code: str
    modifier: str
    status: str
    work: Decimal
    pe_nonfacility: Decimal
    pe_facility: Decimal
    malpractice: Decimal
    pc_tc: str
    global_days: str
    conversion_factor: Decimal
    effective: date
    pre: Decimal = Decimal(0)
    intra: Decimal = Decimal(0)
    post: Decimal = Decimal(0)
    multiple_procedure: str = ""
    bilateral: str = ""
    assistant: str = ""
    co_surgeon: str = ""
    team: str = ""
    endoscopic_base: str = ""
    release: str = ""
    nonfacility_na: bool = False
    facility_na: bool = False
    supervision: str = ""


class Gpci(NamedTuple):
    """The geographic practice cost indices of one Medicare locality."""

    carrier: str
    locality: str
    name: str
    work: Decimal
    pe: Decimal
    malpractice: Decimal
    year: int
    state: str = ""


class Fee(NamedTuple):
    """One row of a fee schedule (clfs, dmepos, asp, opps, anes, oppscap); `facts` are what else the schedule says."""

    schedule: str
    code: str
    modifier: str
    area: str
    amount: Decimal
    effective: date
    facts: dict[str, str]

    @property
    def amount_cents(self) -> int:
        """The amount in whole cents, half up; unit prices of drugs are finer, so multiply `amount` by the units first."""
        return int(Money.rounded(self.amount))


class Drg(NamedTuple):
    """One MS-DRG of a fiscal year; `weight` is None where the table has none."""

    drg: str
    year: int
    mdc: str
    type: str
    title: str
    weight: Decimal | None
    gmlos: Decimal | None
    amlos: Decimal | None


class Provider(NamedTuple):
    """A provider of the national register: `entity` 1 a person, 2 an organization; `deactivated` is the date as the register writes it."""

    npi: str
    entity: str
    name: str
    taxonomies: tuple[str, ...]
    state: str
    zip: str
    deactivated: str = ""


class CoverageArticle(NamedTuple):
    """A Medicare coverage article that names a procedure: with which diagnoses it is covered, and with which it is not."""

    article: str
    version: str
    title: str
    contractors: tuple[str, ...]
    covered: frozenset[str]
    noncovered: frozenset[str]
    effective: date | None
    ended: date | None
    document: str = ""
    """What the database calls the article: A52369."""
    lcds: tuple[str, ...] = ()
    """The local coverage determinations (L33822) and national ones (NCD 150.9) that it belongs to."""
    states: frozenset[str] = frozenset()


class Necessity(NamedTuple):
    """What the coverage articles in force say of a procedure with its diagnoses.

    `is_met` when one article covers a diagnosis and none refuses one; `covered` and `refused` are the diagnoses (with dot) that decided
    it; `examples` some that would be covered.
    """

    procedure: str
    is_met: bool
    article: str
    title: str
    lcds: tuple[str, ...]
    covered: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class AddOn(NamedTuple):
    """An add-on code and what it is added to; `primaries` empty means that the contractor decides."""

    code: str
    type: str
    primaries: tuple[str, ...]
    effective: date


class MceAttributes(NamedTuple):
    """What the Medicare Code Editor holds against a diagnosis or procedure on a date.

    `age` newborn (0), pediatric (0-17), maternity (9-64) or adult (15-124); `sex` F or M for discharges before 2024-10-01, when CMS ended
    the sex conflict edit. `attributes` are the editor's own words.
    """

    code: str
    external_cause: bool = False
    unacceptable_principal: bool = False
    manifestation: bool = False
    sex: str = ""
    age: str = ""
    questionable_admission: bool = False
    unspecified: bool = False
    requires_secondary: bool = False
    wrong_procedure: bool = False
    noncovered: bool = False
    limited_coverage: bool = False
    attributes: tuple[str, ...] = ()


CATEGORY: Final = r"[A-Z](?:[0-9][0-9A-Z]|A[0-9])"
"""How an ICD-10-CM category is written: a letter, a digit (or, since FY2026, an A before a digit), a digit or letter."""


def dotted(code: str) -> str:
    """Write an ICD-10-CM code with its dot: E119 is E11.9; sections (A00-A09) and chapters stay as they are."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "-" not in code else code


def bare(code: str) -> str:
    """Return a code as the store keys it: upper case, no dot, no blanks."""
    return code.replace(".", "").strip().upper()


def day_number(day: date) -> int:
    """Return a date as the number CCYYMMDD, which is how the store keeps it."""
    return day.year * 10000 + day.month * 100 + day.day


OPEN: Final = 99991231
"""The last valid day of what has not ended."""


def as_date(number: int) -> date | None:
    """Return the date of a CCYYMMDD number; None for an open end."""
    return None if number in {OPEN, 0} else date(number // 10000, number // 100 % 100, number % 100)


def as_first_date(number: int) -> date:
    """Return the date of a first valid day."""
    return date(number // 10000, number // 100 % 100, number % 100)
