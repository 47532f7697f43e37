"""Who came to which station, when served, and by how many: what waits, queues and loads are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.stages.aftersales.shifts import first_line
from sim.stages.aftersales.spec import Channel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]


class Presence(NamedTuple):
    """When servers were there, an entry each."""

    begin: Floats
    end: Floats

    @property
    def minutes(self) -> float:
        """Server-minutes in all."""
        return float((self.end - self.begin).sum())


class Visits(NamedTuple):
    """Those a station served, an entry a visit, in minutes since D0 00:00.

    Attributes:
        arrive, start: (n,) came, and was taken.
        end: (n,) was done; NaN still in service.
        there: the servers' presence.
        place: (n,) at which of several equal places, where a station stands for all of them.
        work_min: (n,) minutes of work, where service is interrupted.
    """

    arrive: Floats
    start: Floats
    end: Floats
    there: Presence
    place: NDArray[np.integer] | None = None
    work_min: Floats | None = None


def all_the_time(servers: int, begin: float, end: float) -> Presence:
    """So many servers from begin to end."""
    return Presence(np.full(servers, begin), np.full(servers, end))


def visits_of(scenario: Scenario, log: OrderLog) -> dict[str, Visits]:
    """Every station this arm has and somebody came to."""
    found: dict[str, Visits | None] = {}
    if scenario.by_system:
        found |= _checkout(scenario, log)
        found["support"] = _support(scenario, log)
    if scenario.live:
        found["host_team"] = _host_team(scenario, log)
    found["leader_desk"] = _leader_desk(scenario, log)
    found["sorting"] = _sorting(log)
    found["docks"] = _docks(scenario, log)
    if scenario.depots.count:
        found["depots"] = _depots(scenario, log)
    return {name: visits for name, visits in found.items() if visits is not None and visits.start.size}


def _served(arrive: Floats, start: Floats, end: Floats, there: Presence) -> Visits:
    came, taken, done = chosen(~np.isnan(start), arrive, start, end)
    return Visits(came, taken, done, there)


def chosen(rows: NDArray[np.bool_], *columns: Floats) -> tuple[Floats, ...]:
    """The chosen rows of columns, which are mostly all of them."""
    return columns if rows.all() else tuple(column[rows] for column in columns)


def _checkout(scenario: Scenario, log: OrderLog) -> dict[str, Visits | None]:
    """Order service, stock row and payment gateway, over the time from the first to the last call."""
    attempts, orders = log["attempts"], log["orders"]
    arrive = attempts["arrive_min"]
    if arrive.size == 0:
        return {}
    first, last = float(arrive.min()), float(np.fmax.reduce(attempts["end_min"], initial=arrive.max()))
    workers = all_the_time(scenario.checkout.order_service.servers, first, last)
    one = all_the_time(1, first, last)
    return {
        "order_service": _served(arrive, attempts["start_min"], attempts["end_min"], workers),
        "stock_row": _served(attempts["end_min"], attempts["row_start_min"], attempts["row_end_min"], one),
        "gateway": _served(
            orders["pay_start_min"], orders["gateway_start_min"], orders["gateway_end_min"], one
        ),
    }


def _support(scenario: Scenario, log: OrderLog) -> Visits:
    """First line; a ticket's first handling is as long as its `handling_min`."""
    tickets, shifts = log["tickets"], first_line(scenario.aftersales, live=scenario.live)
    chat = tickets["channel"] == Channel.CHAT
    people = [shift.people for shift in shifts]
    there = Presence(
        np.repeat([shift.begin for shift in shifts], people),
        np.repeat([shift.end for shift in shifts], people),
    )
    start = tickets["start_min"][chat]
    return _served(tickets["arrive_min"][chat], start, start + tickets["handling_min"][chat], there)


def _host_team(scenario: Scenario, log: OrderLog) -> Visits:
    people, show = log["people"], scenario.audience.show
    asked = np.flatnonzero(people["asked_min"] == people["asked_min"])
    arrive, start, end = (people[name][asked] for name in ("asked_min", "answer_start_min", "answered_min"))
    last = float(np.fmax.reduce(end, initial=show.starts_at_min + show.minutes))
    return _served(
        arrive, start, end, all_the_time(scenario.audience.questions.team, show.starts_at_min, last)
    )


def _leader_desk(scenario: Scenario, log: OrderLog) -> Visits:
    """All leaders' desks together; work is interrupted, so busy time is the minutes worked."""
    desk, leaders = log["desk"], log["communities"]["members"].shape[0]
    served = ~np.isnan(desk["start_min"])
    arrive, start, end, work = chosen(
        served, desk["arrive_min"], desk["start_min"], desk["end_min"], desk["work_min"]
    )
    windows = scenario.leader_desk.open_windows
    there = Presence(
        np.repeat([begin for begin, _ in windows], leaders), np.repeat([end for _, end in windows], leaders)
    )
    return Visits(arrive, start, end, there, desk["leader"][served], work)


def _sorting(log: OrderLog) -> Visits:
    jobs, workers = log["sorting"], log["workers"]
    here = ~workers["absent"]
    there = Presence(workers["start_min"][here], workers["end_min"][here])
    return _served(jobs["release_min"], jobs["start_min"], jobs["end_min"], there)


def _docks(scenario: Scenario, log: OrderLog) -> Visits | None:
    """The centre's docks; those of depots are theirs."""
    trips = log["trips"]
    at_centre = (trips["tier"] == 1) | (scenario.depots.count == 0)
    ready, begin, end = chosen(at_centre, trips["ready_min"], trips["load_start_min"], trips["load_end_min"])
    if begin.size == 0:
        return None
    return _served(ready, begin, end, all_the_time(scenario.delivery.docks, begin.min(), end.max()))


def _depots(scenario: Scenario, log: OrderLog) -> Visits | None:
    """All depots' second sort together."""
    orders = log["orders"]
    again = ~np.isnan(orders["resort_start_min"])
    arrive, start, end = chosen(
        again, orders["at_depot_min"], orders["resort_start_min"], orders["resort_end_min"]
    )
    if start.size == 0:
        return None
    begin = min(scenario.depots.sort_from_min, float(start.min()))
    people = all_the_time(scenario.depots.sorters * scenario.depots.count, begin, float(end.max()))
    return Visits(arrive, start, end, people, orders["depot"][again])
