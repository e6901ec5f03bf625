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

Floats = npt.NDArray[np.float32]


class Forest:
    """A sum of trees turned into a chance."""

    def __init__(self, start: float, tests: dict[str, Any]) -> None:
        """Take the arrays: `feature`, `threshold`, `missing` (1: an absent value passes the test), `first`, `split` and `last` (the leaves
        of a test: those before `split` are its left branch), `tree`; and `leaves`, one row of sixteen a tree.
        """
        self.start: Final = start
        self.arrays: Final = tests
        self._leaves: Final[Floats] = tests["leaves"]
        self._tree_at: Final = np.arange(len(self._leaves))
        self._rows: Final[list[tuple[int, Floats, npt.NDArray[np.uint16]]]] = []
        for feature in np.unique(tests["feature"]):
            which = np.nonzero(tests["feature"] == feature)[0]
            which = which[np.argsort(tests["threshold"][which], kind="stable")]
            self._rows.append((int(feature), tests["threshold"][which], self._masks(which)))

    def _masks(self, which: npt.NDArray[np.int64]) -> npt.NDArray[np.uint16]:
        """Return the leaves left standing after the first n tests have failed, and in the last row those for an absent value."""
        table = np.full((len(which) + 2, len(self._leaves)), 0xFFFF, np.uint16)
        for row, test in enumerate(which, 1):
            first, split, tree = int(self.arrays["first"][test]), int(self.arrays["split"][test]), self.arrays["tree"][test]
            keeps = np.uint16(0xFFFF ^ (((1 << split) - 1) ^ ((1 << first) - 1)))
            table[row] = table[row - 1]
            table[row, tree] &= keeps
            if not self.arrays["missing"][test]:
                table[-1, tree] &= keeps
        # an absent value that passes on the left rules nothing out on the left, and its right branch loses by the order of the bits
        return table

    def chances(self, values: Floats) -> npt.NDArray[np.float64]:
        """Return the chance of each row of feature values."""
        standing = np.full((len(values), len(self._leaves)), 0xFFFF, np.uint16)
        for feature, thresholds, table in self._rows:
            column = values[:, feature]
            row = np.searchsorted(thresholds, column, side="left")
            row[np.isnan(column)] = len(table) - 1
            standing &= table[row]
        score = self.start + self._leaves[self._tree_at, _LOWEST_BIT[standing]].sum(axis=1, dtype=np.float64)
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
