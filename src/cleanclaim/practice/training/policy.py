"""Who learns and who teaches."""

from __future__ import annotations

from typing import Final

LEARNS: Final = ("learner",)
TEACHES: Final = ("manager",)
