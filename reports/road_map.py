"""Maps drawn from the road graph itself: no tile server is asked, nothing leaves the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reports.catalogue import Lang, say
from reports.ink import BLUE, INK, ORANGE, VERMILION
from reports.pictures import begin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from sim.roads import Roads

STYLE = {
    "residential": ("#d9dee4", 0.5),
    "secondary": ("#b3bcc6", 0.9),
    "primary": ("#8794a3", 1.4),
    "expressway": (ORANGE, 2.0),
}
"""Colour and width by road class, the least important first so that the others lie on top."""
GREY = "#d3d9df"


def road_map(roads: Roads, lang: Lang, points: NDArray[np.integer[Any]] | None = None) -> Figure:
    """The network by class, the distribution centre, and pickup points where given (road nodes)."""
    figure = begin(8.0, 8.0)
    axes = figure.add_subplot()
    draw_roads(axes, roads, lang)
    if points is not None and len(points):
        east, north = (roads.xy[points] / 1000.0).T
        axes.scatter(east, north, s=16, color=BLUE, zorder=5, label=say("map.points", lang))
    axes.legend(loc="upper left", frameon=True, framealpha=0.9, fontsize=8)
    nodes, edges = roads.report.nodes_kept, roads.report.edges_kept
    figure.supxlabel(say("map.foot", lang, nodes=f"{nodes:,}", edges=f"{edges:,}"), fontsize=8, color=INK)
    return figure


def draw_roads(axes: Axes, roads: Roads, lang: Lang, *, background: bool = False) -> None:
    """Roads by class in kilometres east and north of the city's centre; all grey behind something else."""
    from matplotlib.collections import LineCollection

    lines = segments(roads)
    for road_class, (colour, width) in STYLE.items():
        if len(lines.get(road_class, ())):
            label = None if background else say(f"road.{road_class}", lang)
            colour = GREY if background else colour  # noqa: PLW2901  # the same line, another ink
            axes.add_collection(
                LineCollection(lines[road_class], colors=colour, linewidths=width, label=label)
            )
    east, north = roads.xy[roads.dc_node] / 1000.0
    axes.scatter(east, north, marker="s", s=70, color=VERMILION, zorder=6, label=say("map.dc", lang))
    if roads.report.openstreetmap:
        axes.annotate(say("roads.credit", lang), (0.995, 0.005), xycoords="axes fraction", fontsize=7,
                      color=INK, zorder=7, ha="right", va="bottom")  # fmt: skip
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_xlabel(say("map.east", lang), fontsize=8)
    axes.set_ylabel(say("map.north", lang), fontsize=8)
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def segments(roads: Roads) -> dict[str, Any]:
    """By road class (m, 2, 2) kilometres from–to; both directions of a road are one line."""
    number = {ident: i for i, ident in enumerate(roads.ids)}
    found: dict[str, set[tuple[int, int]]] = {}
    for a, b, road_class in roads.graph.edges(data="road_class"):
        i, j = number[a], number[b]
        found.setdefault(road_class, set()).add((min(i, j), max(i, j)))
    return {name: roads.xy[np.array(sorted(pairs))] / 1000.0 for name, pairs in found.items()}
