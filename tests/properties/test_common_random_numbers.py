"""Common random numbers: luck belongs to who draws it; upstream of a change nothing moves a bit."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from sim import simulate
from sim.chain import market_for
from sim.orderlog import OrderLog
from sim.random_streams import Streams
from sim.scenario import Scenario
from sim.stages.aftersales.spec import Cause
from tests.properties.contexts import CONTEXTS, SMALL, STORM, put, tree_of

LIVE, BY_HAND = CONTEXTS[0], CONTEXTS[1]
SHOW = ("communities", "people", "attempts", "stock")
HALL = ("sorting", "workers")
ROAD = ("trips", "stops")
ORDERED = (
    "person",
    "key",
    "community",
    "point",
    "clicked_min",
    "placed_min",
    "pay_start_min",
    "paid_min",
    "known_min",
)
SORTED = (*ORDERED, "release_min", "sorted_min", "missorted")
DRIVEN = (*SORTED, "van", "trip", "at_point_min")


def with_(base: Any, **changes: Any) -> Scenario:
    """A context's scenario with fields changed; `__` in a name stands for a point."""
    tree = json.loads(tree_of(base))
    for name, value in changes.items():
        put(tree, name.replace("__", "."), value)
    return Scenario.model_validate_json(json.dumps(tree))


def unlike(one: OrderLog, two: OrderLog, tables: tuple[str, ...], columns: tuple[str, ...]) -> list[str]:
    """Names of what differs among whole tables and columns of the orders."""
    found = one.differences(two)
    return [
        name for name in found if name.partition(".")[0] in tables or name in {f"orders.{c}" for c in columns}
    ]


DOWNSTREAM: list[tuple[str, str, Any, tuple[str, ...], tuple[str, ...]]] = [
    ("sorters", "sorting.scan.lines_per_h", 20.0, SHOW, ORDERED),
    ("sorting by crate", "sorting.policy", "by_community_sku", SHOW, ORDERED),
    ("a paper list", "sorting.technology", "paper", SHOW, ORDERED),
    ("vans", "delivery.docks", 1, (*SHOW, *HALL), SORTED),
    ("stops", "delivery.stop_min", {"constant": 30.0}, (*SHOW, *HALL), SORTED),
    ("traffic", "night.traffic_cv", 0.4, (*SHOW, *HALL), SORTED),
    ("cold stores", "market.shop_cold_kg", 0.0, (*SHOW, *HALL, *ROAD), DRIVEN),
    ("hand-over", "leader_desk.hand_over_s", 300.0, (*SHOW, *HALL, *ROAD), DRIVEN),
    (
        "agents",
        "aftersales.agents",
        0,
        (*SHOW, *HALL, *ROAD, "desk"),
        (*DRIVEN, "collected_min", "above_min"),
    ),
    ("wages", "money.sorter_cny_per_h", 99.0, (*SHOW, *HALL, *ROAD, "desk", "tickets"), DRIVEN),
]
"""A change downstream, and the tables and columns of orders that lie upstream of it."""


