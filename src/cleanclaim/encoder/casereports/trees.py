"""Boosted trees without their training library: grown by scikit-learn, kept as plain arrays, scored here.

Scoring follows Lucchese et al. 2015 (QuickScorer): each false test clears the leaves that it rules out, and the leaf reached in each
tree is the lowest bit still set. All candidates of a note are scored at once.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

MOST_LEAVES: Final = 16
_LOWEST_BIT: Final = np.array([0, *[(value & -value).bit_length() - 1 for value in range(1, 1 << MOST_LEAVES)]], np.uint8)
_TREES_A_WORD: Final = 4
_ALL_LEAVES: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)

Floats = npt.NDArray[np.float32]


class Forest:
    """A sum of trees turned into a chance."""

    def __init__(self, start: float, tests: dict[str, Any]) -> None:
        """Take the arrays: `feature`, `threshold`, `missing` (1: an absent value passes the test), `first`, `split` and `last` (the leaves
        of a test: those before `split` are its left branch), `tree`; and `leaves`, one row of sixteen a tree.
        """
        self.start: Final = start
        self.arrays: Final = tests
        self._trees: Final = len(tests["leaves"])
        self._leaves: Final[Floats] = tests["leaves"].ravel()
        self._first_leaf: Final = np.arange(self._trees, dtype=np.int32) * MOST_LEAVES
        self._rows: Final[list[tuple[int, Floats, npt.NDArray[np.uint64]]]] = []
        for feature in np.unique(tests["feature"]):
            which = np.nonzero(tests["feature"] == feature)[0]
            which = which[np.argsort(tests["threshold"][which], kind="stable")]
            self._rows.append((int(feature), tests["threshold"][which], self._masks(which)))

    def _masks(self, which: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        """Return the leaves left standing after the first n tests have failed, and in the last row those for an absent value; four trees a word."""
        trees = self._trees
        table = np.full((len(which) + 2, -(-trees // _TREES_A_WORD) * _TREES_A_WORD), 0xFFFF, np.uint16)
        first, split = self.arrays["first"][which].astype(np.int64), self.arrays["split"][which].astype(np.int64)
        keeps = (0xFFFF ^ (((1 << split) - 1) ^ ((1 << first) - 1))).astype(np.uint16)
        passes = self.arrays["missing"][which].tolist()
        for row, tree in enumerate(self.arrays["tree"][which].tolist(), 1):
            table[row] = table[row - 1]
            table[row, tree] &= keeps[row - 1]
            if not passes[row - 1]:
                table[-1, tree] &= keeps[row - 1]
        # an absent value that passes on the left rules nothing out on the left, and its right branch loses by the order of the bits
        return table.view(np.uint64)

    def chances(self, values: Floats) -> npt.NDArray[np.float64]:
        """Return the chance of each row of feature values."""
        columns = np.ascontiguousarray(values.T)
        present = ~np.isnan(columns)
        standing = np.full((len(values), -(-self._trees // _TREES_A_WORD)), _ALL_LEAVES, np.uint64)
        together: dict[bytes, list[tuple[int, Floats, npt.NDArray[np.uint64]]]] = {}
        for test in self._rows:
            together.setdefault(present[test[0]].tobytes(), []).append(test)
        for tests in together.values():
            # features that are absent from the same rows: those rows are told once for all of them
            here = present[tests[0][0]]
            if here.any():
                rows = np.nonzero(here)[0]
                left = standing[rows]
                for feature, thresholds, table in tests:
                    left &= table.take(thresholds.searchsorted(columns[feature][rows]), axis=0)
                standing[rows] = left
            if not here.all():
                standing[~here] &= np.bitwise_and.reduce([table[-1] for _, _, table in tests])
        leaf = _LOWEST_BIT[standing.view(np.uint16)[:, : self._trees]] + self._first_leaf
        score = self.start + self._leaves[leaf].sum(axis=1, dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-score)))


def grow(values: Floats, is_right: npt.NDArray[np.bool_], seed: int, trees: int, rate: float) -> Forest:
    """Grow a forest with scikit-learn, one thread, and read its trees out."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    grower = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=rate, max_leaf_nodes=MOST_LEAVES, min_samples_leaf=30, l2_regularization=1.0, random_state=seed,
        early_stopping=False, max_features=0.3,
    )  # fmt: skip
    empty = np.isnan(values).all(axis=0)
    with threadpool_limits(1):
        grower.fit(np.where(empty, np.float32(0), values), is_right)
    tests: dict[str, list[float]] = {name: [] for name in ("feature", "threshold", "missing", "first", "split", "tree")}
    leaves = np.zeros((len(grower._predictors), MOST_LEAVES), np.float32)  # noqa: SLF001 - the trees have no public reader
    for tree, (predictor,) in enumerate(grower._predictors):  # noqa: SLF001
        _read_tree(predictor.nodes, tree, tests, leaves)
    kinds = {
        "feature": np.uint8,
        "threshold": np.float32,
        "missing": np.uint8,
        "first": np.uint8,
        "split": np.uint8,
        "tree": np.uint16,
    }
    arrays: dict[str, Any] = {name: np.array(tests[name], kind) for name, kind in kinds.items()}
    return Forest(float(grower._baseline_prediction.ravel()[0]), arrays | {"leaves": leaves})  # noqa: SLF001


def _read_tree(nodes: Any, tree: int, tests: dict[str, list[float]], leaves: Floats) -> None:
    numbered = 0

    def walk(at: int) -> int:
        """Number the leaves below a node from the left; return the first one's number."""
        nonlocal numbered
        node = nodes[at]
        if node["is_leaf"]:
            leaves[tree, numbered] = node["value"]
            numbered += 1
            return numbered - 1
        first = walk(int(node["left"]))
        split = walk(int(node["right"]))
        tests["feature"].append(int(node["feature_idx"]))
        tests["threshold"].append(float(node["num_threshold"]))
        tests["missing"].append(int(node["missing_go_to_left"]))
        tests["first"].append(first)
        tests["split"].append(split)
        tests["tree"].append(tree)
        return first

    walk(0)
