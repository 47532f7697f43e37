"""Act three, D1: members come, leaders hand over, milk stays cold or not, tickets come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.among import among
from sim.orderlog import Table
from sim.stages.aftersales.causes import ABOUT_THE_WAY, REFUNDED, Cause, Channel
from sim.stages.aftersales.support import handle
from sim.stages.aftersales.tickets import (
    NO_JOB,
    Happening,
    Tickets,
    at_the_door,
    before_collection,
    follow_up,
    join,
    spoilt,
    write_tickets,
)
from sim.stages.collection.flow import ColdInput, ComingInput
from sim.stages.collection.spec import draw as collection_draw
from sim.stages.collection.spec import numbers as collection_numbers
from sim.stages.leader_desk.codes import Task
from sim.stages.leader_desk.draws import with_tickets
from sim.stages.leader_desk.jobs import day_jobs, evening_jobs
from sim.stages.leader_desk.jobs import join as join_jobs
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.acts.evening import Show
    from sim.acts.event import Event
    from sim.acts.night import Night
    from sim.stages.leader_desk.jobs import Split

    Floats = NDArray[np.float64]

WAITING = (End.OPEN, End.NOT_SORTED)
"""Who believes to have bought comes for the goods, written down or not."""


class Day(NamedTuple):
    """What the run ends with."""

    orders: Table
    desk: Table
    tickets: Table


def play_day(event: Event, show: Show, night: Night) -> Day:
    """Coming, handing over, cold chain, after-sales, and where every order ended."""
    s, market, face = event.scenario, event.market, event.face
    orders = show.orders | night.orders
    numbers = collection_numbers(s.collection)
    draws = collection_draw(s.collection, event.streams, orders["key"])
    coming = ComingInput(
        buyer=~np.isnan(orders["paid_min"]) & among(orders["end"], WAITING),
        at_point=orders["at_point_min"],
        point=orders["point"],
        opens=market.open_min,
        closes=market.close_min,
        desk_opens=show.desk_numbers.d1_opens,
        desk_closes=show.desk_numbers.d1_closes,
    )
    orders |= face.run_coming(numbers, draws, coming)._asdict()
    early, desk = _desk(event, show, night, orders, _before_hand_over(event, orders))
    orders["collected_min"] = _when(desk, Task.HAND_OVER, "end_min", orders["key"].size)
    keeping = ColdInput(
        at_point=orders["at_point_min"],
        warm_from=_warm_from(numbers.van_cold_ok, orders, night),
        collected=orders["collected_min"],
        point=orders["point"],
        grams=orders["grams"],
        room=market.cold_grams,
        closes=market.close_min,
    )
    orders |= face.run_cold(numbers, draws, keeping)._asdict()
    tickets = _tickets(event, show, orders, early, desk)
    return Day(orders | _settled(orders, tickets), desk, tickets)


def _warm_from(van_cold: bool, orders: Table, night: Night) -> Floats:
    """When the hold time starts: at unloading, or at the van's departure where the van is not cold."""
    if van_cold:
        return orders["at_point_min"]
    trips = night.trips
    departure = dict(
        zip(
            zip(trips["van"].tolist(), trips["trip"].tolist(), strict=True),
            trips["depart_min"].tolist(),
            strict=True,
        )
    )
    pairs = zip(orders["van"].tolist(), orders["trip"].tolist(), strict=True)
    return np.array([departure.get(pair, np.nan) for pair in pairs], np.float64)


def _before_hand_over(event: Event, orders: Table) -> Tickets:
    """Tickets whose time does not depend on the hand-over."""
    s = event.scenario
    found = before_collection(
        s.aftersales, orders, notices=s.collection.notices, promised=s.delivery.promise_min
    )
    return write_tickets(s.aftersales, event.streams, orders["key"], found, system=s.by_system)


def _at_the_door(event: Event, show: Show, orders: Table, collected_min: Floats) -> list[Happening]:
    """What may be wrong with goods handed over at these moments.

    It is asked twice. The desk must know who will talk to her leader after the hand-over before it is known
    when, or whether, that hand-over ends: there the arrival stands in for it, as whoever never stands before
    her goods never has a talk. Who writes is drawn by person and cause, whatever the moment, so the tickets
    of those who did get their goods, written with the real moments, are of the same people.
    """
    s = event.scenario
    answered = ~np.isnan(show.people["answered_min"][orders["person"]])
    return at_the_door(s.aftersales, orders, collected_min, live=s.live, answered=answered)


def _desk(event: Event, show: Show, night: Night, orders: Table, early: Tickets) -> tuple[Tickets, Table]:
    """The leaders' two days: the evening again, now with the day's work behind it.

    Returns:
        `early` with the jobs of those that go to leaders, and the `desk` table.
    """
    s = event.scenario
    found = _at_the_door(event, show, orders, orders["handover_arrive_min"])
    after, work = follow_up(s.aftersales, event.streams, orders["key"], found, system=s.by_system)
    draws = with_tickets(show.desk_draws, after, work)
    mine = np.flatnonzero(early.channel == Channel.LEADER)
    reply = orders["placed_min"] if not s.by_system else np.zeros(0)
    community = orders["community"].astype(np.int64)
    split = _split(event)
    jobs = join_jobs(
        evening_jobs(show.desk_numbers, draws, community, reply, s.cutoff.paid_by_min),
        day_jobs(
            show.desk_numbers,
            draws,
            receive_leader=night.stops["point"].astype(np.int64),
            receive_min=night.stops["unload_end_min"],
            receive_crates=night.stops["crates"].astype(np.int64),
            leader=orders["point"].astype(np.int64),
            at_point_min=orders["at_point_min"],
            handover_arrive_min=orders["handover_arrive_min"],
            split=split,
            ticket_leader=community[early.order[mine]],
            ticket_order=early.order[mine],
            ticket_min=early.arrive[mine],
            ticket_work=early.handling[mine],
        ),
    )
    # a job's number is its row in the desk's table; tickets get theirs in the order in which they were given
    job = np.full(early.order.size, NO_JOB)
    job[mine[np.isfinite(early.arrive[mine])]] = np.flatnonzero(jobs.task == Task.TICKET)
    return early._replace(job=job), event.face.both_days(show.desk_numbers, draws, jobs)


