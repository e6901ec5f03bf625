"""Everything that the book and the store know about one code, for the code page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from cleanclaim.codesets import books, instructions
from cleanclaim.codesets.pcs_walk import Axis
from cleanclaim.codesets.store import Store
from cleanclaim.codesets.values import CATEGORY, Code, MceAttributes, Note, Notes, SeventhCharacter, bare, day_number


class SeventhChoice(NamedTuple):
    """One complete code that the seventh-character builder offers."""

    char: str
    meaning: str
    code: str
    billable: bool


class Mention(NamedTuple):
    """One payment rule that names a code: `kind` is ncci, mue, add_on, fee, coverage, mce or poa; `says` is one sentence."""

    kind: str
    says: str
    codes: tuple[tuple[str, str], ...] = ()
    """(system, code) of some of the codes that it speaks of."""


class NamedAt(NamedTuple):
    """An Excludes1 note that stands at another code and names this one: the EXCLUDES1 edit holds a claim with both."""

    code: str
    title: str
    text: str


class Piece(NamedTuple):
    """A piece of a note's text; `code` is the page that it leads to, blank for plain words."""

    text: str
    code: str = ""


class CodePage(NamedTuple):
    """What the code page shows; `history` has every period of validity, `mce` and `poa_exempt` what the inpatient editor says."""

    code: Code
    path: tuple[Code, ...]
    children: tuple[Code, ...]
    neighbours: tuple[Code, ...]
    notes: Notes | None
    seventh: tuple[SeventhChoice, ...]
    history: tuple[Code, ...]
    mce: MceAttributes | None
    poa_exempt: bool
    axes: tuple[Axis, ...] = ()
    mentions: tuple[Mention, ...] = ()
    named_at: tuple[NamedAt, ...] = ()
    index_lines: tuple[tuple[str, int, str], ...] = ()
    """(book, entry, line) of the imported books that lead here."""


def code_page(store: Store, system: str, code: str, on: date) -> CodePage | None:
    """Return the page of a code; None when the store has never had it."""
    history = store.history(system, code)
    if not history:
        return None
    current = store.get(system, code, on)
    found = current or history[-1]
    is_diagnosis = system == "icd10cm"
    notes = store.notes(found.code, on) if is_diagnosis else None
    return CodePage(
        code=found,
        path=store.path(system, code, on),
        children=store.children(system, code, on),
        neighbours=store.neighbours(system, code, on),
        notes=notes,
        seventh=seventh_choices(store, found.code, notes.seventh, on) if notes else (),
        history=history,
        mce=store.mce(code, on, system) if system in {"icd10cm", "icd10pcs"} else None,
        poa_exempt=is_diagnosis and store.poa_exempt(code, on),
        mentions=tuple(mentions(store, system, found.code, on)),
        axes=store.pcs_axes(found.code) if system == "icd10pcs" else (),
        named_at=tuple(named_at(store, found.code, on)) if is_diagnosis else (),
        index_lines=books.naming(store, system, found.code) if system in {"icd10cm", "icd10pcs"} else (),
    )


def named_at(store: Store, code: str, on: date, most: int = 30) -> Iterator[NamedAt]:
    """Yield the Excludes1 notes elsewhere in the book that name a code or what stands above it."""
    key = bare(code)
    own = {key, *(bare(up.code) for up in store.path("icd10cm", code, on))}
    count = 0
    for at, text in instructions.excluding(store, key, on):
        found = store.get("icd10cm", at, on)
        if at in own or found is None:
            continue
        yield NamedAt(found.code, found.title, text)
        count += 1
        if count >= most:
            return


def pieces(store: Store, note: Note, on: date) -> tuple[Piece, ...]:
    """Cut a note's text where it names codes in force, so that a screen can lead there."""
    named = {end for span in note.ranges for end in (span.first, span.last)}
    out: list[Piece] = []
    at = 0
    for match in _PRINTED.finditer(note.text):
        key = match[0].replace(".", "")
        if key not in named or store.get("icd10cm", key, on) is None:
            continue
        out += [Piece(note.text[at : match.start()]), Piece(match[0], key)]
        at = match.end()
    return (*out, Piece(note.text[at:]))


