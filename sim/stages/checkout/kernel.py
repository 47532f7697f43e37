"""The compiled face: allocate, sort, run the loop of `kernel_loop`, read its records back as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import signals
from sim.stages.basket.stock import Goods
from sim.stages.checkout import kernel_parts as parts
from sim.stages.checkout.draws import CheckoutDraws, Shoppers
from sim.stages.checkout.kernel_loop import run
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.result import CheckoutLog, Outcome, log_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def run_checkout(
    numbers: CheckoutNumbers, draws: CheckoutDraws, shoppers: Shoppers, goods: Goods
) -> CheckoutLog:
    """Decisions, orders, attempts and stock of one show.

    Args:
        numbers: the scenario's constants.
        draws: chance of the n shoppers, up to T tries each.
        shoppers: the n candidates by ascending person row.
        goods: the K products.

    """
    n, tries = draws.service.shape
    by, at = np.empty(n, parts.SHOPPER), np.empty(n * tries, parts.ATTEMPT)
    calendar = (
        n * (7 * tries + 4) + 16
    )  # more than all events of all shoppers; what is not used is never touched
    order = _by_decision(shoppers.decide_min)
    moments = shoppers.decide_min[order]
    base, chat = _chat(numbers, shoppers, moments)
    stock = goods.stock.copy()
    got = np.zeros(shoppers.wanted.shape, np.int16)
    count = run(
        _record(numbers), _state(numbers), order, moments,
        np.column_stack((shoppers.score, shoppers.threshold)),
        (draws.patience, draws.room_patience, draws.pin, draws.pay_again_in), by, at,
        np.empty(calendar), np.empty(calendar, np.int64),
        draws.service, draws.again, draws.again_in, draws.fate, draws.scale_lag,
        (np.array(numbers.repeat_at), np.array(numbers.repeat_lost)), chat, base, stock, shoppers.wanted, got,
    )  # fmt: skip
    return log_of(numbers, draws, shoppers, goods, _outcome(numbers, by, at[:count], stock, got))


def _record(numbers: CheckoutNumbers) -> NDArray[Any]:
    names = parts.NUMBERS.names or ()
    return np.array([tuple(getattr(numbers, name) for name in names)], parts.NUMBERS)


def _state(numbers: CheckoutNumbers) -> NDArray[Any]:
    state = np.zeros(1, parts.STATE)
    state["workers"] = numbers.workers
    state["room_first"] = -1
    state["read_at"] = -1
    state["tokens"] = numbers.budget_burst
    return state


def _by_decision(decide_min: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows by (moment, row): the fast sort is not stable, which shows only where moments are equal."""
    order = np.argsort(decide_min)
    moments = decide_min[order]
    if (moments[1:] == moments[:-1]).any():
        return np.argsort(decide_min, kind="stable")
    return order


def _chat(
    numbers: CheckoutNumbers, shoppers: Shoppers, moments: NDArray[np.float64]
) -> tuple[int, NDArray[np.int64]]:
    """(second of D0, counts (2, seconds)): failures and successes, the questions' already in."""
    base, width = numbers.start_second, max(shoppers.answered.size, shoppers.unanswered.size)
    if moments.size:
        base = min(base, signals.second_of(float(moments[0])))
        last = signals.second_of(float(moments[-1]))
        width = max(width + numbers.start_second - base, last + 1 - base)
    chat = np.zeros((2, width), np.int64)
    begin = numbers.start_second - base
    chat[parts.FAILED, begin : begin + shoppers.unanswered.size] = shoppers.unanswered
    chat[parts.SUCCEEDED, begin : begin + shoppers.answered.size] = shoppers.answered
    return base, chat


def _outcome(
    numbers: CheckoutNumbers,
    by: NDArray[Any],
    at: NDArray[Any],
    stock: NDArray[np.int64],
    got: NDArray[np.int16],
) -> Outcome:
    everybody = by["end"]
    rows = np.flatnonzero(everybody >= 0)
    whole = rows.size == everybody.size

    def of(name: str) -> NDArray[Any]:
        column = by[name]
        return column.copy() if whole else column[rows]

    paid = of("paid")
    return Outcome(
        rows=rows, clicked=of("clicked"), placed=of("placed"), pay_start=of("pay_start"),
        gateway_start=of("gateway_start"), gateway_end=of("gateway_end"), paid=paid,
        known=of("known"), cancelled=of("cancelled"), refunded=of("refunded"),
        end=of("end"), declined=of("declined").view(np.bool_), offer=of("offer").view(np.bool_),
        gift=_gifts(of("earned").view(np.bool_), paid, numbers.gifts), tries=of("tries"),
        got=got if whole else got[rows],
        attempt_shopper=at["shopper"].astype(np.int64), attempt_try=at["number"].copy(),
        arrive=at["arrive"].copy(),
        start=at["start"].copy(), finish=at["end"].copy(),
        row_start=at["row_start"].copy(), row_end=at["row_end"].copy(),
        outcome=at["outcome"].copy(), left=stock,
    )  # fmt: skip


def _gifts(earned: NDArray[np.bool_], paid: NDArray[np.float64], gifts: int) -> NDArray[np.bool_]:
    """Mark the first who paid, by (time, order)."""
    able = np.flatnonzero(earned)
    if able.size <= gifts:
        return earned
    out = np.zeros(earned.size, np.bool_)
    if gifts > 0:
        last = np.partition(paid[able], gifts - 1)[gifts - 1]
        first = able[paid[able] < last]
        out[first] = True
        out[able[paid[able] == last][: gifts - first.size]] = True
    return out
