"""The reference face: one process a shopper, from the decision to money moved and known.

Read `Checkout.buy` first. A client and the server meet in a `Ticket`: the client waits for its reply, the
server works on it whether or not she still does.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from sim.ranked import RankedEnvironment
from sim.signals import Chat, MoodNumbers
from sim.stages.basket.stock import Goods
from sim.stages.checkout import rules
from sim.stages.checkout.draws import CheckoutDraws, Shoppers
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.result import CheckoutLog, log_of
from sim.stages.checkout.story_protections import CircuitBreaker, RetryBudget, WaitingRoom
from sim.stages.checkout.story_record import Order, Ticket, outcome_of
from sim.stages.checkout.story_shop import Gateway, OrderService, Shelf, StockRow, uses_row
from sim.states import End

Story = Generator[simpy.Event, Any, Any]


class Checkout:
    """The checkout of one show: shoppers come with `buy(i)`, what happened is in `orders` and `tickets`."""

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
        self.tickets: list[Ticket] = []

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
        ticket = Ticket(order, order.tries, self.env.now, self.env.event())
        order.tries += 1
        self.tickets.append(ticket)
        if self.numbers.room and not order.inside:
            self.room.enter(ticket, self.room_patience[order.shopper])
            yield ticket.reply
            ticket.reply = self.env.event()
        if ticket.outcome == rules.PENDING:
            ticket.arrive = self.env.now
            yield from self.call(ticket)
        outcome = ticket.outcome
        if outcome not in (rules.ACCEPTED, rules.SOLD_OUT, rules.CLOSED):
            self.chat.note_failure(self.env.now)
        if outcome in (rules.BUSY, rules.TIMEOUT, rules.RENEGED, rules.SHED):
            self.breaker.hears(ticket, self.env.now)
        return outcome

    def call(self, ticket: Ticket) -> Story:
        """Call the order service and wait for its answer until the timeout."""
        if not self.budget.allows(ticket):
            ticket.outcome = rules.OVER_BUDGET
        elif self.breaker.refuses(ticket, self.env.now):
            ticket.outcome = rules.CIRCUIT_OPEN
        else:
            self.service.arrive(ticket, self.patience[ticket.order.shopper])
            timer = self.env.at(self.env.now + self.numbers.timeout, rules.GIVE_UP, ticket.ident, ticket)
            timer.callbacks.append(self._gives_up)
            yield ticket.reply

    def _gives_up(self, event: Any) -> None:
        event.value.answer(rules.TIMEOUT)

    def _served(self, ticket: Ticket) -> None:
        """Go on to the stock row, unless nobody listens any more."""
        if ticket.outcome != rules.PENDING:
            return
        if uses_row(self.numbers):
            self.row.join(ticket)
        else:
            self._answer(ticket)

    def _answer(self, ticket: Ticket) -> None:
        """Answer; goods are reserved only for a client who still listens."""
        if ticket.outcome != rules.PENDING:
            return
        order = ticket.order
        if self.env.now > self.numbers.placed_by:
            ticket.answer(rules.CLOSED)
        elif self.numbers.reservation == rules.AT_PAYMENT:
            order.got = list(order.wanted)
            ticket.answer(rules.ACCEPTED if any(order.wanted) else rules.SOLD_OUT)
        else:
            ticket.answer(rules.ACCEPTED if self.shelf.reserve(order) else rules.SOLD_OUT)
        self.breaker.hears(ticket, self.env.now)

    def pay(self, order: Order) -> Story:
        """Pay an accepted order through the gateway or from the balance, before it closes."""
        order.placed = order.pay_start = self.env.now
        order.closes = self.env.now + self.numbers.expiry
        self.env.at(order.closes, rules.EXPIRY, order.shopper, order).callbacks.append(self._expires)
        begins = self.env.now
        if self.by_wechat(order):
            begins = self.gateway.request(order, self.env.now)
        order.end = End.UNPAID
        if (yield from self.money_moves(order, begins)):
            order.paid = self.env.now
            if order.expired:
                self.refund(order, End.REFUNDED_EXPIRED)
                self.chat.note_failure(self.env.now)
            elif self.env.now > self.numbers.paid_by:
                self.refund(order, End.LATE_PAID)
                self.chat.note_failure(self.env.now)
            else:
                self.receive(order)

    def by_wechat(self, order: Order) -> bool:
        """Whether this shopper pays by WeChat Pay (else from her balance)."""
        return bool(self.fate[order.shopper][rules.METHOD] < self.numbers.wechat_share)

    def network_down(self, order: Order) -> bool:
        """Whether her payment cannot pass now."""
        return self.by_wechat(order) and rules.inside(
            self.env.now, self.numbers.down_from, self.numbers.down_until
        )

    def money_moves(self, order: Order, begins: float) -> Story:
        """PIN, refusal, perhaps a second try; returns whether money moved."""
        i, n = order.shopper, self.numbers
        if self.fate[i][rules.RACE] < n.race_share:
            yield self.env.at(order.closes, rules.PAY, i)
            return not self.network_down(order)
        if not (yield from self.enter_pin(order, begins + self.pin[i])):
            return False
        if not (self.fate[i][rules.DECLINE] < n.decline_share or self.network_down(order)):
            return True
        order.declined = True
        self.chat.note_failure(self.env.now)
        if self.fate[i][rules.AGAIN] >= n.pay_again_share:
            return False
        if not (yield from self.enter_pin(order, self.env.now + self.pay_again_in[i] + self.pin[i])):
            return False
        if self.network_down(order):
            self.chat.note_failure(self.env.now)
            return False
        return True

    def enter_pin(self, order: Order, moment: float) -> Story:
        """Wait until the PIN is entered; False when the order closes before."""
        in_time = moment < order.closes
        yield self.env.at(moment if in_time else order.closes, rules.PAY, order.shopper)
        return in_time

    def _expires(self, event: Any) -> None:
        """Close the order: what the shop does not know to be paid goes back on the shelf."""
        order = event.value
        if not order.known <= self.env.now:
            order.expired = True
            self.shelf.give_back(order)

    def refund(self, order: Order, end: int) -> None:
        """Money goes back, the goods return."""
        order.end = end
        order.refunded = self.env.now
        self.shelf.give_back(order)

    def receive(self, order: Order) -> None:
        """Money is here: the first get a gift; a lost notice starts a search."""
        n, i = self.numbers, order.shopper
        self.chat.note_success(self.env.now)
        loss = rules.loss_of_notice(
            n.lost_share, len(self.service.queue), n.overload_waiting, n.overload_factor
        )
        if self.by_wechat(order) and self.fate[i][rules.LOST] < loss:
            self.env.process(self.search(order, self.discovery(order)))
        else:
            self.learn(order)
        if order.end != End.SOLD_OUT and order.offer and self.gifts_left > 0:
            self.gifts_left -= 1
            order.gift = True

    def discovery(self, order: Order) -> float:
        """When a payment without notice is found: by a repeated notice, the own query, or the bill."""
        n, u = self.numbers, self.fate[order.shopper][rules.REPEAT]
        found = [rules.next_bill(self.env.now, n.bill_min)]
        found += [
            self.env.now + at for at, lost in zip(n.repeat_at, n.repeat_lost, strict=True) if u >= lost
        ][:1]
        if n.query:
            found.append(self.env.now + n.query_after)
        return min(found)

    def search(self, order: Order, found: float) -> Story:
        """Find the payment: in time to sort, or too late."""
        yield self.env.at(found, rules.REDISCOVER, order.shopper)
        if self.env.now > self.numbers.paid_by or (order.expired and not self._takes_again(order)):
            order.known = self.env.now
            self.refund(order, End.NOT_SORTED)
        else:
            self.learn(order)

    def _takes_again(self, order: Order) -> bool:
        return self.numbers.reservation == rules.AT_PAYMENT or self.shelf.take_again(order)

    def learn(self, order: Order) -> None:
        """Know that the order is paid; the buyer may cancel until the cut-off."""
        order.known = self.env.now
        if self.numbers.reservation == rules.AT_PAYMENT and not self.shelf.reserve(order):
            self.refund(order, End.SOLD_OUT)
            return
        order.end = End.OPEN
        if self.fate[order.shopper][rules.CANCEL] < self.numbers.cancel_share:
            moment = rules.cancel_time(
                self.env.now, self.numbers.paid_by, self.fate[order.shopper][rules.CANCEL_AT]
            )
            self.env.at(moment, rules.EXPIRY, order.shopper, order).callbacks.append(self._cancels)

    def _cancels(self, event: Any) -> None:
        event.value.cancelled = self.env.now
        self.refund(event.value, End.CANCELLED)


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
        numbers, draws, shoppers, goods, outcome_of(checkout.orders, checkout.tickets, checkout.shelf.left)
    )
