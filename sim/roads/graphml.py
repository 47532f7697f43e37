"""Read a road network as OSMnx writes it: GraphML, where every attribute is a string.

One expat pass with line numbers. A document type is refused before any entity can expand; coordinates must
be in range; a length that is missing, not finite or not positive is computed from the coordinates, and said.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from sim.roads.graphml_elements import Edge, Elements, Node
from sim.roads.osm_tags import posted_kmh
from sim.roads.read_graph import ReadGraph, great_circle_m
from sim.roads.remarks import Remark
from sim.roads.road_file_error import RoadFileError
from sim.roads.spec import RoadsParams

if TYPE_CHECKING:
    import networkx as nx

MAX_BYTES = 160_000_000
SOURCE = "OpenStreetMap"
"""What a graph's `source` says where its roads are OpenStreetMap's."""
GEOGRAPHIC = r"^(epsg:)?(4326|4490)$|crs:?84|^wgs ?84$|^geog|longlat|latlong"
MENDED = {
    "undirected": "undirected: taken as both ways",
    "length_missing": "without length: computed from coordinates",
    "length_unusable": "with a length that is not a positive number: computed from coordinates",
    "length_short": "shorter than the straight line: taken as given",
    "oneway_unread": "whose `oneway` is neither True nor False: taken as False",
    "speed_unread": "whose `speed_kph` is not 1-200: the class's speed is used",
}
"""Code → what was found and done; both are said in the report."""
TRUE, FALSE = {"true", "yes", "1", "-1", "reverse", "t"}, {"false", "no", "0", "f", ""}
CLASS_OF_HIGHWAY = {
    "motorway": "expressway", "trunk": "expressway", "primary": "primary",
    "secondary": "secondary", "tertiary": "secondary",
}  # fmt: skip


def read_graphml(file: Path, params: RoadsParams) -> ReadGraph:
    """All usable edges of a GraphML file as OSMnx writes it (`save_graphml`), projected or in degrees.

    Raises:
        RoadFileError: the file cannot be read or used; carries file, place, found, allowed, remedy.

    """
    elements = Elements(str(file))
    _parse(file, elements)
    if not elements.nodes:
        raise RoadFileError(
            str(file),
            "",
            "no nodes",
            "a GraphML graph with nodes and edges",
            "export the network again (OSMnx: save_graphml)",
        )
    remarks: list[Remark] = []
    degrees = _check_coordinates(elements)
    graph, dropped = _graph(elements, degrees, params, remarks)
    counts, openstreetmap = (len(elements.nodes), len(elements.edges)), _of_openstreetmap(elements)
    return ReadGraph(graph, *counts, dropped, remarks, degrees, openstreetmap)


def _of_openstreetmap(elements: Elements) -> bool:
    """OSMnx names itself, `roads import` its source; a city that `roads generate` wrote has neither."""
    said = elements.graph_attributes
    return said.get("source") == SOURCE or said.get("created_with", "").startswith("OSMnx")


def _parse(file: Path, elements: Elements) -> None:
    name = str(file)
    try:
        size = file.stat().st_size if file.is_file() else -1
    except (OSError, ValueError) as problem:
        raise RoadFileError(name, "", f"unreadable path ({problem})", "a file", "check the path") from None
    if size < 0:
        found = "a folder" if file.is_dir() else "no such file"
        raise RoadFileError(name, "", found, "a GraphML file", "check the path")
    if not 0 < size <= MAX_BYTES:
        raise RoadFileError(
            name,
            "",
            f"{size} bytes",
            f"1 to {MAX_BYTES} bytes",
            "cut the network to the city" if size else "the file is empty; export it again",
        )
    try:
        with file.open("rb") as stream:
            elements.read(stream)
    except expat.ExpatError as problem:
        raise RoadFileError(
            name,
            f"{problem.lineno}:{problem.offset + 1}",
            expat.ErrorString(problem.code),
            "well-formed XML",
            "the file is damaged or cut off; export it again",
        ) from None
    except RoadFileError:
        raise
    except (OSError, ValueError, LookupError) as problem:
        raise RoadFileError(
            name, "", f"unreadable ({problem})", "a readable UTF-8 file", "check its permissions and encoding"
        ) from None


def _check_coordinates(elements: Elements) -> bool:
    """Are coordinates degrees? Every one must be finite and in range."""
    crs = elements.graph_attributes.get("crs", "").strip().lower()
    degrees = not crs or re.search(GEOGRAPHIC, crs) is not None
    limits = (180.0, 90.0) if degrees else (5e7, 5e7)
    for node in elements.nodes.values():
        for axis, limit in zip("xy", limits, strict=True):
            text = node.data.get(axis, "")
            value = number(text)
            if value is None or abs(value) > limit:
                swapped = degrees and axis == "y" and value is not None and abs(value) <= 180.0
                raise RoadFileError(
                    elements.file,
                    f"{node.line}",
                    f"node {node.ident}: {axis} = {text or 'nothing'}",
                    f"a number from -{limit:g} to {limit:g}",
                    "x is the longitude, y the latitude: they look swapped"
                    if swapped
                    else "give each node x and y" + (", or name the projection in `crs`" if degrees else ""),
                )
    return degrees


def _graph(
    elements: Elements, degrees: bool, params: RoadsParams, remarks: list[Remark]
) -> tuple[nx.MultiDiGraph, Counter[str]]:
    """All usable edges with typed attributes; what was mended or left out is said in the other two."""
    import networkx as nx

    graph = nx.MultiDiGraph(**elements.graph_attributes)
    for node in elements.nodes.values():
        x, y = float(node.data["x"]), float(node.data["y"])
        place = (
            {"lon": x, "lat": y}
            if degrees
            else {
                k: v
                for k, v in (
                    ("lon", number(node.data.get("lon", ""))),
                    ("lat", number(node.data.get("lat", ""))),
                )
                if v is not None
            }
        )
        graph.add_node(_ident(node.ident), **{**node.data, "x": x, "y": y, **place})
    dropped: Counter[str] = Counter()
    mended: dict[str, list[int]] = {}
    for edge in elements.edges:
        a, b = (_end(elements, edge, end) for end in (edge.source, edge.target))
        data = _edge_data(edge, _apart(a, b, degrees), params, mended)
        if a is b:
            dropped["edges_to_themselves"] += 1
            continue
        graph.add_edge(_ident(a.ident), _ident(b.ident), **data)
        if not (elements.directed if edge.directed is None else edge.directed):
            graph.add_edge(_ident(b.ident), _ident(a.ident), **data)
            mended.setdefault("undirected", []).append(edge.line)
    for what, lines in mended.items():
        shown = ", ".join(str(line) for line in lines[:5]) + (", …" if len(lines) > 5 else "")
        remarks.append(
            Remark(what, "{n} edges " + MENDED[what] + " (line {lines})", n=len(lines), lines=shown)
        )
    return graph, dropped


def _end(elements: Elements, edge: Edge, ident: str) -> Node:
    node = elements.nodes.get(ident)
    if node is None:
        raise RoadFileError(
            elements.file,
            f"{edge.line}",
            f"an edge to the unknown node {ident or '(no name)'}",
            "the id of a node of the file",
            "the file is incomplete; export it again",
        )
    return node


def _edge_data(
    edge: Edge, apart_m: float, params: RoadsParams, mended: dict[str, list[int]]
) -> dict[str, Any]:
    text = edge.data.get("length")
    length = number(text or "")
    if length is None or length <= 0.0:
        mended.setdefault("length_missing" if text is None else "length_unusable", []).append(edge.line)
        length = max(apart_m, 0.1)
    elif length < 0.9 * apart_m - 5.0:
        mended.setdefault("length_short", []).append(edge.line)
    word = (edge.data.get("oneway") or "").strip().lower()
    if word not in TRUE and word not in FALSE:
        mended.setdefault("oneway_unread", []).append(edge.line)
    road_class = class_of_highway(edge.data.get("highway", ""))
    speed, given = _speed(edge, road_class, params, mended)
    return {
        **edge.data,
        "length": length,
        "oneway": word in TRUE,
        "road_class": road_class,
        "speed_kph": speed,
        "speed_given": given,
    }


def _speed(
    edge: Edge, road_class: str, params: RoadsParams, mended: dict[str, list[int]]
) -> tuple[float, bool]:
    """Free-flow km/h, and whether the file gave it: `speed_kph`, else by the posted limit, else by class."""
    speed = number(edge.data.get("speed_kph", ""))
    if speed is not None and 1.0 <= speed <= 200.0:
        return speed, True
    if "speed_kph" in edge.data:
        mended.setdefault("speed_unread", []).append(edge.line)
    limits = re.sub(r"[\[\]'\"\s]", "", edge.data.get("maxspeed", "")).replace(
        ",", ";"
    )  # OSMnx: "['50', '30']"
    return params.speed_of(road_class, posted_kmh({"maxspeed": limits}) if limits else None), False


def class_of_highway(text: str) -> str:
    """Road class of an OSM `highway` value; of a written list ("['primary', 'path']") the first known."""
    for word in re.findall(r"[a-z_]+", text.lower()):
        found = CLASS_OF_HIGHWAY.get(word.removesuffix("_link"))
        if found:
            return found
    return "residential"


def number(text: str) -> float | None:
    """A finite plain number, else None ("nan", "inf", "1_000" and "" are none)."""
    if "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _ident(text: str) -> int | str:
    """OSM node ids are whole numbers; anything else stays text."""
    return int(text) if re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text) and text != "-0" else text


def _apart(a: Node, b: Node, degrees: bool) -> float:
    ax, ay, bx, by = (float(n.data[axis]) for n in (a, b) for axis in "xy")
    return great_circle_m(ax, ay, bx, by) if degrees else math.hypot(ax - bx, ay - by)
