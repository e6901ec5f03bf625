"""Measures code search on queries that nobody here wrote, beside simple baselines on the same content in the same run.

    python bench/search/run.py [--quick] [--half a|b]

Sets: ../shared/corpus/coding (CLEANCLAIM_SHARED says where else). A hit is the same code, or a code that becomes the same by the default
leaf (unspecified child) of either. Printed: recall@1 and recall@10, median and 95th percentile of milliseconds of one core's time, warm.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402 - after the threads are set
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402

from cleanclaim import codesets  # noqa: E402
from cleanclaim.codesets.importing import import_files  # noqa: E402
from cleanclaim.encoder import search  # noqa: E402
from cleanclaim.encoder.search import building  # noqa: E402
from cleanclaim.encoder.search.index import SystemIndex  # noqa: E402

SHARED = Path(os.environ.get("CLEANCLAIM_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
ON = date(2026, 10, 15)
INDEX = "codesets/icd10cm/icd10cm-index-FY2025-rebuilt.xml.gz"
MOST_MEDIAN_MS, MOST_P95_MS = 5.0, 20.0
Query = tuple[str, set[str]]
Finder = Callable[[str], list[str]]

PHRASES = ("doid_labels", "doid_synonyms", "mondo_labels", "index_terms")
BARS = {
    ("packaged", "index_terms"): (0.587, 0), ("with index", "doid_labels"): (0.595, 0), ("with index", "doid_synonyms"): (0.485, 0),
    ("with index", "mondo_labels"): (0.915, 0), ("packaged", "icd10cm"): (0.75, 0.92), ("packaged", "hcpcs"): (0.75, 0.90),
}  # fmt: skip


def queries(name: str, half: str | None) -> list[Query]:
    folder = "shorthand" if name in {"icd10cm", "hcpcs"} else "search"
    with (SHARED / "corpus/coding" / folder / f"{name}.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    if half:
        rows = [row for row in rows if hashlib.md5(row["query"].encode()).digest()[0] % 2 == (half == "b")]
    found = []
    for row in rows:
        codes = (
            {row["best"], *(row["acceptable"] or "").replace(";", " ").replace(",", " ").split()}
            if "best" in row
            else {row["icd10cm"]}
        )
        found.append((row["query"], codes))
    return found


class DefaultLeaf:
    """A heading's default code: at each step the unspecified child, or the initial encounter."""

    def __init__(self, part: SystemIndex) -> None:
        self.part = part
        valid = part.valid_nodes(ON.year * 10000 + ON.month * 100 + ON.day)
        self.node = {part.code(at): at for at in range(len(part.codes)) if valid[at]}
        self.children: dict[int, list[int]] = defaultdict(list)
        for at in self.node.values():
            if part.parent[at] >= 0:
                self.children[int(part.parent[at])].append(at)
        self.known: dict[str, str] = {}

    def __call__(self, code: str) -> str:
        if code not in self.known:
            at = self.node.get(code)
            while at is not None and self.children[at]:
                step = self._step(self.children[at])
                if step is None:
                    break
                at = step
            self.known[code] = code if at is None else self.part.code(at)
        return self.known[code]

    def _step(self, children: list[int]) -> int | None:
        if len(children) == 1:
            return children[0]
        initial = [at for at in children if len(self.part.code(at)) == 8 and self.part.code(at).endswith("A")]
        unsaid = [at for at in children if "unspecified" in self.part.title(at).lower()]
        unsaid.sort(key=lambda at: "90".find(self.part.code(at)[-1]) % 3)
        return (initial or unsaid or [None])[0]


def measure(find: Finder, asked: list[Query], leaf: DefaultLeaf) -> tuple[float, float, list[float]]:
    first = tenth = 0
    times = []
    for query, gold in asked:
        begun = time.process_time_ns()
        codes = find(query)
        times.append((time.process_time_ns() - begun) / 1e6)
        wanted = gold | {leaf(code) for code in gold}
        hits = [code in wanted or leaf(code) in wanted for code in codes[:10]]
        first += hits[:1] == [True]
        tenth += any(hits)
    return first / len(asked), tenth / len(asked), sorted(times)


