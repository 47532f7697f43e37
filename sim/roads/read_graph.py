"""What every reader of road files hands on: the graph as the file tells it, and what was noticed."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import networkx as nx

    from sim.roads.remarks import Remark

EARTH_M = 6_371_009.0
"""Mean radius of the earth (IUGG), for great circles."""


class ReadGraph(NamedTuple):
    """A graph as a file tells it: nodes have `x`, `y`; edges `length`, `road_class`, `oneway`, `speed_kph`.

    nodes, edges: how many the file had. dropped: reason → count. warnings: remarks. degrees: whether x
    and y are longitude and latitude. openstreetmap: whether they are its data.
    """

    graph: nx.MultiDiGraph
    nodes: int
    edges: int
    dropped: Counter[str]
    warnings: list[Remark]
    degrees: bool
    openstreetmap: bool


def great_circle_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Metres between two places in degrees along the great circle (haversine)."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    h = math.sin((b - a) / 2) ** 2
    h += math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2.0 * EARTH_M * math.asin(min(1.0, math.sqrt(h)))
