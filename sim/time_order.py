"""Positions by time, equal times by position: a stable order at the price of a quick one.

numpy's quick sort runs on vector registers and is four times as fast as its stable sort, but leaves equal
times in any order. So equal times are numbered as one group, and positions are sorted once more within it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def by_time(times: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) positions of float64 `times` in rising order, equal times by position, NaN last."""
    nothing = np.isnan(times)
    if nothing.any():  # the quick sort has none of its speed beside a NaN
        known = np.flatnonzero(~nothing)
        return np.concatenate((known[by_time(times[known])], np.flatnonzero(nothing)))
    order = np.argsort(times)
    moments = times[order]
    later = moments[1:] > moments[:-1]
    if later.all():
        return order
    group = np.zeros(times.shape[0], np.int64)
    np.cumsum(later, out=group[1:])
    group *= times.shape[0]
    found: NDArray[np.int64] = np.sort(group + order) - group  # groups rise, so each stays where it is
    return found
