"""SimPy with ties by rule: events of one instant happen by (kind, id), never by accident of insertion.

SimPy's own bookkeeping uses priorities 0 and 1; ranked events start at 2, so processes started or
resumed at an instant finish their zero-time work before the next ranked event of that instant.
"""

from __future__ import annotations

from heapq import heappush
from typing import Any

import simpy


class RankedEnvironment(simpy.Environment):
    """An environment whose timed events carry a rank."""

    def at(self, time: float, kind: int, ident: int = 0, value: Any = None) -> simpy.Event:
        """An event that happens at the absolute `time` (never `now + delay`, which can miss it by a bit).

        Among events of one instant the lower `kind` comes first, then the lower `ident` (0 ≤ ident < 2**40).
        """
        event = simpy.Event(self)
        event._ok = True  # noqa: SLF001  # as SimPy's own Timeout
        event._value = value  # noqa: SLF001  # likewise
        queue: list[Any] = self._queue  # ranks are plain integers beside SimPy's own two
        heappush(queue, (time, 2 + (kind << 40) + ident, next(self._eid), event))
        return event
