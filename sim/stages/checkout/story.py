"""The reference face: one process a shopper, from the decision to money moved and known.

Read `Checkout.buy` first. A client and the server meet in an `Attempt`: the client waits for its reply, the
server works on it whether or not she still does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ranked import RankedEnvironment
from sim.signals import Chat, MoodNumbers
from sim.stages.basket.stock import Goods
from sim.stages.checkout import rules
from sim.stages.checkout.draws import CheckoutDraws, Shoppers
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.payment_story import Payments, Story
from sim.stages.checkout.protections_story import CircuitBreaker, RetryBudget, WaitingRoom
from sim.stages.checkout.record_story import Attempt, Order, outcome_of
from sim.stages.checkout.result import CheckoutLog, log_of
from sim.stages.checkout.shop_story import Gateway, OrderService, Shelf, StockRow, uses_row
from sim.states import End


class Checkout(Payments):
    """The checkout of one show: shoppers come with `buy(i)`, what happened is in `orders` and `attempts`."""

    def __init__(
        self,
        env: RankedEnvironment,
        numbers: CheckoutNumbers,
        draws: CheckoutDraws,
        shoppers: Shoppers,
        goods: Goods,
        chat: Chat,
    ) -> None:
        self.env = env
        self.numbers = numbers
        self.chat = chat
        self.decide_min, self.score, self.threshold = (
            column.tolist() for column in (shoppers.decide_min, shoppers.score, shoppers.threshold)
        )
        self.wanted = shoppers.wanted.tolist()
        self.patience, self.room_patience = draws.patience.tolist(), draws.room_patience.tolist()
        self.again, self.again_in = draws.again.tolist(), draws.again_in.tolist()
        self.pin, self.pay_again_in = draws.pin.tolist(), draws.pay_again_in.tolist()
        self.fate = draws.fate.tolist()
        self.shelf = Shelf(numbers, goods.stock.tolist())
        self.row = StockRow(env, numbers, self._answer)
        self.service = OrderService(
            env, numbers, draws.service.tolist(), draws.scale_lag.tolist(), self._served
        )
        self.gateway = Gateway(numbers)
        self.room = WaitingRoom(env, numbers)
        self.budget = RetryBudget(numbers)
        self.breaker = CircuitBreaker(numbers)
        self.gifts_left = numbers.gifts
        self.orders: dict[int, Order] = {}
        self.attempts: list[Attempt] = []

    def buy(self, i: int) -> Story:
        """Decide, click, click again, pay."""
        yield self.env.at(self.decide_min[i], rules.CLICK, i * rules.TRIES)
        if self.score[i] + self.chat.mood(self.env.now) < self.threshold[i]:
            return
        order = Order(
            i, End.GAVE_UP, self.wanted[i], self.fate[i][rules.SUBSTITUTE] < self.numbers.substitute_share
        )
        self.orders[i] = order
        if self.fate[i][rules.BEFORE_CLICK] < self.numbers.lost_before_click:
            return
        order.clicked = self.env.now
        order.offer = rules.inside(self.env.now, self.numbers.offer_from, self.numbers.offer_until)
        outcome = yield from self.click(order)
        while self.clicks_again(order, outcome):
            yield self.env.at(
                self.env.now + self.again_in[i][order.tries - 1], rules.CLICK, i * rules.TRIES + order.tries
            )
            outcome = yield from self.click(order)
        if outcome == rules.ACCEPTED:
            yield from self.pay(order)
        elif outcome == rules.SOLD_OUT:
            order.end = End.SOLD_OUT
        self.room.leave(order)

    def clicks_again(self, order: Order, outcome: int) -> bool:
        """Whether a failure is followed by another click."""
        if (
            outcome in (rules.ACCEPTED, rules.SOLD_OUT, rules.CLOSED, rules.ROOM_LEFT)
            or order.tries >= self.numbers.tries
        ):
            return False
        return bool(self.again[order.shopper][order.tries - 1] < self.numbers.again_share)

    def click(self, order: Order) -> Story:
        """One try: waiting room, budget, breaker, order service; returns how it ended for the client."""
        attempt = Attempt(order, order.tries, self.env.now, self.env.event())
        order.tries += 1
        self.attempts.append(attempt)
        if self.numbers.room and not order.inside:
            self.room.enter(attempt, self.room_patience[order.shopper])
            yield attempt.reply
            attempt.reply = self.env.event()
        if attempt.outcome == rules.PENDING:
            attempt.arrive = self.env.now
            yield from self.call(attempt)
        outcome = attempt.outcome
        if outcome not in (rules.ACCEPTED, rules.SOLD_OUT, rules.CLOSED):
            self.chat.note_failure(self.env.now)
        if outcome in (rules.BUSY, rules.TIMEOUT, rules.RENEGED, rules.SHED):
            self.breaker.hears(attempt, self.env.now)
        return outcome

    def call(self, attempt: Attempt) -> Story:
        """Call the order service and wait for its answer until the timeout."""
        if not self.budget.allows(attempt):
            attempt.outcome = rules.OVER_BUDGET
        elif self.breaker.refuses(attempt, self.env.now):
            attempt.outcome = rules.CIRCUIT_OPEN
        else:
            self.service.arrive(attempt, self.patience[attempt.order.shopper])
            timer = self.env.at(self.env.now + self.numbers.timeout, rules.GIVE_UP, attempt.ident, attempt)
            timer.callbacks.append(self._gives_up)
            yield attempt.reply

    def _gives_up(self, event: Any) -> None:
        event.value.answer(rules.TIMEOUT)

    def _served(self, attempt: Attempt) -> None:
        """Go on to the stock row, unless nobody listens any more."""
        if attempt.outcome != rules.PENDING:
            return
        if uses_row(self.numbers):
            self.row.join(attempt)
        else:
            self._answer(attempt)

    def _answer(self, attempt: Attempt) -> None:
        """Answer; goods are reserved only for a client who still listens."""
        if attempt.outcome != rules.PENDING:
            return
        order = attempt.order
        if self.env.now > self.numbers.placed_by:
            attempt.answer(rules.CLOSED)
        elif self.numbers.reservation == rules.AT_PAYMENT:
            order.got = list(order.wanted)
            attempt.answer(rules.ACCEPTED if any(order.wanted) else rules.SOLD_OUT)
        else:
            attempt.answer(rules.ACCEPTED if self.shelf.reserve(order) else rules.SOLD_OUT)
        self.breaker.hears(attempt, self.env.now)


def run_checkout(
    numbers: CheckoutNumbers, draws: CheckoutDraws, shoppers: Shoppers, goods: Goods
) -> CheckoutLog:
    """Tell by SimPy what `kernel.run_checkout` computes."""
    env = RankedEnvironment()
    chat = Chat(MoodNumbers(numbers.tick_s, numbers.memory_s, numbers.mood_gain))
    for counts, note in ((shoppers.unanswered, chat.note_failure), (shoppers.answered, chat.note_success)):
        for second in np.flatnonzero(counts).tolist():
            for _ in range(int(counts[second])):
                note((numbers.start_second + second + 0.5) / 60.0)
    checkout = Checkout(env, numbers, draws, shoppers, goods, chat)
    for i in range(shoppers.person.size):
        env.process(checkout.buy(i))
    env.run()
    return log_of(
        numbers, draws, shoppers, goods, outcome_of(checkout.orders, checkout.attempts, checkout.shelf.left)
    )
