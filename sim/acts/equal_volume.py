"""`--equal-volume`: live arms cut down, after payment, to as many orders as the text arm has.

Most of what delivery saves is density: three hundred orders and six thousand orders over the same 200 points.
To see what the *chain* saves, the live arm's paid orders are thinned to the text arm's number. Who stays
is decided by a priority drawn once for each person (uniform, keyed to the person), so the same people stay
whatever else changes, a smaller target keeps a subset of a larger one, and demand upstream is untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PURPOSE = "orders.priority"
"""Name of the draw: `streams.uniform(PURPOSE, person_key)`."""


def thinned(paid: NDArray[np.bool_], priority: NDArray[np.float64], target: int) -> NDArray[np.bool_]:
    """Which paid orders are left out.

    Args:
        paid: (n,) the order was paid.
        priority: (n,) uniform draws keyed to the person; the smallest stay, ties by row.
        target: how many paid orders stay: those of the base arm in that replication.

    Returns:
        (n,) True for a paid order that is left out: max(0, paid − target) of them, never an unpaid one.
    """
    if target < 0:
        raise ValueError("the target is a number of orders, 0 or more")
    rows = np.flatnonzero(paid)
    leave = rows[np.argsort(priority[rows], kind="stable")][target:]
    out = np.zeros(paid.shape, np.bool_)
    out[leave] = True
    return out
