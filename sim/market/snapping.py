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
from sim.roads.read_graph import EARTH_M
from sim.roads.remarks import Remark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.roads.network import Roads

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BETTER = 0.5
"""Another reading is named when it brings the median point to half its distance from a road, or nearer."""
NOISE_M = 3.0
"""m. Differences below the width of a lane say nothing."""


class Reading(NamedTuple):
    """Another meaning of the points' figures: code, what it says, and (n,) degrees under it."""

    code: str
    says: str
    lon: Floats
    lat: Floats


class Snapped(NamedTuple):
    """(n,) road node and metres to it by point; remarks on the points as a whole."""

    node: Ints
    metres: Floats
    warnings: tuple[Remark, ...]


def snap(points: PointList, roads: Roads, limit_m: float) -> Snapped:
    """The nearest node on a road that is no expressway, for every point.

    Raises:
        Unusable: the network has no geographic coordinates.
        InputError: points further than `limit_m` from any road: one problem where another reading of the
            figures brings them all to the roads, else each with its line and what would help.

    """
    local = np.flatnonzero(roads.local) if roads.local.any() else np.arange(len(roads.ids))
    lonlat = _lonlat(roads, local)
    node, metres = _nearest(lonlat, points.lon_wgs, points.lat_wgs)
    readings = [(one, _nearest(lonlat, one.lon, one.lat)[1]) for one in _readings(points)]
    better = min(readings, key=lambda item: float(np.median(item[1])))
    remarks = _remark(points, better, float(np.median(metres)))
    far = np.flatnonzero(metres > limit_m)
    if len(far):
        if len(far) > 1 and remarks and (better[1] <= limit_m).all():
            raise InputError([_all_at_once(points, metres, far, limit_m, remarks[0])])
        raise InputError([_one(points, i, metres, limit_m, readings) for i in far.tolist()])
    return Snapped(local[node], metres, remarks)


def _all_at_once(points: PointList, metres: Floats, far: Ints, limit_m: float, remark: Remark) -> Problem:
    """One mistake made with the whole file is one problem."""
    least, most = float(metres[far].min()), float(metres[far].max())
    found = f"{len(far):,} of {len(metres):,} points {least:,.0f} to {most:,.0f} m from the nearest road"
    place = Place(points.file, points.line[int(far[0])], 1)
    return Problem(place, "points", found, _allowed(limit_m), str(remark))


def _one(
    points: PointList, i: int, metres: Floats, limit_m: float, readings: list[tuple[Reading, Floats]]
) -> Problem:
    """A point far from every road, and the reading of its own row that would bring it near, if one does."""
    fits = [(float(near[i]), reading) for reading, near in readings if near[i] <= limit_m]
    hint = "check the coordinates, or take a road file that holds the place"
    if fits:
        near_m, reading = min(fits, key=lambda item: item[0])
        hint = f"{reading.says} in this row (then {near_m:,.0f} m from a road)"
    place = Place(points.file, points.line[i], 1)
    found = f"{metres[i]:,.0f} m from the nearest road"
    return Problem(place, points.ident[i], found, _allowed(limit_m), hint)


def _allowed(limit_m: float) -> str:
    return f"at most {limit_m:g} m (`market.snap_limit_m`)"


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


def _readings(points: PointList) -> list[Reading]:
    """What the figures would mean if the file were wrong about them."""
    said = set(points.crs)
    found = [
        Reading(
            f"looks_{system}",
            f"the coordinates look like {system}",
            *to_wgs84(points.lng, points.lat, system),
        )
        for system in SYSTEMS
        if said != {system}
    ]
    return [*found, Reading("looks_swapped", "longitude and latitude look swapped", points.lat, points.lng)]


def _remark(points: PointList, better: tuple[Reading, Floats], median_m: float) -> tuple[Remark, ...]:
    """A remark where another reading fits the roads much better than what the file says."""
    reading, near = better
    other_m = float(np.median(near))
    if other_m > BETTER * median_m - NOISE_M:
        return ()
    told = reading.says + ", the file says {said}" * (reading.code != "looks_swapped")
    told += " (median distance to a road {other_m:,.0f} m instead of {median_m:,.0f} m)"
    said = ", ".join(sorted(set(points.crs)))
    return (Remark(reading.code, told, said=said, other_m=other_m, median_m=median_m),)
