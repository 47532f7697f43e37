"""Leaders through a season: an event's hours and commission, who quits for them, and who takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.kpis.leading import DAYS, brand_minutes
from sim.season.members import MONTH_DAYS
from sim.stages.leader_desk.codes import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog
    from sim.random_streams import Streams
    from sim.scenario import Scenario
    from sim.season_spec import SeasonParams

    Floats = NDArray[np.float64]

MOST_APART = 16.0
"""Pay counts between a sixteenth and sixteen times of what is fair."""


class Work(NamedTuple):
    """Of each leader, (C,): hours on an event's days for all brands, for this one, commission in fen."""

    hours: Floats
    own_hours: Floats
    commission_fen: NDArray[np.int64]


def work_of(scenario: Scenario, log: OrderLog) -> Work:
    """What an event asked of each leader and paid them, on what was delivered and not refunded."""
    desk, orders, leaders = log["desk"], log["orders"], log["leaders"]
    count = leaders["fixed_min"].size
    own = (leaders["fixed_min"] + brand_minutes(log)) / 60.0
    other = desk["task"] == Task.OTHER_BRAND
    others = np.bincount(desk["leader"][other], weights=desk["work_min"][other], minlength=count)
    kept = (
        ~np.isnan(orders["at_point_min"]) & np.isnan(orders["refunded_min"]) & ~np.isnan(orders["paid_min"])
    )
    net = np.where(kept, orders["amount_fen"] - orders["short_fen"], 0)
    share = np.floor(net * scenario.leaders.commission_share).astype(np.int64)
    paid = np.zeros(count, np.int64)
    np.add.at(paid, orders["community"], share)
    return Work(own + others / 60.0 / DAYS, own, paid)


def quitting(
    season: SeasonParams, work: Work, leading: NDArray[np.bool_], streams: Streams
) -> NDArray[np.bool_]:
    """(C,) which leaders quit between this event and the next."""
    p = season.leaders
    fair_cny = np.maximum(p.fair_cny_per_h * work.own_hours, 1e-9)
    pay = np.clip(work.commission_fen / 100.0 / fair_cny, 1.0 / MOST_APART, MOST_APART)
    strain = p.per_hour * (work.hours - p.bearable_h) - p.per_pay * np.log2(pay)
    rate = p.gain * p.quit_share_a_month * season.every_days / MONTH_DAYS * np.exp(strain)
    luck = streams.uniform("season.quit", np.arange(leading.size, dtype=np.int64))
    quit_: NDArray[np.bool_] = leading & (luck < -np.expm1(-rate))
    return quit_


def following(
    season: SeasonParams, scenario: Scenario, key: NDArray[np.int64], streams: Streams
) -> NDArray[np.bool_]:
    """(M,) members who would leave with their leader."""
    p = season.leaders
    share = p.follow_share_system if scenario.by_system else p.follow_share
    follows: NDArray[np.bool_] = streams.uniform("season.follow", key) < share
    return follows
