"""Intervals on the clock, counted: how many at once at most, and how much of each bin they fill."""

from __future__ import annotations

import numpy as np

from sim.compiling import kernel

ONE = np.int64(1)


@kernel
def most_open(starts, ends):
    """Most intervals [start, end) open at once; both arrays sorted, NaN last: an end never comes."""
    most, gone = np.int64(0), np.int64(0)
    for begun in range(starts.shape[0]):
        while gone < ends.shape[0] and ends[gone] <= starts[begun]:
            gone += ONE
        most = max(most, begun + ONE - gone)
    return most


@kernel
def fill_bins(filled, starts, ends, weights):
    """Add to filled[k] the weight of what lies of the intervals [start, end) between k and k + 1.

    Times count bins; `weights` has an entry an interval, or one for all of them.
    """
    last = np.float64(filled.shape[0])
    whole = np.zeros(filled.shape[0] + ONE, np.float64)
    each = weights.shape[0] > ONE
    for i in range(starts.shape[0]):
        begin, end = max(starts[i], 0.0), min(ends[i], last)
        if not begin < end:
            continue
        weight = weights[i] if each else weights[0]
        first, past = np.int64(begin), np.int64(end)
        if first == past:
            filled[first] += weight * (end - begin)
            continue
        filled[first] += weight * (first + 1.0 - begin)
        if past < filled.shape[0]:
            filled[past] += weight * (end - past)
        whole[first + ONE] += weight
        whole[past] -= weight
    running = 0.0
    for k in range(filled.shape[0]):
        running += whole[k]
        filled[k] += running
