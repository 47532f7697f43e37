"""Roads: a synthetic city or a road file as one networkx graph, with distances and free-flow times.

    roads = load_roads("city.osm.pbf")
    roads.graph, roads.report, roads.distance_m([(from_id, to_id)])

Heavy libraries are loaded when a network is, not when its parameters are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.roads.spec import RoadsParams

if TYPE_CHECKING:
    from sim.roads.city import generate_city
    from sim.roads.network import RoadReport, Roads
    from sim.roads.read import load_roads
    from sim.roads.road_file_error import RoadFileError
    from sim.roads.source import roads_of

__all__ = ["RoadFileError", "RoadReport", "Roads", "RoadsParams", "generate_city", "load_roads", "roads_of"]

_HOME = {
    "generate_city": "sim.roads.city",
    "load_roads": "sim.roads.read",
    "RoadFileError": "sim.roads.road_file_error",
    "RoadReport": "sim.roads.network",
    "Roads": "sim.roads.network",
    "roads_of": "sim.roads.source",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
