"""The shop's side of the story: order service, stock row, shelf, gateway, and what protects them.

Every thing here has verbs and a memory, no chance of its own; a call in progress is a `Ticket`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.stages.checkout import rules
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.rules import (
    ACCEPTED, ADMIT, AT_ORDER, BUSY, CLOSED, DROPPED, HOT_ROW, LEAVE, NO_RESERVATION, ORDER_SERVICE, PENDING, RENEGE,
    RENEGED, ROOM_LEFT, SCALE_OUT, SESSION_END, SHED, SOLD_OUT, TRIES,
)  # fmt: skip

if TYPE_CHECKING:
    from sim.ranked import RankedEnvironment

NAN = float("nan")


class Order:
    """A shopper who wants to buy, and what becomes of it."""

    __slots__ = (
        "cancelled", "clicked", "closes", "declined", "end", "expired", "gateway_end", "gateway_start", "gift", "got",
        "holds", "inside", "known", "offer", "paid", "pay_start", "placed", "refunded", "session_end", "shopper",
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


class Ticket:
    """One call: where the work is (`waiting`), and whether its client still listens (`outcome` pending)."""

    __slots__ = ("arrive", "end", "ident", "number", "order", "outcome", "reply", "row_end", "row_start", "start", "waiting")

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


class Shelf:
    """The stock of each product."""

    def __init__(self, numbers: CheckoutNumbers, stock: list[int]) -> None:
        self.left = list(stock)
        self.unlimited = numbers.reservation == NO_RESERVATION

    def reserve(self, order: Order) -> bool:
        """Rule 35: line by line, or a substitute for what is sold out; False when nothing could be had."""
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
        """The order's lines return."""
        if order.holds:
            self.left = [left + lines for left, lines in zip(self.left, order.got, strict=True)]
            order.holds = False

    def take_again(self, order: Order) -> bool:
        """Rule 37: the same lines, all or none."""
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

    def __init__(self, env: RankedEnvironment, numbers: CheckoutNumbers, done: Callable[[Ticket], None]) -> None:
        self.env = env
        self.numbers = numbers
        self.done = done
        self.jobs: deque[Ticket] = deque()

    def join(self, ticket: Ticket) -> None:
        """A served call comes to the row."""
        self.jobs.append(ticket)
        if len(self.jobs) == 1:
            self._begin(ticket)

    def _begin(self, ticket: Ticket) -> None:
        n, now = self.numbers, self.env.now
        ticket.row_start = now
        ticket.row_end = now + rules.service_time(n.row_time, len(self.jobs), n.alpha, n.beta, now, 0.0, 0.0, 1.0)
        self.env.at(ticket.row_end, HOT_ROW, ticket.ident, ticket).callbacks.append(self._finish)

    def _finish(self, event: Any) -> None:
        self.jobs.popleft()
        if self.jobs:
            self._begin(self.jobs[0])
        self.done(event.value)


class OrderService:
    """Workers with one queue. What a client abandoned is served all the same, unless it is dropped."""

    def __init__(
        self, env: RankedEnvironment, numbers: CheckoutNumbers, service: list[list[float]], lags: list[float], done: Callable[[Ticket], None]
    ) -> None:
        self.env = env
        self.numbers = numbers
        self.service = service
        self.lags = lags
        self.done = done
        self.workers = numbers.workers
        self.busy = 0
        self.queue: deque[Ticket] = deque()
        self.scaled = 0
        self.scaling = False

    def arrive(self, ticket: Ticket, patience: float) -> None:
        """A call comes to the door: served, refused, or made to wait."""
        n = self.numbers
        if self.busy < self.workers:
            self._begin(ticket)
        elif n.shedding and len(self.queue) >= n.shed_waiting:
            ticket.answer(SHED)
        elif len(self.queue) >= n.waiting_places:
            ticket.answer(BUSY)
        else:
            ticket.waiting = True
            self.queue.append(ticket)
            self.env.at(self.env.now + patience, RENEGE, ticket.ident, ticket).callbacks.append(self._loses_patience)
            self._perhaps_scale_out()

    def _loses_patience(self, event: Any) -> None:
        if event.value.waiting:
            event.value.answer(RENEGED)

    def _begin(self, ticket: Ticket) -> None:
        n, now = self.numbers, self.env.now
        self.busy += 1
        ticket.waiting = False
        ticket.start = now
        alone = self.service[ticket.order.shopper][ticket.number]
        ticket.end = now + rules.service_time(alone, self.busy, n.alpha, n.beta, now, n.slow_from, n.slow_until, n.slow_factor)
        self.env.at(ticket.end, ORDER_SERVICE, ticket.ident, ticket).callbacks.append(self._finish)

    def _finish(self, event: Any) -> None:
        self.busy -= 1
        self._take_next()
        self.done(event.value)

    def _take_next(self) -> None:
        while self.queue and self.busy < self.workers:
            ticket = self.queue.popleft()
            if self.numbers.drop_abandoned and ticket.outcome != PENDING:
                ticket.outcome = DROPPED
            else:
                self._begin(ticket)

    def _perhaps_scale_out(self) -> None:
        n = self.numbers
        if n.scaling and not self.scaling and self.scaled < n.scale_times and len(self.queue) >= n.scale_waiting:
            self.scaling = True
            self.env.at(self.env.now + self.lags[self.scaled], SCALE_OUT).callbacks.append(self._scale_out)

    def _scale_out(self, _: Any) -> None:
        self.scaling = False
        self.scaled += 1
        self.workers += self.numbers.scale_workers
        self._take_next()


