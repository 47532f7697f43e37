"""A synthetic Chinese city: a warped north-south grid, ring expressways, a river with few bridges, a lake.

The plan is drawn on a flat sheet (u east, v north, metres from the centre), where every crossing is
arithmetic: streets are lists of junctions, a ring or a bank road adds its junctions to the streets it meets,
and expressways meet no residential street. Water then breaks the streets, and a smooth warp bends the sheet.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.roads.city_sheet import BANK_M, RIVER_HALF_M, Link, Sheet, Street
from sim.roads.network import RoadReport, Roads, build
from sim.roads.spec import RoadsParams

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LONGEST_BRIDGE_M = 900.0
LONGEST_BLOCKS = 4.5
"""Longest street between two junctions, in central blocks; what is longer has lost a junction to water."""
OUTSIDE_STEP_M = 700.0
HIGHWAY = {
    "expressway": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "residential": "residential",
}
DISPLAY_LON, DISPLAY_LAT, DEGREE_M = 110.0, 31.0, 111_320.0
"""Where the generated city is shown on a map: an arbitrary place."""


def generate_city(params: RoadsParams) -> Roads:
    """The synthetic city of the parameters: ≈ 2,000 junctions at the default radius, strongly connected."""
    sheet = Sheet(params)
    _lay_grid(sheet)
    for share in params.ring_shares:
        _lay_ring(sheet, share * sheet.radius)
    _lay_banks(sheet)
    dc = _lay_access_road(sheet)
    return _to_roads(sheet, _links(sheet), dc)


def _line_positions(sheet: Sheet, purpose: str) -> list[tuple[int, float]]:
    """Street number (0 in the middle) and position; blocks grow outwards and vary."""
    out: list[tuple[int, float]] = []
    for sign in (1, -1):
        luck = sheet.chance(f"{purpose}{sign}", 400)
        position, number = 0.0, 0
        while position < sheet.radius and number < 400:
            if number or sign == 1:
                out.append((sign * number, sign * position))
            step = sheet.params.block_m * (1.0 + 0.8 * position / sheet.radius)
            position += step * (0.75 + 0.5 * luck[number])
            number += 1
    return sorted(out)


def _class_of(number: int) -> str:
    if number % 4 == 0:
        return "primary"
    return "secondary" if number % 2 == 0 else "residential"


def _lay_grid(sheet: Sheet) -> None:
    columns, rows = _line_positions(sheet, "column"), _line_positions(sheet, "row")
    sheet.columns = [(u, Street(_class_of(i))) for i, u in columns]
    sheet.rows = [(v, Street(_class_of(i))) for i, v in rows]
    luck = iter(sheet.chance("jitter", 2 * len(columns) * len(rows)))
    edge = sheet.radius * sheet.radius
    for u, column in sheet.columns:
        for v, row in sheet.rows:
            du, dv = (0.24 * (next(luck) - 0.5) * sheet.params.block_m for _ in range(2))
            if u * u + v * v >= edge:
                continue
            node = sheet.node(
                u + (du if column.road_class == "residential" else 0.0),
                v + (dv if row.road_class == "residential" else 0.0),
            )
            column.at.append((v, node))
            row.at.append((u, node))


def _lay_ring(sheet: Sheet, radius: float) -> None:
    """A rounded-square expressway, rounder further out, that meets primary and secondary streets only."""
    ring = Street("expressway", closed=True, everywhere=True)
    found: dict[int, float] = {}
    power = 3.2 - 0.9 * radius / sheet.radius
    for lines, vertical in ((sheet.columns, True), (sheet.rows, False)):
        for position, street in lines:
            if street.road_class == "residential" or abs(position) >= 0.97 * radius:
                continue
            other = (radius**power - abs(position) ** power) ** (1.0 / power)
            for along in (other, -other):
                u, v = (position, along) if vertical else (along, position)
                if sheet.in_river(u, v) or sheet.in_lake(u, v) or u * u + v * v > 1.02 * sheet.radius**2:
                    continue
                node = sheet.junction(street, along, u, v)
                found[node] = math.atan2(sheet.v[node], sheet.u[node])
    ring.at = sorted((angle, node) for node, angle in found.items())
    sheet.extra.append(ring)


def _lay_banks(sheet: Sheet) -> None:
    """A secondary road on each bank, joined to every street that ends there."""
    for side in (1.0, -1.0):
        bank = Street("secondary")
        for u, column in sheet.columns:
            v = sheet.river(u) + side * (RIVER_HALF_M + BANK_M)
            if u * u + v * v < sheet.radius**2 and not sheet.in_lake(u, v):
                bank.at.append((u, sheet.junction(column, v, u, v, snap=1.0)))
        sheet.extra.append(bank)


def _lay_access_road(sheet: Sheet) -> int:
    """An expressway from the inner city to the distribution centre; returns the centre's node."""
    params = sheet.params
    bearing = math.radians(params.dc_bearing_deg)
    east, north = math.sin(bearing), math.cos(bearing)
    reach = params.dc_at_radius * sheet.radius
    road = Street("expressway", everywhere=True)
    dc = sheet.node(reach * east, reach * north)
    inner = min(0.3 * sheet.radius, 0.5 * reach)
    for lines, vertical in ((sheet.columns, True), (sheet.rows, False)):
        slope = east if vertical else north
        for position, street in lines:
            if street.road_class != "primary" or abs(slope) < 0.2:
                continue
            along = position / slope
            u, v = along * east, along * north
            wet = sheet.in_river(u, v) or sheet.in_lake(u, v)
            if inner <= along < min(reach, 0.98 * sheet.radius) - 1.0 and not wet:
                node = sheet.junction(street, v if vertical else u, u, v)
                road.at.append((sheet.u[node] * east + sheet.v[node] * north, node))
    if not road.at:
        nearest = min(
            range(dc), key=lambda i: (sheet.u[i] - sheet.u[dc]) ** 2 + (sheet.v[i] - sheet.v[dc]) ** 2
        )
        road.at.append((-1.0, nearest))
    along_of = {node: along for along, node in road.at}
    edge = min(reach, sheet.radius)
    for step in range(1, int((reach - edge) // OUTSIDE_STEP_M)):
        along = edge + OUTSIDE_STEP_M * step
        along_of[sheet.node(along * east, along * north)] = along
    along_of[dc] = reach
    road.at = sorted((along, node) for node, along in along_of.items())
    sheet.extra.append(road)
    return dc


def _links(sheet: Sheet) -> list[Link]:
    """All stretches of dry road, and the bridges."""
    links: list[Link] = []
    crossings: list[tuple[float, Link]] = []
    turns = sheet.chance("oneway", len(sheet.columns) + len(sheet.rows))
    grid = [street for _, street in (*sheet.columns, *sheet.rows)]
    found = [
        (number, street, stretch)
        for number, street in enumerate([*grid, *sheet.extra])
        for stretch in _stretches(sheet, street)
    ]
    for (number, street, (first, last, wet)), luck in zip(
        found, sheet.chance("gap", len(found)), strict=True
    ):
        residential = street.road_class == "residential"
        oneway = residential and turns[number] < sheet.params.oneway_share
        a, b = (last, first) if oneway and number % 4 == 1 else (first, last)
        link = Link(a, b, street.road_class, oneway)
        if street.everywhere:
            links.append(link)
        elif wet == "river" and not residential:
            crossings.append((sheet.u[a], link))
        elif not wet and not (residential and luck < sheet.params.closed_share):
            links.append(link)
    return links + _bridges(sheet, crossings)


def _stretches(sheet: Sheet, street: Street) -> list[tuple[int, int, str]]:
    """Neighbouring dry junctions of a street, and what parts them: nothing, the river, or a lake or gap."""
    out: list[tuple[int, int, str]] = []
    nodes = [node for _, node in street.at]
    nodes += nodes[:1] if street.closed else []
    last, lake = -1, False
    for node in nodes:
        if not street.everywhere and sheet.in_lake(sheet.u[node], sheet.v[node]):
            lake = True
        elif street.everywhere or not sheet.wet(node):
            if last >= 0:
                across = sheet.north_bank(node) != sheet.north_bank(last)
                apart = math.hypot(sheet.u[node] - sheet.u[last], sheet.v[node] - sheet.v[last])
                longest = LONGEST_BLOCKS * sheet.params.block_m
                far = apart > (max(LONGEST_BRIDGE_M, longest) if across else longest)
                out.append((last, node, "gap" if lake or far else "river" if across else ""))
            last, lake = node, False
    return out


def _bridges(sheet: Sheet, crossings: list[tuple[float, Link]]) -> list[Link]:
    """The wanted number of crossings, evenly along the river: primary roads first, then secondary."""
    count = sheet.params.bridges
    chosen: list[Link] = []
    for i in range(count):
        target = 0.8 * sheet.radius * (2.0 * (i + 0.5) / count - 1.0)
        left = [(u, link) for u, link in crossings if link not in chosen]
        left = [(u, link) for u, link in left if link.road_class == "primary"] or left
        if left:
            chosen.append(min(left, key=lambda item: abs(item[0] - target))[1])
    return chosen


def _warped(sheet: Sheet) -> Floats:
    """(n, 2) metres east and north; the bend fades to nothing at 1.2 radii."""
    u, v = np.array(sheet.u), np.array(sheet.v)
    r = sheet.radius
    fade = np.clip(1.0 - (u * u + v * v) / (1.44 * r * r), 0.0, 1.0)
    a, b, c = (2.0 * math.pi * x for x in sheet.chance("warp", 3))
    east = u + fade * r * (0.035 * np.sin(2.6 * v / r + a) + 0.012 * np.sin(6.5 * u / r + c))
    north = v + fade * r * (0.035 * np.sin(2.2 * u / r + b) + 0.012 * np.sin(5.5 * v / r + c))
    turn = 0.09 * fade
    return np.column_stack(
        (east * np.cos(turn) - north * np.sin(turn), east * np.sin(turn) + north * np.cos(turn))
    )


def _pave(graph: nx.MultiDiGraph, sheet: Sheet, xy: Floats, link: Link) -> None:
    """Add a stretch of road, both ways unless it is one-way."""
    data = {
        "length": max(1.0, math.floor(math.dist(xy[link.a], xy[link.b]) + 0.5)),
        "road_class": link.road_class,
        "highway": HIGHWAY[link.road_class],
        "oneway": link.oneway,
        "speed_kph": sheet.params.speed_kmh(link.road_class),
    }
    graph.add_edge(link.a, link.b, **data)
    if not link.oneway:
        graph.add_edge(link.b, link.a, **data)


def _to_roads(sheet: Sheet, links: list[Link], dc: int) -> Roads:
    """The largest strongly connected part as a graph; whole metres make sums and ties exact."""
    import networkx as nx

    xy = _warped(sheet)
    graph = nx.MultiDiGraph(name=f"synthetic city {sheet.params.seed}", crs="local metres")
    graph.add_node(dc)
    for link in links:
        _pave(graph, sheet, xy, link)
    kept = max(nx.strongly_connected_components(graph), key=lambda part: (len(part), -min(part)))
    if dc not in kept:  # a tiny city whose access road ended in the water
        nearest = min(sorted(kept), key=lambda node: math.dist(xy[node], xy[dc]))
        _pave(graph, sheet, xy, Link(dc, nearest, "primary"))
        kept = kept | {dc}
    city = nx.MultiDiGraph(**graph.graph)
    order = sorted(kept)
    for number, old in enumerate(order):
        x, y = float(xy[old, 0]), float(xy[old, 1])
        city.add_node(
            number,
            x=x,
            y=y,
            lat=DISPLAY_LAT + y / DEGREE_M,
            lon=DISPLAY_LON + x / (DEGREE_M * math.cos(math.radians(DISPLAY_LAT))),
        )
    number_of = {old: number for number, old in enumerate(order)}
    for a, b, data in graph.edges(data=True):
        if a in number_of and b in number_of:
            city.add_edge(number_of[a], number_of[b], **data)
    report = RoadReport(
        len(graph),
        graph.number_of_edges(),
        len(city),
        city.number_of_edges(),
        {"nodes_unconnected": len(graph) - len(city)} if len(graph) > len(city) else {},
        (),
    )
    return build(city, report, xy[order], sheet.radius, number_of[dc])
