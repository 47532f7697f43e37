"""Road files: what OSMnx writes is read, damage is answered with place and remedy."""

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.roads import RoadFileError, Roads, RoadsParams, load_roads, roads_of
from sim.roads.graphml import class_of_highway, number


@pytest.fixture(scope="module")
def city() -> Roads:
    """The default city."""
    return roads_of(RoadsParams())


HEAD = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/>
<key id="x" for="node" attr.name="x" attr.type="string"/>
<key id="y" for="node" attr.name="y" attr.type="string"/>
<key id="l" for="edge" attr.name="length" attr.type="string"/>
<key id="o" for="edge" attr.name="oneway" attr.type="string"/>
<key id="h" for="edge" attr.name="highway" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
"""
TAIL = "</graph></graphml>\n"
PLACES = {
    "1001": (114.30, 30.50),
    "1002": (114.31, 30.50),
    "1003": (114.31, 30.51),
    "1004": (114.30, 30.51),
    "1009": (114.40, 30.60),
}


def node_xml(ident: str, x: object, y: object) -> str:
    """A node as OSMnx writes it."""
    return f'<node id="{ident}"><data key="x">{x}</data><data key="y">{y}</data></node>\n'


def edge_xml(a: str, b: str, length: str | None = "1000.0", oneway: str = "False", more: str = "") -> str:
    """An edge as OSMnx writes it."""
    metres = "" if length is None else f'<data key="l">{length}</data>'
    return f'<edge source="{a}" target="{b}" id="0">{metres}<data key="o">{oneway}</data>{more}</edge>\n'


NODES = "".join(node_xml(ident, *place) for ident, place in PLACES.items())
SQUARE = (
    edge_xml("1001", "1002")
    + edge_xml("1002", "1001")
    + edge_xml("1002", "1003", oneway="True")
    + edge_xml("1003", "1004", "900.5")
    + edge_xml("1004", "1001", "1200")
)


def written(tmp_path: Path, text: str | bytes) -> Path:
    """The text as a file."""
    path = tmp_path / "roads.graphml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_an_osmnx_file_is_read(tmp_path: Path) -> None:
    """Ids are whole numbers, 'False' is false, one-ways hold, what is not connected is dropped and said."""
    stray = edge_xml("1001", "1009")
    highway = "<data key=\"h\">['primary', 'residential']</data>"
    parallel = edge_xml("1002", "1003", "950", more=highway)
    roads = load_roads(written(tmp_path, HEAD + NODES + SQUARE + stray + parallel + TAIL))
    assert roads.distance_m([(1001, 1003), (1003, 1001), (1001, 1004)]).tolist() == [1950.0, 2100.5, 2850.5]
    assert isinstance(roads.graph, nx.MultiDiGraph)
    assert [roads.graph[a][b][0]["oneway"] for a, b in ((1001, 1002), (1002, 1003))] == [False, True]
    assert roads.graph[1002][1003][1]["road_class"] == "primary"
    assert (roads.report.nodes, roads.report.edges) == (5, 7)
    assert (roads.report.nodes_kept, roads.report.edges_kept) == (4, 6)
    assert sum(roads.report.dropped.values()) == 2
    with pytest.raises(ValueError, match="1009"):
        roads.distance_m([(1001, 1009)])


@pytest.mark.parametrize("length", [None, "", "nan", "NaN", "inf", "-5", "0", "1_000", "long"])
def test_a_useless_length_is_computed_and_said(tmp_path: Path, length: str | None) -> None:
    """An edge without a positive finite length gets the distance of its ends, and a warning says so."""
    text = HEAD + NODES + SQUARE.replace(edge_xml("1001", "1002"), edge_xml("1001", "1002", length)) + TAIL
    roads = load_roads(written(tmp_path, text))
    straight = math.radians(0.01) * 6_371_009.0 * math.cos(math.radians(30.5))
    assert roads.distance_m([(1001, 1002)])[0] == pytest.approx(straight, rel=1e-6)
    assert any("computed from coordinates" in warning for warning in roads.report.warnings)


def test_an_undirected_file_goes_both_ways(tmp_path: Path) -> None:
    """GraphML's undirected edges can be driven both ways, and the report says so."""
    text = (HEAD + NODES + SQUARE + TAIL).replace('edgedefault="directed"', 'edgedefault="undirected"')
    roads = load_roads(written(tmp_path, text))
    assert roads.distance_m([(1003, 1002)])[0] == 1000.0
    assert any("both ways" in warning for warning in roads.report.warnings)