class WaitingRoom:
    """Lets in only so many shoppers at a time, and only so many a minute."""

    def __init__(self, env: RankedEnvironment, numbers: CheckoutNumbers) -> None:
        self.env = env
        self.numbers = numbers
        self.queue: deque[Ticket] = deque()
        self.inside = 0
        self.next_admit = 0.0
        self.admitting = False

    def enter(self, ticket: Ticket, patience: float) -> None:
        """A click queues up; the reply comes when it is let in or loses patience."""
        self.queue.append(ticket)
        self.env.at(self.env.now + patience, LEAVE, ticket.ident, ticket).callbacks.append(self._loses_patience)
        self._wake()

    def _loses_patience(self, event: Any) -> None:
        if event.value in self.queue:
            self.queue.remove(event.value)
            event.value.answer(ROOM_LEFT)

    def _wake(self) -> None:
        if not self.admitting and self.queue and self.inside < self.numbers.room_users:
            self.admitting = True
            self.env.at(max(self.env.now, self.next_admit), ADMIT).callbacks.append(self._admit)

    def _admit(self, _: Any) -> None:
        self.admitting = False
        if not self.queue or self.inside >= self.numbers.room_users:
            return
        ticket = self.queue.popleft()
        self.inside += 1
        self.next_admit = self.env.now + self.numbers.room_gap
        ticket.order.inside = True
        ticket.order.session_end = self.env.now + self.numbers.room_session
        self.env.at(ticket.order.session_end, SESSION_END, ticket.ident, ticket.order).callbacks.append(self._session_ends)
        self._wake()
        ticket.reply.succeed()

    def _session_ends(self, event: Any) -> None:
        if event.value.session_end == self.env.now:
            self.leave(event.value)

    def leave(self, order: Order) -> None:
        """A shopper's place becomes free."""
        if order.inside:
            order.inside = False
            self.inside -= 1
            self._wake()


class RetryBudget:
    """First clicks earn what repeated clicks spend."""

    def __init__(self, numbers: CheckoutNumbers) -> None:
        self.numbers = numbers
        self.tokens = numbers.budget_burst

    def allows(self, ticket: Ticket) -> bool:
        """Whether the click may go out."""
        n = self.numbers
        if not n.budget:
            return True
        if ticket.number == 0:
            self.tokens = min(n.budget_burst, self.tokens + n.budget_ratio)
            return True
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class CircuitBreaker:
    """Refuses everything for a while after too many failures; then one probe decides."""

    def __init__(self, numbers: CheckoutNumbers) -> None:
        self.numbers = numbers
        self.calls = self.failures = 0
        self.window_end = 0.0
        self.open_until: float | None = None
        self.probe: Ticket | None = None

    def refuses(self, ticket: Ticket, now: float) -> bool:
        """Whether the call is refused; a call let through while open is the probe."""
        if not self.numbers.breaker or self.open_until is None:
            return False
        if self.probe is not None or now < self.open_until:
            return True
        self.probe = ticket
        return False

    def hears(self, ticket: Ticket, now: float) -> None:
        """A call has ended for its client."""
        n = self.numbers
        good = ticket.outcome in (ACCEPTED, SOLD_OUT, CLOSED)
        if not n.breaker or (self.open_until is not None and ticket is not self.probe):
            return
        if self.probe is not None:
            self.probe = None
            self.open_until = None if good else now + n.breaker_open
            if good:
                self._new_window(now)
            return
        if now >= self.window_end:
            self._new_window(now)
        self.calls += 1
        self.failures += not good
        if rules.breaks(self.calls, self.failures, n.breaker_calls, n.breaker_share):
            self.open_until = now + n.breaker_open

    def _new_window(self, now: float) -> None:
        self.calls = self.failures = 0
        self.window_end = now + self.numbers.breaker_window


def uses_row(numbers: CheckoutNumbers) -> bool:
    """Whether an accepted call passes the stock row."""
    return numbers.reservation == AT_ORDER
