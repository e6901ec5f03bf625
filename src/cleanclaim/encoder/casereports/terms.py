"""Lays the terms of the tabular list (titles, inclusion terms, headings) as arrays for the lexicon."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

import numpy as np

from cleanclaim.encoder.casereports.phrases import Key
from cleanclaim.encoder.casereports.words import WORD, phrase_key, root

_EMPTY: Final = frozenset(
    root(word)
    for word in (
        "unspecified other specified nos nec classified elsewhere type without mention site part encounter initial side known cause form "
        "organ finding certain disease disorder person with due condition involving associated"
    ).split()
) | {"eye"}  # fmt: skip
"""Words of titles that tell nothing apart in a case report; the eye is dropped because its codes all say it."""
_LONGEST: Final = 9
_SIDES: Final = frozenset({"left", "right", "bilateral"})
_CODE_LENGTH: Final = 7
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
def read_tabular(as_leaves: frozenset[str] = frozenset()) -> tuple[Heading, ...]:
    """Return the tabular list without its seventh characters. `as_leaves`: codes (no capitals) that the corpus uses whole, though later
    editions divide them: their title counts for them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the package reads its tables by an older way of the standard library
        import simple_icd_10_cm as tabular

    found: dict[str, Heading] = {}
    for code in tabular.get_all_codes(with_dots=True):
        if code in found or not re.fullmatch(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,3})?", code):
            continue
        below = () if tabular.is_leaf(code) or code.lower() in as_leaves else tuple(tabular.get_children(code))
        found[code] = Heading(code, tabular.get_description(code), tuple(tabular.get_inclusion_term(code)), below)
    kept = {
        code
        for code in found
        if not any(code.startswith(leaf.upper()) and code != leaf.upper() for leaf in as_leaves if leaf.upper() in found)
    }
    return tuple(
        heading._replace(below=tuple(code for code in heading.below if code in kept))
        for code, heading in found.items()
        if code in kept
    )


def with_names(headings: Iterable[Heading]) -> tuple[Heading, ...]:
    """Return the headings with what notes call them (`names.txt`) among their inclusion terms."""
    lines = {heading.code: heading for heading in headings}
    names: dict[str, list[str]] = defaultdict(list)
    for line in (resources.files(__package__) / "names.txt").read_text("utf-8").splitlines():
        code, _, called = line.partition(": ")
        while code not in lines and len(code) > 3:
            code = code[:-1].rstrip(".")
        if code in lines and not line.startswith("#"):
            names[code].extend(called.split("; "))
    return tuple(heading._replace(inclusions=(*heading.inclusions, *names[code])) for code, heading in lines.items())


def lay_terms(headings: Iterable[Heading]) -> dict[str, Any]:
    """Return the arrays of the lexicon: terms as sorted roots, and the codes that each names."""
    lines = {heading.code: heading for heading in headings}
    named: dict[Key, dict[str, int]] = defaultdict(dict)
    for code, heading in lines.items():
        target = _unspecified_below(lines, code)
        if not target:
            continue
        kinds = (2, 3) if heading.below else (0, 1)
        for text, kind in ((heading.title, kinds[0]), *((inclusion, kinds[1]) for inclusion in heading.inclusions)):
            for wording in _wordings(text.lower()):
                key = _term_key(wording)
                if key and len(key) <= _LONGEST and not _SIDES.issuperset(key):
                    rank = kind + (4 if wording.startswith("other ") else 0)
                    named[key][target] = min(rank, named[key].get(target, 9))
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
        "title_flags": np.array(
            [("unspecified" in title.lower()) + 2 * title.lower().startswith("other") for title in titles], np.uint8
        ),
        "term_roots": np.array([root_at[one] for key in keys for one in key], np.uint16),
        "term_sizes": np.array([len(key) for key in keys], np.uint8),
        "term_codes": np.array([len(named[key]) for key in keys], np.uint8),
        "code_of_term": np.array([code_at[code.lower()] for key in keys for code in sorted(named[key])], np.uint16),
        "kind_of_term": np.array([named[key][code] for key in keys for code in sorted(named[key])], np.uint8),
    }


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
