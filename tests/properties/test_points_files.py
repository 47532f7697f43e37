"""A company's own pickup points: coordinates exact both ways, files read whole or refused, shifts noticed."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.market.market import market_of
from sim.market.points_file import read_points
from sim.market.snapping import snap
from sim.market.spec import MarketParams
from sim.problems import InputError
from sim.roads import Roads, RoadsParams, load_roads
from sim.roads.coordinates import SYSTEMS, Crs, _shifted, _to_baidu, to_wgs84
from sim.roads.read_graph import great_circle_m

Floats = NDArray[np.float64]


def from_wgs84(lon: Floats, lat: Floats, crs: Crs) -> tuple[Floats, Floats]:
    """Degrees in another system: the published formulas, of which the program needs the inverse."""
    if crs == "WGS-84":
        return lon, lat
    shifted = _shifted(lon, lat)
    return shifted if crs == "GCJ-02" else _to_baidu(*shifted)


def test_the_known_pair_of_beijing() -> None:
    """A place in Beijing known in both systems: within 5 m, either way."""
    lon, lat = from_wgs84(np.array([116.42079]), np.array([39.90105]), "GCJ-02")
    assert great_circle_m(lon[0], lat[0], 116.42703, 39.90245) < 5.0
    lon, lat = to_wgs84(np.array([116.42703]), np.array([39.90245]), "GCJ-02")
    assert great_circle_m(lon[0], lat[0], 116.42079, 39.90105) < 5.0


@given(st.floats(73.0, 135.0), st.floats(4.0, 53.0), st.sampled_from(SYSTEMS))
def test_every_place_comes_back(lon: float, lat: float, crs: Crs) -> None:
    """To another system and back is the same place to a millimetre, anywhere in China."""
    there = from_wgs84(np.array([lon]), np.array([lat]), crs)
    back = to_wgs84(*there, crs)
    assert great_circle_m(back[0][0], back[1][0], lon, lat) < 1e-3


def test_outside_china_nothing_is_shifted() -> None:
    """Helsinki is where it is in GCJ-02 too."""
    lon, lat = from_wgs84(np.array([24.94]), np.array([60.17]), "GCJ-02")
    assert (lon[0], lat[0]) == (24.94, 60.17)


@pytest.fixture(scope="module")
def beijing(tmp_path_factory: pytest.TempPathFactory) -> Roads:
    """A grid of streets 1.5 km apart around a place in Beijing, so that a shift of 500 m shows."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    side = 12
    for i in range(side):
        for j in range(side):
            graph.add_node(i * side + j, x=str(116.3 + 0.0176 * j), y=str(39.85 + 0.0135 * i))
    for i in range(side):
        for j in range(side):
            for a, b in ((i, j + 1), (i + 1, j)):
                if a < side and b < side:
                    for tail, head in ((i * side + j, a * side + b), (a * side + b, i * side + j)):
                        graph.add_edge(tail, head, length="1500.0", oneway="False", highway="residential")
    path = tmp_path_factory.mktemp("roads") / "beijing.graphml"
    nx.write_graphml(graph, path)
    return load_roads(path)


def write_points(path: Path, roads: Roads, crs: Crs, order: str = "lng,lat", encoding: str = "utf-8") -> Path:
    """Forty points, each 20 m from a node, written in a system."""
    nodes = list(roads.graph)[::3][:40]
    lon = np.array([roads.graph.nodes[n]["lon"] for n in nodes]) + 20.0 / 85_000.0
    lat = np.array([roads.graph.nodes[n]["lat"] for n in nodes])
    lon, lat = from_wgs84(lon, lat, crs)
    pairs = zip(lon, lat, strict=True) if order == "lng,lat" else zip(lat, lon, strict=True)
    rows = [f"{i:04d},点{i},{a:.7f},{b:.7f}" for i, (a, b) in enumerate(pairs)]
    path.write_text("\n".join(["编号,名称,经度,纬度", *rows]) + "\n", encoding=encoding)
    return path


