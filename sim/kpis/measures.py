"""Small measurements on columns that several KPI groups share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def quantile(values: Floats, q: float) -> float:
    """The `q` quantile by linear interpolation, without sorting everything; NaN for no values."""
    count = values.shape[0]
    if count == 0:
        return float("nan")
    at = q * (count - 1)
    low = int(at)
    high = min(low + 1, count - 1)
    part = np.partition(values, (low, high))
    return float(part[low] + (at - low) * (part[high] - part[low]))


def peak_per_second(times: Floats, bin_s: float = 10.0) -> float:
    """Most events in a fixed bin, per second; `times` in minutes."""
    if times.shape[0] == 0:
        return 0.0
    bins = np.floor(times * (60.0 / bin_s)).astype(np.int64)
    return float(np.bincount(bins - bins.min()).max() / bin_s)


def most_at_once(starts: Floats, ends: Floats) -> int:
    """Largest number of intervals [start, end) that overlap."""
    if starts.shape[0] == 0:
        return 0
    begun, ended = np.sort(starts), np.sort(ends)
    gone = np.searchsorted(ended, begun, side="right")
    return int((np.arange(1, begun.shape[0] + 1) - gone).max())


def most_at_one(place: NDArray[np.integer], starts: Floats, ends: Floats) -> int:
    """Largest number of intervals [start, end) that overlap at one of the places, shape (n,) each."""
    some = ends > starts  # an empty interval overlaps nothing, and most are empty
    place, starts, ends = place[some], starts[some], ends[some]
    if starts.shape[0] == 0:
        return 0
    step = np.repeat(np.array([1, -1]), starts.shape[0])
    # every place ends with nobody there, so one running total serves all of them; who ends leaves first
    order = np.lexsort((step, np.concatenate((starts, ends)), np.concatenate((place, place))))
    return int(np.cumsum(step[order]).max())


def share(part: float, whole: float) -> float:
    """Part over whole; NaN where there is no whole."""
    return part / whole if whole else float("nan")


def worked_until(moments: Floats, starts: Floats, ends: Floats) -> Floats:
    """Total time that the intervals [start, end) have run by each of the `moments` (sorted or not)."""

    def before(marks: Floats) -> Floats:
        marks = np.sort(marks)
        total = np.concatenate(([0.0], np.cumsum(marks)))
        count = np.searchsorted(marks, moments, side="right")
        passed: Floats = count * moments - total[count]
        return passed

    return before(starts) - before(ends)


def busiest(
    starts: Floats, ends: Floats, there_from: Floats, there_until: Floats, minutes: float = 1.0
) -> float:
    """Highest utilisation over fixed bins of `minutes`: busy time over time present, never above 1.

    Args:
        starts, ends: when servers were busy, shape (n,).
        there_from, there_until: when servers were present, shape (servers,).
        minutes: length of a bin.
    """
    if starts.shape[0] == 0:
        return 0.0
    edges = np.arange(np.floor(starts.min() / minutes), np.ceil(ends.max() / minutes) + 1.0) * minutes
    busy = np.diff(worked_until(edges, starts, ends))
    there = np.maximum(np.diff(worked_until(edges, there_from, there_until)), busy)
    full = there > 0.0
    return float((busy[full] / there[full]).max())
