"""The figures by which the case-report profile is judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cleanclaim.encoder.casereports.artefact import Thresholds


class Judged(NamedTuple):
    """A case: its gold codes, and what the engine proposed as (chance, code, whether an annotated case had it), the surest first."""

    gold: frozenset[str]
    ranked: tuple[tuple[float, str, bool], ...]


def micro(right: int, proposed: int, gold: int) -> tuple[float, float, float]:
    """Return precision, recall and F1 over all pairs of case and code."""
    return right / max(1, proposed), right / max(1, gold), 2 * right / max(1, proposed + gold)


def average_precision(case: Judged) -> float:
    """Return the mean, over a case's gold codes, of the precision down to each one's rank (0 for one not proposed)."""
    right = 0
    total = 0.0
    for rank, (_, code, _) in enumerate(case.ranked, 1):
        if code in case.gold:
            right += 1
            total += right / rank
    return total / len(case.gold)


def figures(cases: Iterable[Judged], thresholds: Thresholds, trained_codes: frozenset[str] | None) -> dict[str, Any]:
    """Return the figures of judged cases. `trained_codes` are those of the training cases; None in cross-validation, where the flag of each
    proposal says it and gold codes that were not proposed cannot be told apart.
    """
    listed = tuple(cases)
    gold = sum(len(case.gold) for case in listed)
    pairs = [
        (chance, known, code in case.gold)
        for case in listed
        for chance, code, known in case.ranked
        if chance >= (thresholds.known if known else thresholds.unknown)
    ]
    precision, recall, f1 = micro(sum(right for _, _, right in pairs), len(pairs), gold)
    sure = [right for chance, _, right in pairs if chance >= 0.9]
    with_gold = [case for case in listed if case.gold]
    answer: dict[str, Any] = {
        "cases": len(listed),
        "gold_pairs": gold,
        "suggested": len(pairs),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "map": round(sum(map(average_precision, with_gold)) / max(1, len(with_gold)), 4),
        "precision_at_90": round(sum(sure) / max(1, len(sure)), 4),
        "gold_covered_at_90": round(sum(sure) / max(1, gold), 4),
        "calibration_error": round(_calibration_error([(chance, right) for chance, _, right in pairs]), 4),
    }
    rare = [right for _, known, right in pairs if not known]
    answer["never_seen_suggested"] = len(rare)
    answer["never_seen_precision"] = round(sum(rare) / max(1, len(rare)), 4)
    if trained_codes is not None:
        unseen = sum(len(case.gold - trained_codes) for case in listed)
        answer["never_seen_pairs"] = unseen
        answer["never_seen_recall"] = round(sum(rare) / max(1, unseen), 4)
    return answer


def _calibration_error(pairs: list[tuple[float, bool]]) -> float:
    """Return the expected calibration error over ten bins of the suggested codes."""
    total = 0.0
    for low in range(10):
        inside = [(chance, right) for chance, right in pairs if low / 10 <= chance < (low + 1) / 10 + (low == 9)]
        if inside:
            total += abs(sum(chance for chance, _ in inside) - sum(right for _, right in inside))
    return total / max(1, len(pairs))
