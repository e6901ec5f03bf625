"""Who codes, who answers queries, who audits."""

from __future__ import annotations

from typing import Final

CODES: Final = ("coder", "provider", "manager")
SEES_DESK: Final = ("coder", "provider", "biller", "manager", "auditor")
ANSWERS: Final = ("provider",)
DRAWS_SAMPLES: Final = ("auditor", "manager")
READS_SAMPLES: Final = ("auditor", "coder", "manager")
SETS_TERMS: Final = ("coder", "manager")
