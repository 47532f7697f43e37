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

service_time = compiled(rules.service_time)


@lean
def fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, outcome):
    """Tell the client that the attempt failed: she complains, and perhaps clicks again."""
    at[a].outcome = outcome
    tell(chat, base, time, FAILED)
    if outcome in (BUSY, TIMEOUT, RENEGED, SHED):
        report(p, s, time, a, False)
    c = np.int64(at[a].shopper)
    number = np.int64(at[a].number)
    if outcome != ROOM_LEFT and number + 1 < p.tries and again[c, number] < p.again_share:
        push(s, ht, hr, time + again_in[c, number], CLICK | (at[a].ident + ONE))
    else:
        by[c].end = GAVE_UP
        leave_checkout(p, s, by, ht, hr, time, c)


@lean
def set_timeout(p, s, at, ht, hr, a, until):
    """Make the app's timeout an event, only when the work will last beyond it."""
    deadline = at[a].arrive + p.timeout
    if until > deadline and at[a].timed == 0 and at[a].outcome == PENDING:
        at[a].timed = 1
        push(s, ht, hr, deadline, GIVE_UP | at[a].ident)


@lean
def begin(p, s, at, ht, hr, service, time, a):
    """Let a worker take the call."""
    s.busy += 1
    at[a].place = IN_SERVICE
    at[a].start = time
    alone = service[at[a].shopper, at[a].number]
    end = time + service_time(alone, s.busy, p.alpha, p.beta, time, p.slow_from, p.slow_until, p.slow_factor)
    at[a].end = end
    push(s, ht, hr, end, SERVED | at[a].ident)
    set_timeout(p, s, at, ht, hr, a, end)


@lean
def take_next(p, s, at, ht, hr, service, time):
    """Free workers take the calls that wait longest; the abandoned are served too, unless dropped."""
    while s.waiting > 0 and s.busy < s.workers:
        a = s.first
        s.first = at[a].next
        s.waiting -= 1
        if p.drop_abandoned == 1 and at[a].outcome != PENDING:
            at[a].outcome = DROPPED
            at[a].place = DONE
        else:
            begin(p, s, at, ht, hr, service, time, a)


@lean
def join(p, s, at, by, ht, hr, scale_lag, time, a):
    """Let the call wait for a worker, as long as patience and timeout allow."""
    at[a].place = WAITING
    at[a].next = NONE
    if s.waiting == 0:
        s.first = a
    else:
        at[s.last].next = a
    s.last = a
    s.waiting += 1
    c = np.int64(at[a].shopper)
    if by[c].patience < p.timeout:
        push(s, ht, hr, time + by[c].patience, RENEGE | at[a].ident)
    else:
        at[a].timed = 1
        push(s, ht, hr, time + p.timeout, GIVE_UP | at[a].ident)
    if p.scaling == 1 and s.scaling == 0 and s.scaled < p.scale_times and s.waiting >= p.scale_waiting:
        s.scaling = 1
        push(s, ht, hr, time + scale_lag[s.scaled], SCALE_OUT)


@lean
def call(p, s, at, by, ht, hr, service, again, again_in, scale_lag, chat, base, time, a):
    """Send a call out: over the retry budget, past the breaker, to the order service's door."""
    at[a].arrive = time
    at[a].place = AT_DOOR
    if p.budget == 1:
        if at[a].number == 0:
            s.tokens = min(p.budget_burst, s.tokens + p.budget_ratio)
        elif s.tokens < 1.0:
            fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, OVER_BUDGET)
            return
        else:
            s.tokens -= 1.0
    if p.breaker == 1 and s.breaker != CLOSED:
        if s.breaker == HALF_OPEN or time < s.open_until:
            fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, CIRCUIT_OPEN)
            return
        s.breaker = HALF_OPEN
        s.probe = a
    if s.busy < s.workers:
        begin(p, s, at, ht, hr, service, time, a)
    elif p.shedding == 1 and s.waiting >= p.shed_waiting:
        fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, SHED)
    elif s.waiting >= p.waiting_places:
        fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, BUSY)
    else:
        join(p, s, at, by, ht, hr, scale_lag, time, a)


@lean
def click(s, at, by, time, c):
    """Let a shopper click; returns the attempt."""
    a = s.attempts
    s.attempts += 1
    at[a].arrive = time
    at[a].start = np.nan
    at[a].end = np.nan
    at[a].row_start = np.nan
    at[a].row_end = np.nan
    at[a].shopper = c
    at[a].ident = by[c].row * TRIES + by[c].tries
    at[a].before = by[c].last
    at[a].number = by[c].tries
    at[a].outcome = PENDING
    at[a].timed = 0
    by[c].last = a
    by[c].tries += 1
    return a


@lean
def row_begin(p, s, at, ht, hr, time, a):
    """Let the stock row take its next job."""
    at[a].row_start = time
    s.row_end = time + service_time(p.row_time, s.row_jobs, p.alpha, p.beta, time, 0.0, 0.0, 1.0)
    at[a].row_end = s.row_end
    set_timeout(p, s, at, ht, hr, a, s.row_end)


@lean
def row_join(p, s, at, ht, hr, time, a):
    """Send a served call to the stock row."""
    at[a].place = AT_ROW
    at[a].next = NONE
    s.row_jobs += 1
    if s.row_jobs == 1:
        s.row_first = a
        s.row_last = a
        row_begin(p, s, at, ht, hr, time, a)
    else:
        at[s.row_last].next = a
        s.row_last = a
        set_timeout(p, s, at, ht, hr, a, np.inf)


@lean
def row_done(p, s, at, ht, hr, time):
    """Finish the stock row's job and take its next; returns the finished one."""
    a = s.row_first
    at[a].place = DONE
    s.row_jobs -= 1
    s.row_first = at[a].next
    if s.row_jobs > 0:
        row_begin(p, s, at, ht, hr, time, s.row_first)
    return a
