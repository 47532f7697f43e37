"""Roads: the generated city, and distances against networkx."""

import itertools
import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.market import MarketParams, market_of
from sim.roads import RoadReport, Roads, RoadsParams, generate_city, roads_of
from sim.roads.network import build
from sim.roads.spec import ROAD_CLASSES, ClassFactors


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
    minutes, metres, _ = city.travel(np.arange(0, len(city.ids), 25))
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
    """Shortest metres, fastest minutes, its metres and its minutes by class equal networkx's."""
    roads = random_roads(seed)
    graph = roads.graph.copy()
    for _, _, data in graph.edges(data=True):
        data["minutes"] = data["length"] * 0.06 / data["speed_kph"]
    nodes = np.arange(0, len(roads.ids), 3)
    minutes, metres, class_min = roads.travel(nodes)
    pairs = [(roads.ids[a], roads.ids[b]) for a in nodes for b in nodes]
    shortest = roads.distance_m(pairs).reshape(len(nodes), -1)
    for i, a in enumerate(nodes):
        by_length = nx.single_source_dijkstra_path_length(graph, roads.ids[a], weight="length")
        by_time, ways = nx.single_source_dijkstra(graph, roads.ids[a], weight="minutes")
        for j, b in enumerate(nodes):
            way = ways[roads.ids[b]]
            legs = [
                min(graph[u][v].values(), key=lambda data: data["minutes"])
                for u, v in itertools.pairwise(way)
            ]
            for c, name in enumerate(ROAD_CLASSES):
                mine = math.fsum(leg["minutes"] for leg in legs if leg["road_class"] == name)
                assert class_min[i, j, c] == pytest.approx(mine, rel=1e-12)
            assert shortest[i, j] == pytest.approx(by_length[roads.ids[b]], rel=1e-12)
            assert minutes[i, j] == pytest.approx(by_time[roads.ids[b]], rel=1e-12)
            assert metres[i, j] == pytest.approx(math.fsum(leg["length"] for leg in legs), rel=1e-12)


def test_oneways_make_ways_differ(city: Roads) -> None:
    """There and back are not the same length everywhere, and never shorter than the straight line."""
    _, metres, _ = city.travel(np.arange(0, len(city.ids), 60))
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
