"""From a road file to a network: the reader its name asks for, the part kept, where it stands."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.roads.graphml import read_graphml
from sim.roads.network import RoadReport, Roads, build
from sim.roads.osm import is_osm, read_osm
from sim.roads.read_graph import EARTH_M
from sim.roads.road_file_error import RoadFileError
from sim.roads.spec import RoadsParams

if TYPE_CHECKING:
    from collections import Counter

    import networkx as nx


def load_roads(path: str | Path, params: RoadsParams | None = None) -> Roads:
    """The road network of a file: OpenStreetMap (.osm, .osm.gz, .osm.bz2, .osm.pbf) or OSMnx's GraphML.

    Args:
        path: the file; its name tells the format.
        params: speeds by road class, and where the distribution centre stands.

    Raises:
        RoadFileError: the file cannot be read or used; carries file, place, found, allowed, remedy.

    """
    params = params or RoadsParams()
    file = Path(path)
    read = (read_osm if is_osm(file) else read_graphml)(file, params)
    city = largest_part(str(path), read.graph, read.dropped)
    report = RoadReport(
        nodes=read.nodes,
        edges=read.edges,
        nodes_kept=len(city),
        edges_kept=city.number_of_edges(),
        dropped=dict(read.dropped),
        warnings=tuple(read.warnings),
        openstreetmap=read.openstreetmap,
    )
    return placed(city, report, read.degrees, params)


def largest_part(file: str, graph: nx.MultiDiGraph, dropped: Counter[str]) -> nx.MultiDiGraph:
    """The largest strongly connected part: from every node every other can be reached. Counts what goes."""
    import networkx as nx

    position = {node: i for i, node in enumerate(graph)}
    parts = nx.strongly_connected_components(graph)
    kept = max(parts, key=lambda part: (len(part), -min(position[node] for node in part)))
    if len(kept) < 2:
        raise RoadFileError(
            file,
            "",
            "no two nodes that can reach each other",
            "a road network",
            "check that both directions of two-way roads are in the file",
        )
    city = graph.subgraph([node for node in graph if node in kept]).copy()
    if len(city) < len(graph):
        dropped["nodes_unconnected"] = len(graph) - len(city)
        dropped["edges_unconnected"] = graph.number_of_edges() - city.number_of_edges()
    return city


def placed(city: nx.MultiDiGraph, report: RoadReport, degrees: bool, params: RoadsParams) -> Roads:
    """Metres around the mean node, the radius that holds 95 % of nodes, and the distribution centre."""
    xy = np.array([(data["x"], data["y"]) for _, data in city.nodes(data=True)])
    if degrees:
        middle = math.radians(float(np.median(xy[:, 1])))
        xy = np.radians(xy) * EARTH_M * np.array([math.cos(middle), 1.0])
    xy = xy - xy.mean(axis=0)
    radius = float(np.quantile(np.hypot(xy[:, 0], xy[:, 1]), 0.95))
    bearing = math.radians(params.dc_bearing_deg)
    place = params.dc_at_radius * radius * np.array([math.sin(bearing), math.cos(bearing)])
    dc = int(np.argmin(((xy - place) ** 2).sum(axis=1)))
    return build(city, report, xy, radius, dc)
