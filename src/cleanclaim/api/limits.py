"""How much one caller may ask: a bucket of requests for each key, another for failed keys by address. Kept in this process alone."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

_MOST_NAMES: Final = 10_000
"""Callers that are remembered; the one that asked longest ago is forgotten first."""


class Buckets:
    """A bucket for each name: it holds `size` requests and fills again at `per_minute`."""

    def __init__(self, *, size: int, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.size, self._per_second, self._clock = size, per_minute / 60, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, *, take: bool = True) -> int:
        """Take one request from a bucket; return 0, or the seconds after which there is one again. Without `take` only look."""
        with self._lock:
            now = self._clock()
            level, at = self._levels.pop(name, (float(self.size), now))
            level = min(float(self.size), level + (now - at) * self._per_second)
            left = level - 1 if take and level >= 1 else level
            self._levels[name] = (left, now)
            while len(self._levels) > _MOST_NAMES:
                self._levels.popitem(last=False)
        return 0 if level >= 1 else max(1, math.ceil((1 - level) / self._per_second))

    def forget(self) -> None:
        """Fill every bucket."""
        with self._lock:
            self._levels.clear()


PER_KEY: Final = Buckets(size=300, per_minute=1200)
"""Each key: 300 at once, 20 a second for long."""
FAILED: Final = Buckets(size=20, per_minute=10)
"""Failed keys by address. A key that holds is never held up by the failures of others at the same address."""
