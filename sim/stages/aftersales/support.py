"""The support desk: two stations of agents on a calendar, first line and second line.

Self-service answers at once; a ticket to the leader is handled at the leader's desk, not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import RUN_END_MIN
from sim.random_streams import Streams
from sim.stages.aftersales.shifts import Shift, first_line, second_line
from sim.stages.aftersales.spec import AftersalesParams, Channel
from sim.stages.aftersales.tickets import Tickets
from sim.station import Station, serve
from sim.station.serve import Engine
from sim.time_order import by_time

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Calendar = list[tuple[float, int]]


class Handled(NamedTuple):
    """Columns of the tickets, shape (t,)."""

    start_min: Floats
    end_min: Floats
    reopened: NDArray[np.bool_]


def present(streams: Streams, people: int, absence_share: float, line: str) -> NDArray[np.int64]:
    """How many of the first k people turn up, for k = 0 … people; shape (people + 1,)."""
    here = streams.uniform(f"aftersales.{line}.absent", np.arange(people, dtype=np.int64)) >= absence_share
    return np.concatenate(([0], np.cumsum(here)))


def calendar(shifts: Iterable[Shift], turned_up: NDArray[np.int64]) -> Calendar:
    """Who is there, as (from minute, count), of planned shifts in order.

    Of several changes at one moment only the last counts: shifts may touch, or have no length.
    """
    there = {0.0: 0}
    for shift in shifts:
        there[shift.begin] = int(turned_up[shift.people])
        there[shift.end] = 0
    return list(there.items())


def handle(
    params: AftersalesParams,
    streams: Streams,
    keys: NDArray[np.int64],
    tickets: Tickets,
    absence_share: float,
    engine: Engine,
    *,
    live: bool,
) -> Handled:
    """Serve the tickets of self-service and chat; leader tickets stay NaN.

    Args:
        params: after-sales parameters.
        streams: chance of the replication.
        keys: key of each ticket's person, shape (t,).
        tickets: sorted by arrival.
        absence_share: probability that an agent does not turn up.
        engine: which face of the station serves.
        live: whether it is a show night.
    """
    count = tickets.arrive.shape[0]
    start, end, reopened = np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, np.bool_)
    own = np.flatnonzero(tickets.channel == Channel.SELF_SERVICE)
    start[own] = tickets.arrive[own]
    end[own] = start[own] + streams.draw("aftersales.self_service", keys[own], params.self_service_min)
    chat = np.flatnonzero(tickets.channel == Channel.CHAT)
    people = max(params.agents, params.show_night_agents)
    there = calendar(first_line(params, live=live), present(streams, people, absence_share, "first_line"))
    start[chat], end[chat] = _served(there, tickets.arrive[chat], tickets.handling[chat], engine)

    back = chat[streams.uniform("aftersales.reopened", keys[chat]) < params.reopened_share]
    back = back[~np.isnan(end[back])]
    reopened[back] = True
    again = end[back] + streams.draw("aftersales.reopened_after", keys[back], params.reopened_after_min)
    turn = by_time(again)
    back, again = back[turn], again[turn]
    turned_up = present(streams, params.second_line_agents, absence_share, "second_line")
    there = calendar(second_line(params), turned_up)
    _, end[back] = _served(there, again, tickets.handling[back], engine)
    return Handled(start, end, reopened)


def _served(there: Calendar, arrivals: Floats, services: Floats, engine: Engine) -> tuple[Floats, Floats]:
    """Start and end of each handling; NaN for what is not finished when the run ends."""
    out = serve(Station(servers=there, off_shift="finish"), arrivals, services, engine=engine)
    end = np.where(out.end <= RUN_END_MIN, out.end, np.nan)
    return np.where(out.start <= RUN_END_MIN, out.start, np.nan), end
