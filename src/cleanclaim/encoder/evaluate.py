"""Measuring the encoder on coded notes: every figure that the corpus's page asks for, never on a note that the model was trained on.

A note that the shipped model was trained on is scored by a model of the fold that left it out; any other note by the shipped model itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

from cleanclaim.documents.coding import Note, NoteContext, Suggestion, Suggestions
from cleanclaim.encoder.em.mdm import LEVELS
from cleanclaim.encoder.engine import suggest
from cleanclaim.encoder.model.scoring import Model, load_model
from cleanclaim.encoder.model.training import ON, digest, fold_models
from cleanclaim.kernel.errors import UnreadableInput

_QUIET: Final = frozenset({"QW", "JZ"})
"""Modifiers that the gold accepts either way on waived tests and drugs of single-dose vials."""


class _Tally:
    """Counts that become shares."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, name: str, value: int | bool = True) -> None:  # noqa: FBT001, FBT002 - a count of what held
        self.counts[name] = self.counts.get(name, 0) + int(value)

    def share(self, part: str, whole: str) -> float:
        return round(self.counts.get(part, 0) / max(1, self.counts.get(whole, 0)), 4)


class Judge(NamedTuple):
    """Which model may score which note."""

    shipped: Model
    trained_on: frozenset[str]
    folds: dict[str, Model]

    def model(self, text: str) -> Model:
        """Return a model that never saw the note."""
        return self.folds.get(digest(text), self.shipped)


def evaluate(corpus: Path) -> dict[str, Any]:
    """Return the figures of every coded corpus in a folder (us-notes, procedures, codiesp, or the folder above them).

    Raises:
        UnreadableInput: there is no coded corpus.
    """
    found: dict[str, Any] = {}
    folders = list(_folders(corpus))
    judge = (
        _judge([folder for folder, kind in folders if kind != "codiesp"], corpus)
        if any(kind != "codiesp" for _, kind in folders)
        else None
    )
    for folder, kind in folders:
        if kind == "codiesp":
            from cleanclaim.encoder import casereports

            found[folder.name] = casereports.evaluate(folder, casereports.load())
        elif judge is not None:
            found[folder.name] = _visits(folder, judge) if kind == "visits" else _services(folder, judge)
    if not found:
        raise UnreadableInput(f"There are no coded notes in {corpus}: no gold.json and no cases.")
    return found


def _folders(corpus: Path) -> Iterator[tuple[Path, str]]:
    for folder in (corpus, *(sorted(one for one in corpus.iterdir() if one.is_dir()) if corpus.is_dir() else ())):
        if (folder / "gold.json").is_file():
            first: dict[str, Any] = next(iter(_gold(folder).values()), {})
            yield folder, "visits" if "required" in first else "services"
        elif (folder / "dev").is_dir() and (folder / "train").is_dir():
            yield folder, "codiesp"
    if not corpus.exists():
        raise UnreadableInput(f"There is no folder {corpus}.")