def _split(event: Event) -> Split:
    """How orders are taken out of what the van brings."""
    if not event.scenario.by_system:
        return "by_hand"
    return "by_community_sku" if event.scenario.sorting.policy == "by_community_sku" else "none"


def _when(desk: Table, task: Task, column: str, count: int) -> Floats:
    """A column of the one job of a task that each order has, by order."""
    out = np.full(count, np.nan)
    rows = desk["task"] == task
    out[desk["order"][rows]] = desk[column][rows]
    return out


def _tickets(event: Event, show: Show, orders: Table, early: Tickets, desk: Table) -> Table:
    """All tickets and their handling, whoever did it; complaints about waiting at the door are among them."""
    s = event.scenario
    found = [*_at_the_door(event, show, orders, orders["collected_min"]), spoilt(s.aftersales, orders)]
    later = write_tickets(s.aftersales, event.streams, orders["key"], found, system=s.by_system)
    later.channel[(later.cause == Cause.SPOILED) & (later.channel == Channel.LEADER)] = Channel.CHAT
    tickets = join(early, later)
    handled = handle(
        s.aftersales,
        event.streams,
        orders["key"][tickets.order],
        tickets,
        s.night.absence_share,
        event.face.NAME,
        live=s.live,
    )
    start, end = handled.start_min, handled.end_min
    _fill_from_desk(tickets, desk, start, end)
    table: Table = {
        "order": tickets.order,
        "cause": tickets.cause,
        "channel": tickets.channel,
        "arrive_min": tickets.arrive,
        "handling_min": tickets.handling,
        "start_min": start,
        "end_min": end,
        "resolved_min": end.copy(),
        "reopened": handled.reopened,
    }
    table = _with_complaints(table, desk)
    on_the_way = among(table["cause"], ABOUT_THE_WAY)
    arrived = orders["at_point_min"][table["order"][on_the_way]]
    table["resolved_min"][on_the_way] = np.maximum(table["end_min"][on_the_way], arrived)
    return table


def _fill_from_desk(tickets: Tickets, desk: Table, start: Floats, end: Floats) -> None:
    """Fill in the leader's handling, in place: planned tickets by their jobs, those at the door by order."""
    planned = np.flatnonzero(tickets.job != NO_JOB)
    start[planned] = desk["start_min"][tickets.job[planned]]
    end[planned] = desk["end_min"][tickets.job[planned]]
    at_door = np.flatnonzero((tickets.job == NO_JOB) & (tickets.channel == Channel.LEADER))
    if at_door.size:
        caused = np.setdiff1d(np.flatnonzero(desk["task"] == Task.TICKET), tickets.job)
        job_of = dict(zip(desk["order"][caused].tolist(), caused.tolist(), strict=True))
        rows = np.array([job_of.get(order, -1) for order in tickets.order[at_door].tolist()], np.int64)
        talked = rows >= 0
        start[at_door[talked]], end[at_door[talked]] = (
            desk["start_min"][rows[talked]],
            desk["end_min"][rows[talked]],
        )
        # one talk settles all the buyer has to say: what would have been noticed later is brought up now
        arrive = tickets.arrive
        arrive[at_door[talked]] = np.minimum(arrive[at_door[talked]], desk["arrive_min"][rows[talked]])


def _with_complaints(table: Table, desk: Table) -> Table:
    rows = np.flatnonzero(desk["task"] == Task.COMPLAINT)
    count = rows.size
    more = {
        "order": desk["order"][rows],
        "cause": np.full(count, Cause.WAITED, np.int8),
        "channel": np.full(count, Channel.LEADER, np.int8),
        "arrive_min": desk["arrive_min"][rows],
        "handling_min": desk["work_min"][rows],
        "start_min": desk["start_min"][rows],
        "end_min": desk["end_min"][rows],
        "resolved_min": desk["end_min"][rows],
        "reopened": np.zeros(count, np.bool_),
    }
    return {name: np.concatenate((column, more[name])) for name, column in table.items()}


def _settled(orders: Table, tickets: Table) -> Table:
    """Final states, and money back where a ticket ended so: columns to put in the place of the evening's."""
    end, refunded = orders["end"].copy(), orders["refunded_min"].copy()
    open_still = orders["end"] == End.OPEN
    collected = ~np.isnan(orders["collected_min"])
    end[open_still & collected] = End.COLLECTED
    end[open_still & ~collected & orders["never"]] = End.NEVER_COLLECTED
    back = among(tickets["cause"], REFUNDED) & ~np.isnan(tickets["resolved_min"])
    when = np.full(orders["key"].size, np.inf)
    np.minimum.at(when, tickets["order"][back], tickets["resolved_min"][back])
    fresh = np.isnan(refunded) & np.isfinite(when) & ~np.isnan(orders["paid_min"])
    refunded[fresh] = when[fresh]
    return {"end": end, "refunded_min": refunded}
