"""What balances in every replication of any scenario: people, orders, fen, grams, stock, tickets, times."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from sim.kpis import kpis_of
from sim.kpis.stations import balance_of
from sim.orderlog import OrderLog, Table
from sim.scenario import Scenario
from sim.states import End

NEVER_PAID = (End.GAVE_UP, End.UNPAID, End.THINNED)
GIVEN_BACK = (End.SOLD_OUT, End.REFUNDED_EXPIRED, End.CANCELLED, End.LATE_PAID)
"""Refunded before the night, where money had moved: without reservation goods may be gone by then."""
HELD = (End.THINNED, End.COLLECTED, End.NEVER_COLLECTED, End.OPEN)
"""Orders whose goods have left the stock."""


def broken(scenario: Scenario, log: OrderLog) -> list[str]:
    """Names of the balances that a log breaks; empty when all hold."""
    return [name for group in GROUPS for name, holds in group(scenario, log) if not holds]


Checks = Iterator[tuple[str, Any]]


def people(_: Scenario, log: OrderLog) -> Checks:
    """Everybody who came is in one line of the balance; an order is a person who wants, and ends once."""
    persons, orders = log["people"], log["orders"]
    yield "a line of the balance for everybody", sum(balance_of(log).values()) == persons["key"].size
    yield (
        "an order for everybody who wants",
        np.array_equal(np.flatnonzero(persons["wants"]), orders["person"]),
    )
    yield "keys of the orders", np.array_equal(persons["key"][orders["person"]], orders["key"])
    yield "no key twice", np.unique(persons["key"]).size == persons["key"].size
    yield "a known end", np.isin(orders["end"], [int(end) for end in End]).all()
    collected = ~np.isnan(orders["collected_min"])
    yield "collected orders end so", np.array_equal(collected, orders["end"] == End.COLLECTED)
    paid = ~np.isnan(orders["paid_min"])
    yield "who never paid ends so", not (paid & np.isin(orders["end"], NEVER_PAID)).any()
    yield "who ends otherwise paid", (paid | np.isin(orders["end"], (*NEVER_PAID, End.SOLD_OUT))).all()
    yield (
        "only cancelled orders are cancelled",
        np.array_equal(~np.isnan(orders["cancelled_min"]), orders["end"] == End.CANCELLED),
    )


def money(scenario: Scenario, log: OrderLog) -> Checks:
    """Every fen paid is kept or refunded; prices follow from lines; the money KPIs say the same."""
    orders = log["orders"]
    paid, refunded = ~np.isnan(orders["paid_min"]), ~np.isnan(orders["refunded_min"])
    fen = orders["amount_fen"]
    kpis = kpis_of(scenario, log)
    yield "only paid orders are refunded", not (refunded & ~paid).any()
    yield "refunds follow payments", (orders["refunded_min"][refunded] >= orders["paid_min"][refunded]).all()
    yield "given back before the night", refunded[paid & np.isin(orders["end"], GIVEN_BACK)].all()
    if paid.any():
        yield "paid fen", round(100 * kpis["gmv_cny"]) == int(fen[paid].sum())
        delivered = ~np.isnan(orders["at_point_min"])
        sold_and_there = (fen - orders["short_fen"])[paid & ~refunded & delivered]
        yield "kept fen", round(100 * kpis["gmv_net_cny"]) == int(sold_and_there.sum())
        yield "owed for missing lines only", ((orders["short_fen"] >= 0) & (orders["short_fen"] <= fen)).all()
        yield (
            "paid = kept + refunded",
            round(100 * kpis["gmv_cny"])
            == round(100 * kpis["gmv_net_cny"]) + round(100 * kpis["refunds_cny"]),
        )
    listed = np.array([sku.price_fen for sku in scenario.basket.skus])
    if scenario.by_system:
        served = (orders["lines"] > 0) & (orders["short_fen"] == 0)
        yield (
            "list price of the lines",
            np.array_equal(orders["list_fen"][served], orders["sku_lines"][served].astype(np.int64) @ listed),
        )
        yield "paid for nothing and refunded", (refunded | (orders["lines"] > 0) | ~paid).all()
    yield "no more than the list price", (fen <= orders["list_fen"]).all()
    yield (
        "list price outside the offer",
        np.array_equal(fen[~orders["offer"]], orders["list_fen"][~orders["offer"]]),
    )
    yield "lines counted", np.array_equal(orders["lines"], orders["sku_lines"].sum(axis=1))


def grams(scenario: Scenario, log: OrderLog) -> Checks:
    """Grams loaded, unloaded and delivered are the same, trip by trip and point by point."""
    orders, stops, trips = log["orders"], log["stops"], log["trips"]
    weights = np.array([int(sku.kg * 1000.0 + 0.5) for sku in scenario.basket.skus])
    gifts = orders["gift"] * round(scenario.checkout.gift.kg * 1000.0)
    yield (
        "grams of the lines",
        np.array_equal(orders["grams"], orders["sku_lines"].astype(np.int64) @ weights + gifts),
    )
    there = ~np.isnan(orders["at_point_min"])
    delivered = orders["grams"][there]
    yield "delivered = unloaded", int(delivered.sum()) == int(stops["grams"].sum())
    yield "orders unloaded", int(there.sum()) == int(stops["orders"].sum())
    by_stop = {
        (van, trip, point): weight
        for van, trip, point, weight in zip(
            *(stops[name].tolist() for name in ("van", "trip", "point", "grams")), strict=True
        )
    }
    yield "a point once a trip", len(by_stop) == stops["grams"].size
    carried: dict[tuple[int, int, int], int] = {}
    for place in zip(
        *(orders[name][there].tolist() for name in ("van", "trip", "point", "grams")), strict=True
    ):
        carried[place[:3]] = carried.get(place[:3], 0) + place[3]
    yield "grams by stop", carried == by_stop
    trunk = trips["tier"] == 1
    loaded = dict(
        zip(
            zip(trips["van"][~trunk].tolist(), trips["trip"][~trunk].tolist(), strict=True),
            trips["grams"][~trunk].tolist(),
            strict=True,
        )
    )
    unloaded = dict.fromkeys(loaded, 0)
    for (van, trip, _), weight in by_stop.items():
        unloaded[van, trip] = unloaded.get((van, trip), 0) + weight
    fetched = scenario.delivery.breakdown_van > 0
    yield (
        "grams by trip",
        all(weight <= loaded[key] if fetched else weight == loaded[key] for key, weight in unloaded.items()),
    )
    at_depot = int(orders["grams"][~np.isnan(orders["at_depot_min"])].sum())
    brought = int(trips["grams"][trunk].sum())
    yield "grams by truck", at_depot <= brought if fetched else at_depot == brought
    if scenario.depots.count:
        yield "by way of a depot", not (there & np.isnan(orders["resort_end_min"])).any()
    payload = np.repeat(
        [kind.payload_kg * 1000.0 for kind in scenario.delivery.vehicles],
        [kind.count for kind in scenario.delivery.vehicles],
    )
    if scenario.depots.count:
        trucks = np.full(scenario.depots.trunk_trucks, scenario.depots.trunk_payload_kg * 1000.0)
        payload = np.concatenate([np.tile(payload, scenario.depots.count), trucks])
    yield (
        "no van beyond its payload",
        (trips["grams"] <= np.maximum(payload[trips["van"]], orders["grams"].max(initial=0))).all(),
    )


def stock(scenario: Scenario, log: OrderLog) -> Checks:
    """Every line that existed was sold or is left; what was sold is in the orders that hold goods."""
    table, orders = log["stock"], log["orders"]
    if not table:
        return
    yield (
        "initial = sold + left − oversold",
        np.array_equal(table["initial"], table["sold"] + table["left"] - table["oversold"]),
    )
    yield (
        "nothing left below zero",
        (np.minimum(table["left"], table["oversold"]) == 0).all() and (table["left"] >= 0).all(),
    )
    held = np.isin(orders["end"], HELD)
    lines = orders["sku_lines"][held].astype(np.int64).sum(axis=0)
    if scenario.by_system:
        if scenario.stock.limited and scenario.stock.reservation == "none":
            yield "no more goods in the orders than there are", (lines <= table["initial"]).all()
        else:
            yield "sold lines are in the orders", np.array_equal(lines, table["sold"])
        yield "no more gifts than there are", int(orders["gift"].sum()) <= scenario.checkout.gift.count
        if scenario.stock.limited and scenario.stock.reservation == "at_order":
            yield "nothing oversold with reservation", not table["oversold"].any()
    elif scenario.stock.limited:
        yield (
            "sold by hand = delivered lines + oversold",
            np.array_equal(lines, table["sold"] - table["oversold"]),
        )


def hall(_: Scenario, log: OrderLog) -> Checks:
    """Nobody in the hall does two jobs at once, and no order is sorted twice."""
    jobs = log["sorting"]
    done = np.flatnonzero(~np.isnan(jobs["end_min"]))
    done = done[np.lexsort((jobs["end_min"][done], jobs["start_min"][done], jobs["worker"][done]))]
    same = np.diff(jobs["worker"][done]) == 0
    yield "one job at a time", (jobs["start_min"][done][1:][same] >= jobs["end_min"][done][:-1][same]).all()
    numbers = jobs["order"][jobs["order"] >= 0]
    yield "an order is sorted once", np.unique(numbers).size == numbers.size
    yield "released before begun", not (jobs["start_min"] < jobs["release_min"]).any()


def tickets(_: Scenario, log: OrderLog) -> Checks:
    """A ticket belongs to an order and has one cause once."""
    table, count = log["tickets"], log["orders"]["key"].size
    yield "tickets of orders", ((table["order"] >= 0) & (table["order"] < count)).all()
    pairs = table["order"] * 100 + table["cause"]
    yield "a cause once an order", np.unique(pairs).size == pairs.size
    yield "a ticket has a time", not np.isnan(table["arrive_min"]).any()
    yield "ticket times", rising(table, "arrive_min", "start_min", "end_min", "resolved_min")


def attempts(scenario: Scenario, log: OrderLog) -> Checks:
    """Clicks of a person are counted, and at most one is accepted for good."""
    if not scenario.by_system:
        return
    table, orders = log["attempts"], log["orders"]
    counted = np.bincount(table["person"], minlength=log["people"]["key"].size)
    yield "clicks counted", np.array_equal(counted[orders["person"]], orders["tries"])
    yield "clicks of buyers only", int(counted.sum()) == int(orders["tries"].sum(dtype=np.int64))
    yield (
        "times of a click",
        rising(table, "arrive_min", "start_min", "end_min", "row_start_min", "row_end_min"),
    )
    accepted = table["person"][table["outcome"] == 0]
    yield "accepted once", np.unique(accepted).size == accepted.size
    placed = orders["person"][~np.isnan(orders["placed_min"])]
    yield "accepted clicks are placed orders", np.array_equal(np.sort(accepted), placed)


def desk(_: Scenario, log: OrderLog) -> Checks:
    """A leader's jobs start after they came, take their work, and fit into the time they are done in."""
    table = log["desk"]
    yield "desk times", rising(table, "arrive_min", "start_min", "end_min")
    done = ~np.isnan(table["end_min"])
    spent = table["end_min"][done] - table["start_min"][done]
    yield "work takes its time", (spent >= table["work_min"][done] - 1e-6).all()
    work = np.bincount(table["leader"][done], weights=table["work_min"][done], minlength=1)
    first = np.full(work.size, np.inf)
    last = np.full(work.size, -np.inf)
    np.minimum.at(first, table["leader"][done], table["start_min"][done])
    np.maximum.at(last, table["leader"][done], table["end_min"][done])
    busy = np.isfinite(first)
    yield "no more work than time", (work[busy] <= (last - first)[busy] + 1e-6).all()


