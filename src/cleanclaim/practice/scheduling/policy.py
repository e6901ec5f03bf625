"""Who books and who says that a patient has come."""

from __future__ import annotations

from typing import Final

BOOKS: Final = ("front_desk", "provider", "manager")
COMPLETES: Final = ("front_desk", "provider", "manager")
