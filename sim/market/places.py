"""The places of a market: pickup points, homes, distribution centre, and the way between them.

They depend on the market's seed and parameters and on the roads, not on how large the audience is scaled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.market.points_file import read_points
from sim.market.snapping import snap
from sim.market.spec import MarketParams
from sim.random_streams import Streams
from sim.roads.network import Roads

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOME_SLOTS = 4096
"""A community's homes are a table of this many equally likely slots, each holding a road node."""
SHOP, HOME, NO_COLD_STORE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Places:
    """Where things are.

    Attributes:
        point_node: (C,) int32 road nodes.
        point_kind: (C,) int8, SHOP, HOME or NO_COLD_STORE.
        home_table: (C, HOME_SLOTS) int32 road nodes.
        node_nearest, node_second: (nodes,) int32 nearest and second nearest point by road.
        travel_min, travel_m: (C+1, C+1) free-flow minutes and their metres; 0 is the distribution centre.
        class_min: (C+1, C+1, 4) of these minutes, those on each class of road.
        dc_node: () road node of the distribution centre.

    """

    point_node: NDArray[np.int32]
    point_kind: NDArray[np.int8]
    home_table: NDArray[np.int32]
    node_nearest: NDArray[np.int32]
    node_second: NDArray[np.int32]
    travel_min: NDArray[np.float64]
    travel_m: NDArray[np.float64]
    class_min: NDArray[np.float64]
    dc_node: NDArray[np.int64]


def find_places(params: MarketParams, roads: Roads, seed: int) -> Places:
    """Centres, points, homes and ways of a market; a points file says where its communities are."""
    streams = Streams(seed, 0)
    community = np.arange(params.communities, dtype=np.int64)
    habitable = _habitable(roads)
    if params.points_file is None:
        center = _centers(streams, habitable, params.communities)
        point = _points(params, streams, roads, habitable, center)
    else:
        listed = read_points(params.points_file, params.points_crs)
        center = point = snap(listed, roads, params.snap_limit_m).node
    nearest, second = roads.nearest(point)
    way = roads.travel(np.concatenate(([roads.dc_node], point)))
    return Places(
        point_node=point.astype(np.int32),
        point_kind=_kinds(params, streams.uniform("market.kind", community)),
        home_table=_home_table(roads, habitable, center, params.home_spread_m),
        node_nearest=nearest,
        node_second=np.where(second < 0, nearest, second),
        travel_min=way.minutes,
        travel_m=way.metres,
        class_min=way.class_min,
        dc_node=np.array(roads.dc_node, np.int64),
    )


def _habitable(roads: Roads) -> NDArray[np.int64]:
    """Nodes someone can live at: on a road that is no expressway, inside the city."""
    inside = np.hypot(roads.xy[:, 0], roads.xy[:, 1]) <= roads.radius_m
    chosen = np.flatnonzero(roads.local & inside)
    return chosen if len(chosen) else np.arange(len(roads.ids))


def _centers(streams: Streams, habitable: NDArray[np.int64], communities: int) -> NDArray[np.int64]:
    """Different nodes while there are enough, then again from the start."""
    order = np.argsort(streams.uniform("market.center", habitable), kind="stable")
    return habitable[order[np.arange(communities) % len(habitable)]]


def _points(
    params: MarketParams,
    streams: Streams,
    roads: Roads,
    habitable: NDArray[np.int64],
    center: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The free habitable node nearest to a place drawn around each centre; shared only when none is free."""
    community = np.arange(len(center), dtype=np.int64)
    at = roads.xy[center] + params.point_spread_m * streams.normal("market.point", community, 2)
    free = np.ones(len(habitable), np.bool_)
    out = np.empty(len(center), np.int64)
    for i, place in enumerate(at):
        if not free.any():
            free[:] = True
        apart = np.where(free, ((roads.xy[habitable] - place) ** 2).sum(axis=1), np.inf)
        taken = int(np.argmin(apart))
        free[taken] = False
        out[i] = habitable[taken]
    return out


def _kinds(params: MarketParams, luck: NDArray[np.float64]) -> NDArray[np.int8]:
    """Kinds in exact shares: the luckiest are shops, the next homes."""
    rank = np.argsort(np.argsort(luck, kind="stable"), kind="stable")
    shops = np.floor(params.shop_share * len(luck) + 0.5)
    homes = np.floor((params.shop_share + params.home_share) * len(luck) + 0.5)
    return np.where(rank < shops, SHOP, np.where(rank < homes, HOME, NO_COLD_STORE)).astype(np.int8)


def _home_table(
    roads: Roads, habitable: NDArray[np.int64], center: NDArray[np.int64], spread_m: float
) -> NDArray[np.int32]:
    """Slots per node in proportion to a Gaussian around the centre, by largest remainder."""
    table = np.empty((len(center), HOME_SLOTS), np.int32)
    xy = roads.xy[habitable]
    for i, node in enumerate(center):
        apart = ((xy - roads.xy[node]) ** 2).sum(axis=1)
        near = np.flatnonzero(apart <= (3.5 * spread_m) ** 2)
        near = near if len(near) else np.array([int(np.argmin(apart))])
        weight = np.exp(-0.5 * apart[near] / max(spread_m, 1.0) ** 2)
        table[i] = np.repeat(habitable[near], shares(weight * (HOME_SLOTS / weight.sum()), HOME_SLOTS))
    return table


def shares(quota: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers that add to `total` and follow `quota`: largest remainder, ties by index."""
    whole = np.floor(quota).astype(np.int64)
    missing = total - int(whole.sum())
    order = np.argsort(-(quota - whole), kind="stable")
    for i in range(missing):
        whole[order[i % len(order)]] += 1
    return whole
