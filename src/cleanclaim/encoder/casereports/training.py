"""Training the case-report profile: mentions carried over, phrases counted out of fold, trees grown, thresholds cross-validated.

A row that trains the trees never sees counts of its own case: phrases, weights of words and translations are learned on nine tenths of
the cases and applied to the last tenth (counts that hold the case's own label would give it away, and the model would believe them).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.encoder.casereports.alignment import Carried, carry_mentions
from cleanclaim.encoder.casereports.artefact import Artefact, KindModel, Thresholds
from cleanclaim.encoder.casereports.corpus import DIAGNOSES, PROCEDURES, Case, find_corpus, parts_of, read_part
from cleanclaim.encoder.casereports.features import as_rows, column, find_candidates, learned_of, pull_rows
from cleanclaim.encoder.casereports.figures import Judged, figures, micro
from cleanclaim.encoder.casereports.lexicon import Lexicon, Standing, count_standing, learn_wording, standing_terms
from cleanclaim.encoder.casereports.operations import read_operations
from cleanclaim.encoder.casereports.phrases import Example, PhraseTable, learn_phrases
from cleanclaim.encoder.casereports.pull import learn_pull, unlearned_weights
from cleanclaim.encoder.casereports.surroundings import Surroundings, learn_surroundings
from cleanclaim.encoder.casereports.terms import lay_terms, read_tabular, with_names, with_notes
from cleanclaim.encoder.casereports.trees import Forest, grow
from cleanclaim.encoder.casereports.words import read
from cleanclaim.kernel.errors import UnreadableInput

SEED: Final = 20261
_FOLDS: Final = 10
_CHECKS: Final = 5
_TREES: Final = {DIAGNOSES: (300, 0.05), PROCEDURES: (200, 0.05)}
_STEP: Final = 0.01
_RARE_CODES_COST: Final = {DIAGNOSES: 0.008, PROCEDURES: 0.003}
"""The F1 that may be given up for codes that no case had."""
CORPUS: Final = {
    "name": "CodiEsp v4 (Miranda-Escalada et al., CLEF eHealth 2020), Spanish clinical cases with machine translation",
    "licence": "CC BY 4.0",
    "changed": "Counts of single phrases and weights of tree tests were derived; no text is kept.",
}


class _Rows(NamedTuple):
    """The candidates of all cases, out of fold: a row of features, whether the code is gold, its case and code."""

    values: npt.NDArray[np.float32]
    is_gold: npt.NDArray[np.bool_]
    case: npt.NDArray[np.int64]
    codes: list[str]


def train(corpus_dir: Path, seed: int = SEED, parts: Iterable[str] = ()) -> Artefact:
    """Train on the named parts of the corpus; without names on all but the test part.

    Raises:
        UnreadableInput: the corpus is not there.
    """
    folder = find_corpus(corpus_dir)
    if folder is None:
        raise UnreadableInput(f"There is no corpus of case reports in {corpus_dir}: no train/text_en, dev/text_en or test/text_en.")
    chosen = tuple(parts) or tuple(part for part in parts_of(folder) if part != "test")
    cases = tuple(case for part in chosen for case in read_part(folder, part))
    if not cases:
        raise UnreadableInput(
            f"The corpus of case reports in {corpus_dir} has no case in {', '.join(chosen) or 'any part to train on'}."
        )
    return train_on(cases, chosen, seed)


def train_on(cases: tuple[Case, ...], parts: tuple[str, ...], seed: int = SEED) -> Artefact:
    """Train on cases read before; `parts` names them on the artefact's page."""
    carried = carry_mentions(cases)
    kinds: dict[str, KindModel] = {}
    checked: dict[str, Any] = {}
    for kind in (DIAGNOSES, PROCEDURES):
        examples = examples_of(cases, carried, kind)
        if any(example.gold for example in examples):
            kinds[kind], checked[kind] = _train_kind(examples, kind, seed)
    page = {
        "profile": "case-report",
        "trained_on": list(parts),
        "cases": len(cases),
        "seed": seed,
        "corpus": CORPUS,
        "cross_validation": checked,
    }
    return Artefact(kinds, page)


def examples_of(cases: Iterable[Case], carried: Iterable[tuple[Carried, ...]], kind: str) -> list[Example]:
    """Return the cases as examples for one kind of code."""
    return [
        Example(
            read(case.english),
            case.gold[kind],
            tuple((mention.code, mention.places) for mention in mentions if mention.kind == kind),
        )
        for case, mentions in zip(cases, carried, strict=True)
    ]


def terms_for(kind: str) -> dict[str, Any]:
    """Return the terms that codes of a kind are known by."""
    return lay_terms(read_operations() if kind == PROCEDURES else with_names(with_notes(read_tabular())))


