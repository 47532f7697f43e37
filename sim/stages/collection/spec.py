"""Parameters, draws and columns of collection and the cold chain."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from pydantic import model_validator

from sim.clock import DAY_MIN
from sim.orderlog import Column
from sim.random_streams import Streams
from sim.remembered import remembered
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PROFILE = (
    "The Nanjinger on parcel stations (peak 16–19 h); CMU 2023 (most shop on the way home): evening peak; "
    "shares put in hours here"
)
_COLD = (
    "jitan-mama.com 2025 and ntro.it.com: 4–6 h with ice packs, 2–3 h in the sun; "
    "other equipment assumed in proportion"
)


class CollectionProfile(Params):
    """When members come on D1: shares of four parts of the day; the rest never comes."""

    edges_h: tuple[float, ...] = par(
        (10.0, 12.0, 16.0, 20.0, 22.0),
        unit="h of D1",
        grade="C",
        source=_PROFILE,
        meaning="Hours at which the four parts of the day begin, and at which the last one ends.",
    )

    morning_share: float = par(
        0.25,
        unit="share",
        low=0,
        high=1,
        grade="C",
        source=_PROFILE,
        meaning="Share of buyers who come between 10 and 12 h.",
    )
    midday_share: float = par(
        0.20,
        unit="share",
        low=0,
        high=1,
        grade="C",
        source=_PROFILE,
        meaning="Share of buyers who come between 12 and 16 h.",
    )
    evening_share: float = par(
        0.45,
        unit="share",
        low=0,
        high=1,
        grade="C",
        source=_PROFILE,
        meaning="Share of buyers who come between 16 and 20 h.",
    )
    later_share: float = par(
        0.08,
        unit="share",
        low=0,
        high=1,
        grade="C",
        source=_PROFILE,
        meaning="Share of buyers who come between 20 and 22 h; what remains of 1 never comes (2 %; "
        "Barclaycard 2019: 15 % of UK shoppers ever failed to collect).",
    )

    @model_validator(mode="after")
    def _sensible(self) -> CollectionProfile:
        hours = self.edges_h
        if len(hours) != 5 or not all(0.0 <= a <= b <= 24.0 for a, b in pairwise(hours)):
            raise ValueError("`edges_h` names five hours from 0 to 24, none before the one ahead of it")
        if self.morning_share + self.midday_share + self.evening_share + self.later_share > 1.0 + 1e-12:
            raise ValueError("the four shares of the day must not exceed 1 together")
        return self


class ColdChain(Params):
    """The pickup point's cold store and what keeps the rest cold."""

    jurisdiction: Literal["cn", "us"] = par(
        "cn",
        unit="-",
        grade="A",
        source="cn: 2–6 °C for pasteurised milk after GB 19645 as quoted by hnxmsyzz.com; us: USDA/FDA, 40 "
        "°F for at most 2 h",
        meaning="Whose temperature limit counts: 6 °C (cn) or 4 °C (us).",
    )
    limit_cn_min: float = par(
        120.0,
        unit="min",
        low=0,
        high=1440,
        grade="assumed",
        source="no clause seen; the American two hours taken over",
        meaning="Minutes above 6 °C after which an order counts as spoiled.",
    )
    limit_us_min: float = par(
        120.0,
        unit="min",
        low=0,
        high=1440,
        grade="A",
        source="USDA/FDA advice as reprinted by foodsafety.gov: 40 °F, 2 h",
        meaning="Minutes above 4 °C after which an order counts as spoiled.",
    )
    equipment: Literal["cold_plates", "ice_bag", "no_ice"] = par(
        "cold_plates",
        unit="-",
        grade="assumed",
        source="the brand's insulated box with cold plates is needed for the promise; thinner equipment is "
        "a scenario",
        meaning="What holds the orders that find no place in the cold store.",
    )
    cold_plates_hold_h: float = par(
        12.0,
        unit="h",
        low=0,
        high=48,
        sweep=(8.0, 14.0),
        grade="assumed",
        source=_COLD,
        meaning="Hours an insulated box with cold plates stays below the limit, from unloading.",
    )
    ice_bag_hold_h: float = par(
        5.0,
        unit="h",
        low=0,
        high=48,
        grade="C",
        source=_COLD,
        meaning="Hours a bag with ice packs stays below the limit, from unloading.",
    )
    no_ice_hold_h: float = par(
        1.5,
        unit="h",
        low=0,
        high=48,
        grade="assumed",
        source=_COLD,
        meaning="Hours a bag without ice stays below the limit, from unloading.",
    )
    us_hold_factor: float = par(
        0.85,
        unit="share",
        low=0.1,
        high=1,
        grade="assumed",
        source="a warming box passes 4 °C before 6 °C",
        meaning="Factor on the hold time where the American limit counts.",
    )
    van_cold_ok: bool = par(
        True,
        unit="-",
        grade="A",
        source="GB 31605-2020 asks for recorded temperatures in vehicles from plant to sale",
        meaning="Whether the van keeps 2–6 °C; if not, the hold time runs from departure.",
    )
    notice_share: float = par(
        0.15,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="milk two hours too warm seldom shows at once",
        meaning="Share of spoiled orders whose buyer notices.",
    )


