"""What the story remembers: an order, a call, and the columns made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.stages.checkout.result import Outcome
from sim.stages.checkout.rules import PENDING, TRIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAN = float("nan")


class Order:
    """A shopper who wants to buy, and what becomes of it."""

    __slots__ = (
        "cancelled", "clicked", "closes", "declined", "end", "expired", "gateway_end", "gateway_start",
        "gift", "got",
        "holds", "inside", "known", "offer", "paid", "pay_start", "placed", "refunded", "session_end",
        "shopper",
        "takes_substitutes", "tries", "wanted",
    )  # fmt: skip

    def __init__(self, shopper: int, end: int, wanted: list[int], takes_substitutes: bool) -> None:
        self.shopper = shopper
        self.end = end
        self.wanted = wanted
        self.takes_substitutes = takes_substitutes
        self.got = [0] * len(wanted)
        self.clicked = self.placed = self.pay_start = self.gateway_start = self.gateway_end = NAN
        self.paid = self.known = self.cancelled = self.refunded = self.closes = self.session_end = NAN
        self.declined = self.offer = self.gift = self.holds = self.expired = self.inside = False
        self.tries = 0


class Attempt:
    """One call: where the work is (`waiting`), and whether its client still listens (`outcome` pending)."""

    __slots__ = (
        "arrive",
        "end",
        "ident",
        "number",
        "order",
        "outcome",
        "reply",
        "row_end",
        "row_start",
        "start",
        "waiting",
    )

    def __init__(self, order: Order, number: int, now: float, reply: Any) -> None:
        self.order = order
        self.number = number
        self.ident = order.shopper * TRIES + number
        self.arrive = now
        self.start = self.end = self.row_start = self.row_end = NAN
        self.outcome = PENDING
        self.waiting = False
        self.reply = reply

    def answer(self, outcome: int) -> None:
        """Tell the client, if she still listens."""
        if self.outcome == PENDING:
            self.outcome = outcome
            self.reply.succeed()


def outcome_of(everybody: dict[int, Order], attempts: list[Attempt], left: list[int]) -> Outcome:
    """Make columns of what happened, orders by shopper and attempts in order of their clicks."""
    orders = [everybody[i] for i in sorted(everybody)]

    def times(name: str) -> NDArray[np.float64]:
        return np.array([getattr(order, name) for order in orders], np.float64)

    def flags(name: str) -> NDArray[np.bool_]:
        return np.array([getattr(order, name) for order in orders], np.bool_)

    def of_attempts(name: str) -> NDArray[np.float64]:
        return np.array([getattr(attempt, name) for attempt in attempts], np.float64)

    return Outcome(
        rows=np.array([order.shopper for order in orders], np.int64),
        clicked=times("clicked"), placed=times("placed"), pay_start=times("pay_start"),
        gateway_start=times("gateway_start"), gateway_end=times("gateway_end"), paid=times("paid"),
        known=times("known"),
        cancelled=times("cancelled"), refunded=times("refunded"),
        end=np.array([order.end for order in orders], np.int8),
        declined=flags("declined"), offer=flags("offer"), gift=flags("gift"),
        tries=np.array([order.tries for order in orders], np.int16),
        got=np.array([order.got for order in orders], np.int16).reshape(len(orders), len(left)),
        attempt_shopper=np.array([attempt.order.shopper for attempt in attempts], np.int64),
        attempt_try=np.array([attempt.number for attempt in attempts], np.int16),
        arrive=of_attempts("arrive"), start=of_attempts("start"), finish=of_attempts("end"),
        row_start=of_attempts("row_start"), row_end=of_attempts("row_end"),
        outcome=np.array([attempt.outcome for attempt in attempts], np.int8),
        left=np.array(left, np.int64),
    )  # fmt: skip
