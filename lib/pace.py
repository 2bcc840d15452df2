"""How often somebody may do something, counted in this process: enough to stop a runaway script or a flood.

With several app processes each counts alone, so together they let through at most as many times more.
"""

import threading
import time
from collections import deque
from collections.abc import Hashable

KNOWN = 10_000  # when so many are remembered, those who have been quiet are forgotten


class Pace:
    """At most `limit` times in any `span` seconds for each one."""

    def __init__(self, limit: int, span: float) -> None:
        self.limit, self.span = limit, span
        self._times: dict[Hashable, deque[float]] = {}
        self._lock = threading.Lock()
        self._most = KNOWN

    def take(self, who: Hashable) -> float:
        """Count one more and return 0; else return the seconds until there is room, and count nothing."""
        now = time.monotonic()
        with self._lock:
            times = self._times.setdefault(who, deque(maxlen=self.limit))
            if len(times) == self.limit and times[0] > now - self.span:
                return times[0] + self.span - now
            times.append(now)
            if len(self._times) > self._most:
                self._forget(now - self.span)
                self._most = max(KNOWN, 2 * len(self._times))  # a crowd is not looked through at each call
        return 0

    def _forget(self, before: float) -> None:
        for who in [who for who, times in self._times.items() if times[-1] <= before]:
            del self._times[who]
