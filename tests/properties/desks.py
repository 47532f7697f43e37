"""Evenings and days at the leaders' desks, for the tests of what holds there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.laws import lognormal_mean
from sim.orderlog import Table
from sim.random_streams import Streams
from sim.stages.leader_desk.codes import Task
from sim.stages.leader_desk.draws import DeskDraws, draw, with_tickets
from sim.stages.leader_desk.jobs import Evening, Jobs, Split, day_jobs, evening_jobs, join
from sim.stages.leader_desk.kernel import both_days, evening
from sim.stages.leader_desk.leaders import LeadersParams, leaders_table
from sim.stages.leader_desk.merge import merge_sheets
from sim.stages.leader_desk.numbers import DeskNumbers, numbers
from sim.stages.leader_desk.spec import LeaderDeskParams

COMMUNITIES = 30
ORDERS = 600
CUTOFF = 1260.0
NIGHT_END = 1700.0


class Event(NamedTuple):
    """A whole event at the desks."""

    numbers: DeskNumbers
    draws: DeskDraws
    planned: Jobs
    evening: Evening
    sheets: Table
    desk: Table
    leaders: Table


def hold(
    params: LeaderDeskParams | None = None,
    people: LeadersParams | None = None,
    *,
    seed: int = 1,
    by_hand: bool = True,
    split: Split = "by_hand",
    orders: int = ORDERS,
) -> Event:
    """Hold an event whose replies, vans and buyers come at times that no parameter moves."""
    params, people = params or LeaderDeskParams(), people or LeadersParams()
    desk = numbers(params, people)
    streams = Streams(seed, 0)
    world = np.random.default_rng(seed)
    community = np.sort(world.integers(0, COMMUNITIES, ORDERS))[:orders]
    reply = world.uniform(1190.0, 1262.0, ORDERS)[:orders]
    come = world.uniform(1990.0, 2500.0, ORDERS)[:orders]
    unload = world.uniform(1900.0, 2040.0, COMMUNITIES)
    keys = community << 24 | np.arange(orders)
    chance = draw(params, people, desk, streams, keys, COMMUNITIES, by_hand=by_hand)
    follow = np.where(np.arange(orders) % 9 == 0, 45.0, np.inf)
    chance = with_tickets(chance, follow, streams.draw("test.follow", keys, lognormal_mean(6.0, 0.5)))
    hand = orders if by_hand else 0
    night = evening_jobs(desk, chance, community[:hand], reply[:hand], CUTOFF)
    tickets = np.arange(orders, dtype=np.int64)[::20]
    day = day_jobs(
        desk,
        chance,
        receive_leader=np.arange(COMMUNITIES),
        receive_min=unload,
        receive_crates=np.full(COMMUNITIES, 7),
        leader=community,
        at_point_min=unload[community],
        handover_arrive_min=come,
        split=split,
        ticket_leader=community[tickets],
        ticket_order=tickets,
        ticket_min=come[tickets] + 60.0,
        ticket_work=chance.follow_work[tickets],
    )
    jobs = join(night, day)
    after = evening(desk, chance, night, NIGHT_END)
    return Event(
        desk,
        chance,
        jobs,
        after,
        merge_sheets(desk, after.tally_end_min, after.rows, "compiled"),
        both_days(desk, chance, jobs),
        leaders_table(people, streams, COMMUNITIES, by_hand=by_hand),
    )


def same(one: Table, other: Table) -> bool:
    """Equal tables, NaN equal to NaN."""
    return all(
        np.array_equal(column, other[name], equal_nan=column.dtype.kind == "f")
        for name, column in one.items()
    )


def differs(one: Event, other: Event) -> bool:
    """Whether any column of the log differs."""
    return not (
        same(one.desk, other.desk)
        and same(one.sheets, other.sheets)
        and same(one.leaders, other.leaders)
        and same(
            {"known": one.evening.known_min, "mistaken": one.evening.mistaken},
            {"known": other.evening.known_min, "mistaken": other.evening.mistaken},
        )
    )


def minutes(event: Event, *tasks: Task) -> float:
    """Desk minutes spent on some tasks."""
    return float(event.desk["work_min"][np.isin(event.desk["task"], tasks)].sum())