def times(scenario: Scenario, log: OrderLog) -> Checks:
    """Along an order, and along a visit, no time is before the one that leads to it."""
    persons, orders = log["people"], log["orders"]
    yield (
        "times of a visit",
        rising(persons, "reached_min", "arrive_min", "asked_min", "answer_start_min", "answered_min"),
    )
    if scenario.live:
        yield (
            "times of a decision",
            rising(persons, "arrive_min", "decide_min") and rising(persons, "arrive_min", "leave_min"),
        )
    if scenario.by_system:
        yield (
            "times of a payment",
            rising(orders, "clicked_min", "placed_min", "pay_start_min", "paid_min", "known_min"),
        )
        yield "times at the gateway", rising(orders, "pay_start_min", "gateway_start_min", "gateway_end_min")
    else:
        yield "times of a reply", rising(orders, "clicked_min", "placed_min", "known_min")
    yield "times of the goods", rising(orders, "release_min", "sorted_min", "at_point_min", "collected_min")
    yield "known before released", rising(orders, "known_min", "release_min")
    yield "came before collecting", rising(orders, "came_min", "handover_arrive_min")
    yield "handed over after arriving", rising(orders, "handover_arrive_min", "collected_min")
    yield (
        "a trip's times",
        rising(log["trips"], "ready_min", "load_start_min", "load_end_min", "depart_min", "return_min"),
    )
    yield "a stop's times", rising(log["stops"], "arrive_min", "unload_end_min")


def rising(table: Table, *names: str) -> bool:
    """Whether the times of every row rise; a missing one (NaN) breaks nothing."""
    latest = np.full(table[names[0]].shape, -np.inf)
    for before, name in pairwise(("", *names)):
        now = table[name]
        if before and (now < latest).any():
            return False
        latest = np.fmax(latest, now)
    return True


GROUPS = (people, money, grams, stock, hall, tickets, attempts, desk, times)
