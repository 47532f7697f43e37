"""Roads: the generated city, distances against networkx, files good and bad, travel through the day."""

import itertools
import math
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.market import MarketParams, market_of
from sim.roads import RoadFileError, RoadReport, Roads, RoadsParams, generate_city, load_roads, roads_of
from sim.roads.graphml import class_of_highway, number
from sim.roads.network import build
from sim.roads.spec import ROAD_CLASSES, ClassFactors, SpeedBand
from sim.stages.delivery.rules import arrive_min

STARTS, FACTORS = RoadsParams().bands()


@pytest.fixture(scope="module")
def city() -> Roads:
    """The default city."""
    return roads_of(RoadsParams())


def random_roads(seed: int, nodes: int = 40) -> Roads:
    """A small strongly connected network with random real lengths, so that ways are unique."""
    rng = np.random.default_rng(seed)
    graph = nx.MultiDiGraph()
    pairs = [(i, (i + 1) % nodes) for i in range(nodes)]
    pairs += [(int(a), int(b)) for a, b in rng.integers(0, nodes, (3 * nodes, 2)) if a != b]
    for a, b in [*pairs, *pairs[:10]]:
        graph.add_edge(
            a,
            b,
            length=float(rng.uniform(50, 900)),
            speed_kph=float(rng.uniform(15, 70)),
            road_class="primary",
        )
    report = RoadReport(nodes, len(pairs), nodes, len(pairs), {}, ())
    graph = nx.MultiDiGraph(graph)
    order = list(graph.nodes)
    return build(graph, report, rng.uniform(-1000, 1000, (len(order), 2)), 1000.0, 0)


# --- the city -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_city_looks_like_one(seed: int) -> None:
    """Size, classes, one-ways and the centre's distance are those of the city that was asked for."""
    roads = generate_city(RoadsParams(seed=seed))
    assert 1500 <= roads.report.nodes_kept <= 3000
    assert nx.is_strongly_connected(roads.graph)
    classes = {data["road_class"] for _, _, data in roads.graph.edges(data=True)}
    assert classes == {"expressway", "primary", "secondary", "residential"}
    oneway = [data["oneway"] for _, _, data in roads.graph.edges(data=True)]
    assert 0.02 < np.mean(oneway) < 0.25
    assert np.hypot(*roads.xy[roads.dc_node]) == pytest.approx(12_000.0, abs=1.0)
    assert roads.report.nodes == roads.report.nodes_kept + sum(roads.report.dropped.values())


def test_few_bridges_make_detours(city: Roads) -> None:
    """With one bridge the mean way is longer than with twenty: the river is a barrier."""
    ways = [
        generate_city(RoadsParams(bridges=bridges, ring_shares=[])).travel(np.arange(0, 2000, 40))[1].mean()
        for bridges in (1, 20)
    ]
    assert ways[0] > 1.05 * ways[1]


def test_free_flow_is_the_named_speed(city: Roads) -> None:
    """Averaged over ways across the city, free flow is within 10 % of `free_flow_kmh`."""
    minutes, metres = city.travel(np.arange(0, len(city.ids), 25))
    assert metres.sum() / minutes.sum() * 0.06 == pytest.approx(RoadsParams().free_flow_kmh, rel=0.1)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    radius=st.sampled_from([2.0, 3.0, 6.0]),
    block=st.sampled_from([250.0, 800.0]),
    rings=st.sampled_from([[], [0.5], [0.05, 0.98]]),
    dc=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    bearing=st.floats(0, 360),
    oneway=st.sampled_from([0.0, 1.0]),
    closed=st.sampled_from([0.0, 0.6]),
)
def test_every_allowed_city_can_be_driven(
    seed: int,
    radius: float,
    block: float,
    rings: list[float],
    dc: float,
    bearing: float,
    oneway: float,
    closed: float,
) -> None:
    """Whatever the parameters, the city is strongly connected and holds its distribution centre."""
    roads = generate_city(
        RoadsParams(
            seed=seed,
            radius_km=radius,
            block_m=block,
            ring_shares=rings,
            dc_at_radius=dc,
            dc_bearing_deg=bearing,
            oneway_share=oneway,
            closed_share=closed,
        )
    )
    assert nx.is_strongly_connected(roads.graph)
    assert roads.report.nodes_kept >= 0.5 * roads.report.nodes  # a village of one-ways loses most
    assert 0 <= roads.dc_node < len(roads.ids)


