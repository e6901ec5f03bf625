"""The trained artefact: a readable page (case-reports.json) and its arrays, packed (case-reports.arrays.xz)."""

from __future__ import annotations

import hashlib
import json
import lzma
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from cleanclaim.encoder.casereports.features import FEATURES, Learned, learned_of
from cleanclaim.encoder.casereports.lexicon import Lexicon
from cleanclaim.encoder.casereports.phrases import PhraseTable
from cleanclaim.encoder.casereports.surroundings import Surroundings
from cleanclaim.encoder.casereports.trees import Forest
from cleanclaim.kernel.errors import UnreadableInput

FORMAT: Final = 1
PAGE: Final = "case-reports.json"
ARRAYS: Final = "case-reports.arrays.xz"
_PACKING: Final = {"format": lzma.FORMAT_XZ, "check": lzma.CHECK_SHA256, "preset": 6}


class Thresholds(NamedTuple):
    """The confidence from which a code is suggested: one that the annotated cases had, and one that they never had."""

    known: float
    unknown: float


class KindModel(NamedTuple):
    """What was learned for one kind of code, diagnoses (D) or procedures (P)."""

    learned: Learned
    forest: Forest
    thresholds: Thresholds

    def knows(self, code: str) -> bool:
        """Tell whether an annotated case had the code."""
        return code in self.learned.table.codes


class Artefact(NamedTuple):
    """The trained profile. `page` says what it was trained on and how it did in cross-validation."""

    kinds: dict[str, KindModel]
    page: dict[str, Any]

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The parts of the corpus that it was trained on."""
        return tuple(self.page["trained_on"])


def pack(artefact: Artefact) -> dict[str, bytes]:
    """Return the artefact's files by name. The same artefact has the same bytes."""
    listing: list[dict[str, Any]] = []
    content = bytearray()
    for kind, model in sorted(artefact.kinds.items()):
        learned = model.learned
        parts = {
            "table": learned.table.as_arrays(),
            "lexicon": _shipped(learned.lexicon.arrays),
            "surroundings": learned.surroundings.arrays,
            "forest": model.forest.arrays,
        }
        for part, arrays in parts.items():
            for name, value in sorted(arrays.items()):
                data, entry = _packed(value)
                listing.append({"name": f"{kind}.{part}.{name}", **entry, "bytes": len(data)})
                content += data
    page = artefact.page | {
        "format": FORMAT,
        "features": list(FEATURES),
        "thresholds": {kind: model.thresholds._asdict() for kind, model in sorted(artefact.kinds.items())},
        "pull": {kind: model.learned.pull.weights for kind, model in sorted(artefact.kinds.items())},
        "start": {kind: model.forest.start for kind, model in sorted(artefact.kinds.items())},
        "arrays_sha256": hashlib.sha256(content).hexdigest(),
        "arrays": listing,
    }
    lines = json.dumps(page, indent=1, ensure_ascii=False)
    return {PAGE: (lines + "\n").encode(), ARRAYS: lzma.compress(bytes(content), **_PACKING)}  # type: ignore[arg-type]


def save(artefact: Artefact, folder: Path) -> None:
    """Write the artefact's files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in pack(artefact).items():
        (folder / name).write_bytes(data)


def load(folder: Traversable | None = None) -> Artefact:
    """Read an artefact from a folder; without one, the packaged artefact, once.

    Raises:
        UnreadableInput: a file is absent, damaged, or of another format.
    """
    return _packaged() if folder is None else _read(folder)


@cache
def _packaged() -> Artefact:
    return _read(resources.files(__package__) / "model")


def _read(folder: Traversable) -> Artefact:
    try:
        page = json.loads((folder / PAGE).read_bytes())
        content = lzma.decompress((folder / ARRAYS).read_bytes())
    except (OSError, ValueError, lzma.LZMAError) as wrong:
        raise UnreadableInput(f"The case-report model cannot be read: {wrong}.") from None
    if page.get("format") != FORMAT or tuple(page.get("features", ())) != FEATURES:
        raise UnreadableInput("The case-report model is of another version of the program: train it again.")
    if hashlib.sha256(content).hexdigest() != page["arrays_sha256"]:
        raise UnreadableInput("The case-report model's arrays are not those that its page names.")
    values: dict[str, dict[str, dict[str, Any]]] = {}
    at = 0
    for entry in page["arrays"]:
        kind, part, name = entry["name"].split(".")
        values.setdefault(kind, {}).setdefault(part, {})[name] = _unpacked(content[at : at + entry["bytes"]], entry)
        at += entry["bytes"]
    kinds = {
        kind: KindModel(
            learned_of(
                PhraseTable.from_arrays(parts["table"]),
                Lexicon(parts["lexicon"]),
                Surroundings(parts["surroundings"]),
                page["pull"][kind],
            ),
            Forest(page["start"][kind], parts["forest"]),
            Thresholds(**page["thresholds"][kind]),
        )
        for kind, parts in values.items()
    }
    return Artefact(kinds, {key: value for key, value in page.items() if key not in {"arrays", "arrays_sha256"}})


def _shipped(arrays: dict[str, Any]) -> dict[str, Any]:
    """Titles as words are needed for learning alone."""
    return {name: value for name, value in arrays.items() if name != "titles"}


def _packed(value: Any) -> tuple[bytes, dict[str, Any]]:
    if isinstance(value, int):
        return str(value).encode(), {"kind": "number"}
    if isinstance(value, list):
        return "\n".join(value).encode(), {"kind": "words"}
    array = np.ascontiguousarray(value)
    return array.astype(array.dtype.newbyteorder("<")).tobytes(), {
        "kind": array.dtype.str.lstrip("<|=>"),
        "shape": list(array.shape),
    }


def _unpacked(data: bytes, entry: dict[str, Any]) -> Any:
    if entry["kind"] == "number":
        return int(data)
    if entry["kind"] == "words":
        return data.decode().split("\n") if data else []
    return np.frombuffer(data, np.dtype(entry["kind"]).newbyteorder("<")).reshape(entry["shape"])
