"""A reply and its transfer as an order: the money goes to the leader, nobody checks a stock."""

from __future__ import annotations

import numpy as np

from sim.orderlog import Table
from sim.stages.basket.stock import Goods
from sim.stages.orders_by_hand.spec import HandNumbers, Replies
from sim.states import End, Method


def orders_of(n: HandNumbers, replies: Replies, sold: Goods) -> Table:
    """The `orders` table (n,): every reply is an order, a transfer after the cut-off is sent back."""
    count, paid = replies.person.size, replies.paid_min
    offer = (replies.replied_min >= n.offer_from) & (replies.replied_min < n.offer_until)
    lines = replies.wanted.astype(np.int64)
    at_offer = np.where(replies.member, lines @ sold.member_offer_fen, lines @ sold.offer_fen)
    at_list = lines @ sold.list_fen
    late = paid > n.paid_by
    nothing, no = np.full(count, np.nan), np.zeros(count, np.bool_)
    return {
        "person": replies.person,
        "key": replies.key,
        "community": replies.community,
        "point": replies.community.copy(),
        "moved": no.copy(),
        "wrong": no.copy(),
        "clicked_min": replies.replied_min,
        "placed_min": paid.copy(),
        "pay_start_min": replies.replied_min.copy(),
        "gateway_start_min": nothing.copy(),
        "gateway_end_min": nothing.copy(),
        "declined": no.copy(),
        "paid_min": paid,
        "known_min": nothing.copy(),
        "method": np.full(count, Method.TRANSFER, np.int8),
        "tries": np.ones(count, np.int16),
        "gift": no.copy(),
        "lines_wanted": replies.wanted.sum(axis=1, dtype=np.int32),
        "lines": replies.wanted.sum(axis=1, dtype=np.int32),
        "sku_lines": replies.wanted.copy(),
        "grams": lines @ sold.grams,
        "amount_fen": np.where(offer, at_offer, at_list),
        "list_fen": at_list,
        "offer": offer,
        "cancelled_min": nothing.copy(),
        "refunded_min": np.where(late, paid, np.nan),
        "end": np.where(late, End.LATE_PAID, End.OPEN).astype(np.int8),
        "mistaken": no.copy(),
        "forgotten": no.copy(),
        "on_sheet": no.copy(),
        "short_fen": np.zeros(count, np.int64),
    }


def no_attempts() -> Table:
    """The `attempts` table of an arm without a checkout: nobody calls a service."""
    times = ("arrive_min", "start_min", "end_min", "row_start_min", "row_end_min")
    return {
        "person": np.zeros(0, np.int64),
        "try": np.zeros(0, np.int16),
        **{name: np.zeros(0) for name in times},
        "outcome": np.zeros(0, np.int8),
    }
