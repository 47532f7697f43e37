"""The protections of the story: waiting room, retry budget, circuit breaker."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from sim.stages.checkout import rules
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.record_story import Attempt, Order
from sim.stages.checkout.rules import ACCEPTED, ADMIT, CLOSED, LEAVE, ROOM_LEFT, SESSION_END, SOLD_OUT

if TYPE_CHECKING:
    from sim.ranked import RankedEnvironment


class WaitingRoom:
    """Lets in only so many shoppers at a time, and only so many a minute."""

    def __init__(self, env: RankedEnvironment, numbers: CheckoutNumbers) -> None:
        self.env = env
        self.numbers = numbers
        self.queue: deque[Attempt] = deque()
        self.inside = 0
        self.next_admit = 0.0
        self.admitting = False

    def enter(self, attempt: Attempt, patience: float) -> None:
        """Queue a click; its reply comes when it is let in or loses patience."""
        self.queue.append(attempt)
        self.env.at(self.env.now + patience, LEAVE, attempt.ident, attempt).callbacks.append(
            self._loses_patience
        )
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
        attempt = self.queue.popleft()
        self.inside += 1
        self.next_admit = self.env.now + self.numbers.room_gap
        attempt.order.inside = True
        attempt.order.session_end = self.env.now + self.numbers.room_session
        self.env.at(attempt.order.session_end, SESSION_END, attempt.ident, attempt.order).callbacks.append(
            self._session_ends
        )
        self._wake()
        attempt.reply.succeed()

    def _session_ends(self, event: Any) -> None:
        if event.value.session_end == self.env.now:
            self.leave(event.value)

    def leave(self, order: Order) -> None:
        """Free a shopper's place."""
        if order.inside:
            order.inside = False
            self.inside -= 1
            self._wake()


class RetryBudget:
    """First clicks earn what repeated clicks spend."""

    def __init__(self, numbers: CheckoutNumbers) -> None:
        self.numbers = numbers
        self.tokens = numbers.budget_burst

    def allows(self, attempt: Attempt) -> bool:
        """Whether the click may go out."""
        n = self.numbers
        if not n.budget:
            return True
        if attempt.number == 0:
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
        self.probe: Attempt | None = None

    def refuses(self, attempt: Attempt, now: float) -> bool:
        """Whether the call is refused; a call let through while open is the probe."""
        if not self.numbers.breaker or self.open_until is None:
            return False
        if self.probe is not None or now < self.open_until:
            return True
        self.probe = attempt
        return False

    def hears(self, attempt: Attempt, now: float) -> None:
        """Hear how a call has ended for its client."""
        n = self.numbers
        good = attempt.outcome in (ACCEPTED, SOLD_OUT, CLOSED)
        if not n.breaker or (self.open_until is not None and attempt is not self.probe):
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
