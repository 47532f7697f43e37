"""Where the depots are: points in the middle of districts, found on driving times alone.

Voronoi iteration of k-medoids (Park & Jun, Expert Systems with Applications 36, 2009): each point belongs to
the depot it is nearest to, each depot moves to the point of its district with the least driving in all, until
nothing moves. It begins with points that are far from each other, so nothing is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_ROUNDS = 100


class Districts(NamedTuple):
    """site: (D,) the point each depot stands at; depot: (P,) which depot serves each point."""

    site: Ints
    depot: Ints


def districts(travel_min: Floats, count: int) -> Districts:
    """The districts of so many depots (of fewer where there are fewer points).

    Args:
        travel_min: (P+1, P+1) free-flow minutes, 0 the centre.
        count: > 0.

    """
    way = travel_min[1:, 1:]
    points = len(way)
    site = [int(np.argmin(way.sum(axis=1)))]
    while len(site) < min(count, points):
        apart = way[site].min(axis=0)
        apart[site] = -1.0
        site.append(int(np.argmax(apart)))
    sites = np.sort(np.array(site, np.int64))
    for _ in range(MOST_ROUNDS):
        nearest = np.argmin(way[sites], axis=0)
        nearest[sites] = np.arange(len(sites))  # a depot serves its own point, whoever shares its road
        moved = np.array([_middle(way, np.flatnonzero(nearest == d)) for d in range(len(sites))], np.int64)
        if np.array_equal(moved, sites):
            break
        sites = moved
    return Districts(sites, nearest.astype(np.int64))


def _middle(way: Floats, members: Ints) -> int:
    """The point of a district from which driving to all of them takes least."""
    return int(members[np.argmin(way[np.ix_(members, members)].sum(axis=1))])
