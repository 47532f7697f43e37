"""A station through the day: how many wait, how many servers work, how many are there, by cells of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.kpis.visits import Visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Profile(NamedTuple):
    """Means over each cell of time, (cells,) each.

    Attributes:
        load: servers at work.
        queue: customers who wait.
        capacity: servers there.
        arrivals: customers who come, per minute.
    """

    load: Floats
    queue: Floats
    capacity: Floats
    arrivals: Floats


def profiles_of(visits: Mapping[str, Visits], edges: Floats) -> dict[str, Profile]:
    """Every station of one replication.

    Args:
        visits: as `visits_of` gives them.
        edges: (cells + 1,) increasing, minutes since D0 00:00.

    """
    return {name: profile(one, edges) for name, one in visits.items()}


def profile(visits: Visits, edges: Floats) -> Profile:
    """One station; who is still in service stays so until the last edge."""
    done = np.where(np.isnan(visits.end), edges[-1], visits.end)
    share: float | Floats = 1.0
    if visits.work_min is not None:
        length = done - visits.start
        share = np.divide(visits.work_min, length, out=np.zeros_like(length), where=length > 0.0)
    return Profile(
        mean_open(visits.start, done, edges, share),
        mean_open(visits.arrive, visits.start, edges),
        mean_open(*visits.there, edges),
        np.histogram(visits.arrive, edges)[0] / np.diff(edges),
    )


def mean_open(begin: Floats, end: Floats, edges: Floats, weight: float | Floats = 1.0) -> Floats:
    """(cells,) mean number, or weight, of the intervals [begin, end) that are open in each cell.

    Exact up to rounding, in O(n log n + cells): the time that has been spent until an edge is what began
    before it less what ended before it.
    """
    spent = _since(begin, weight, edges) - _since(np.maximum(begin, end), weight, edges)
    return np.maximum(np.diff(spent) / np.diff(edges), 0.0)


def _since(moments: Floats, weight: float | Floats, edges: Floats) -> Floats:
    """(cells + 1,) weighted minutes since those of the moments that lie before each edge."""
    order = np.argsort(moments)
    weights = np.broadcast_to(np.asarray(weight, np.float64), moments.shape)[order]
    mass = np.concatenate(([0.0], np.cumsum(weights)))
    first = np.concatenate(([0.0], np.cumsum(weights * moments[order])))
    before = np.searchsorted(moments[order], edges)
    found: Floats = mass[before] * edges - first[before]
    return found