@pytest.mark.parametrize("crs", SYSTEMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_points_land_where_they_are(tmp_path: Path, beijing: Roads, crs: Crs, encoding: str) -> None:
    """In each system and encoding every point is 20 m from its node, and ids keep their zeros."""
    points = read_points(write_points(tmp_path / "p.csv", beijing, crs, encoding=encoding), crs)
    found = snap(points, beijing, 300.0)
    assert found.metres == pytest.approx(20.0, abs=1.0)
    assert points.ident[7] == "0007"
    assert found.warnings == ()


@pytest.mark.parametrize(("said", "meant"), [("WGS-84", "GCJ-02"), ("WGS-84", "BD-09"), ("GCJ-02", "WGS-84")])
def test_a_shifted_file_is_noticed(tmp_path: Path, beijing: Roads, said: Crs, meant: Crs) -> None:
    """Points written in one system and declared in another: the report names the one they look like."""
    points = read_points(write_points(tmp_path / "p.csv", beijing, meant), said)
    assert any(f"look like {meant}" in warning for warning in snap(points, beijing, 20_000.0).warnings)


def test_a_swapped_file_is_refused(tmp_path: Path, beijing: Roads) -> None:
    """Longitude in the latitude's column is out of range there, and the error says what it looks like."""
    path = write_points(tmp_path / "p.csv", beijing, "WGS-84", order="lat,lng")
    with pytest.raises(InputError, match="swapped"):
        read_points(path)


def test_a_point_off_every_road_is_refused(tmp_path: Path, beijing: Roads) -> None:
    """A point in the sea is named by its line, with the distance and the limit."""
    path = write_points(tmp_path / "p.csv", beijing, "WGS-84")
    path.write_text(path.read_text("utf-8") + "9999,海上,121.5,30.5\n", encoding="utf-8")
    with pytest.raises(InputError, match="from the nearest road") as refused:
        snap(read_points(path), beijing, 300.0)
    assert "p.csv:42:1" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "bytes"),
        ("id,lng,lat\n", "no rows"),
        ("id,lng\n1,2\n", "no such column"),
        ("id,lng,lat\n1,116,39\n1,116,39\n", "again"),
        ("id,lng,lat\n1,abc,39\n", "a number from -180"),
        ("id,lng,lat\n1,nan,39\n", "a number from -180"),
        ("id,lng,lat\n1,116\n", "fields"),
        ("id,lng,lat,crs\n1,116,39,mars\n", "GCJ-02"),
        ("id,lng,lat,open,close\n1,116,39,25:00,9:00\n", "HH:MM"),
        ("id,lng,lat,open,close\n1,116,39,18:00,9:00\n", "a time after"),
        ("id,lng,lat,cold_kg\n1,116,39,-5\n", "a number from 0"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """Every mistake is answered with line, column, what was found and what is allowed."""
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_points(path)


def test_the_market_stands_on_the_listed_points(tmp_path: Path, beijing: Roads) -> None:
    """Each row is a community; its cold store and hours are the row's where it says them."""
    path = write_points(tmp_path / "p.csv", beijing, "WGS-84")
    lines = path.read_text("utf-8").splitlines()
    rows = [
        lines[0] + ",冷藏公斤,开门,关门",
        lines[1] + ",77.5,09:15,20:45",
        *(line + ",,," for line in lines[2:]),
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    from sim.roads.writing import write_graphml

    write_graphml(beijing, tmp_path / "b.graphml")
    market = market_of(MarketParams(points_file=str(path)), RoadsParams(file=str(tmp_path / "b.graphml")))
    assert market.communities == 40
    assert market.cold_grams[0] == 77_500
    assert (market.open_min[0], market.close_min[0]) == (1440 + 555, 1440 + 1245)
    assert market.cold_grams[1:].max() > 0
