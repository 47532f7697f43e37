"""`--equal-volume`: live arms cut down, after payment, to as many orders as the text arm has.

Most of what delivery saves is density: three hundred orders and six thousand orders over the same 200 points.
To see what the *chain* saves, the live arm's paid orders are thinned to the text arm's number. Who stays
is decided by a priority drawn once for each person (uniform, keyed to the person), so the same people stay
whatever else changes, a smaller target keeps a subset of a larger one, and demand upstream is untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.acts.night import sortable
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.acts.evening import Show
    from sim.acts.event import Event

PURPOSE = "orders.priority"
"""Name of the draw: `streams.uniform(PURPOSE, person_key)`."""
NEVER_WERE = ("paid_min", "known_min", "cancelled_min", "refunded_min")
"""Moments that an order left out loses: no figure counts what had never been."""


def at_equal_volume(event: Event, show: Show) -> Show:
    """The show of which at most `event.thin_to` orders go on to the night; the same one where that is None.

    Orders left out end as THINNED, in columns of their own: the show that came in stays as it was.
    """
    if event.thin_to is None:
        return show
    orders = show.orders
    going = sortable(event.scenario, orders) & (orders["end"] == End.OPEN)
    out = thinned(going, event.streams.uniform(PURPOSE, orders["key"]), event.thin_to)
    less = {name: np.where(out, np.nan, orders[name]) for name in NEVER_WERE}
    less["end"] = np.where(out, np.int8(End.THINNED), orders["end"])
    return show._replace(orders=orders | less)


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
