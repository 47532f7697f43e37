"""Paying: where money moves, where a payment fails, and how the shop learns of it.

A base of `Checkout`, which does the clicking before it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from sim.ranked import RankedEnvironment
from sim.signals import Chat
from sim.stages.checkout import rules
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.record_story import Order
from sim.stages.checkout.shop_story import Gateway, OrderService, Shelf
from sim.states import End

Story = Generator[simpy.Event, Any, Any]


class Payments:
    """Gateway, PIN, refusals, closing orders, lost notices, cancelling; each shopper's luck as lists."""

    env: RankedEnvironment
    numbers: CheckoutNumbers
    chat: Chat
    gateway: Gateway
    service: OrderService
    shelf: Shelf
    fate: list[list[float]]
    pin: list[float]
    pay_again_in: list[float]
    gifts_left: int

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
