"""Training and measuring on the open corpus: the same bytes twice, names that change nothing, figures above the bar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleanclaim.encoder.evaluate import evaluate
from cleanclaim.encoder.model import training
from cleanclaim.kernel.errors import UnreadableInput
from shared import shared_path


@pytest.mark.slow
def test_training_gives_the_shipped_weights_byte_for_byte(tmp_path: Path) -> None:
    corpus = shared_path("corpus/coding")
    training.write(training.train([corpus / "procedures", corpus / "us-notes"]), tmp_path / "visit.json")
    assert (tmp_path / "visit.json").read_bytes() == Path(training.__file__).with_name("visit.json").read_bytes()


@pytest.mark.slow
def test_shuffled_names_change_no_figure(tmp_path: Path) -> None:
    corpus = shared_path("corpus/coding/us-notes")
    gold = json.loads((corpus / "gold.json").read_text(encoding="utf-8"))
    names = sorted(gold)[:12]
    for folder, order in (("plain", names), ("shuffled", names[::-1])):
        (tmp_path / folder / "text").mkdir(parents=True)
        renamed = dict(zip(order, names, strict=True))
        (tmp_path / folder / "gold.json").write_text(json.dumps({renamed[name]: gold[name] for name in names}), encoding="utf-8")
        for name in names:
            (tmp_path / folder / "text" / f"{renamed[name]}.txt").write_text(
                (corpus / "text" / f"{name}.txt").read_text(encoding="utf-8"), encoding="utf-8"
            )
    figures = [next(iter(evaluate(tmp_path / folder).values())) for folder in ("plain", "shuffled")]
    for one in figures:
        del one["notes_per_second"]
    assert figures[0] == figures[1]


def test_a_folder_without_coded_notes_gets_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no coded notes"):
        evaluate(tmp_path)
