"""The compiled face: allocate, sort, run the loop of `loop_kernel`, read its records back as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import signals
from sim.remembered import remembered
from sim.stages.basket.stock import Goods
from sim.stages.checkout import parts_kernel as parts
from sim.stages.checkout.draws import CheckoutDraws, Shoppers
from sim.stages.checkout.loop_kernel import attempt_columns, order_columns, run
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.result import CheckoutLog, Outcome, log_of
from sim.time_order import by_time

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
    people, attempts = np.empty(n, parts.SHOPPER), np.empty(n * tries, parts.ATTEMPT)
    calendar = (
        n * (7 * tries + 4) + 16
    )  # more than all events of all shoppers; what is not used is never touched
    order = by_time(shoppers.decide_min)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    moments = shoppers.decide_min[order]
    base, chat = _chat(numbers, shoppers, moments)
    stock = goods.stock.copy()
    got = np.zeros(shoppers.wanted.shape, np.int16)
    habits = (draws.patience, draws.room_patience, draws.pin, draws.pay_again_in)
    count = run(
        _record(numbers), _state(numbers), order, place, moments,
        np.column_stack((shoppers.score[order], shoppers.threshold[order])),
        tuple(habit[order] for habit in habits), people, attempts, np.empty(calendar),
        np.empty(calendar, np.int64),
        draws.service.take(order, axis=0), draws.again.take(order, axis=0),
        draws.again_in.take(order, axis=0), draws.fate.take(order, axis=0), draws.scale_lag,
        (np.array(numbers.repeat_at), np.array(numbers.repeat_lost)), chat, base, stock,
        shoppers.wanted.take(order, axis=0), got,
    )  # fmt: skip
    return log_of(
        numbers, draws, shoppers, goods, _outcome(numbers, people, attempts[:count], stock, got, place)
    )


@remembered
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
    people: NDArray[Any],
    attempts: NDArray[Any],
    stock: NDArray[np.int64],
    got: NDArray[np.int16],
    place: NDArray[np.int64],
) -> Outcome:
    rows = np.flatnonzero((people["end"] >= 0)[place])
    times, flags = np.empty((9, rows.size)), np.empty((4, rows.size), np.int8)
    tries = np.empty(rows.size, np.int16)
    order_columns(people, place, rows, times, flags, tries)
    clicked, placed, pay_start, gateway_start, gateway_end, paid, known, cancelled, refunded = times
    moments, outcome = np.empty((5, attempts.size)), np.empty(attempts.size, np.int8)
    shopper, number = np.empty(attempts.size, np.int64), np.empty(attempts.size, np.int16)
    attempt_columns(attempts, moments, shopper, number, outcome)
    arrive, start, finish, row_start, row_end = moments
    return Outcome(
        rows=rows, clicked=clicked, placed=placed, pay_start=pay_start, gateway_start=gateway_start,
        gateway_end=gateway_end, paid=paid, known=known, cancelled=cancelled, refunded=refunded,
        end=flags[0], declined=flags[1].view(np.bool_), offer=flags[2].view(np.bool_),
        gift=_gifts(flags[3].view(np.bool_), paid, numbers.gifts), tries=tries,
        got=got.take(place[rows], axis=0),
        attempt_shopper=shopper, attempt_try=number, arrive=arrive, start=start, finish=finish,
        row_start=row_start, row_end=row_end, outcome=outcome, left=stock,
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
