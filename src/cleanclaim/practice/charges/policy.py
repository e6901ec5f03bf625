"""Who keeps the charge list, prices charges, decides late changes, gives estimates."""

from __future__ import annotations

from typing import Final

KEEPS_LIST: Final = ("manager", "biller")
PRICES: Final = ("biller", "coder", "manager")
DECIDES: Final = ("biller", "manager")
ESTIMATES: Final = ("front_desk", "biller", "manager")
