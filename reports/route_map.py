"""The routes on the roads they take, and every stop by how surely it is on time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reports.catalogue import Lang, number, say
from reports.ink import BLUE, GREEN, INK, ORANGE, PINK, SKY, VERMILION
from reports.pictures import begin
from reports.road_map import draw_roads

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.market.market import Market
    from sim.roads import Roads

HUES = (BLUE, PINK, SKY, "#4a5568", "#8c6d31", "#5f4b8b", "#2e7d6b")
"""One a route, repeated: neighbours differ, and none is a colour of the stops."""
STEPS = ((0.99, GREEN), (0.95, ORANGE), (0.0, VERMILION))
"""P(on time) from which a stop has this colour: kept, doubtful, broken."""


def route_map(roads: Roads, market: Market, document: Mapping[str, Any], lang: Lang) -> Figure:
    """Roads in grey, routes in colour along the roads, stops by P(on time)."""
    figure = begin(9.0, 9.0)
    axes = figure.add_subplot()
    draw_roads(axes, roads, lang, background=True)
    for r, route in enumerate(document["routes"]):
        nodes = [market.dc_node, *(int(market.point_node[stop["pickup"]]) for stop in route["stops"])]
        way = [node for leg in roads.ways(nodes) for node in leg]
        axes.plot(*(roads.xy[way] / 1000.0).T, color=HUES[r % len(HUES)], linewidth=1.6, alpha=0.75, zorder=4)
    stops = [stop for route in document["routes"] for stop in route["stops"]]
    at = roads.xy[market.point_node[[stop["pickup"] for stop in stops]]] / 1000.0
    p = np.array([stop["p_on_time"] for stop in stops])
    above = 1.1
    for least, colour in STEPS:
        chosen = (p >= least) & (p < above)
        label = (
            f"{say('map.p_on_time', lang)} ≥ {100 * least:.0f} %"
            if least
            else f"{say('map.p_on_time', lang)} < 95 %"
        )
        east, north = at[chosen].T
        axes.scatter(east, north, s=26, color=colour, edgecolors="white", linewidths=0.5, zorder=5,
                     label=f"{label} ({int(chosen.sum())})")  # fmt: skip
        above = least
    axes.legend(loc="upper left", fontsize=8, framealpha=0.9)
    axes.set_title(
        say("map.routes_title", lang, p=number(document["p_all_on_time"], "share", lang),
            promise=number(document["promise_min"], "clock", lang), n=len(document["routes"])),
        fontsize=11, color=INK,
    )  # fmt: skip
    figure.supxlabel(
        say("routes.foot", lang, n=f"{document['mornings']:,}", seed=document["seed"]), fontsize=8
    )
    return figure
