"""The chance of one night for `plain_chain`, as lists: the numbers lianlu plays with, from its own streams.

Who comes is found here with a plain loop; everything else is drawn for everybody who comes, buyer or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.acts.evening import offer_window, trust_of
from sim.chain import market_for
from sim.night import Night, draw_night
from sim.random_streams import Streams
from sim.stages.aftersales.spec import Cause
from sim.stages.audience import draws as audience_draws
from sim.stages.audience import spec as audience
from sim.stages.basket.spec import draw_basket
from sim.stages.basket.stock import goods
from sim.stages.checkout import draws as checkout_draws
from sim.stages.checkout.numbers import numbers as checkout_numbers
from sim.stages.collection import spec as collection
from sim.stages.delivery import plans
from sim.stages.delivery import spec as delivery
from sim.stages.leader_desk import draws as desk_draws
from sim.stages.leader_desk.numbers import numbers as desk_numbers
from sim.stages.sorting import spec as sorting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.market.market import Market
    from sim.scenario import Scenario

CAUSES = (
    Cause.PAYMENT_TROUBLE,
    Cause.LATE,
    Cause.NOT_AS_SHOWN,
    Cause.WHERE_IS_IT,
    Cause.OTHER,
    Cause.REGRET,
    Cause.MISSORTED,
)


class Chance(NamedTuple):
    """Everything the script reads; lists are by viewer unless said, `n_*` the constants of a stage."""

    scenario: Scenario
    market: Market
    night: Night
    trust: Any
    n_audience: Any
    n_checkout: Any
    n_sorting: Any
    n_delivery: Any
    n_collection: Any
    n_desk: Any
    member: list[bool]
    community: list[int]
    point: list[int]
    luck: list[dict[str, float]]
    wanted: list[list[int]]
    stock: list[int]
    grams: list[int]
    price: list[int]
    checkout: dict[str, list[Any]]
    noise: list[float]
    missorts: list[float]
    sorters: sorting.SortingDraws
    plan: delivery.Plan
    driving: delivery.DeliveryDraws
    coming: dict[str, list[float]]
    desk: desk_draws.DeskDraws
    tickets: dict[Cause, list[tuple[float, float, float, float]]]


def who_comes(
    s: Scenario, n: Any, streams: Streams, market: Market, night: Night
) -> tuple[list[int], list[int], list[bool]]:
    """Key, community and membership of everybody who comes."""
    pushes = audience_draws.draw_pushes(s.audience, streams, market.communities)
    sent = [
        [absent >= n.leader_absent_share and u < n.send_share for u in days]
        for absent, days in zip(pushes.absent.tolist(), pushes.send.tolist(), strict=True)
    ]
    coming: list[tuple[int, int, bool]] = []
    friends: list[tuple[int, int, bool]] = []
    reach, share = n.reach_share * 2.0**32, min(1.0, n.attend_share * night.attendance) * 2.0**32
    for invited in audience_draws.invite_members(s.audience, streams, market):
        for key, home, words in zip(*(column.tolist() for column in invited), strict=True):
            if words[0] < share and any(
                goes and word < reach for goes, word in zip(sent[home], words[1:], strict=False)
            ):
                coming.append((key, home, True))
                if words[0] < share * n.brings_share:
                    friends.append((key | audience_draws.FRIEND_KEY, home, False))
    share = min(1.0, n.koc_attend_share * night.attendance) * 2.0**32
    strangers = audience_draws.invite_strangers(s.audience, streams, market.communities, s.audience.scale)
    for key, home, words in zip(*(column.tolist() for column in strangers), strict=True):
        if words[0] < share:
            coming.append((key, home, False))
            if words[0] < share * n.brings_share:
                friends.append((key | audience_draws.FRIEND_KEY, home, False))
    keys, homes, members = zip(*(coming + friends), strict=True)
    return list(keys), list(homes), list(members)


def draw(s: Scenario, seed: int, replication: int) -> Chance:
    """Draw one night of a live arm with a checkout, fixed routes and sorting by order."""
    streams = Streams(seed, replication)
    market, night = market_for(s, seed, replication), draw_night(s.night, streams)
    n = audience.numbers(s.audience, care=s.leaders.care, leader_absent_share=s.leaders.absent_share)
    keys, homes, members = who_comes(s, n, streams, market, night)
    key = np.array(keys, np.int64)
    luck = audience_draws.draw_luck(s.audience, streams, key)
    names = luck.dtype.names or ()
    sold = goods(s.basket, s.stock, streams, s.audience.scale)
    checkout = checkout_numbers(
        s.checkout, s.stock, s.cutoff, s.mood, offer=offer_window(s), start_min=s.audience.show.starts_at_min
    )
    clicks = checkout_draws.draw(s.checkout, streams, key)
    hall = sorting.numbers(
        s.sorting,
        cutoff_min=s.cutoff.paid_by_min,
        by_sheet=False,
        crate_grams=round(s.delivery.crate_kg * 1000.0),
    )
    sorters = sorting.draw(s.sorting, hall, s.night, night, streams, key, market.communities, sold.grams.size)
    vans = delivery.numbers(s.delivery, s.roads.bands()[0], crates_by_sku=False)
    desk = desk_numbers(s.leader_desk, s.leaders)
    home = market.homes(key, np.array(homes, np.int32))
    return Chance(
        scenario=s,
        market=market,
        night=night,
        trust=trust_of(s),
        n_audience=n,
        n_checkout=checkout,
        n_sorting=hall,
        n_delivery=vans,
        n_collection=collection.numbers(s.collection),
        n_desk=desk,
        member=members,
        community=homes,
        point=market.node_nearest[home].tolist(),
        luck=[dict(zip(names, row, strict=True)) for row in luck.tolist()],
        wanted=draw_basket(s.basket, streams, key, night.basket).tolist(),
        stock=sold.stock.tolist(),
        grams=sold.grams.tolist(),
        price=sold.offer_fen.tolist(),
        checkout={name: column.tolist() for name, column in clicks._asdict().items()},
        noise=sorters.noise.tolist(),
        missorts=sorters.error_u.tolist(),
        sorters=sorters,
        plan=_plan(s, market),
        driving=delivery.draw(
            s.delivery.stop_min,
            vans.fleet,
            s.night,
            night,
            streams,
            np.arange(market.communities),
            s.roads.rain_speed,
        ),
        coming={
            name: column.tolist()
            for name, column in collection.draw(s.collection, streams, key)._asdict().items()
        },
        desk=desk_draws.draw(s.leader_desk, s.leaders, desk, streams, key, market.communities, by_hand=False),
        tickets={cause: _tickets(s, streams, key, cause) for cause in CAUSES},
    )


def _plan(s: Scenario, market: Market) -> delivery.Plan:
    """The route plan, planned once a market and kept, as in lianlu."""
    prices = plans.VanPrices(s.money.van_cny_per_km, s.money.van_cny_per_h, s.money.van_cny_used)
    return plans.fixed_plan(s.delivery, prices, market.members, market.travel_min, market.travel_m, 1)


def _tickets(
    s: Scenario, streams: Streams, key: NDArray[np.int64], cause: Cause
) -> list[tuple[float, float, float, float]]:
    """By viewer: uniforms for writing and for the channel, delay and handling in minutes."""
    name = cause.name.lower()
    laws = getattr(s.aftersales, "wrong_goods" if cause == Cause.MISSORTED else name)
    columns = (
        streams.uniform(f"aftersales.{name}", key),
        streams.uniform(f"aftersales.{name}.channel", key),
        streams.draw(f"aftersales.{name}.delay", key, laws.delay_min),
        streams.draw(f"aftersales.{name}.handling", key, laws.handling_min),
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))
