"""Checkout: what must hold whatever happens, and what each switch is for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cutoff import Cutoff
from sim.random_streams import Streams
from sim.signals import MoodParams
from sim.stages.basket.spec import BasketParams, draw_basket
from sim.stages.basket.stock import Forecast, StockParams, goods
from sim.stages.checkout.draws import Shoppers, draw
from sim.stages.checkout.kernel import run_checkout
from sim.stages.checkout.numbers import numbers
from sim.stages.checkout.result import CheckoutLog
from sim.stages.checkout.spec import CheckoutParams
from sim.states import End

START, OFFER = 1170.0, 1200.0


def run(
    decide_min: NDArray[np.float64], *, seed: int = 1, stock: StockParams | None = None,
    cutoff: Cutoff | None = None,
    mood: MoodParams | None = None, **tree: Any,
) -> CheckoutLog:  # fmt: skip
    """One checkout of shoppers who decide at these minutes; `tree` as under `checkout:` in a scenario."""
    params = CheckoutParams.model_validate(tree)
    stock = stock or StockParams()
    streams = Streams(seed, 0)
    n = decide_min.size
    keys = np.arange(n, dtype=np.int64) * 3
    nobody = np.zeros(0, np.int64)
    shoppers = Shoppers(
        person=np.arange(n), key=keys, community=(keys % 20).astype(np.int32), decide_min=decide_min,
        score=np.full(n, 0.0), threshold=-np.abs(streams.logistic("test.threshold", keys)),
        wanted=draw_basket(BasketParams(), streams, keys), nearest=(keys % 19).astype(np.int32),
        second=(keys % 17).astype(np.int32), answered=nobody, unanswered=nobody,
    )  # fmt: skip
    n_ = numbers(
        params, stock, cutoff or Cutoff(), mood or MoodParams(), offer=(OFFER, 1245.0), start_min=START
    )
    return run_checkout(n_, draw(params, streams, keys), shoppers, goods(BasketParams(), stock, streams))


def evenly(per_s: float, minutes: float, start: float = OFFER) -> NDArray[np.float64]:
    """Moments of a steady stream."""
    return start + (np.arange(int(per_s * 60 * minutes)) + 0.5) / (per_s * 60)


def rush(n: int = 3000, seed: int = 5) -> NDArray[np.float64]:
    """Moments of a crowd at the link drop, twice as dense as the order service bears."""
    return OFFER + np.random.default_rng(seed).gamma(2.0, 0.2, n)


PROTECTIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "waiting_room": {"waiting_room": {"on": True, "total_active_users": 300, "new_users_per_minute": 1800.0}},
    "retry_budget": {"retry_budget": {"on": True}},
    "circuit_breaker": {"circuit_breaker": {"on": True}},
    "load_shedding": {"load_shedding": {"on": True, "waiting": 100}},
    "drop_abandoned": {"drop_abandoned": True},
    "scale_out": {"scale_out": {"on": True, "waiting": 50, "lag_low_s": 5.0, "lag_high_s": 10.0}},
}


@pytest.mark.parametrize("protection", PROTECTIONS)
@pytest.mark.parametrize("reservation", ["at_order", "at_payment", "none"])
def test_everything_balances(protection: str, reservation: str) -> None:
    """Every wanter ends once; stock is sold plus left; money moved is kept or refunded; goods add up."""
    stock = StockParams.model_validate(
        {"reservation": reservation, "forecast": Forecast(expected_lines=3000.0)}
    )
    log = run(rush(), stock=stock, protections=PROTECTIONS[protection])
    orders, shelf = log.orders, log.stock
    assert orders["end"].size == np.count_nonzero(log.wants)
    assert set(orders["end"].tolist()) <= {int(end) for end in End}
    kept = orders["end"] == End.OPEN
    np.testing.assert_array_equal(shelf["sold"], orders["sku_lines"][kept].sum(axis=0))
    np.testing.assert_array_equal(shelf["initial"], shelf["sold"] + shelf["left"] - shelf["oversold"])
    assert (shelf["oversold"].sum() == 0) == (reservation != "none")
    moved = ~np.isnan(orders["paid_min"])
    back = ~np.isnan(orders["refunded_min"])
    np.testing.assert_array_equal(moved & ~back, kept)
    assert not (back & ~moved).any()
    assert (orders["known_min"][kept] >= orders["paid_min"][kept]).all()
    np.testing.assert_array_equal(orders["lines"], orders["sku_lines"].sum(axis=1))
    assert (orders["amount_fen"] <= orders["list_fen"]).all()
    assert orders["gift"].sum() == 100
    first = np.sort(orders["paid_min"][orders["gift"]])
    in_time = (
        moved & orders["offer"] & ~np.isin(orders["end"], (End.REFUNDED_EXPIRED, End.LATE_PAID, End.SOLD_OUT))
    )
    assert first[-1] <= np.sort(orders["paid_min"][in_time])[99]


def test_attempts_and_orders_tell_the_same() -> None:
    """Clicks of an order are rows of attempts; it is placed exactly when its last attempt is accepted."""
    log = run(rush())
    orders, attempts = log.orders, log.attempts
    counted = np.bincount(attempts["person"], minlength=log.wants.size)[orders["person"]]
    np.testing.assert_array_equal(orders["tries"], counted)
    accepted = np.sort(attempts["person"][attempts["outcome"] == 0])
    np.testing.assert_array_equal(orders["person"][~np.isnan(orders["placed_min"])], accepted)
    taken = attempts["row_end_min"][attempts["outcome"] == 0]
    np.testing.assert_array_equal(
        np.sort(taken), np.sort(orders["placed_min"][~np.isnan(orders["placed_min"])])
    )


def test_servers_are_never_more_than_there_are() -> None:
    """At most 20 calls in service, 2,000 waiting, first come first served; row and gateway one at a time."""
    log = run(rush(9000))
    attempts, orders = log.attempts, log.orders
    served = ~np.isnan(attempts["start_min"])
    arrive, start, end = (attempts[name][served] for name in ("arrive_min", "start_min", "end_min"))
    assert most_at_once(start, end) == 20
    assert most_at_once(arrive, start) <= 2000
    assert (np.diff(start[np.argsort(arrive, kind="stable")]) >= 0).all()
    on_row = ~np.isnan(attempts["row_start_min"])
    assert most_at_once(attempts["row_start_min"][on_row], attempts["row_end_min"][on_row]) == 1
    wechat = orders["gateway_start_min"] == orders["gateway_start_min"]
    assert most_at_once(orders["gateway_start_min"][wechat], orders["gateway_end_min"][wechat]) == 1
    assert (orders["method"][wechat] == 0).all()


def most_at_once(start: NDArray[np.float64], end: NDArray[np.float64]) -> int:
    """Largest number of half-open intervals that overlap."""
    moments = np.concatenate([start, end])
    step = np.concatenate([np.ones(start.size, np.int64), np.full(end.size, -1)])
    return int(np.cumsum(step[np.lexsort((step, moments))]).max())


def test_server_works_on_for_clients_who_left() -> None:
    """In a storm abandoned calls are served in vain, unless they are dropped."""
    log = run(rush(9000))
    left = np.isin(log.attempts["outcome"], (2, 3))
    assert np.count_nonzero(left & ~np.isnan(log.attempts["end_min"])) > 100
    dropping = run(rush(9000), protections=PROTECTIONS["drop_abandoned"])
    assert np.isnan(dropping.attempts["start_min"][dropping.attempts["outcome"] == 8]).all()
    assert np.count_nonzero(dropping.attempts["outcome"] == 0) > np.count_nonzero(
        log.attempts["outcome"] == 0
    )


def goodput(log: CheckoutLog, start: float, end: float) -> float:
    """Count accepted orders a second."""
    placed = log.orders["placed_min"]
    return float(np.count_nonzero((placed >= start) & (placed < end)) / (60.0 * (end - start)))


@pytest.mark.parametrize("seed", range(4))
def test_retry_storm_outlives_its_trigger(seed: int) -> None:
    """Metastable: 45 orders/s pass, but after one slow minute no more, unless there is a retry budget."""
    load = evenly(45.0, 7.0)
    slow = {"degradation": {"from_min": OFFER + 1.0, "for_min": 1.0, "factor": 4.0}}
    window = (OFFER + 5.0, OFFER + 7.0)
    stays = {"mood": MoodParams(gain=0.0), "seed": seed, "stock": StockParams(limited=False)}
    assert goodput(run(load, **stays), *window) > 44.0
    assert goodput(run(load, drills=slow, **stays), *window) < 25.0
    assert goodput(run(load, drills=slow, protections=PROTECTIONS["retry_budget"], **stays), *window) > 40.0


def test_goodput_falls_past_the_knee() -> None:
    """Offering twice what the service bears brings less than offering what it bears."""

    def brought(per_s: float) -> float:
        log = run(evenly(per_s, 4.0), mood=MoodParams(gain=0.0), stock=StockParams(limited=False))
        return goodput(log, OFFER + 1.0, OFFER + 4.0)

    assert brought(120.0) < 0.6 * brought(50.0)


def test_lost_notices_leave_paid_orders_unsorted_unless_the_shop_asks() -> None:
    """Without the active query some who paid are found only by the bill; with it nobody."""
    load = evenly(20.0, 3.0)
    lost = {"lost_share": 0.02, "query": False}
    alone = run(load, payment={"notices": lost}).orders
    unsorted_ = alone["end"] == End.NOT_SORTED
    assert unsorted_.sum() > 0
    assert (alone["refunded_min"][unsorted_] > Cutoff().paid_by_min).all()
    asking = run(load, payment={"notices": lost | {"query": True}}).orders
    assert not (asking["end"] == End.NOT_SORTED).any()


def test_network_down_stops_wechat_but_not_the_balance() -> None:
    """While the payment network is down only balances pay; their buyers lose nothing."""
    down = {"network_down": {"from_min": OFFER, "for_min": 140.0}}
    orders = run(evenly(5.0, 10.0), drills=down).orders
    moved = ~np.isnan(orders["paid_min"])
    assert not moved[orders["method"] == 0].any()
    assert moved[orders["method"] == 1].mean() > 0.95
    assert orders["declined"][orders["method"] == 0].mean() > 0.95


def test_draws_belong_to_the_shopper() -> None:
    """Drawing for fewer shoppers changes nothing for those who remain, and more tries only add columns."""
    streams, keys = Streams(3, 2), np.arange(50, dtype=np.int64) * 11
    everybody = draw(CheckoutParams(), streams, keys)
    some = draw(CheckoutParams.model_validate({"client": {"tries": 6}}), streams, keys[10:20])
    np.testing.assert_array_equal(some.fate, everybody.fate[10:20])
    np.testing.assert_array_equal(some.service[:, :4], everybody.service[10:20])
    np.testing.assert_array_equal(some.pin, everybody.pin[10:20])


def test_mood_lowers_demand_only_when_something_fails() -> None:
    """With gain 0 everybody wants to buy; a storm told in chat keeps some from it, more at a higher gain."""
    load = np.concatenate([rush(6000), evenly(10.0, 2.0, OFFER + 1.0)])
    calm, told, loud = (run(load, mood=MoodParams(gain=gain)).wants.sum() for gain in (0.0, 1.0, 3.0))
    assert calm == load.size
    assert loud < told < calm


def test_a_finer_tick_hardly_matters() -> None:
    """Reading the mood twice or half as often moves the orders by less than two in a hundred."""
    load = np.concatenate([rush(4000), evenly(10.0, 5.0, OFFER + 1.0)])
    paid = [
        np.count_nonzero(run(load, mood=MoodParams(tick_s=tick)).orders["end"] == End.OPEN)
        for tick in (2, 5, 10)
    ]
    assert max(paid) < 1.02 * min(paid)


ON: dict[str, dict[str, Any]] = {
    "protections": {
        "waiting_room": {"on": True, "total_active_users": 150, "new_users_per_minute": 2000.0,
        "session_min": 0.3},
        "retry_budget": {"on": True}, "circuit_breaker": {"on": True, "least_calls": 20},
        "load_shedding": {"on": True, "waiting": 60},
        "scale_out": {"on": True, "waiting": 20, "lag_low_s": 2.0, "lag_high_s": 10.0, "workers": 1},
    },
    "drills": {
        "degradation": {"from_min": 1200.2, "for_min": 0.3},
        "network_down": {"from_min": 1200.5, "for_min": 0.5},
        "quota_cut": {"from_min": 1200.1, "for_min": 2.0, "share": 0.01},
    },
    "payment": {"notices": {"lost_share": 0.01, "query": False}, "closing_race_share": 0.01,
    "decline_share": 0.1},
}  # fmt: skip
"""A rush with every switch on, so that every figure is read."""

QUERY = {"payment.notices.query": True}
NO_ROOM = {"protections.waiting_room.on": False}
BARE = NO_ROOM | {
    f"protections.{name}.on": False
    for name in ("retry_budget", "circuit_breaker", "load_shedding", "scale_out")
}
CHANGES: list[tuple[str, Any, dict[str, Any]]] = [
    ("jump_loss", 0.1, {}), ("steps", 5, {}), ("step_loss", 0.2, {"steps": 5}),
    ("order_service.servers", 18, BARE), ("order_service.waiting_places", 10, BARE),
    ("order_service.service_ms", {"lognormal_mean": {"mean": 150.0, "sigma": 0.98}}, {}),
    ("order_service.alpha", 0.02, {}), ("order_service.beta", 0.001, {}),
    ("client.timeout_s", 4.0, BARE),
    ("client.patience_s", {"lognormal": {"median": 4.0, "sigma": 0.6}}, BARE),
    ("client.again_share", 0.5, BARE), ("client.again_s", {"uniform": {"low": 3.0, "high": 6.0}}, BARE),
    ("client.tries", 2, BARE),
    ("protections.waiting_room.on", False, {}), ("protections.waiting_room.total_active_users", 100, {}),
    ("protections.waiting_room.new_users_per_minute", 1500.0, {}),
    ("protections.waiting_room.session_min", 0.1, {}),
    ("protections.waiting_room.patience_min", 0.5, {}), ("protections.waiting_room.patience_sigma", 0.1, {}),
    ("protections.retry_budget.on", False, NO_ROOM), ("protections.retry_budget.ratio", 0.3, NO_ROOM),
    ("protections.retry_budget.burst", 5.0, NO_ROOM),
    ("protections.circuit_breaker.on", False, NO_ROOM),
    ("protections.circuit_breaker.window_s", 3.0, NO_ROOM),
    ("protections.circuit_breaker.least_calls", 2000, NO_ROOM),
    ("protections.circuit_breaker.failure_share", 0.2, NO_ROOM),
    ("protections.circuit_breaker.open_s", 1.0, NO_ROOM),
    ("protections.load_shedding.on", False, NO_ROOM), ("protections.load_shedding.waiting", 20, NO_ROOM),
    ("protections.scale_out.on", False, NO_ROOM), ("protections.scale_out.waiting", 40, NO_ROOM),
    ("protections.scale_out.workers", 2, NO_ROOM), ("protections.scale_out.times", 1, NO_ROOM),
    ("protections.scale_out.lag_low_s", 4.0, NO_ROOM), ("protections.scale_out.lag_high_s", 12.0, NO_ROOM),
    ("protections.drop_abandoned", True, BARE),
    ("gateway.rate_per_s", 30.0, {}), ("payment.wechat_share", 0.5, {}), ("payment.decline_share", 0.01, {}),
    ("payment.again_share", 0.2, {}), ("payment.again_s", {"lognormal": {"median": 60.0, "sigma": 0.6}}, {}),
    ("payment.expiry_min", 1.0, {}), ("payment.closing_race_share", 0.05, {}),
    ("payment.notices.lost_share", 0.03, {}), ("payment.notices.overload_factor", 2.0, BARE),
    ("payment.notices.overload_waiting", 2000, BARE), ("payment.notices.repeat_after_s", (60.0, 120.0), {}),
    ("payment.notices.repeat_loss_share", 0.3, {}), ("payment.notices.query", True, {}),
    ("payment.notices.query_after_s", 30.0, QUERY), ("payment.notices.bill_min", 1980.0, {}),
    ("pin_s", {"lognormal": {"median": 12.0, "sigma": 0.5}}, {}), ("gift.count", 50, {}),
    ("gift.kg", 0.5, {}),
    ("assignment.nearest", False, {}), ("assignment.wrong_share", 0.1, {}),
    ("drills.degradation.from_min", 1200.3, BARE), ("drills.degradation.for_min", 0.6, BARE),
    ("drills.degradation.factor", 2.0, BARE),
    ("drills.network_down.from_min", 1200.6, {}), ("drills.network_down.for_min", 1.0, {}),
    ("drills.quota_cut.from_min", 1200.4, {}), ("drills.quota_cut.for_min", 0.5, {}),
    ("drills.quota_cut.share", 0.1, {}),
]  # fmt: skip


def with_(tree: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Copy a tree with one key set."""
    head, _, rest = path.partition(".")
    return tree | {head: with_(tree.get(head, {}), rest, value) if rest else value}