def test_the_same_seed_draws_the_same_city(city: Roads) -> None:
    """A city depends on its parameters alone, and another seed gives another one."""
    again, other = generate_city(RoadsParams()), generate_city(RoadsParams(seed=2))
    assert np.array_equal(city.xy, again.xy)
    assert list(city.graph.edges(data=True)) == list(again.graph.edges(data=True))
    assert len(other.ids) != len(city.ids) or not np.array_equal(other.xy, city.xy)


@pytest.mark.parametrize(
    "change",
    [
        {"radius_km": 9.0},
        {"block_m": 320.0},
        {"ring_shares": [0.5]},
        {"bridges": 3},
        {"oneway_share": 0.1},
        {"closed_share": 0.1},
        {"dc_at_radius": 1.1},
        {"dc_bearing_deg": 200.0},
        {"free_flow_kmh": 40.0},
        *({"class_factors": ClassFactors(**{name: 0.77})} for name in ROAD_CLASSES),
    ],
)
def test_every_parameter_of_the_city_is_alive(change: dict[str, Any]) -> None:
    """Each field changes the minutes between the distribution centre and some place."""
    here, there = (
        market_of(MarketParams(communities=40), params) for params in (RoadsParams(), RoadsParams(**change))
    )
    assert not np.array_equal(here.travel_min, there.travel_min)


# --- distances ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_ways_are_those_of_networkx(seed: int) -> None:
    """Shortest metres, fastest minutes and the metres of that way equal networkx's on random networks."""
    roads = random_roads(seed)
    graph = roads.graph.copy()
    for _, _, data in graph.edges(data=True):
        data["minutes"] = data["length"] * 0.06 / data["speed_kph"]
    nodes = np.arange(0, len(roads.ids), 3)
    minutes, metres = roads.travel(nodes)
    pairs = [(roads.ids[a], roads.ids[b]) for a in nodes for b in nodes]
    shortest = roads.distance_m(pairs).reshape(len(nodes), -1)
    for i, a in enumerate(nodes):
        by_length = nx.single_source_dijkstra_path_length(graph, roads.ids[a], weight="length")
        by_time, ways = nx.single_source_dijkstra(graph, roads.ids[a], weight="minutes")
        for j, b in enumerate(nodes):
            way = ways[roads.ids[b]]
            legs = [
                min(graph[u][v].values(), key=lambda data: data["minutes"])["length"]
                for u, v in itertools.pairwise(way)
            ]
            assert shortest[i, j] == pytest.approx(by_length[roads.ids[b]], rel=1e-12)
            assert minutes[i, j] == pytest.approx(by_time[roads.ids[b]], rel=1e-12)
            assert metres[i, j] == pytest.approx(math.fsum(legs), rel=1e-12)


def test_oneways_make_ways_differ(city: Roads) -> None:
    """There and back are not the same length everywhere, and never shorter than the straight line."""
    _, metres = city.travel(np.arange(0, len(city.ids), 60))
    assert (metres != metres.T).any()
    at = city.xy[np.arange(0, len(city.ids), 60)]
    straight = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    assert (metres >= 0.99 * straight - 50.0).all()