_PRINTED: Final = re.compile(rf"\b{CATEGORY}(?:\.[0-9A-Z]{{1,4}})?")


def mentions(store: Store, system: str, code: str, on: date) -> Iterator[Mention]:
    """Yield what the payment rules say of a code on a date."""
    if system in {"cpt", "hcpcs"}:
        yield from _service_mentions(store, code, on)
    if system not in {"icd10cm", "icd10pcs"}:
        return
    held = store.mce(code, on, system)
    for holds, says in (
        (held.external_cause, "An external cause is never the principal diagnosis."),
        (held.manifestation, "A manifestation is never the principal diagnosis: code its cause first."),
        (held.unacceptable_principal, "Not accepted as the principal diagnosis of an inpatient stay."),
        (held.questionable_admission, "Alone it seldom justifies an admission."),
        (held.unspecified, "The side or site is unspecified: the editor asks for a specific code."),
        (held.requires_secondary, "Needs a secondary diagnosis."),
        (held.noncovered, "Medicare does not cover this procedure as a rule."),
        (held.limited_coverage, "Medicare covers this procedure under conditions."),
        (bool(held.age), f"For {held.age} patients alone."),
    ):
        if holds:
            yield Mention("mce", says)
    if system != "icd10cm":
        return
    if store.poa_exempt(code, on):
        yield Mention("poa", "Needs no present-on-admission indicator.")
    for document, title, relation in store.articles_naming(code, on):
        yield Mention("coverage", f"{document} ({title}) {'covers it' if relation == 'covered' else 'refuses it'}.")


def _service_mentions(store: Store, code: str, on: date) -> Iterator[Mention]:
    day = day_number(on)
    for setting in ("practitioner", "hospital", "dme"):
        limit = store.mue(code, on, setting)
        if limit:
            yield Mention("mue", f"At most {limit.units} unit{'s' if limit.units != 1 else ''} ({setting}, indicator {limit.mai}).")
    needs = store.addon(code, on)
    if needs:
        yield Mention("add_on", f"An add-on code: with {', '.join(needs.primaries) or 'what the contractor says'}.")
    for column, other in (("column1", "column2"), ("column2", "column1")):
        count = store.query(
            f"SELECT count(DISTINCT {other}) FROM ncci WHERE {column} = ? AND effective <= ? AND deleted >= ? AND modifier != '9'",
            code,
            day,
            day,
        ).fetchone()[0]
        if count:
            role = "Takes in" if column == "column1" else "Is taken in by"
            some = store.query(
                f"SELECT DISTINCT {other} FROM ncci WHERE {column} = ? AND effective <= ? AND deleted >= ? AND modifier != '9' ORDER BY 1 LIMIT 40",
                code, day, day,
            ).fetchall()  # fmt: skip
            codes = tuple(("hcpcs" if number[0].isalpha() else "cpt", number) for (number,) in some)
            yield Mention("ncci", f"{role} {count:,} other code{'s' if count != 1 else ''}.", codes)
    fee = store.rvu(code, "", on)
    if fee is not None:
        total = fee.work + fee.pe_nonfacility + fee.malpractice
        yield Mention(
            "fee", f"{total} relative units outside a facility (work {fee.work}), global period {fee.global_days} ({fee.release})."
        )
    for article in store.coverage_articles(code, on):
        by = ", ".join((*article.lcds, article.document))
        some_covered = tuple(("icd10cm", key) for key in sorted(article.covered)[:40])
        yield Mention("coverage", f"{by} ({article.title}) covers {len(article.covered):,} diagnoses.", some_covered)


def seventh_choices(store: Store, code: str, choices: tuple[SeventhCharacter, ...], on: date) -> tuple[SeventhChoice, ...]:
    """Build the complete codes of a stem: empty places before the seventh are filled with X (guideline I.A.5)."""
    key = bare(code)
    stem = key[:6] if len(key) == 7 else key
    if len(stem) < 3 or "-" in stem:
        return ()
    out = []
    for choice in choices:
        full = stem.ljust(6, "X") + choice.char
        found = store.get("icd10cm", full, on)
        if found is not None and found.billable:
            out.append(SeventhChoice(choice.char, choice.meaning, found.code, billable=True))
    return tuple(out)
