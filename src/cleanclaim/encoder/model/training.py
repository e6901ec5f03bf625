"""Training of the visit model: logistic regression over the features of candidates, calibrated out of fold, written as readable JSON.

The weights are those of features ("heading", "denied", "drug in note"), never of words or codes, so nothing of a note is kept in them. The same corpora
and seed give the same bytes: folds follow the order of the note's content hash, the solver is deterministic and weights are rounded.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from cleanclaim.documents.coding import Note, NoteContext
from cleanclaim.encoder.engine import reread
from cleanclaim.encoder.model.features import features_of, treated_families
from cleanclaim.encoder.model.scoring import READY, Model, load_model, model_of

SEED: Final = 20261122
FOLDS: Final = 5
PENALTY: Final = 1.0
"""Strength of the ridge: weights of features seen in a handful of candidates stay small."""
DIGEST: Final = 16
"""Characters of a note's hash that are kept."""
ON: Final = date(2026, 10, 15)


class Sample(NamedTuple):
    """A candidate of one note: its features and what the reader did with its code."""

    note: int
    code: str
    features: dict[str, float]
    required: bool
    acceptable: bool


class Gold(NamedTuple):
    """A note with the codes that its reader requires and accepts."""

    text: str
    required: frozenset[str]
    acceptable: frozenset[str]


def read_gold(corpus: Path) -> list[Gold]:
    """Return the notes of a corpus folder (us-notes or procedures), in the order of their content, so that names and order change nothing."""
    content = json.loads((corpus / "gold.json").read_text(encoding="utf-8"))
    texts = corpus / "text" if (corpus / "text").is_dir() else corpus
    gold = []
    for name, entry in content.items():
        text = (texts / f"{name}.txt").read_text(encoding="utf-8")
        if "required" in entry:
            gold.append(Gold(text, frozenset(entry["required"]), frozenset(entry["acceptable"]) | frozenset(entry["required"])))
        else:
            gold.append(Gold(text, frozenset(entry["dx"]), frozenset(entry["dx"]) | frozenset(entry["dx_acceptable"])))
    return sorted(gold, key=lambda one: digest(one.text))


def digest(text: str) -> str:
    """Return the content hash by which a note is ordered, and by which evaluation knows what a model was trained on."""
    return hashlib.sha256(f"{SEED} {text}".encode()).hexdigest()[:DIGEST]


def samples_of(gold: list[Gold]) -> list[Sample]:
    """Return every candidate that the rules leave standing, note by note."""
    samples: list[Sample] = []
    for number, one in enumerate(gold):
        _, gathered = reread(Note(one.text), NoteContext(ON))
        treated = treated_families(gathered.reading.lowered)
        samples.extend(
            Sample(number, code, features_of(candidate, gathered, treated), code in one.required, code in one.acceptable)
            for code, candidate in gathered.by_code.items() if not candidate.why_not
        )  # fmt: skip
    return samples


