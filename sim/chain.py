"""The chain: in which order the acts of an event run, whichever face plays them.

Show (D0), cut down where volumes are compared → night → day (D1). Columns flow one way from act to act; a
face is a module that offers the acts' steps under the same names, so this file is the model's table of
contents and both faces are held to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.acts.day import Day, play_day
from sim.acts.equal_volume import at_equal_volume
from sim.acts.evening import Show, play_evening
from sim.acts.event import Event
from sim.acts.night import Night, play_night
from sim.engines import Engine
from sim.market.market import Market, market_of
from sim.night import draw_night
from sim.orderlog import Column, OrderLog, Table
from sim.random_streams import Streams

if TYPE_CHECKING:
    from sim.engines.face import Face
    from sim.scenario import Scenario

REPLICATION_BITS = 22
"""Above them a stream's number has that of the event in a season: 4 million replications, 1,000 events."""
RESAMPLE = 1_000_003
"""Spreads (seed, replication) over market seeds where the market is drawn anew each time."""


def simulate(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    engine: Engine = "compiled",
    *,
    thin_to: int | None = None,
) -> OrderLog:
    """Play one replication.

    Args:
        scenario: the event.
        seed, replication: name all the chance there is.
        engine: the face that plays.
        thin_to: at most so many paid orders go on to the night, chosen by a keyed priority (to compare at
            equal volume).
    """
    event = event_of(scenario, seed, replication, engine, thin_to=thin_to)
    return OrderLog(seed, replication, play(event))


def play(event: Event) -> dict[str, Table]:
    """One event from its first act to its last; the tables of its log."""
    show = at_equal_volume(event, play_evening(event))
    night = play_night(event, show)
    day = play_day(event, show, night)
    return _tables(event.market, show, night, day)


def event_of(
    scenario: Scenario,
    seed: int,
    replication: int,
    engine: Engine,
    *,
    thin_to: int | None = None,
    number: int = 0,
) -> Event:
    """What the acts of one replication read; for who plays some of them (see `simulate`).

    `number` is that of an event in a season, from 0: another event has other luck in the same market.
    """
    streams = Streams(seed, replication + (number << REPLICATION_BITS))
    market = market_for(scenario, seed, replication)
    return Event(scenario, _face(engine), market, draw_night(scenario.night, streams), streams, thin_to)


def market_for(scenario: Scenario, seed: int, replication: int) -> Market:
    """The market of a replication: one for all of them, unless the scenario draws it anew."""
    drawn = (seed * RESAMPLE + replication) % 2**32 if scenario.market.resample else None
    return market_of(scenario.market, scenario.roads, scale=scenario.audience.scale, seed=drawn)


def _face(engine: Engine) -> Face:
    if engine == "reference":
        from sim.engines import reference

        return reference
    if engine != "compiled":
        raise ValueError(f"engine must be `reference` or `compiled`; found `{engine}`")
    from sim.engines import compiled

    return compiled


def _tables(market: Market, show: Show, night: Night, day: Day) -> dict[str, Table]:
    communities: Table = {
        "community": np.arange(market.communities, dtype=np.int32),
        "members": market.members,
    }
    return {
        "communities": communities,
        "people": show.people,
        "orders": day.orders,
        "attempts": show.attempts,
        "stock": show.stock,
        "sheets": show.sheets,
        "sorting": night.sorting,
        "workers": night.workers,
        "trips": night.trips,
        "stops": night.stops,
        "desk": day.desk,
        "leaders": show.leaders,
        "tickets": day.tickets,
    }


COLUMNS = (
    Column(
        "communities",
        "community",
        "i4",
        "-",
        "Number of the community; its leader and pickup point have the same.",
    ),
    Column("communities", "members", "i8", "people", "Members of the community."),
)
