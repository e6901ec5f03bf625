"""Whether a code may be reported on a day, as far as the installed code sets can say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any


def judge(store: Any, on: date) -> Callable[[str, str], bool | None]:
    """Return the question that coding rules ask of each code: True billable on the day, False not, None when the store cannot say.

    The store cannot say before the first day it knows of a system, nor of CPT while only the starter list is installed.
    """

    def is_in_force(system: str, code: str) -> bool | None:
        found = store.get(system, code, on)
        if found is not None:
            return bool(found.billable)
        since = store.known_since(system)
        if since is None or on < since:
            return None
        if system == "cpt" and store.coverage("cpt").coverage != "full":
            return None
        return False

    return is_in_force
