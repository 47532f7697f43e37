"""Checkout: story and compiled loop agree to the bit, with ties everywhere and on continuous times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.cutoff import Cutoff
from sim.random_streams import Streams
from sim.signals import MoodParams
from sim.stages.basket.spec import BasketParams, draw_basket
from sim.stages.basket.stock import Goods, StockParams, goods
from sim.stages.checkout import kernel, story
from sim.stages.checkout.draws import CheckoutDraws, Shoppers, draw
from sim.stages.checkout.numbers import CheckoutNumbers, numbers
from sim.stages.checkout.result import CheckoutLog
from sim.stages.checkout.rules import CIRCUIT_OPEN, DROPPED, FATES, OVER_BUDGET, ROOM_LEFT, SHED
from sim.stages.checkout.spec import CheckoutParams
from sim.states import End

Case = tuple[CheckoutNumbers, CheckoutDraws, Shoppers, Goods]
Times = Callable[..., NDArray[np.float64]]
START = 1170.0
GRID = {"fine": 256.0, "coarse": 32.0}
"""Parts of a minute; dyadic, so that sums are exact and events meet."""


def differences(a: CheckoutLog, b: CheckoutLog) -> list[str]:
    """Columns that are not equal to the bit."""
    found = [] if np.array_equal(a.wants, b.wants) else ["wants"]
    for table in ("orders", "attempts", "stock"):
        mine, theirs = getattr(a, table), getattr(b, table)
        assert set(mine) == set(theirs)
        for name, column in mine.items():
            other = theirs[name]
            same = column.dtype == other.dtype and column.shape == other.shape
            if not same or not np.array_equal(column, other, equal_nan=column.dtype.kind == "f"):
                found.append(f"{table}.{name}")
    return found


def random_case(seed: int, grid: str) -> Case:
    """Make a small checkout under heavy load: every switch on or off, zero lengths, windows anywhere."""
    rng = np.random.default_rng(seed)

    def times(most: float, *shape: int) -> NDArray[np.float64]:
        raw = rng.random(shape) * most
        return raw if grid == "continuous" else np.floor(raw * GRID[grid]) / GRID[grid]

    def one(most: float) -> float:
        return float(times(most, 1)[0])

    n, tries, products = int(rng.integers(0, 70)), int(rng.integers(1, 5)), int(rng.integers(1, 4))
    draws = CheckoutDraws(
        service=times(0.2, n, tries), patience=times(0.4, n), room_patience=times(1.0, n),
        again=rng.random((n, tries)), again_in=times(0.2, n, tries), pin=times(0.5, n),
        pay_again_in=times(0.5, n),
        fate=rng.random((n, FATES)), scale_lag=times(0.5, 3),
    )  # fmt: skip
    shoppers = Shoppers(
        person=np.cumsum(rng.integers(1, 3, n)).astype(np.int64), key=rng.integers(0, 1 << 41, n),
        community=rng.integers(0, 5, n).astype(np.int32),
        decide_min=START + times(float(rng.choice([0.3, 2.0, 6.0])), n),
        score=times(1.0, n), threshold=times(0.5, n),
        wanted=rng.integers(0, 3, (n, products)).astype(np.int16),
        nearest=rng.integers(0, 5, n).astype(np.int32), second=rng.integers(0, 5, n).astype(np.int32),
        answered=rng.poisson(0.05, int(rng.integers(0, 500))),
        unanswered=rng.poisson(0.05, int(rng.integers(0, 500))),
    )  # fmt: skip
    each = max(1, n // products)
    money = rng.integers(1, 5000, (4, products))
    sold = Goods(rng.integers(0, 3 * each, products), *money, forecast=np.zeros(products))
    return random_numbers(rng, one, tries, grid), draws, shoppers, sold


def random_numbers(
    rng: np.random.Generator, one: Callable[[float], float], tries: int, grid: str
) -> CheckoutNumbers:
    """Constants with every switch on or off and windows anywhere."""

    def switch() -> int:
        return int(rng.random() < 0.4)

    def share(most: float = 1.0) -> float:
        return float(rng.choice([0.0, rng.random() * most, most]))

    def window() -> tuple[float, float]:
        start = START + one(4.0)
        return start, start + one(3.0) * switch()

    down, cut, slow, offer = window(), window(), window(), window()
    repeats = int(rng.integers(0, 4))
    limited = int(rng.random() < 0.8)
    placed_by = START + 1.0 + one(6.0)
    usl = (0.014, 0.0018) if grid == "continuous" or rng.random() < 0.3 else (0.0, 0.0)
    lost = share()
    return numbers(
        CheckoutParams(), StockParams(), Cutoff(), MoodParams(), offer=None, start_min=START
    )._replace(
        tick_s=int(rng.integers(1, 12)), memory_s=int(rng.integers(1, 90)), mood_gain=share(2.0),
        lost_before_click=share(0.3),
        workers=int(rng.integers(1, 5)), waiting_places=int(rng.choice([0, 3, 50])), alpha=usl[0],
        beta=usl[1],
        timeout=0.05 + one(0.4) if grid == "continuous" else one(0.4), tries=tries, again_share=share(),
        drop_abandoned=switch(),
        room=switch(), room_users=int(rng.integers(1, 9)), room_gap=one(0.1), room_session=one(1.0),
        budget=switch(), budget_ratio=share(0.5), budget_burst=float(rng.integers(1, 4)),
        breaker=switch(), breaker_window=one(0.5), breaker_calls=int(rng.integers(1, 6)),
        breaker_share=share(), breaker_open=one(0.3),
        shedding=switch(), shed_waiting=int(rng.integers(0, 6)),
        scaling=switch(), scale_waiting=int(rng.integers(1, 5)), scale_workers=int(rng.integers(1, 4)),
        scale_times=int(rng.integers(1, 4)),
        limited=limited, reservation=int(rng.integers(0, 3)) if limited else 2, row_time=one(0.05),
        substitute_share=share(),
        offer_from=offer[0], offer_until=offer[1], gifts=int(rng.integers(0, 12)), gift_grams=250,
        gateway_gap=one(0.05), cut_gap=one(0.3), cut_from=cut[0], cut_until=cut[1], down_from=down[0],
        down_until=down[1],
        slow_from=slow[0], slow_until=slow[1], slow_factor=float(rng.integers(1, 5)),
        wechat_share=share(), decline_share=share(), pay_again_share=share(), expiry=0.25 + one(2.0),
        race_share=share(0.3),
        lost_share=lost, overload_factor=float(rng.integers(1, 5)), overload_waiting=int(rng.integers(0, 6)),
        query=switch(), query_after=one(3.0), bill_min=START + 12.0, placed_by=placed_by,
        paid_by=placed_by + one(2.0),
        cancel_share=share(), by_road=switch(), wrong_share=share(),
        repeat_at=tuple(np.cumsum([one(1.5) for _ in range(repeats)]).tolist()),
        repeat_lost=tuple(0.6 ** (i + 1) for i in range(repeats)),
    )  # fmt: skip


@pytest.mark.parametrize("grid", ["coarse", "fine", "continuous"])
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_faces_agree(grid: str, seed: int) -> None:
    """Any switches, any ties: not one bit differs between the two faces."""
    case = random_case(seed, grid)
    assert differences(story.run_checkout(*case), kernel.run_checkout(*case)) == []


def test_cases_reach_every_corner() -> None:
    """The random cases reach every final state and every outcome of an attempt."""
    ends: set[int] = set()
    outcomes: set[int] = set()
    for seed in range(150):
        log = kernel.run_checkout(*random_case(seed, "coarse"))
        ends |= set(log.orders["end"].tolist())
        outcomes |= set(log.attempts["outcome"].tolist())
    reached = {
        End.GAVE_UP,
        End.SOLD_OUT,
        End.UNPAID,
        End.REFUNDED_EXPIRED,
        End.NOT_SORTED,
        End.CANCELLED,
        End.OPEN,
        End.LATE_PAID,
    }
    assert ends == {int(end) for end in reached}
    assert outcomes == set(range(11))
    assert {SHED, CIRCUIT_OPEN, ROOM_LEFT, DROPPED, OVER_BUDGET} <= outcomes


@pytest.mark.parametrize("protected", [False, True])
def test_faces_agree_at_full_parameters(protected: bool) -> None:
    """A rush of 1,500 with the shipped figures, bare and with every protection, is equal to the bit."""
    tree = {
        "protections": {
            "waiting_room": {"on": protected, "total_active_users": 200},
            "retry_budget": {"on": protected}, "circuit_breaker": {"on": protected, "least_calls": 20},
            "load_shedding": {"on": protected, "waiting": 40}, "drop_abandoned": protected,
            "scale_out": {"on": protected, "waiting": 30},
        },
    }  # fmt: skip
    params = CheckoutParams.model_validate(tree)
    streams = Streams(11, 0)
    keys = np.arange(1500, dtype=np.int64) * 5
    wanting = draw_basket(BasketParams(), streams, keys)
    shoppers = Shoppers(
        person=keys // 5, key=keys, community=(keys % 20).astype(np.int32),
        decide_min=1200.0 + streams.uniform("test.decide", keys) * 0.25, score=np.zeros(1500),
        threshold=streams.logistic("test.threshold", keys) - 2.0, wanted=wanting,
        nearest=(keys % 19).astype(np.int32), second=(keys % 17).astype(np.int32),
        answered=np.zeros(60, np.int64), unanswered=np.zeros(60, np.int64),
    )  # fmt: skip
    case = (
        numbers(params, StockParams(), Cutoff(), MoodParams(), offer=(1200.0, 1245.0), start_min=START),
        draw(params, streams, keys),
        shoppers,
        goods(BasketParams(), StockParams(), streams),
    )
    assert differences(story.run_checkout(*case), kernel.run_checkout(*case)) == []
