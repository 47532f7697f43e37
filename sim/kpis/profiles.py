"""A station through the day: how many wait, how many servers work, how many are there, by cells of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.kpis.measures import ALIKE
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
    """

    load: Floats
    queue: Floats
    capacity: Floats


def profiles_of(visits: Mapping[str, Visits], edges: Floats) -> dict[str, Profile]:
    """Every station of one replication.

    Args:
        visits: as `visits_of` gives them.
        edges: (cells + 1,) evenly spaced, minutes since D0 00:00.

    """
    return {name: profile(one, edges) for name, one in visits.items()}


def profile(visits: Visits, edges: Floats) -> Profile:
    """One station; who is still in service stays so until the last edge."""
    done = np.where(np.isnan(visits.end), edges[-1], visits.end)
    share = ALIKE
    if visits.work_min is not None:
        length = done - visits.start
        share = np.divide(visits.work_min, length, out=np.zeros_like(length), where=length > 0.0)
    return Profile(
        mean_open(visits.start, done, edges, share),
        mean_open(visits.arrive, visits.start, edges),
        mean_open(*visits.there, edges),
    )


def mean_open(begin: Floats, end: Floats, edges: Floats, weight: Floats = ALIKE) -> Floats:
    """(cells,) mean number, or weight, of the intervals [begin, end) that are open in each cell.

    Exact up to rounding, in O(n + cells). `weight` has an entry an interval, or one for all.
    """
    from sim.overlap_kernel import fill_bins

    width = edges[1] - edges[0]
    found = np.zeros(edges.size - 1)
    fill_bins(found, (begin - edges[0]) / width, (end - edges[0]) / width, weight)
    return found
