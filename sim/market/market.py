"""The market as arrays: communities, members with homes, pickup points, distribution centre, ways.

A member is known by a key, community << 24 | index, so what is drawn for a member never changes when another
community, or `audience.scale`, does.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.array_store import name_of, sources, store, stored
from sim.clock import DAY_MIN
from sim.file_digest import file_digest
from sim.market.places import HOME, HOME_SLOTS, NO_COLD_STORE, SHOP, Places, find_places, shares
from sim.market.points_file import PointList, read_points
from sim.market.spec import MarketParams
from sim.random_streams import Streams
from sim.remembered import remembered
from sim.roads.source import network_digest, roads_of
from sim.roads.spec import RoadsParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.roads.network import Roads

    Keys = NDArray[np.int64]
    Nodes = NDArray[np.int32]

INDEX_BITS = 24
"""A key holds the member's index in this many bits, the community above them."""


@dataclass(frozen=True, eq=False)
class Market:
    """C communities and M members; points and communities share their numbers.

    Attributes:
        members: (C,) int64 members of each community.
        member_community: (M,) int32, member_key (M,) int64, both rising.
        member_node: (M,) int32 road node of the home; found when asked for.
        node_nearest, node_second: (nodes,) int32 nearest and second nearest pickup point by road metres.
        point_node: (C,) int32, dc_node: road nodes.
        point_kind: (C,) int8: 0 shop, 1 home, 2 without cold store.
        travel_min, travel_m: (C+1, C+1) free-flow minutes, and metres of that way; 0 is the DC.
        cold_grams: (C,) int64; open_min, close_min: (C,) float64 minutes since D0 00:00, opening hours on D1.

    """

    seed: int
    scale: float
    places: Places
    members: NDArray[np.int64]
    member_community: NDArray[np.int32]
    member_key: Keys
    cold_grams: NDArray[np.int64]
    open_min: NDArray[np.float64]
    close_min: NDArray[np.float64]

    @property
    def communities(self) -> int:
        """Number of communities."""
        return len(self.members)

    @property
    def member_node(self) -> Nodes:
        """(M,) road node of each member's home; a night asks only for the homes of those who want to buy."""
        return self.homes(self.member_key, self.member_community)

    @property
    def dc_node(self) -> int:
        """Road node of the distribution centre."""
        return int(self.places.dc_node)

    @property
    def point_node(self) -> Nodes:
        """(C,) road node of each pickup point."""
        return self.places.point_node

    @property
    def point_kind(self) -> NDArray[np.int8]:
        """(C,) 0 shop, 1 home, 2 without cold store."""
        return self.places.point_kind

    @property
    def node_nearest(self) -> Nodes:
        """(nodes,) nearest pickup point by road of every road node."""
        return self.places.node_nearest

    @property
    def node_second(self) -> Nodes:
        """(nodes,) second nearest pickup point; the nearest again where there is no second."""
        return self.places.node_second

    @property
    def travel_min(self) -> NDArray[np.float64]:
        """(C+1, C+1) free-flow minutes, 0 the distribution centre."""
        return self.places.travel_min

    @property
    def travel_m(self) -> NDArray[np.float64]:
        """(C+1, C+1) metres along the fastest way, 0 the distribution centre."""
        return self.places.travel_m

    @property
    def class_min(self) -> NDArray[np.float64]:
        """(C+1, C+1, 4) free-flow minutes on each class of road along that way."""
        return self.places.class_min

    def homes(self, keys: Keys, community: NDArray[np.integer]) -> Nodes:
        """Home nodes (n,) int32 of people by key and home community: a member's own, or one for a guest."""
        slot = Streams(self.seed, 0).uniform("market.home", keys) * HOME_SLOTS
        flat = slot.astype(np.int64)
        flat += community.astype(np.int64) * HOME_SLOTS
        return self.places.home_table.ravel()[flat]


def build_market(
    params: MarketParams, roads: Roads, *, scale: float = 1.0, seed: int | None = None
) -> Market:
    """The market of the parameters on the roads.

    Args:
        params: sizes, spreads, cold stores, opening hours.
        roads: the network to live on.
        scale: multiplies members and their cap (`audience.scale`); points and roads stay.
        seed: the market's seed; `params.seed` when not given.

    """
    seed = params.seed if seed is None else seed
    return _with_members(params, find_places(params, roads, seed), scale, seed)


