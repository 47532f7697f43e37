"""Put pickup points on the road network, and notice when their coordinates mean something else.

Each point goes to the nearest node of a road that is no expressway; one too far from any road is refused.
Where the points as a whole fit the roads much better in another coordinate system, or with longitude and
latitude exchanged, that is said: a shift of 500 m is invisible on one point and certain on two hundred.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.market.points_file import PointList
from sim.problems import InputError, Place, Problem, Unusable
from sim.roads.coordinates import SYSTEMS, to_wgs84
from sim.roads.read import EARTH_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.roads.network import Roads

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BETTER = 0.5
"""Another reading is named when it brings the median point to half its distance from a road, or nearer."""
NOISE_M = 3.0
"""Differences below the width of a lane say nothing."""


class Snapped(NamedTuple):
    """(n,) road node and metres to it by point; warnings in sentences."""

    node: Ints
    metres: Floats
    warnings: tuple[str, ...]


def snap(points: PointList, roads: Roads, limit_m: float) -> Snapped:
    """The nearest node on a road that is no expressway, for every point.

    Raises:
        Unusable: the network has no geographic coordinates.
        InputError: points further than `limit_m` from any road, each with its line and what would help.

    """
    local = np.flatnonzero(roads.local) if roads.local.any() else np.arange(len(roads.ids))
    lonlat = _lonlat(roads, local)
    node, metres = _nearest(lonlat, points.lon_wgs, points.lat_wgs)
    other = _better_reading(points, lonlat, float(np.median(metres)))
    far = np.flatnonzero(metres > limit_m)
    if len(far):
        problems = [
            Problem(
                Place(points.file, points.line[i], 1),
                points.ident[i],
                f"{metres[i]:,.0f} m from the nearest road",
                f"at most {limit_m:g} m (`market.snap_limit_m`)",
                other or "check the coordinates, or take a road file that holds the place",
            )
            for i in far.tolist()
        ]
        raise InputError(problems)
    return Snapped(local[node], metres, (other,) if other else ())


def _lonlat(roads: Roads, nodes: Ints) -> Floats:
    data = roads.graph.nodes
    try:
        return np.array([(data[roads.ids[i]]["lon"], data[roads.ids[i]]["lat"]) for i in nodes.tolist()])
    except KeyError:
        raise Unusable(
            "pickup points in degrees need roads in degrees, and this network has none (a generated city "
            "lies nowhere); name a road file in `roads.file`"
        ) from None


def _nearest(lonlat: Floats, lon: Floats, lat: Floats) -> tuple[Ints, Floats]:
    from scipy.spatial import cKDTree

    middle = math.radians(float(np.median(lonlat[:, 1])))
    scale = np.radians(1.0) * EARTH_M * np.array([math.cos(middle), 1.0])
    metres, at = cKDTree(lonlat * scale).query(np.column_stack([lon, lat]) * scale)
    return np.asarray(at, np.int64), np.asarray(metres, np.float64)


def _better_reading(points: PointList, lonlat: Floats, median_m: float) -> str:
    """Another meaning of the same figures that fits the roads much better; empty where there is none."""
    said = set(points.crs)
    readings = {
        f"the coordinates look like {system}, the file says {', '.join(sorted(said))}": to_wgs84(
            points.lng, points.lat, system
        )
        for system in SYSTEMS
        if said != {system}
    }
    if np.abs(points.lng).max(initial=0.0) <= 90.0:
        readings["longitude and latitude look swapped"] = (points.lat, points.lng)
    best, words = median_m, ""
    for sentence, (lon, lat) in readings.items():
        found = float(np.median(_nearest(lonlat, lon, lat)[1]))
        if found < best:
            best, words = (
                found,
                f"{sentence} (median distance to a road {found:,.0f} m instead of {median_m:,.0f} m)",
            )
    return words if best <= BETTER * median_m - NOISE_M else ""
