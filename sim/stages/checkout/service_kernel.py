"""Compiled checkout: clicks, the order service and the stock row."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, lean
from sim.stages.checkout import rules
from sim.stages.checkout.parts_kernel import (
    AT_DOOR,
    AT_ROW,
    BUSY,
    CIRCUIT_OPEN,
    CLICK,
    CLOSED,
    DONE,
    DROPPED,
    FAILED,
    GAVE_UP,
    GIVE_UP,
    HALF_OPEN,
    IN_SERVICE,
    NONE,
    ONE,
    OVER_BUDGET,
    PENDING,
    RENEGE,
    RENEGED,
    ROOM_LEFT,
    SCALE_OUT,
    SERVED,
    SHED,
    TIMEOUT,
    TRIES,
    WAITING,
    push,
    tell,
)  # fmt: skip
from sim.stages.checkout.protections_kernel import leave_checkout, report
from sim.station import rules as station_rules

in_drill = compiled(rules.in_drill)
slowed = compiled(station_rules.slowed)


@lean
def fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, outcome):
    """Tell the client that the attempt failed: she complains, and perhaps clicks again."""
    attempts[a].outcome = outcome
    tell(chat, base, time, FAILED)
    if outcome in (BUSY, TIMEOUT, RENEGED, SHED):
        report(n, s, time, a, False)
    c = np.int64(attempts[a].shopper)
    number = np.int64(attempts[a].number)
    if outcome != ROOM_LEFT and number + 1 < n.tries and again[c, number] < n.again_share:
        push(s, times, ranks, time + again_in[c, number], CLICK | (attempts[a].ident + ONE))
    else:
        shoppers[c].end = GAVE_UP
        leave_checkout(n, s, shoppers, times, ranks, time, c)


@lean
def set_timeout(n, s, attempts, times, ranks, a, until):
    """Make the app's timeout an event, only when the work will last beyond it."""
    deadline = attempts[a].arrive + n.timeout
    if until > deadline and attempts[a].timed == 0 and attempts[a].outcome == PENDING:
        attempts[a].timed = 1
        push(s, times, ranks, deadline, GIVE_UP | attempts[a].ident)


@lean
def begin(n, s, attempts, times, ranks, service, time, a):
    """Let a worker take the call."""
    s.busy += 1
    attempts[a].place = IN_SERVICE
    attempts[a].start = time
    alone = service[attempts[a].shopper, attempts[a].number]
    work = slowed(alone, s.busy, n.alpha, n.beta)
    end = time + in_drill(work, time, n.slow_from, n.slow_until, n.slow_factor)
    attempts[a].end = end
    push(s, times, ranks, end, SERVED | attempts[a].ident)
    set_timeout(n, s, attempts, times, ranks, a, end)


@lean
def take_next(n, s, attempts, times, ranks, service, time):
    """Free workers take the calls that wait longest; the abandoned are served too, unless dropped."""
    while s.waiting > 0 and s.busy < s.workers:
        a = s.first
        s.first = attempts[a].next
        s.waiting -= 1
        if n.drop_abandoned == 1 and attempts[a].outcome != PENDING:
            attempts[a].outcome = DROPPED
            attempts[a].place = DONE
        else:
            begin(n, s, attempts, times, ranks, service, time, a)


@lean
def join(n, s, attempts, shoppers, times, ranks, scale_lag, time, a):
    """Let the call wait for a worker, as long as patience and timeout allow."""
    attempts[a].place = WAITING
    attempts[a].next = NONE
    if s.waiting == 0:
        s.first = a
    else:
        attempts[s.last].next = a
    s.last = a
    s.waiting += 1
    c = np.int64(attempts[a].shopper)
    if shoppers[c].patience < n.timeout:
        push(s, times, ranks, time + shoppers[c].patience, RENEGE | attempts[a].ident)
    else:
        attempts[a].timed = 1
        push(s, times, ranks, time + n.timeout, GIVE_UP | attempts[a].ident)
    if n.scaling == 1 and s.scaling == 0 and s.scaled < n.scale_times and s.waiting >= n.scale_waiting:
        s.scaling = 1
        push(s, times, ranks, time + scale_lag[s.scaled], SCALE_OUT)


@lean
def call(n, s, attempts, shoppers, times, ranks, service, again, again_in, scale_lag, chat, base, time, a):
    """Send a call out: over the retry budget, past the breaker, to the order service's door."""
    attempts[a].arrive = time
    attempts[a].place = AT_DOOR
    if n.budget == 1:
        if attempts[a].number == 0:
            s.tokens = min(n.budget_burst, s.tokens + n.budget_ratio)
        elif s.tokens < 1.0:
            fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, OVER_BUDGET)
            return
        else:
            s.tokens -= 1.0
    if n.breaker == 1 and s.breaker != CLOSED:
        if s.breaker == HALF_OPEN or time < s.open_until:
            fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, CIRCUIT_OPEN)
            return
        s.breaker = HALF_OPEN
        s.probe = a
    if s.busy < s.workers:
        begin(n, s, attempts, times, ranks, service, time, a)
    elif n.shedding == 1 and s.waiting >= n.shed_waiting:
        fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, SHED)
    elif s.waiting >= n.waiting_places:
        fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, BUSY)
    else:
        join(n, s, attempts, shoppers, times, ranks, scale_lag, time, a)


@lean
def click(s, attempts, shoppers, time, c):
    """Let a shopper click; returns the attempt."""
    a = s.attempts
    s.attempts += 1
    attempts[a].arrive = time
    attempts[a].start = np.nan
    attempts[a].end = np.nan
    attempts[a].row_start = np.nan
    attempts[a].row_end = np.nan
    attempts[a].shopper = c
    attempts[a].ident = shoppers[c].row * TRIES + shoppers[c].tries
    attempts[a].before = shoppers[c].last
    attempts[a].number = shoppers[c].tries
    attempts[a].outcome = PENDING
    attempts[a].timed = 0
    shoppers[c].last = a
    shoppers[c].tries += 1
    return a


@lean
def row_begin(n, s, attempts, times, ranks, time, a):
    """Let the stock row take its next job."""
    attempts[a].row_start = time
    s.row_end = time + slowed(n.row_time, s.row_jobs, n.alpha, n.beta)
    attempts[a].row_end = s.row_end
    set_timeout(n, s, attempts, times, ranks, a, s.row_end)


@lean
def row_join(n, s, attempts, times, ranks, time, a):
    """Send a served call to the stock row."""
    attempts[a].place = AT_ROW
    attempts[a].next = NONE
    s.row_jobs += 1
    if s.row_jobs == 1:
        s.row_first = a
        s.row_last = a
        row_begin(n, s, attempts, times, ranks, time, a)
    else:
        attempts[s.row_last].next = a
        s.row_last = a
        set_timeout(n, s, attempts, times, ranks, a, np.inf)


@lean
def row_done(n, s, attempts, times, ranks, time):
    """Finish the stock row's job and take its next; returns the finished one."""
    a = s.row_first
    attempts[a].place = DONE
    s.row_jobs -= 1
    s.row_first = attempts[a].next
    if s.row_jobs > 0:
        row_begin(n, s, attempts, times, ranks, time, s.row_first)
    return a
