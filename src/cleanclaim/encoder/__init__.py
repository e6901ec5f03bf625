"""From the note to the codes, with the words that prove them."""

from __future__ import annotations

from cleanclaim.encoder.engine import suggest, warm
from cleanclaim.encoder.plugins import Suggester

__all__ = ["Suggester", "suggest", "warm"]
