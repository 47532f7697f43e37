"""From what happened to the log's tables: prices, weights and points of the orders, the stock's balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.orderlog import Table
from sim.stages.basket.stock import Goods
from sim.stages.checkout.draws import CheckoutDraws, Shoppers
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.rules import METHOD, WRONG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


FIRST_STRANGER = 1 << 40
"""Keys from here on are guests of a KOC or of a viewer; the exclusive price is for members."""


class Outcome(NamedTuple):
    """What a face recorded: of the m who wanted to buy, of the attempts in order of clicks, of the stock."""

    rows: NDArray[np.int64]
    """Positions among the candidates, ascending, (m,)."""
    clicked: Floats
    placed: Floats
    pay_start: Floats
    gateway_start: Floats
    gateway_end: Floats
    paid: Floats
    known: Floats
    cancelled: Floats
    refunded: Floats
    end: NDArray[np.int8]
    declined: NDArray[np.bool_]
    offer: NDArray[np.bool_]
    gift: NDArray[np.bool_]
    tries: NDArray[np.int16]
    got: NDArray[np.int16]
    """Lines ordered of each product, (m, K)."""
    attempt_shopper: NDArray[np.int64]
    """Position among the candidates, (attempts,)."""
    attempt_try: NDArray[np.int16]
    arrive: Floats
    start: Floats
    finish: Floats
    row_start: Floats
    row_end: Floats
    outcome: NDArray[np.int8]
    left: NDArray[np.int64]
    """Lines left of each product, below 0 where more was sold than there was, (K,)."""


class CheckoutLog(NamedTuple):
    """What checkout adds to the log."""

    wants: NDArray[np.bool_]
    """Whether each candidate decided to buy, (n,)."""
    orders: Table
    attempts: Table
    stock: Table


def log_of(
    numbers: CheckoutNumbers, draws: CheckoutDraws, shoppers: Shoppers, goods: Goods, outcome: Outcome
) -> CheckoutLog:
    """Make the tables `orders` (show part), `attempts` and `stock`."""
    rows = outcome.rows
    wants = np.zeros(shoppers.person.size, np.bool_)
    wants[rows] = True
    return CheckoutLog(
        wants=wants,
        orders=_orders(numbers, draws, shoppers, goods, outcome),
        attempts={
            "person": shoppers.person[outcome.attempt_shopper],
            "try": outcome.attempt_try,
            "arrive_min": outcome.arrive,
            "start_min": outcome.start,
            "end_min": outcome.finish,
            "row_start_min": outcome.row_start,
            "row_end_min": outcome.row_end,
            "outcome": outcome.outcome,
        },
        stock=_stock(numbers, goods, outcome.left),
    )


def _orders(
    numbers: CheckoutNumbers, draws: CheckoutDraws, shoppers: Shoppers, goods: Goods, outcome: Outcome
) -> Table:
    rows, got = outcome.rows, outcome.got
    per_line = (
        goods.list_fen,
        goods.offer_fen,
        goods.member_offer_fen,
        goods.grams,
        np.ones_like(goods.grams),
    )
    # whole numbers far below 2**53: exact in floating point, and one fast matrix product
    weights = np.stack(per_line).astype(np.float64)
    at_list, at_offer, at_member, grams, lines = (weights @ got.astype(np.float64).T).astype(np.int64)
    unserved = np.flatnonzero(
        (lines == 0) & ~np.isnan(outcome.paid)
    )  # paid before nothing was found to be left
    charged = (weights[:3] @ shoppers.wanted[rows[unserved]].astype(np.float64).T).astype(np.int64)
    at_list[unserved], at_offer[unserved], at_member[unserved] = charged
    stranger = shoppers.key[rows] >= FIRST_STRANGER
    wanted = shoppers.wanted.take(rows, axis=0).astype(np.float64) @ np.ones(goods.grams.size)
    community = shoppers.community[rows]
    wrong = np.zeros(rows.size, np.bool_)
    point = community.copy()
    if numbers.by_road:
        wrong = draws.fate[rows, WRONG] < numbers.wrong_share
        point = np.where(wrong, shoppers.second[rows], shoppers.nearest[rows])
    return {
        "person": shoppers.person[rows],
        "key": shoppers.key[rows],
        "community": community,
        "point": point,
        "moved": point != community,
        "wrong": wrong,
        "clicked_min": outcome.clicked,
        "placed_min": outcome.placed,
        "pay_start_min": outcome.pay_start,
        "gateway_start_min": outcome.gateway_start,
        "gateway_end_min": outcome.gateway_end,
        "declined": outcome.declined,
        "paid_min": outcome.paid,
        "known_min": outcome.known,
        "method": (draws.fate[rows, METHOD] >= numbers.wechat_share).astype(np.int8),
        "tries": outcome.tries,
        "gift": outcome.gift,
        "lines_wanted": wanted.astype(np.int32),
        "lines": lines.astype(np.int32),
        "sku_lines": got,
        "grams": grams + outcome.gift * numbers.gift_grams,
        "amount_fen": np.where(outcome.offer, np.where(stranger, at_offer, at_member), at_list),
        "list_fen": at_list,
        "offer": outcome.offer,
        "cancelled_min": outcome.cancelled,
        "refunded_min": outcome.refunded,
        "end": outcome.end,
    }


def _stock(numbers: CheckoutNumbers, goods: Goods, left: NDArray[np.int64]) -> Table:
    """Balance: initial = sold + left − oversold; what is produced to order has nothing left."""
    sold = goods.stock - left
    return {
        "sku": np.arange(left.size, dtype=np.int64),
        "forecast": goods.forecast.copy(),
        "initial": goods.stock.copy() if numbers.limited else sold,
        "sold": sold,
        "left": np.maximum(left, 0) if numbers.limited else np.zeros_like(left),
        "oversold": np.maximum(-left, 0) if numbers.limited else np.zeros_like(left),
        "price_fen": goods.list_fen.copy(),
    }
