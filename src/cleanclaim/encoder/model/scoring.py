"""The trained weights and what they make of a candidate: a calibrated probability that a coder reports the code."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

READY: Final = 0.9
"""A suggestion at least this sure is ready to confirm; at least nine in ten of them are right on notes that training never saw."""


class Model(NamedTuple):
    """Weights over features, a calibration, and the confidence from which a code is suggested or hinted at."""

    bias: float
    weights: dict[str, float]
    scale: float
    shift: float
    suggest_from: float
    hint_from: float
    name: str

    def confidence(self, features: dict[str, float]) -> float:
        """Return the calibrated probability that a coder would report the code."""
        score = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        score = self.scale * score + self.shift
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))

    def band(self, confidence: float) -> str:
        """Return ready, look, hint, or nothing for what is not worth showing."""
        if confidence >= READY:
            return "ready"
        return "look" if confidence >= self.suggest_from else "hint" if confidence >= self.hint_from else ""


def model_of(content: dict[str, Any]) -> Model:
    """Return the model that a JSON artefact describes."""
    return Model(
        float(content["bias"]), {str(name): float(weight) for name, weight in content["weights"].items()}, float(content.get("scale", 1.0)),
        float(content.get("shift", 0.0)), float(content["suggest_from"]), float(content["hint_from"]), str(content.get("name", "")),
    )  # fmt: skip


@lru_cache(maxsize=4)
def load_model(profile: str = "visit") -> Model:
    """Return the shipped model of a profile."""
    return model_of(json.loads(files("cleanclaim.encoder.model").joinpath(f"{profile}.json").read_text(encoding="utf-8")))
