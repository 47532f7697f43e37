"""What goes out with a route plan: the plan to run, driver sheets, leaders' list, GeoJSON, a map."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang, number, say
from sim.stages.delivery.routes_file import clock

if TYPE_CHECKING:
    from sim.market.market import Market
    from sim.roads import Roads
    from sim.scenario import Scenario

Document = Mapping[str, Any]


def write_sheets(out: Path, scenario: Scenario, document: Document, lang: Lang) -> list[Path]:
    """Write everything into `out`; the paths."""
    from reports.pictures import save
    from reports.route_map import route_map
    from sim.market.market import market_of
    from sim.market.points_file import point_names
    from sim.roads import roads_of

    roads = roads_of(scenario.roads)
    market = market_of(scenario.market, scenario.roads, scale=scenario.audience.scale)
    names = point_names(scenario.market.points_file, market.communities)
    picture = out / "routes.png"
    save(route_map(roads, market, document, lang), picture)
    plan = _plan(out / "plan.csv", document, names, lang)
    return [
        plan,
        _scenario(out / "routes.yaml", scenario, document, plan),
        _drivers(out / "driver_sheets.csv", document, names, lang),
        _leaders(out / "leader_list.csv", document, names, lang),
        _geojson(out / "routes.geojson", document, names, roads, market),
        picture,
    ]


def _plan(path: Path, document: Document, names: list[tuple[str, str]], lang: Lang) -> Path:
    """The plan as `delivery.routes_file` reads it."""
    rows = [
        (
            route["van"], i, names[stop["pickup"]][0], names[stop["pickup"]][1],
            *(clock(route[key]) for key in ("depart_min", "latest_depart_min", "load_by_min")),
        )
        for route in document["routes"]
        for i, stop in enumerate(route["stops"], 1)
    ]  # fmt: skip
    keys = ("van", "stop", "pickup", "name", "depart", "latest_depart", "load_by")
    return _csv(path, [say(f"plan.{key}", lang) for key in keys], rows)


def _scenario(path: Path, scenario: Scenario, document: Document, plan: Path) -> Path:
    """The scenario with this plan, its departure and its vans: `lianlu run` drives it."""
    from sim.experiments.routes.answer import with_fleet
    from sim.scenario_file import scenario_yaml
    from sim.scenario_file.changing import changed

    other = with_fleet(scenario, document["earlier_min"], document["more_vans"])
    driven = changed(other, {"delivery.policy": "fixed", "delivery.routes_file": str(plan)})
    path.write_text(scenario_yaml(driven, path.parent), encoding="utf-8")
    return path


def _drivers(path: Path, document: Document, names: list[tuple[str, str]], lang: Lang) -> Path:
    """A line a stop: order of driving, planned arrival, crates; crates are loaded in reverse."""
    rows = []
    for route in document["routes"]:
        count = len(route["stops"])
        for i, stop in enumerate(route["stops"]):
            ident, name = names[stop["pickup"]]
            rows.append((
                route["van"], number(route["depart_min"], "clock", lang), i + 1, ident, name,
                number(stop["planned_min"], "clock", lang), f"{stop['crates']:.0f}", f"{stop['kg']:.0f}",
                count - i, f"{stop['p_on_time']:.3f}",
            ))  # fmt: skip
    keys = ("van", "leaves", "stop", "point", "name", "planned", "crates", "kg", "loading", "p_on_time")
    return _csv(path, [say(f"sheet.{key}", lang) for key in keys], rows)


def _leaders(path: Path, document: Document, names: list[tuple[str, str]], lang: Lang) -> Path:
    """A line a pickup point: when the van comes, with what, how surely."""
    rows = [
        (
            *names[stop["pickup"]], number(stop["planned_min"], "clock", lang), route["van"],
            f"{stop['crates']:.0f}", f"{stop['p_on_time']:.3f}",
        )
        for route in document["routes"]
        for stop in route["stops"]
    ]  # fmt: skip
    keys = ("point", "name", "planned", "van", "crates", "p_on_time")
    return _csv(path, [say(f"sheet.{key}", lang) for key in keys], sorted(rows))


def _geojson(
    path: Path, document: Document, names: list[tuple[str, str]], roads: Roads, market: Market
) -> Path:
    """Stops and routes as GeoJSON; in degrees where the network has them, else in metres and said so."""
    degrees = "lon" in roads.graph.nodes[roads.ids[market.dc_node]]
    features: list[dict[str, Any]] = []
    for route in document["routes"]:
        nodes = [
            market.dc_node,
            *(int(market.point_node[s["pickup"]]) for s in route["stops"]),
            market.dc_node,
        ]
        line = [
            place for leg in roads.ways(nodes) for place in (_place(roads, node, degrees) for node in leg)
        ]
        said = {key: value for key, value in route.items() if key != "stops"}
        features.append(_feature({"type": "LineString", "coordinates": line}, said))
        for i, stop in enumerate(route["stops"]):
            ident, name = names[stop["pickup"]]
            where = _place(roads, int(market.point_node[stop["pickup"]]), degrees)
            said = {"id": ident, "name": name, "van": route["van"], "stop": i + 1, **stop}
            features.append(_feature({"type": "Point", "coordinates": where}, said))
    document_out: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if not degrees:
        document_out["note"] = (
            "the network has no geographic coordinates: metres east and north of its centre"
        )
    path.write_text(json.dumps(document_out, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return path


def _place(roads: Roads, node: int, degrees: bool) -> list[float]:
    if not degrees:
        return [round(float(v), 1) for v in roads.xy[node]]
    data = roads.graph.nodes[roads.ids[node]]
    return [round(float(data["lon"]), 6), round(float(data["lat"]), 6)]


def _feature(geometry: dict[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": dict(said)}


def _csv(path: Path, heads: list[str], rows: list[tuple[Any, ...]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return path


def _safe(cell: Any) -> Any:
    """A cell that a spreadsheet would read as a formula gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