def _train_kind(examples: list[Example], kind: str, seed: int) -> tuple[KindModel, dict[str, Any]]:
    terms = terms_for(kind)
    rows, weights = _out_of_fold(examples, terms, seed)
    thresholds, checked = _cross_validate(examples, rows, kind, seed)
    learned = learned_of(*_learn(examples, terms, _standing(examples, terms)), weights)
    forest = grow(rows.values, rows.is_gold, seed, *_TREES[kind])
    return KindModel(learned, forest, thresholds), checked


def _standing(examples: list[Example], terms: dict[str, Any]) -> list[Standing]:
    lexicon = Lexicon(terms)
    return [standing_terms(lexicon, example.reading, example.gold) for example in examples]


def _learn(examples: list[Example], terms: dict[str, Any], standing: list[Standing]) -> tuple[PhraseTable, Lexicon, Surroundings]:
    """Count phrases, weigh terms and note what surrounds mentions over cases."""
    worded = learn_wording(terms, (phrase for example in examples for phrase in example.phrases()))
    return learn_phrases(examples), Lexicon(count_standing(worded, standing)), Surroundings(learn_surroundings(examples))


def _out_of_fold(examples: list[Example], terms: dict[str, Any], seed: int) -> tuple[_Rows, dict[str, float]]:
    """Return the candidates of every case by counts of the other folds' cases, and the weights of the terms' pull."""
    standing = _standing(examples, terms)
    order = list(range(len(examples)))
    random.Random(seed).shuffle(order)
    folds: list[tuple[list[int], tuple[PhraseTable, Lexicon, Surroundings]]] = []
    for fold in range(_FOLDS):
        held = sorted(order[fold::_FOLDS])
        others = sorted(set(order) - set(held))
        folds.append((held, _learn([examples[number] for number in others], terms, [standing[number] for number in others])))
    weights = _pull_of(folds, examples)
    values: list[npt.NDArray[np.float32]] = []
    is_gold: list[bool] = []
    case: list[int] = []
    codes: list[str] = []
    for held, counts in folds:
        learned = learned_of(*counts, weights)
        for number in held:
            candidates = find_candidates(examples[number].reading, learned)
            values.append(as_rows(candidates))
            is_gold.extend(candidate.code in examples[number].gold for candidate in candidates)
            case.extend([number] * len(candidates))
            codes.extend(candidate.code for candidate in candidates)
    return _Rows(np.vstack(values), np.array(is_gold), np.array(case), codes), weights


def _pull_of(folds: list[tuple[list[int], tuple[PhraseTable, Lexicon, Surroundings]]], examples: list[Example]) -> dict[str, float]:
    rows: list[tuple[float, ...]] = []
    is_gold: list[bool] = []
    for held, counts in folds:
        learned = learned_of(*counts, unlearned_weights())
        for number in held:
            for code, row in pull_rows(examples[number].reading, learned):
                rows.append(row)
                is_gold.append(code in examples[number].gold)
    return learn_pull(rows, is_gold)


def _cross_validate(examples: list[Example], rows: _Rows, kind: str, seed: int) -> tuple[Thresholds, dict[str, Any]]:
    """Return the thresholds that serve unseen cases best, and the figures there."""
    chance = np.zeros(len(rows.is_gold))
    for check in range(_CHECKS):
        held = rows.case % _CHECKS == check
        forest: Forest = grow(rows.values[~held], rows.is_gold[~held], seed, *_TREES[kind])
        chance[held] = forest.chances(rows.values[held])
    known = rows.values[:, column("code_cases")] > 0
    gold_pairs = sum(len(example.gold) for example in examples)
    thresholds = choose_thresholds(chance, rows.is_gold, known, gold_pairs, _RARE_CODES_COST[kind])
    judged: list[Judged] = []
    for number, example in enumerate(examples):
        mine = np.nonzero(rows.case == number)[0].tolist()
        ranked = sorted(((float(chance[at]), rows.codes[at], bool(known[at])) for at in mine), reverse=True)
        judged.append(Judged(example.gold, tuple(ranked)))
    return thresholds, figures(judged, thresholds, None)


def choose_thresholds(
    chance: npt.NDArray[np.float64], is_gold: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], gold_pairs: int, cost: float
) -> Thresholds:
    """Return the thresholds with the best micro F1: first one for all codes, the lowest within a thousandth of the best; then a lower one for
    codes that no case had, as low as the F1 that may be lost allows: a coder deletes a wrong rare code sooner than finding one that
    nobody offered.
    """
    steps = np.arange(0.1, 0.6, _STEP)

    def f1(first: float, second: float) -> float:
        chosen = chance >= np.where(known, first, second)
        return micro(int((chosen & is_gold).sum()), int(chosen.sum()), gold_pairs)[2]

    top = max(f1(step, step) for step in steps)
    best = min(step for step in steps if f1(step, step) >= top - 0.001)
    lower = [step for step in np.arange(0.03, best + _STEP / 2, _STEP) if f1(best, step) >= top - cost]
    return Thresholds(round(float(best), 2), round(float(min(lower, default=best)), 2))
