"""Training on a small invented corpus: spans carried over, the same bytes twice, figures on what was not trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from cleanclaim.encoder import casereports
from cleanclaim.encoder.casereports.alignment import carry_mentions
from cleanclaim.encoder.casereports.artefact import Artefact, pack
from cleanclaim.encoder.casereports.corpus import read_part
from cleanclaim.encoder.casereports.training import choose_thresholds
from cleanclaim.encoder.casereports.trees import grow
from cleanclaim.encoder.casereports.words import WORD
from cleanclaim.kernel.errors import UnreadableInput
from unit.encoder.casereports.invented import write_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("codiesp"))


@pytest.fixture(scope="module")
def artefact(corpus: Path) -> Artefact:
    return casereports.train(corpus, 7, ("train",))


def test_spanish_spans_are_carried_to_the_words_that_translate_them(corpus: Path) -> None:
    cases = read_part(corpus, "train")
    right = total = 0
    for case, mentions in zip(cases, carry_mentions(cases), strict=True):
        words = [word.group().lower() for word in WORD.finditer(case.english)]
        for mention in mentions:
            said = {words[place] for place in mention.places}
            total += 1
            right += mention.code != "r10.9" or {"abdominal", "pain"} <= said
    assert total > 80
    assert right == total


@pytest.mark.slow
def test_training_twice_gives_the_same_bytes_and_loading_gives_the_same_answers(
    corpus: Path, artefact: Artefact, tmp_path: Path
) -> None:
    assert pack(artefact) == pack(casereports.train(corpus, 7, ("train",)))
    casereports.save(artefact, tmp_path)
    again = casereports.load(tmp_path)
    assert pack(again) == pack(artefact)


@pytest.mark.slow
def test_figures_are_those_of_cases_not_trained_on(corpus: Path, artefact: Artefact) -> None:
    figures = casereports.evaluate(corpus, artefact)
    assert set(figures) == {"dev"}
    assert figures["dev"]["trained_on"] == ["train"]
    assert figures["dev"]["D"]["f1"] > 0.9
    assert figures["dev"]["D"]["map"] > 0.9
    assert figures["dev"]["D"]["evidence_overlap"] > 0.9
    assert figures["dev"]["P"]["f1"] > 0.8


@pytest.mark.slow
def test_names_of_cases_change_nothing(corpus: Path, artefact: Artefact, tmp_path: Path) -> None:
    renamed = tmp_path / "renamed"
    for path in sorted((corpus / "dev").rglob("*")):
        if path.is_file():
            target = renamed / "dev" / path.relative_to(corpus / "dev")
            target.parent.mkdir(parents=True, exist_ok=True)
            target = target.with_name(target.name.replace("caso-0", "other-9"))
            target.write_text(path.read_text("utf-8").replace("caso-0", "other-9"), "utf-8")
    first, second = casereports.evaluate(corpus, artefact)["dev"], casereports.evaluate(renamed, artefact)["dev"]
    for kind in ("D", "P"):
        assert first[kind] == second[kind]


def test_a_folder_without_the_corpus_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no corpus of case reports"):
        casereports.train(tmp_path)


def test_the_forest_scores_as_its_training_library_does() -> None:
    maker = np.random.default_rng(5)
    values = maker.normal(size=(4000, 6)).astype(np.float32)
    values[maker.random(values.shape) < 0.2] = np.nan
    is_right = np.nan_to_num(values[:, 0]) + np.nan_to_num(values[:, 1]) * np.isnan(values[:, 2]) > 0.3
    library = HistGradientBoostingClassifier(
        max_iter=40,
        learning_rate=0.1,
        max_leaf_nodes=16,
        min_samples_leaf=30,
        l2_regularization=1.0,
        random_state=3,
        max_features=0.3,
        early_stopping=False,
    ).fit(values, is_right)
    ours = grow(values, is_right, 3, 40, 0.1).chances(values)
    assert np.abs(ours - library.predict_proba(values)[:, 1]).max() < 1e-4


def test_rare_codes_are_suggested_below_the_threshold_of_known_ones_where_it_costs_little() -> None:
    chance = np.array([0.9, 0.8, 0.35, 0.2, 0.2, 0.05])
    is_gold = np.array([True, True, True, True, False, False])
    known = np.array([True, True, True, False, False, True])
    thresholds = choose_thresholds(chance, is_gold, known, 4, 0.005)
    assert thresholds.known <= 0.35
    assert thresholds.unknown <= 0.2
