"""Small measurements on columns that several KPI groups share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ALIKE = np.ones(1)
"""Weight of intervals that all count the same."""


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
    from sim.overlap_kernel import most_open

    return int(most_open(np.sort(starts), np.sort(ends)))


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
    from sim.overlap_kernel import fill_bins

    first = np.floor(starts.min() / minutes)
    bins = max(1, int(np.ceil(ends.max() / minutes) - first))
    busy, there = np.zeros(bins), np.zeros(bins)
    fill_bins(busy, starts / minutes - first, ends / minutes - first, ALIKE)
    fill_bins(there, there_from / minutes - first, there_until / minutes - first, ALIKE)
    there = np.maximum(there, busy)
    full = there > 0.0
    return float((busy[full] / there[full]).max(initial=0.0))
