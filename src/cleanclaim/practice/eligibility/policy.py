"""Who asks payers, who records authorisations."""

from __future__ import annotations

from typing import Final

ASKS: Final = ("front_desk", "biller", "manager")