def fts5(terms: list[tuple[str, str]]) -> Finder:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE term USING fts5(code UNINDEXED, text, tokenize='porter unicode61')")
    base.executemany("INSERT INTO term VALUES (?, ?)", terms)

    def find(query: str) -> list[str]:
        words = "".join(c if c.isalnum() else " " for c in query).split()
        said = " OR ".join(f'"{word}"' for word in words)
        rows = base.execute("SELECT code FROM term WHERE term MATCH ? ORDER BY rank LIMIT 200", (said,)) if said else []
        return list(dict.fromkeys(code for (code,) in rows))[:10]

    return find


def letters(terms: list[tuple[str, str]]) -> Finder:
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True)
    table = vectors.fit_transform([text for _, text in terms]).T.tocsr()

    def find(query: str) -> list[str]:
        row = (vectors.transform([query]) @ table).tocsr()
        best = row.indices[np.argsort(-row.data)[:200]]
        return list(dict.fromkeys(terms[at][0] for at in best))[:10]

    return find


def content(part: SystemIndex, ours: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the baselines search: every wording in force of the store, without our own word lists."""
    valid = part.valid_nodes(ON.year * 10000 + ON.month * 100 + ON.day)
    rows = ((part.code(int(part.term_node[at])), part.text(at)) for at in range(len(part.term_node)) if valid[part.term_node[at]])
    return [row for row in rows if row not in ours]


def report(label: str, store: codesets.Store, names: Iterable[str], *, half: str | None, baselines: bool) -> bool:
    index = building.open_index(store)
    reached = True
    for name in names:
        system = name if name == "hcpcs" else "icd10cm"
        part = index.systems[system]
        leaf = DefaultLeaf(part)
        asked = queries(name, half)
        finders: dict[str, Finder] = {
            "cleanclaim": lambda query, system=system: [hit.code for hit in search.find(query, store, system=system, on=ON)]
        }
        if baselines:
            terms = content(part, {(code, text) for code, text, _ in building.own_terms(system)})
            finders |= {"FTS5 BM25": fts5(terms), "char 3-4 TF-IDF": letters(terms)}
        for what, find in finders.items():
            for query, _ in asked[:20]:
                find(query)
            one, ten, times = measure(find, asked, leaf)
            bar = BARS.get((label, name), (0, 0)) if what == "cleanclaim" else (0, 0)
            verdict = (
                ""
                if not any(bar)
                else f"  bar {bar[0]:.3f}/{bar[1]:.2f} " + ("reached" if one >= bar[0] and ten >= bar[1] else "MISSED")
            )
            median, late = statistics.median(times), times[int(len(times) * 0.95)]
            if verdict and (median > MOST_MEDIAN_MS or late > MOST_P95_MS):
                verdict += " too SLOW"
            reached &= "MISSED" not in verdict and "SLOW" not in verdict
            print(
                f"{label:10} {name:14} {what:16} n={len(asked):5} R@1 {one:.3f} R@10 {ten:.3f}  ms median {median:5.1f}"
                f" p95 {late:5.1f}{verdict}",
                flush=True,
            )
    return reached


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the baselines")
    parser.add_argument("--half", choices=("a", "b"), help="only one half of each set, by a hash of the query")
    args = parser.parse_args()
    if not (SHARED / "corpus/coding").exists():
        print(f"There are no query sets at {SHARED}; set CLEANCLAIM_SHARED.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "codesets.sqlite3"
        begun = time.process_time()
        store = codesets.open_store(path)
        building.open_index(store)
        print(f"store and search index built in {time.process_time() - begun:.1f} s of one core")
        reached = report("packaged", store, ("icd10cm", "hcpcs", *PHRASES), half=args.half, baselines=not args.quick)
        import_files([str(SHARED / INDEX)], path=path)
        store = codesets.open_store(path)
        reached &= report("with index", store, ("icd10cm", *PHRASES[:3]), half=args.half, baselines=not args.quick)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
