"""Who opens visits, writes and signs notes, files documents, and reads the record."""

from __future__ import annotations

from typing import Final

OPENS: Final = ("front_desk", "provider", "manager")
WRITES: Final = ("provider", "manager")
SIGNS: Final = ("provider",)
FILES: Final = ("front_desk", "provider", "coder", "biller", "manager")
READS: Final = ("provider", "coder", "biller", "manager", "auditor")
"""The front desk does not read notes: the least that the work needs (45 CFR 164.502(b))."""
REVIEWS: Final = ("provider", "coder", "manager")
"""Who looks at the words of a scanned or dictated record and makes a draft note of it; only a provider signs that."""
VOIDS: Final = ("provider", "manager")