DEEP = HEAD + "<a>" * 80 + "</a>" * 80 + TAIL
DOCTYPE = '<!DOCTYPE graphml [<!ENTITY a "' + "x" * 9 + '">]>'
BAD = {
    "nothing in it": ("", "0 bytes"),
    "no XML": ("id,x,y\n1,2,3\n", "syntax error"),
    "cut off": ((HEAD + NODES + SQUARE)[:-40], ""),
    "other XML": ("<osm></osm>", "<osm>"),
    "no graph": ("<graphml></graphml>", "no <graph>"),
    "no nodes": (HEAD + TAIL, "no nodes"),
    "a document type": (
        HEAD.replace("<graphml ", DOCTYPE + "<graphml ") + NODES + SQUARE + TAIL,
        "document type",
    ),
    "a document type in UTF-16": (
        ("<?xml version='1.0' encoding='utf-16'?>" + DOCTYPE + "<graphml/>").encode("utf-16"),
        "document type",
    ),
    "an edge to nowhere": (HEAD + NODES + SQUARE + edge_xml("1001", "77") + TAIL, "unknown node 77"),
    "a node twice": (HEAD + NODES + NODES + TAIL, "second node 1001"),
    "a place off the earth": (HEAD + NODES + node_xml("5", 114.3, 230.0) + SQUARE + TAIL, "y = 230"),
    "swapped axes": (HEAD + NODES + node_xml("5", 30.5, 114.3) + SQUARE + TAIL, "y = 114.3"),
    "a place that is no number": (HEAD + NODES + node_xml("5", "nan", 30) + SQUARE + TAIL, "x = nan"),
    "a node without a place": (HEAD + NODES + '<node id="5"/>' + SQUARE + TAIL, "x = nothing"),
    "no way back": (HEAD + NODES + edge_xml("1001", "1002") + TAIL, "no two nodes"),
    "too deep": (DEEP, "nested"),
    "two graphs": (HEAD + NODES + SQUARE + "</graph><graph>" + TAIL, "second <graph>"),
    "an unknown encoding": ("<?xml version='1.0' encoding='x-nothing'?><graphml/>", ""),
    "an encoding expat cannot read": ("<?xml version='1.0' encoding='gbk'?><graphml/>", "multi-byte"),
    "a control character": (HEAD + node_xml("\x01", 1, 2) + TAIL, "not well-formed"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_place_and_remedy(tmp_path: Path, name: str) -> None:
    """Each kind of bad file is a RoadFileError that says file, found, allowed and remedy."""
    text, found = BAD[name]
    with pytest.raises(RoadFileError) as problem:
        load_roads(written(tmp_path, text))
    error = problem.value
    assert isinstance(error, ValueError)
    assert found in error.found
    assert "roads.graphml" in error.file
    assert error.allowed
    assert error.remedy
    assert str(error).isprintable()
    assert len(str(error)) < 2000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=6), st.integers(0, 12)), max_size=4))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, cuts: list[tuple[int, bytes, int]]) -> None:
    """Whatever bytes are lost or changed, reading ends with a network or a RoadFileError, nothing else."""
    data = (HEAD + NODES + SQUARE + TAIL).encode()
    for at, new, gone in cuts:
        data = data[:at] + new + data[at + gone :]
    try:
        graph = load_roads(written(tmp_path, data)).graph
    except RoadFileError:
        return
    assert nx.is_strongly_connected(graph)


@pytest.mark.parametrize("path", ["missing.graphml", ".", "a\0b"])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, path: str) -> None:
    """A missing file, a folder and an impossible name are errors of the same kind."""
    with pytest.raises(RoadFileError):
        load_roads(tmp_path / path if "\0" not in path else path)
    with pytest.raises(RoadFileError):
        roads_of(RoadsParams(file=str(tmp_path / path)))


def test_a_generated_city_survives_graphml(tmp_path: Path, city: Roads) -> None:
    """Written as OSMnx writes (all strings) and read again, every distance is the same."""
    graph = nx.MultiDiGraph(**{name: str(value) for name, value in city.graph.graph.items()})
    for node, data in city.graph.nodes(data=True):
        graph.add_node(node, **{name: str(value) for name, value in data.items()})
    for a, b, data in city.graph.edges(data=True):
        graph.add_edge(a, b, **{name: str(value) for name, value in data.items()})
    nx.write_graphml(graph, tmp_path / "city.graphml")
    again = load_roads(tmp_path / "city.graphml")
    pairs = [(0, node) for node in range(0, len(city.ids), 50)]
    assert np.array_equal(again.distance_m(pairs), city.distance_m(pairs))
    nodes = np.arange(0, len(city.ids), 100)
    assert np.array_equal(again.travel(nodes)[0], city.travel(nodes)[0])
    assert roads_of(RoadsParams(file=str(tmp_path / "city.graphml"))).report.nodes_kept == len(city.ids)


def test_words_of_osm_are_understood() -> None:
    """Links belong to their road, unknown ways are residential, and only plain finite numbers are numbers."""
    words = ["motorway_link", "trunk", "tertiary", "living_street", "['service', 'primary']", ""]
    assert [class_of_highway(word) for word in words] == [
        "expressway",
        "expressway",
        "secondary",
        "residential",
        "primary",
        "residential",
    ]
    assert [number(text) for text in ("1e3", "nan", "-inf", "1_0", "")] == [1000.0, None, None, None, None]
