"""`encoder evaluate` for case reports: every figure of the bar, never on a case that the model was trained on."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

from cleanclaim.encoder.casereports.alignment import carry_mentions
from cleanclaim.encoder.casereports.artefact import Artefact, KindModel
from cleanclaim.encoder.casereports.corpus import Case, find_corpus, parts_of, read_part
from cleanclaim.encoder.casereports.features import Candidate, as_rows, find_candidates
from cleanclaim.encoder.casereports.figures import Judged, figures
from cleanclaim.encoder.casereports.training import examples_of, train
from cleanclaim.encoder.casereports.words import Reading, read
from cleanclaim.kernel.errors import UnreadableInput


def evaluate(corpus_dir: Path, artefact: Artefact) -> dict[str, Any]:
    """Return the figures on each part that is not for training: dev and, where it is there, test.

    A part that the artefact was trained on is scored by a model trained anew, with the same seed, on the parts before it.

    Raises:
        UnreadableInput: the corpus is not there.
    """
    folder = find_corpus(corpus_dir)
    if folder is None:
        raise UnreadableInput(f"There is no corpus of case reports in {corpus_dir}: no train/text_en, dev/text_en or test/text_en.")
    parts = parts_of(folder)
    answer: dict[str, Any] = {}
    for part in parts:
        if part == "train":
            continue
        judge = artefact
        if part in artefact.trained_on:
            judge = train(corpus_dir, artefact.page["seed"], parts[: parts.index(part)])
        answer[part] = {"trained_on": list(judge.trained_on), **score(read_part(folder, part), judge)}
    return answer


def score(cases: tuple[Case, ...], artefact: Artefact) -> dict[str, Any]:
    """Return the figures of an artefact on cases, for each kind of code, and the notes read in a second."""
    answer: dict[str, Any] = {}
    carried = carry_mentions(cases)
    seconds = 0.0
    for kind, model in sorted(artefact.kinds.items()):
        judged: list[Judged] = []
        told = shown = 0
        for case, example in zip(cases, examples_of(cases, carried, kind), strict=True):
            start = perf_counter()
            reading = read(case.english)
            ranked = rank_codes(reading, model)
            seconds += perf_counter() - start
            judged.append(
                Judged(
                    case.gold[kind],
                    tuple((chance, candidate.code, model.knows(candidate.code)) for chance, candidate in ranked),
                )
            )
            for chance, candidate in ranked:
                known = model.knows(candidate.code)
                spans = [set(places) for code, places in example.mentions if code == candidate.code and places]
                if (
                    spans
                    and candidate.code in case.gold[kind]
                    and chance >= (model.thresholds.known if known else model.thresholds.unknown)
                ):
                    told += 1
                    shown += any(span.intersection(places) for span in spans for places in candidate.standings)
        answer[kind] = figures(judged, model.thresholds, frozenset(model.learned.table.codes))
        answer[kind]["evidence_overlap"] = round(shown / max(1, told), 4)
    answer["notes_per_second"] = round(len(cases) / seconds) if seconds else 0
    return answer


def rank_codes(reading: Reading, model: KindModel) -> list[tuple[float, Candidate]]:
    """Return the codes that a text may support with their chances, the surest first."""
    candidates = find_candidates(reading, model.learned)
    if not candidates:
        return []
    chances = model.forest.chances(as_rows(candidates)).tolist()
    return sorted(zip(chances, candidates, strict=True), key=lambda pair: (-pair[0], pair[1].code))
