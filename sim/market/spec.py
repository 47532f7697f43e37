"""Parameters of the market: how many communities, how big, where, and what their pickup points can keep cold.

The market depends on its own seed alone, never on the run's seed or the replication.
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from sim.units import Params, par

_CASE = "From chat orders to private-domain live-streams, case article on a dairy brand"
_LEADER = "How Meituan and Pinduoduo are transforming remote Chinese towns, South China Morning Post, 2021"
_CAP = "The rise and fall of community group buying, ChinaTalk, 2022: a personal group holds 500"
_POINTS = "no survey of pickup points found: shops are the most common, then homes"


class MarketParams(Params):
    """Communities, members, homes and pickup points."""

    seed: int = par(
        1,
        unit="-",
        meaning="Seed of sizes, homes, points and cold stores, of nothing else.",
        grade="rule",
        source="the market never depends on the run's seed",
        low=0,
        high=4294967295,
    )
    resample: bool = par(
        False,
        unit="-",
        meaning="Draw a new market in each replication.",
        grade="rule",
        source="one market is one company; resampling asks about a company like it",
    )
    communities: int = par(
        200,
        unit="communities",
        meaning="Communities; each has one leader and one pickup point.",
        grade="claim",
        source=_CASE,
        low=1,
        high=2000,
    )
    points_file: str | None = par(
        None,
        unit="file",
        meaning="CSV of the company's own pickup points (id, name, lng, lat, crs, cold_kg, open, close); "
        "each row is a community, `communities` is then the number of rows.",
        grade="rule",
        source="without it points are placed at random in the city",
    )
    points_crs: Literal["WGS-84", "GCJ-02", "BD-09"] = par(
        "WGS-84",
        unit="-",
        meaning="Coordinate system of rows of `points_file` that name none.",
        grade="rule",
        source="GPS and OpenStreetMap; Gaode and Tencent use GCJ-02, Baidu BD-09",
    )
    snap_limit_m: float = par(
        300.0,
        unit="m",
        meaning="A listed point further than this from any road is refused.",
        grade="assumed",
        source="the middle of a large gated compound",
        low=1.0,
        high=20_000.0,
    )
    members_mean: float = par(
        250.0,
        unit="members",
        meaning="Members of a community on average, met exactly.",
        grade="B",
        source=_LEADER + " (157 in one group)",
        low=1.0,
        high=500.0,
        sweep=(100.0, 400.0),
    )
    members_sigma: float = par(
        0.6,
        unit="-",
        meaning="Spread of community sizes: sigma of the log-normal.",
        grade="assumed",
        source="the few sizes reported span a factor of ten",
        low=0.0,
        high=2.0,
        sweep=(0.3, 0.9),
    )
    members_cap: int = par(
        500,
        unit="members",
        meaning="Largest group the chat app allows, before `audience.scale`.",
        grade="A",
        source=_CAP,
        low=1,
        high=5000,
    )
    home_spread_m: float = par(
        220.0,
        unit="m",
        meaning="Spread of homes around their community's centre (sigma of each coordinate).",
        grade="assumed",
        source="neighbours of one or two gated compounds, each some 300 m across",
        low=0.0,
        high=5000.0,
        sweep=(120.0, 450.0),
    )
    point_spread_m: float = par(
        120.0,
        unit="m",
        meaning="Spread of pickup points around their community's centre (sigma of each coordinate).",
        grade="assumed",
        source="a shop or home in the community",
        low=0.0,
        high=5000.0,
        sweep=(0.0, 300.0),
    )
    shop_share: float = par(
        0.6,
        unit="share",
        meaning="Share of pickup points that are shops.",
        grade="assumed",
        source=_POINTS,
        low=0.0,
        high=1.0,
        sweep=(0.4, 0.8),
    )
    home_share: float = par(
        0.3,
        unit="share",
        meaning="Share of pickup points that are homes; the rest have no cold store.",
        grade="assumed",
        source=_POINTS,
        low=0.0,
        high=1.0,
        sweep=(0.1, 0.4),
    )
    shop_cold_kg: float = par(
        200.0,
        unit="kg",
        meaning="Cold store of a shop.",
        grade="assumed",
        source="one display fridge",
        low=0.0,
        high=10000.0,
        sweep=(100.0, 400.0),
    )
    home_cold_kg: float = par(
        80.0,
        unit="kg",
        meaning="Cold store of a home.",
        grade="assumed",
        source="one household fridge and a freezer box",
        low=0.0,
        high=10000.0,
        sweep=(30.0, 120.0),
    )
    shop_open_min: float = par(
        480.0,
        unit="min",
        meaning="Opening of a shop (and of a point without cold store), minutes of D1.",
        grade="assumed",
        source="08:00, usual for neighbourhood shops",
        low=0.0,
        high=1440.0,
    )
    shop_close_min: float = par(
        1260.0,
        unit="min",
        meaning="Closing of a shop (and of a point without cold store), minutes of D1.",
        grade="assumed",
        source="21:00, usual for neighbourhood shops",
        low=0.0,
        high=1440.0,
    )
    home_open_min: float = par(
        420.0,
        unit="min",
        meaning="Opening of a home that is a pickup point, minutes of D1.",
        grade="assumed",
        source="07:00, before work",
        low=0.0,
        high=1440.0,
    )
    home_close_min: float = par(
        1320.0,
        unit="min",
        meaning="Closing of a home that is a pickup point, minutes of D1.",
        grade="assumed",
        source="22:00, before bed",
        low=0.0,
        high=1440.0,
    )

    @model_validator(mode="after")
    def _possible(self) -> MarketParams:
        if self.members_mean > self.members_cap:
            raise ValueError("`members_mean` must not be above `members_cap`")
        if self.shop_share + self.home_share > 1.0 + 1e-9:
            raise ValueError("`shop_share` and `home_share` together must not be above 1")
        if self.shop_close_min <= self.shop_open_min or self.home_close_min <= self.home_open_min:
            raise ValueError("a pickup point must close after it opens")
        return self