def same(a: CheckoutLog, b: CheckoutLog) -> bool:
    """Whether two logs agree to the bit."""
    pairs = [
        (mine[name], theirs[name])
        for mine, theirs in ((a.orders, b.orders), (a.attempts, b.attempts))
        for name in mine
    ]
    return all(np.array_equal(x, y, equal_nan=x.dtype.kind == "f") for x, y in pairs)


@pytest.mark.parametrize(("path", "value", "setting"), CHANGES, ids=[change[0] for change in CHANGES])
def test_every_figure_is_alive(path: str, value: Any, setting: dict[str, Any]) -> None:
    """Changing this one figure changes a column of the log."""
    tree = ON
    for key, switched in setting.items():
        tree = with_(tree, key, switched)
    load = rush(4000)
    unchanged = same(run(load, **tree), run(load, **with_(tree, path, value)))
    assert not unchanged


def test_no_figure_is_left_out() -> None:
    """The list above names every leaf of the section, so a new figure must be shown to be alive."""
    named = {path for path, _, _ in CHANGES}
    assert leaves(CheckoutParams(), "") == named


def leaves(group: Any, above: str) -> set[str]:
    """Dotted paths of a group's fields, laws as one."""
    found: set[str] = set()
    for name in type(group).model_fields:
        value = getattr(group, name)
        deeper = hasattr(type(value), "model_fields") and not hasattr(value, "kind")
        found |= leaves(value, f"{above}{name}.") if deeper else {above + name}
    return found
