"""`find`: one query in, ranked codes out, each with the reason a coder can check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanclaim.encoder.search import explaining
from cleanclaim.encoder.search.building import SYSTEMS, open_index
from cleanclaim.encoder.search.index import OPEN_END, SearchIndex, SystemIndex
from cleanclaim.encoder.search.local_terms import LocalTerm
from cleanclaim.encoder.search.narrowing import Span, nodes_within, spans_of, within
from cleanclaim.encoder.search.ranking import Candidate, Ranker
from cleanclaim.encoder.search.understanding import understand
from cleanclaim.encoder.search.wordlists import key_of, wordlists

if TYPE_CHECKING:
    from cleanclaim.codesets import Store


class Hit(NamedTuple):
    """One code that a query may mean. `valid_to` is the last valid day, None while open."""

    system: str
    code: str
    title: str
    billable: bool
    valid_from: date
    valid_to: date | None
    score: float
    why: str


_CODE: Final = {
    "icd10cm": re.compile(r"[a-z]\d(?:[0-9a-z*?](?:\.?[0-9a-z*?]{0,4})\.?-?)?$", re.IGNORECASE),
    "hcpcs": re.compile(r"[a-v][\d?*]{1,4}$", re.IGNORECASE),
    "icd10pcs": re.compile(r"[0-9b-dfghx](?=[0-9a-z*?]*\d)[0-9a-hj-np-z*?]{2,6}$", re.IGNORECASE),
    "cpt": re.compile(r"[\d?*]{3,5}[0-9tfum]?$", re.IGNORECASE),
}
"""What can be a code of a system or its beginning; `?` stands for one character, `*` for any."""
_rankers: dict[int, tuple[SystemIndex, Ranker]] = {}


def find(
    query: str, store: Store, *, system: str | None = None, on: date, limit: int = 10, local_terms: Iterable[LocalTerm] = (),
    billable_only: bool = False, chapter: str = "",
) -> list[Hit]:  # fmt: skip
    """The codes that a query may mean on a date of service, best first; local terms that match come before everything.

    `chapter` is a chapter's number (`4`), a range (`C00-D49`) or a beginning (`S72`); in other systems than ICD-10-CM a beginning.
    """
    spans = spans_of(store, chapter, on, system) if chapter.strip() else ()
    return find_in(
        open_index(store), query, system=system, on=on, limit=limit, local_terms=local_terms, billable_only=billable_only, spans=spans,
    )  # fmt: skip


def find_in(
    index: SearchIndex, query: str, *, system: str | None = None, on: date, limit: int = 10, local_terms: Iterable[LocalTerm] = (),
    billable_only: bool = False, spans: Sequence[Span] = (),
) -> list[Hit]:  # fmt: skip
    """`find` on an index that is already open."""
    names = [system] if system else [name for name in SYSTEMS if name in index.systems]
    day = on.year * 10000 + on.month * 100 + on.day
    typed = " ".join(query[:_LONGEST].split())
    asked = Asked(typed, day, limit, billable_only, tuple(spans))
    hits: list[Hit] = []
    for name in names:
        part = index.systems.get(name)
        if part is not None and typed:
            hits.extend(_local(part, asked, local_terms))
            hits.extend(_by_code(part, asked))
            if not any(hit.score >= _EXACT for hit in hits if hit.system == name):
                hits.extend(_by_words(part, asked))
    hits.sort(key=lambda hit: -hit.score)
    return _once(hits)[:limit]


class Asked(NamedTuple):
    """A query with what narrows it."""

    typed: str
    day: int
    limit: int
    billable_only: bool
    spans: tuple[Span, ...]

    def allows(self, part: SystemIndex, node: int) -> bool:
        """Whether a code is what the filters leave."""
        return (not self.billable_only or bool(part.billable[node])) and (not self.spans or within(part.code(node), self.spans))


_LONGEST: Final = 300
"""What is typed at a desk is shorter; of a pasted page the beginning is searched."""
_EXACT: Final = 2.0
_LOCAL: Final = 3.0
_SYSTEM_FACTOR: Final = {"icd10cm": 1.0, "hcpcs": 0.97, "icd10pcs": 0.9, "cpt": 0.97}


def _once(hits: Sequence[Hit]) -> list[Hit]:
    found: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        found.setdefault((hit.system, hit.code), hit)
    return list(found.values())


def _hit(part: SystemIndex, node: int, score: float, why: str) -> Hit:
    last = int(part.last_day[node])
    return Hit(
        part.name, part.code(node), part.title(node), bool(part.billable[node]), _date(int(part.first_day[node])),
        None if last == OPEN_END else _date(last), round(score, 4), why,
    )  # fmt: skip


def _date(day: int) -> date:
    return date(day // 10000, day // 100 % 100, day % 100)


def ranker_of(part: SystemIndex) -> Ranker:
    """The ranker of a system, made once."""
    known = _rankers.get(id(part))
    if known is None or known[0] is not part:
        known = _rankers[id(part)] = (part, Ranker(part))
    return known[1]


def _by_words(part: SystemIndex, asked: Asked) -> list[Hit]:
    meant = understand(asked.typed, part, wordlists())
    factor = _SYSTEM_FACTOR.get(part.name, 0.9)
    allowed = nodes_within(part, asked.spans) if asked.spans else None
    ranked: list[Candidate] = ranker_of(part).rank(
        meant, asked.day, most=asked.limit, allowed=allowed, billable_only=asked.billable_only
    )
    return [_hit(part, c.node, min(c.score, 1.5) * factor, explaining.why(part, meant, c)) for c in ranked]


def _by_code(part: SystemIndex, asked: Asked) -> list[Hit]:
    typed = asked.typed.upper()
    pattern = _CODE.get(part.name)
    if pattern is None or pattern.match(typed) is None:
        return []
    bare = typed.replace(".", "").rstrip("-")
    start = re.split(r"[*?]", bare)[0]
    begins = f"{start[:3]}.{start[3:]}" if part.name == "icd10cm" and len(start) > 3 else start
    fits = re.compile("".join(_WILD.get(c, c) for c in bare) + ("" if "*" in bare or "?" in bare else ".*") + "$")
    wanted = f"{bare[:3]}.{bare[3:]}" if part.name == "icd10cm" and len(bare) > 3 else bare
    valid = part.valid_nodes(asked.day)
    found: list[Hit] = []
    for node in _nodes_from(part, begins):
        code = part.code(node)
        if len(found) >= asked.limit or not code.startswith(begins):
            break
        if valid[node] and asked.allows(part, node) and fits.match(code.replace(".", "")):
            exact = code == wanted
            why = f"the code {code} as typed" if exact else f"begins with {wanted}" if start == bare else f"fits {wanted}"
            found.append(_hit(part, node, _EXACT + 0.5 if exact else _EXACT - 0.001 * len(found), why))
    return found


_WILD: Final = {"*": ".*", "?": "."}


def _nodes_from(part: SystemIndex, code: str) -> range:
    # codes are in tabular order, which is their order without the dot
    low, high = 0, len(part.codes)
    key = code.replace(".", "").encode()
    while low < high:
        middle = (low + high) // 2
        if bytes(part.codes[middle]).replace(b".", b"") < key:
            low = middle + 1
        else:
            high = middle
    return range(low, len(part.codes))


def _local(part: SystemIndex, asked: Asked, local_terms: Iterable[LocalTerm]) -> list[Hit]:
    wanted = key_of(asked.typed)
    valid = part.valid_nodes(asked.day)
    found: list[Hit] = []
    for term in local_terms:
        if term.system != part.name:
            continue
        said = key_of(term.text)
        if said and (said == wanted or (len(wanted) > 0 and said[: len(wanted)] == wanted)):
            for node in _nodes_from(part, term.code):
                if part.code(node) != term.code:
                    break
                if valid[node] and asked.allows(part, node):
                    found.append(_hit(part, node, _LOCAL + (0.5 if said == wanted else 0.0), f"local term: {term.text}"))
    return found
