"""Utilisation, waits and queues of every station, derived from the log after the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.kpis.measures import busiest, most_at_once, most_at_one, quantile
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


def all_the_time(servers: int, begin: float, end: float) -> Presence:
    """So many servers from begin to end."""
    return Presence(np.full(servers, begin), np.full(servers, end))


def station(arrive: Floats, start: Floats, end: Floats, there: Presence) -> dict[str, float]:
    """One station's figures; customers with NaN start were never served, with NaN end are still in service.

    `utilisation` is busy over scheduled and overtime, `utilisation_peak` the same in the busiest minute.
    """
    arrive, start, end = _where(~np.isnan(start), arrive, start, end)
    if start.size == 0:
        return {}
    wait = 60.0 * (start - arrive)
    begun, done = _where(~np.isnan(end), start, end)
    busy = float((done - begun).sum())
    return {
        "utilisation": busy / there.minutes if there.minutes > 0 else 0.0,
        "utilisation_peak": busiest(begun, done, there.begin, there.end),
        "wait_mean_s": float(wait.mean()),
        "wait_p95_s": quantile(wait, 0.95),
        "queue_max": most_at_once(arrive, start),
    }


def _where(chosen: NDArray[np.bool_], *columns: Floats) -> tuple[Floats, ...]:
    """The chosen rows of columns, which are mostly all of them."""
    return columns if chosen.all() else tuple(column[chosen] for column in columns)


def stations_of(scenario: Scenario, log: OrderLog) -> dict[str, dict[str, float]]:
    """Every station this arm has; the busiest decides what breaks first."""
    out: dict[str, dict[str, float]] = {}
    if scenario.by_system:
        out.update(_checkout(scenario, log))
        out["support"] = _support(scenario, log)
    if scenario.live:
        out["host_team"] = _host_team(scenario, log)
    out["leader_desk"] = _leader_desk(scenario, log)
    jobs, workers = log["sorting"], log["workers"]
    here = ~workers["absent"]
    out["sorting"] = station(
        jobs["release_min"],
        jobs["start_min"],
        jobs["end_min"],
        Presence(workers["start_min"][here], workers["end_min"][here]),
    )
    trips = log["trips"]
    if trips["load_end_min"].size:
        at_centre = (trips["tier"] == 1) | (scenario.depots.count == 0)
        ready, begin, end = _where(
            at_centre, trips["ready_min"], trips["load_start_min"], trips["load_end_min"]
        )
        if begin.size:
            docks = all_the_time(scenario.delivery.docks, begin.min(), end.max())
            out["docks"] = station(ready, begin, end, docks)
    if scenario.depots.count:
        out["depots"] = _depots(scenario, log)
    return {name: figures for name, figures in out.items() if figures}


def _depots(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """All depots' second sort as one row; the longest queue is that of one depot."""
    orders = log["orders"]
    arrive, start, end, depot = (
        column[~np.isnan(orders["resort_start_min"])]
        for column in (
            orders["at_depot_min"],
            orders["resort_start_min"],
            orders["resort_end_min"],
            orders["depot"],
        )
    )
    if start.size == 0:
        return {}
    begin, last = scenario.depots.sort_from_min, float(end.max())
    people = scenario.depots.sorters * scenario.depots.count
    found = station(arrive, start, end, all_the_time(people, min(begin, float(start.min())), last))
    return found | {"queue_max": most_at_one(depot, arrive, start)}


def _checkout(scenario: Scenario, log: OrderLog) -> dict[str, dict[str, float]]:
    """Order service, stock row and payment gateway, over the time from the first to the last call."""
    attempts, orders = log["attempts"], log["orders"]
    if attempts["arrive_min"].size == 0:
        return {}
    arrive = attempts["arrive_min"]
    first, last = float(arrive.min()), float(np.fmax.reduce(attempts["end_min"], initial=arrive.max()))
    servers = scenario.checkout.order_service.servers
    one = all_the_time(1, first, last)
    return {
        "order_service": station(
            arrive, attempts["start_min"], attempts["end_min"], all_the_time(servers, first, last)
        ),
        "stock_row": station(attempts["end_min"], attempts["row_start_min"], attempts["row_end_min"], one),
        "gateway": station(
            orders["pay_start_min"], orders["gateway_start_min"], orders["gateway_end_min"], one
        ),
    }


def _host_team(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    people, show = log["people"], scenario.audience.show
    asked = np.flatnonzero(people["asked_min"] == people["asked_min"])
    arrive, start, end = (people[name][asked] for name in ("asked_min", "answer_start_min", "answered_min"))
    last = float(np.fmax.reduce(end, initial=show.starts_at_min + show.minutes))
    team = all_the_time(scenario.audience.questions.team, show.starts_at_min, last)
    return station(arrive, start, end, team)


def _leader_desk(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """All leaders' desks as one row; the longest queue is that of one desk.

    Work is interrupted, so busy time is the minutes worked and not from start to end.
    """
    desk = log["desk"]
    served = ~np.isnan(desk["start_min"])
    arrive, start = _where(served, desk["arrive_min"], desk["start_min"])
    if start.size == 0:
        return {}
    wait = 60.0 * (start - arrive)
    used = float(desk["work_min"].sum()) / (
        scenario.leader_desk.open_min * log["communities"]["members"].shape[0]
    )
    queue = most_at_one(desk["leader"][served], arrive, start)
    return {
        "utilisation": used,
        "utilisation_peak": used,
        "wait_mean_s": float(wait.mean()),
        "wait_p95_s": quantile(wait, 0.95),
        "queue_max": queue,
    }


def _support(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """First line; a ticket's first handling is as long as its `handling_min`."""
    tickets, shifts = log["tickets"], first_line(scenario.aftersales, live=scenario.live)
    chat = tickets["channel"] == Channel.CHAT
    people = [shift.people for shift in shifts]
    there = Presence(
        np.repeat([shift.begin for shift in shifts], people),
        np.repeat([shift.end for shift in shifts], people),
    )
    start = tickets["start_min"][chat]
    return station(tickets["arrive_min"][chat], start, start + tickets["handling_min"][chat], there)


def balance_of(log: OrderLog) -> dict[str, int]:
    """People by what became of them; the counts add up to everybody who attended."""
    from sim.states import End

    people, orders = log["people"], log["orders"]
    counts = np.bincount(orders["end"], minlength=len(End))
    out = {end.name.lower(): int(counts[end]) for end in End if counts[end]}
    out["did_not_want"] = people["key"].shape[0] - orders["person"].shape[0]
    return out