def _gold(folder: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as wrong:
        raise UnreadableInput(f"{folder / 'gold.json'} is not a JSON file: {wrong}.") from None
    return content


def _judge(folders: list[Path], corpus: Path) -> Judge:
    """Train fold models where any note of the folders was trained on; the corpora of training stand beside each other."""
    shipped, trained_on = load_model("visit"), _trained_on()
    texts = [text for folder in folders for _, text, _ in _notes(folder)]
    if not any(digest(text) in trained_on for text in texts):
        return Judge(shipped, trained_on, {})
    beside = {path.resolve() for path in folders} | {
        path.resolve()
        for name in ("us-notes", "procedures")
        if (path := corpus.parent / name).is_dir() and (path / "gold.json").is_file()
    }
    return Judge(shipped, trained_on, fold_models(sorted(beside)))


def _trained_on() -> frozenset[str]:
    from importlib.resources import files

    content = json.loads(files("cleanclaim.encoder.model").joinpath("visit.json").read_text(encoding="utf-8"))
    return frozenset(content.get("trained_on", ()))


def _notes(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    texts = folder / "text" if (folder / "text").is_dir() else folder
    for name, entry in _gold(folder).items():
        yield name, (texts / f"{name}.txt").read_text(encoding="utf-8"), entry


def _answers(folder: Path, judge: Judge) -> Iterator[tuple[str, dict[str, Any], Suggestions, float]]:
    for _, text, entry in _notes(folder):
        model = judge.model(text)
        start = perf_counter()
        answer = suggest(Note(text), NoteContext(ON), model=model)
        yield text, entry, answer, perf_counter() - start


def _overlaps(text: str, words: str, suggestion: Suggestion) -> bool:
    at = text.find(words)
    return at >= 0 and any(span.start < at + len(words) and at < span.end for span in suggestion.evidence)


def _visits(folder: Path, judge: Judge) -> dict[str, Any]:
    tally = _Tally()
    seconds = 0.0
    for text, entry, answer, took in _answers(folder, judge):
        seconds += took
        tally.add("notes")
        required, right = set(entry["required"]), set(entry["required"]) | set(entry["acceptable"])
        made = [one for one in answer.suggestions if one.system == "icd10cm"]
        codes = {one.code for one in made if one.band != "hint"}
        tally.add("suggested", len(codes))
        tally.add("right", len(codes & right))
        tally.add("required", len(required))
        tally.add("found", len(codes & required))
        tally.add("traps", len(entry["not_code"]))
        tally.add("trapped", len(codes & {one["code"] for one in entry["not_code"]}))
        _bands(tally, made, right, required)
        for one in made:
            if one.band != "hint" and one.code in entry["evidence"]:
                tally.add("with evidence")
                tally.add("evidence overlaps", _overlaps(text, entry["evidence"][one.code], one))
        _level(tally, answer, entry.get("mdm"))
    return _figures(tally, seconds)


def _bands(tally: _Tally, made: list[Suggestion], right: set[str], required: set[str]) -> None:
    for one in made:
        if one.band == "ready":
            tally.add("ready")
            tally.add("ready right", one.code in right)
            tally.add("ready required", one.code in required)
        if one.band == "hint":
            tally.add("hints")
            tally.add("hints right", one.code in right)


def _level(tally: _Tally, answer: Suggestions, level: str | None) -> None:
    if level:
        given = answer.em.level if answer.em else ""
        tally.add("levels")
        tally.add("level exact", given == level)
        tally.add("level within one", given in LEVELS and abs(LEVELS.index(given) - LEVELS.index(level)) <= 1)


def _figures(tally: _Tally, seconds: float) -> dict[str, Any]:
    precision, recall = tally.share("right", "suggested"), tally.share("found", "required")
    figures = {
        "notes": tally.counts.get("notes", 0), "precision": precision, "recall": recall, "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "suggested": tally.counts.get("suggested", 0), "ready_precision": tally.share("ready right", "ready"), "ready_coverage": tally.share("ready required", "required"),
        "hints": tally.counts.get("hints", 0), "hints_right": tally.share("hints right", "hints"),
        "evidence_overlap": tally.share("evidence overlaps", "with evidence"), "traps_suggested": tally.share("trapped", "traps"),
        "mdm_exact": tally.share("level exact", "levels"), "mdm_within_one": tally.share("level within one", "levels"), "notes_per_second": round(tally.counts.get("notes", 0) / max(1e-9, seconds), 1),
    }  # fmt: skip
    return {name: value for name, value in figures.items() if not (name.startswith("hints") and not figures["hints"])}


class _Form(NamedTuple):
    code: str
    modifiers: frozenset[str]
    units: int


def _form(entry: dict[str, Any]) -> _Form:
    return _Form(entry["code"], frozenset(entry["modifiers"]) - _QUIET, int(entry["units"]))


def _services(folder: Path, judge: Judge) -> dict[str, Any]:
    tally = _Tally()
    seconds = 0.0
    for text, entry, answer, took in _answers(folder, judge):
        seconds += took
        tally.add("notes")
        _score_services(
            tally, text, entry, [one for one in answer.suggestions if one.system in {"cpt", "hcpcs"} and one.band != "hint"]
        )
        diagnoses = {one.code for one in answer.suggestions if one.system == "icd10cm" and one.band != "hint"}
        required = set(entry["dx"])
        tally.add("dx suggested", len(diagnoses))
        tally.add("dx right", len(diagnoses & (required | set(entry["dx_acceptable"]))))
        tally.add("dx required", len(required))
        tally.add("dx found", len(diagnoses & required))
        _level(tally, answer, entry.get("mdm"))
    precision, recall = tally.share("right", "suggested"), tally.share("right", "gold")
    dx_precision, dx_recall = tally.share("dx right", "dx suggested"), tally.share("dx found", "dx required")
    return {
        "notes": tally.counts.get("notes", 0), "precision": precision, "recall": recall, "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "modifiers_right": tally.share("modifiers right", "right"), "units_right": tally.share("units right", "right"), "evidence_overlap": tally.share("evidence overlaps", "right"),
        "traps_suggested": tally.share("trapped", "traps"), "mdm_exact": tally.share("level exact", "levels"), "mdm_within_one": tally.share("level within one", "levels"),
        "dx_precision": dx_precision, "dx_recall": dx_recall, "dx_f1": round(2 * dx_precision * dx_recall / max(1e-9, dx_precision + dx_recall), 4),
        "notes_per_second": round(tally.counts.get("notes", 0) / max(1e-9, seconds), 1),
    }  # fmt: skip


def _score_services(tally: _Tally, text: str, entry: dict[str, Any], made: list[Suggestion]) -> None:
    """Pair each gold line with the suggestion nearest to it; what is left over counts against precision unless it is optional."""
    left = list(made)
    optional = {one["code"] for one in entry["acceptable"] if one["how"] == "optional"}
    for gold in entry["codes"]:
        tally.add("gold")
        forms = [_form(gold)] + [
            _form(one) for one in entry["acceptable"] if one["how"] == "replace" and one["in_place_of"] == gold["code"]
        ]
        fitting = [one for one in left if any(one.code == form.code for form in forms)]
        if not fitting:
            continue
        best = max(
            fitting,
            key=lambda one: (
                one.code == gold["code"],
                frozenset(one.modifiers) - _QUIET == forms[0].modifiers,
                one.units == forms[0].units,
            ),
        )
        left.remove(best)
        tally.add("right")
        tally.add(
            "modifiers right",
            any(best.code == form.code and frozenset(best.modifiers) - _QUIET == form.modifiers for form in forms),
        )
        tally.add("units right", any(best.code == form.code and best.units == form.units for form in forms))
        tally.add("evidence overlaps", _overlaps(text, gold["evidence"], best))
    tally.add("suggested", len(made) - sum(one.code in optional for one in left))
    for trap in entry["not_code"]:
        tally.add("traps")
        fallen = [one for one in made if one.code == trap["code"]]
        if trap.get("modifiers"):
            fallen = [one for one in fallen if set(trap["modifiers"]) <= set(one.modifiers)]
        tally.add("trapped", bool(fallen))
