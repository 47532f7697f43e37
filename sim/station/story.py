"""The station as a story: customers ask, servers work, the queue has a rule. One process a customer.

Read it as the definition of what `serve` means; `kernel` is the same on columns. What happens at one moment
happens in the order of the kinds in `rules`. The arrivals of one instant join first, then idle servers pick:
that is the event PICK, the last of an instant, and only then do the clocks of patience and timeout start.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy

from sim.ranked import RankedEnvironment
from sim.station import rules
from sim.station.inputs import Columns, Inputs, Settings
from sim.station.protections_story import Breaker, Budget, Room
from sim.station.spec import Station

WAITING, IN_SERVICE, DONE = range(3)
Story = Generator[simpy.Event, Any, None]


class Attempt(simpy.Event):
    """One attempt at the station; it *is* the answer its client waits for (True served, False failed)."""

    def __init__(self, env: RankedEnvironment, customer: int, number: int, ident: int) -> None:
        super().__init__(env)
        self.customer = customer
        self.number = number
        self.ident = ident
        self.came = env.now
        self.state = WAITING
        self.abandoned = False
        self.started = math.nan
        self.ends = math.nan
        self.left = math.nan
        self.crew = 0


class StationStory:
    """One station and its customers on one environment."""

    def __init__(self, env: RankedEnvironment, station: Station, inputs: Inputs) -> None:
        self.env = env
        self.calendar = station.calendar
        self.settings = settings = Settings.of(station)
        self.inputs = inputs
        self.out = Columns.blank(inputs.arrivals.shape[0])
        self.latest = -math.inf
        self.queue: deque[Attempt] = deque()
        self.ranked_queue: list[tuple[float, int, Attempt]] = []
        self.waiting = 0
        self.on_shift = settings.servers
        self.extra = 0
        self.more_ordered = False
        self.taken = 0
        self.at_work: dict[Attempt, None] = {}
        self.crew = 0
        self.joined = 0
        self.returned = 0
        self.newcomers: list[Attempt] = []
        self.picking = False
        self.budget = Budget(settings)
        self.breaker = Breaker(settings)
        self.room = Room(settings, inputs.tries, self.when, self.go_in)

    # --- the customers

    def arrivals(self) -> Story:
        """Bring the customers in the order of time, then position; a waiting room lets them in later."""
        for customer in self.inputs.order.tolist():
            kind = rules.ROOM if self.settings.room_total else rules.ARRIVAL
            ident = customer if self.settings.room_total else customer * self.inputs.tries
            yield self.env.at(self.inputs.arrivals.item(customer), kind, ident)
            if self.settings.room_total:
                self.latest = self.env.now
                self.room.come(customer, self.env.now)
            else:
                self.env.process(self.customer(customer))

    def go_in(self, customer: int) -> None:
        """Bring a customer of the waiting room to the station."""
        self.env.process(self.customer(customer))

    def customer(self, customer: int) -> Story:
        """Ask; after a failure ask again, until served, out of tries or out of budget."""
        ident = customer * self.inputs.tries
        self.budget.earn()
        for number in range(self.inputs.tries):
            self.out.attempts[customer] += 1
            self.latest = self.env.now
            served = yield self.ask(Attempt(self.env, customer, number, ident + number))
            if served:
                break
            delay = self.inputs.delay(customer, number)
            if delay == math.inf or not self.budget.spend():
                break
            yield self.env.at(self.env.now + delay, rules.ARRIVAL, ident + number + 1)
        self.out.leave[customer] = self.latest = self.env.now
        if self.settings.room_total:
            self.room.leave(customer, self.env.now)

    # --- the door

    def ask(self, attempt: Attempt) -> Attempt:
        """Join the queue, or be refused."""
        now = self.env.now
        if now < self.breaker.open_until:
            attempt.succeed(False)
        elif not rules.has_room(self.waiting, self.capacity() - self.taken, self.settings.places):
            self.fail(attempt)
        else:
            self.join(attempt)
            self.newcomers.append(attempt)
            if not self.picking:
                self.picking = True
                self.when(now, rules.PICK, 0, self.pick, None)
        return attempt

    def join(self, attempt: Attempt, *, front: bool = False) -> None:
        """Stand in line: a newcomer where the discipline says, one taken off its server in front."""
        self.waiting += 1
        if self.settings.discipline == rules.PRIORITY:
            self.joined += 0 if front else 1
            self.returned -= 1 if front else 0
            place = self.returned if front else self.joined
            heappush(self.ranked_queue, (self.inputs.priority.item(attempt.customer), place, attempt))
        elif front or self.settings.discipline == rules.LIFO:
            self.queue.appendleft(attempt)
        else:
            self.queue.append(attempt)

    def pick(self, _: Any) -> None:
        """End an instant with arrivals: idle servers pick, then the newcomers' clocks start."""
        self.picking = False
        self.serve_queue()
        newcomers, self.newcomers = self.newcomers, []
        for attempt in newcomers:
            self.start_clocks(attempt)

    def start_clocks(self, attempt: Attempt) -> None:
        """Let patience and the client's timeout end the attempt from now on."""
        patience = self.inputs.patience.of(attempt.customer, attempt.number)
        if patience < math.inf and (attempt.state == WAITING or self.settings.preempts):
            self.when(attempt.came + patience, rules.PATIENCE, attempt.ident, self.lose_patience, attempt)
        timeout = self.inputs.timeout.of(attempt.customer, attempt.number)
        if timeout < math.inf:
            self.when(attempt.came + timeout, rules.TIMEOUT, attempt.ident, self.time_out, attempt)

    def lose_patience(self, attempt: Attempt) -> None:
        """Leave the queue, if still in it and listening."""
        if attempt.state == WAITING and not attempt.abandoned:
            attempt.state = DONE
            self.waiting -= 1
            self.fail(attempt)

    def time_out(self, attempt: Attempt) -> None:
        """Stop listening; the work stays where it is."""
        if attempt.state != DONE and not attempt.abandoned:
            attempt.abandoned = True
            self.fail(attempt)

    def fail(self, attempt: Attempt) -> None:
        """Tell the client, and the circuit breaker."""
        attempt.succeed(False)
        self.breaker.note(self.env.now, failed=True)

    # --- the servers

    def capacity(self) -> int:
        """Count the servers of the calendar and those added."""
        return self.on_shift + self.extra

    def serve_queue(self) -> None:
        """Let idle servers pick; whoever still waits then may call for more."""
        while self.waiting and self.taken < self.capacity():
            self.waiting -= 1
            attempt = self.next_attempt()
            if attempt.abandoned and self.settings.drops:
                attempt.state = DONE
            else:
                self.begin(attempt)
        settings = self.settings
        wanted = settings.scale_queue > 0 and self.waiting >= settings.scale_queue
        if wanted and not self.more_ordered and self.extra < settings.scale_maximum:
            self.more_ordered = True
            self.when(self.env.now + settings.scale_lag, rules.SCALE_OUT, 0, self.scale_out, None)

    def next_attempt(self) -> Attempt:
        """Take the next in line; who lost patience is no longer there."""
        while True:
            if self.settings.discipline == rules.PRIORITY:
                attempt = heappop(self.ranked_queue)[2]
            else:
                attempt = self.queue.popleft()
            if attempt.state == WAITING:
                return attempt

    def begin(self, attempt: Attempt) -> None:
        """Start on an attempt, or go on with one that was interrupted."""
        now = self.env.now
        self.taken += 1
        self.at_work[attempt] = None
        attempt.state = IN_SERVICE
        attempt.crew = self.crew
        if math.isnan(attempt.left):
            attempt.started = now
            service = self.inputs.services.of(attempt.customer, attempt.number)
            length = rules.slowed(service, len(self.at_work), self.settings.alpha, self.settings.beta)
        else:
            length = attempt.left
        attempt.ends = now + length
        self.when(attempt.ends, rules.COMPLETION, attempt.ident, self.complete, attempt)

    def complete(self, attempt: Attempt) -> None:
        """End a service: the server takes its next job, then the customer moves on."""
        if attempt.state != IN_SERVICE or attempt.ends != self.env.now:
            return  # the work was interrupted; this end is no longer one
        attempt.state = DONE
        del self.at_work[attempt]
        if attempt.crew == self.crew:
            self.taken -= 1
        if not attempt.abandoned:
            self.out.served[attempt.customer] = True
            self.out.start[attempt.customer] = attempt.started
            self.out.end[attempt.customer] = attempt.ends
            self.out.wait[attempt.customer] = attempt.started - attempt.came
            self.breaker.note(self.env.now, failed=False)
            attempt.succeed(True)
        self.serve_queue()

    def shifts(self) -> Story:
        """Change the servers as the calendar says; the latest-started may have to go back."""
        for start, count in zip(self.calendar.times, self.calendar.counts, strict=True):
            yield self.env.at(start, rules.CALENDAR)
            self.on_shift = count
            self.latest = self.env.now
            if self.settings.off_shift == rules.CREW:
                self.crew += 1
                self.taken = 0
            while self.settings.preempts and self.taken > self.capacity():
                self.interrupt(next(reversed(self.at_work)))
            self.serve_queue()

    def interrupt(self, attempt: Attempt) -> None:
        """Send one back to the front; its work goes on later, or begins anew."""
        self.taken -= 1
        del self.at_work[attempt]
        attempt.state = WAITING
        if self.settings.off_shift == rules.RESUME:
            attempt.left = rules.left_of(attempt.ends, self.env.now)
        self.join(attempt, front=True)

    def scale_out(self, _: Any) -> None:
        """Add the servers that were ordered."""
        self.more_ordered = False
        self.extra = min(self.extra + self.settings.scale_add, self.settings.scale_maximum)
        self.serve_queue()

    def when(self, time: float, kind: int, ident: int, act: Any, value: Any) -> None:
        """Let `act(value)` happen at that time, in its order."""
        event = self.env.at(time, kind, ident)
        event.callbacks.append(lambda _: act(value))


def run(station: Station, inputs: Inputs) -> Columns:
    """Fill the columns by telling the story."""
    moments = [*station.calendar.times, *inputs.arrivals.tolist()]
    begins = min((moment for moment in moments if moment > -math.inf), default=0.0)
    env = RankedEnvironment(initial_time=begins)
    told = StationStory(env, station, inputs)
    env.process(told.arrivals())
    if not station.calendar.constant:
        env.process(told.shifts())
    env.run()
    told.out.leave[np.isnan(told.out.leave)] = told.latest  # those who would wait forever
    return told.out
