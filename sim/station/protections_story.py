"""What stands before a station in the story: a retry budget, a circuit breaker, a waiting room.

Each is a few counters; absent (switched off by the settings) it lets everything pass.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from sim.station import rules
from sim.station.inputs import Settings


class Budget:
    """Tokens for retries, in integer hundredths."""

    def __init__(self, settings: Settings) -> None:
        self.percent = settings.budget_percent
        self.burst = settings.budget_burst
        self.tokens = self.burst * rules.TOKEN

    def earn(self) -> None:
        """Put a first attempt's share into the budget."""
        if self.percent >= 0:
            self.tokens = rules.tokens_after_first(self.tokens, self.percent, self.burst)

    def spend(self) -> bool:
        """Take a token for a retry; False when there is none."""
        if self.percent < 0:
            return True
        if self.tokens < rules.TOKEN:
            return False
        self.tokens -= rules.TOKEN
        return True


class Breaker:
    """Counts of outcomes in the current tick, and until when the circuit is open."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tick = 0
        self.outcomes = 0
        self.failures = 0
        self.open_until = -math.inf

    def note(self, now: float, *, failed: bool) -> None:
        """Count an outcome; a failure may open the circuit."""
        settings = self.settings
        if settings.breaker_percent < 0:
            return
        tick = rules.period_of(now, settings.breaker_tick)
        if tick != self.tick:
            self.tick, self.outcomes, self.failures = tick, 0, 0
        self.outcomes += 1
        self.failures += failed
        if failed and rules.breaker_opens(
            self.failures, self.outcomes, settings.breaker_percent, settings.breaker_minimum
        ):
            self.open_until = now + settings.breaker_open_for
            self.outcomes = self.failures = 0


class Room:
    """The waiting room: who is before it, how many are inside, how many entered in this minute."""

    def __init__(
        self, settings: Settings, tries: int, when: Callable[..., None], go_in: Callable[[int], None]
    ) -> None:
        self.settings = settings
        self.tries = tries
        self.when = when
        self.go_in = go_in
        self.before: deque[int] = deque()
        self.inside = 0
        self.minute = rules.LONG_AGO
        self.entered = 0
        self.minute_awaited = False

    def come(self, customer: int, now: float) -> None:
        """Stand before the room."""
        self.before.append(customer)
        self.let_in(now)

    def leave(self, customer: int, now: float) -> None:
        """Give the place back when the session ends."""
        gone = now + self.settings.room_session
        self.when(gone, rules.SESSION_END, customer, self.session_over, gone)

    def let_in(self, now: float) -> None:
        """Let in who fits: by places inside, and by this minute's number."""
        settings = self.settings
        self.count_anew(rules.period_of(now, settings.room_minute))
        while self.before and self.inside < settings.room_total and self.entered < settings.room_rate:
            customer = self.before.popleft()
            self.inside += 1
            self.entered += 1
            self.when(now, rules.ARRIVAL, customer * self.tries, self.go_in, customer)
        if self.before and self.entered >= settings.room_rate and not self.minute_awaited:
            self.minute_awaited = True
            due = self.minute + 1
            begins = rules.period_start(due, settings.room_minute, now)
            self.when(begins, rules.MINUTE, 0, self.new_minute, (due, begins))

    def count_anew(self, minute: int) -> None:
        """Count who enters from 0 in a minute that is new."""
        if minute > self.minute:
            self.minute, self.entered = minute, 0

    def new_minute(self, due: tuple[int, float]) -> None:
        """Begin the minute that was waited for (someone leaving at this instant may have done so)."""
        minute, now = due
        self.minute_awaited = False
        self.count_anew(minute)
        self.let_in(now)

    def session_over(self, now: float) -> None:
        """Free a place."""
        self.inside -= 1
        self.let_in(now)
