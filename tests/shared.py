"""Third-party test material that stands beside the checkout as `../shared`; tests that need it skip, saying so, where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("CLEANCLAIM_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def shared_path(inside: str) -> Path:
    """Return the path of shared material, or skip the test when this machine does not have it."""
    path = SHARED / inside
    if not path.exists():
        pytest.skip(f"needs ../shared/{inside}, which is not beside this checkout")
    return path