@pytest.mark.parametrize(
    ("path", "value", "tables", "columns"),
    [row[1:] for row in DOWNSTREAM],
    ids=[row[0] for row in DOWNSTREAM],
)
def test_upstream_of_a_change_nothing_moves(
    path: str, value: Any, tables: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    """No signal leads back from night and day: what is upstream of a change stays to the bit."""
    before, after = with_(LIVE), with_(LIVE, **{path.replace(".", "__"): value})
    for replication in (0, 7):
        logs = [simulate(scenario, 5, replication) for scenario in (before, after)]
        assert unlike(logs[0], logs[1], tables, columns) == []


SIGNAL = {"mood__gain": 5.0, **{name.replace(".", "__"): value for name, value in STORM.items()}}


def test_a_signal_reaches_back_only_from_where_it_first_differs() -> None:
    """With chat mood on, failed payments reach deciders, but none who decided before the first of them."""
    calm = with_(LIVE, **SIGNAL, checkout__payment__decline_share=0.0)
    angry = with_(LIVE, **SIGNAL, checkout__payment__decline_share=1.0)
    one, two = simulate(calm, 5, 0), simulate(angry, 5, 0)
    assert one.differences(two)
    for name in ("key", "arrive_min", "leave_min", "decide_min", "score", "threshold"):
        assert np.array_equal(one["people"][name], two["people"][name], equal_nan=True)
    changed = one["people"]["wants"] != two["people"]["wants"]
    assert changed.any()
    first_payment = min(np.nanmin(log["orders"]["pay_start_min"]) for log in (one, two))
    tick = calm.mood.tick_s / 60.0
    assert one["people"]["decide_min"][changed].min() >= np.floor(first_payment / tick) * tick


def test_without_gain_no_failure_reaches_back() -> None:
    """With the gain at 0 the same failures leave every decision as it was."""
    off = {**SIGNAL, "mood__gain": 0.0}
    one = simulate(with_(LIVE, **off, checkout__payment__decline_share=0.0), 5, 0)
    two = simulate(with_(LIVE, **off, checkout__payment__decline_share=1.0), 5, 0)
    assert unlike(one, two, ("communities", "people"), ("person", "key", "clicked_min")) == []


def test_luck_stays_with_its_owner() -> None:
    """More people come: who was there before keeps arrival, threshold, basket, method and pace."""
    one = simulate(with_(LIVE), 5, 0)
    two = simulate(with_(LIVE, audience__koc__count=12, audience__seeding__reach_share=0.5), 5, 0)
    _, mine, theirs = np.intersect1d(one["people"]["key"], two["people"]["key"], return_indices=True)
    assert mine.size > 100
    for name in ("arrive_min", "threshold"):
        assert np.array_equal(one["people"][name][mine], two["people"][name][theirs])
    _, mine, theirs = np.intersect1d(one["orders"]["key"], two["orders"]["key"], return_indices=True)
    assert mine.size > 50
    for name in ("method", "lines_wanted"):
        assert np.array_equal(one["orders"][name][mine], two["orders"][name][theirs])
    assert np.array_equal(one["workers"]["pace"], two["workers"]["pace"])


def test_draws_know_only_their_key() -> None:
    """A draw is the same alone, among others, in any order, and with more attempts beside it."""
    streams = Streams(9, 4)
    keys = np.array([3, 1 << 40, 77, 12], np.int64)
    together = streams.uniform("test.luck", keys, attempts=3)
    for row, key in enumerate(keys):
        assert np.array_equal(streams.uniform("test.luck", np.array([key]), attempts=3)[0], together[row])
    assert np.array_equal(streams.uniform("test.luck", keys[::-1], attempts=3)[::-1], together)
    assert np.array_equal(streams.uniform("test.luck", keys, attempts=8)[:, :3], together)
    assert not np.intersect1d(streams.uniform("test.other", keys, attempts=3), together).size


def test_a_replication_is_the_same_in_any_order() -> None:
    """Replications know nothing of each other: after others, before others or alone, a log is the same."""
    scenario = with_(BY_HAND)
    forwards = [simulate(scenario, 2, replication) for replication in (0, 1, 2)]
    backwards = [simulate(scenario, 2, replication) for replication in (2, 1, 0)][::-1]
    assert all(not one.differences(two) for one, two in zip(forwards, backwards, strict=True))
    assert forwards[0].differences(forwards[1])
    assert forwards[0].differences(simulate(scenario, 3, 0))


def test_both_engines_in_turn_disturb_nothing() -> None:
    """Playing one face leaves nothing behind for the other: three logs in turn, all the same."""
    scenario = with_(LIVE)
    logs = [simulate(scenario, 2, 0, engine) for engine in ("compiled", "reference", "compiled")]
    assert logs[0].differences(logs[1]) == logs[1].differences(logs[2]) == []


def test_the_market_knows_no_run() -> None:
    """The market is the same under every seed and replication, unless the scenario draws it anew."""
    scenario = with_(LIVE)
    markets = [market_for(scenario, seed, replication) for seed, replication in ((1, 0), (2, 0), (1, 5))]
    assert all(market is markets[0] for market in markets)
    anew = with_(LIVE, market__resample=True)
    drawn = [market_for(anew, 1, replication).member_node for replication in (0, 1, 0)]
    assert np.array_equal(drawn[0], drawn[2])
    assert not np.array_equal(drawn[0], drawn[1])


def test_causes_of_tickets_do_not_share_luck() -> None:
    """Fewer tickets of one cause leave those of every other cause as they were."""
    one = simulate(with_(LIVE), 5, 0)["tickets"]
    two = simulate(with_(LIVE, aftersales__other__share=0.0), 5, 0)["tickets"]
    rest = one["cause"] != Cause.OTHER
    assert (~rest).any()
    for name in ("order", "cause", "channel", "arrive_min"):
        assert np.array_equal(one[name][rest], two[name])


def test_small_contexts_are_shipped_scenarios() -> None:
    """A context without changes is its shipped scenario but for its size."""
    tree = json.loads(tree_of(LIVE))
    assert tree["name"] == "chenxi_live"
    assert tree["market"]["communities"] == SMALL["market.communities"]
