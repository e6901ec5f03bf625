"""Places of the body as procedure codes divide it, and the modifiers of fingers and toes."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.encoder.patterns import find

CM: Final = r"(\d{1,2}(?:\.\d{1,2})?) ?(?:cm|centimeters?)"


FACE: Final = r"\b(?:face|facial|cheek|forehead|chin|eyebrow|eyelid|ear|nose|nasal|lip|temple|jaw)\b"


HANDS: Final = r"\b(?:scalp|neck|hand|finger|thumb|foot|feet|toe|genital\w*|axilla\w*|palm|knuckle|heel|sole)\b"


_FINGERS: Final = {"thumb": 0, "index": 1, "middle": 2, "long": 2, "ring": 3, "little": 4, "small": 4, "pinky": 4}


_TOES: Final = {
    "great": 0,
    "big": 0,
    "hallux": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "5th": 4,
    "little": 4,
    "small": 4,
}


def digit_modifier(text: str) -> str:
    """Return FA, F1-F9 for a finger or TA, T1-T9 for a toe as a text names it."""
    low = text.lower()
    right = bool(find(r"\b(?:right|rt|r)\b", low)) and not re.search(
        r"\b(?:left|lt|l)\b(?! \w+ (?:clear|normal))", low[: low.find("finger") if "finger" in low else None]
    )
    side = 5 if right else 0
    toe = find(r"\b(great|big|second|2nd|third|3rd|fourth|4th|fifth|5th|little|small) toe|\b(hallux)", low)
    if toe:
        number = _TOES[toe.group(1) or "hallux"] + side
        return "TA" if number == 0 else f"T{number}"
    finger = find(r"\b(thumb)\b|\b(index|middle|long|ring|little|small|pinky)(?: finger)?\b", low)
    if finger and ("finger" in low or "thumb" in low or "pinky" in low):
        number = _FINGERS[finger.group(1) or finger.group(2)] + side
        return "FA" if number == 0 else f"F{number}"
    return ""