def market_of(
    params: MarketParams, roads_params: RoadsParams, *, scale: float = 1.0, seed: int | None = None
) -> Market:
    """`build_market`, kept in the process: replications and scales share it; places are kept on disk."""
    seed = params.seed if seed is None else seed
    return _cached_market(*_said(params, roads_params), float(scale), seed)


@remembered
def _said(params: MarketParams, roads_params: RoadsParams) -> tuple[str, str, str]:
    """What a market depends on, but for scale and seed; a points file says how many communities there are."""
    listed = file_digest(params.points_file)
    if listed:
        params = params.model_copy(update={"communities": len(_listed(params).ident)})
    said = params.model_dump_json(exclude={"seed", "resample"})
    return said, roads_params.network_key(), f"{network_digest(roads_params)} {listed}"


def _listed(params: MarketParams) -> PointList:
    assert params.points_file is not None
    return read_points(params.points_file, params.points_crs)


@functools.lru_cache(maxsize=4)
def _cached_market(params_json: str, network_key: str, digest: str, scale: float, seed: int) -> Market:
    params = MarketParams.model_validate_json(params_json)
    sizes = {name: getattr(MarketParams(), name) for name in SIZE_FIELDS}
    places_json = params.model_copy(update=sizes).model_dump_json()
    return _with_members(params, _cached_places(places_json, network_key, digest, seed), scale, seed)


SOURCES = tuple(
    sorted(
        path for folder in ("market", "roads") for path in (Path(__file__).parents[1] / folder).glob("*.py")
    )
)
"""What places are made by: a changed line makes them anew."""
SIZE_FIELDS = ("members_mean", "members_sigma", "members_cap", "seed", "resample")
"""Fields the places do not depend on."""


@functools.lru_cache(maxsize=8)
def _cached_places(params_json: str, network_key: str, digest: str, seed: int) -> Places:
    fields = tuple(field.name for field in dataclasses.fields(Places))
    name = name_of(
        params_json, network_key, digest, str(seed), sources(*SOURCES), version("scipy"), version("networkx")
    )
    found = stored("places", name, fields)
    if found is not None:
        return Places(**found)
    roads = roads_of(RoadsParams.model_validate_json(network_key))
    places = find_places(MarketParams.model_validate_json(params_json), roads, seed)
    store("places", name, {field: getattr(places, field) for field in fields})
    return places


def _with_members(params: MarketParams, places: Places, scale: float, seed: int) -> Market:
    members = _sizes(params, Streams(seed, 0), scale)
    community = np.repeat(np.arange(len(members), dtype=np.int32), members)
    first = np.cumsum(members) - members
    key = np.arange(len(community), dtype=np.int64)
    key += np.repeat((np.arange(len(members)) << INDEX_BITS) - first, members)
    kind = places.point_kind
    cold = np.array([params.shop_cold_kg, params.home_cold_kg, 0.0]) * 1000.0
    opens = np.array([params.shop_open_min, params.home_open_min, params.shop_open_min])
    closes = np.array([params.shop_close_min, params.home_close_min, params.shop_close_min])
    assert (SHOP, HOME, NO_COLD_STORE) == (0, 1, 2)
    cold_grams, open_min, close_min = np.floor(cold[kind] + 0.5), opens[kind], closes[kind]
    if params.points_file is not None:
        listed = _listed(params)
        cold_grams = np.where(np.isnan(listed.cold_grams), cold_grams, listed.cold_grams)
        open_min = np.where(np.isnan(listed.open_min), open_min, listed.open_min)
        close_min = np.where(np.isnan(listed.close_min), close_min, listed.close_min)
    return Market(
        seed=seed,
        scale=scale,
        places=places,
        members=members,
        member_community=community,
        member_key=key,
        cold_grams=cold_grams.astype(np.int64),
        open_min=DAY_MIN + open_min,
        close_min=DAY_MIN + close_min,
    )


def _sizes(params: MarketParams, streams: Streams, scale: float) -> NDArray[np.int64]:
    """Log-normal sizes under the cap whose mean is exact: find the factor, then largest remainders."""
    count = params.communities
    z = streams.normal("market.size", np.arange(count, dtype=np.int64))
    raw = np.exp(params.members_sigma * z)
    cap = float(params.members_cap)
    low, high = 0.0, cap / float(raw.min())
    for _ in range(200):
        middle = 0.5 * (low + high)
        if np.minimum(cap, raw * middle).mean() < params.members_mean:
            low = middle
        else:
            high = middle
    quota = np.minimum(cap, raw * high) * scale
    return shares(quota, int(np.floor(count * params.members_mean * scale + 0.5)))
