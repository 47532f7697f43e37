"""Read OpenStreetMap: .osm, .osm.gz, .osm.bz2, .osm.pbf, every node of a drivable way a node of the graph.

Ways are read first, then only the nodes they use, so an extract of a country costs its roads, not its houses.
Lengths are great-circle metres from node to node. Turn restrictions are not read; the report counts them.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.roads.osm_tags import BACKWARD, FORWARD, direction, posted_kmh, road_class
from sim.roads.read_graph import ReadGraph, great_circle_m
from sim.roads.remarks import Remark
from sim.roads.road_file_error import RoadFileError

if TYPE_CHECKING:
    import networkx as nx

    from sim.roads.spec import RoadsParams

SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
MAX_BYTES = 4_000_000_000
LEAST_M = 0.1
"""Nodes at one place still are a step apart: a length of 0 is no length."""
REMEDY = "cut the extract again (osmium extract, Geofabrik, overpass), whole ways included"


class Way(NamedTuple):
    """A drivable way: its node ids in order, its tags, its class."""

    nodes: tuple[int, ...]
    tags: dict[str, str]
    road_class: str


def is_osm(path: Path) -> bool:
    """Whether the name is one of an OpenStreetMap file."""
    return path.name.lower().endswith(SUFFIXES)


def read_osm(path: Path, params: RoadsParams) -> ReadGraph:
    """All drivable ways of an OpenStreetMap file as a graph in degrees.

    Raises:
        RoadFileError: not such a file, damaged, or without a drivable way.

    """
    _refuse_unreadable(path)
    dropped: Counter[str] = Counter()
    try:
        ways, restrictions = _ways(path, dropped)
        places = _places(path, {node for way in ways for node in way.nodes})
    except RuntimeError as problem:
        raise RoadFileError(
            str(path),
            "",
            f"not readable as OpenStreetMap ({problem})",
            "a whole .osm, .osm.gz, .osm.bz2 or .osm.pbf",
            REMEDY,
        ) from None
    if not ways:
        raise RoadFileError(str(path), "", "no way that a van may drive", "ways with a `highway` tag", REMEDY)
    remarks: list[Remark] = []
    graph = _graph(str(path), ways, places, params, dropped, remarks)
    if restrictions:
        told = "{n} turn restrictions are not read: every turn is allowed"
        remarks.append(Remark("turn_restrictions", told, n=restrictions))
    read = (graph, graph.number_of_nodes(), graph.number_of_edges(), dropped, remarks)
    return ReadGraph(*read, degrees=True, openstreetmap=True)


def _refuse_unreadable(path: Path) -> None:
    try:
        size = path.stat().st_size if path.is_file() else -1
    except (OSError, ValueError) as problem:
        raise RoadFileError(
            str(path), "", f"unreadable path ({problem})", "a file", "check the path"
        ) from None
    if size < 0:
        found = "a folder" if path.is_dir() else "no such file"
        raise RoadFileError(str(path), "", found, "an OpenStreetMap file", "check the path")
    if not 0 < size <= MAX_BYTES:
        remedy = "cut the extract to the city" if size else "the file is empty; download it again"
        raise RoadFileError(str(path), "", f"{size} bytes", f"1 to {MAX_BYTES} bytes", remedy)


def _ways(path: Path, dropped: Counter[str]) -> tuple[list[Way], int]:
    """Drivable ways, and how many turn restrictions the file has."""
    import osmium
    from osmium.filter import KeyFilter
    from osmium.osm import RELATION, WAY
    from osmium.osm import Way as OsmWay

    ways: list[Way] = []
    restrictions = 0
    reader = osmium.FileProcessor(str(path), WAY | RELATION).with_filter(KeyFilter("highway", "restriction"))
    for thing in reader:
        tags = {tag.k: tag.v for tag in thing.tags}
        if not isinstance(thing, OsmWay):
            restrictions += tags.get("type") == "restriction"
            continue
        found = road_class(tags)
        if found is None:
            dropped["ways_closed_to_vans"] += 1
            continue
        ways.append(Way(tuple(node.ref for node in thing.nodes), tags, found))
    return ways, restrictions


def _places(path: Path, wanted: set[int]) -> dict[int, tuple[float, float]]:
    """(longitude, latitude) of the nodes wanted, as far as the file has them."""
    import osmium
    from osmium.filter import IdFilter
    from osmium.osm import NODE, Node

    reader = osmium.FileProcessor(str(path), NODE).with_filter(IdFilter(wanted))
    return {
        thing.id: (thing.lon, thing.lat)
        for thing in reader
        if isinstance(thing, Node) and thing.location.valid()
    }


def _graph(
    file: str,
    ways: list[Way],
    places: dict[int, tuple[float, float]],
    params: RoadsParams,
    dropped: Counter[str],
    remarks: list[Remark],
) -> nx.MultiDiGraph:
    import networkx as nx

    graph = nx.MultiDiGraph(crs="epsg:4326")
    for way in ways:
        there = [node for node in way.nodes if node in places]
        if len(there) < len(way.nodes):
            dropped["way_nodes_missing"] += len(way.nodes) - len(there)
        for a, b in pairwise(way.nodes):
            if a in places and b in places and a != b:
                _add(graph, a, b, way, places, params)
    if not graph:
        raise RoadFileError(file, "", "ways, but none of their nodes", "nodes and ways together", REMEDY)
    slow = sum(1 for way in ways if "maxspeed" in way.tags and posted_kmh(way.tags) is None)
    if slow:
        told = "{n} ways with a `maxspeed` that says no figure: the class's speed is used"
        remarks.append(Remark("maxspeed_unread", told, n=slow))
    for node, data in graph.nodes(data=True):
        lon, lat = places[node]
        data.update(x=lon, y=lat, lon=lon, lat=lat)
    return graph


def _add(
    graph: nx.MultiDiGraph,
    a: int,
    b: int,
    way: Way,
    places: dict[int, tuple[float, float]],
    params: RoadsParams,
) -> None:
    length = max(great_circle_m(*places[a], *places[b]), LEAST_M)
    runs = direction(way.tags)
    for tail, head, along in ((a, b, True), (b, a, False)):
        if runs == (BACKWARD if along else FORWARD):
            continue
        posted = posted_kmh(way.tags, along)
        data: dict[str, Any] = {
            "length": length,
            "oneway": runs in (FORWARD, BACKWARD),
            "highway": way.tags["highway"],
            "road_class": way.road_class,
            "speed_kph": params.speed_of(way.road_class, posted),
        }
        if posted is not None:
            data["maxspeed"] = posted
        if "name" in way.tags:
            data["name"] = way.tags["name"]
        graph.add_edge(tail, head, **data)
