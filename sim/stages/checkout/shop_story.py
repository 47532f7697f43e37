"""The shop's side of the story: order service, stock row, shelf and gateway.

Every thing here has verbs and a memory, no chance of its own; a call in progress is an `Attempt`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.stages.checkout import rules
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.record_story import Attempt, Order
from sim.stages.checkout.rules import (
    AT_ORDER,
    BUSY,
    DROPPED,
    HOT_ROW,
    NO_RESERVATION,
    ORDER_SERVICE,
    PENDING,
    RENEGE,
    RENEGED,
    SCALE_OUT,
    SHED,
)  # fmt: skip
from sim.station.rules import slowed

if TYPE_CHECKING:
    from sim.ranked import RankedEnvironment


class Shelf:
    """The stock of each product."""

    def __init__(self, numbers: CheckoutNumbers, stock: list[int]) -> None:
        self.left = list(stock)
        self.unlimited = numbers.reservation == NO_RESERVATION

    def reserve(self, order: Order) -> bool:
        """Line by line, or a substitute for what is sold out; False when nothing could be had."""
        order.got = [0] * len(order.wanted)
        for product, lines in enumerate(order.wanted):
            for _ in range(lines):
                taken: int | None = product
                if self.left[product] <= 0 and not self.unlimited:
                    taken = self._substitute(order) if order.takes_substitutes else None
                if taken is not None:
                    self.left[taken] -= 1
                    order.got[taken] += 1
        order.holds = any(order.got)
        return order.holds

    def _substitute(self, order: Order) -> int | None:
        others = [
            k for k, left in enumerate(self.left) if left > 0 and not order.wanted[k] and not order.got[k]
        ]
        return max(others, key=lambda k: (self.left[k], -k), default=None)

    def give_back(self, order: Order) -> None:
        """Put the order's lines back."""
        if order.holds:
            self.left = [left + lines for left, lines in zip(self.left, order.got, strict=True)]
            order.holds = False

    def take_again(self, order: Order) -> bool:
        """The same lines, all or none."""
        if self.unlimited or all(left >= lines for left, lines in zip(self.left, order.got, strict=True)):
            self.left = [left - lines for left, lines in zip(self.left, order.got, strict=True)]
            order.holds = True
        return order.holds


class Gateway:
    """One line to the payment network, first come first served, a fixed time a request."""

    def __init__(self, numbers: CheckoutNumbers) -> None:
        self.numbers = numbers
        self.free_at = 0.0

    def request(self, order: Order, now: float) -> float:
        """When the request is handled."""
        n = self.numbers
        order.gateway_start = max(now, self.free_at)
        gap = rules.gateway_gap(order.gateway_start, n.gateway_gap, n.cut_from, n.cut_until, n.cut_gap)
        order.gateway_end = self.free_at = order.gateway_start + gap
        return order.gateway_end


class StockRow:
    """The hot row: one reservation at a time, slower the more jobs press on it."""

    def __init__(
        self, env: RankedEnvironment, numbers: CheckoutNumbers, done: Callable[[Attempt], None]
    ) -> None:
        self.env = env
        self.numbers = numbers
        self.done = done
        self.jobs: deque[Attempt] = deque()

    def join(self, attempt: Attempt) -> None:
        """Take a served call."""
        self.jobs.append(attempt)
        if len(self.jobs) == 1:
            self._begin(attempt)

    def _begin(self, attempt: Attempt) -> None:
        n, now = self.numbers, self.env.now
        attempt.row_start = now
        attempt.row_end = now + slowed(n.row_time, len(self.jobs), n.alpha, n.beta)
        self.env.at(attempt.row_end, HOT_ROW, attempt.ident, attempt).callbacks.append(self._finish)

    def _finish(self, event: Any) -> None:
        self.jobs.popleft()
        if self.jobs:
            self._begin(self.jobs[0])
        self.done(event.value)


class OrderService:
    """Workers with one queue. What a client abandoned is served all the same, unless it is dropped."""

    def __init__(
        self,
        env: RankedEnvironment,
        numbers: CheckoutNumbers,
        service: list[list[float]],
        lags: list[float],
        done: Callable[[Attempt], None],
    ) -> None:
        self.env = env
        self.numbers = numbers
        self.service = service
        self.lags = lags
        self.done = done
        self.workers = numbers.workers
        self.busy = 0
        self.queue: deque[Attempt] = deque()
        self.scaled = 0
        self.scaling = False

    def arrive(self, attempt: Attempt, patience: float) -> None:
        """Serve a call at the door, refuse it, or make it wait."""
        n = self.numbers
        if self.busy < self.workers:
            self._begin(attempt)
        elif n.shedding and len(self.queue) >= n.shed_waiting:
            attempt.answer(SHED)
        elif len(self.queue) >= n.waiting_places:
            attempt.answer(BUSY)
        else:
            attempt.waiting = True
            self.queue.append(attempt)
            self.env.at(self.env.now + patience, RENEGE, attempt.ident, attempt).callbacks.append(
                self._loses_patience
            )
            self._perhaps_scale_out()

    def _loses_patience(self, event: Any) -> None:
        if event.value.waiting:
            event.value.answer(RENEGED)

    def _begin(self, attempt: Attempt) -> None:
        n, now = self.numbers, self.env.now
        self.busy += 1
        attempt.waiting = False
        attempt.start = now
        alone = self.service[attempt.order.shopper][attempt.number]
        work = slowed(alone, self.busy, n.alpha, n.beta)
        attempt.end = now + rules.in_drill(work, now, n.slow_from, n.slow_until, n.slow_factor)
        self.env.at(attempt.end, ORDER_SERVICE, attempt.ident, attempt).callbacks.append(self._finish)

    def _finish(self, event: Any) -> None:
        self.busy -= 1
        self._take_next()
        self.done(event.value)

    def _take_next(self) -> None:
        while self.queue and self.busy < self.workers:
            attempt = self.queue.popleft()
            if self.numbers.drop_abandoned and attempt.outcome != PENDING:
                attempt.outcome = DROPPED
            else:
                self._begin(attempt)

    def _perhaps_scale_out(self) -> None:
        n = self.numbers
        if (
            n.scaling
            and not self.scaling
            and self.scaled < n.scale_times
            and len(self.queue) >= n.scale_waiting
        ):
            self.scaling = True
            self.env.at(self.env.now + self.lags[self.scaled], SCALE_OUT).callbacks.append(self._scale_out)

    def _scale_out(self, _: Any) -> None:
        self.scaling = False
        self.scaled += 1
        self.workers += self.numbers.scale_workers
        self._take_next()


def uses_row(numbers: CheckoutNumbers) -> bool:
    """Whether an accepted call passes the stock row."""
    return numbers.reservation == AT_ORDER
