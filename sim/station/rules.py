"""The arithmetic of a station, shared by both faces: plain scalar functions, one decision each.

The reference face calls them as they are, the compiled face compiles them; control flow is never shared. The
kinds below are the order of events at one moment.
"""

from __future__ import annotations

import math

COMPLETION, CALENDAR, SCALE_OUT, PATIENCE, TIMEOUT, SESSION_END, MINUTE, ROOM, ARRIVAL, PICK = range(10)

FIFO, LIFO, PRIORITY = range(3)
FINISH, CREW, RESUME, RESTART = range(4)

TOKEN = 100
"""Hundredths in one token of a retry budget."""

LONG_AGO = -(2**62)
"""The number of a period before any other."""

NO_LIMIT = 2**62
"""Places of a queue without a limit."""


def slowed(service: float, busy: int, alpha: float, beta: float) -> float:
    """Return the length of a service that starts as the `busy`-th one at work (Universal Scalability Law)."""
    return service * (1.0 + alpha * (busy - 1) + beta * busy * (busy - 1))


def has_room(waiting: int, idle: int, places: int) -> bool:
    """Say whether one more fits: those an idle server will pick at this moment take no waiting place."""
    return waiting - max(idle, 0) < places


def left_of(ends: float, now: float) -> float:
    """Return the work left of an interrupted service (never 'left −= worked', which can miss it by a bit)."""
    return ends - now


def period_of(now: float, length: float) -> int:
    """Return the number of the period [k·length, (k + 1)·length) that holds `now`."""
    return math.floor(now / length)


def period_start(number: int, length: float, now: float) -> float:
    """Return when that period begins, never before `now` (the product may miss it by a bit)."""
    return max(number * length, now)


def breaker_opens(failures: int, outcomes: int, percent: int, minimum: int) -> bool:
    """Say whether the counts of this tick open the circuit breaker."""
    return outcomes >= minimum and failures * 100 >= percent * outcomes


def tokens_after_first(tokens: int, percent: int, burst: int) -> int:
    """Return the hundredths of tokens in the retry budget after one more first attempt."""
    return min(tokens + percent, burst * TOKEN)
