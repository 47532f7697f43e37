"""What the moving picture shows: counts and queues by the minute, each van's way with its times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reports.catalogue import Lang, say, unit_word
from reports.road_map import STYLE, segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.market.market import Market
    from sim.orderlog import OrderLog
    from sim.roads import Roads
    from sim.scenario import Scenario

AFTER_MIN = 60.0
"""The picture ends so long after the vans' promise at the latest."""
GROUND = STYLE | {"expressway": ("#c9b483", 2.0)}
"""Roads in calm colours: what moves on them is to be seen."""
LONGEST = 60
"""Corners of a van's way between two stops at the most."""


def replay_data(
    scenario: Scenario, log: OrderLog, market: Market, roads: Roads, lang: Lang
) -> dict[str, Any]:
    """Everything the page needs, numbers rounded to what a screen shows.

    Times are minutes since D0 00:00, places kilometres.
    """
    from sim.kpis.profiles import profiles_of
    from sim.kpis.visits import visits_of

    begins = float(np.floor(_first(scenario) - 15.0))
    last = float(np.nanmax(log["stops"]["unload_end_min"], initial=begins + 240.0)) + 10.0
    edges = np.arange(begins, min(max(last, begins + 240.0), scenario.delivery.promise_min + AFTER_MIN) + 1.0)
    profiles = profiles_of(visits_of(scenario, log), edges)
    stations = [
        {"name": say(f"station.{name}", lang), "queue": np.round(one.queue, 1).tolist(),
         "load": np.round(one.load, 2).tolist(), "there": np.round(one.capacity, 2).tolist()}
        for name, one in profiles.items()
    ]  # fmt: skip
    orders, depots = log["orders"], _depots(scenario, log, market)
    counts = {
        "ordered": orders["clicked_min"], "paid": orders["paid_min"], "at_point": orders["at_point_min"],
    }  # fmt: skip
    return {
        "from": begins,
        "minutes": len(edges) - 1,
        "counts": [
            {"name": say(f"replay.{name}", lang), "value": _until(times, edges)}
            for name, times in counts.items()
        ],
        "stations": stations,
        "roads": {
            name: np.round(lines, 2).reshape(-1, 4).tolist() for name, lines in segments(roads).items()
        },
        "style": GROUND,
        "centre": _kilometres(roads, market.dc_node),
        "points": _points(log, market, roads),
        "depots": [[*_kilometres(roads, node), round(done, 1)] for node, done in depots],
        "vans": _vans(scenario, log, market, roads, [node for node, _ in depots]),
        "promise": scenario.delivery.promise_min,
        "words": _words(lang)
        | {
            "pace": f"{unit_word('min', lang)} / {unit_word('s', lang)}",
            "note": say("replay.no_trucks", lang) if depots else "",
        },
        "day": say("replay.next_day", lang),
    }


def _words(lang: Lang) -> dict[str, str]:
    keys = ("play", "pause", "speed", "map", "queues", "late", "in_time")
    return {key: say(f"replay.{key}", lang) for key in keys}


def _kilometres(roads: Roads, node: int) -> list[float]:
    place: list[float] = np.round(roads.xy[node] / 1000.0, 2).tolist()
    return place


def _first(scenario: Scenario) -> float:
    return scenario.audience.show.starts_at_min if scenario.live else scenario.group_post.post_from_min


def _until(times: NDArray[np.float64], edges: NDArray[np.float64]) -> list[int]:
    """How many there have been by each minute."""
    known = np.sort(times[~np.isnan(times)])
    counts: list[int] = np.searchsorted(known, edges[1:]).tolist()
    return counts


def _points(log: OrderLog, market: Market, roads: Roads) -> list[list[float]]:
    """x, y and when the point had everything; −1 never."""
    done = np.full(market.communities, -1.0)
    stops = log["stops"]
    if stops["point"].size:
        np.maximum.at(done, stops["point"], np.nan_to_num(stops["unload_end_min"], nan=-1.0))
    at = roads.xy[market.point_node] / 1000.0
    points: list[list[float]] = np.column_stack((np.round(at, 2), np.round(done, 1))).tolist()
    return points


def _depots(scenario: Scenario, log: OrderLog, market: Market) -> list[tuple[int, float]]:
    """Node of each depot, and when its goods were all there; −1 never."""
    if not scenario.depots.count:
        return []
    from sim.stages.depots.districts import districts

    sites = districts(market.travel_min, scenario.depots.count).site
    done = np.full(len(sites), -1.0)
    depot = log["orders"]["depot"]
    there = depot >= 0
    np.maximum.at(done, depot[there], log["orders"]["at_depot_min"][there])
    return [(int(market.point_node[site]), float(when)) for site, when in zip(sites, done, strict=True)]


def _vans(
    scenario: Scenario, log: OrderLog, market: Market, roads: Roads, depots: list[int]
) -> list[dict[str, Any]]:
    """Each van's trip as x, y, minute corners: along the roads, evenly in time between two stops.

    A van that broke down is gone after its last stop. Trucks to depots are left out: the log has no stops
    of theirs.
    """
    trips, stops = log["trips"], log["stops"]
    fleet = sum(kind.count for kind in scenario.delivery.vehicles)
    found = []
    for k in range(trips["van"].size):
        van, back = int(trips["van"][k]), float(trips["return_min"][k])
        mine = np.flatnonzero((stops["van"] == van) & (stops["trip"] == trips["trip"][k]))
        mine = mine[np.argsort(stops["seq"][mine])]
        if mine.size == 0:
            continue
        home = depots[van // fleet] if depots else int(market.dc_node)
        broken = van + 1 == scenario.delivery.breakdown_van and back == scenario.delivery.breakdown_min
        nodes = [
            home,
            *(int(market.point_node[p]) for p in stops["point"][mine]),
            *([] if broken else [home]),
        ]
        leaves = [float(trips["depart_min"][k]), *stops["unload_end_min"][mine].tolist()]
        arrives = [*stops["arrive_min"][mine].tolist(), *([] if broken else [back])]
        corners: list[list[float]] = []
        for way, leave, arrive in zip(roads.ways(nodes), leaves, arrives, strict=False):
            corners += _leg(roads.xy[way] / 1000.0, leave, arrive)
        found.append({"van": van + 1, "way": corners})
    return found


def _leg(at: NDArray[np.float64], leave: float, arrive: float) -> list[list[float]]:
    """Corners with minutes in proportion to the way driven."""
    if len(at) > LONGEST:
        at = at[np.unique(np.linspace(0, len(at) - 1, LONGEST).round().astype(np.int64))]
    steps = np.hypot(*np.diff(at, axis=0).T) if len(at) > 1 else np.zeros(0)
    gone = np.concatenate(([0.0], np.cumsum(steps)))
    share = gone / gone[-1] if gone[-1] > 0.0 else np.zeros(len(at))
    minutes = leave + share * (arrive - leave)
    corners: list[list[float]] = np.round(np.column_stack((at, minutes)), 2).tolist()
    return corners