def fit(samples: list[Sample], penalty: float = PENALTY) -> dict[str, Any]:
    """Return bias and weights of a ridge-penalised logistic regression, by Newton's method."""
    names = sorted({name for sample in samples for name in sample.features})
    place = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(samples), len(names) + 1))
    matrix[:, -1] = 1.0
    for row, sample in enumerate(samples):
        for name, value in sample.features.items():
            matrix[row, place[name]] = value
    labels = np.array([float(sample.acceptable) for sample in samples])
    weights = np.zeros(len(names) + 1)
    ridge = np.full(len(names) + 1, penalty)
    ridge[-1] = 1e-6
    for _ in range(60):
        odds = 1.0 / (1.0 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        gradient = matrix.T @ (labels - odds) - ridge * weights
        curvature = (matrix * (odds * (1 - odds))[:, None]).T @ matrix + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return {
        "bias": round(float(weights[-1]), 4),
        "weights": {name: round(float(weights[at]), 4) for name, at in place.items() if abs(weights[at]) >= 5e-5},
    }


def out_of_fold(samples: list[Sample], notes: int) -> list[float]:
    """Return for every sample the score of a model that never saw its note."""
    scores = [0.0] * len(samples)
    for fold in range(FOLDS):
        held = {note for note in range(notes) if note % FOLDS == fold}
        content = fit([sample for sample in samples if sample.note not in held])
        model = model_of({**content, "suggest_from": 0.5, "hint_from": 0.3})
        for at, sample in enumerate(samples):
            if sample.note in held:
                scores[at] = model.bias + sum(model.weights.get(name, 0.0) * value for name, value in sample.features.items())
    return scores


def fold_models(corpora: list[Path]) -> dict[str, Model]:
    """Return for every note of the corpora, by its digest, a model of the fold that left it out, with the shipped model's calibration."""
    shipped = load_model("visit")
    gold = sorted((one for corpus in corpora for one in read_gold(corpus)), key=lambda one: digest(one.text))
    samples = samples_of(gold)
    models: dict[str, Model] = {}
    for fold in range(FOLDS):
        held = {number for number in range(len(gold)) if number % FOLDS == fold}
        content = fit([sample for sample in samples if sample.note not in held])
        model = shipped._replace(bias=float(content["bias"]), weights=dict(content["weights"]))
        models.update({digest(gold[number].text): model for number in held})
    return models


def calibrate(samples: list[Sample], scores: list[float]) -> tuple[float, float]:
    """Return scale and shift that make out-of-fold scores mean what they say (Platt), never steeper than they are."""
    fitted = fit(
        [
            Sample(one.note, one.code, {"score": score}, one.required, one.acceptable)
            for one, score in zip(samples, scores, strict=True)
        ],
        penalty=1e-3,
    )
    return min(1.0, float(fitted["weights"].get("score", 1.0))), float(fitted["bias"])


TOLERANCE: Final = 0.008
"""Of limits that do about equally well (within what one note of the corpus decides) the strictest is taken: notes of another practice tempt more."""


def thresholds(samples: list[Sample], confidences: list[float], required: int) -> tuple[float, float]:
    """Return the confidence from which codes are suggested (best F1 out of fold) and the lower one of hints."""
    scored: list[tuple[float, float]] = []
    for step in range(20, 81, 2):
        limit = step / 100
        picked = [sample for sample, confidence in zip(samples, confidences, strict=True) if confidence >= limit]
        right, found = sum(one.acceptable for one in picked), sum(one.required for one in picked)
        precision, recall = right / max(1, len(picked)), found / max(1, required)
        score = 2 * precision * recall / max(1e-9, precision + recall)
        scored.append((score, limit))
    best = max(score for score, _ in scored)
    chosen = max(limit for score, limit in scored if score >= best - TOLERANCE)
    return chosen, round(max(0.25, chosen - 0.12), 2)


def train(corpora: list[Path]) -> dict[str, Any]:
    """Return the artefact trained from the given corpus folders."""
    gold = sorted((one for corpus in corpora for one in read_gold(corpus)), key=lambda one: digest(one.text))
    samples = samples_of(gold)
    scores = out_of_fold(samples, len(gold))
    scale, shift = calibrate(samples, scores)
    content = fit(samples)
    draft: Model = model_of({**content, "suggest_from": 0.5, "hint_from": 0.3})
    confidences = [float(1 / (1 + np.exp(-(scale * score + shift)))) for score in scores]
    suggest_from, hint_from = thresholds(samples, confidences, sum(len(one.required) for one in gold))
    return {
        "name": "visit", "version": 1, "seed": SEED, "notes": len(gold), "candidates": len(samples), "ready_from": READY,
        "suggest_from": suggest_from, "hint_from": hint_from, "scale": round(scale, 4), "shift": round(shift, 4),
        "bias": draft.bias, "weights": dict(sorted(draft.weights.items())),
        "trained_on": sorted(digest(one.text) for one in gold),
        "attribution": "Trained on the notes of ACI-BENCH (Yim et al. 2023, CC BY 4.0) with diagnosis codes assigned for this project, and on visit notes written for this project.",
    }  # fmt: skip


def write(artefact: dict[str, Any], path: Path) -> None:
    """Write the artefact as readable JSON, one weight a line."""
    text = json.dumps(artefact, indent=1, ensure_ascii=False, sort_keys=False)
    path.write_text(text + "\n", encoding="utf-8")
