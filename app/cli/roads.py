"""`lianlu roads import|generate|check|draw`: the road network a scenario drives on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.cli import options

roads = typer.Typer(
    no_args_is_help=True, help="A road network from OpenStreetMap or GraphML; a synthetic city."
)

RoadFile = Annotated[
    Path, typer.Argument(help=".osm, .osm.gz, .osm.bz2, .osm.pbf, or OSMnx GraphML.", metavar="FILE")
]
Points = Annotated[
    Path | None,
    typer.Option(help="CSV of pickup points: id, name, lng, lat, crs, cold_kg, open, close.", metavar="CSV"),
]
Crs = Annotated[
    Literal["WGS-84", "GCJ-02", "BD-09"], typer.Option(help="Coordinates of rows that name no system.")
]
Limit = Annotated[float, typer.Option(min=1.0, max=20_000.0, help="Metres from a road that a point may be.")]
GraphMl = Annotated[Path, typer.Option("--out", help="GraphML file to write.", metavar="FILE")]
Picture = Annotated[Path, typer.Option("--out", help="Picture to write: .png, .svg or .pdf.", metavar="FILE")]


@roads.command("import")
def import_(
    file: RoadFile, out: GraphMl = Path("city.graphml"), lang: options.Lang = "en", json: options.Json = False
) -> None:
    """Read a road file, keep its largest strongly connected part, write it as GraphML."""
    from sim.roads import load_roads
    from sim.roads.writing import write_graphml

    network = load_roads(file)
    with _writing(out):
        write_graphml(network, out)
    _say(network, lang, json, written=out)


@roads.command()
def generate(
    out: GraphMl = Path("city.graphml"),
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the city.")] = 1,
    set_: Annotated[
        list[str], typer.Option("--set", help="A roads parameter, e.g. radius_km=14.", metavar="KEY=VALUE")
    ] = [],  # noqa: B006  # typer reads the default, nothing changes it
    lang: options.Lang = "en",
    json: options.Json = False,
) -> None:
    """Make a synthetic city: rings, grid, one-ways, a river with few bridges."""
    from sim.roads import roads_of
    from sim.roads.writing import write_graphml
    from sim.scenario_file import load_scenario

    scenario = load_scenario("base", [f"roads.{text}" for text in (*set_, f"seed={seed}")])
    network = roads_of(scenario.roads)
    with _writing(out):
        write_graphml(network, out)
    _say(network, lang, json, written=out)


@roads.command()
def check(
    file: RoadFile,
    points: Points = None,
    crs: Crs = "WGS-84",
    limit: Limit = 300.0,
    lang: options.Lang = "en",
    json: options.Json = False,
) -> None:
    """Say what a road file holds, what was dropped, and how far pickup points lie from its roads."""
    from sim.roads import load_roads

    network = load_roads(file)
    _say(network, lang, json, snapped=_snapped(network, points, crs, limit))


@roads.command()
def draw(
    file: Annotated[
        Path | None, typer.Argument(help="A road file; the default city without.", metavar="FILE")
    ] = None,
    out: Picture = Path("roads.png"),
    points: Points = None,
    crs: Crs = "WGS-84",
    limit: Limit = 300.0,
    lang: options.Lang = "en",
) -> None:
    """Draw the network by class, with the distribution centre and pickup points."""
    from reports.pictures import save
    from reports.road_map import road_map
    from sim.problems import InputError, Place, Problem
    from sim.roads import RoadsParams, load_roads, roads_of

    if out.suffix.lower() not in (".png", ".svg", ".pdf"):
        found = f"`{out.suffix}`" if out.suffix else "no suffix"
        raise InputError([Problem(Place("--out", 1, 1), "--out", found, "a file named .png, .svg or .pdf")])
    network = roads_of(RoadsParams()) if file is None else load_roads(file)
    snapped = _snapped(network, points, crs, limit)
    with _writing(out):
        save(road_map(network, lang, None if snapped is None else snapped[1].node), out)
    typer.echo(str(out))


def _snapped(network: Any, points: Path | None, crs: Any, limit: float) -> tuple[Any, Any] | None:
    if points is None:
        return None
    from sim.market.points_file import read_points
    from sim.market.snapping import snap

    listed = read_points(points, crs)
    return listed, snap(listed, network, limit)


def _say(
    network: Any, lang: Any, json: bool, written: Path | None = None, snapped: tuple[Any, Any] | None = None
) -> None:
    from app.cli.terminal import print_json, show
    from reports.road_tables import report_table, roads_document, snap_table

    document = roads_document(network, snapped)
    if json:
        print_json(document)
        return
    show(report_table(document, lang), *([snap_table(document, lang)] if snapped else []))
    if written is not None:
        typer.echo(str(written))


def _writing(out: Path) -> Any:
    from app.cli.folder import writing

    return writing(out)