class CollectionParams(Params):
    """How goods are collected at the pickup points."""

    profile: CollectionProfile = CollectionProfile()
    cold_chain: ColdChain = ColdChain()
    notices: bool = par(
        True,
        unit="-",
        grade="claim",
        source="case article: 已支付, 已分拣, 已配送, 待自提",
        meaning="Whether buyers are told the state of their order; without, some come in vain and more ask "
        "where it is.",
    )
    vague_wasted_share: float = par(
        0.15,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="the article's vague 'tomorrow'; no figure found",
        meaning="Share of buyers who come in vain before the goods where nobody is told when they arrive.",
    )
    wait_max_min: float = par(
        10.0,
        unit="min",
        low=0,
        high=240,
        grade="assumed",
        source="a neighbour's errand",
        meaning="How long a member who came before the van waits before going home.",
    )
    return_from_h: float = par(
        16.0,
        unit="h of D1",
        low=0,
        high=24,
        grade="assumed",
        source="on the way home from work",
        meaning="Earliest hour of the second coming after a wasted trip.",
    )
    return_until_h: float = par(
        20.0,
        unit="h of D1",
        low=0,
        high=24,
        grade="assumed",
        source="on the way home from work",
        meaning="Latest hour of the second coming after a wasted trip.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> CollectionParams:
        if self.return_until_h < self.return_from_h:
            raise ValueError("`return_until_h` must not be below `return_from_h`")
        return self


class CollectionNumbers(NamedTuple):
    """Constants in engine units (minutes of the run, grams)."""

    edges: tuple[float, float, float, float, float]
    until_morning: float
    until_midday: float
    until_evening: float
    until_later: float
    wait_max: float
    vague_share: float
    hold: float
    limit: float
    van_cold_ok: bool
    notice_share: float


@remembered
def numbers(params: CollectionParams) -> CollectionNumbers:
    """Constants of both faces; the shares of the day become cumulative."""
    profile, cold = params.profile, params.cold_chain
    hold_h = {
        "cold_plates": cold.cold_plates_hold_h,
        "ice_bag": cold.ice_bag_hold_h,
        "no_ice": cold.no_ice_hold_h,
    }
    american = cold.jurisdiction == "us"
    morning = profile.morning_share
    midday = morning + profile.midday_share
    evening = midday + profile.evening_share
    edges = [DAY_MIN + 60.0 * hour for hour in profile.edges_h]
    return CollectionNumbers(
        edges=(edges[0], edges[1], edges[2], edges[3], edges[4]),
        until_morning=morning,
        until_midday=midday,
        until_evening=evening,
        until_later=evening + profile.later_share,
        wait_max=params.wait_max_min,
        vague_share=0.0 if params.notices else params.vague_wasted_share,
        hold=hold_h[cold.equipment] * 60.0 * (cold.us_hold_factor if american else 1.0),
        limit=cold.limit_us_min if american else cold.limit_cn_min,
        van_cold_ok=cold.van_cold_ok,
        notice_share=cold.notice_share,
    )


class CollectionDraws(NamedTuple):
    """Chance of every order, shape (n,) each."""

    part_u: NDArray[np.float64]
    place_u: NDArray[np.float64]
    vague_u: NDArray[np.float64]
    back_min: NDArray[np.float64]
    notice_u: NDArray[np.float64]


def draw(params: CollectionParams, streams: Streams, keys: NDArray[np.int64]) -> CollectionDraws:
    """Draw for the persons `keys`, shape (n,)."""
    span = params.return_until_h - params.return_from_h
    return CollectionDraws(
        part_u=streams.uniform("collection.part", keys),
        place_u=streams.uniform("collection.place", keys),
        vague_u=streams.uniform("collection.vague", keys),
        back_min=DAY_MIN + 60.0 * (params.return_from_h + span * streams.uniform("collection.back", keys)),
        notice_u=streams.uniform("collection.notice", keys),
    )


COLUMNS = (
    Column(
        "orders", "came_min", "f8", "min", "When the buyer first comes to the point; NaN when she never does."
    ),
    Column(
        "orders",
        "handover_arrive_min",
        "f8",
        "min",
        "When the buyer stands at the point with the goods there.",
    ),
    Column("orders", "collected_min", "f8", "min", "End of the hand-over."),
    Column("orders", "wasted", "i1", "trips", "Trips in vain."),
    Column(
        "orders",
        "cold",
        "i1",
        "-",
        "0 in the cold store at unloading, 1 in the box all the time, 2 moved in later, -1 not delivered.",
    ),
    Column("orders", "above_min", "f8", "min", "Minutes above the temperature limit."),
    Column("orders", "spoiled", "?", "-", "Above the limit for longer than allowed when collected."),
    Column("orders", "noticed", "?", "-", "Spoiled and noticed by the buyer."),
    Column("orders", "never", "?", "-", "Delivered but not collected by the last closing."),
)
