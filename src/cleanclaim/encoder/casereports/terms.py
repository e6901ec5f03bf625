"""Lays the terms of the tabular list (titles, inclusion terms, headings) as arrays for the lexicon."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np

from cleanclaim.codesets import Store
from cleanclaim.encoder.candidates.codebook import default_store
from cleanclaim.encoder.casereports.phrases import Key
from cleanclaim.encoder.casereports.words import WORD, phrase_key, root

_NAMES: Final = ("names.txt", "wordings.txt")
_EMPTY: Final = frozenset(
    root(word)
    for word in (
        "unspecified other specified nos nec classified elsewhere type without mention site part encounter initial side known cause form "
        "organ finding certain disease disorder person with due condition involving associated"
    ).split()
) | {"eye"}  # fmt: skip
"""Words of titles that tell nothing apart in a case report; the eye is dropped because its codes all say it."""
_LONGEST: Final = 9
_UNTOLD: Final = 4
_SIDE_WORDS: Final = {1: "right", 2: "left", 3: "bilateral"}
_SIDED: Final = re.compile(r"\b(?:right|left|bilateral|both|unspecified|eyes?|sides?|ears?)\b|,")
_SIDES: Final = frozenset({"left", "right", "bilateral"})
EDITION: Final = date(2018, 1, 1)
"""The annotated cases are coded in the edition of this day."""
_FULL: Final = 8
"""The characters of a whole code with its dot."""
_EXCLUDED: Final = re.compile(r"(.+?) \(([A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?:\.?-)?\)")
_CODE: Final = re.compile(r"[A-Z]\d[0-9A-Z](?:\.(?:[0-9A-Z]{1,3}|[0-9A-Z]{3}\d))?")
_REWORDED: Final = (
    (re.compile(r"malignant neoplasm(?: of unspecified (?:part|site))? of (.*)"), ("carcinoma", "cancer", "adenocarcinoma")),
    (re.compile(r"secondary (?:and unspecified )?malignant neoplasm of (.*)"), ("metastasis",)),
    (re.compile(r"neoplasm of unspecified behavior of (.*)"), ("tumor",)),
    (re.compile(r"benign neoplasm of (.*)"), ("adenoma", "benign tumor")),
)


class Heading(NamedTuple):
    """A line of the tabular list: a code or a heading, its title, its inclusion terms and the codes below it."""

    code: str
    title: str
    inclusions: tuple[str, ...]
    below: tuple[str, ...]


@cache
def read_tabular() -> tuple[Heading, ...]:
    """Return the tabular list as the annotated cases write it: the codes of their edition, without a seventh letter (the episode), but with
    the placeholders before it (`S42.90X`) and with a seventh digit. Codes of topics that the edition did not know stay as they are.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the package reads its tables by an older way of the standard library
        import simple_icd_10_cm as tabular

    then = _codes_of_edition()
    found: dict[str, Heading] = {}
    for code in tabular.get_all_codes(with_dots=True):
        if code in found or not _CODE.fullmatch(code) or any(above in then for above in _above(code)):
            continue
        title, inclusions = tabular.get_description(code), tuple(tabular.get_inclusion_term(code))
        padded = _padded(code)
        children = () if code in then else (padded,) if padded in then else tuple(tabular.get_children(code))
        below = tuple(dict.fromkeys(child for child in map(_without_episode, children) if child != code))
        found[code] = Heading(code, title, inclusions, below)
        if len(below) == 1 and below[0].rstrip("X") == code.rstrip("."):
            found[below[0]] = Heading(below[0], title, inclusions, ())
    for code, title in sorted(then.items()):
        found.setdefault(code, Heading(code, title, (), ()))
    return tuple(heading._replace(below=tuple(code for code in heading.below if code in found)) for heading in found.values())


def _codes_of_edition() -> dict[str, str]:
    """Return the titles of the codes of the annotated cases' edition, as they write them; nothing where no code set is at hand."""
    store = default_store()
    codes = store.iter_codes("icd10cm", EDITION, billable_only=True) if isinstance(store, Store) else ()
    return {_without_episode(one.code): re.sub(r", (?:initial|subsequent) encounter.*|, sequela$", "", one.title) for one in codes}


def _above(code: str) -> list[str]:
    """Return the headings above a code, and above it those with placeholders."""
    short = [code[:length] for length in range(5, len(code))]
    return [code[:3], *short, *map(_padded, short)]


def _padded(code: str) -> str:
    """Return a code with the placeholders that keep the place of a seventh character."""
    return (code if "." in code else code + ".") + "X" * (_FULL - 1 - max(len(code), 4))


def _without_episode(code: str) -> str:
    """Return a code without its seventh character where that is a letter."""
    return code[:-1] if len(code) == _FULL and code[-1].isalpha() else code


