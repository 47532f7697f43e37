"""Fair timing on an unfair machine: sides take turns, and only what happened in one round is compared."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import thread_time
from typing import NamedTuple

ROUNDS = 5
"""Each side runs at least so often."""


class Spread(NamedTuple):
    """Median of some values, the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Summarise at least one value."""
        return cls(median(values), min(values), max(values))

    def times(self, factor: float) -> Spread:
        """The same in another unit."""
        return Spread(self.median * factor, self.low * factor, self.high * factor)


Seconds = dict[str, list[float]]
"""By side: seconds of one run, one entry a round."""


def take_turns(
    sides: Mapping[str, Callable[[], object]],
    rounds: int = ROUNDS,
    repeats: Mapping[str, int] | None = None,
    clock: Callable[[], float] = thread_time,
) -> Seconds:
    """Run every side once a round, in turns.

    Args:
        sides: what to run, by name; the caller runs each once before (compiling, caches).
        rounds: how many rounds.
        repeats: quick sides run so often in a row; their entry is the mean.
        clock: processor time of this thread, so that neighbours' work is not counted; sides that use other
            threads or processes are timed by the clock on the wall (`perf_counter`).
    """
    seconds: Seconds = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            count = (repeats or {}).get(name, 1)
            gc.collect()
            begin = clock()
            for _ in range(count):
                work()
            seconds[name].append((clock() - begin) / count)
    return seconds


def ratio(slow: Sequence[float], fast: Sequence[float]) -> Spread:
    """How many times longer `slow` took than `fast`, compared within each round."""
    return Spread.of([one / other for one, other in zip(slow, fast, strict=True)])