@pytest.mark.parametrize("block", [10**9, 100])
def test_nearest_is_by_road_towards_the_point(
    city: Roads, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearest and second nearest equal a search over all distances node → point; ties by lower index."""
    monkeypatch.setattr("sim.roads.network.CELLS_AT_ONCE", block * len(city.ids) // 50)
    points = np.arange(5, len(city.ids), 97)
    points[7] = points[3]  # two points at one door: a tie everywhere
    first, second = city.nearest(points)
    nodes = np.arange(0, len(city.ids), 31)
    pairs = [(int(a), int(b)) for a in nodes for b in points]
    table = city.distance_m(pairs).reshape(len(nodes), -1)
    order = np.argsort(table, axis=1, kind="stable")
    assert np.array_equal(first[nodes], order[:, 0])
    assert np.array_equal(second[nodes], order[:, 1])
    assert 3 in first
    assert 7 not in first


def test_one_point_has_no_second(city: Roads) -> None:
    """Where there is nothing to choose, the second nearest is −1."""
    first, second = city.nearest(np.array([4]))
    assert (first == 0).all()
    assert (second == -1).all()


def test_an_unknown_node_is_named(city: Roads) -> None:
    """A wrong id is an error that shows it, never a distance."""
    with pytest.raises(ValueError, match="99999999"):
        city.distance_m([(0, 99999999)])
    assert city.distance_m([(3, 3), ("3", 3)]).tolist() == [0.0, 0.0]
    assert city.distance_m([]).shape == (0,)


# --- files --------------------------------------------------------------------------------------

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


# --- the day ------------------------------------------------------------------------------------

minutes_of_run = st.floats(0, 4000, allow_nan=False) | st.sampled_from(
    [0.0, 389.75, 390.0, 435.0, 1440.0, 2040.0]
)


@given(depart=minutes_of_run, later=st.floats(0, 900), base=st.floats(0, 600), speed=st.floats(0.3, 2))
def test_leaving_later_never_arrives_earlier(depart: float, later: float, base: float, speed: float) -> None:
    """First in, first out holds for every departure, length of way and weather (to rounding)."""
    first = arrive_min(depart, base, STARTS, FACTORS, speed)
    second = arrive_min(depart + later, base, STARTS, FACTORS, speed)
    assert second >= first - 1e-9
    assert first >= depart + base / speed - 1e-9
    assert first <= depart + base * 1.65 / speed + 1e-9


@given(depart=minutes_of_run, base=st.floats(0, 300), more=st.floats(0, 300))
def test_a_way_is_the_sum_of_its_parts(depart: float, base: float, more: float) -> None:
    """Driving a way in two pieces without a stop takes as long as in one."""
    half = arrive_min(depart, base, STARTS, FACTORS, 0.85)
    assert arrive_min(half, more, STARTS, FACTORS, 0.85) == pytest.approx(
        arrive_min(depart, base + more, STARTS, FACTORS, 0.85), abs=1e-7
    )


def test_bands_are_closed_at_the_left_and_repeat_daily() -> None:
    """At 07:15 sharp the peak's factor holds, a moment before the earlier one, and tomorrow is like today."""
    assert arrive_min(435.0, 10.0, STARTS, FACTORS, 1.0) == 435.0 + 16.5
    assert arrive_min(425.0, 10.0 / 1.3, STARTS, FACTORS, 1.0) == 435.0
    assert arrive_min(1440.0 + 435.0, 10.0, STARTS, FACTORS, 1.0) == 1440.0 + 451.5
    assert arrive_min(1435.0, 10.0, STARTS, FACTORS, 1.0) == 1445.0
    assert arrive_min(380.0, 20.0, STARTS, FACTORS, 1.0) == 390.0 + 13.0
    assert arrive_min(700.0, 10.0, STARTS, FACTORS, 0.5) == 720.0
    assert arrive_min(700.0, 0.0, STARTS, FACTORS, 0.85) == 700.0


def test_the_rule_is_the_same_compiled() -> None:
    """Compiled and plain arithmetic agree to the bit on random departures and on band borders."""
    from sim.compiling import compiled, kernel

    rule = compiled(arrive_min)

    @kernel
    def many(depart, base, starts, factors, speed, out):  # type: ignore[no-untyped-def]
        for i in range(len(depart)):
            out[i] = rule(depart[i], base[i], starts, factors, speed)

    rng = np.random.default_rng(3)
    depart = np.concatenate((rng.uniform(0, 3000, 500), np.repeat(np.array(STARTS) + 1440.0, 20)))
    base = np.concatenate((rng.uniform(0, 200, 500), np.arange(100) * 0.25))
    out = np.empty(len(depart))
    many(depart, base, np.array(STARTS), np.array(FACTORS), 0.85, out)
    plain = [
        arrive_min(d, b, STARTS, FACTORS, 0.85) for d, b in zip(depart.tolist(), base.tolist(), strict=True)
    ]
    assert np.array_equal(out, plain)


@pytest.mark.parametrize("starts", [[], [10], [0, 0], [0, 500, 400]])
def test_bands_must_cover_the_day_in_order(starts: list[int]) -> None:
    """Bands that leave a gap, repeat or go back are refused when the scenario is read."""
    with pytest.raises(ValidationError):
        RoadsParams(speed_bands=[SpeedBand(start_min=start, factor=1.0) for start in starts])