def with_notes(headings: Iterable[Heading]) -> tuple[Heading, ...]:
    """Return the headings with what the notes of the tabular list call them: "includes", and what other codes exclude ("tuberculous
    enteritis (A18.32)").
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm as tabular

    lines = {heading.code: heading for heading in headings}
    called: dict[str, list[str]] = defaultdict(list)
    for code in tabular.get_all_codes(with_dots=True):
        if not _CODE.fullmatch(code):
            continue
        if code in lines:
            called[code].extend(tabular.get_includes(code))
        for note in (*tabular.get_excludes1(code), *tabular.get_excludes2(code)):
            excluded = _EXCLUDED.fullmatch(note.strip())
            if excluded and excluded.group(2) in lines:
                called[excluded.group(2)].append(excluded.group(1))
    return tuple(
        heading._replace(inclusions=tuple(dict.fromkeys((*heading.inclusions, *called[code])))) for code, heading in lines.items()
    )


def with_names(headings: Iterable[Heading]) -> tuple[Heading, ...]:
    """Return the headings with what notes call them (`names.txt`, and for hospital notes `wordings.txt`) among their inclusion terms."""
    lines = {heading.code: heading for heading in headings}
    names: dict[str, list[str]] = defaultdict(list)
    for line in chain.from_iterable((resources.files(__package__) / file).read_text("utf-8").splitlines() for file in _NAMES):
        code, _, called = line.partition(": ")
        while code not in lines and len(code) > 3:
            code = code[:-1].rstrip(".")
        if code in lines and not line.startswith("#"):
            names[code].extend(called.split("; "))
    return tuple(heading._replace(inclusions=(*heading.inclusions, *names[code])) for code, heading in lines.items())


def lay_terms(headings: Iterable[Heading]) -> dict[str, Any]:
    """Return the arrays of the lexicon: terms as sorted roots, and the codes that each names."""
    lines = {heading.code: heading for heading in headings}
    sides = _sided(lines)
    named: dict[Key, dict[str, int]] = defaultdict(dict)
    for code, heading in lines.items():
        target = _unspecified_below(lines, code)
        if not target:
            continue
        kinds = (2, 3) if heading.below else (0, 1)
        for text, kind in ((heading.title, kinds[0]), *((inclusion, kinds[1]) for inclusion in heading.inclusions)):
            for wording in _wordings(text.lower()):
                rank = kind + (4 if wording.startswith("other ") else 0)
                for one, side in ((target, ""), *sides.get(target, ())):
                    key = _term_key(f"{wording} {side}")
                    if key and len(key) <= _LONGEST and not _SIDES.issuperset(key):
                        named[key][one] = min(rank, named[key].get(one, 9))
    keys = sorted(named)
    roots = sorted({one for key in keys for one in key})
    root_at = {one: at for at, one in enumerate(roots)}
    codes = sorted({code.lower() for code in lines})
    code_at = {code: at for at, code in enumerate(codes)}
    titles = [lines[code.upper()].title for code in codes]
    return {
        "roots": roots,
        "codes": codes,
        "titles": [_term_key(title.lower()) for title in titles],
        "title_words": np.array([min(255, len(title.split())) for title in titles], np.uint8),
        "title_flags": np.array([_flags(title.lower()) for title in titles], np.uint8),
        "term_roots": np.array([root_at[one] for key in keys for one in key], np.uint16),
        "term_sizes": np.array([len(key) for key in keys], np.uint8),
        "term_codes": np.array([len(named[key]) for key in keys], np.uint8),
        "code_of_term": np.array([code_at[code.lower()] for key in keys for code in sorted(named[key])], np.uint16),
        "kind_of_term": np.array([named[key][code] for key in keys for code in sorted(named[key])], np.uint8),
    }


def _sided(lines: dict[str, Heading]) -> dict[str, list[tuple[str, str]]]:
    """Return, for each code of an untold side, the codes of the same title for each side, with its word: what a heading is called, they are."""
    found: dict[str, list[tuple[str, str]]] = {}
    for heading in lines.values():
        sides = {
            code: (_flags(lines[code].title.lower()) >> 2, _SIDED.sub(" ", lines[code].title.lower()).split())
            for code in heading.below
        }
        for code, (side, stem) in sides.items():
            if side == _UNTOLD:
                found[code] = [
                    (other, _SIDE_WORDS[told]) for other, (told, same) in sides.items() if told in _SIDE_WORDS and same == stem
                ]
    return found


def _flags(title: str) -> int:
    """Return what a title says of itself: 1 unspecified, 2 other; and its side times four (1 right, 2 left, 3 both, 4 a side, untold)."""
    side = (
        4
        if re.search(
            r"\bunspecified (?:\w+ ){0,3}(?:eye|ear|side|limb|leg|arm|knee|hip|shoulder|hand|foot|eyelid|orbit|breast|\w*extremity)\b",
            title,
        )
        else 0
    )
    if re.search(r"\b(?:bilateral|both)\b", title):
        side = 3
    elif re.search(r"\bright\b", title):
        side = 1
    elif re.search(r"\bleft\b", title):
        side = 2
    return ("unspecified" in title) + 2 * title.startswith("other") + 4 * side


def _term_key(text: str) -> Key:
    return tuple(one for one in phrase_key(root(word.group()) for word in WORD.finditer(text)) if one not in _EMPTY)


def _wordings(text: str) -> set[str]:
    """Return the ways to word a title: without brackets, with what stands in them instead, and tumours as notes name them."""
    plain = re.sub(r"\([^)]*\)", " ", text)
    found = {re.sub(r"\[[^\]]*\]", " ", plain).strip()}
    found.update(inner for inner in re.findall(r"\[([^\]]*)\]", plain))
    instead = re.search(r"(\S+) \[([^\]]*)\]", plain)
    if instead:
        found.add(plain.replace(instead.group(0), instead.group(2)))
    for pattern, words in _REWORDED:
        site = pattern.fullmatch(plain.strip())
        if site:
            found.update(f"{word} {site.group(1)}" for word in words)
    return found


def _unspecified_below(lines: dict[str, Heading], code: str) -> str:
    """Return the code itself, or the unspecified code below a heading; empty if it has none."""
    for _ in range(4):
        below = lines[code].below
        if not below:
            return code
        unspecified = [child for child in below if "unspecified" in lines[child].title.lower()]
        if unspecified:
            code = min(unspecified, key=lambda child: (len(lines[child].title), child))
            continue
        ninth = below if len(below) == 1 else [child for child in below if child.endswith("9")]
        if not ninth:
            return ""
        code = ninth[0]
    return ""
